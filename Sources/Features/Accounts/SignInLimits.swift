/// Slows down guessing: a pause after six failures, for one address from one network.
import Scheduling
import Synchronization

/// Counts in memory, for this process: a restart forgives, and two processes allow twice as many tries.
///
/// The pair of address *and* network is what is paused, so no stranger can lock anybody out from elsewhere.
package final class SignInLimits: Sendable {
    package static let tries = 6
    package static let pauseSeconds: Int64 = 15 * 60
    private static let mostEntries = 20_000

    private struct Entry {
        var tries = 0
        var last: Instant
        var pausedUntil: Instant?

        func isOver(at now: Instant) -> Bool { now - last >= pauseSeconds && (pausedUntil.map { $0 <= now } ?? true) }
    }

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// Counts a try before it is made: a hundred tries at once are a hundred tries.
    ///
    /// - Returns: how many are left when this one fails.
    /// - Throws: `AccountRefusal.paused` while the pause lasts.
    package func begin(_ email: String, from remote: String, now: Instant) throws -> Int {
        try entries.withLock { entries in
            if entries.count >= Self.mostEntries { entries = entries.filter { !$0.value.isOver(at: now) } }
            if entries.count >= Self.mostEntries { entries = entries.filter { $0.value.pausedUntil != nil } }
            let key = Self.key(email, remote)
            var entry = entries[key] ?? Entry(last: now)
            if let until = entry.pausedUntil, now < until { throw AccountRefusal.paused(until: until) }
            if entry.isOver(at: now) { entry = Entry(last: now) }
            entry.tries += 1
            entry.last = now
            if entry.tries >= Self.tries { entry.pausedUntil = now.adding(seconds: Self.pauseSeconds) }
            entries[key] = entry
            return Self.tries - entry.tries
        }
    }

    /// Forgets the failures: the right password was given.
    package func succeeded(_ email: String, from remote: String) {
        entries.withLock { _ = $0.removeValue(forKey: Self.key(email, remote)) }
    }

    private static func key(_ email: String, _ remote: String) -> String {
        "\(Account.folded(email))|\(network(of: remote))"
    }

    /// The /24 of an IPv4 address, the /48 of an IPv6 one; what is neither stands for itself.
    package static func network(of remote: String) -> String {
        let tail = remote.split(separator: ":", omittingEmptySubsequences: false).last.map(String.init) ?? remote
        let bytes = tail.split(separator: ".", omittingEmptySubsequences: false)
        if bytes.count == 4 { return bytes.prefix(3).joined(separator: ".") }
        guard remote.contains(":") else { return remote }
        let head = remote.firstRange(of: "::").map { remote[..<$0.lowerBound] } ?? remote[...]
        let groups = head.split(separator: ":").prefix(3).map(String.init)
        return (groups + Array(repeating: "0", count: 3 - groups.count)).joined(separator: ":")
    }
}
