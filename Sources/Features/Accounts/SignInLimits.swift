/// Slows down guessing: a pause after six failures, for one address from one network.
import Database
import Scheduling

/// Counts in the database: restarts forgive nothing, and several processes count together.
///
/// The pair of address *and* network is what is paused, so no stranger can lock anybody out from elsewhere. A browser
/// that signed in before has a count of its own, so that nobody in the same network locks it out either.
package struct SignInLimits: Sendable {
    package static let tries = 6
    package static let pauseSeconds: Int64 = 15 * 60

    let database: Database

    package init(_ database: Database) { self.database = database }

    /// Counts a try before it is made: a hundred tries at once are a hundred tries.
    ///
    /// - Returns: how many are left when this one fails.
    /// - Throws: `AccountRefusal.paused` while the pause lasts.
    package func begin(_ name: String, now: Instant) async throws -> Int {
        try await database.writeUnscoped { tx in
            var tried = try SignInTryStore.locked(name, now: now, in: tx)
            if let until = tried.pausedUntil, now < until { throw AccountRefusal.paused(until: until) }
            if tried.isOver(at: now) { tried = SignInTry(tries: 0, last: now, pausedUntil: nil) }
            tried.tries += 1
            tried.last = now
            if tried.tries >= Self.tries { tried.pausedUntil = now.adding(seconds: Self.pauseSeconds) }
            try SignInTryStore.save(tried, name: name, in: tx)
            return Self.tries - tried.tries
        }
    }

    /// Refuses while a pause lasts, and counts nothing: for secrets that are right far more often than wrong.
    ///
    /// - Throws: `AccountRefusal.paused`.
    package func check(_ name: String, now: Instant) async throws {
        let until = try await database.lookUp { tx in try SignInTryStore.pause(of: name, now: now, in: tx) }
        if let until { throw AccountRefusal.paused(until: until) }
    }

    /// What is counted for an address from a network; a hash, so that the table is no list of addresses.
    package static func name(email: String, remote: String) -> String {
        hexadecimal(sha256(Array("\(Account.folded(email))|\(network(of: remote))".utf8)))
    }

    /// What is counted for a browser that signed in before.
    package static func name(email: String, device: String) -> String {
        hexadecimal(sha256(Array("\(Account.folded(email))|device|\(device)".utf8)))
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

/// How often something was tried.
struct SignInTry: Sendable {
    var tries: Int
    var last: Instant
    var pausedUntil: Instant?

    /// Forgotten after a quarter of an hour without a try.
    func isOver(at now: Instant) -> Bool {
        now - last >= SignInLimits.pauseSeconds && (pausedUntil.map { $0 <= now } ?? true)
    }
}
