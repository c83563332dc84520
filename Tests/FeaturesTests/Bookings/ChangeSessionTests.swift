/// A whole session moved or cancelled by its host: everybody goes along in one transaction, and everybody is told.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Whole sessions")
struct ChangeSessionTests {
    @Test("cancelling one ends all its bookings, frees the time and lets holds go", arguments: Engine.all)
    func cancelling(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.guests = ["sam@kpuh.example"] }
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            _ = try await stage.hold(stage.at(10), visitor: "h", on: link)
            let other = try await stage.seat("Cleo", stage.at(12), on: link)
            let id = try await stage.session(ana).id
            let reply = try await ChangeSession(stage.installation).cancel(
                id, reason: "The hall is closed.", scope: stage.adas)
            let told = try JSON(reading: reply.body)
            #expect(told["open"] == .bool(false) && told["seatsTaken"]?.int == 0)
            for booked in [ana, bo] {
                let booking = try await stage.find(booked.id)
                #expect(booking.state.status == .cancelled && booking.reason == "The hall is closed.")
                #expect(try await stage.history(booked.id).map(\.event) == ["booked", "cancelled"])
            }
            #expect(try await stage.find(other.id).state.status == .confirmed)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(12)])
            #expect(try await stage.seatsLeft(link, at: stage.at(10)) == 4)
            #expect(try await stage.unlikeSeats() == [])

            let again = await #expect(throws: SessionRefusal.self) {
                try await ChangeSession(stage.installation).cancel(id, scope: stage.adas)
            }
            #expect(again == .closed)
        }
    }

    @Test("moving one moves all its bookings, and the session stays the same one", arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            let before = try await stage.session(ana)
            _ = try await ChangeSession(stage.installation).move(
                before.id, to: stage.at(14), reason: "Rehearsal.", scope: stage.adas)
            for booked in [ana, bo] {
                let booking = try await stage.find(booked.id)
                #expect(booking.state.starts == stage.at(14) && booking.state.sequence == 1)
                #expect(booking.session == before.id && booking.anchorLocal.contains("14:00"))
            }
            let after = try await stage.session(ana)
            #expect(after.uid == before.uid && after.sequence > before.sequence && after.starts == stage.at(14))
            #expect(try await stage.ledger().map(\.starts) == [stage.at(14)])
            // The old token has ended with the old time.
            #expect(try await Visitor(stage).call("GET", "/api/v1/public/bookings/\(ana.token)").status == 410)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("a time that is taken, or where others of the link meet, is refused and nothing is changed",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            try await stage.seat("Bo", stage.at(12), on: link)
            try await stage.book(stage.at(14), on: stage.link)
            let id = try await stage.session(ana).id
            let change = ChangeSession(stage.installation)
            let rows = try await stage.rows()
            let joins = await #expect(throws: SessionRefusal.self) {
                try await change.move(id, to: stage.at(12), scope: stage.adas)
            }
            #expect(joins == .joins)
            let taken = try await refusal { try await change.move(id, to: stage.at(14), scope: stage.adas) }
            #expect(taken?.code == "slot_taken" && taken?.alternatives.isEmpty == false)
            #expect(try await refusal { try await change.move(id, to: stage.at(20), scope: stage.adas) }?.status == 422)
            #expect(try await refusal { try await change.move(id, to: stage.at(10), scope: stage.adas) } == .unchanged)
            #expect(try await stage.rows() == rows)
            stage.clock.move(to: stage.at(10, 1))
            #expect(try await refusal { try await change.cancel(id, scope: stage.adas) } == .meetingStarted)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("over its own old time it moves, and a repeated key does it once", arguments: Engine.all)
    func overlapping(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4) { $0.step = 30 }
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let id = try await stage.session(ana).id
            let key = RequestKey(text: "once", request: "move")
            let first = try await ChangeSession(stage.installation).move(
                id, to: stage.at(10, 30), key: key, scope: stage.adas)
            let second = try await ChangeSession(stage.installation).move(
                id, to: stage.at(10, 30), key: key, scope: stage.adas)
            #expect(first.body == second.body && second.replayed)
            #expect(try await stage.find(ana.id).state.version == 2)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10, 30)])
        }
    }
}
