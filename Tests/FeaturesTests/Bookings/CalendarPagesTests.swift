/// Day, week and month: one's bookings, busy time, and the days on which one is away.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct CalendarPagesTests {
    @Test("day, week and month show one's bookings and busy time in one's own zone", arguments: Engine.all)
    func calendar(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)) { $0.attendee.name = "Yūko" }
            let other = try await stage.neighbour()
            let (scope, ada) = (stage.scope, stage.ada)
            try await stage.database.write(scope) { tx in
                try tx.add([LedgerRow(
                    id: "led_x", subject: ada.text, workspace: other.workspace, kind: .booking, ref: "bk_foreign",
                    claim: "bk_foreign", starts: stage.at(14), ends: stage.at(15))])
            }
            let visitor = try Visitor(stage, who: "ada")
            for (view, words) in [
                ("day", "One meeting. Times"), ("week", "One meeting. Times"),
                ("month", "One meeting in January 2030."),
            ] {
                let text = await visitor.get("/calendar/bookings?view=\(view)&date=2030-01-07").text
                #expect(text.contains("/calendar/bookings/\(booked.id)") && text.contains(">Yūko</b>"), "\(view)")
                #expect(text.contains("Busy, from another workspace") && !text.contains("bk_foreign"), "\(view)")
                #expect(text.contains(words) && text.contains("Berlin time"), "\(view)")
                // The time goes before the name, and reads from left to right in every language.
                let time = "<time dir=\"ltr\">10:00<span class=\"until\">–10:30</span></time> <b"
                #expect(text.contains(time), "\(view)")
            }
            let week = await visitor.get("/calendar/bookings?view=week&date=2030-01-09").text
            // Ten o'clock in Berlin, below the heading of a window that begins at eight; half an hour is one line.
            #expect(week.contains("class=\"event booked brief r-8 s-2 c-1 w-12\""))
            #expect(week.contains("class=\"event other r-24 s-4 c-1 w-12\""))
            #expect(week.contains("date=2030-01-14") && week.contains("date=2029-12-31"))
            #expect(week.contains("view=day&amp;date=2030-01-08"), "a day leads to its page")
            let next = await visitor.get("/calendar/bookings?view=week&date=2030-01-14").text
            #expect(!next.contains("Yūko") && next.contains("0 meetings."))
            let day = await visitor.get("/calendar/bookings?view=day&date=2030-01-08").text
            #expect(!day.contains("Yūko") && day.contains("Tuesday 8 January 2030") && day.contains("date=2030-01-07"))
            for view in CalendarView.allCases {
                for date in ["x", "0001-01-01", "9999-12-31", "2030-13-01"] {
                    let answer = await visitor.get("/calendar/bookings?view=\(view.rawValue)&date=\(date)")
                    #expect(answer.status == 200, "\(view) \(date)")
                }
            }
        }
    }

    @Test("a month counts its own days only, and leads to each of them", arguments: Engine.all)
    func month(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10, day: 24)) { $0.attendee.name = "Last of January" }
            try await stage.book(stage.at(10, day: 25)) { $0.attendee.name = "First of February" }
            let text = await (try Visitor(stage, who: "ada")).get(
                "/calendar/bookings?view=month&date=2030-01-31").text
            #expect(text.contains("One meeting in January 2030.") && text.contains("First of February"))
            #expect(text.contains("view=day&amp;date=2030-01-31"))
            #expect(text.contains("aria-label=\"Thursday 31 January\""))
        }
    }

    @Test("days away are hatched and written out, wholly or from noon; a trip is a note", arguments: Engine.all)
    func away(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let day = Zone.utc.local(at: stage.at(10)).date
            var trip = TimeAway(id: stage.world.id(), user: stage.ada, kind: .trip, from: day, to: day)
            trip.zone = "America/New_York"
            let next = day.adding(days: 1)
            var leave = TimeAway(id: stage.world.id(), user: stage.ada, kind: .outOfOffice, from: next, to: next)
            leave.reason = "Skiing & <rest>"
            var choice = HolidayChoice(country: "SE")
            choice.halfDays = [try MonthDay(month: 1, day: 9).wanted("day")]
            let (scope, ada, now, both, halves) = (stage.scope, stage.ada, stage.world.now, [trip, leave], choice)
            try await stage.database.write(scope) { tx in
                for away in both { try TimeAwayStore.insert(away, scope: scope, now: now, in: tx) }
                try TimeAwayStore.set(halves, of: ada, scope: scope, in: tx)
            }
            let visitor = try Visitor(stage, who: "ada")
            let week = await visitor.get("/calendar/bookings?view=week&date=2030-01-07").text
            #expect(week.contains("<li><span>Trip, on New York time</span></li>"))
            #expect(week.contains("<li class=\"off\"><span>Away: Skiing &amp; &lt;rest&gt;</span></li>"))
            #expect(week.contains("<li class=\"off\"><span>Afternoon off</span></li>"))
            #expect(week.contains("<div class=\"hatch r-0 s-40\">") && week.contains("<div class=\"hatch r-16 s-24\">"))
            #expect(week.components(separatedBy: "class=\"hatch").count == 3 && week.contains("</i>Away"))
            let month = await visitor.get("/calendar/bookings?view=month&date=2030-01-07").text
            #expect(month.contains("calendar-cell off\"") && month.contains("calendar-cell off half\""))
            #expect(month.contains("Nyårsdagen"), "a holiday by its name")
            let bob = await visitor.asked(by: "bob").get("/calendar/bookings?view=week&date=2030-01-07").text
            #expect(!bob.contains("Skiing") && !bob.contains("hatch") && !bob.contains("</i>Away"))
        }
    }
}
