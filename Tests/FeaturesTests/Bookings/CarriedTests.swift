/// Prefilled addresses: what is carried from the month to the booking, and what is dropped on the way.
import Fakes
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct CarriedTests {
    private func carried(_ pairs: [(String, String)]) -> Carried { Carried(Query(pairs), link: .example) }

    @Test("known names, answers to the link's questions and campaigns are kept; the first of two counts")
    func kept() {
        let question = Link.example.questions[0].id
        let found = carried([
            ("name", "Yuko"), ("name", "Eve"), ("email", "y@x.example"), ("a[\(question)]", "Sensors"),
            ("a[qst_other]", "x"), ("utm_source", "mail"), ("UTM_x", "x"), ("utm_", "x"), ("utm_a b", "x"),
            ("month", "2030-01"), ("form", "x"),
        ])
        #expect(found.pairs.map(\.0) == ["name", "email", "a[\(question)]", "utm_source"])
        #expect(found.values(for: .example)["attendee.name"] == "Yuko")
        #expect(found.values(for: .example)["answers.\(question)"] == "Sensors")
        #expect(found.utm == ["utm_source": "mail"])
    }

    @Test("values that are too long, empty or hold control characters are dropped, and all together are bounded")
    func bounded() {
        let long = String(repeating: "x", count: 501)
        #expect(carried([("name", long), ("email", ""), ("phone", "1\u{7}2")]).pairs.isEmpty)
        #expect(carried([("utm_source", String(repeating: "x", count: 256))]).pairs.isEmpty)
        let much = (0..<40).map { ("utm_\($0)", String(repeating: "x", count: 200)) }
        #expect(carried(much).pairs.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count } <= Carried.room)
    }

    @Test("what an address brings is escaped on every page, stands in the form and ends in the booking",
          arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let query = "name=%3Cb%3EYuko%3C%2Fb%3E&email=yuko%40kpuh.example&utm_source=spring&a[\(stage.question)]=Hi"
                + "&guests=mo%40x.example"
            let month = await visitor.get("/book/intro?\(query)")
            #expect(month.status == 200 && !month.text.contains("<b>Yuko"))
            #expect(month.field("utm_source") == "spring" && month.text.contains("utm_source=spring&amp;"))
            let held = await visitor.post("/book/intro/holds", [
                "start": String(stage.at(10).seconds), "form": month.field("form") ?? "", "utm_source": "spring",
                "name": month.field("name") ?? "", "email": month.field("email") ?? "", "guests": "mo@x.example",
                "a[\(stage.question)]": month.field("a[\(stage.question)]") ?? "",
            ])
            let page = await visitor.get(held.location)
            #expect(page.field("attendee.name") == "<b>Yuko</b>" && page.field("attendee.email") == "yuko@kpuh.example")
            #expect(page.text.contains(">\nHi</textarea>") && page.text.contains(">\nmo@x.example</textarea>"))
            let booked = await visitor.post("/book/intro/bookings", [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
                "utm_source": page.field("utm_source") ?? "",
            ])
            #expect(booked.status == 303)
            let scope = stage.scope
            let booking = try await stage.database.read(scope) { tx in
                try BookingListStore.list(BookingFilter(), scope: scope, in: tx)
            }.first.wanted("booking")
            #expect(booking.utm == ["utm_source": "spring"])
        }
    }

    @Test("?start= leads to the details while the time is free, holds nothing, and says when it is gone",
          arguments: Engine.all)
    func start(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let target = "/book/intro?start=\(stage.at(10).rfc3339())&name=Yuko"
            let straight = await visitor.get(target)
            #expect(straight.status == 303 && straight.location.hasPrefix("/book/intro/details?"))
            #expect(try await stage.rows()["hold"] == 0)
            let page = await visitor.get(straight.location)
            #expect(page.status == 200 && page.field("attendee.name") == "Yuko" && !page.text.contains("Held for you"))
            try await stage.book(stage.at(10))
            let gone = await visitor.get(target)
            #expect(gone.status == 200 && gone.text.contains("not free any more"))
            #expect(gone.text.contains("role=\"alert\""))
            #expect(await visitor.get("/book/intro?start=never").status == 200)
        }
    }
}
