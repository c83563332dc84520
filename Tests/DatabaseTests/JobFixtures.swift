/// Jobs for the tests of the queue and its runner.
import Logging
import Scheduling
import Synchronization

@testable import Database

extension Database {
    /// Writes jobs named by their dedupe keys.
    func enqueue(
        _ keys: String..., kind: String = "mail", ordering: String? = nil, runAt: Instant = noon,
        notAfter: Instant? = nil, maxAttempts: Int = 12, of workspace: ID<Workspace>? = Scope.test.workspace,
        world: World = HandClock().world
    ) async throws {
        for key in keys {
            let job = NewJob(
                kind: kind, workspace: workspace, subject: "bk_1", version: 1, payload: "{}", dedupeKey: key,
                ordering: ordering, runAt: runAt, notAfter: notAfter, maxAttempts: maxAttempts)
            let (now, id) = (world.now, world.id(QueuedJob.self))
            try await writeUnscoped { tx in try tx.enqueue(job, now: now, id: id) }
        }
    }

    /// State, attempts and reason of each job by dedupe key.
    func jobs() async throws -> [String: String] {
        try await lookUp { tx in
            let pairs = try tx.all("SELECT dedupe_key, state, attempt, reason FROM job") { row in
                (
                    try row["dedupe_key"] as String,
                    "\(try row["state"] as String) \(try row["attempt"] as Int) \(try row["reason"] as String)"
                        .trimmingSuffix(" ")
                )
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    func claim(_ limit: Int = 20, now: Instant = noon, token: String = "t") async throws -> [Job] {
        try await writeUnscoped { tx in try tx.claimJobs(kinds: ["mail"], limit: limit, now: now, token: token) }
    }

    @discardableResult
    func end(_ job: Job, _ outcome: JobOutcome, now: Instant = noon) async throws -> Bool {
        try await writeUnscoped { tx in try tx.endJob(job, outcome, now: now, next: now.adding(seconds: 60)) }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

/// What happened, in order, from any task.
final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    func note(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    var all: [String] { lines.withLock { $0 } }
}

extension JobRunner {
    static func test(_ db: Database, _ world: World, _ work: @escaping JobWork) -> JobRunner {
        JobRunner(database: db, work: ["mail": work], world: world, logger: Logger(label: "test"))
    }
}
