/// Guests and places: what a booker may send, from the page and over the API, and what is stored of it.
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct GuestsAndPlaceTests {
    private let link: Link = {
        var link = Link.example
        link.rules.access.mostGuests = 2
        link.rules.locations = [
            Location(kind: .video, text: "https://video.example/1"), Location(kind: .phoneHostCalls, text: ""),
            Location(kind: .attendeeChoice, text: ""),
        ]
        return link
    }()

    private func guests(_ text: String) -> (addresses: [String], codes: [String]) {
        var fields = Fields(form: FormData([("guests", text)]))
        let found = BookingReading.guests(&fields, link: link, attendee: "Yuko@kpuh.example")
        return (found, fields.errors.map(\.code))
    }

    private func place(_ json: JSON, phone: String? = nil) -> (place: Location, fields: [String]) {
        var fields = Fields(json: json)
        let found = BookingReading.location(&fields, link: link, phone: phone)
        return (found, fields.errors.map(\.field))
    }

    @Test("guests stand on lines or between commas and semicolons; doubles, attendee and host are dropped quietly")
    func separators() {
        let found = guests("a@x.example, b@x.example;\r\nA@X.example  yuko@kpuh.example\n\(link.hosts[0].email)")
        #expect(found.addresses == ["a@x.example", "b@x.example"] && found.codes.isEmpty)
        #expect(guests(" ,; \n").addresses.isEmpty && guests(" ,; \n").codes.isEmpty)
    }

    @Test("a guest that is no address, one too many and far too much text are each refused")
    func badGuests() {
        #expect(guests("a@x.example, nonsense").codes == ["invalid"])
        var both = Fields(form: FormData([("guests", "one, a@x.example, two")]))
        _ = BookingReading.guests(&both, link: link, attendee: "y@x.example")
        #expect(both.errors.first?.message.contains("“one”, “two”") == true)
        #expect(guests("a@x.example\u{0}b").codes == ["invalid"])
        #expect(guests("a@x.example b@x.example c@x.example").codes == ["too_many"])
        #expect(guests(String(repeating: "a@x.example ", count: 5_000)).codes.first == "too_long")
        var fields = Fields(json: ["guests": "a@x.example"])
        _ = BookingReading.guests(&fields, link: link, attendee: "")
        var numbers = Fields(json: ["guests": [7]])
        _ = BookingReading.guests(&numbers, link: link, attendee: "")
        #expect(numbers.errors.map(\.field) == ["guests"] && fields.errors.map(\.field) == ["guests"])
    }

    @Test("a place is named by its number, its kind, or an object of them; without a word it is the first")
    func places() {
        #expect(place([:]).place == link.rules.locations[0] && place([:]).fields.isEmpty)
        #expect(place(["location": 1], phone: "+351912345678").place.kind == .phoneHostCalls)
        #expect(place(["location": "phone_host_calls"], phone: "+351912345678").place.kind == .phoneHostCalls)
        let chosen = place(["location": ["kind": "attendee_choice", "text": "Café Central"]])
        #expect(chosen.place == Location(kind: .attendeeChoice, text: "Café Central") && chosen.fields.isEmpty)
        #expect(place(["location": ["index": 2, "text": "Here"]]).place.text == "Here")
    }

    @Test("an unknown place, a choice without words and a call without a number are each refused beside their field")
    func badPlaces() {
        for odd: JSON in [9, -1, "moon", true, [], ["text": "x"], ["index": 9]] {
            #expect(place(["location": odd]).fields == ["location"], "\(odd)")
        }
        #expect(place(["location": 1]).fields == ["attendee.phone"])
        #expect(place(["location": 2]).fields == ["location.text"])
        let long = String(repeating: "x", count: 301)
        #expect(place(["location": ["index": 2, "text": .string(long)]]).fields.first == "location.text")
        #expect(place(["location": ["index": 2, "text": "a\u{7}b"]]).fields.first == "location.text")
    }

    @Test("over the API guests and place are stored, answered, and told to each guest", arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("places") { rules in
                rules.locations = [Location(kind: .custom, text: "Office"), Location(kind: .attendeeChoice, text: "")]
            }
            func body(_ more: [(String, JSON)]) -> JSON {
                .object([
                    ("start", .string(stage.at(10).rfc3339())), ("timezone", "Europe/Berlin"),
                    ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
                ] + more)
            }
            let calls = "/api/v1/public/links/places/bookings"
            let rows = try await stage.rows()
            #expect(await visitor.call("POST", calls, body([("guests", ["x"])])).problemFields == ["guests"])
            #expect(await visitor.call("POST", calls, body([("location", 4)])).problemFields == ["location"])
            #expect(try await stage.rows() == rows)

            let made = await visitor.call("POST", calls, body([
                ("guests", ["mo@x.example", "ada@nordhavn.example", "mo@X.example"]),
                ("location", ["kind": "attendee_choice", "text": "Café Central"]),
            ]))
            #expect(made.status == 201 && made.json["guests"]?.array?.compactMap(\.string) == ["mo@x.example"])
            #expect(made.json["location"]?["text"]?.string == "Café Central")
            let id = try made.json["id"]?.string.flatMap(ID<Booking>.init).wanted("id")
            let booking = try await stage.find(id.wanted("id"))
            #expect(booking.guests == ["mo@x.example"] && booking.location.text == "Café Central")
            #expect(try await stage.jobs(booking.id).count == 3)
        }
    }

    @Test("the page asks for place, number and guests, and every mistake keeps what was typed", arguments: Engine.all)
    func page(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("places") { rules in
                rules.locations = [
                    Location(kind: .video, text: "https://video.example/secret"),
                    Location(kind: .phoneHostCalls, text: ""),
                ]
                rules.access.mostGuests = 1
            }
            let month = await visitor.get("/book/places")
            #expect(month.text.contains("2 places to choose from"))
            let held = await visitor.post("/book/places/holds", [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "",
            ])
            let page = await visitor.get(held.location)
            #expect(page.text.contains("Video call") && !page.text.contains("secret"))
            #expect(page.text.contains("Phone, we call you") && page.text.contains("Bring guests"))
            var form = [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "Europe/Berlin",
                "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example", "location": "1",
                "guests": "mo@x.example, al@x.example",
            ]
            let wrong = await visitor.post("/book/places/bookings", form)
            #expect(wrong.status == 422 && wrong.text.contains("Bring one guest at most."))
            #expect(wrong.text.contains("Give the number to call you at."))
            #expect(wrong.text.contains("mo@x.example, al@x.example"))
            #expect(wrong.text.contains("value=\"1\" checked"))
            (form["guests"], form["attendee.phone"]) = ("mo@x.example", "+351 912 345 678")
            let booked = await visitor.post("/book/places/bookings", form)
            let shown = await visitor.get(booked.location)
            #expect(shown.text.contains("mo@x.example") && shown.text.contains("+351912345678"))
        }
    }
}
