/// Who waits for what an offer keeps: they are told of all that it frees, however it ends.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Kept offers and those who wait")
struct KeptOfferWaitingTests {
    /// The links that are looked at because of an offer.
    private func looks(_ stage: Stage, _ offer: ID<KeptOffer>) async throws -> Set<String> {
        let cause = "%|\(offer)|%"
        return try await stage.database.lookUp { tx in
            Set(try tx.all("""
                SELECT subject FROM job WHERE kind = \(WaitlistJobs.look) AND dedupe_key LIKE \(cause)
                """) { try $0["subject"] as String })
        }
    }

    /// A link of Bob's that is full on the Tuesday, and Cleo who waits for it.
    private func awaited(_ stage: Stage) async throws -> Link {
        let hours = [[]] + [[Window]](repeating: [Window(opens: 540, closes: 600)], count: 5) + [[]]
        let link = try await stage.makeLink("bobs", host: stage.bob, hours: hours) { $0.waitlist.isOn = true }
        for minute in [0, 30] { try await stage.seat("A\(minute)", stage.at(9, minute, day: 1), on: link) }
        try await stage.wait("Cleo", on: link, day: 1)
        return link
    }

    @Test("of the others’ time too, when one is picked", arguments: Engine.all)
    func picked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let waiting = try await awaited(stage)
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            // Ada is busy at the second time, Bob at the first: each keeps one.
            try await stage.book(stage.at(14, day: 2))
            try await stage.book(stage.at(12, day: 2), on: stage.makeLink("other", host: stage.bob))
            let kept = try await stage.keep([stage.at(12, day: 2), stage.at(14, day: 2)], on: turns)
            #expect(try await stage.ledger(of: stage.bob).contains { $0.claim == kept.id.text })
            let booked = try await stage.book(stage.at(12, day: 2), on: turns) { $0.holdToken = try? kept.hold(0) }
            #expect(try await stage.find(booked.id).hosts.map(\.id) == [stage.ada])
            #expect(try await looks(stage, kept.id) == [waiting.id.text])
        }
    }

    @Test("when its minute came and the ledger has forgotten it", arguments: Engine.all)
    func lapsed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let waiting = try await awaited(stage)
            let own = try await stage.makeLink("own", host: stage.bob)
            let kept = try await stage.keep([stage.at(12, day: 3)], on: own, days: 1)
            stage.clock.move(to: stage.at(9, day: 2))
            // Whoever books with Bob removes what has run out.
            try await stage.book(stage.at(11, day: 3), on: own)
            #expect(try await !stage.ledger(of: stage.bob).contains { $0.claim == kept.id.text })
            let lapse = LapseKeptOffer(stage.installation)
            try await JobRunner(
                database: stage.database, work: [KeptOfferJobs.lapse: { try await lapse($0) }], world: stage.world,
                logger: Logger(label: "test")
            ).drain()
            #expect(try await stage.offer(kept.id).state == .lapsed)
            #expect(try await looks(stage, kept.id) == [waiting.id.text])
        }
    }
}
