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
                let page = await visitor.hold(stage.at(hour))
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
            // The suggestion goes into the field; nothing is booked before somebody has seen it there.
            let filled = await visitor.post("/book/intro/bookings", second)
            #expect(filled.status == 200 && filled.field("attendee.email") == "sam@gmail.com")
            #expect(filled.text.contains("Kept") && filled.text.contains("Look at it once more"))
            #expect(filled.buttons("meant").isEmpty)
            #expect(try await stage.rows()["booking"] == 1)
            second["meant"] = nil
            second["attendee.email"] = filled.field("attendee.email")
            let fixed = await visitor.post("/book/intro/bookings", second)
            #expect(fixed.status == 303)
            let page = await visitor.get(fixed.location)
            #expect(page.text.contains("sam@gmail.com") && page.text.contains("Kept"))
        }
    }

    @Test("guests are asked about too, all at once, and what was put right is shown first", arguments: Engine.all)
    func guests(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.hold(stage.at(10))
            var form = [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                "attendee.name": "Sam", "attendee.email": "sam@x.example",
                "guests": "mo@gmial.com\nal@x.example, bo@acme.con",
            ]
            let asked = await visitor.post("/book/intro/bookings", form)
            #expect(asked.status == 422 && asked.text.contains("mo@gmail.com, bo@acme.com"))
            #expect(asked.buttons("meant.guests") == ["1"] && asked.text.contains("<details class=\"more\" open>"))
            // Sent as it is once more, it is meant; with the button it is put right and shown.
            var sure = form
            sure["sure.guests"] = asked.field("sure.guests")
            form["meant.guests"] = "1"
            let filled = await visitor.post("/book/intro/bookings", form)
            #expect(filled.status == 200)
            #expect(filled.text.contains("mo@gmail.com\nal@x.example, bo@acme.com</textarea>"))
            #expect(try await stage.rows()["booking"] == 0)
            let booked = await visitor.post("/book/intro/bookings", sure)
            #expect(booked.status == 303)
            #expect(await visitor.get(booked.location).text.contains("mo@gmial.com"))
        }
    }

    @Test("a corrected address is asked about before it is sent to", arguments: Engine.all)
    func corrected(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let path = "/booking/\(booked.token)/address"
            let asked = await visitor.post(path, ["email": "toki@gmial.com", "clock": "12"])
            #expect(asked.status == 422 && asked.buttons("meant") == ["toki@gmail.com"])
            #expect(asked.text.contains("<details class=\"more\" open>") && asked.field("email") == "toki@gmial.com")
            let filled = await visitor.post(path, ["email": "toki@gmial.com", "meant": "toki@gmail.com"])
            #expect(filled.status == 200 && filled.field("email") == "toki@gmail.com")
            #expect(try await stage.find(booked.id).attendee.email == "yuko@kpuh.example")
            let sent = await visitor.post(path, ["email": "toki@gmial.com", "sure": asked.field("sure") ?? ""])
            #expect(sent.status == 303)
            #expect(try await stage.find(booked.id).attendee.email == "toki@gmial.com")

            // The old link tells where its successor went, and its button too.
            let ended = await visitor.get("/booking/\(booked.token)")
            #expect(ended.status == 410)
            #expect(ended.text.contains("The mail to the corrected address has the current link."))
            #expect(ended.text.contains("Mail it to the corrected address") && !ended.text.contains("gmial"))
            let mailed = await visitor.post("/booking/\(booked.token)/current-link", [:])
            #expect(mailed.text.contains("on its way to the corrected address"))
        }
    }
}
