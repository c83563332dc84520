/// Lends connections to tasks, the most recently used first, and lets tasks wait in line.
import Synchronization

/// A fixed number of places; each connects when first used.
final class PostgresPool: Sendable {
    /// With this many tasks in line the database is not going to answer any of the next ones in useful time.
    private let longestLine = 1_000

    private struct Line {
        var free: [PostgresConnection]
        var waiting: [CheckedContinuation<PostgresConnection, any Error>] = []
        var isClosed = false
    }

    private let line: Mutex<Line>
    private let size: Int

    init(url: String, size: Int, reach: PostgresReach) {
        self.size = size
        line = Mutex(Line(free: (0..<size).map { _ in PostgresConnection(url: url, reach: reach) }))
    }

    /// Runs `work` on a connection that nobody else has.
    func with<T: Sendable>(_ work: @escaping @Sendable (PostgresConnection) throws -> T) async throws -> T {
        let connection = try await take(closing: false)
        defer { give(connection) }
        return try await connection.perform(work)
    }

    /// Refuses new work, lets that in line finish and ends each connection.
    func close() async {
        let wasClosed = line.withLock { line in
            defer { line.isClosed = true }
            return line.isClosed
        }
        if wasClosed { return }
        for _ in 0..<size {
            guard let connection = try? await take(closing: true) else { return }
            try? await connection.perform { $0.disconnect() }
        }
    }

    private func take(closing: Bool) async throws -> PostgresConnection {
        try await withCheckedThrowingContinuation { continuation in
            let taken: Result<PostgresConnection, any Error>? = line.withLock { line in
                if line.isClosed, !closing { return .failure(DatabaseError.unavailable("it is closed")) }
                if let connection = line.free.popLast() { return .success(connection) }
                if line.waiting.count >= longestLine { return .failure(DatabaseError.unavailable("too many wait")) }
                line.waiting.append(continuation)
                return nil
            }
            if let taken { continuation.resume(with: taken) }
        }
    }

    private func give(_ connection: PostgresConnection) {
        let next = line.withLock { line -> CheckedContinuation<PostgresConnection, any Error>? in
            if !line.waiting.isEmpty { return line.waiting.removeFirst() }
            // A dead one is taken last: while the server is away those that live are the ones that help.
            line.free.insert(connection, at: connection.isAlive ? line.free.count : 0)
            return nil
        }
        next?.resume(returning: connection)
    }
}
