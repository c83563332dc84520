/// What the site has to know about where it runs.

extension Site {
    /// Read once at start by the program.
    package struct Settings: Sendable {
        /// The public address: the only source of links, of `Secure` and of what our origin is.
        package var publicURL: WebURL
        /// Names the site was reached under before, as in `Host` headers: requests for them are sent on.
        package var formerHosts: Set<String> = []
        /// Opens `/dev/…` to this machine.
        package var isDevelopment: Bool
        /// Whose `X-Forwarded-For` is believed.
        package var trustedProxies: [Network]
        /// What pages can be read in; the first is the language of those who ask for none of them.
        package var languages: [Language]
        package var limits: Limits

        package init(publicURL: WebURL, isDevelopment: Bool = false, trustedProxies: [Network] = [],
                     languages: [Language] = [.english, .pseudo], limits: Limits = Limits()) {
            self.publicURL = publicURL
            self.isDevelopment = isDevelopment
            self.trustedProxies = trustedProxies
            self.languages = languages
            self.limits = limits
        }

        /// Cookies are `__Host-` and `Secure`, and HSTS is sent.
        var isSecure: Bool { publicURL.origin?.hasPrefix("https://") ?? false }
    }

    /// Requests per minute, and how many at once.
    package struct Limits: Sendable, Hashable {
        /// Of one API key, reading and writing.
        package var key: Int
        /// Writes of one key or session.
        package var writes: Int
        /// Writes of one address without a key or session.
        package var anonymousWrites: Int
        /// How many requests are worked on at a time; more are sent away at once, rather than that all wait longer than
        /// anybody does.
        package var atOnce = 256

        package init(key: Int = 100, writes: Int = 30, anonymousWrites: Int = 10) {
            self.key = key
            self.writes = writes
            self.anonymousWrites = anonymousWrites
        }
    }
}
