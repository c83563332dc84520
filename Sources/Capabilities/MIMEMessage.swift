/// The bytes of a mail: headers, and the tree of parts that mail programs show invitations from.
import Scheduling

/// ```
/// multipart/mixed
///   multipart/alternative
///     text/plain
///     text/html
///     text/calendar; method=REQUEST      no Content-Disposition, last: that is what shows the buttons
///   application/ics, attachment          for programs that ignore the alternative
/// ```
/// Without an invitation only the alternative. Everything is 7 bit (RFC 2045) except an address beyond ASCII before
/// its @, which RFC 6532 wants as UTF-8. Equal mails have equal bytes: nothing here is random.
package struct MIMEMessage: Hashable, Sendable {
    /// Lines end with CRLF, are at most 998 octets long and do not begin with a dot.
    package let bytes: [UInt8]

    /// Checks every header, so that nothing a person typed can begin a header of its own.
    package init(_ mail: OutgoingMail) throws(MailDefect) {
        var headers = HeaderBlock()
        headers.add("From", mailbox: mail.from)
        headers.add("To", mailbox: mail.to)
        if let replyTo = mail.replyTo { headers.add("Reply-To", mailbox: replyTo) }
        try headers.add("Subject", text: mail.subject)
        try headers.add("Message-ID", messageID: mail.messageID)
        if let first = mail.inReplyTo, first != mail.messageID {
            try headers.add("In-Reply-To", messageID: first)
            try headers.add("References", messageID: first)
        }
        headers.add("Date", fixed: Self.date(mail.date))
        // Nobody's absence note may answer a machine (RFC 3834). Not "All": Outlook would drop replies to invitations.
        headers.add("Auto-Submitted", fixed: "auto-generated")
        headers.add("X-Auto-Response-Suppress", fixed: "OOF, AutoReply")
        for header in mail.headers { try headers.add(extra: header) }
        headers.add("MIME-Version", fixed: "1.0")
        bytes = Array((headers.text + (try Self.body(of: mail)).text).utf8)
    }

    private static func body(of mail: OutgoingMail) throws(MailDefect) -> MIMEPart {
        let mark = fingerprint(mail.messageID)
        var parts = [
            MIMEPart(type: "text/plain; charset=utf-8", quoted: mail.text),
            MIMEPart(type: "text/html; charset=utf-8", quoted: mail.html),
        ]
        guard let invitation = mail.invitation else {
            return MIMEPart(multipart: "alternative", boundary: "=_a\(mark)", parts)
        }
        try check(invitation)
        let name = "name=\"invite.ics\""
        parts.append(MIMEPart(
            type: "text/calendar; charset=utf-8; method=\(invitation.method);\r\n \(name)", base64: invitation.text))
        let alternative = MIMEPart(multipart: "alternative", boundary: "=_a\(mark)", parts)
        guard invitation.attached else { return alternative }
        let file = MIMEPart(
            type: "application/ics; \(name)", base64: invitation.text,
            disposition: "attachment; filename=\"invite.ics\"")
        return MIMEPart(multipart: "mixed", boundary: "=_m\(mark)", [alternative, file])
    }

    /// Outlook shows "not supported calendar message" when the two methods differ.
    private static func check(_ invitation: OutgoingMail.Invitation) throws(MailDefect) {
        let isWord = !invitation.method.isEmpty && invitation.method.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        guard isWord, invitation.text.utf8.firstRange(of: "\r\nMETHOD:\(invitation.method)\r\n".utf8) != nil else {
            throw .method
        }
    }

    /// RFC 5322 date in UTC, such as `Thu, 3 Dec 2026 10:30:00 +0000`.
    private static func date(_ instant: Instant) -> String {
        let second = (instant.seconds % 86_400 + 86_400) % 86_400
        let date = LocalDate(daysSince1970: Int((instant.seconds - second) / 86_400))
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][date.weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = instant.rfc3339().dropFirst(11).prefix(8)
        return "\(weekday), \(date.day) \(months[date.month - 1]) \(date.year) \(clock) +0000"
    }

    /// FNV-1a, 64 bit: enough to tell boundaries apart, and the same on every run.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}

/// One part with its own headers. A boundary begins with `=_`, which neither encoding can produce.
struct MIMEPart {
    let text: String

    init(type: String, quoted body: String) {
        text = "Content-Type: \(type)\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + MailEncoding.quotedPrintable(body)
    }

    init(type: String, base64 body: String, disposition: String? = nil) {
        let extra = disposition.map { "Content-Disposition: \($0)\r\n" } ?? ""
        text = "Content-Type: \(type)\r\n\(extra)Content-Transfer-Encoding: base64\r\n\r\n"
            + MailEncoding.base64Lines(Array(body.utf8))
    }

    init(multipart kind: String, boundary: String, _ parts: [MIMEPart]) {
        var body = "Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\r\n\r\n"
        for part in parts { body += "--\(boundary)\r\n\(part.text)\r\n" }
        text = body + "--\(boundary)--\r\n"
    }
}
