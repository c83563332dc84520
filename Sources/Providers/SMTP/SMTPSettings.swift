/// Where mail is handed in: `SMTP_URL` read into a value, with a sentence for every way it can be wrong.

/// ```
/// smtp://user:password@mail.example.com:587     STARTTLS, refused without it (port 587 when none is given)
/// smtps://user:password@mail.example.com:465    TLS from the first byte
/// smtp://127.0.0.1:1025                         this machine: no encryption
/// smtps://mail.example.com?ca=/etc/mail-ca.pem  trusts these certificates instead of the system's
/// ```
/// Characters such as `@ : / ? # %` in a user name or password are written as `%40` and so on.
package struct SMTPSettings: Hashable, Sendable, CustomStringConvertible {
    package enum Security: Hashable, Sendable {
        /// Plain until STARTTLS; a server that does not offer it gets nothing.
        case startTLS
        case implicitTLS
        /// Only for this machine.
        case none
    }

    package let host: String
    package let port: Int
    package let user: String?
    package let password: String?
    package var security: Security
    /// A file of PEM certificates; nil means the system's.
    package let certificates: String?
    package var connectSeconds = 10
    /// For one mail in all, the connection included.
    package var totalSeconds = 60

    package init(_ url: String) throws(SMTPSettingsProblem) {
        guard url.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { throw .space }
        guard let mark = url.range(of: "://") else { throw .scheme }
        let isImplicit: Bool
        switch url[..<mark.lowerBound].lowercased() {
        case "smtp": isImplicit = false
        case "smtps": isImplicit = true
        default: throw .scheme
        }
        let rest = url[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard place.count <= 2 else { throw .atSign }
        (user, password) = try place.count == 2 ? Self.credentials(place[0]) : (nil, nil)
        (host, port) = try Self.address(place[place.count - 1], defaultPort: isImplicit ? 465 : 587)
        certificates = try Self.certificates(rest.dropFirst(authority.count))
        security = isImplicit ? .implicitTLS : Self.isLoopback(host) ? .none : .startTLS
    }

    /// Without the password, for the log.
    package var description: String {
        "\(security == .implicitTLS ? "smtps" : "smtp")://\(user.map { "\($0):…@" } ?? "")\(host):\(port)"
    }

    /// The address without path and credentials, as libcurl wants it.
    var server: String {
        "\(security == .implicitTLS ? "smtps" : "smtp")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

/// What is wrong with `SMTP_URL`.
package enum SMTPSettingsProblem: Error, Hashable, Sendable {
    case scheme, space, atSign, host, port, credentials, encoding, option

    package var message: String {
        switch self {
        case .scheme: "SMTP_URL begins with smtp:// or smtps://."
        case .space: "SMTP_URL has a space or a line break in it. Write a space in a password as %20."
        case .atSign: "SMTP_URL has two @. Write an @ in a user name or password as %40."
        case .host: "SMTP_URL needs the name of the mail server, as in smtp://mail.example.com:587."
        case .port: "The port in SMTP_URL is a number from 1 to 65535. Write a : or / in a password as %3A or %2F."
        case .credentials: "SMTP_URL needs a user name and a password, as in smtp://user:password@mail.example.com."
        case .encoding: "SMTP_URL has a % that is not followed by two hexadecimal digits. Write a % as %25."
        case .option: "SMTP_URL ends with the port; only ?ca=/path/to/certificates.pem may follow."
        }
    }
}

extension SMTPSettings {
    private static func credentials(_ text: Substring) throws(SMTPSettingsProblem) -> (String?, String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw .credentials }
        return (try decoded(parts[0]), try decoded(parts[1]))
    }

    private static func address(_ text: Substring, defaultPort: Int) throws(SMTPSettingsProblem) -> (String, Int) {
        var host = text, port: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw .port }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        let isName = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x3A
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isName) else { throw .host }
        guard let port else { return (host.lowercased(), defaultPort) }
        guard let number = Int(port), (1...65_535).contains(number), port.utf8.first != 0x2B else { throw .port }
        return (host.lowercased(), number)
    }

    private static func certificates(_ tail: Substring) throws(SMTPSettingsProblem) -> String? {
        if tail.isEmpty || tail == "/" { return nil }
        let option = tail.hasPrefix("/") ? tail.dropFirst() : tail
        guard option.hasPrefix("?ca="), option.utf8.count > 4, !option.contains("&") else { throw .option }
        return try decoded(option.dropFirst(4))
    }

    /// Percent-decoding; control characters are refused, they would end a command of the protocol.
    private static func decoded(_ text: Substring) throws(SMTPSettingsProblem) -> String {
        var bytes: [UInt8] = [], rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
            else { throw .encoding }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .space }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let isFour = host.hasPrefix("127.") && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
        return isFour || host == "localhost" || host == "::1"
    }
}
