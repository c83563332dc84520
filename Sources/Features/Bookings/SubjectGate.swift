/// Keeps one much-wanted host from using up every database connection of this process.
import Database
import Scheduling

/// At most two callers for one subject hold a connection: one that works and one that waits for its lock. The rest
/// wait here, where waiting costs nothing, so bookings of other hosts go on. SQLite has one writer and needs no gate.
package actor SubjectGate {
    package static let width = 2

    private var inside: [String: Int] = [:]
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    package init() {}

    /// Does the work once there is room at each of the subjects; always entered in ascending order, so that two
    /// callers with several subjects never wait for each other.
    nonisolated package func pass<T: Sendable>(
        _ subjects: [String], _ work: @Sendable () async throws -> T
    ) async throws -> T {
        let ascending = Set(subjects).sorted()
        for subject in ascending { await enter(subject) }
        do {
            let result = try await work()
            for subject in ascending { await leave(subject) }
            return result
        } catch {
            for subject in ascending { await leave(subject) }
            throw error
        }
    }

    private func enter(_ subject: String) async {
        if inside[subject, default: 0] < Self.width {
            inside[subject, default: 0] += 1
            return
        }
        await withCheckedContinuation { waiting[subject, default: []].append($0) }
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
        let subjects = try await database.read(scope) { tx in
            try LinkStore.hostIDs(of: link, scope: scope, in: tx)
        }
        return try await gate.pass(subjects) { try await database.write(scope, body) }
    }
}
