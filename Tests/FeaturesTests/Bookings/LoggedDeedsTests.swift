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

    @Test("hours, days away and holidays are in it, by page and by API, once for a key and not for a second press",
          arguments: Engine.all)
    func hours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let before = try await log(stage).count
            let nights: JSON = ["name": "Nights", "timezone": "UTC"]
            for _ in 1...2 {
                #expect(await ada.call("POST", "/api/v1/schedules", nights, key: "once").status == 201)
            }
            stage.clock.move(minutes: 1)
            let page = await ada.post("/calendar/schedules", ["name": "Days", "timezone": "UTC", "then": "save"])
            #expect(page.status == 303)
            stage.clock.move(minutes: 1)
            let days = String(page.location.prefix { $0 != "?" })
            #expect(await ada.post("\(days)/deletion", [:]).status == 303)
            stage.clock.move(minutes: 1)
            let away: JSON = ["kind": "out_of_office", "from": "2030-02-04", "to": "2030-02-05"]
            for _ in 1...2 { #expect(await ada.call("POST", "/api/v1/time-off", away, key: "away").status == 201) }
            for country in ["NO", "NO", ""] {
                stage.clock.move(minutes: 1)
                let kept = await ada.post("/calendar/schedules/holidays", ["country": country, "halfDays": ""])
                #expect(kept.status == 303)
            }
            // What is refused leaves no row.
            #expect(await ada.call("POST", "/api/v1/schedules", ["name": ""]).status == 422)
            #expect(await ada.call("DELETE", "/api/v1/schedules/\(stage.link.schedule)").status == 409)
            let theirs: JSON = [
                "kind": "out_of_office", "from": "2030-02-04", "to": "2030-02-05", "user": .string(stage.ada.text),
            ]
            #expect(await ada.asked(by: "bob").call("POST", "/api/v1/time-off", theirs).status == 403)
            let rows = Array(try await log(stage).dropFirst(before))
            #expect(rows.map(\.action) == [
                .scheduleMade, .scheduleMade, .scheduleDeleted, .awayAdded, .holidaysChanged, .holidaysChanged,
            ])
            #expect(rows.map(\.targetName) == ["Nights", "Days", "Days", "2030-02-04 – 2030-02-05", "NO", "NO"])
            #expect(rows.allSatisfy { $0.personName == "Ada Lindqvist" })
            #expect(rows[0].actor.hasPrefix("key:") && rows[1].actor.hasPrefix("user:"))
            #expect(AuditWords.changes(rows[4]).first == "country: none → NO")
            #expect(AuditWords.changes(rows[5]).first == "country: NO → none")
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
