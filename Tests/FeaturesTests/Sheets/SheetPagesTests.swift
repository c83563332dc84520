/// A sheet from the host's side: its page, its list, its table, and the API.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Sheets of hosts")
struct SheetPagesTests {
    private static let base = [("csrf", "csrf-ada")]

    /// Sends the form of the page on which one is made.
    private func press(
        _ deed: String, _ ada: Visitor, _ more: [(String, String)], _ times: [String] = []
    ) async -> Answer {
        let run = [("day", "2030-01-08"), ("from", "15:00"), ("minutes", "15"), ("places", "1")]
            .filter { one in !more.contains { $0.0 == one.0 } }
        return await ada.post(
            "/calendar/sheets",
            pairs: Self.base + times.map { ("times", $0) } + run + more + [("deed", deed)])
    }

    @Test("times come run by run and go one by one; nothing is stored before it is made", arguments: Engine.all)
    func picking(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/sheets").text.contains("None yet"))
            let empty = await ada.get("/calendar/sheets/new")
            #expect(empty.status == 200 && !empty.text.contains("Make the sheet"))
            for wrong in [
                ("from", "25:00"), ("from", "x"), ("until", "14:00"), ("until", "15:10"), ("minutes", "4"),
                ("minutes", "481"), ("places", "0"), ("places", "101"), ("day", "2029-01-08"), ("day", "x"),
                ("label", String(repeating: "x", count: 81)),
            ] {
                #expect(await press("add", ada, [wrong]).status == 422, "\(wrong)")
            }
            #expect(await press("add", ada, [("until", "23:59"), ("minutes", "5")]).status == 422, "more than sixty")
            let run = await press("add", ada, [("until", "16:00"), ("label", "Talk; with you")])
            let times = run.values("times")
            #expect(run.status == 200 && times.count == 4, "\(run.text)")
            #expect(await press("add", ada, [("from", "15:10")], times).status == 422, "they would overlap")
            let more = await press(
                "add", ada, [("from", "18:00"), ("places", "5"), ("minutes", "30")], times)
            #expect(more.values("times").count == 5 && more.text.contains("5 places"))
            let off = await ada.post(
                "/calendar/sheets", pairs: Self.base + times.map { ("times", $0) } + [
                    ("off", times[1]), ("title", "Kept"),
                ])
            #expect(off.values("times").count == 3 && off.text.contains("Kept"), "what was typed stays")
            #expect(try await stage.rows()["ledger"] == 0)
            for broken in ["1893999600.30.5", "1893999600.30.101.x", "x.30.1.", "1893999600.30.1.\u{202e}x"] {
                #expect((await press("add", ada, [("from", "")], [broken])).values("times").isEmpty, "\(broken)")
            }
        }
    }

    @Test("made, seen, closed, opened, deleted; others do not find it", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let run = await press("add", ada, [("until", "15:45"), ("label", "=Talk; with you")])
            let form = run.field("form") ?? ""
            let all = run.values("times")
            let sound = [("form", form), ("title", "Evening"), ("perAddress", "2"), ("reserves", "on")]
            for wrong in [
                ("title", ""), ("perAddress", "11"), ("closesOn", "2029-01-01"), ("closesOn", "x"),
                ("closesAt", "99:00"), ("note", String(repeating: "x", count: 2001)),
            ] {
                let day = wrong.0 == "closesAt" ? [("closesOn", "2030-01-08")] : []
                let answer = await press("make", ada, sound.filter { $0.0 != wrong.0 } + day + [wrong], all)
                #expect(answer.status == 422 && answer.text.contains("3 times so far"), "\(wrong)")
            }
            try await stage.book(stage.at(15, day: 1))
            #expect(await press("make", ada, sound, all).status == 409, "an own booking has the first of them")
            let beside = await press("add", ada, [("from", "")], all)
            #expect(beside.text.contains("You have a meeting then, or it is past"))
            let made = await press("make", ada, sound, Array(all.dropFirst(2)))
            #expect(made.status == 303 && made.location.hasPrefix("/calendar/sheets/one_"), "\(made.text)")
            let page = await ada.get(made.location)
            #expect(page.text.contains("http://meet.example/sheet/") && page.text.contains("Nobody yet"))
            #expect(await ada.get("/calendar/sheets").text.contains("Evening"))
            #expect(!(await ada.get("/calendar/one-off").text.contains("Evening")))
            let id = String(made.location.split(separator: "/").last ?? "")
            #expect(await ada.get("/calendar/one-off/\(id)").status == 404)
            for who in ["bob", "eve"] {
                #expect([403, 404].contains(await ada.asked(by: who).get(made.location).status))
                for deed in ["closing", "reopening", "deletion"] {
                    #expect([403, 404].contains(await ada.asked(by: who).post("\(made.location)/\(deed)", [:]).status))
                }
            }
            let one = try await stage.sheet(try ID<OneOff>(id).wanted("id")).wanted("sheet")
            _ = try await stage.signUp(one, [one.times[0]], email: "a@x.example")
            #expect(await ada.get(made.location).text.contains("Yuko Hasegawa"))
            let table = await ada.get("\(made.location)/sign-ups.csv")
            #expect(table.text.contains("\"'=Talk; with you\"") && table.text.contains("a@x.example"))
            let csrf = ["csrf": "csrf-ada"]
            #expect(await ada.post("\(made.location)/deletion", csrf).status == 409)
            #expect(await ada.post("\(made.location)/closing", csrf).status == 303)
            #expect(await ada.get(made.location).text.contains("Closed. Whoever signed up still comes."))
            #expect(await ada.post("\(made.location)/reopening", csrf).status == 303)
            #expect(await ada.get(made.location).text.contains("Open until"))
        }
    }

    @Test("what another calendar says is told beside the row and passed over", arguments: Engine.all)
    func busy(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let foreign = LedgerRow(
                id: stage.world.id(LedgerEntry.self).text, subject: stage.ada.text, workspace: stage.workspace,
                kind: .calendar, ref: "event", claim: nil, starts: stage.at(10), ends: stage.at(11))
            let scope = stage.scope
            try await stage.database.write(scope) { try $0.add([foreign]) }
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.post("/calendar/sheets", pairs: [
                ("csrf", "csrf-ada"), ("deed", "add"), ("day", "2030-01-07"), ("from", "10:00"), ("minutes", "30"),
                ("places", "1"),
            ])
            #expect(page.text.contains("Busy in another calendar of yours"))
            let made = try await stage.makeSheet([stage.time(10)])
            _ = try await stage.signUp(made.one, made.one.times, email: "a@x.example")
        }
    }

    @Test("the API makes, reads, lists and deletes them; apps of strangers sign up", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/sheets")
            func time(_ hour: Int, _ more: [(String, JSON)] = []) -> JSON {
                .object([
                    ("start", .string(stage.at(hour, day: 1).rfc3339())), ("durationMinutes", 30),
                ] + more)
            }
            func body(_ more: [(String, JSON)] = []) -> JSON {
                let all: [(String, JSON)] = [
                    ("title", "Evening"), ("timezone", "Europe/Berlin"), ("perAddress", 2),
                    ("times", [time(19), time(20, [("places", 2), ("label", "Cakes")])]),
                ]
                return .object(all.filter { one in !more.contains { $0.0 == one.0 } } + more)
            }
            let many: JSON = .array((0..<61).map { number in
                ["start": .string(stage.at(9, number * 5, day: 1).rfc3339()), "durationMinutes": 5]
            })
            for wrong in [
                ("title", JSON.string("")), ("times", []), ("times", many), ("timezone", "Nowhere"),
                ("times", [time(9), time(9)]), ("times", [time(9, [("places", 0)])]),
                ("times", [time(9, [("places", 101)])]), ("times", [time(9, [("colour", "red")])]),
                ("times", [time(9, [("label", .string(String(repeating: "x", count: 81)))])]),
                ("closesAt", .string(stage.at(7).rfc3339())), ("perAddress", 0), ("perAddress", 11), ("hosts", 2),
                ("note", .string(String(repeating: "x", count: 2001))),
            ] {
                #expect(await ada.call("POST", path, body([wrong])).status == 422, "\(wrong)")
            }
            let made = await ada.call("POST", path, body(), key: "once")
            #expect(made.status == 201 && made.json["state"]?.string == "open", "\(made.text)")
            #expect(await ada.call("POST", path, body(), key: "once").json["id"] == made.json["id"])
            let id = try (made.json["id"]?.string).wanted("id")
            #expect(await ada.call("GET", "\(path)/\(id)").json["url"] == nil)
            #expect(await ada.call("GET", path).json["data"]?.array?.count == 1)
            #expect(await ada.call("GET", "/api/v1/one-offs").json["data"]?.array?.count == 0)
            #expect(await ada.call("GET", "/api/v1/one-offs/\(id)").status == 404)
            #expect(await ada.asked(by: "bob").call("GET", "\(path)/\(id)").status == 404)
            #expect(await ada.asked(by: "bob").call("GET", path).json["data"]?.array?.count == 0)

        }
    }

    @Test("apps of strangers see what is left, and sign up for all they want or for nothing", arguments: Engine.all)
    func strangers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/sheets")
            func time(_ hour: Int, _ places: Int64) -> JSON {
                [
                    "start": .string(stage.at(hour, day: 1).rfc3339()), "durationMinutes": 30,
                    "places": .int(places),
                ]
            }
            let made = await ada.call("POST", path, [
                "title": "Evening", "timezone": "Europe/Berlin", "perAddress": 2, "times": [time(19, 1), time(20, 2)],
            ])
            let id = try (made.json["id"]?.string).wanted("id")
            let open = "/api/v1/public/sheets/\((made.json["url"]?.string ?? "").suffix(43))"
            let app = ada.asked(by: nil)
            let seen = await app.call("GET", open)
            #expect(seen.json["times"]?.array?.map { $0["placesLeft"]?.int } == [1, 2], "\(seen.text)")
            func wish(_ starts: [Instant], _ more: [(String, JSON)] = []) -> JSON {
                .object([
                    ("starts", .array(starts.map { .string($0.rfc3339()) })), ("timezone", "Europe/Berlin"),
                    ("attendee", ["name": "Anna", "email": "anna@berg.example"]),
                ] + more)
            }
            let (first, second) = (stage.at(19, day: 1), stage.at(20, day: 1))
            for wrong in [[], [stage.at(21, day: 1)], [first, stage.at(21, day: 1)]] {
                #expect(await app.call("POST", "\(open)/sign-ups", wish(wrong)).status == 422, "\(wrong)")
            }
            let guests = wish([first], [("guests", ["x@y.example"])])
            #expect(await app.call("POST", "\(open)/sign-ups", guests).status == 422)
            let booked = await app.call("POST", "\(open)/sign-ups", wish([first, second]), key: "mine")
            #expect(booked.status == 201 && booked.json["signUps"]?.array?.count == 2, "\(booked.text)")
            #expect(booked.json["signUps"]?.array?.allSatisfy { $0["source"]?.string == "sheet" } == true)
            let again = await app.call("POST", "\(open)/sign-ups", wish([first, second]), key: "mine")
            #expect(again.json == booked.json)
            let third = await app.call("POST", "\(open)/sign-ups", wish([second]))
            #expect(third.status == 409 && third.json["code"]?.string == "limit_reached")
            let told = await ada.call("GET", "\(path)/\(id)")
            #expect(told.json["signUps"]?.array?.count == 2)
            #expect(told.json["times"]?.array?.map { $0["placesLeft"]?.int } == [0, 1])
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 409)
            for one in booked.json["signUps"]?.array ?? [] {
                let cancel = "/api/v1/public/bookings/\(one["token"]?.string ?? "")/cancel"
                #expect(await app.call("POST", cancel, [:]).status == 200)
            }
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await app.call("GET", open).status == 404)
        }
    }
}
