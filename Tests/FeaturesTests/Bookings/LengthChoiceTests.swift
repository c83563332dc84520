/// A link with several lengths: chosen on the page and in the API, held, booked and kept by a move.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LengthChoiceTests {
    private func on(_ engine: Engine, _ body: (Stage, Link) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            try await body(stage, try await stage.makeLink("talk") { $0.rhythm.otherLengths = [60, 90] })
        }
    }

    private func minutes(_ stage: Stage, _ id: ID<Booking>) async throws -> Int {
        let state = try await stage.find(id).state
        return Int((state.ends - state.starts) / 60)
    }

    @Test("the page offers the lengths as links that keep zone and clock, and the chosen one goes to the booking",
          arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await on(engine) { stage, _ in
            let stranger = try Visitor(stage)
            let month = await stranger.get("/book/talk?timezone=Europe/Lisbon&clock=12&utm_source=mail")
            #expect(month.text.contains("aria-label=\"Length\"") && month.text.contains("duration=60"))
            let hrefs = month.text.components(separatedBy: "href=\"").filter { $0.contains("duration=60") }
            #expect(hrefs.count == 1 && hrefs[0].contains("timezone=Europe%2FLisbon") && hrefs[0].contains("clock=12")
                && hrefs[0].contains("utm_source=mail"))
            let hour = await stranger.get("/book/talk?duration=60&timezone=Europe/Berlin")
            #expect(hour.buttons("start").count == 8 && hour.field("duration") == "60")

            let details = await stranger.hold(stage.at(9), on: "talk", ["duration": "60", "timezone": "Europe/Berlin"])
            #expect(details.text.contains("09:00") && details.text.contains("10:00"))
            #expect(details.field("duration") == "60")
            #expect(try await stage.free().first == stage.at(10))
            let booked = await stranger.post("/book/talk/bookings", [
                "form": details.field("form") ?? "", "start": String(stage.at(9).seconds), "duration": "60",
                "timezone": "Europe/Berlin", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
            ])
            #expect(booked.status == 303)
            #expect(try await stage.ledger().map(\.ends) == [stage.at(10)])
        }
    }

    @Test("a length that is not offered is the usual one in an address, and refused in the API", arguments: Engine.all)
    func others(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let stranger = try Visitor(stage)
            for odd in ["45", "x", "-30", "99999999999999999999"] {
                let page = await stranger.get("/book/talk?duration=\(odd)&timezone=Europe/Berlin")
                #expect(page.status == 200 && page.buttons("start").count == 16, "\(odd)")
                #expect(page.field("duration") == nil, "\(odd)")
            }
            let path = "/api/v1/public/links/talk"
            let slots = await stranger.call("GET", "\(path)/slots?from=2030-01-07&to=2030-01-07&duration=90")
            #expect(slots.json["slots"]?["2030-01-07"]?.array?.count == 5)
            #expect(await stranger.call("GET", path).json["durations"] == [30, 60, 90])
            let body: [(String, JSON)] = [
                ("start", .string(stage.at(9).rfc3339())), ("timezone", "Europe/Berlin"),
                ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
            ]
            for answer in [
                await stranger.call("GET", "\(path)/slots?from=2030-01-07&to=2030-01-07&duration=45"),
                await stranger.call("POST", "\(path)/holds", ["start": body[0].1, "duration": 45]),
                await stranger.call("POST", "\(path)/bookings", .object(body + [("duration", 45)])),
            ] {
                #expect(answer.status == 422 && answer.problemFields == ["duration"])
                #expect(answer.text.contains("This link offers 30\u{a0}min, 60\u{a0}min or 90\u{a0}min."))
            }
            let made = try Booked(try await BookSlot(stage.installation)(
                stage.request(stage.at(9)) { $0.duration = 90 }, link: link.id, scope: stage.scope))
            #expect(try await minutes(stage, made.id) == 90)
        }
    }

    @Test("a booking without a length has that of its hold, else the usual one", arguments: Engine.all)
    func hold(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let held = try await HoldSlot(stage.installation)(
                start: stage.at(9), duration: 60, visitor: "v", link: link.id, scope: stage.scope)
            let hour = try await stage.book(stage.at(9), on: link) { $0.holdToken = held.token }
            #expect(try await minutes(stage, hour.id) == 60)
            let usual = try await stage.book(stage.at(10), on: link)
            #expect(try await minutes(stage, usual.id) == 30)
            await #expect(throws: Invalid.self) { try await stage.book(stage.at(14), on: link) { $0.duration = 45 } }
        }
    }

    @Test("a move keeps the length, and lists the times for it", arguments: Engine.all)
    func move(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let booked = try await stage.book(stage.at(9), on: link) { $0.duration = 90 }
            let stranger = try Visitor(stage)
            let page = await stranger.get("/book/reschedule/\(booked.token)?day=2030-01-08")
            #expect(page.buttons("start").count == 5 && !page.text.contains("aria-label=\"Length\""))
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(10, 30), scope: stage.scope)
            #expect(try await minutes(stage, booked.id) == 90)
            let refused = try await refusal {
                try await MoveBooking(stage.installation)(booked.id, to: stage.at(10), scope: stage.scope)
            }
            #expect(refused?.fields.map(\.code) == ["not_on_grid"])
        }
    }

    @Test("a host who books for somebody chooses the length, too", arguments: Engine.all)
    func forSomebody(on engine: Engine) async throws {
        try await on(engine) { stage, link in
            let ada = try Visitor(stage, who: "ada")
            let address = "/calendar/bookings/new?link=\(link.id)"
            #expect(await ada.get(address).text.contains("duration=90"))
            let times = await ada.get("\(address)&duration=90")
            #expect(times.buttons("start").count == 5)
            let pressed = await ada.post("/calendar/bookings/new", [
                "link": link.id.text, "start": String(stage.at(9).seconds), "duration": "90",
                "form": times.field("form") ?? "",
            ])
            let details = await ada.get(pressed.location)
            #expect(details.field("duration") == "90")
            let booked = await ada.post("/calendar/bookings", [
                "link": link.id.text, "start": String(stage.at(9).seconds), "duration": "90",
                "form": details.field("form") ?? "", "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
                "timezone": "Asia/Tokyo",
            ])
            #expect(booked.status == 303)
            #expect(try await stage.ledger().map(\.ends) == [stage.at(10, 30)])
        }
    }
}
