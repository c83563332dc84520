/// One-offs: what is kept, who has a time, what dies, and how they end.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("One-offs")
struct OneOffTests {
    private func make(
        _ stage: Stage, _ times: [OneOff.Time], reserves: Bool = false, until: Instant? = nil
    ) async throws -> (id: ID<OneOff>, token: String) {
        let wish = OneOffWish(
            title: "Site visit", place: "https://video.example/visit", times: times,
            expires: until ?? stage.at(8, day: 5), reserves: reserves, zone: "Europe/Berlin")
        let reply = try await MakeOneOff(stage.installation, from: .console)(
            wish, of: stage.ada, key: nil, scope: stage.adas)
        let json = try JSON(reading: reply.body)
        let id = try (json["id"]?.string).flatMap(ID<OneOff>.init).wanted("id")
        return (id, String((json["url"]?.string ?? "").suffix(43)))
    }

    private func find(_ id: ID<OneOff>, _ stage: Stage) async throws -> OneOff {
        let scope = stage.scope
        let found = try await stage.database.read(scope) { try OneOffStore.find(id, scope: scope, in: $0) }
        return try found.wanted("one-off")
    }

    private func time(_ start: Instant, _ minutes: Int = 30) -> OneOff.Time {
        OneOff.Time(start: start, minutes: minutes)
    }

    private func pick(
        _ visitor: Visitor, _ token: String, _ page: Answer, _ time: OneOff.Time, email: String = "anna@berg.example"
    ) async -> Answer {
        await visitor.post("/one-off/\(token)/bookings", [
            "form": page.field("form") ?? "", "time": time.text, "timezone": "Europe/Berlin",
            "attendee.name": "Anna Berg", "attendee.email": email,
        ])
    }

