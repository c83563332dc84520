/// An address on somebody else's server that a person has typed: read once, so that all who use it mean the same.

/// An `http` or `https` address in the few forms that cannot be understood in two ways.
///
/// Whether it may be called is another question: only its host's addresses tell that. See ``HTTPSender``.
package struct OutsideAddress: Hashable, Sendable, CustomStringConvertible {
    /// As typed.
    package let text: String
    package let isSecure: Bool
    /// In lower case, an IPv6 address without its brackets.
    package let host: String
    package let port: Int

    /// Most characters.
    package static let longest = 2_000

    package var description: String { text }

    /// - Throws: `.unreadable`, `.scheme`, `.credentials`.
    package init(_ text: String) throws(EgressProblem) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy(Self.isPlain) else { throw .unreadable }
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lower.hasPrefix) else { throw .scheme }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("#") else { throw .unreadable }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .credentials }
        self.text = text
        isSecure = scheme == "https://"
        (host, port) = try Self.place(authority, defaultPort: isSecure ? 443 : 80)
    }

    private static func place(_ text: Substring, defaultPort: Int) throws(EgressProblem) -> (String, Int) {
        var (host, port) = (text, nil as Substring?)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .unreadable }
            host = text[text.index(after: text.startIndex)..<end]
            guard IPAddress(String(host))?.bytes.count == 16 else { throw .unreadable }
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw .unreadable }
            port = after.isEmpty ? nil : after.dropFirst()
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                port = text[text.index(after: colon)...]
            }
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(Self.isOfName) else { throw .unreadable }
        }
        guard let port else { return (host.lowercased(), defaultPort) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
              (1...65_535).contains(number)
        else { throw .unreadable }
        return (host.lowercased(), number)
    }

    /// What an address is written with (RFC 3986); a backslash or a blank is read differently by different programs.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !Array("\"<>\\^`{|}".utf8).contains(byte)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
            || byte == 0x2d || byte == 0x2e || byte == 0x5f
    }
}

/// Why an address that somebody typed is not called. A closed set: forms and figures name them.
package enum EgressProblem: String, Error, CaseIterable, Hashable, Sendable {
    /// Not an address, or one that programs read differently.
    case unreadable
    /// Neither http nor https.
    case scheme
    /// A user name or password in it.
    case credentials
    /// Plain http to the public internet.
    case insecure
    /// Another port than the web's.
    case port
    /// The host's name leads nowhere.
    case unknownHost = "unknown_host"
    /// The host is this machine, its network, or nobody's.
    case privateHost = "private_host"
}
