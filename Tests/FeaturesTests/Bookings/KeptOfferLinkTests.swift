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
        let end = EndOffersOfLink(stage.installation)
        try await JobRunner(
            database: stage.database, work: [LinkOfferStore.look: { try await end($0) }], world: stage.world,
            logger: Logger(label: "test")
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
