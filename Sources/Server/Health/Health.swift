/// Whether the installation can serve: asked by `/readyz`, and by requests that would write.
import Database
import Features
import Foundation
import Scheduling
import Synchronization
import Web

struct Health: Sendable {
    let database: Database
    let keyFile: String
    let disk: DiskWatch
    /// A write that takes longer says that people wait.
    private static let longest = Duration.milliseconds(500)

    init(_ database: Database, keyFile: String, disk: DiskWatch) {
        self.database = database
        self.keyFile = keyFile
        self.disk = disk
    }

    /// Why no visitors should be sent here, or nil.
    func unready() async -> String? {
        if disk.isLow { return "the disk is nearly full: pages are shown, nothing new is booked" }
        guard FileManager.default.isReadableFile(atPath: keyFile) else { return "the key file cannot be read" }
        do {
            let database = database
            let pending = try await within(Self.longest) { try await database.pendingMigrations() }
            guard let pending else { return "the database takes too long to answer" }
            guard pending.isEmpty else { return "the database needs “workestra migrate”" }
            return try await probe() ? nil : "the database takes too long to write"
        } catch DatabaseError.unavailable {
            return "the database does not answer"
        } catch {
            return "the database does not write"
        }
    }

    /// Goes the whole way of a write, through its line and its locks, and changes nothing.
    private func probe() async throws -> Bool {
        let database = database
        return try await within(Self.longest) {
            try await database.writeUnscoped { tx in try tx.probe() }
            return true
        } ?? false
    }

    /// With little room left, what frees people or lets them in goes on; everything else waits.
    func refusal(_ route: Route) -> (any Refusal)? {
        guard disk.isLow else { return nil }
        let isNeeded = route.path.contains("cancel") || route.path.hasPrefix("/sign-")
        return isNeeded ? nil : Common.unavailable(retryAfter: 120)
    }
}

/// The result, or nil when it did not come in time; the work itself goes on.
func within<T: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> T
) async throws -> T? {
    try await withCheckedThrowingContinuation { continuation in
        let once = Once(continuation)
        Task {
            do {
                once.resume(.success(try await work()))
            } catch {
                once.resume(.failure(error))
            }
        }
        Task {
            try? await Task.sleep(for: limit)
            once.resume(.success(nil))
        }
    }
}

/// Whoever comes first answers.
private final class Once<T: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<T?, any Error>?>

    init(_ continuation: CheckedContinuation<T?, any Error>) { waiting = Mutex(continuation) }

    func resume(_ result: Result<T?, any Error>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
