/// Cancelling: the time is free at once, everybody is told, the record stays.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct CancelBookingTests {
    private func cancel(_ stage: Stage, _ id: ID<Booking>, key: RequestKey? = nil) async throws -> Reply {
        try await CancelBooking(stage.installation)(
            id, reason: "No longer needed.", key: key, scope: Scope(workspace: stage.workspace, actor: .attendee))
    }

    @Test("the row stays with its reason, the ledger is empty, SEQUENCE rises", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let reply = try Booked(try await cancel(stage, booked.id))
            let booking = try await stage.find(booked.id)
            #expect(booking.state.status == .cancelled && booking.state.version == 2 && booking.state.sequence == 1)
            #expect(booking.reason == "No longer needed." && booking.state.starts == stage.at(10))
            #expect(try await stage.ledger().isEmpty)
            #expect(reply.json["status"]?.string == "cancelled" && reply.json["token"] == nil)
            #expect(try await stage.history(booked.id).last == BookingRecord(
                version: 2, event: "cancelled", actor: "attendee", from: stage.at(10), to: nil,
                reason: "No longer needed.", at: monday))
            #expect(try await stage.jobs(booked.id).suffix(2) == ["2 cancelled ready", "2 cancelled ready"])
            // The token still shows what became of it.
            #expect(try await LookUps(database: stage.database).bookingToken(booked.token)?.retired == false)
            try await stage.book(stage.at(10))
        }
    }

    @Test("cancelling twice, or after the start, is refused and changes nothing", arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (first, second) = (try await stage.book(stage.at(10)), try await stage.book(stage.at(9)))
            _ = try await cancel(stage, first.id)
            let rows = try await stage.rows()
            #expect(try await refusal { try await cancel(stage, first.id) } == .over(.cancelled))
            stage.clock.move(to: stage.at(9))
            #expect(try await refusal { try await cancel(stage, second.id) } == .meetingStarted)
            #expect(try await stage.rows() == rows)
            #expect(try await stage.find(second.id).state.status == .confirmed)
        }
    }

    @Test("a second press with the same key gets the first reply", arguments: Engine.all)
    func replay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let key = RequestKey(text: "press", request: "r")
            let first = try await cancel(stage, booked.id, key: key)
            let again = try await cancel(stage, booked.id, key: key)
            #expect(again.replayed && again.body == first.body)
            #expect(try await stage.history(booked.id).count == 2)
        }
    }

    @Test("a hold kept for moving it goes with it", arguments: Engine.all)
    func withHold(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            _ = try await HoldSlot(stage.installation)(
                start: stage.at(14), visitor: booked.id.text, link: stage.link.id,
                    moving: try await stage.find(booked.id),
                scope: stage.scope)
            _ = try await cancel(stage, booked.id)
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.free().contains(stage.at(14)))
        }
    }
}
