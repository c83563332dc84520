/// Leasing jobs: who may work on which, for how long, and how their end is written.
import Scheduling

/// Times of the queue, in seconds.
enum JobLease {
    static let seconds: Int64 = 60
    static let renewal: Int64 = 20
    /// A job whose process died under it this often is what kills it.
    static let mostCrashes = 5
    /// How long it waits before the last of these: whoever kills processes in a row from outside, as a machine short of
    /// memory does, will have stopped, and only a job that kills its process by itself is buried.
    static let lastPause: Int64 = 3_600
}

extension Transaction {
    /// Everybody who has a job that may be claimed; a read, so that idle runners write nothing.
    ///
    /// Steps across workspaces from one to the next by the index, so that a long queue of one costs no more than one
    /// job: the queue is the installation's, and each workspace gets its turn.
    func dueTurns(kinds: [String], now: Instant) throws -> [JobTurn] {
        try all(
            """
            WITH RECURSIVE turn (workspace) AS (
                SELECT min(workspace) FROM job WHERE state = 'ready'
                UNION ALL
                SELECT (SELECT min(j.workspace) FROM job j WHERE j.state = 'ready' AND j.workspace > turn.workspace)
                FROM turn WHERE turn.workspace IS NOT NULL
            )
            SELECT workspace FROM turn WHERE workspace IS NOT NULL AND EXISTS (
                SELECT 1 FROM job j WHERE j.state = 'ready' AND j.workspace = turn.workspace
                AND j.run_at <= \(now) AND j.kind IN \(list: kinds))
            UNION
            SELECT workspace FROM job
            WHERE state = 'ready' AND workspace IS NULL AND run_at <= \(now) AND kind IN \(list: kinds)
            UNION
            SELECT workspace FROM job WHERE state = 'leased' AND lease_until <= \(now) AND kind IN \(list: kinds)
            """
        ) { JobTurn(workspace: try $0["workspace"]) }
    }

    /// Leases up to `limit` jobs that are due, the earliest first. Claiming counts as an attempt.
    /// - Parameters:
    ///   - turn: whose jobs; anybody's when it is nil.
    ///   - suspects: whether one of them may be a job whose process died under it before. One at a time, so that what
    ///     kills the process takes no other job with it again and again.
    func claimJobs(
        kinds: [String], limit: Int, now: Instant, token: String, turn: JobTurn? = nil, suspects: Bool = true
    ) throws -> [Job] {
        // One claimer at a time: two could otherwise take two jobs of one ordering key, each unseen by the other.
        // The number means nothing; claims are short. And indexes are to be read in their order as far as the limit
        // goes: the statistics of a queue are always old, and by them PostgreSQL would rather look at all of it and
        // sort or join (a quarter of a second for each claim among 3,000).
        if engine == .postgres {
            let ways = ["sort", "incremental_sort", "bitmapscan", "seqscan", "hashjoin", "mergejoin"]
                .map { "set_config(\("enable_" + $0), 'off', true)" as SQL }
            _ = try one("SELECT pg_advisory_xact_lock(8606219114829018), \(ways.joined())") { _ in }
        }
        try takeBack(now: now)
        let whose: SQL = turn.map { turn in
            turn.workspace.map { "AND workspace = \($0)" } ?? "AND workspace IS NULL"
        } ?? ""
        func lease(_ which: SQL, along index: SQL = "", atMost limit: Int) throws -> [(runAt: Instant, job: Job)] {
            guard limit > 0 else { return [] }
            // Chosen in a part of its own: as a plain sub-select PostgreSQL may run it once for each row, and then
            // its LIMIT binds nothing.
            return try all(
                """
                WITH due AS MATERIALIZED (
                    SELECT id FROM job \(index) WHERE state = 'ready' AND run_at <= \(now) AND kind IN \(list: kinds)
                    \(whose) AND \(which) AND \(isFirstOfItsOrder(now))
                    ORDER BY run_at, id LIMIT \(limit)\(.skipLocked))
                UPDATE job SET state = 'leased', attempt = attempt + 1, lease_token = \(token),
                    lease_until = \(now.adding(seconds: JobLease.seconds))
                WHERE id IN (SELECT id FROM due)
                RETURNING id, kind, workspace, subject, version, payload, attempt, max_attempts, run_at, not_after,
                    crashes
                """
            ) { row in
                (runAt: try row["run_at"] as Instant, job: try Job(row, token))
            }
        }
        let suspect = try suspects
            ? lease("crashes > 0", along: .only(.sqlite, "INDEXED BY job_suspect"), atMost: min(limit, 1)) : []
        return (suspect + (try lease("crashes = 0", atMost: limit - suspect.count)))
            .sorted { ($0.runAt, $0.job.id) < ($1.runAt, $1.job.id) }
            .map(\.job)
    }

    /// Puts jobs whose leases ran out back in line. Their process died or stood still; whoever it happens to too
    /// often is what it dies of.
    private func takeBack(now: Instant) throws {
        try run(
            """
            UPDATE job SET lease_until = NULL, lease_token = NULL, crashes = crashes + 1,
                state = CASE WHEN crashes + 1 >= \(JobLease.mostCrashes) OR attempt >= max_attempts
                    THEN 'dead' ELSE 'ready' END,
                run_at = CASE WHEN crashes + 2 = \(JobLease.mostCrashes) THEN \(now.adding(seconds: JobLease.lastPause))
                    ELSE run_at END,
                reason = CASE WHEN crashes + 1 >= \(JobLease.mostCrashes) THEN 'its process died in every attempt'
                    WHEN attempt >= max_attempts THEN 'its process died in the last attempt' ELSE reason END,
                ended_at = CASE WHEN crashes + 1 >= \(JobLease.mostCrashes) OR attempt >= max_attempts
                    THEN \(now) ELSE NULL END
            WHERE state = 'leased' AND lease_until <= \(now)
            """)
    }

    /// Lets the leases of some kinds run out now: whoever opens an SQLite file for itself, and alone does such jobs,
    /// knows that their holders are dead. Other kinds have runners of their own, which may be at work already.
    func endLeases(kinds: [String], now: Instant) throws {
        try run(
            """
            UPDATE job SET lease_until = \(now)
            WHERE state = 'leased' AND lease_until > \(now) AND kind IN \(list: kinds)
            """)
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
                ended_at = \(ended), run_at = \(ended ?? next), crashes = 0
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

/// None of the same order is being worked on, and none that is due comes before it.
private func isFirstOfItsOrder(_ now: Instant) -> SQL {
    """
    (ordering_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM job other WHERE other.ordering_key = job.ordering_key AND other.id <> job.id
        AND ((other.state = 'leased' AND other.lease_until > \(now))
            OR (other.state = 'ready' AND other.run_at <= \(now)
                AND (other.run_at, other.id) < (job.run_at, job.id)))))
    """
}

extension Job {
    fileprivate init(_ row: Row, _ token: String) throws {
        self.init(
            id: try row["id"], kind: try row["kind"], workspace: try row["workspace"], subject: try row["subject"],
            version: try row["version"], payload: try row["payload"], attempt: try row["attempt"],
            maxAttempts: try row["max_attempts"], notAfter: try row["not_after"],
            isSuspect: try row["crashes"] as Int > 0, leaseToken: token)
    }
}
