/// Single-use links where hosts make them, and in the API.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Single-use links on pages and in the API")
struct SingleUseRoutesTests {
    private func create(_ ada: Visitor, _ stage: Stage, _ more: [String: String] = [:]) async -> Answer {
        let page = await ada.get("/calendar/single-use/new?link=\(stage.link.id)")
        let fields = [
            "csrf": "csrf-ada", "link": stage.link.id.text, "name": "Anna Berg", "email": "anna@berg.example",
            "days": "7", "form": page.field("form") ?? "",
        ]
        return await ada.post("/calendar/single-use", fields.merging(more) { $1 })
    }

    @Test("made, listed by how it stands, mailed once for each press, and taken back", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/single-use").text.contains("None yet"))
            #expect(await ada.get("/calendar/single-use/new").text.contains("link=\(stage.link.id)"))
            let made = await create(ada, stage, ["answers.\(stage.question)": "The yearly talk."])
            #expect(made.status == 303 && made.location.hasPrefix("/calendar/single-use/sgl_"), "\(made.text)")
            let page = await ada.get(made.location)
            #expect(page.text.contains("http://meet.example/single-use/"))
            #expect(await ada.get("/calendar/single-use?show=unused").text.contains("Anna Berg"))
            #expect(await ada.get("/calendar/single-use?show=used").text.contains("None of these"))

            let seen = ["csrf": "csrf-ada", "mails": page.field("mails") ?? ""]
            for _ in 0..<2 { #expect(await ada.post("\(made.location)/mail", seen).status == 303) }
            let mail = FakeMail()
            let send = SendSingleUseMail(stage.installation, mail: mail)
            let runner = JobRunner(
                database: stage.database, work: [SendSingleUseMail.kind: { try await send($0) }], world: stage.world,
                logger: Logger(label: "test"))
            try await runner.drain()
            let sent = mail.sent
            #expect(sent.count == 1 && sent.first?.text.contains("http://meet.example/single-use/") == true)
            #expect(await ada.get(made.location).field("mails") == "1")

            let back = await ada.post("\(made.location)/withdrawal", ["csrf": "csrf-ada"])
            #expect(back.status == 303)
            let over = await ada.get(made.location)
            #expect(over.text.contains("You took it back") && !over.text.contains("/single-use/\(made.location)"))
            #expect(await ada.post("\(made.location)/mail", ["csrf": "csrf-ada", "mails": "1"]).status == 409)
            #expect(await ada.get("/calendar/single-use?show=withdrawn").text.contains("Anna Berg"))
            let log = try await stage.database.lookUp { tx in
                try tx.all("SELECT action FROM audit WHERE action LIKE 'single_use%' ORDER BY id") {
                    try $0["action"] as String
                }
            }
            #expect(log == ["single_use_made", "single_use_withdrawn"])
        }
    }

