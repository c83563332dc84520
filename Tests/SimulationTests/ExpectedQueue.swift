/// Who may work on which job, and what has left the house because of it.
import Scheduling

@testable import Database

struct ExpectedQueue {
    struct Lease {
        /// Which claim it is: two claims of one job are two, even by one worker.
        let claim: Int
        var until: Instant
        let isLastAttempt: Bool
    }

    private(set) var claims = 0
    private(set) var leases: [ID<QueuedJob>: Lease] = [:]
    /// How often in a row the process of a job died or stood still under it.
    private var crashes: [ID<QueuedJob>: Int] = [:]
    private(set) var ended: Set<ID<QueuedJob>> = []
    /// Jobs that may be dead, since they were refused for good or tried too often.
    private(set) var mayBeDead: Set<ID<QueuedJob>> = []
    /// How often a job may have been done once more: each time nobody could know whether it had been.
    private var excuses: [ID<QueuedJob>: Int] = [:]
    private(set) var mails: [ID<QueuedJob>: [String]] = [:]
    private var jobs: [String: ID<QueuedJob>] = [:]

    /// - Returns: the number of the claim, and what is wrong with it.
    mutating func claim(_ job: Job, now: Instant) -> (claim: Int, findings: [String]) {
        var findings: [String] = []
        if ended.contains(job.id) { findings.append("job \(job.id) was claimed after its end") }
        if let lease = leases[job.id] {
            findings.append("job \(job.id) was claimed under a lease until \(lease.until)")
        }
        claims += 1
        leases[job.id] = Lease(
            claim: claims, until: now.adding(seconds: JobLease.seconds),
            isLastAttempt: job.attempt >= job.maxAttempts)
        return (claims, findings)
    }

    /// What a claim does about leases that ran out: it takes them back, and buries whose processes died too often.
    /// - Parameter isSure: false when the claim was broken off, so that it may have done so or not.
    mutating func takeBack(now: Instant, isSure: Bool = true) {
        for (id, lease) in leases where lease.until <= now {
            let died = crashes[id, default: 0] + 1
            let isDead = died >= JobLease.mostCrashes || lease.isLastAttempt
            if isDead { mayBeDead.insert(id) }
            guard isSure else { continue }
            (leases[id], crashes[id]) = (nil, died)
            excuse(id)
            if isDead { ended.insert(id) }
        }
    }

    /// Whether a lease ran out, so that nobody can say if it was taken back already.
    func isOver(_ claim: Int, _ job: ID<QueuedJob>, now: Instant) -> Bool {
        owns(claim, job) && leases[job].map { $0.until <= now } ?? false
    }

    func owns(_ claim: Int, _ job: ID<QueuedJob>) -> Bool { leases[job]?.claim == claim }

    mutating func renew(_ job: ID<QueuedJob>, now: Instant) {
        leases[job]?.until = now.adding(seconds: JobLease.seconds)
    }

    mutating func excuse(_ job: ID<QueuedJob>) { excuses[job, default: 0] += 1 }

    /// - Returns: what is wrong with a mail that was taken.
    mutating func took(_ messageID: String, of job: ID<QueuedJob>) -> [String] {
        var findings: [String] = []
        mails[job, default: []].append(messageID)
        let taken = mails[job, default: []]
        if taken.count > 1 + excuses[job, default: 0] { findings.append("job \(job) sent its mail once too often") }
        if Set(taken).count > 1 { findings.append("job \(job) sent its mail under two names: \(taken)") }
        if let other = jobs[messageID], other != job {
            findings.append("jobs \(other) and \(job) sent one mail: \(messageID)")
        }
        jobs[messageID] = job
        return findings
    }

    mutating func end(_ job: Job, as outcome: JobOutcome) {
        (leases[job.id], crashes[job.id]) = (nil, nil)
        switch outcome {
        case .done, .skipped: ended.insert(job.id)
        case .dead:
            ended.insert(job.id)
            mayBeDead.insert(job.id)
        case .retry where job.attempt >= job.maxAttempts:
            ended.insert(job.id)
            mayBeDead.insert(job.id)
        case .retry: break
        }
    }
}
