/// The encodings of mail: quoted-printable and base64 for bodies (RFC 2045), encoded words for headers (RFC 2047).

enum MailEncoding {
    // MARK: Headers

    /// `value` for a header whose name and colon already took `column` octets of the line.
    static func unstructured(_ value: String, after column: Int) -> String {
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain = value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
            && words.allSatisfy { (1...60).contains($0.utf8.count) }
        return isPlain ? wrapped(words, after: column) : encodedWords(value)
    }

    /// `"Dana via Nordhavn" <bookings@example.com>`.
    static func mailbox(_ mailbox: Mailbox) -> String {
        let name = mailbox.name, address = "<\(mailbox.address.wire)>"
        if name.isEmpty { return address }
        // Some readers decode encoded words inside quotes as well: a name that looks like one is encoded itself.
        let isPlain = name.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !name.contains("=?")
        let phrase = isPlain && name.utf8.count <= 60 ? quotedString(name) : encodedWords(name)
        return phrase.utf8.count + address.utf8.count > 64 ? "\(phrase)\r\n \(address)" : "\(phrase) \(address)"
    }

    private static func quotedString(_ text: String) -> String {
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            quoted.append(scalar)
        }
        return String(quoted) + "\""
    }

    /// 39 octets make 52 of base64 and 64 in all: the first word fits behind `Reply-To: `, and each is below the 75 of
    /// RFC 2047. No character is split between two words.
    private static func encodedWords(_ text: String) -> String {
        let longest = 39
        var chunks: [[UInt8]] = [[]]
        for piece in pieces(of: text, longest: longest) {
            if chunks[chunks.count - 1].count + piece.count > longest { chunks.append([]) }
            chunks[chunks.count - 1] += piece
        }
        return chunks.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// Characters as octets; one longer than `longest` (a letter under a pile of marks) comes scalar by scalar.
    private static func pieces(of text: String, longest: Int) -> [[UInt8]] {
        text.flatMap { character in
            character.utf8.count <= longest ? [Array(character.utf8)]
                : character.unicodeScalars.map { Array(String($0).utf8) }
        }
    }

    private static func wrapped(_ words: [Substring], after column: Int) -> String {
        var output = "", width = column
        for (index, word) in words.enumerated() {
            let fits = width + 1 + word.utf8.count <= 76
            if index > 0 { output += fits ? " " : "\r\n " }
            width = fits || index == 0 ? width + 1 + word.utf8.count : 1 + word.utf8.count
            output += word
        }
        return output
    }

    // MARK: Bodies

    /// Lines of at most 76 octets that end with CRLF, whatever ended them before; no line begins with a dot, so none
    /// can be taken for the end of the mail, and no character is split between two lines.
    static func quotedPrintable(_ text: String) -> String {
        var output = [UInt8](), width = 0
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\n" || scalar == "\r" {
                if scalar == "\n" && index > 0 && scalars[index - 1] == "\r" { continue }
                output += [0x0D, 0x0A]
                width = 0
                continue
            }
            let endsLine = index + 1 == scalars.count || scalars[index + 1] == "\n" || scalars[index + 1] == "\r"
            let piece = quoted(scalar, endsLine: endsLine, startsLine: width == 0)
            if width + piece.count > 75 {
                output += [0x3D, 0x0D, 0x0A]
                width = 0
            }
            let again = width == 0 ? quoted(scalar, endsLine: endsLine, startsLine: true) : piece
            output += again
            width += again.count
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func quoted(_ scalar: Unicode.Scalar, endsLine: Bool, startsLine: Bool) -> [UInt8] {
        let isBlank = scalar == " " || scalar == "\t"
        let isPlain = (0x21...0x7E).contains(scalar.value) && scalar != "=" && !(startsLine && scalar == ".")
        if isPlain || (isBlank && !endsLine) { return [UInt8(scalar.value)] }
        let digits = Array("0123456789ABCDEF".utf8)
        return String(scalar).utf8.flatMap { [0x3D, digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    static func base64Lines(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 57).map { start in
            base64(Array(bytes[start..<min(start + 57, bytes.count)])) + "\r\n"
        }.joined()
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let index = Int(bits >> UInt32(18 - 6 * position) & 63)
                output.append(position <= group.count ? alphabet[index] : 0x3D)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
