/// Links nobody has made: `/book/ada+bob` offers the times at which both are free.
import Scheduling
import Web

package enum AdHocLink {
    /// How many people an address may name.
    package static let crew = 2...5
    /// The most that one workspace stores: each set of people is one, once somebody has begun to book it.
    package static let most = 2_000
    /// How far ahead it can be booked, in days: nobody has planned for it.
    static let days = 14

    /// What the key of a one-off's link begins with: nobody books it but by that one-off's address.
    package static let oneOff = "one-off "
    /// The same of a poll's, which only its host books.
    package static let poll = "poll "

    /// Longest handle of a profile, in characters.
    package static let longestHandle = 40

    /// The handles that an address names; nil for the slugs of links that somebody made.
    package static func handles(in slug: String) -> [String]? {
        guard slug.contains("+"), slug.utf8.count <= crew.upperBound * (longestHandle + 1) else { return nil }
        return slug.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    }

    /// What tells one set of people from another, in whatever order they are named.
    package static func key(of hosts: [LinkHost]) -> String { hosts.map(\.id.text).sorted().joined(separator: "+") }

    /// Half an hour with all of them, at the notice that absent fields have.
    package static func rules(_ hosts: [LinkHost], slug: String) -> LinkRules {
        let names = hosts.map(\.name).joined(separator: " + ")
        var rules = LinkRules(title: names.count <= 120 ? names : names.prefix(119) + "…", slug: slug)
        rules.kind = .collective
        rules.window = .rollingDays(days)
        rules.access.hidden = true
        return rules
    }
}

extension Link {
    /// Whether it is only what a row would be: looking at an address stores nothing.
    package var isImagined: Bool { version == 0 }
}
