/// Cookies: only ours, only for the session and what a person chose.

/// A cookie to set. The site adds `Path=/`, `HttpOnly`, `SameSite=Lax`, and `__Host-` with `Secure` on https.
package struct Cookie: Sendable, Hashable {
    /// The plain name: `session`.
    package let name: String
    /// Only token characters (RFC 6265 §4.1.1); anything else is a bug of the caller.
    package let value: String
    /// Seconds it lasts; nil until the browser is closed; 0 removes it.
    package let maxAge: Int?

    package init(_ name: String, _ value: String, maxAge: Int? = nil) {
        precondition((name + value).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"\",;\\=".utf8.contains($0) },
                     "A cookie holds token characters only")
        self.name = name
        self.value = value
        self.maxAge = maxAge
    }

    /// The same cookie, to be forgotten by the browser.
    package static func removing(_ name: String) -> Cookie {
        Cookie(name, "", maxAge: 0)
    }

    /// The value of `Set-Cookie`.
    func header(secure: Bool) -> String {
        let age = maxAge.map { "; Max-Age=\($0)" } ?? ""
        let name = secure ? Self.host + name : name
        return "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure ? "; Secure" : "")\(age)"
    }

    private static let host = "__Host-"

    /// Reads `Cookie` headers by the plain names of ours; of two with one name the first counts.
    ///
    /// - Parameter secure: on https a cookie without `__Host-` is none of ours: a page without https, or another host
    ///   of the domain, may have planted it.
    static func read(_ headers: [String], secure: Bool) -> [String: String] {
        var cookies: [String: String] = [:]
        for pair in headers.flatMap({ $0.split(separator: ";").prefix(100) }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let written = parts[0].trimmed
            guard written.hasPrefix(host) == secure else { continue }
            let name = secure ? String(written.dropFirst(host.count)) : written
            if cookies[name] == nil { cookies[name] = parts[1].trimmed }
        }
        return cookies
    }
}
