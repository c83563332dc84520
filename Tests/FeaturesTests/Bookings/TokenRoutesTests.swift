/// The pages behind a booking's token: look, move, cancel; tokens that have ended; meetings that have begun.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct TokenRoutesTests {
    @Test("moving: picker, hold, one question, and a new address for the moved booking", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let base = "/book/reschedule/\(booked.token)"
            let picker = await visitor.get(base)
            #expect(picker.status == 200 && !picker.buttons("start").contains(String(stage.at(10).seconds)))
            // The time it has, as the attendee in Tokyo reads it, among those it can move to.
            #expect(picker.text.contains("<span class=\"time own\">18:00, yours</span>"))
            let held = await visitor.post("\(base)/holds", ["start": String(stage.at(14).seconds)])
            #expect(held.status == 303 && held.location.hasPrefix(base))
            let question = await visitor.get(held.location)
            // 14:00 in Berlin, as the attendee in Tokyo reads it.
            #expect(question.status == 200 && question.text.contains("22:00"))
            let form = [
                "form": question.field("form") ?? "", "start": question.field("start") ?? "",
                "reason": "A train is late.",
            ]
            let moved = await visitor.post(base, form)
            #expect(moved.status == 303 && moved.location.hasPrefix("/booking/")
                && moved.location != "/booking/\(booked.token)")
            let confirmed = await visitor.get(moved.location).text
            #expect(confirmed.contains("Confirmed") && confirmed.contains(
                "Moved from <time>Monday 7 January, 18:00</time>."))
            let booking = try await stage.find(booked.id)
            #expect(booking.state.starts == stage.at(14) && booking.state.version == 2
                && booking.reason == "A train is late.")
            #expect(try await stage.ledger().map(\.kind) == [.booking])

            // The second press of a double click shows what the first did.
            let again = await visitor.post(base, form)
            #expect(again.status == 303 && again.location == moved.location)
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    @Test("a move speaks the zone and the clock of the booking, and afterwards those of the button",
          arguments: Engine.all)
    func speaks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let page = await visitor.get("/booking/\(booked.token)?clock=12")
            #expect(page.text.contains("6:00–6:30\u{a0}PM"))
            let base = "/book/reschedule/\(booked.token)"
            #expect(page.text.contains("href=\"\(base)?clock=12\""))
            #expect(page.text.contains("href=\"/book/cancel/\(booked.token)?clock=12\""))
            // Tokyo, whatever zone the browser is in.
            let picker = await visitor.get("\(base)?clock=12")
            #expect(picker.text.contains("Tokyo, <time") && !picker.text.contains("data-zone="))
            #expect(picker.text.contains("6:00\u{a0}PM, yours</span>") && picker.text.contains("Currently booked: "))
            let held = await visitor.post("\(base)/holds", [
                "start": String(stage.at(14).seconds), "timezone": "Europe/Berlin", "clock": "12",
            ])
            let question = await visitor.get(held.location)
            #expect(question.field("timezone") == "Europe/Berlin" && question.field("clock") == "12")
            let moved = await visitor.post(base, [
                "form": question.field("form") ?? "", "start": question.field("start") ?? "",
                "timezone": "Europe/Berlin", "clock": "12",
            ])
            #expect(moved.location.hasSuffix("?clock=12"))
            let told = await visitor.get(moved.location).text
            #expect(told.contains("2:00") && told.contains("Berlin time.") && !told.contains("Tokyo"))
            #expect(try await stage.find(booked.id).attendee.zone == "Europe/Berlin")
        }
    }

    @Test("a cancelled meeting says so in its heading, and who was told", arguments: Engine.all)
    func saysCancelled(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let host = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            for (hour, guests, scope, words) in [
                (9, [], stage.scope, "<bdi>Ada Lindqvist</bdi> has been told by mail"),
                (10, ["a@x.example"], stage.scope, "<bdi>Ada Lindqvist</bdi> and your guest have been told"),
                (11, [], host, "<bdi>Ada Lindqvist</bdi> cancelled it. You have been told by mail."),
                (12, ["a@x.example", "b@x.example"], host, "cancelled it. You and your 2 guests have been told"),
            ] as [(Int, [String], Scope, String)] {
                let booked = try await stage.book(stage.at(hour)) { $0.guests = guests }
                _ = try await CancelBooking(stage.installation)(booked.id, scope: scope)
                let page = await visitor.get("/booking/\(booked.token)").text
                #expect(page.contains("<h1 class=\"display\">This meeting is cancelled</h1>"), "\(hour)")
                #expect(page.contains(words) && page.contains("<s>"), "\(hour)")
            }
        }
    }

    @Test("moving opens at the month and day of the meeting, however far away", arguments: Engine.all)
    func opens(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10, day: 28))
            let page = try await Visitor(stage).get("/book/reschedule/\(booked.token)")
            #expect(page.text.contains("<h2 id=\"month\">February 2030</h2>"))
            #expect(page.text.contains("<h2 id=\"day\">Monday 4 February</h2>") && page.text.contains(", yours</span>"))
        }
    }

    @Test("who gets a mail is said before cancelling, guests too", arguments: Engine.all)
    func tells(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            for (hour, guests, words) in [
                (9, [], "Ada Lindqvist gets a mail"), (10, ["a@x.example"], "and your guest get a mail"),
                (11, ["a@x.example", "b@x.example"], "and your 2 guests get a mail"),
            ] as [(Int, [String], String)] {
                let booked = try await stage.book(stage.at(hour)) { $0.guests = guests }
                let page = await visitor.get("/book/cancel/\(booked.token)")
                #expect(page.text.contains(words) && page.text.contains("class=\"button danger\""), "\(guests)")
            }
        }
    }

    @Test("an ended token says the meeting was moved and mails the current link, at most once an hour",
          arguments: Engine.all)
    func ended(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let moved = try Booked(
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(14), scope: stage.scope))
            for path in [
                "/booking/\(booked.token)", "/book/reschedule/\(booked.token)", "/book/cancel/\(booked.token)",
                "/booking/\(booked.token)/meeting.ics",
            ] {
                let page = await visitor.get(path)
                #expect(page.status == 410 && page.text.contains("This meeting was moved"), "\(path)")
                #expect(page.text.contains("· Nordhavn"), "\(path)")
                #expect(!page.text.contains(moved.token) && !page.text.contains("yuko@kpuh.example"), "\(path)")
            }
            #expect(await visitor.post("/book/cancel/\(booked.token)", [:]).status == 410)
            let jobs = try await stage.rows()["job"] ?? 0
            for _ in 1...3 {
                let sent = await visitor.post("/booking/\(booked.token)/current-link", [:])
                #expect(sent.status == 200 && sent.text.contains("on its way"))
            }
            #expect(try await stage.rows()["job"] == jobs + 1)
            let living = await visitor.post("/booking/\(moved.token)/current-link", [:])
            #expect(living.status == 303 && living.location == "/booking/\(moved.token)")
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("cancelling asks once, keeps the reason, and a second press is no error", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let path = "/book/cancel/\(booked.token)"
            let long = String(repeating: "x", count: 1001)
            #expect(await visitor.get(path).text.contains("Cancel the meeting with Ada Lindqvist?"))
            let refused = await visitor.post(path, ["reason": long])
            #expect(refused.status == 422 && refused.text.contains(long))
            #expect(try await stage.find(booked.id).state.status == .confirmed)
            for _ in 1...2 {
                let answer = await visitor.post(path, ["reason": "Ill."])
                #expect(answer.status == 303 && answer.location == "/booking/\(booked.token)")
            }
            #expect(try await stage.history(booked.id).count == 2)
            #expect(await visitor.get("/booking/\(booked.token)").text.contains("Cancelled"))
            // Nothing to move or cancel any more: both pages show the booking.
            for page in [path, "/book/reschedule/\(booked.token)"] {
                #expect(await visitor.get(page).text.contains("Book another time"), "\(page)")
            }
            let late = await visitor.post("/book/reschedule/\(booked.token)", ["start": String(stage.at(14).seconds)])
            #expect(late.status == 409 && late.text.contains("This meeting is cancelled"))
        }
    }

    @Test("once it has started, nothing can be changed, and the page says why", arguments: Engine.all)
    func started(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            stage.clock.move(to: stage.at(10))
            let start = ["start": String(stage.at(14).seconds)]
            for (path, form) in [
                ("/book/cancel/\(booked.token)", [:]), ("/book/reschedule/\(booked.token)", start),
                ("/book/reschedule/\(booked.token)/holds", start),
            ] {
                let answer = await visitor.post(path, form)
                #expect(answer.status == 409 && answer.text.contains("The meeting has started"), "\(path)")
            }
            #expect(await visitor.get("/book/reschedule/\(booked.token)").text.contains("The meeting has started"))
            #expect(try await stage.find(booked.id).state.version == 1)
        }
    }

    @Test("a move to a taken time, to its own time or to nonsense shows the times again", arguments: Engine.all)
    func refusedMoves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            try await stage.book(stage.at(11))
            let base = "/book/reschedule/\(booked.token)"
            for (start, status) in [(stage.at(11), 409), (stage.at(10), 409), (stage.at(7), 422)] {
                let answer = await visitor.post(base, ["start": String(start.seconds)])
                #expect(answer.status == status && !answer.buttons("start").isEmpty, "\(start)")
            }
            #expect(await visitor.post("\(base)/holds", ["start": String(stage.at(11).seconds)]).status == 409)
            #expect(await visitor.post("\(base)/holds", [:]).status == 422)
            #expect(await visitor.post(base, ["start": "soon", "reason": "kept"]).status == 422)
            let long = String(repeating: "x", count: 1001)
            let kept = await visitor.post(base, ["start": String(stage.at(14).seconds), "reason": long])
            #expect(kept.status == 422 && kept.text.contains(long)
                && kept.field("start") == String(stage.at(14).seconds))
            #expect(try await stage.find(booked.id).state.version == 1)
        }
    }

    @Test("the calendar file is the booking's own, and a cancelled one says so", arguments: Engine.all)
    func calendarFile(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let file = await visitor.get("/booking/\(booked.token)/meeting.ics")
            #expect(file.status == 200 && file[header: "Content-Type"]?.hasPrefix("text/calendar") == true)
            let text = file.text.replacing("\r\n ", with: "")
            #expect(text.contains("UID:\(try await stage.find(booked.id).uid)\r\n") && text.contains("SEQUENCE:0\r\n"))
            #expect(text.contains("METHOD:PUBLISH"))
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.scope)
            let gone = await visitor.get("/booking/\(booked.token)/meeting.ics").text
            #expect(gone.contains("STATUS:CANCELLED") && gone.contains("SEQUENCE:1"))
        }
    }

    @Test("a token nobody was given is a 404 on every address", arguments: Engine.all)
    func unknown(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            for token in ["x", stage.world.token(), "%27", String(repeating: "a", count: 3_000)] {
                for path in ["/booking/\(token)", "/book/reschedule/\(token)", "/book/cancel/\(token)"] {
                    #expect(await visitor.get(path).status == 404, "\(path)")
                }
                #expect(await visitor.post("/book/cancel/\(token)", [:]).status == 404)
            }
        }
    }

    @Test("no GET and no HEAD behind a token changes a row, and none may be stored or sent on", arguments: Engine.all)
    func safe(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let token = try await stage.book(stage.at(10)).token
            let rows = try await stage.rows()
            for path in [
                "/booking/\(token)", "/booking/\(token)/meeting.ics", "/book/reschedule/\(token)",
                "/book/reschedule/\(token)?start=\(stage.at(14).seconds)", "/book/cancel/\(token)",
                "/api/v1/public/bookings/\(token)",
            ] {
                let answer = await visitor.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer[header: "Referrer-Policy"] == "no-referrer", "\(path)")
                #expect(answer[header: "Cache-Control"]?.contains("no-store") == true, "\(path)")
                #expect(await visitor.head(path).status == 200, "\(path)")
            }
            #expect(try await stage.rows() == rows)
        }
    }
}
