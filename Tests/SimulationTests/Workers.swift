/// Two workers whose every phase is a step: claim, do, write down; and what can happen to a worker in between.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

/// A job in somebody's hand.
struct InHand: Sendable {
    let job: Job
    /// Which claim it is held by.
    let claim: Int
    /// What the work said, once it was done.
    var outcome: JobOutcome?
    var isDone = false
}

struct Worker {
    let name: String
    var runner: JobRunner
    var hand: [InHand] = []
    /// As by SIGSTOP: the clock goes on, the worker does not, and it knows nothing of it.
    var isStopped = false
}

extension Simulation {
    func toil(_ act: Act) async throws -> String {
        let index = chance.number(0...(crew.count - 1))
        if crew[index].isStopped, act != .wake, act != .kill { return "\(crew[index].name) stands still" }
        switch act {
        case .claim: return "\(crew[index].name): \(try await claim(index, limit: chance.number(1...5)))"
        case .work: return "\(crew[index].name): \(try await work(index, atMost: chance.number(1...4)))"
        case .end: return "\(crew[index].name): \(try await end(index, atMost: chance.number(1...4)))"
        case .errands: return "\(crew[index].name): \(try await runErrands(index))"
        case .renew: return "\(crew[index].name): \(try await renew(index))"
        case .stall: crew[index].isStopped = true
        case .wake: crew[index].isStopped = false
        default: replace(index)
        }
        return crew[index].name
    }

    /// The process is gone with all it had in hand; another one takes its place.
    func replace(_ index: Int) {
        for held in crew[index].hand { expected.queue.excuse(held.job.id) }
        crew[index] = Worker(name: crew[index].name, runner: runner)
    }

    /// All that is due now, as in an hour in which nothing is in its way.
    func runErrands(_ index: Int) async throws -> String {
        var words: [String] = []
        for _ in 0..<3 {
            words.append(try await work(index, atMost: .max))
            words.append(try await end(index, atMost: .max))
            words.append(try await claim(index, limit: 20))
        }
        return "\(words)"
    }

    func claim(_ index: Int, limit: Int) async throws -> String {
        let runner = crew[index].runner
        let claimed = try await outcome { try await runner.claim(limit: limit) }
        guard case .success(let jobs) = claimed else {
            expected.queue.takeBack(now: now, isSure: false)
            return "broken off"
        }
        expected.queue.takeBack(now: now)
        for job in jobs {
            let (claim, wrong) = expected.queue.claim(job, now: now)
            findings += wrong
            crew[index].hand.append(InHand(job: job, claim: claim))
        }
        return "\(jobs.map { "\($0.id) #\($0.attempt)" })"
    }

    // MARK: The effect

    func work(_ index: Int, atMost most: Int) async throws -> String {
        var done: [String] = []
        for place in crew[index].hand.indices where !crew[index].hand[place].isDone && done.count < most {
            let held = crew[index].hand[place], runner = crew[index].runner
            // What is done under a lost lease may be done by its new owner too.
            if !expected.queue.owns(held.claim, held.job.id) { expected.queue.excuse(held.job.id) }
            post.change(to: mood)
            let outcome = await runner.outcome(of: held.job)
            crew[index].hand[place].outcome = outcome
            crew[index].hand[place].isDone = true
            let mails = post.collect()
            if mood == .takesAndHangsUp, !mails.isEmpty { expected.queue.excuse(held.job.id) }
            if held.job.kind == ApprovalJobs.expiry {
                judge(outcome, ofExpiry: held.job)
                try await follow()
            } else if held.job.kind == WaitlistJobs.look {
                try await judge(outcome, ofLook: held.job)
            } else if held.job.kind == LinkOfferStore.look {
                try await judge(outcome, ofOfferLook: held.job)
            } else if held.job.kind == KeptOfferJobs.lapse {
                judge(outcome, ofLapse: held.job)
            } else {
                judge(mails, outcome, of: held.job)
            }
            done.append("\(held.job.id) \(outcome.map { "\($0)" } ?? "nothing")")
        }
        return "\(done)"
    }

    // MARK: The end

    func end(_ index: Int, atMost most: Int) async throws -> String {
        let done = crew[index].hand.filter(\.isDone).prefix(most)
        var words: [String] = []
        for held in done {
            crew[index].hand.removeAll { $0.claim == held.claim }
            let runner = crew[index].runner
            let written = try await outcome { try await runner.end(held.job, as: held.outcome) }
            var isOurs = expected.queue.owns(held.claim, held.job.id)
            if case .success(let wasOurs) = written, expected.queue.isOver(held.claim, held.job.id, now: now) {
                isOurs = wasOurs
            }
            switch written {
            case .failure: expected.queue.excuse(held.job.id)
            case .success(let wasOurs):
                if !isOurs { count("late ends refused") }
                if wasOurs != isOurs {
                    findings.append(
                        "\(held.job.id): an end \(isOurs ? "in time was refused" : "after the lease was taken")")
                }
                if isOurs, let outcome = held.outcome { expected.queue.end(held.job, as: outcome) }
            }
            words.append("\(held.job.id) \(written)")
        }
        return "\(words)"
    }

    private func renew(_ index: Int) async throws -> String {
        let runner = crew[index].runner
        var lost = 0
        for held in crew[index].hand {
            let isOurs = try await runner.renew(held.job)
            let isOver = expected.queue.isOver(held.claim, held.job.id, now: now)
            if !isOver, isOurs != expected.queue.owns(held.claim, held.job.id) {
                findings.append("\(held.job.id): a lease of \(isOurs ? "somebody else was renewed" : "ours was lost")")
            }
            if isOurs { expected.queue.renew(held.job.id, now: now) } else { lost += 1 }
        }
        return "\(crew[index].hand.count) leases, \(lost) lost"
    }
}
