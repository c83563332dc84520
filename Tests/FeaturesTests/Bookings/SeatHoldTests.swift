/// Holds of a seat: each keeps one, nobody's session stands in the way, one's own hold never does.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Holds of seats")
struct SeatHoldTests {
    @Test("a hold keeps one seat of a session that is still to be made, and its booking takes it",
          arguments: Engine.all)
    func keeping(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let held = try await stage.hold(stage.at(10), visitor: "a", on: link)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 1)
            _ = try await stage.hold(stage.at(10), visitor: "b", on: link)
            #expect(try await refusal { try await stage.seat("Cleo", stage.at(10), on: link) }?.code == "slot_taken")
            #expect(try await refusal { try await stage.hold(stage.at(10), visitor: "c", on: link) }?.code
                == "slot_taken")
            // Ada has nothing else at that hour while somebody types.
            #expect(try await refusal { try await stage.book(stage.at(10), on: stage.link) }?.code == "slot_taken")
            try await stage.seat("Ana", stage.at(10), on: link) { $0.holdToken = held.token }
            #expect(try await stage.sessions(link).map { [$0.taken, $0.holds.count] } == [[1, 1]])
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("what ran out stands in nobody’s way, and is closed by whoever comes next", arguments: Engine.all)
    func expiry(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let held = try await stage.hold(stage.at(10), visitor: "a", on: link)
            stage.clock.move(minutes: 11)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 2)
            try await stage.book(stage.at(10), on: stage.link)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == nil)
            #expect(try await refusal {
                try await stage.seat("Ana", stage.at(10), on: link) { $0.holdToken = held.token }
            }?.code == "hold_expired")
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("another time lets the first one go, and a released hold frees the host at once", arguments: Engine.all)
    func releasing(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            _ = try await stage.hold(stage.at(10), visitor: "a", on: link)
            let second = try await stage.hold(stage.at(12), visitor: "a", on: link)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(12)])
            // The same visitor once more at the same time.
            let third = try await stage.hold(stage.at(12), visitor: "a", on: link)
            #expect(second.hold.id != third.hold.id)
            #expect(try await stage.seatsLeft(link, at: stage.at(12)) == 1)
            try await HoldSlot(stage.installation).release(third.hold.id, scope: stage.scope)
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.sessions(link).isEmpty)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a hold that is prolonged keeps its seat, and the last hold decides how long the time is kept",
          arguments: Engine.all)
    func prolonging(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3)
            let first = try await stage.hold(stage.at(10), visitor: "a", on: link)
            stage.clock.move(minutes: 4)
            _ = try await stage.hold(stage.at(10), visitor: "b", on: link)
            stage.clock.move(minutes: 5)
            try await HoldSlot(stage.installation).extend(token: first.token, link: link, scope: stage.scope)
            stage.clock.move(minutes: 8)
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 2)
            #expect(try await stage.ledger().count == 1)
            stage.clock.move(minutes: 3)
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("a hold at one time and a booking at another leave no session behind", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let held = try await stage.hold(stage.at(10), visitor: "a", on: link)
            try await stage.seat("Ana", stage.at(14), on: link) { $0.holdToken = held.token }
            #expect(try await stage.ledger().map(\.starts) == [stage.at(14)])
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a hold for a move keeps a seat for that booking alone", arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(12), on: link)
            let booking = try await stage.find(ana.id)
            _ = try await HoldSlot(stage.installation)(
                start: stage.at(12), visitor: "m", link: link.id, moving: booking, scope: stage.scope)
            #expect(try await refusal { try await stage.seat("Cleo", stage.at(12), on: link) }?.code == "slot_taken")
            _ = try await MoveBooking(stage.installation)(ana.id, to: stage.at(12), scope: stage.attending)
            #expect(try await stage.sessions(link).map { [$0.taken, $0.holds.count] } == [[2, 0]])
            #expect(try await stage.unlikeSeats() == [])
        }
    }
}
