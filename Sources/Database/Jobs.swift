/// The outbox: what has to happen because of a change is written in the change's own transaction, as jobs.
import Scheduling

/// A job to be written.
package struct NewJob: Sendable {
    /// Which work does it.
    package let kind: String
    package let workspace: ID<Workspace>?
    /// The id of what the job is about; the work reads it anew before it acts.
    package let subject: String
    /// The subject's version when the job was written; if it has moved on, the work usually skips.
    package let version: Int
    /// JSON, with ids only: never addresses, texts or tokens.
    package let payload: String
    /// Two jobs with one key are one job.
    package let dedupeKey: String
    /// Jobs with one ordering key run one at a time, earliest `runAt` first. One that waits for its next attempt may
    /// be overtaken.
    package let ordering: String?
    package let runAt: Instant
    /// After this it is skipped, like a reminder for a meeting that is over.
    package let notAfter: Instant?
    /// How often it is tried, a first time included, before it is dead.
    package let maxAttempts: Int

    package init(
        kind: String, workspace: ID<Workspace>?, subject: String, version: Int, payload: String = "{}",
        dedupeKey: String, ordering: String? = nil, runAt: Instant, notAfter: Instant? = nil,
        maxAttempts: Int = QueuedJob.mostAttempts
    ) {
        self.kind = kind
        self.workspace = workspace
        self.subject = subject
        self.version = version
        self.payload = payload
        self.dedupeKey = dedupeKey
        self.ordering = ordering
        self.runAt = runAt
        self.notAfter = notAfter
        self.maxAttempts = maxAttempts
    }
}

/// The tag of a job's id.
package enum QueuedJob: Identified {
    package static let idPrefix = "job"
    /// With the pauses between them it is tried for more than a day: a mail server that is away for a night costs
    /// nobody their mail (RFC 5321, 4.5.4.1, asks for days). What is no use later has a `notAfter`.
    package static let mostAttempts = 80
}

/// A job that this process has leased.
package struct Job: Sendable {
    package let id: ID<QueuedJob>
    package let kind: String
    package let workspace: ID<Workspace>?
    package let subject: String
    package let version: Int
    package let payload: String
    /// 1 at the first attempt.
    package let attempt: Int
    package let maxAttempts: Int
    package let notAfter: Instant?
    /// Its process died under it before.
    package var isSuspect = false
    /// Whoever holds the newest token may end the job; one who lost the lease meanwhile ends nothing.
    package let leaseToken: String
}

/// How a job ended.
package enum JobOutcome: Hashable, Sendable {
    case done
    /// Not needed any more, and why.
    case skipped(String)
    /// Try again, and why; after so many seconds, or with the usual back-off.
    case retry(String, after: Int64? = nil)
    /// Will never succeed, and why. It stays visible and can be replayed.
    case dead(String)
}

/// Does jobs of one kind. Throwing means "try again later".
package typealias JobWork = @Sendable (Job) async throws -> JobOutcome

extension Transaction {
    /// Writes a job; one with the same dedupe key, whatever became of it, makes this a no-op.
    /// - Parameter id: made before the block, which may run twice.
    package func enqueue(_ job: NewJob, now: Instant, id: ID<QueuedJob>) throws {
        // The installation's own jobs are of no workspace, so one that is bound to its rows steps out for them.
        try job.workspace == nil ? acrossWorkspaces { try insert(job, now, id) } : insert(job, now, id)
        // Woken for a job that was there already, a runner looks once in vain.
        hasJobs = true
    }

    private func insert(_ job: NewJob, _ now: Instant, _ id: ID<QueuedJob>) throws {
        try post(
            """
            INSERT INTO job (id, kind, workspace, subject, version, payload, dedupe_key, ordering_key, state,
                max_attempts, run_at, not_after, created_at)
            VALUES (\(id), \(job.kind), \(job.workspace), \(job.subject), \(job.version), \(job.payload),
                \(job.dedupeKey), \(job.ordering), 'ready', \(job.maxAttempts), \(job.runAt), \(job.notAfter), \(now))
            ON CONFLICT (dedupe_key) DO NOTHING
            """)
    }

    /// Puts a dead job back in line with all its attempts before it.
    /// - Returns: false when there is no dead job with this id.
    @discardableResult
    package func replayJob(_ id: ID<QueuedJob>, now: Instant) throws -> Bool {
        let replayed = try run(
            """
            UPDATE job SET state = 'ready', attempt = 0, crashes = 0, reason = '', run_at = \(now), ended_at = NULL
            WHERE id = \(id) AND state = 'dead'
            """)
        if replayed > 0 { hasJobs = true }
        return replayed > 0
    }

    /// Puts back in line what was skipped for a reason that holds no more.
    /// - Parameters:
    ///   - subjects: whose jobs.
    ///   - reason: as ``JobOutcome/skipped(_:)`` told it.
    package func replaySkipped(
        _ kind: String, of subjects: [String], because reason: String, now: Instant
    ) throws {
        guard !subjects.isEmpty else { return }
        let replayed = try run(
            """
            UPDATE job SET state = 'ready', attempt = 0, crashes = 0, reason = '', run_at = \(now), ended_at = NULL
            WHERE kind = \(kind) AND subject IN \(list: subjects) AND state = 'skipped' AND reason = \(reason)
            """)
        if replayed > 0 { hasJobs = true }
    }

    /// Whether jobs of this kind with this payload wait or are under way for one of these subjects.
    package func hasJobs(_ kind: String, _ payload: String, of subjects: [String]) throws -> Bool {
        guard !subjects.isEmpty else { return false }
        let found: Int? = try one(
            """
            SELECT 1 AS one FROM job
            WHERE kind = \(kind) AND payload = \(payload) AND subject IN \(list: subjects)
                AND state IN ('ready', 'leased')
            LIMIT 1
            """) { try $0["one"] }
        return found != nil
    }

    /// Forgets jobs that were done or skipped before an instant, and with them their dedupe keys. Dead ones stay.
    @discardableResult
    package func pruneJobs(endedBefore limit: Instant) throws -> Int {
        try run("DELETE FROM job WHERE state IN ('done', 'skipped') AND ended_at < \(limit)")
    }
}
