/// A session of one party lies across the time it is moved to: its own old time is in nobody's way.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Moving over one's own session")
struct SeatMoveTests {
    private func move(_ booked: Booked, to start: Instant, _ stage: Stage) async throws {
        _ = try await MoveBooking(stage.installation)(booked.id, to: start, scope: stage.attending)
    }

    private func hold(_ start: Instant, _ booked: Booked, on link: Link, _ stage: Stage) async throws -> ID<Hold> {
        try await HoldSlot(stage.installation)(
            start: start, visitor: booked.id.text, link: link.id, moving: try await stage.find(booked.id),
            scope: stage.attending
        ).hold.id
    }

    private func expectOne(_ link: Link, at start: Instant, seats: Int = 1, _ stage: Stage) async throws {
        #expect(try await stage.sessions(link).map(\.starts) == [start])
        #expect(try await stage.sessions(link).map(\.taken) == [seats])
        #expect(try await stage.ledger().map(\.starts) == [start])
        #expect(try await stage.ledger().map(\.kind) == [.session])
        #expect(try await stage.unlikeSeats() == [])
        #expect(try await stage.contradictions() == [])
    }

    @Test("alone, with or without guests, they move a quarter of an hour on and back", arguments: Engine.all)
    func alone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { ($0.step, $0.bufferAfter) = (15, 10) }
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.guests = ["bo@kpuh.example"] }
            try await move(ana, to: stage.at(10, 15), stage)
            try await expectOne(link, at: stage.at(10, 15), seats: 2, stage)
            try await move(ana, to: stage.at(9, 45), stage)
            try await expectOne(link, at: stage.at(9, 45), seats: 2, stage)
            #expect(try await stage.seatsLeft(link, at: stage.at(9, 45)) == 1)
        }
    }

    @Test("the time is held for them first, all of it, and given back with the hold", arguments: Engine.all)
    func held(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.step = 15 }
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let first = try await hold(stage.at(10, 30), ana, on: link, stage)
            // What lies beyond the old time is nobody else's now.
            #expect(try await refusal { try await stage.book(stage.at(11)) }?.code == "slot_taken")
            #expect(try await refusal { try await stage.seat("Bo", stage.at(10, 30), on: link) }?.code == "slot_taken")
            try await HoldSlot(stage.installation).release(first, scope: stage.attending)
            try await expectOne(link, at: stage.at(10), stage)
            _ = try await hold(stage.at(10, 30), ana, on: link, stage)
            try await move(ana, to: stage.at(10, 30), stage)
            try await expectOne(link, at: stage.at(10, 30), stage)
            _ = try await hold(stage.at(10), ana, on: link, stage)
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("with others in the session, or a seat of it held for them, its time stays taken", arguments: Engine.all)
    func others(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.step = 15 }
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let other = try await stage.hold(stage.at(10), visitor: "b", on: link)
            #expect(try await refusal { try await move(ana, to: stage.at(10, 30), stage) }?.code == "slot_taken")
            try await HoldSlot(stage.installation).release(other.hold.id, scope: stage.scope)
            _ = try await hold(stage.at(10, 30), ana, on: link, stage)
            try await stage.seat("Bo", stage.at(10), on: link)
            #expect(try await refusal { try await move(ana, to: stage.at(10, 30), stage) }?.code == "slot_taken")
            #expect(try await stage.sessions(link).map(\.taken) == [2])
            #expect(try await stage.unlikeSeats() == [])
            #expect(try await stage.contradictions() == [])
            try await move(ana, to: stage.at(12), stage)
            #expect(try await stage.ledger().map(\.kind) == [.session, .session])
        }
    }

    @Test("the page that moves it offers that time, holds it, and moves", arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.step = 15 }
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let visitor = try Visitor(stage)
            let start = String(stage.at(10, 15).seconds)
            let picker = await visitor.get("/book/reschedule/\(ana.token)?day=2030-01-07")
            #expect(picker.buttons("start").contains(start), "\(picker.buttons("start"))")
            let held = await visitor.post("/book/reschedule/\(ana.token)/holds", ["start": start])
            #expect(held.status == 303 && held.location.contains("start="), "\(held.text)")
            let confirm = await visitor.get(held.location)
            let moved = await visitor.post(
                "/book/reschedule/\(ana.token)", ["start": start, "form": confirm.field("form") ?? ""])
            #expect(moved.status == 303, "\(moved.status) \(moved.text)")
            try await expectOne(link, at: stage.at(10, 15), stage)
        }
    }
}
