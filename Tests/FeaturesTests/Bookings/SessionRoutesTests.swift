/// Sessions on pages and in the API: what strangers read before they come, and what hosts see and do.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Pages and calls about sessions")
struct SessionRoutesTests {
    @Test("a stranger reads how many places are left, where the host shows it, and names only where asked for",
          arguments: Engine.all)
    func shown(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            try await stage.seat("Ana", stage.at(10), on: link)
            let visitor = try Visitor(stage)
            let page = await visitor.get("/book/class?timezone=Europe/Berlin")
            #expect(page.text.contains("In a group of up to 4") && page.text.contains("3 places left"))
            let details = await visitor.hold(stage.at(10), on: "class", ["timezone": "Europe/Berlin"])
            // One's own hold takes nobody's place.
            #expect(details.text.contains("3 of 4 places left") && !details.text.contains("Ana"))
            let slots = "/api/v1/public/links/class/slots?from=2030-01-07&to=2030-01-07"
            let day = await visitor.call("GET", slots)
            let times = try (day.json["slots"]?["2030-01-07"]?.array).wanted("day")
            let ten = times.first { $0["start"]?.string?.contains("T10:00") == true }
            #expect(ten?["seatsLeft"]?.int == 2)

            try await stage.change(link) { ($0.rules.seats.showsNames, $0.rules.seats.showsSeats) = (true, false) }
            let named = await visitor.hold(stage.at(10), on: "class", ["timezone": "Europe/Berlin"])
            #expect(named.text.contains("Already coming: Ana") && !named.text.contains("Berg"))
            #expect(!named.text.contains("places left"))
            #expect(await !visitor.call("GET", slots).text.contains("seatsLeft"))
        }
    }

    @Test("the attendee’s page says who else comes, and more guests than places are refused there",
          arguments: Engine.all)
    func ownPage(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(3) { $0.seats.showsNames = true }
            try await stage.seat("Ana", stage.at(10), on: link)
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            let visitor = try Visitor(stage)
            let page = await visitor.get("/booking/\(bo.token)")
            #expect(page.text.contains("1 of 3 places left") && page.text.contains("Also coming"))
            #expect(page.text.contains("Ana") && !page.text.contains("ana@kpuh.example"))
            let refused = await visitor.post("/booking/\(bo.token)/guests", [
                "form": page.field("form") ?? "", "guests": "sam@kpuh.org\nkim@kpuh.org", "version": "1",
            ])
            #expect(refused.text.contains("Only one more place is left"), "\(refused.status)")
            #expect(try await stage.sessions(link).map(\.taken) == [2])
        }
    }

    @Test("hosts see one row for a session, its page with everybody, and act on one or on all", arguments: Engine.all)
    func hosts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(8)
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.guests = ["sam@kpuh.example"] }
            try await stage.seat("Bo", stage.at(10), on: link)
            let id = try await stage.session(ana).id
            let ada = try Visitor(stage, who: "ada")
            let list = await ada.get("/calendar/bookings")
            #expect(list.text.components(separatedBy: "3 of 8 places taken").count == 2)
            #expect(list.text.components(separatedBy: "class=\"booking-row\"").count == 2)
            #expect(list.text.contains("/calendar/sessions/\(id)") && list.text.contains("Bo Berg"))
            let overview = await ada.get("/calendar")
            #expect(overview.text.components(separatedBy: "3 of 8 places taken").count == 2)
            let week = await ada.get("/calendar/bookings?view=week&date=2030-01-07")
            #expect(week.text.components(separatedBy: "/calendar/sessions/\(id)").count == 2)
            #expect(!week.text.contains("Held for a visitor") && !week.text.contains("/calendar/bookings/\(ana.id)"))

            let page = await ada.get("/calendar/sessions/\(id)")
            #expect(page.status == 200 && page.text.contains("ana@kpuh.example") && page.text.contains("and one guest"))
            #expect(await ada.get("/calendar/bookings/\(ana.id)").text.contains("/calendar/sessions/\(id)"))
            let long = await ada.post("/calendar/sessions/\(id)/cancellation", [
                "reason": String(repeating: "x", count: 1_001),
            ])
            #expect(long.status == 422 && long.text.contains(String(repeating: "x", count: 1_001)))
            let times = await ada.get("/calendar/sessions/\(id)/move?day=2030-01-08")
            #expect(times.buttons("start").contains(String(stage.at(10, day: 1).seconds)))
            let start = String(stage.at(11, day: 1).seconds)
            let picked = await ada.post("/calendar/sessions/\(id)/move", ["start": start])
            let question = await ada.get(picked.location)
            #expect(question.text.contains("All 2 people"))
            let moved = await ada.post("/calendar/sessions/\(id)/reschedule", ["start": start, "reason": "Rain."])
            #expect(await ada.get(moved.location).text.contains("Moved."))
            let off = await ada.post("/calendar/sessions/\(id)/cancellation", ["reason": ""])
            #expect(await ada.get(off.location).text.contains("Nobody comes"))
            #expect(await ada.post("/calendar/sessions/\(id)/cancellation", [:]).status == 303)
            #expect(await ada.get("/calendar/sessions/\(id)/move").status == 303)
            #expect(try await stage.unlikeSeats() == [])
        }
    }

    @Test("the API reads, moves and cancels a session; of another host’s it knows nothing", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let id = try (ana.json["session"]?.string).wanted("session")
            let path = "/api/v1/sessions/\(id)"
            let (ada, bob, eve) = (
                try Visitor(stage, who: "ada"), try Visitor(stage, who: "bob"), try Visitor(stage, who: "eve"))
            let told = await ada.call("GET", path)
            #expect(told.json["seatsLeft"]?.int == 3 && told.json["bookings"]?.array?.count == 1)
            #expect(!told.text.contains("\"token\""))
            for (method, target, body): (String, String, JSON?) in [
                ("GET", path, nil), ("POST", "\(path)/cancellation", [:]),
                ("POST", "\(path)/reschedule", ["start": "2030-01-08T10:00:00Z"]),
            ] {
                #expect(await bob.call(method, target, body).status == 404, "\(target)")
                #expect(await ada.call(method, target.replacing(id, with: "ssn_nothing"), body).status == 404)
                #expect(await eve.call(method, target, body).status == (method == "GET" ? 404 : 403), "\(target)")
            }
            let wrong = await ada.call("POST", "\(path)/reschedule", ["start": "soon", "reason": "a\u{7}b"])
            #expect(wrong.status == 422 && wrong.problemFields.contains("start"))
            let long = await ada.call("POST", "\(path)/cancellation", [
                "reason": .string(String(repeating: "x", count: 1_001)),
            ])
            #expect(long.status == 422 && long.problemFields == ["reason"])
            let moved = await ada.call("POST", "\(path)/reschedule", ["start": "2030-01-08T10:00:00+01:00"])
            #expect(moved.status == 200 && moved.json["start"]?.string == "2030-01-08T09:00:00Z")
            let cancelled = await ada.call("POST", "\(path)/cancellation", ["reason": "Ill."])
            #expect(cancelled.status == 200 && cancelled.json["open"] == .bool(false))
            #expect(await ada.call("POST", "\(path)/cancellation").json["code"]?.string == "conflict")
        }
    }
}