    @Test("bad input keeps what was typed; what is another's is not found", arguments: Engine.all)
    func refusals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            for (name, value) in [
                ("name", ""), ("name", String(repeating: "x", count: 201)), ("email", "nobody"), ("days", "0"),
                ("days", "366"), ("days", "soon"), ("hostId", stage.bob.text),
                ("answers.\(stage.question)", String(repeating: "x", count: 5001)),
            ] {
                let page = await create(ada, stage, [name: value])
                #expect(page.status == 422 && page.text.contains("Anna Berg") == (name != "name"), "\(name)")
            }
            let made = await create(ada, stage)
            for who in ["bob", "eve"] {
                let other = ada.asked(by: who)
                #expect([403, 404].contains(await other.get(made.location).status), "\(who)")
                #expect([403, 404].contains(await other.post("\(made.location)/withdrawal", [:]).status), "\(who)")
                let theirs = await other.post("/calendar/single-use", [
                    "link": stage.link.id.text, "name": "A", "email": "a@x.example",
                ])
                #expect([403, 404].contains(theirs.status), "\(who)")
            }
            #expect(await ada.asked(by: "bob").get("/calendar/single-use").text.contains("None yet"))
        }
    }

    private func api(_ stage: Stage, _ more: [(String, JSON)] = []) -> JSON {
        .object([
            ("linkId", .string(stage.link.id.text)), ("name", "Anna Berg"), ("email", "anna@berg.example"),
        ] + more)
    }

    @Test("the API makes one for each key, tells its address once, lists, and takes back", arguments: Engine.all)
    func keyed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, path) = (try Visitor(stage, who: "ada"), "/api/v1/single-use-links")
            let made = await ada.call("POST", path, api(stage), key: "once")
            #expect(made.status == 201 && made.json["state"]?.string == "unused", "\(made.text)")
            #expect(await ada.call("POST", path, api(stage), key: "once").json["id"] == made.json["id"])
            let id = try (made.json["id"]?.string).wanted("id")
            let read = await ada.call("GET", "\(path)/\(id)")
            #expect(read.status == 200 && read.json["url"] == nil && made.json["url"] != nil)
            #expect(await ada.call("GET", "\(path)?state=unused").json["data"]?.array?.count == 1)
            #expect(await ada.call("GET", "\(path)?state=used").json["data"]?.array?.count == 0)
            #expect(await ada.call("GET", "\(path)?state=lost").status == 422)
            for (name, value) in [
                ("expiresAt", JSON.string(stage.at(7).rfc3339())), ("expiresAt", "soon"), ("hostId", "usr_x"),
                ("answers", ["qst_x": "y"]), ("linkId", "lnk_x"), ("revives", "yes"), ("uses", 2),
            ] {
                let body = JSON.object((api(stage).members ?? []).filter { $0.0 != name } + [(name, value)])
                #expect(await ada.call("POST", path, body).status == 422, "\(name)")
            }
            #expect(await ada.asked(by: "bob").call("GET", "\(path)/\(id)").status == 404)
            #expect(await ada.asked(by: "bob").call("POST", path, api(stage)).status == 422)
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("GET", "\(path)/\(id)").json["state"]?.string == "withdrawn")
        }
    }

    @Test("apps of strangers read it, see its times, and book once", arguments: Engine.all)
    func strangers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let made = await ada.call("POST", "/api/v1/single-use-links", api(stage, [
                ("answers", .object([(stage.question.text, .string("The yearly talk."))])),
            ]))
            let token = String((made.json["url"]?.string ?? "").suffix(43))
            let (app, path) = (ada.asked(by: nil), "/api/v1/public/single-use/\(token)")
            let read = await app.call("GET", path)
            #expect(read.status == 200 && read.json["contact"]?["email"]?.string == "anna@berg.example")
            #expect(read.json["link"]?["title"]?.string == "Introduction", "\(read.text)")
            let slots = await app.call("GET", "\(path)/slots?from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin")
            #expect(slots.text.contains("\"start\":\"2030-01-07T10:00:00+01:00\""))
            func wish(_ start: Instant, _ more: [(String, JSON)] = []) -> JSON {
                .object([("start", .string(start.rfc3339())), ("timezone", "Europe/Berlin")] + more)
            }
            for more in [
                ("attendee", JSON.string("Anna")), ("source", "page"), ("host", "nobody"),
                ("bookedBy", ["name": "B", "email": "b@x.example"]),
            ] {
                #expect(await app.call("POST", "\(path)/bookings", wish(stage.at(10), [more])).status == 422)
            }
            let booked = await app.call("POST", "\(path)/bookings", wish(stage.at(10)), key: "mine")
            #expect(booked.status == 201 && booked.json["source"]?.string == "single_use", "\(booked.text)")
            #expect(booked.json["attendee"]?["name"]?.string == "Anna Berg")
            let again = await app.call("POST", "\(path)/bookings", wish(stage.at(10)), key: "mine")
            #expect(again.json["id"] == booked.json["id"] && again.status == 201)
            let second = await app.call("POST", "\(path)/bookings", wish(stage.at(11)))
            #expect(second.status == 410 && second.json["code"]?.string == "token_used")
            #expect(await app.call("GET", path).json["code"]?.string == "token_used")
            // Nobody says so of a booking that came another way.
            let claimed = await app.call("POST", "/api/v1/public/links/intro/bookings", wish(stage.at(12), [
                ("attendee", ["name": "A", "email": "a@x.example"]), ("source", "single_use"),
            ]))
            #expect(claimed.problemFields == ["source"])
        }
    }

    @Test("a host who takes turns can be named, whether or not strangers choose", arguments: Engine.all)
    func pinned(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            for (number, host) in [stage.bob, stage.bob, stage.ada].enumerated() {
                var wish = SingleUseWish(name: "Anna", email: "anna@berg.example")
                wish.host = host
                let reply = try await MakeSingleUse(stage.installation, from: .console)(
                    wish, link: link.id, key: nil, scope: stage.adas)
                let token = String((try JSON(reading: reply.body)["url"]?.string ?? "").suffix(43))
                let stranger = try Visitor(stage)
                let start = stage.at(10 + number)
                let month = await stranger.get("/single-use/\(token)")
                #expect(month.status == 200 && !month.text.contains("Whom would you like to meet?"))
                let held = await stranger.post("/single-use/\(token)/holds", [
                    "start": String(start.seconds), "form": month.field("form") ?? "",
                ])
                let details = await stranger.get(held.location)
                let booked = await stranger.post("/single-use/\(token)/bookings", [
                    "form": details.field("form") ?? "", "start": String(start.seconds), "timezone": "Europe/Berlin",
                ])
                #expect(booked.status == 303, "\(booked.text)")
                let id: ID<Booking> = try await stage.database.lookUp { tx in
                    try tx.one("SELECT id FROM booking WHERE starts = \(start)") { try $0["id"] }
                }.wanted("booking")
                #expect(try await stage.hosts(of: id) == [host])
            }
        }
    }
}
