/// Links with a code, links that are over, and links that are used up: pages and API.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct AccessCodeTests {
    private func body(_ stage: Stage, at hour: Int = 10) -> JSON {
        [
            "start": .string(stage.at(hour).rfc3339()), "timezone": "UTC",
            "attendee": ["name": "Yuko", "email": "yuko@kpuh.example"],
        ]
    }

    @Test("a coded page shows nothing but the question; the right code opens it without a cookie",
          arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("secret") { rules in
                (rules.title, rules.access.code) = ("Hush", "Open Sesame")
            }
            let asked = await visitor.get("/book/secret?name=Yuko&pass=nonsense")
            #expect(asked.status == 200 && asked.text.contains("Access code") && !asked.text.contains("Hush"))
            for wrong in ["nonsense", "", String(repeating: "x", count: 41), "a\u{7}b"] {
                let answer = await visitor.post("/book/secret/code", ["code": wrong, "name": "Yuko"])
                #expect(answer.status == 422 && answer.field("name") == "Yuko", "\(wrong)")
            }
            let opened = await visitor.post("/book/secret/code", ["code": "open sesame ", "name": "Yuko"])
            #expect(opened.status == 303 && opened[header: "Set-Cookie"] == nil)
            let month = await visitor.get(opened.location)
            #expect(month.text.contains("Hush") && month.field("name") == "Yuko")
            let form = month.field("form") ?? ""
            let start = String(stage.at(10).seconds)
            // The pass is asked for at each step, not only at the door.
            #expect(await visitor.post("/book/secret/holds", ["start": start, "form": form]).status == 401)
            let pass = try month.field("pass").wanted("pass")
            let held = await visitor.post("/book/secret/holds", ["start": start, "form": form, "pass": pass])
            #expect(held.status == 303 && held.location.contains("pass=\(pass)"))
            let details = await visitor.get(held.location)
            let booked = await visitor.post("/book/secret/bookings", [
                "form": details.field("form") ?? "", "start": start, "timezone": "UTC", "attendee.name": "Yuko",
                "attendee.email": "yuko@kpuh.example", "pass": details.field("pass") ?? "",
            ])
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
        }
    }

    @Test("the API wants the code in its header, and pauses a network that guesses", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("secret") { $0.access.code = "Sesame" }
            let link = "/api/v1/public/links/secret"
            for (method, path) in [("GET", link), ("POST", "\(link)/bookings"), ("POST", "\(link)/holds")] {
                let answer = await visitor.call(method, path, method == "GET" ? nil : body(stage))
                #expect(answer.status == 401 && answer.json["code"]?.string == "access_code_required", "\(path)")
            }
            let good = [("Workestra-Access-Code", "sesame")]
            #expect(await visitor.call("GET", link, nil, good).status == 200)
            #expect(await visitor.call("POST", "\(link)/bookings", body(stage), good).status == 201)
            #expect(await visitor.get("/book/secret.md").status == 401)
            var statuses: [Int] = []
            for _ in 0..<8 {
                statuses.append(await visitor.call("GET", link, nil, [("Workestra-Access-Code", "x")]).status)
            }
            #expect(statuses.prefix(5).allSatisfy { $0 == 401 } && statuses.last == 429)
        }
    }

    @Test("after its time a link is a calm 410 everywhere, and a booking made before can still be moved",
          arguments: Engine.all)
    func expired(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let link = try await stage.makeLink("brief") { $0.access.expiresAt = monday.adding(minutes: 60) }
            let booked = try await stage.book(stage.at(10), on: link)
            stage.clock.move(minutes: 60)
            let page = await visitor.get("/book/brief")
            #expect(page.status == 410 && page.text.contains("Ask the person who sent it for a new one."))
            let call = await visitor.call("POST", "/api/v1/public/links/brief/bookings", body(stage, at: 12))
            #expect(call.status == 410 && call.json["code"]?.string == "link_expired")
            await #expect(throws: LinkRefusal.expired) { try await stage.book(stage.at(12), on: link) }
            #expect(await visitor.get("/book/reschedule/\(booked.token)").status == 200)
        }
    }

    @Test("the last use is booked once, however many ask at the same moment; a cancelled one is free again",
          arguments: Engine.all)
    func usedUp(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let link = try await stage.makeLink("once") { $0.access.mostUses = 1 }
            let won = await withTaskGroup(of: Booked?.self) { group in
                for hour in 9..<15 { group.addTask { try? await stage.book(stage.at(hour), on: link) } }
                return await group.reduce(into: [Booked]()) { all, one in if let one { all.append(one) } }
            }
            #expect(won.count == 1)
            #expect(await visitor.get("/book/once").status == 410)
            _ = try await CancelBooking(stage.installation)(try won.first.wanted("booking").id, scope: stage.scope)
            #expect(await visitor.get("/book/once").status == 200)
        }
    }

    @Test("whoever took the last use sees their booking again: second press, Back, and a repeated key",
          arguments: Engine.all)
    func lastUse(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("once") { $0.access.mostUses = 1 }
            _ = try await stage.makeLink("once-more") { $0.access.mostUses = 1 }
            let month = await visitor.get("/book/once")
            let held = await visitor.post("/book/once/holds", [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "",
            ])
            let page = await visitor.get(held.location)
            let form = [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ]
            let booked = await visitor.post("/book/once/bookings", form)
            #expect(booked.location.hasPrefix("/booking/"))
            #expect(await visitor.post("/book/once/bookings", form).location == booked.location)
            #expect(await visitor.get(held.location).location == booked.location)
            #expect(await visitor.get("/book/once").status == 410)

            let calls = "/api/v1/public/links/once-more/bookings"
            let first = await visitor.call("POST", calls, body(stage, at: 12), key: "k")
            let again = await visitor.call("POST", calls, body(stage, at: 12), key: "k")
            #expect(first.status == 201 && again.status == 201 && again.body == first.body)
            #expect(await visitor.call("POST", calls, body(stage, at: 14), key: "l").status == 410)
        }
    }
}
