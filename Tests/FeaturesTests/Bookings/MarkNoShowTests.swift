/// Marking no-shows: after the start only, taken back within a quarter of an hour, and never over another meeting.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct MarkNoShowTests {
    @Test("a meeting that has begun is marked once; before it begins it is refused", arguments: Engine.all)
    func marks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let mark = MarkNoShow(stage.installation)
            #expect(try await refusal { try await mark(booked.id, scope: stage.scope) } == .notStarted)
            stage.clock.move(to: stage.at(10))
            let json = try Booked(try await mark(booked.id, scope: stage.scope)).json
            #expect(json["status"]?.string == "no_show" && json["token"] == nil)
            _ = try await mark(booked.id, scope: stage.scope)
            #expect(try await stage.history(booked.id).map(\.event) == ["booked", "no_show"])
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("taken back while it lasts it owns its time again; afterwards it took place", arguments: Engine.all)
    func undoes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let mark = MarkNoShow(stage.installation)
            stage.clock.move(to: stage.at(10, 20))
            _ = try await mark(booked.id, scope: stage.scope)
            try await mark.undo(booked.id, scope: stage.scope)
            #expect(try await stage.find(booked.id).state.status == .confirmed)
            #expect(try await stage.ledger().map(\.ref) == [booked.id.text])
            _ = try await mark(booked.id, scope: stage.scope)
            stage.clock.move(to: stage.at(10, 35))
            try await mark.undo(booked.id, scope: stage.scope)
            #expect(try await stage.find(booked.id).state.status == .completed)
            #expect(try await stage.ledger().isEmpty)
            let events = try await stage.history(booked.id).map(\.event)
            #expect(events == ["booked", "no_show", "no_show_undone", "no_show", "no_show_undone"])
        }
    }

    @Test("too late, or over somebody else's meeting, it stays marked", arguments: Engine.all)
    func tooLate(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let long = try await stage.makeLink("long") { ($0.duration, $0.step) = (60, 15) }
            let short = try await stage.makeLink("short") { ($0.duration, $0.step) = (15, 15) }
            let booked = try await stage.book(stage.at(10), on: long)
            let mark = MarkNoShow(stage.installation)
            stage.clock.move(to: stage.at(10, 20))
            _ = try await mark(booked.id, scope: stage.scope)
            let other = try await stage.book(stage.at(10, 30), on: short)
            #expect(try await refusal { try await mark.undo(booked.id, scope: stage.scope) } == .undoTooLate)
            #expect(try await stage.ledger().map(\.ref) == [other.id.text])
            stage.clock.move(to: stage.at(10, 36))
            #expect(try await refusal { try await mark.undo(booked.id, scope: stage.scope) } == .undoTooLate)
            #expect(try await stage.find(booked.id).state.status == .noShow)
        }
    }
}
