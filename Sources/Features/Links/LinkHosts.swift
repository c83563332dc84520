/// The hosts of a link and how they share its bookings.
import Database
import Scheduling
import Web

package struct LinkHost: Hashable, Sendable {
    package var id: ID<User>
    package var name: String
    package var email: String
    package var zone: String
}

/// What a host's part in a link is.
package struct HostShare: Hashable, Sendable {
    package static let priorities = 0...4
    package static let weights = 1...1000

    /// Higher ones are asked first.
    package var priority = 2
    /// The share relative to the others'.
    package var weight = 100
    package var joinedAt = Instant(0)
    /// Whether they are a member who can sign in; others get nothing.
    package var isActive = true
    /// Out of which pool they are taken; nil for one who always attends, and on links without pools.
    package var pool: String?

    package init() {}
}

/// How a round-robin link chooses its hosts.
package struct RotationRules: Hashable, Sendable {
    /// What the bookings are counted over.
    package enum Period: String, CaseIterable, Sendable, SQLValue {
        case month
        case allTime = "all_time"
    }

    /// Into which month a booking falls: that in which it was made, or that in which it takes place.
    package enum CountsBy: String, CaseIterable, Sendable, SQLValue { case creation, start }

    /// Whether attendees may say whom of those who take turns they want to meet.
    package enum HostChoice: String, CaseIterable, Sendable, SQLValue { case off, allowed }

    package static let leads = 1...1000

    package var strategy = Rotation.Strategy.maximizeAvailability
    /// Hosts so many bookings ahead of their share are not offered; with equal distribution alone.
    package var maximumLead: Int?
    package var period = Period.month
    package var countsBy = CountsBy.creation
    /// Whether a host gets a cancelled booking, or one nobody came to, back.
    package var creditsCancelled = true
    package var creditsNoShow = false
    /// Whether another host may take a booking that is moved.
    package var movesReassign = false
    package var hostChoice = HostChoice.off

    package init() {}
}

extension Rotation.Strategy: SQLValue {}

extension LinkKind {
    /// The kinds this version makes.
    package static let made: [LinkKind] = [
        .oneOnOne, .roundRobin, .collective, .multiHost, .group, .instant,
    ]

    package var mode: HostMode {
        switch self {
        case .roundRobin, .instant: .oneOf
        case .collective, .group: .allOf
        case .multiHost: .pooled
        default: .single
        }
    }

    package var hosts: ClosedRange<Int> { mode == .single ? 1...1 : 1...Link.mostHosts }

    package var words: String {
        switch self {
        case .roundRobin: plain("One of them, in turn")
        case .instant: plain("Whoever answers, at once or in turn")
        case .collective: plain("All of them")
        case .multiHost: plain("Some always, others in turn")
        case .group: plain("All of them, a group of people at once")
        default: plain("One host")
        }
    }
}

extension Link {
    package static let mostHosts = 100

    /// Whether each booking goes to one of several hosts, or to some of each pool.
    package var rotates: Bool { rules.kind == .roundRobin || rules.kind == .instant || hasPools }

    /// Whether its bookings hang on each other, so that its row is locked for each: they go in turn, limits count
    /// them, or they share a session.
    package var hasOneAtATime: Bool { rotates || !rules.rhythm.limits.isEmpty || hasSeats }

    package func share(of host: ID<User>) -> HostShare { shares[host] ?? HostShare() }

    /// Whom people meet, in a few words: a name, names, or how many take turns.
    package var hostWords: String {
        guard hosts.count > 1, let first = hosts.first, let last = hosts.last else { return hosts.first?.name ?? "" }
        if hasPools { return poolWords }
        if rotates { return plain("one of \(hosts.count) hosts") }
        guard hosts.count <= 4 else { return plain("[people] \(first.name) and \(hosts.count - 1) others") }
        let all = hosts.dropLast().map(\.name).joined(separator: ", ")
        return plain("[people] \(all) and \(last.name)")
    }
}

/// A host as somebody names them for a link.
package struct HostWish: Hashable, Sendable {
    package var user: ID<User>
    package var priority = 2
    package var weight = 100
    package var pool: String?

    package init(_ user: ID<User>, priority: Int = 2, weight: Int = 100, pool: String? = nil) {
        (self.user, self.priority, self.weight, self.pool) = (user, priority, weight, pool)
    }
}
