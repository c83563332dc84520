/// What hosts do to links, hours, days away and bookings stands in the log; what attendees and programs of ours do not.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LoggedDeedsTests {
    private func log(_ stage: Stage) async throws -> [AuditRow] {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try AuditStore.rows(AuditFilter(), scope: scope, in: tx)
        }.reversed()
    }

    @Test("each deed is one row, with the person, what it was called, and what changed", arguments: Engine.all)
    func deeds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let before = try await log(stage)
            #expect(before.map(\.action) == [.linkMade], "the stage's own link")
            let link = "/settings/booking-links/\(stage.link.id)"
            stage.clock.move(minutes: 1)
            let copied = await ada.post("\(link)/copy", [:])
            let copy = String(copied.location.prefix { $0 != "?" })
            let booked = try await stage.book(stage.at(10)) { $0.attendee.name = "Zoë" }
            stage.clock.move(minutes: 1)
            #expect(await ada.post("\(link)/switch", ["active": "off"]).status == 303)
            stage.clock.move(minutes: 1)
            #expect(await ada.post("\(copy)/delete", [:]).status == 303)
            stage.clock.move(minutes: 1)
            let away = await ada.post("/calendar/schedules/away", [
                "kind": "out_of_office", "from": "2030-02-04", "to": "2030-02-05", "timezone": "UTC",
            ])
            #expect(away.status == 303)
            stage.clock.move(minutes: 1)
            #expect(await ada.post("/calendar/bookings/\(booked.id)/cancellation", ["reason": "Ill."]).status == 303)
            let rows = Array(try await log(stage).dropFirst(before.count))
            #expect(rows.map(\.action) == [.linkMade, .linkChanged, .linkDeleted, .awayAdded, .bookingCancelled])
            #expect(rows.allSatisfy { $0.personName == "Ada Lindqvist" })
            #expect(rows.map(\.targetName) == [
                "Introduction (copy)", "Introduction", "Introduction (copy)", "2030-02-04 – 2030-02-05",
                "Introduction, Zoë",
            ])
            #expect(AuditWords.changes(rows[1]) == ["bookable: yes → no"])
        }
    }

    @Test("attendees are not in it, and a deed that is refused leaves no row", arguments: Engine.all)
    func others(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            #expect(await visitor.post("/book/cancel/\(booked.token)", ["reason": "Ill."]).status == 303)
            let bob = visitor.asked(by: "bob")
            #expect(await bob.post("/settings/booking-links/\(stage.link.id)/switch", ["active": "off"]).status >= 400)
            #expect(await bob.post("/calendar/bookings/\(booked.id)/cancellation", [:]).status == 404)
            #expect(try await log(stage).map(\.action) == [.linkMade])
        }
    }
}
