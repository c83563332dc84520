/// Holding a slot: one for each visitor and link, ten minutes, in nobody's way but others'.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct HoldSlotTests {
    @Test("a hold makes the host busy for ten minutes, to the second", arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let start = stage.at(10)
            let held = try await stage.hold(start)
            #expect(held.hold.starts == start && held.hold.ends == start.adding(minutes: 30))
            #expect(held.hold.expires == monday.adding(minutes: 10) && held.token.utf8.count == 43)
            let row = try await stage.ledger().first.wanted("row")
            #expect(row.kind == .hold && row.claim == held.hold.id.text && row.expires == held.hold.expires)

            #expect(try await !stage.free().contains(start))
            stage.clock.move(to: held.hold.expires.adding(seconds: -1))
            #expect(try await !stage.free().contains(start))
            stage.clock.move(to: held.hold.expires)
            #expect(try await stage.free().contains(start))
        }
    }

    @Test("one's own hold is not busy for oneself", arguments: Engine.all)
    func own(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            #expect(try await stage.free(ignoring: [held.hold.id.text]).contains(stage.at(10)))
            // Pressing the same time again is no refusal.
            let again = try await stage.hold(stage.at(10))
            #expect(again.hold.id != held.hold.id && again.token != held.token)
        }
    }

    @Test("a visitor's next pick on the link replaces the one before", arguments: Engine.all)
    func replaces(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let first = try await stage.hold(stage.at(10))
            let second = try await stage.hold(stage.at(11))
            #expect(try await stage.ledger().map(\.ref) == [second.hold.id.text])
            #expect(try await stage.rows()["hold"] == 1)
            #expect(try await LookUps(database: stage.database).hold(first.token) == nil)
        }
    }

    @Test("a refused pick leaves the earlier hold as it was", arguments: Engine.all)
    func keepsEarlier(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let first = try await stage.hold(stage.at(10))
            _ = try await stage.hold(stage.at(11), visitor: "somebody else")
            let refused = try await refusal { try await stage.hold(stage.at(11)) }
            #expect(refused?.code == "slot_taken")
            #expect(refused?.alternatives.isEmpty == false)
            #expect(try await stage.ledger().map(\.ref).contains(first.hold.id.text))
        }
    }

    @Test("two visitors hold two times, and one visitor one time on each of two links", arguments: Engine.all)
    func several(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.makeLink("other")
            _ = try await stage.hold(stage.at(10), visitor: "v")
            _ = try await stage.hold(stage.at(11), visitor: "w")
            _ = try await stage.hold(stage.at(12), visitor: "v", on: other)
            let refused = try await refusal { try await stage.hold(stage.at(10), visitor: "x", on: other) }
            #expect(refused?.code == "slot_taken")
            #expect(try await stage.ledger().count == 3)
        }
    }

    @Test("a time that is not offered cannot be held", arguments: Engine.all)
    func notOffered(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for start in [stage.at(7), stage.at(10, 10), stage.at(10, day: 6), stage.at(10, day: 40)] {
                let refused = try await refusal { try await stage.hold(start) }
                #expect(refused?.status == 422 && refused?.code == "invalid", "\(start)")
            }
            #expect(try await stage.rows()["hold"] == 0)
        }
    }

    @Test("releasing frees the time, twice is no harm", arguments: Engine.all)
    func release(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let held = try await stage.hold(stage.at(10))
            for _ in 1...2 {
                try await HoldSlot(stage.installation).release(held.hold.id, scope: stage.scope)
                #expect(try await stage.ledger().isEmpty)
                #expect(try await stage.rows()["hold"] == 0)
            }
            #expect(try await stage.free().contains(stage.at(10)))
        }
    }

    @Test("holding for a move counts the booking's own time as free, and its claim is the booking's",
          arguments: Engine.all)
    func forMove(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("steps") { $0.step = 15 }
            let booked = try await stage.book(stage.at(10), on: link)
            let booking = try await stage.find(booked.id)
            let held = try await HoldSlot(stage.installation)(
                start: stage.at(10, 15), visitor: booked.id.text, link: link.id, moving: booking, scope: stage.scope)
            let rows = try await stage.ledger()
            #expect(rows.map(\.claim) == [booked.id.text, booked.id.text] && rows.map(\.kind) == [.booking, .hold])

            // Nobody else has it meanwhile, and moving there ends the hold.
            let refused = try await refusal { try await stage.book(stage.at(10, 30), on: link) }
            #expect(refused?.code == "slot_taken")
            _ = try await MoveBooking(stage.installation)(booked.id, to: held.hold.starts, scope: stage.scope)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10, 15)])
        }
    }

    @Test("expired holds are swept away, living ones stay", arguments: Engine.all)
    func prune(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.hold(stage.at(10), visitor: "early")
            stage.clock.move(minutes: 5)
            let living = try await stage.hold(stage.at(11), visitor: "late")
            stage.clock.move(minutes: 5)
            let now = stage.world.now
            try await stage.database.writeUnscoped { tx in try BookingTokenStore.pruneHolds(now: now, in: tx) }
            let rows = try await stage.rows()
            #expect(rows["hold"] == 1 && rows["ledger"] == 1)
            #expect(try await stage.ledger().map(\.ref) == [living.hold.id.text])
        }
    }
}
