/// Moving a booking: the same booking at another time, with a new token, and its old time free at once.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct MoveBookingTests {
    private func move(
        _ stage: Stage, _ id: ID<Booking>, to start: Instant, reason: String = "", key: RequestKey? = nil
    ) async throws -> Booked {
        let scope = Scope(workspace: stage.workspace, actor: .attendee)
        return try Booked(try await MoveBooking(stage.installation)(id, to: start, reason: reason, key: key,
            scope: scope))
    }

    @Test("id, UID and attendee stay; version and SEQUENCE rise by one; the ledger moves", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let before = try await stage.find(booked.id)
            stage.clock.move(minutes: 5)
            let moved = try await move(stage, booked.id, to: stage.at(14, day: 1), reason: "A train is late.")

            let after = try await stage.find(booked.id)
            #expect(moved.id == booked.id && after.uid == before.uid && after.attendee == before.attendee)
            #expect(after.state.version == 2 && after.state.sequence == 1 && after.state.status == .confirmed)
            #expect(after.state.starts == stage.at(14, day: 1) && after.state.ends == stage.at(14, 30, day: 1))
            #expect(after.anchorLocal == "2030-01-08T14:00" && after.reason == "A train is late.")
            #expect(after.createdAt == before.createdAt)
            #expect(try await stage.ledger().map(\.starts) == [stage.at(14, day: 1)])
            #expect(try await stage.free().contains(stage.at(10)))
            #expect(try await stage.history(booked.id).last == BookingRecord(
                version: 2, event: "rescheduled", actor: "attendee", from: stage.at(10), to: stage.at(14, day: 1),
                reason: "A train is late.", at: stage.clock.now))
            #expect(try await stage.jobs(booked.id) == [
                "1 booked ready", "1 booked ready", "2 moved ready", "2 moved ready",
            ])
        }
    }

    @Test("the old token ends and one new one lives", arguments: Engine.all)
    func rotates(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let moved = try await move(stage, booked.id, to: stage.at(11))
            #expect(moved.token != booked.token && moved.token.utf8.count == 43)
            let lookUps = LookUps(database: stage.database)
            #expect(try await lookUps.bookingToken(booked.token)?.retired == true)
            #expect(try await lookUps.bookingToken(moved.token)?.retired == false)
            #expect(try await lookUps.bookingToken(moved.token)?.booking == booked.id)
        }
    }

    @Test("its own old time counts as free: it may move by half its length", arguments: Engine.all)
    func ownTime(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("steps") { ($0.step, $0.bufferBefore, $0.bufferAfter) = (15, 15, 15) }
            let booked = try await stage.book(stage.at(10), on: link)
            _ = try await move(stage, booked.id, to: stage.at(10, 15))
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10, 15)])
            _ = try await move(stage, booked.id, to: stage.at(10))
            #expect(try await stage.find(booked.id).state.version == 3)
        }
    }

    @Test("a taken time is refused with alternatives, none of them its own time, and nothing changes",
          arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            try await stage.book(stage.at(10, 30))
            let rows = try await stage.rows()
            let refused = try await refusal { try await move(stage, booked.id, to: stage.at(10, 30)) }
            #expect(refused?.code == "slot_taken" && refused?.alternatives.count == 5)
            #expect(refused?.alternatives.contains(stage.at(10)) == false)
            #expect(refused?.alternatives.contains(stage.at(11)) == true)
            #expect(try await stage.rows() == rows)
            #expect(try await stage.find(booked.id).state.version == 1)
            #expect(try await LookUps(database: stage.database).bookingToken(booked.token)?.retired == false)
        }
    }

    @Test("a move keeps the length it was booked with, whatever the link offers now", arguments: Engine.all)
    func keepsLength(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            var wish = LinkWish(rules: stage.link.rules)
            wish.rules.duration = 60
            let changed = wish
            _ = try await SaveLink(stage.installation).update(
                stage.link.id, version: nil, scope: Scope(workspace: stage.workspace,
                    actor: .user(stage.ada))) { _ in changed }
            _ = try await move(stage, booked.id, to: stage.at(16, 30))
            #expect(try await stage.find(booked.id).state.ends == stage.at(17))
            // The alternatives of a refusal are times of that length too: 14:30 is none of the link's hours.
            let other = try await stage.book(stage.at(9), on: stage.link)
            #expect(try await stage.find(other.id).state.ends == stage.at(10))
            try await stage.book(stage.at(15), on: stage.link)
            let refused = try await refusal { try await move(stage, booked.id, to: stage.at(15, 30)) }
            #expect(refused?.alternatives.contains(stage.at(14, 30)) == true)
        }
    }

    @Test("the same time, a started and a cancelled meeting are refused", arguments: Engine.all)
    func refusals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            #expect(try await refusal { try await move(stage, booked.id, to: stage.at(10)) } == .unchanged)
            #expect(try await refusal { try await move(stage, booked.id, to: stage.at(7)) }?.code == "invalid")
            let gone = try await stage.book(stage.at(12))
            _ = try await CancelBooking(stage.installation)(gone.id, scope: stage.scope)
            #expect(try await refusal { try await move(stage, gone.id, to: stage.at(13)) } == .over(.cancelled))
            stage.clock.move(to: stage.at(10))
            #expect(try await refusal { try await move(stage, booked.id, to: stage.at(13)) } == .meetingStarted)
            #expect(try await refusal { try await move(stage, stage.world.id(), to: stage.at(13)) } == .unknownToken)
            #expect(try await stage.find(booked.id).state.version == 1)
        }
    }

    @Test("a second press with the same key gets the first reply, new token included", arguments: Engine.all)
    func replay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let key = RequestKey(text: "press", request: "move form")
            let first = try await move(stage, booked.id, to: stage.at(11), key: key)
            let rows = try await stage.rows()
            let second = try await move(stage, booked.id, to: stage.at(11), key: key)
            #expect(second.reply.replayed && second.token == first.token && second.reply.body == first.reply.body)
            #expect(try await stage.rows() == rows)
            let other = RequestKey(text: "press", request: "another request")
            await #expect(throws: IdempotencyMismatch.self) {
                try await move(stage, booked.id, to: stage.at(12), key: other)
            }
        }
    }

    @Test("a booking of another workspace is not there", arguments: Engine.all)
    func otherWorkspace(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let elsewhere = try await stage.neighbour()
            let refused = try await refusal {
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: elsewhere.scope)
            }
            #expect(refused == .unknownToken)
            #expect(try await refusal {
                try await CancelBooking(stage.installation)(booked.id, scope: elsewhere.scope)
            } == .unknownToken)
        }
    }
}
