/// Offers of a waitlist at their edges: pressed after their time, and a session that moves over its own old time.
import Database
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Offers of a waitlist at their edges")
struct OfferEdgeTests {
    @Test("who presses when the hold is gone, and finds the time free, waits no longer", arguments: Engine.all)
    func pressedLate(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full { $0.waitlist.minutes = 15 }
            try await stage.wait("Cleo", on: link, day: 1)
            _ = try await CancelBooking(stage.installation)(booked[0].id, scope: stage.scope)
            try await stage.look(link)
            let offered = try await stage.entry("Cleo", on: link)
            let offer = try offered.offer.wanted("offer"), token = try await stage.token(offered)
            // No worker looked since, and the housekeeping has been there.
            stage.clock.move(minutes: 20)
            let now = stage.world.now
            try await stage.database.writeUnscoped { try BookingTokenStore.pruneHolds(now: now, in: $0) }
            let late = try await stage.seat("Cleo", offer.start, on: link) {
                $0.holdToken = offer.hold.offerToken(of: token)
            }
            #expect(try await stage.line(link) == "Cleo taken")
            #expect(try await stage.entry("Cleo", on: link).booking == late.id)
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo taken")
        }
    }

    @Test("a seat that was kept back before, and for too long, costs nobody the one that is kept now",
          arguments: Engine.all)
    func keptTwice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            let first = try await stage.seat("A", start, on: link), second = try await stage.seat("B", start, on: link)
            try await stage.wait("Cleo", on: link, start: start)
            _ = try await CancelBooking(stage.installation)(first.id, scope: stage.scope)
            // No worker comes for a while, and somebody else is faster.
            stage.clock.move(minutes: 3)
            try await stage.seat("Zoe", start, on: link)
            _ = try await CancelBooking(stage.installation)(second.id, scope: stage.scope)
            #expect(try await stage.seatsLeft(link, at: start) == 0)
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo offered")
            #expect(try await stage.seatsLeft(link, at: start) == 0)
        }
    }

    @Test("two who leave one after the other leave no more seats kept back than people wait", arguments: Engine.all)
    func leavesTwice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(2) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            let both = [try await stage.seat("A", start, on: link), try await stage.seat("B", start, on: link)]
            try await stage.wait("Cleo", on: link, start: start)
            for one in both { _ = try await CancelBooking(stage.installation)(one.id, scope: stage.scope) }
            #expect(try await stage.seatsLeft(link, at: start) == 1)
        }
    }

    @Test("a session whose only party moves over its own old time frees nothing, and is moved", arguments: Engine.all)
    func movesOverItself(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let hours = Array(repeating: [Window(opens: 540, closes: 585)], count: 7)
            let link = try await stage.makeLink("pair", hours: hours) { rules in
                (rules.kind, rules.seats.capacity, rules.step) = (.group, 2, 15)
                rules.waitlist.isOn = true
            }
            let start = stage.at(9, day: 1)
            let party = try await stage.seat("A", start, on: link) { $0.guests = ["g@kpuh.example"] }
            try await stage.wait("Cleo", on: link, day: 1)
            #expect(try await stage.line(link) == "Cleo waiting")
            _ = try await MoveBooking(stage.installation)(
                party.id, to: start.adding(minutes: 15), scope: stage.scope)
            #expect(try await stage.find(party.id).state.starts == start.adding(minutes: 15))
            #expect(try await stage.unlikeSeats().isEmpty)
            #expect(try await stage.wrongOffers().isEmpty)
            try await stage.look(link)
            #expect(try await stage.line(link) == "Cleo waiting")
        }
    }
}
