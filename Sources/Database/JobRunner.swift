/// Runs jobs: claims what is due, does it beside other jobs, keeps the leases alive and writes how each ended.
import Logging
import Scheduling
import ServiceLifecycle

/// The worker of one process. Any number of processes may run one on PostgreSQL.
///
/// A job is done at least once: the process may die between the effect and the note that it is done. Work therefore
/// re-reads its subject and acts with an idempotency key of the provider.
package struct JobRunner: Service {
    private let database: Database
    private let work: [String: JobWork]
    private let world: World
    private let logger: Logger
    private let limits: [String: Duration]
    private let turns = JobTurns()

    /// How many jobs run side by side; most of them wait for somebody else's server.
    private let width: Int
    /// How long running jobs may take to finish after the stop, before they are cancelled and given back.
    private let grace = Duration.seconds(20)
    /// How long a job of a kind without a limit of its own may take: longer than whatever it asks may take.
    private let usualLimit = Duration.seconds(120)

    /// - Parameters:
    ///   - work: by kind. Jobs of kinds that are missing here are left for a process that knows them.
    ///   - limits: how long work of a kind may take; then it hangs, is cancelled and tried again.
    ///   - width: how many run side by side.
    package init(
        database: Database, work: [String: JobWork], limits: [String: Duration] = [:], world: World, logger: Logger,
        width: Int = 8
    ) {
        self.database = database
        self.work = work
        self.limits = limits
        self.world = world
        self.logger = logger
        self.width = width
    }

    /// Works until the graceful shutdown or cancellation.
    package func run() async throws {
        let bell = Bell()
        database.onJobs { bell.ring() }
        await takeOver()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await tick(bell) }
                await work(in: &group, until: bell)
                await waitForRunning(bell)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            bell.stop()
        }
    }

    /// Does everything that is due now, one after the other, and what becomes due by that; for tests and commands.
    package func drain() async throws {
        while case let jobs = try await claim(limit: 20), !jobs.isEmpty {
            for job in jobs { await perform(job) }
        }
    }

    /// Jobs become due by time too, and other processes ring no bell here: so look once a second.
    private func tick(_ bell: Bell) async {
        while (try? await Task.sleep(for: .seconds(1))) != nil { bell.ring() }
    }

    private func work(in group: inout DiscardingTaskGroup, until bell: Bell) async {
        for await _ in bell.rings {
            if bell.isStopped { return }
            await keepLeases(bell)
            for job in await claimOrWarn(limit: width - bell.running, suspects: !bell.hasSuspect) {
                // The stop came while they were claimed. Should this fail, the lease runs out.
                guard !bell.isStopped else {
                    _ = try? await end(job, as: nil)
                    continue
                }
                bell.began(job, now: world.now)
                group.addTask {
                    await perform(job)
                    bell.ended(job)
                }
            }
        }
    }

    /// Renews what is in hand before anything is claimed: a clock that was put forward makes its leases look like those
    /// of a dead process, and then the same job would run here twice at once.
    private func keepLeases(_ bell: Bell) async {
        let now = world.now
        for job in bell.leased(before: now.adding(seconds: -JobLease.renewal)) {
            // Whether it is still ours shows when the job ends; a database that is away is met by the claim too.
            if (try? await renew(job)) != nil { bell.renewed(job, now: now) }
        }
    }

    private func waitForRunning(_ bell: Bell) async {
        let end = ContinuousClock.now + grace
        if bell.running == 0 { return }
        for await _ in bell.rings where bell.running == 0 || ContinuousClock.now > end { return }
    }

    /// A database that is away for a while must not end the runner; the next tick tries again.
    private func claimOrWarn(limit: Int, suspects: Bool) async -> [Job] {
        do {
            return try await claim(limit: limit, suspects: suspects)
        } catch {
            logger.warning("jobs cannot be claimed: \(error)")
            return []
        }
    }

    /// On SQLite this process is the only one: what is leased of its kinds was so by one that died, and need not wait.
    private func takeOver() async {
        guard database.engine == .sqlite else { return }
        let (kinds, now) = (work.keys.sorted(), world.now)
        do {
            try await database.writeUnscoped { try $0.endLeases(kinds: kinds, now: now) }
        } catch {
            logger.warning("the leases of the process before cannot be ended: \(error)")
        }
    }

    /// Leases up to `limit` jobs that are due, by turns, the earliest of each workspace first. This and the three
    /// steps below are what the loop does with each job; tests take them one by one.
    package func claim(limit: Int, suspects: Bool = true) async throws -> [Job] {
        guard limit > 0 else { return [] }
        let (kinds, now, token) = (work.keys.sorted(), world.now, world.token())
        var isFresh = false
        while true {
            if turns.isOld(now: now) {
                isFresh = true
                turns.refresh(
                    try await database.lookUp { tx in
                        try tx.restoredAt() == nil ? tx.dueTurns(kinds: kinds, now: now) : []
                    }, now: now)
            }
            while case let asked = turns.next(limit), !asked.isEmpty {
                let (jobs, idle) = try await database.writeUnscoped { tx in
                    try tx.claimByTurns(asked, kinds: kinds, limit: limit, now: now, token: token, suspects: suspects)
                }
                turns.leave(idle)
                if !jobs.isEmpty { return jobs }
            }
            // Those who were known to have work have none left; somebody else may have got some since.
            if isFresh { return [] }
        }
    }

    private func perform(_ job: Job) async {
        CrashPoint.reach("job.after_claim")
        let outcome = await outcome(of: job)
        CrashPoint.reach("job.before_end")
        do {
            if try await !end(job, as: outcome) {
                logger.notice("the lease was lost", metadata: ["job": "\(job.id)", "kind": "\(job.kind)"])
            }
            CrashPoint.reach("job.after_end")
        } catch {
            // Nothing is lost: the lease runs out and the job is claimed again.
            logger.warning("the end of a job cannot be written: \(error)", metadata: ["job": "\(job.id)"])
        }
    }

    /// Writes how a leased job ended; nil gives it back as it was.
    /// - Returns: false when the lease was lost: somebody else has the job, and nothing was written.
    package func end(_ job: Job, as outcome: JobOutcome?) async throws -> Bool {
        let now = world.now
        let next = now.adding(seconds: delay(after: outcome, of: job))
        return try await database.writeUnscoped { tx in
            guard let outcome else { return try tx.releaseJob(job) }
            return try tx.endJob(job, outcome, now: now, next: next)
        }
    }

    /// Keeps the lease of a job for another while.
    /// - Returns: false when it was lost.
    package func renew(_ job: Job) async throws -> Bool {
        let now = world.now
        return try await database.writeUnscoped { try $0.renewLease(job, now: now) } == 1
    }

    /// Does the work of a leased job: what it says, or nil when it was cancelled and the job goes back as it was.
    package func outcome(of job: Job) async -> JobOutcome? {
        if let notAfter = job.notAfter, world.now > notAfter { return .skipped("too late") }
        guard let work = work[job.kind] else { return .dead("nobody does jobs of this kind") }
        let limit = limits[job.kind] ?? usualLimit
        return await withTaskGroup(of: JobOutcome?.self) { group in
            group.addTask {
                await renewLease(of: job, for: limit)
            }
            group.addTask {
                do {
                    return try await work(job)
                } catch {
                    return Task.isCancelled ? nil : .retry(String(describing: error))
                }
            }
            // The renewing ends first only if the lease is lost, the work hangs, or all is cancelled. Work that was
            // cut is waited for: it may not go on beside its own repetition.
            while let outcome = await group.next() {
                guard outcome != nil || group.isCancelled else { continue }
                group.cancelAll()
                return outcome
            }
            return nil
        }
    }

    /// Ends with nil when somebody else has the job, or with a retry when it has run for so long that it hangs.
    private func renewLease(of job: Job, for limit: Duration) async -> JobOutcome? {
        let end = ContinuousClock.now + limit
        while case let left = ContinuousClock.now.duration(to: end), left > .zero {
            guard (try? await Task.sleep(for: min(left, .seconds(JobLease.renewal)))) != nil else { return nil }
            if ContinuousClock.now >= end { break }
            do {
                guard try await renew(job) else { return nil }
            } catch {
                logger.warning("a lease cannot be renewed: \(error)", metadata: ["job": "\(job.id)"])
            }
        }
        return .retry("took longer than \(limit.components.seconds) seconds")
    }

    private func delay(after outcome: JobOutcome?, of job: Job) -> Int64 {
        if case .retry(_, let after?) = outcome { return after }
        return backOff(attempt: job.attempt, entropy: world.entropy)
    }
}

/// Full jitter: anything from 5 seconds to a bound that doubles with each attempt, an hour at most.
/// Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
func backOff(attempt: Int, entropy: Entropy) -> Int64 {
    let bound = min(3_600, 5 << Int64(min(attempt, 10)))
    let random = entropy.bytes(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return 5 + Int64(random % UInt64(bound - 4))
}
