/// The clock, the weather at the mail provider, and what happens to the machine.
import Database
import Scheduling

@testable import Features

extension Simulation {
    func passTime(_ pace: Pace) {
        if frozenSteps > 0 {
            frozenSteps -= 1
        } else {
            hands.move(seconds: Int64(chance.number(expected.isRinging ? 0...12 : pace.pause)))
        }
    }

    func shake(_ act: Act) async throws -> String {
        switch act {
        case .leap:
            let seconds = chance.weighted([(4, 61), (4, 900), (3, 3_600), (3, 14_400), (3, 43_200), (2, 260_000)])
            hands.move(seconds: Int64(chance.number((seconds / 2)...seconds)))
            return "to \(now)"
        case .freeze:
            frozenSteps = chance.number(3...15)
            return "for \(frozenSteps) steps"
        case .mail:
            mood = chance.weighted([
                (6, .takes), (2, .takesAndHangsUp), (2, .isAway), (1, .isBusy), (1, .refuses),
            ])
            return mood.rawValue
        case .tidy: return try await tidy()
        case .restart:
            guard chance.happens(percent: 30) else { return "not today" }
            try await restart()
            return "in order"
        default: return try await strike()
        }
    }

    /// What the housekeeping of the server does.
    private func tidy() async throws -> String {
        let now = now, limit = now.adding(days: -30), world = installation.world
        try await database.writeUnscoped { tx in
            try tx.pruneReplies(now: now)
            try tx.pruneJobs(endedBefore: limit)
            try BookingTokenStore.pruneHolds(now: now, in: tx)
            try WaitlistStore.prune(now: now, in: tx)
            try KeptOfferStore.prune(now: now, in: tx)
            try WaitlistJobs.sweep(world: world, now: now, in: tx)
            try RingStore.prune(now: now, in: tx)
            try EmailCodeStore.prune(now: now, in: tx)
        }
        expected.keepings.removeAll { $0.expires <= now }
        expected.tidyOffers()
        expected.forget(now: now)
        forms.removeAll { $0.expires < now.adding(minutes: -60) }
        prunedBefore = limit
        return "ended before \(limit)"
    }

    private func strike() async throws -> String {
        let fault = chance.one(of: Fault.allCases) ?? .job
        let act = chance.weighted(Act.struck)
        try await fault.strike(database)
        let what = try await perform(act)
        try await Fault.end(database)
        return "at \(fault), \(act): \(what)"
    }

    /// The wind drops: the mail provider takes everything, workers end what they have, and nothing is left to do.
    func calmDown() async throws {
        mood = .takes
        let (now, world) = (now, installation.world)
        try await database.writeUnscoped { try WaitlistJobs.sweep(world: world, now: now, in: $0) }
        for index in crew.indices { crew[index].isStopped = false }
        for _ in 0..<80 {
            for index in crew.indices {
                repeat {
                    _ = try await work(index, atMost: .max)
                    _ = try await end(index, atMost: .max)
                    _ = try await claim(index, limit: 20)
                } while !crew[index].hand.isEmpty
            }
            // As long as anybody waits their link is looked at every few minutes.
            let now = now
            let left = try await database.lookUp { tx in
                try tx.one("""
                    SELECT count(*) AS n FROM job WHERE state IN ('ready', 'leased')
                        AND NOT (kind = \(WaitlistJobs.look) AND state = 'ready' AND run_at > \(now))
                    """) { try $0["n"] as Int }
            }
            if left == 0 { return }
            hands.move(seconds: 1_801)
        }
        findings.append("jobs are left after forty hours of quiet")
    }
}
