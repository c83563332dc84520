/// The headers every answer gets, by the policy of its route.

extension Answer {
    /// Adds what protects the reader. What a route has set itself stays, except on private pages the ban on storing.
    ///
    /// - Parameters:
    ///   - policy: nil where no route was found.
    ///   - secure: the public address is https.
    mutating func protect(_ policy: Policy?, secure: Bool) {
        add("X-Content-Type-Options", "nosniff")
        add("Content-Security-Policy", contentPolicy)
        add("Referrer-Policy", policy == .token ? "no-referrer" : "same-origin")
        // Nothing of ours asks for these; so nothing that slips in can.
        add("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
        // A public picture may stand in anybody's page; nothing else of ours does unless its route says so.
        let isPicture = policy == .open && self[header: "content-type"]?.hasPrefix("image/") ?? false
        add("Cross-Origin-Resource-Policy", isPicture ? "cross-origin" : "same-origin")
        if secure {
            // Without https browsers ignore the first and complain on every page.
            add("Cross-Origin-Opener-Policy", "same-origin")
            add("Strict-Transport-Security", "max-age=31536000")
        }
        if policy?.isPrivate ?? false {
            self = header("Cache-Control", "no-store")
        } else {
            add("Cache-Control", "no-cache")
        }
        if policy == .token { add("X-Robots-Tag", "noindex") }
        for cookie in cookies { append("Set-Cookie", cookie.header(secure: secure)) }
    }

    /// Scripts and styles only from us, no inline script at all; nothing may frame us but where a page says so.
    private var contentPolicy: String {
        guard self[header: "content-type"]?.hasPrefix("text/html") ?? false else {
            return "default-src 'none'; frame-ancestors 'none'"
        }
        let style = styleNonce.map { "style-src 'self' 'nonce-\($0)'" } ?? "style-src 'self'"
        let ancestors = frameAncestors.isEmpty ? "'none'" : frameAncestors.joined(separator: " ")
        return "default-src 'none'; script-src 'self'; \(style); img-src 'self' data:; connect-src 'self'; "
            + (showsFrames ? "frame-src 'self'; " : "")
            + "form-action 'self'; base-uri 'none'; frame-ancestors \(ancestors)"
    }
}
