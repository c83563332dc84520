/// Addresses that are probably mistyped: `gmial.com` for `gmail.com`. A hint, never a refusal.

enum NearMiss {
    /// What was probably meant; nil when the address looks right or is too far from anything known.
    static func suggestion(for email: String) -> String? {
        guard let at = email.lastIndex(of: "@") else { return nil }
        let domain = email[email.index(after: at)...].lowercased()
        guard let better = domainMeant(by: domain), better != domain else { return nil }
        return email[...at] + better
    }

    private static func domainMeant(by domain: String) -> String? {
        // Whoever has an account at a real neighbour of gmail.com must not be asked about it.
        if known.contains(domain) || neighbours.contains(domain) { return nil }
        if domain.utf8.count > 7, let near = known.first(where: { distance($0, domain) == 1 }) { return near }
        guard let dot = domain.lastIndex(of: "."), let ending = endings[String(domain[domain.index(after: dot)...])]
        else { return nil }
        return domain[...dot] + ending
    }

    /// In the order of how many people have them.
    private static let known = [
        "gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "googlemail.com", "live.com",
        "proton.me", "protonmail.com", "yahoo.co.uk", "hotmail.co.uk", "web.de", "gmx.de", "gmx.net", "t-online.de",
        "orange.fr", "wanadoo.fr", "libero.it", "comcast.net", "verizon.net",
    ]

    /// One letter away from a known one, and real.
    private static let neighbours: Set<String> = ["gmx.com", "mail.com", "email.com", "ymail.com", "hotmail.de"]

    /// Endings that do not exist, and what they stand for.
    private static let endings = [
        "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "vom": "com", "xom": "com", "cpm": "com",
        "coom": "com", "nett": "net", "nte": "net", "ogr": "org", "orgg": "org",
    ]

    /// Letters to add, drop, change, or swap with their neighbour; 2 stands for two and more.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        if a == b { return 0 }
        guard abs(a.count - b.count) <= 1 else { return 2 }
        let head = zip(a, b).prefix { $0 == $1 }.count
        let (restA, restB) = (a[head...], b[head...])
        if a.count == b.count {
            if restA.dropFirst() == restB.dropFirst() { return 1 }
            let swapped = restA.count > 1 && restA.first == restB.dropFirst().first
                && restB.first == restA.dropFirst().first && restA.dropFirst(2) == restB.dropFirst(2)
            return swapped ? 1 : 2
        }
        return a.count > b.count ? (restA.dropFirst() == restB ? 1 : 2) : (restB.dropFirst() == restA ? 1 : 2)
    }
}
