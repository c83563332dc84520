/// Leasing jobs: who may work on which, for how long, and how their end is written.
import Scheduling

/// Times of the queue, in seconds.
enum JobLease {
    static let seconds: Int64 = 60
    static let renewal: Int64 = 20
    /// After this long a lease is renewed no more: the work hangs, and somebody else may try.
    static let longest: Int64 = 900
    /// A job whose process died under it this often is what kills it.
    static let mostCrashes = 5
}

extension Transaction {
    /// Whether there is anything to claim; a read, so that idle runners write nothing.
    func hasDueJobs(kinds: [String], now: Instant) throws -> Bool {
        try one(
            """
            SELECT 1 AS due FROM job WHERE kind IN \(list: kinds) AND \(isDue(now)) LIMIT 1
            """
        ) { _ in true } ?? false
    }

    /// Leases up to `limit` jobs that are due, the earliest first. Claiming counts as an attempt, so a job that takes
    /// the process down with it runs out of attempts too.
    func claimJobs(kinds: [String], limit: Int, now: Instant, token: String) throws -> [Job] {
        // One claimer at a time: two could otherwise take two jobs of one ordering key, each unseen by the other.
        // The number means nothing; claims are short.
        if engine == .postgres { _ = try one("SELECT pg_advisory_xact_lock(8606219114829018) AS locked") { _ in } }
        try run(
            """
            UPDATE job SET state = 'dead', reason = 'its process died in every attempt',
                ended_at = \(now), lease_until = NULL, lease_token = NULL
            WHERE state = 'leased' AND lease_until <= \(now)
            AND (attempt >= \(JobLease.mostCrashes) OR attempt >= max_attempts)
            """)
        return try all(
            """
            UPDATE job SET state = 'leased', attempt = attempt + 1, lease_token = \(token),
                lease_until = \(now.adding(seconds: JobLease.seconds))
            WHERE id IN (
                SELECT id FROM job WHERE kind IN \(list: kinds) AND \(isDue(now)) AND \(isFirstOfItsOrder(now))
                ORDER BY run_at, id LIMIT \(limit)\(.skipLocked))
            RETURNING id, kind, workspace, subject, version, payload, attempt, max_attempts, run_at, not_after
            """
        ) { row in
            (runAt: try row["run_at"] as Instant, job: try Job(row, token))
        }
        .sorted { ($0.runAt, $0.job.id) < ($1.runAt, $1.job.id) }
        .map(\.job)
    }

    /// Keeps leases for another while.
    /// - Returns: how many were still ours.
    @discardableResult
    func renewLease(_ job: Job, now: Instant) throws -> Int {
        try run(
            """
            UPDATE job SET lease_until = \(now.adding(seconds: JobLease.seconds))
            WHERE id = \(job.id) AND lease_token = \(job.leaseToken)
            """)
    }

    /// Writes how a job ended, if the lease is still ours.
    /// - Parameter next: when a retry is due.
    /// - Returns: false when somebody else has the job by now.
    func endJob(_ job: Job, _ outcome: JobOutcome, now: Instant, next: Instant) throws -> Bool {
        let (state, reason) = switch outcome {
        case .done: ("done", "")
        case .skipped(let why): ("skipped", why)
        case .dead(let why): ("dead", why)
        case .retry(let why, _): (job.attempt >= job.maxAttempts ? "dead" : "ready", why)
        }
        let ended: Instant? = state == "ready" ? nil : now
        // The reason may quote a stranger's reply; it must never be what keeps a job from ending.
        let shown = String(reason.filter { $0 != "\0" }.prefix(500))
        return try run(
            """
            UPDATE job SET state = \(state), reason = \(shown), lease_until = NULL, lease_token = NULL,
                ended_at = \(ended), run_at = \(ended ?? next)
            WHERE id = \(job.id) AND lease_token = \(job.leaseToken)
            """) == 1
    }

    /// Gives a job back unfinished, without counting the attempt.
    /// - Returns: false when somebody else has the job by now.
    func releaseJob(_ job: Job) throws -> Bool {
        hasJobs = true
        return try run(
            """
            UPDATE job SET state = 'ready', attempt = attempt - 1, lease_until = NULL, lease_token = NULL
            WHERE id = \(job.id) AND lease_token = \(job.leaseToken)
            """) == 1
    }
}

private func isDue(_ now: Instant) -> SQL {
    "((state = 'ready' AND run_at <= \(now)) OR (state = 'leased' AND lease_until <= \(now)))"
}

/// None of the same order is being worked on, and none that is due comes before it.
private func isFirstOfItsOrder(_ now: Instant) -> SQL {
    """
    (ordering_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM job other WHERE other.ordering_key = job.ordering_key AND other.id <> job.id
        AND ((other.state = 'leased' AND other.lease_until > \(now))
            OR (other.state IN ('ready', 'leased') AND other.run_at <= \(now)
                AND (other.run_at, other.id) < (job.run_at, job.id)))))
    """
}

extension Job {
    fileprivate init(_ row: Row, _ token: String) throws {
        self.init(
            id: try row["id"], kind: try row["kind"], workspace: try row["workspace"], subject: try row["subject"],
            version: try row["version"], payload: try row["payload"], attempt: try row["attempt"],
            maxAttempts: try row["max_attempts"], notAfter: try row["not_after"], leaseToken: token)
    }
}
