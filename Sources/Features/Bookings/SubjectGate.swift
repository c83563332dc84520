/// Keeps one much-wanted host from using up every database connection of this process.
import Database
import Scheduling

/// At most two callers for one subject hold a connection: one that works and one that waits for its lock. The rest
/// wait here, where waiting costs nothing, so bookings of other hosts go on. When one inside gives up on its lock, the
/// others have waited for the same and are told too. SQLite has one writer and needs no gate.
package actor SubjectGate {
    package static let width = 2

    /// How long the hosts of a link are taken to be the same. Bookings do not go by them, only who waits where.
    private static let memory = Duration.seconds(60)
    private static let mostKnown = 10_000

    private var known: [ID<Link>: (hosts: [String], until: ContinuousClock.Instant)] = [:]
    private var inside: [String: Int] = [:]
    private var waiting: [String: [CheckedContinuation<Void, any Error>]] = [:]

    package init() {}

    /// Does the work once there is room at each of the subjects; always entered in ascending order, so that two
    /// callers with several subjects never wait for each other.
    nonisolated package func pass<T: Sendable>(
        _ subjects: [String], _ work: @Sendable () async throws -> T
    ) async throws -> T {
        let ascending = Set(subjects).sorted()
        var entered: [String] = []
        do {
            for subject in ascending {
                try await enter(subject)
                entered.append(subject)
            }
            let result = try await work()
            for subject in entered { await leave(subject) }
            return result
        } catch {
            if case DatabaseError.busy = error { await sendAway(entered) }
            for subject in entered { await leave(subject) }
            throw error
        }
    }

    /// The hosts of a link as they were read a minute ago at most.
    func hosts(of link: ID<Link>, _ read: @Sendable () async throws -> [String]) async throws -> [String] {
        let now = ContinuousClock.now
        if let known = known[link], now < known.until { return known.hosts }
        let hosts = try await read()
        // None, for a link of elsewhere, says nothing to who comes next.
        guard !hosts.isEmpty else { return [] }
        if known.count >= Self.mostKnown { known = [:] }
        known[link] = (hosts, now + Self.memory)
        return hosts
    }

    /// How many are inside, and how many wait.
    func inside(at subject: String) -> Int { inside[subject, default: 0] }
    func waiting(for subject: String) -> Int { waiting[subject, default: []].count }

    private func enter(_ subject: String) async throws {
        if inside[subject, default: 0] < Self.width {
            inside[subject, default: 0] += 1
            return
        }
        try await withCheckedThrowingContinuation { waiting[subject, default: []].append($0) }
    }

    /// A lock that was not had in its time will not be had by the next ones either; better they come again.
    private func sendAway(_ subjects: [String]) {
        for subject in subjects {
            for caller in waiting.removeValue(forKey: subject) ?? [] { caller.resume(throwing: DatabaseError.busy) }
        }
    }

    /// The place of whoever leaves goes to the one who has waited longest.
    private func leave(_ subject: String) {
        if var queue = waiting[subject], !queue.isEmpty {
            queue.removeFirst().resume()
            waiting[subject] = queue.isEmpty ? nil : queue
        } else {
            let left = inside[subject, default: 1] - 1
            inside[subject] = left == 0 ? nil : left
        }
    }
}

extension Installation {
    /// A write that will lock the link's hosts.
    package func write<T: Sendable>(
        locking link: ID<Link>, scope: Scope, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        guard database.engine == .postgres else { return try await database.write(scope, body) }
        let subjects = try await gate.hosts(of: link) {
            try await database.read(scope) { tx in try LinkHostStore.ids(of: link, scope: scope, in: tx) }
        }
        return try await gate.pass(subjects) { try await database.write(scope, body) }
    }
}