    @Test("times at any hour, each with its own length; the first pick is the meeting", arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let times = [time(stage.at(22), 90), time(stage.at(23), 30), time(stage.at(6, day: 1), 45)]
            let made = try await make(stage, times, reserves: true)
            // The first two overlap: what is kept is their union.
            let kept = try await stage.ledger()
            #expect(kept.map(\.kind) == [.placeholder, .placeholder] && kept.allSatisfy { $0.claim == made.id.text })
            #expect(kept[0].starts == stage.at(22) && kept[0].ends == stage.at(23, 30))

            let stranger = try Visitor(stage)
            let page = await stranger.get("/one-off/\(made.token)")
            #expect(page.status == 200 && times.allSatisfy { page.text.contains("value=\"\($0.text)\"") })
            let other = await stranger.get("/one-off/\(made.token)")
            let nobody = await stranger.post("/one-off/\(made.token)/bookings", [
                "form": page.field("form") ?? "", "time": "1.30", "attendee.name": "", "attendee.email": "x",
            ])
            #expect(nobody.status == 404 || nobody.status == 422)

            let booked = await pick(stranger, made.token, page, times[0])
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"), "\(booked.text)")
            let twice = await pick(stranger, made.token, page, times[2])
            #expect(twice.location == booked.location, "one form, one booking")
            let late = await pick(stranger, made.token, other, times[2], email: "late@x.example")
            #expect(late.status == 410 && late.text.contains("Somebody has picked one of these times already"))
            let over = await stranger.get("/one-off/\(made.token)?timezone=Europe/Berlin")
            #expect(over.status == 410 && !over.text.contains("none of these suits"))
            #expect(over.text.components(separatedBy: "icon-calendar").count <= 2)

            let one = try await find(made.id, stage)
            let booking = try await stage.find(try one.booking.wanted("booking"))
            #expect(one.state == .taken && booking.source == .oneOff && booking.hosts.map(\.id) == [stage.ada])
            #expect(booking.state.starts == stage.at(22) && booking.state.ends == stage.at(23, 30))
            #expect(try await stage.ledger().map(\.kind) == [.booking], "the rest is free in the same moment")
            // Its link is nobody's to book otherwise.
            let slug = try await stage.database.lookUp { tx in
                try tx.one("SELECT slug FROM link WHERE id = \(one.link)") { try $0["slug"] as String }
            }.wanted("slug")
            #expect(await stranger.get("/book/\(slug)").status == 404)
            #expect(await stranger.call("GET", "/api/v1/public/links/\(slug)").status == 404)
            #expect(!(await stranger.asked(by: "ada").get("/calendar/event-types").text.contains(slug)))
            // And yet it can be moved, within the host's own hours.
            _ = try Booked(try await MoveBooking(stage.installation)(
                booking.id, to: stage.at(14, day: 1), scope: stage.attendees))
        }
    }

    @Test("days and nights without a pause between are kept in rows that the ledger takes", arguments: Engine.all)
    func long(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let times = (0..<7).map { time(stage.at(0, day: 1).adding(minutes: 480 * $0), 480) }
            _ = try await make(stage, times, reserves: true)
            let kept = try await stage.ledger().sorted { $0.starts < $1.starts }
            #expect(kept.map { ($0.ends - $0.starts) / 3_600 } == [48, 8])
            #expect(kept.first?.starts == stage.at(0, day: 1) && kept.first?.ends == kept.last?.starts)
        }
    }

    @Test("other calendars are passed over knowingly, own bookings never; a dead time is struck out",
          arguments: Engine.all)
    func busy(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (world, scope, ada) = (stage.world, stage.scope, stage.ada.text)
            let foreign = LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: ada, workspace: stage.workspace, kind: .calendar,
                ref: "event", claim: nil, starts: stage.at(10), ends: stage.at(11))
            try await stage.database.write(scope) { try $0.add([foreign]) }
            let times = [time(stage.at(10)), time(stage.at(15))]
            let made = try await make(stage, times)
            let stranger = try Visitor(stage)
            let before = await stranger.get("/one-off/\(made.token)")
            try await stage.book(stage.at(15))
            let page = await stranger.get("/one-off/\(made.token)")
            #expect(page.text.contains("no longer free") && !page.text.contains("value=\"\(times[1].text)\""))
            let gone = await pick(stranger, made.token, before, times[1])
            #expect(gone.status == 409 && gone.text.contains("This time is not free any more"))
            #expect(gone.text.contains("anna@berg.example"), "what was typed stays")
            await #expect(throws: OneOffRefusal.self) { _ = try await self.make(stage, [times[1]]) }
            #expect(await pick(stranger, made.token, before, times[0]).status == 303)
        }
    }

    @Test("taken back, over at its minute, or its host gone: nothing is kept and nothing can be picked",
          arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let stranger = try Visitor(stage)
            let until = stage.at(12)
            let back = try await make(stage, [time(stage.at(9, day: 1))], reserves: true)
            let short = try await make(stage, [time(stage.at(10, day: 1))], reserves: true, until: until)
            let left = try await make(stage, [time(stage.at(11, day: 1))], reserves: true)
            #expect(!(try await stage.free(day: 1)).contains(stage.at(9, day: 1)))
            try await EndOneOff(stage.installation).withdraw(back.id, scope: stage.adas)
            #expect(try await stage.free(day: 1).contains(stage.at(9, day: 1)))
            #expect(await stranger.get("/one-off/\(back.token)").text.contains("These times were taken back"))

            stage.clock.move(to: until)
            #expect(try await stage.free(day: 1).contains(stage.at(10, day: 1)), "by time alone")
            let lapse = LapseOneOff(stage.installation)
            let runner = JobRunner(
                database: stage.database, work: [OneOffJobs.lapse: { try await lapse($0) }], world: stage.world,
                logger: Logger(label: "test"))
            try await runner.drain()
            #expect(try await find(short.id, stage).state == .lapsed)
            let (scope, ada, installation) = (stage.scope, stage.ada, stage.installation)
            try await stage.database.write(scope) { tx in
                try OneOffs.end(of: ada, installation, from: .console, now: until, scope: scope, in: tx)
            }
            #expect(try await find(left.id, stage).state == .withdrawn)
            #expect(try await stage.ledger().isEmpty)
            for token in [back.token, short.token, left.token] {
                #expect(await stranger.get("/one-off/\(token)").status == 410)
            }
            try await stage.database.writeUnscoped { try OneOffStore.prune(now: monday.adding(days: 100), in: $0) }
            #expect(await stranger.get("/one-off/\(back.token)").status == 404)
        }
    }

    @Test("made on its page time by time, listed, taken back; others do not find it", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/one-off").text.contains("None yet"))
            let day = "/calendar/one-off/new?day=2030-01-08"
            #expect(await ada.get(day).text.contains("class=\"strip\""))
            for wrong in ["at=25:00&minutes=30", "at=x&minutes=30", "at=9:00&minutes=4", "at=9:00&minutes=481", "at="] {
                #expect(await ada.get("\(day)&\(wrong)").status == 422, "\(wrong)")
            }
            #expect(await ada.get("/calendar/one-off/new?day=2029-01-08&at=9:00&minutes=30").status == 422)
            let first = await ada.get("\(day)&at=9:00&minutes=30")
            #expect(first.status == 303 && first.location.contains("times="))
            let second = await ada.get("\(first.location)&at=18:30&minutes=90")
            // The day stands twice in this address, as it would not in a browser's.
            #expect(second.status == 303, "\(second.text)")
            let page = await ada.get(second.location)
            #expect(page.text.contains("2 times so far"))
            let times = [time(stage.at(9, day: 1)), time(stage.at(18, 30, day: 1), 90)]
            let fields = [("csrf", "csrf-ada"), ("form", page.field("form") ?? ""), ("day", "2030-01-08")]
                + times.map { ("times", $0.text) }
            for wrong in [("title", ""), ("days", "0"), ("days", "61")] {
                let more = [("title", "Visit"), ("days", "7")].map { $0.0 == wrong.0 ? wrong : $0 }
                let answer = await ada.post("/calendar/one-off", pairs: fields + more)
                #expect(answer.status == 422 && answer.text.contains("2 times so far"), "\(wrong)")
            }
            let made = await ada.post("/calendar/one-off", pairs: fields + [
                ("title", "Visit"), ("days", "7"), ("reserves", "on"), ("place", "Pier 3"),
            ])
            #expect(made.status == 303 && made.location.hasPrefix("/calendar/one-off/one_"), "\(made.text)")
            #expect(await ada.get(made.location).text.contains("http://meet.example/one-off/"))
            #expect(await ada.get("/calendar/one-off").text.contains("Visit"))
            for who in ["bob", "eve"] {
                #expect([403, 404].contains(await ada.asked(by: who).get(made.location).status))
                #expect([403, 404].contains(await ada.asked(by: who).post("\(made.location)/withdrawal", [:]).status))
            }
            #expect(await ada.post("\(made.location)/withdrawal", ["csrf": "csrf-ada"]).status == 303)
            #expect(await ada.get(made.location).text.contains("You took it back"))
            #expect(try await stage.ledger().isEmpty)
        }
    }

    @Test("the API makes, reads, lists and ends them; apps of strangers pick", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/one-offs")
            func body(_ more: [(String, JSON)] = []) -> JSON {
                let all: [(String, JSON)] = [
                    ("title", "Visit"), ("timezone", "Europe/Berlin"), ("reserves", true),
                    ("expiresAt", .string(stage.at(8, day: 3).rfc3339())),
                    ("times", [
                        ["start": .string(stage.at(9, day: 1).rfc3339()), "durationMinutes": 45],
                        ["start": .string(stage.at(19, day: 1).rfc3339()), "durationMinutes": 30],
                    ]),
                ]
                return .object(all.filter { one in !more.contains { $0.0 == one.0 } } + more)
            }
            let many: JSON = .array((0..<11).map { number in
                ["start": .string(stage.at(9, number, day: 1).rfc3339()), "durationMinutes": 5]
            })
            for wrong in [
                ("title", JSON.string("")), ("times", []), ("times", many), ("timezone", "Nowhere"),
                ("times", [["start": .string(stage.at(7).rfc3339()), "durationMinutes": 30]]),
                ("times", [["start": .string(stage.at(9, day: 1).rfc3339()), "durationMinutes": 4]]),
                ("expiresAt", .string(stage.at(8, day: 70).rfc3339())), ("expiresAt", .string(stage.at(7).rfc3339())),
                ("place", .string(String(repeating: "x", count: 501))), ("hosts", 2),
            ] {
                #expect(await ada.call("POST", path, body([wrong])).status == 422, "\(wrong)")
            }
            let made = await ada.call("POST", path, body(), key: "once")
            #expect(made.status == 201 && made.json["state"]?.string == "open", "\(made.text)")
            #expect(await ada.call("POST", path, body(), key: "once").json["id"] == made.json["id"])
            let id = try (made.json["id"]?.string).wanted("id")
            #expect(await ada.call("GET", "\(path)/\(id)").json["url"] == nil)
            #expect(await ada.call("GET", path).json["data"]?.array?.count == 1)
            #expect(await ada.asked(by: "bob").call("GET", "\(path)/\(id)").status == 404)
            #expect(await ada.asked(by: "bob").call("GET", path).json["data"]?.array?.count == 0)

            let open = "/api/v1/public/one-offs/\((made.json["url"]?.string ?? "").suffix(43))"
            let app = ada.asked(by: nil)
            #expect(await app.call("GET", open).json["times"]?.array?.allSatisfy { $0["free"] == true } == true)
            func wish(_ start: Instant, _ more: [(String, JSON)] = []) -> JSON {
                .object([
                    ("start", .string(start.rfc3339())), ("timezone", "Europe/Berlin"),
                    ("attendee", ["name": "Anna", "email": "anna@berg.example"]),
                ] + more)
            }
            #expect(await app.call("POST", "\(open)/bookings", wish(stage.at(10, day: 1))).status == 422)
            let shorter = await app.call("POST", "\(open)/bookings", wish(stage.at(9, day: 1), [("duration", 30)]))
            #expect(shorter.status == 422)
            let booked = await app.call("POST", "\(open)/bookings", wish(stage.at(19, day: 1)), key: "mine")
            #expect(booked.status == 201 && booked.json["source"]?.string == "one_off", "\(booked.text)")
            let again = await app.call("POST", "\(open)/bookings", wish(stage.at(19, day: 1)), key: "mine")
            #expect(again.json["id"] == booked.json["id"])
            let late = await app.call("POST", "\(open)/bookings", wish(stage.at(9, day: 1)))
            #expect(late.status == 410 && late.json["code"]?.string == "token_used")
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("GET", "\(path)/\(id)").json["state"]?.string == "taken")
        }
    }
}
