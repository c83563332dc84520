/// The beginning of a website's address, which browsers compare to tell sites apart.

/// Scheme, host and port as a browser writes them in `Origin` and in `event.origin`: `https://www.example.org`.
///
/// Only `https`, but `http` for this machine's own names, so that somebody who builds a site can try it. No wildcards:
/// an origin is compared whole (RFC 6454), and nothing in it can end a `Content-Security-Policy`.
package struct SiteOrigin: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// Longest, in characters.
    package static let longest = 200

    /// Nil for whatever is no origin; a slash at the end and capital letters are forgiven.
    package init?(_ typed: String) {
        let lower = (typed.hasSuffix("/") ? String(typed.dropLast()) : typed).lowercased()
        guard lower.utf8.count <= Self.longest, let url = WebURL(lower), url.origin == lower,
            let origin = Self.normal(lower)
        else { return nil }
        text = origin
    }

    /// The origin of a whole address that somebody pasted, to be named to them; nil where it has none.
    package static func beginning(of typed: String) -> SiteOrigin? {
        WebURL(typed)?.origin.flatMap { SiteOrigin($0) }
    }

    private static func normal(_ origin: String) -> String? {
        let scheme = origin.hasPrefix("https://") ? "https" : "http"
        guard origin.hasPrefix("\(scheme)://") else { return nil }
        var host = origin.dropFirst(scheme.utf8.count + 3)
        var port: Int?
        if let colon = host.lastIndex(of: ":") {
            let digits = host[host.index(after: colon)...]
            guard let number = Int(digits), (1...65_535).contains(number), String(number) == digits else { return nil }
            port = number == (scheme == "https" ? 443 : 80) ? nil : number
            host = host[..<colon]
        }
        guard isHost(host), scheme == "https" || isOfThisMachine(host) else { return nil }
        return "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")"
    }

    /// Letters, digits and hyphens between dots; names in other scripts as browsers send them, `xn--…`. Addresses in
    /// brackets are none: a policy has no way to write them.
    private static func isHost(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { byte in
                    (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
                }
        }
    }

    private static func isOfThisMachine(_ host: Substring) -> Bool {
        ["localhost", "127.0.0.1"].contains(host) || host.hasSuffix(".localhost")
    }
}

extension Fields {
    /// A list of origins: an array in JSON, one to a line in a form. The same one twice is one.
    ///
    /// - Parameter most: how many are allowed.
    package mutating func origins(_ name: String, atMost most: Int, label: String) -> [SiteOrigin] {
        var typed: [String]
        if isForm {
            let text = text(name, 0...(most * (SiteOrigin.longest + 1)), label: label, lines: true)
            typed = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
        } else {
            typed = texts(name, 0...most, length: 2_000, label: label)
            guard typed.count <= most else { return [] }
        }
        if typed.count > most {
            fail(name, "too_many", plain("\(label): give at most \(most)."))
            return []
        }
        var origins: [SiteOrigin] = []
        for text in typed {
            guard let origin = SiteOrigin(text) else {
                fail(name, "invalid", Self.refused(text))
                return []
            }
            if !origins.contains(origin) { origins.append(origin) }
        }
        return origins
    }

    private static func refused(_ text: String) -> String {
        guard text.utf8.count <= SiteOrigin.longest else {
            return plain("The beginning of a site’s address has at most \(SiteOrigin.longest) characters.")
        }
        guard let origin = SiteOrigin.beginning(of: text) else {
            return plain("“\(text)” is not the beginning of a site’s address. Write it like https://www.example.org.")
        }
        return plain("Only the beginning of an address counts. Write \(origin.text).")
    }
}
