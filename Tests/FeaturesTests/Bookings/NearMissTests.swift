/// Mistyped addresses: what is suggested, what is left alone, and that a hint never blocks.
import Fakes
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct NearMissTests {
    @Test("a letter too many, too few, changed or swapped is noticed in the common domains", arguments: [
        ("sam@gmial.com", "sam@gmail.com"), ("sam@gmai.com", "sam@gmail.com"), ("sam@gmaill.com", "sam@gmail.com"),
        ("Sam@GMAIK.com", "Sam@gmail.com"), ("sam@hotmial.com", "sam@hotmail.com"), ("a@yaho.com", "a@yahoo.com"),
        ("a@outlok.com", "a@outlook.com"), ("a@acme.con", "a@acme.com"), ("a@acme.ogr", "a@acme.org"),
        ("a@gmail.co", "a@gmail.com"),
    ])
    func noticed(_ typed: String, _ meant: String) {
        #expect(NearMiss.suggestion(for: typed) == meant)
    }

    @Test("right addresses, their real neighbours and everything unknown are left alone", arguments: [
        "a@gmail.com", "a@mail.com", "a@gmx.com", "a@ymail.com", "a@nordhavn.example", "a@acme.co", "a@x.de", "a",
        "a@", "a@live.co", "a@web.at",
    ])
    func leftAlone(_ typed: String) {
        #expect(NearMiss.suggestion(for: typed) == nil)
    }

    @Test("the first press asks, the second books what was typed, and one press books what was meant",
          arguments: Engine.all)
    func asks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            func form(at hour: Int) async -> [String: String] {
                let month = await visitor.get("/book/intro")
                let held = await visitor.post("/book/intro/holds", [
                    "start": String(stage.at(hour).seconds), "form": month.field("form") ?? "",
                ])
                let page = await visitor.get(held.location)
                return [
                    "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                    "attendee.name": "Sam", "attendee.email": "sam@gmial.com", "answers.\(stage.question)": "Kept",
                ]
            }
            var first = await form(at: 10)
            let asked = await visitor.post("/book/intro/bookings", first)
            #expect(asked.status == 422 && asked.text.contains("Did you mean") && asked.text.contains("Kept"))
            #expect(asked.buttons("meant") == ["sam@gmail.com"] && asked.field("attendee.email") == "sam@gmial.com")
            #expect(try await stage.rows()["booking"] == 0)
            first["sure"] = asked.field("sure")
            let sure = await visitor.post("/book/intro/bookings", first)
            #expect(sure.status == 303)
            #expect(await visitor.get(sure.location).text.contains("sam@gmial.com"))

            // Beside other mistakes it is said as well.
            let both = await visitor.post("/book/intro/bookings", first.merging(
                ["sure": "", "attendee.name": ""]) { $1 })
            #expect(both.text.contains("Did you mean") && both.text.contains("Name is missing"))

            var second = await form(at: 12)
            second["meant"] = "sam@gmail.com"
            let fixed = await visitor.post("/book/intro/bookings", second)
            #expect(fixed.status == 303)
            let page = await visitor.get(fixed.location)
            #expect(page.text.contains("sam@gmail.com") && page.text.contains("Kept"))
        }
    }
}
