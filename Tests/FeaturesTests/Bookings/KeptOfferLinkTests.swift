/// Times are kept no longer than somebody could book them: a link that is switched off or over, and hosts who go.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Kept offers of links that change")
struct KeptOfferLinkTests {
    private func look(_ stage: Stage) async throws {
        let (end, lapse) = (EndOffersOfLink(stage.installation), LapseKeptOffer(stage.installation))
        try await JobRunner(
            database: stage.database,
            work: [LinkOfferStore.look: { try await end($0) }, KeptOfferJobs.lapse: { try await lapse($0) }],
            world: stage.world, logger: Logger(label: "test")
        ).drain()
    }

    private func change(
        _ link: Link, _ stage: Stage, _ change: @escaping @Sendable (inout LinkWish) -> Void
    ) async throws {
        _ = try await SaveLink(stage.installation).update(
            link.id, version: nil, handingOver: true, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada))
        ) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish)
            return wish
        }
        try await look(stage)
    }

    @Test("switched off, nothing of it stays kept; what has nothing to do with it does", arguments: Engine.all)
    func switchedOff(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("once")
            let kept = try await stage.keep([stage.at(10, day: 1)], on: link)
            try await change(link, stage) { $0.rules.title = "Renamed" }
            #expect(try await stage.offer(kept.id).state == .open)
            try await change(link, stage) { $0.rules.active = false }
            #expect(try await stage.offer(kept.id).state == .released)
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("handed over, the one who gave it away has their time again", arguments: Engine.all)
    func handedOver(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("once")
            let kept = try await stage.keep([stage.at(10, day: 1)], on: link)
            let bob = stage.bob
            try await change(link, stage) { $0.hosts = [HostWish(bob)] }
            #expect(try await stage.offer(kept.id).state == .released)
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("a link keeps nothing beyond its last day", arguments: Engine.all)
    func lastDay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let end = stage.world.now.adding(minutes: 120)
            let link = try await stage.makeLink("brief") { $0.access.expiresAt = end }
            let kept = try await stage.keep([stage.at(10, day: 1)], on: link)
            #expect(try await stage.offer(kept.id).times.map(\.expires) == [end])
        }
    }

    @Test("used up by somebody else, nothing of it stays kept", arguments: Engine.all)
    func usedUp(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("twice") { $0.access.mostUses = 2 }
            let kept = try await stage.keep([stage.at(10, day: 1)], on: link)
            let other = try await stage.keep([stage.at(11, day: 1)], on: link)
            try await stage.book(stage.at(12), on: link)
            try await look(stage)
            #expect(try await stage.offer(kept.id).state == .open)
            try await stage.book(stage.at(11, day: 1), on: link) { $0.holdToken = try? other.hold(0) }
            try await look(stage)
            #expect(try await stage.offer(other.id).state == .taken)
            #expect(try await stage.offer(kept.id).state == .released)
            #expect(try await stage.ledger().map(\.kind) == [.booking, .booking])
        }
    }

    @Test("whose last day is brought nearer, nothing is kept beyond it", arguments: Engine.all)
    func nearer(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("brief"), group = try await stage.group(2)
            let kept = try await stage.keep([stage.at(10, day: 1), stage.at(12, day: 1)], on: link)
            let seat = try await stage.keep([stage.at(14, day: 1)], on: group)
            let end = stage.world.now.adding(minutes: 120)
            for one in [link, group] { try await change(one, stage) { $0.rules.access.expiresAt = end } }
            for id in [kept.id, seat.id] {
                let offer = try await stage.offer(id)
                #expect(offer.state == .open && offer.expires == end)
                #expect(Set(offer.times.map(\.expires)) == [end])
            }
            let rows = try await stage.ledger()
            #expect(rows.count == 3 && Set(rows.map(\.expires)) == [end])
            // Put off again, what has been said stays said.
            try await change(link, stage) { $0.rules.access.expiresAt = nil }
            #expect(try await stage.offer(kept.id).expires == end)
            stage.clock.move(to: end)
            try await look(stage)
            #expect(try await stage.offer(kept.id).state == .lapsed)
            #expect(try await stage.offer(seat.id).state == .lapsed)
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("one whose job died is over an hour later, by housekeeping", arguments: Engine.all)
    func jobDied(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let kept = try await stage.keep([stage.at(10, day: 4)], days: 1)
            func keepHouse() async throws -> KeptOfferState {
                let now = stage.world.now
                try await stage.database.writeUnscoped { tx in
                    try BookingTokenStore.pruneHolds(now: now, in: tx)
                    try KeptOfferStore.prune(now: now, in: tx)
                }
                return try await stage.offer(kept.id).state
            }
            stage.clock.move(minutes: 24 * 60 + 59)
            #expect(try await keepHouse() == .open)
            stage.clock.move(minutes: 2)
            #expect(try await keepHouse() == .lapsed)
            let offer = try await stage.offer(kept.id)
            #expect(offer.endedAt == offer.expires)
        }
    }
}
