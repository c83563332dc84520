/// Kept offers by their addresses: the form, the page of one, the deep link, the calendar, and the API.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Kept offers on pages and in the API")
struct KeptOfferRoutesTests {
    private func keep(
        _ ada: Visitor, _ stage: Stage, _ starts: [Instant], _ more: [String: String] = [:]
    ) async -> Answer {
        let path = "/settings/booking-links/\(stage.link.id)"
        let page = await ada.get("\(path)/offer?" + starts.map { "starts=\($0.seconds)" }.joined(separator: "&"))
        let fields = ["csrf": "csrf-ada", "days": "3", "whom": "Anna", "form": page.field("form") ?? ""]
        let typed = fields.merging(more) { $1 }.map { ($0.key, $0.value) }
        return await ada.post("\(path)/offers", pairs: starts.map { ("starts", String($0.seconds)) } + typed)
    }

    private func addresses(_ page: Answer) -> [String] {
        page.text.replacing("&amp;", with: "&").split(whereSeparator: \.isWhitespace).map(String.init)
            .filter { $0.hasPrefix("http://meet.example/book/intro?start=") }
            .map { String($0.dropFirst("http://meet.example".count).prefix { $0 != "\"" && $0 != "<" }) }
    }

    @Test("kept from the form, booked through the address, and shown where the host looks", arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let starts = [stage.at(10, day: 1), stage.at(11, day: 2)]
            let made = await keep(ada, stage, starts)
            #expect(made.status == 303 && made.location.contains("/offers/off_"), "\(made.text)")
            let page = await ada.get(made.location)
            #expect(page.text.contains("Times kept for <bdi>Anna</bdi>") || page.text.contains("Times kept for Anna"))
            #expect(page.text.contains("They are kept for you until"))
            let found = addresses(page)
            #expect(Set(found).count == 2 && found.allSatisfy { $0.contains("&offer=") }, "\(found)")
            #expect(await ada.get("/calendar/bookings").text.contains("Times kept for somebody"))
            #expect(await ada.get("/calendar/bookings?view=week&date=2030-01-08").text.contains("Kept for Anna"))
            let picker = await ada.get("/settings/booking-links/\(stage.link.id)/offer")
            #expect(picker.text.contains("Times kept for somebody"))

            let stranger = ada.asked(by: nil)
            let bare = await stranger.get("/book/intro?start=\(starts[0].rfc3339())&timezone=Europe/Berlin")
            #expect(bare.status == 200 && bare.text.contains("That time is not free any more."))
            let wrong = await stranger.get(
                "/book/intro?start=\(starts[0].rfc3339())&offer=\(String(repeating: "A", count: 43))")
            #expect(wrong.text.contains("That time is not free any more."))
            let rows = try await stage.rows()
            let straight = await stranger.get(found[0])
            #expect(straight.status == 303 && straight.location.hasPrefix("/book/intro/details?"))
            let details = await stranger.get(straight.location)
            #expect(details.status == 200 && details.text.contains("Held for you until"))
            #expect(!details.text.contains("Hold it longer"))
            #expect(try await stage.rows() == rows, "nothing changes by looking")
            let other = await stranger.get(await stranger.get(found[1]).location)

            let booked = await stranger.book(details, starts[0])
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"), "\(booked.text)")
            // Who looked at the other time is told kindly; so is whoever opens an address now.
            let late = await stranger.book(other, starts[1], email: "late@x.example")
            #expect(late.status == 409 && late.text.contains("Somebody has picked one of these times already"))
            let again = await stranger.get(found[1])
            #expect(again.status == 200 && again.text.contains("Somebody has picked one of these times already"))
            let over = await ada.get(made.location)
            #expect(over.text.contains("One of them is booked.") && !over.text.contains("Let these times go"))
        }
    }

    @Test("let go from its page; bad input keeps what was typed; others do not find it", arguments: Engine.all)
    func letGo(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let long = String(repeating: "x", count: 101)
            for (name, value) in [("days", "0"), ("days", "15"), ("days", ""), ("whom", long)] {
                let page = await keep(ada, stage, [stage.at(10)], [name: value])
                #expect(page.status == 422 && page.text.contains("10:00"), "\(name)")
            }
            #expect(await keep(ada, stage, []).status == 422)
            let made = await keep(ada, stage, [stage.at(10)])
            #expect(await keep(ada, stage, [stage.at(10)]).status == 409)
            for who in ["bob", "eve"] {
                #expect([403, 404].contains(await ada.asked(by: who).get(made.location).status), "\(who)")
            }
            let gone = await ada.post("\(made.location)/release", ["csrf": "csrf-ada"])
            #expect(gone.status == 303)
            #expect(await ada.get(made.location).text.contains("You let them go"))
            #expect(try await stage.free().contains(stage.at(10)))
        }
    }

    @Test("the API keeps, tells the addresses once, lists, and lets go", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)/offers"
            func body(_ start: Instant, until: Instant? = nil) -> JSON {
                [
                    "starts": [.string(start.rfc3339())], "timezone": "Europe/Berlin", "whom": "Anna",
                    "until": .string((until ?? stage.at(8, day: 2)).rfc3339()),
                ]
            }
            let made = await ada.call("POST", path, body(stage.at(10)))
            #expect(made.status == 201 && made.json["state"]?.string == "open", "\(made.text)")
            let time = try (made.json["times"]?.array?.first).wanted("time")
            #expect(time["url"]?.string?.contains("offer=") == true && time["holdToken"]?.string?.isEmpty == false)
            #expect(made.json["text"]?.string?.contains("kept for you") == true)
            let id = try (made.json["id"]?.string).wanted("id")
            let read = await ada.call("GET", "\(path)/\(id)")
            #expect(read.status == 200 && read.json["times"]?.array?.first?["url"] == nil && read.json["text"] == nil)
            #expect(await ada.call("GET", path).json["data"]?.array?.count == 1)
            // Whoever has the token sees the time as free.
            let token = time["holdToken"]?.string ?? ""
            let slots = "/api/v1/public/links/intro/slots?from=2030-01-07&to=2030-01-07&timezone=Europe/Berlin"
            let mark = "\"start\":\"2030-01-07T10:00:00+01:00\""
            #expect(!(await ada.call("GET", slots).text.contains(mark)))
            #expect(await ada.call("GET", "\(slots)&holdToken=\(token)").text.contains(mark))
            #expect(await ada.call("POST", path, body(stage.at(10))).status == 409)
            for until in [stage.at(8, 10), stage.at(9, day: 14), stage.at(7)] {
                #expect(await ada.call("POST", path, body(stage.at(12), until: until)).status == 422)
            }
            #expect(await ada.call("POST", path, ["until": "x", "starts": ["x"], "timezone": "x"]).status == 422)
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("GET", "\(path)/\(id)").json["state"]?.string == "released")
            #expect(await ada.asked(by: "bob").call("GET", "\(path)/\(id)").status == 404)
        }
    }
}

extension Visitor {
    fileprivate func book(_ details: Answer, _ start: Instant, email: String = "yuko@kpuh.example") async -> Answer {
        await post("/book/intro/bookings", [
            "form": details.field("form") ?? "", "start": String(start.seconds), "timezone": "Europe/Berlin",
            "attendee.name": "Yuko", "attendee.email": email,
        ])
    }
}
