/// Series on pages and in the API: the dates before booking, all dates after it, and what is refused.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct SeriesRoutesTests {
    private func details(_ page: Answer, _ stage: Stage, _ more: [String: String]) -> [String: String] {
        [
            "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "Europe/Berlin",
            "attendee.name": "Yuko Hasegawa", "attendee.email": "yuko@kpuh.example",
        ].merging(more) { $1 }
    }

    @Test("the page shows every date before it books, and books what was left ticked", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.weekly()
            try await stage.book(stage.at(10, day: 14))
            let visitor = try Visitor(stage)
            let page = await visitor.hold(stage.at(10), on: "weekly")
            #expect(page.text.contains("name=\"recurrence.count\""))
            var form = details(page, stage, ["recurrence.count": "4"])
            let dates = await visitor.post("/book/weekly/bookings", form)
            #expect(dates.status == 200 && dates.text.contains("One date cannot be had"))
            #expect(try await stage.rowsOfSeries() == [0, 0])
            let seen = try dates.field("recurrence.seen").wanted("seen")
            #expect(dates.field("recurrence.1") == String(stage.at(10, day: 7).seconds))
            #expect(dates.text.contains("<select class=\"input\" id=\"f-recurrence.2\""))

            // The second is left out, the third at another time, the fourth as it is.
            form["recurrence.seen"] = seen
            form["recurrence.2"] = String(stage.at(11, day: 14).seconds)
            form["recurrence.3"] = dates.field("recurrence.3")
            let booked = await visitor.post("/book/weekly/bookings", form)
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
            let again = await visitor.post("/book/weekly/bookings", form)
            #expect(again.location == booked.location)
            #expect(try await stage.rowsOfSeries() == [1, 3])

            let confirmation = await visitor.get(booked.location)
            #expect(confirmation.text.contains("Meeting 1 of 4, every week."))
            let all = await visitor.get(booked.location + "/series")
            #expect(all.status == 200 && all.text.contains("3 meetings"))
            #expect(all.text.contains("Monday 21 January 2030") && !all.text.contains("Monday 14 January 2030"))
            #expect(all.text.components(separatedBy: "href=\"/booking/").count >= 4)
        }
    }

    @Test("what was typed stays while something is wrong, and other numbers show other dates")
    func kept() async throws {
        try await Stage.on(.sqlite) { stage in
            _ = try await stage.weekly()
            let visitor = try Visitor(stage)
            let page = await visitor.hold(stage.at(10), on: "weekly")
            var form = details(page, stage, ["recurrence.count": "3", "attendee.email": "nobody"])
            let wrong = await visitor.post("/book/weekly/bookings", form)
            #expect(wrong.status == 422 && wrong.text.contains("value=\"3\" selected"))
            form["attendee.email"] = "yuko@kpuh.example"
            let dates = await visitor.post("/book/weekly/bookings", form)
            form["recurrence.seen"] = dates.field("recurrence.seen")
            form["recurrence.count"] = "5"
            let others = await visitor.post("/book/weekly/bookings", form)
            #expect(others.status == 200 && others.field("recurrence.4") != nil)
            form["recurrence.count"] = "eleven"
            #expect(await visitor.post("/book/weekly/bookings", form).status == 422)
            form["recurrence.count"] = "3"
            form["recurrence.1"] = "soon"
            #expect(await visitor.post("/book/weekly/bookings", form).status == 422)
            form["recurrence.count"] = "1"
            #expect(await visitor.post("/book/weekly/bookings", form).status == 303)
            #expect(try await stage.rowsOfSeries() == [0, 0])
        }
    }

    @Test("the API plans, books, shows, moves and cancels a series; hosts see no token", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.weekly()
            let program = try Visitor(stage)
            let start = JSON.string(stage.at(10).rfc3339())
            let plan = await program.call(
                "POST", "/api/v1/public/links/weekly/occurrences", ["start": start, "recurrence": ["count": 3]])
            #expect(plan.status == 200 && plan.json["occurrences"]?.array?.count == 3)
            #expect(plan.json["timezone"] == "Europe/Berlin")
            var body: [(String, JSON)] = [
                ("start", start), ("timezone", "Asia/Tokyo"),
                ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
            ]
            body.append(("recurrence", ["count": 3, "exceptions": [["index": 1, "start": nil]]]))
            let booked = await program.call(
                "POST", "/api/v1/public/links/weekly/bookings", .object(body), key: "one")
            #expect(booked.status == 201 && booked.json["occurrences"]?.array?.count == 2)
            let again = await program.call("POST", "/api/v1/public/links/weekly/bookings", .object(body), key: "one")
            #expect(again[header: "Idempotency-Replayed"] == "true" && again.json == booked.json)

            let token = booked.json["token"]?.string ?? ""
            let path = "/api/v1/public/bookings/\(token)/series"
            #expect(await program.call("GET", path).json["occurrences"]?.array?.count == 2)
            let moved = await program.call(
                "POST", path + "/reschedule", ["part": "all", "start": .string(stage.at(11).rfc3339())], key: "two")
            #expect(moved.status == 200 && moved.json["changed"]?.array?.count == 2)
            let replayed = await program.call(
                "POST", path + "/reschedule", ["part": "all", "start": .string(stage.at(11).rfc3339())], key: "two")
            #expect(replayed.json == moved.json)
            #expect(await program.call("GET", path).status == 410)

            let id = booked.json["id"]?.string ?? ""
            let host = program.asked(by: "ada")
            let seen = await host.call("GET", "/api/v1/bookings/\(id)/series")
            #expect(seen.status == 200 && !seen.text.contains("token"))
            let hosts = await host.call(
                "POST", "/api/v1/bookings/\(id)/series/reschedule",
                ["part": "later", "start": .string(stage.at(12).rfc3339())])
            #expect(hosts.status == 200 && !hosts.text.contains("token"))
            let gone = await host.call("POST", "/api/v1/bookings/\(id)/series/cancellation", ["part": "all"])
            #expect(gone.status == 200 && gone.json["changed"]?.array?.count == 2)
        }
    }

    @Test("bad bodies are refused beside their fields", arguments: [
        (["count": 0], "recurrence.count"), (["count": 11], "recurrence.count"), (["count": "two"], "recurrence.count"),
        (["count": 3, "every": 2], "recurrence.every"), ("weekly", "recurrence"), ([:], "recurrence.count"),
        (["count": 3, "exceptions": [["index": 3, "start": nil]]], "recurrence.exceptions.0.index"),
        (["count": 3, "exceptions": [["index": 1, "start": "soon"]]], "recurrence.exceptions.0.start"),
        (["count": 3, "exceptions": [["index": 1, "start": "2031-01-01T10:00:00Z"]]], "recurrence"),
    ] as [(JSON, String)])
    func refused(recurrence: JSON, field: String) async throws {
        try await Stage.on(.sqlite) { stage in
            _ = try await stage.weekly()
            let body: JSON = [
                "start": .string(stage.at(10).rfc3339()), "timezone": "UTC",
                "attendee": ["name": "Yuko", "email": "yuko@kpuh.example"], "recurrence": recurrence,
            ]
            let told = try await Visitor(stage).call("POST", "/api/v1/public/links/weekly/bookings", body)
            #expect(told.status == 422 && told.problemFields.contains(field), "\(told.text)")
            #expect(try await stage.rows()["booking"] == 0)
        }
    }

    @Test("a link with a fixed number books so many, and one that does not repeat says so", arguments: Engine.all)
    func fixed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.weekly {
                $0.series?.countIs = .fixed
                $0.series?.count = 3
            }
            let program = try Visitor(stage)
            var body: [(String, JSON)] = [
                ("start", .string(stage.at(10).rfc3339())), ("timezone", "UTC"),
                ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
            ]
            let booked = await program.call("POST", "/api/v1/public/links/weekly/bookings", .object(body))
            #expect(booked.json["occurrences"]?.array?.count == 3)
            body.append(("recurrence", ["count": 2]))
            #expect(await program.call("POST", "/api/v1/public/links/weekly/bookings", .object(body)).status == 422)
            let single = await program.call("POST", "/api/v1/public/links/intro/bookings", .object(body))
            #expect(single.status == 422 && single.problemFields == ["recurrence"])
            let page = await program.hold(stage.at(12), on: "weekly")
            #expect(page.text.contains("3 meetings, every week, from this time on."))
        }
    }

    @Test("by pages an attendee moves and cancels several, and sees what stands against it", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link)
            try await stage.book(stage.at(14, day: 7))
            let visitor = try Visitor(stage)
            let token = booked.tokens[0]
            let ask = await visitor.get("/book/reschedule/\(token)?start=\(stage.at(14).seconds)")
            #expect(ask.text.contains("formaction=\"/booking/\(token)/series/reschedule\""))
            var form = [
                "form": ask.field("form") ?? "", "start": String(stage.at(14).seconds), "part": "all",
                "timezone": "Europe/Berlin",
            ]
            let conflict = await visitor.post("/booking/\(token)/series/reschedule", form)
            #expect(conflict.status == 409 && conflict.text.contains("One meeting cannot be at its new time"))
            form["form"] = conflict.field("form")
            form["leaveTaken"] = "on"
            let moved = await visitor.post("/booking/\(token)/series/reschedule", form)
            #expect(moved.status == 303 && moved.location.contains("done=moved"))
            #expect(await visitor.get(moved.location).text.contains("2 meetings are moved"))

            let page = String(moved.location.prefix { $0 != "?" })
            let wrong = await visitor.post(page + "/cancellation", ["part": "none"])
            #expect(wrong.status == 422)
            let gone = await visitor.post(page + "/cancellation", ["part": "all", "form": conflict.field("form") ?? ""])
            #expect(gone.status == 303 && gone.location.contains("n=3"))
            let over = await visitor.post(page + "/cancellation", ["part": "all"])
            #expect(over.status == 409)
        }
    }

    @Test("by pages a host sees, moves and cancels several", arguments: Engine.all)
    func hosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(3, from: stage.at(10), on: link)
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/bookings/\(booked.ids[1])"
            #expect(await ada.get(path).text.contains("Meeting 2 of 10, every week.") == false)
            #expect(await ada.get(path).text.contains("Meeting 2 of 3, every week."))
            #expect(await ada.get(path + "/series").text.contains("3 meetings"))
            let moved = await ada.post(
                path + "/series/reschedule", ["part": "later", "start": String(stage.at(11, day: 7).seconds)])
            #expect(moved.status == 303 && moved.location.contains("n=2"))
            let gone = await ada.post(path + "/series/cancellation", ["part": "later", "reason": "I am away."])
            #expect(gone.status == 303 && gone.location.contains("n=2"))
            let long = await ada.post(
                path + "/series/cancellation", ["part": "all", "reason": String(repeating: "x", count: 1_001)])
            #expect(long.status == 422)
            #expect(await ada.asked(by: "bob").get(path + "/series").status == 404)
            let single = try await stage.book(stage.at(15))
            #expect(await ada.get("/calendar/bookings/\(single.id)/series").status == 404)
        }
    }

    @Test("another workspace finds nothing of a series by its id", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.weekly()
            let booked = try await stage.bookSeries(2, from: stage.at(10), on: link)
            let series = try await stage.find(booked.ids[0]).series.wanted("series").series
            let other = try await stage.neighbour()
            let found = try await stage.database.read(other.scope) { tx in
                (try SeriesStore.find(series, scope: other.scope, in: tx),
                 try SeriesStore.bookings(of: series, scope: other.scope, in: tx))
            }
            #expect(found.0 == nil && found.1.isEmpty)
        }
    }
}
