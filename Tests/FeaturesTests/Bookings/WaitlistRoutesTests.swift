/// Waitlists over the web: where they are offered, joining, the page of an entry, the host's list, and the API.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Waitlists over the web")
struct WaitlistRoutesTests {
    private static let cleo = ["attendee.name": "Cleo Berg", "attendee.email": "cleo@kpuh.example"]

    /// The form of a day or a session with somebody's details in it.
    private func form(
        _ visitor: Visitor, _ path: String, _ more: [String: String] = cleo
    ) async -> [String: String] {
        let page = await visitor.get(path)
        let names = ["form", "timezone", "clock", "day", "start", "pass"]
        let hidden = names.reduce(into: [String: String]()) { $0[$1] = page.field($1) }
        return hidden.merging(more) { $1 }
    }

    @Test("a full day says so, and its form puts somebody in line; nothing is said of who else waits",
          arguments: Engine.all)
    func joins(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full()
            let visitor = try Visitor(stage)
            let month = await visitor.get("/book/short").text
            #expect(month.contains("Tuesday 8, full, with a waitlist") || month.contains("8 January, full"))
            let day = await visitor.get("/book/short?day=2030-01-08").text
            #expect(day.contains("All of Tuesday 8 January is taken") && day.contains("Full — join the waitlist"))
            let path = "/book/short/waitlist?day=2030-01-08&timezone=Europe/Berlin"
            #expect(day.contains("/book/short/waitlist?day=2030-01-08"))
            #expect(await visitor.get(path).text.contains("Join the waitlist"))
            for _ in 0..<2 {
                let answer = await visitor.post("/book/short/waitlist", await form(visitor, path))
                #expect(answer.status == 303 && answer.location.contains("done=1"))
                #expect(await visitor.get(answer.location).text.contains("You are on the waitlist"))
            }
            #expect(try await stage.line(link) == "Cleo waiting")
            // Nobody has to wait for a free day: there are its times.
            let free = await visitor.get("/book/short/waitlist?day=2030-01-09&timezone=Europe/Berlin")
            #expect(free.status == 303 && free.location.contains("day=2030-01-09"))
        }
    }

    @Test("what is wrong with the form is said beside the field; nobody waits then")
    func badForms() async throws {
        try await Stage.on(.sqlite) { stage in
            let (link, _) = try await stage.full()
            let visitor = try Visitor(stage)
            let path = "/book/short/waitlist?day=2030-01-08&timezone=Europe/Berlin"
            let good = await form(visitor, path)
            let bad: [(String, String)] = [
                ("attendee.name", ""), ("attendee.name", String(repeating: "x", count: 201)),
                ("attendee.email", "cleo"),
                ("attendee.email", ""), ("attendee.name", "a\u{7}"),
            ]
            for (name, value) in bad {
                let answer = await visitor.post("/book/short/waitlist", good.merging([name: value]) { $1 })
                #expect(answer.status == 422, "\(name) \(value)")
            }
            for (name, value) in [("day", "soon"), ("day", "2030-13-45"), ("form", "forged"), ("day", "0001-01-01"),
                                  ("day", "9999-12-31")] {
                let answer = await visitor.post("/book/short/waitlist", good.merging([name: value]) { $1 })
                #expect(answer.status == 303 && !answer.location.contains("done"), "\(name) \(value)")
            }
            let decoy = await visitor.post("/book/short/waitlist", good.merging(["website": "x"]) { $1 })
            #expect(decoy.status == 303 && decoy.location.contains("done=1"))
            #expect(try await stage.entries(link).isEmpty)
            #expect(await visitor.get("/book/intro/waitlist?day=2030-01-08").status == 303)
            #expect(await visitor.get("/book/nothing/waitlist?day=2030-01-08").status == 404)
        }
    }

    @Test("a link that wants the address proved mails a code before anybody waits", arguments: Engine.all)
    func proves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full { $0.door.verifiesEmail = true }
            let visitor = try Visitor(stage)
            let path = "/book/short/waitlist?day=2030-01-08&timezone=Europe/Berlin"
            let filled = await form(visitor, path)
            let asked = await visitor.post("/book/short/waitlist", filled)
            #expect(asked.status == 200 && asked.text.contains("Code from the mail"))
            let wrong = await visitor.post("/book/short/waitlist", filled.merging(["emailCode": "1"]) { $1 })
            #expect(wrong.status == 422)
            #expect(try await stage.entries(link).isEmpty)
            let (now, keyring, scope) = (stage.world.now, stage.installation.keyring, stage.scope)
            let codes = try await stage.database.write(scope) { tx in
                try EmailCodeStore.living(of: "cleo@kpuh.example", link: link.id, now: now, scope: scope, in: tx)
            }
            let code = try codes.last.wanted("code").text(keyring)
            let right = await visitor.post("/book/short/waitlist", filled.merging(["emailCode": code]) { $1 })
            #expect(right.status == 303)
            #expect(try await stage.line(link) == "Cleo waiting")
        }
    }

    @Test("the page of an entry tells the place, then the offer; taking it leads to the filled-in form",
          arguments: Engine.all)
    func takes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full { $0.access.code = "sesame" }
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            let visitor = try Visitor(stage)
            let dans = "/book/waitlist/\(try await stage.token(try await stage.entry("Dan", on: link)))"
            let own = "/book/waitlist/\(try await stage.token(try await stage.entry("Cleo", on: link)))"
            #expect(await visitor.get(own).text.contains("You are next in line"))
            let second = await visitor.get(dans).text
            #expect(second.contains("You are number 2 in line") && !second.contains("Cleo"))
            // Nothing is offered, so nothing can be taken or turned down.
            #expect(await visitor.post("\(own)/taking", [:]).location == own)
            #expect(await visitor.post("\(own)/refusal", [:]).location == own)
            #expect(try await stage.line(link) == "Cleo waiting, Dan waiting")

            _ = try await CancelBooking(stage.installation)(booked[0].id, scope: stage.scope)
            try await stage.look(link)
            let offered = await visitor.get(own).text
            #expect(offered.contains("A place is free") && offered.contains("09:00–09:30"))
            #expect(try await stage.line(link) == "Cleo offered, Dan waiting", "looking takes nothing")
            let taking = await visitor.post("\(own)/taking", [:])
            #expect(taking.status == 303 && taking.location.hasPrefix("/book/short/details"))
            // It opens what is offered, and not the link: its code stays its own.
            #expect(!taking.location.contains("pass="), "\(taking.location)")
            let details = await visitor.get(taking.location)
            #expect(details.field("pass") == nil)
            #expect(details.text.contains("Cleo Berg") && details.text.contains("cleo@kpuh.example"))
            #expect(details.text.contains("Held for you until") && !details.text.contains("Hold it longer"))
            var form = ["attendee.name": "Cleo Berg", "attendee.email": "cleo@kpuh.example"]
            for name in ["form", "start", "timezone", "clock"] { form[name] = details.field(name) }
            let other = form.merging(["start": String(stage.at(9, day: 2).seconds)]) { $1 }
            #expect(await visitor.post("/book/short/bookings", other).status == 401)
            #expect(await visitor.post("/book/short/holds", other).status == 401)
            #expect(await visitor.get("/book/short").text.contains("Access code"))
            // Back to the times: the place stays theirs.
            _ = await visitor.post("/book/short/times", form)
            #expect(try await stage.wrongOffers().isEmpty)
            let done = await visitor.post("/book/short/bookings", form)
            #expect(done.status == 303 && done.location.hasPrefix("/booking/"))
            #expect(try await stage.line(link) == "Cleo taken, Dan waiting")
            #expect(await visitor.get(own).text.contains("You have this"))
            // The form once more, by another press of the mail's button: the same booking.
            #expect(await visitor.post("/book/short/bookings", form).location == done.location)
            #expect(await visitor.post("\(dans)/leaving", [:]).location == dans)
            #expect(await visitor.get(dans).text.contains("You have left the waitlist"))
            #expect(await visitor.post("\(dans)/leaving", [:]).location == dans)
        }
    }

    @Test("tokens that are none are not found, and say nothing")
    func strangers() async throws {
        try await Stage.on(.sqlite) { stage in
            let (link, _) = try await stage.full()
            try await stage.wait("Cleo", on: link, day: 1)
            let visitor = try Visitor(stage)
            let token = try await stage.token(try await stage.entry("Cleo", on: link))
            for wrong in ["x", String(token.dropLast()) + "~", String(repeating: "A", count: 43)] {
                #expect(await visitor.get("/book/waitlist/\(wrong)").status == 404)
                for deed in ["taking", "refusal", "leaving"] {
                    #expect(await visitor.post("/book/waitlist/\(wrong)/\(deed)", [:]).status == 404)
                }
            }
            #expect(try await stage.line(link) == "Cleo waiting")
        }
    }

    @Test("full sessions of a day stand below its times, each with its own line", arguments: Engine.all)
    func sessions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(1 + 1) { $0.waitlist.isOn = true }
            let start = stage.at(10, day: 1)
            for name in ["A", "B"] { try await stage.seat(name, start, on: link) }
            let visitor = try Visitor(stage)
            let day = await visitor.get("/book/class?day=2030-01-08&timezone=Europe/Berlin")
            #expect(!day.buttons("start").contains(String(start.seconds)))
            #expect(day.text.contains("/book/class/waitlist?start=\(start.seconds)"))
            #expect(day.text.contains("10:00: full — join the waitlist"))
            let path = "/book/class/waitlist?start=\(start.seconds)&timezone=Europe/Berlin"
            let answer = await visitor.post("/book/class/waitlist", await form(visitor, path))
            #expect(answer.status == 303 && answer.location.contains("done=1"))
            #expect(try await stage.line(link) == "Cleo waiting")
            let booking = try await stage.sessions(link)[0]
            let ada = visitor.asked(by: "ada")
            #expect(await ada.get("/calendar/sessions/\(booking.id)").text.contains("One person waits for a place"))
        }
    }

    @Test("hosts see who waits, take somebody off and offer by hand; others do not", arguments: Engine.all)
    func hosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, booked) = try await stage.full()
            for name in ["Cleo", "Dan"] { try await stage.wait(name, on: link, day: 1) }
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(link.id)/waitlist"
            let list = await ada.get(path).text
            #expect(list.contains("2 people wait.") && list.contains("cleo@kpuh.example"))
            let (cleo, dan) = (try await stage.entry("Cleo", on: link).id, try await stage.entry("Dan", on: link).id)
            let vain = await ada.post("/calendar/waitlist/\(dan)/offer", [:])
            #expect(vain.status == 409 && vain.text.contains("Nothing is free"))
            for other in ["bob", "eve"] {
                let bob = ada.asked(by: other)
                #expect([403, 404].contains(await bob.get(path).status))
                for deed in ["removal", "offer"] {
                    #expect([403, 404].contains(await bob.post("/calendar/waitlist/\(dan)/\(deed)", [:]).status))
                }
                #expect([403, 404].contains(await bob.call("DELETE", "/api/v1/waitlist/\(dan)").status))
            }
            _ = try await CancelBooking(stage.installation)(booked[0].id, scope: stage.scope)
            let offered = await ada.post("/calendar/waitlist/\(dan)/offer", [:])
            #expect(offered.location == "\(path)?done=offered")
            #expect(await ada.get(offered.location).text.contains("Offered"))
            #expect(await ada.post("/calendar/waitlist/\(cleo)/removal", [:]).location == "\(path)?done=removed")
            #expect(try await stage.line(link) == "Cleo removed, Dan offered")
            let words = try await stage.database.lookUp { tx in
                try tx.all("SELECT target_name FROM audit WHERE action = 'waitlist_removed'") {
                    try $0["target_name"] as String
                }
            }
            #expect(words == ["Introduction, Cleo Berg"])
        }
    }

    @Test("programs put somebody in line, list who waits and take them off; bad bodies are refused",
          arguments: Engine.all)
    func programs(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, _) = try await stage.full()
            let visitor = try Visitor(stage), path = "/api/v1/public/links/short/waitlist"
            let body: JSON = [
                "day": "2030-01-08", "timezone": "Europe/Berlin",
                "attendee": ["name": "Cleo Berg", "email": "cleo@kpuh.example"],
            ]
            for _ in 0..<2 {
                let answer = await visitor.call("POST", path, body)
                #expect(answer.status == 202 && answer.json["state"]?.string == "waiting")
                #expect(answer.json["day"]?.string == "2030-01-08" && answer.json["offerMinutes"]?.int == 60)
            }
            let members = body.members ?? []
            let changed: (String, JSON?) -> JSON = { name, value in
                .object(members.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? []))
            }
            let bad: [JSON] = [
                changed("day", nil), changed("day", "soon"), changed("day", 5), changed("timezone", "Mars/Base"),
                changed("attendee", ["name": "Cleo"]), changed("attendee", "Cleo"),
                changed("start", "2030-01-08T08:00:00Z"),
                changed("duration", 45), changed("more", 1),
            ]
            for json in bad { #expect(await visitor.call("POST", path, json).status == 422, "\(json.text)") }
            #expect(await visitor.call("POST", path, changed("day", "2030-01-09")).status == 409)
            #expect(await visitor.call("POST", "/api/v1/public/links/intro/waitlist", body).status == 404)

            let ada = visitor.asked(by: "ada"), list = "/api/v1/links/\(link.id)/waitlist"
            try await stage.wait("Dan", on: link, day: 1)
            let first = await ada.call("GET", "\(list)?limit=1").json
            #expect(first["data"]?.array?.first?["attendee"]?["email"]?.string == "cleo@kpuh.example")
            let cursor = try (first["nextCursor"]?.string).wanted("cursor")
            let second = await ada.call("GET", "\(list)?limit=1&cursor=\(cursor)").json
            #expect(second["data"]?.array?.first?["attendee"]?["name"]?.string == "Dan Berg")
            #expect(second["nextCursor"] == .null)
            #expect(await ada.call("GET", "\(list)?cursor=x").status == 422)
            let id = try (second["data"]?.array?.first?["id"]?.string).wanted("id")
            for _ in 0..<2 { #expect(await ada.call("DELETE", "/api/v1/waitlist/\(id)").status == 204) }
            #expect(try await stage.line(link) == "Cleo waiting, Dan removed")
            let left = try await stage.entry("Cleo", on: link).id
            try await EndEntry(stage.installation)(left, as: .left, scope: stage.scope)
            #expect(await ada.call("DELETE", "/api/v1/waitlist/\(left)").status == 409)
        }
    }
}
