/// Forms that only our own pages can send.

import Crypto

/// Tokens for forms, and the check of where a request was made (OWASP: signed token + origin).
package enum CSRF {
    /// The token of a session: HMAC-SHA256 of its secret, base64url. The same for the whole session, so that a page
    /// left open keeps working; pages that hold it are not compressed.
    ///
    /// - Parameters:
    ///   - session: the session's secret, as in the cookie.
    ///   - key: at least 32 bytes that never leave the server.
    package static func token(session: String, key: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("csrf|\(session)".utf8), using: SymmetricKey(data: key))
        return base64URL(Array(code))
    }

    /// Compares in a time that does not tell how much was right. An empty token fits nothing.
    static func fits(_ given: String?, _ wanted: String) -> Bool {
        let (a, b) = (Array((given ?? "").utf8), Array(wanted.utf8))
        guard !b.isEmpty, a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Where an unsafe request was made.
    enum Source: Sendable, Hashable {
        /// One of our own pages.
        case ours
        /// A page of somebody else.
        case foreign
        /// No browser said so: an old one, or a script.
        case unknown
    }

    /// Judges by `Sec-Fetch-Site`, else by `Origin`.
    ///
    /// `Sec-Fetch-Site` goes first because a page with `Referrer-Policy: no-referrer` sends `Origin: null` even to
    /// itself. An origin is ours if it is the public address or the very host that was asked.
    static func source(_ headers: Headers, publicURL: WebURL) -> Source {
        if let site = headers["sec-fetch-site"] { return site == "same-origin" ? .ours : .foreign }
        guard let origin = headers["origin"]?.lowercased() else { return .unknown }
        if origin == publicURL.origin { return .ours }
        guard let host = headers["host"]?.lowercased(), !host.isEmpty else { return .foreign }
        return origin == "http://\(host)" || origin == "https://\(host)" ? .ours : .foreign
    }
}

/// RFC 4648 §5 without padding.
package func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var (buffer, bits): (UInt32, Int) = (0, 0)
    for byte in bytes {
        buffer = buffer << 8 | UInt32(byte)
        bits += 8
        while bits >= 6 {
            bits -= 6
            text.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
        }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}
