/// Headers of a mail, written so that no value can end its line and begin another header.

struct HeaderBlock {
    private(set) var text = ""

    /// Those the message writes itself, and those that would add recipients.
    private static let taken: Set<String> = [
        "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "message-id", "in-reply-to", "references", "date",
        "auto-submitted", "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding",
        "content-disposition", "resent-to", "resent-cc", "resent-bcc", "return-path", "received",
    ]

    /// A value that stands in this program's source.
    mutating func add(_ name: String, fixed value: String) {
        text += "\(name): \(value)\r\n"
    }

    /// Text for people: plain when it is short printable ASCII, else encoded (RFC 2047).
    mutating func add(_ name: String, text value: String) throws(MailDefect) {
        guard !value.unicodeScalars.contains(where: \.isControl) else { throw .header(name) }
        add(name, fixed: MailEncoding.unstructured(value, after: name.utf8.count + 2))
    }

    mutating func add(_ name: String, mailbox: Mailbox) {
        add(name, fixed: MailEncoding.mailbox(mailbox))
    }

    mutating func add(_ name: String, messageID: String) throws(MailDefect) {
        let inner = messageID.utf8.dropFirst().dropLast()
        let isVisible = inner.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
        guard messageID.hasPrefix("<"), messageID.hasSuffix(">"), isVisible, messageID.utf8.count <= 250,
            inner.count(where: { $0 == 0x40 }) == 1, inner.first != 0x40, inner.last != 0x40
        else { throw .messageID }
        add(name, fixed: messageID)
    }

    /// A header the caller names. Machines read these: they must be printable ASCII and fit one line.
    mutating func add(extra header: OutgoingMail.Header) throws(MailDefect) {
        let isName = { (byte: UInt8) in (0x21...0x7E).contains(byte) && byte != 0x3A }
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(isName), !Self.taken.contains(header.name.lowercased()),
            header.value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
            header.name.utf8.count + header.value.utf8.count <= 990
        else { throw .header(header.name) }
        add(header.name, fixed: header.value)
    }
}
