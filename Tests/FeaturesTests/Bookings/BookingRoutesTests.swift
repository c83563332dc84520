/// The pages strangers book on: from the month to the booking, with mistakes, double presses and the back button.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct BookingRoutesTests {
    /// Presses a time on the month page; answers the address of the form for details.
    private func pick(_ visitor: Visitor, _ start: Instant, slug: String = "intro",
        zone: String? = nil) async throws -> Answer {
        let month = await visitor.get("/book/\(slug)")
        var form = ["start": String(start.seconds), "form": try month.field("form").wanted("form")]
        form["timezone"] = zone
        return await visitor.post("/book/\(slug)/holds", form)
    }

    private func details(_ visitor: Visitor, _ page: Answer,
        _ change: [String: String] = [:]) throws -> [String: String] {
        [
            "form": try page.field("form").wanted("form"), "start": try page.field("start").wanted("start"),
            "timezone": page.field("timezone") ?? "", "clock": page.field("clock") ?? "",
            "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
        ].merging(change) { $1 }
    }

    @Test("month, hold, details, booking: each step leads to the next by 303", arguments: Engine.all)
    func flow(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let month = await visitor.get("/book/intro")
            #expect(month.status == 200 && month.buttons("start").first == String(stage.at(9).seconds))
            #expect(month.buttons("start").count == 16)

            let held = try await pick(visitor, stage.at(10), zone: "Asia/Tokyo")
            #expect(held.status == 303 && held.location.hasPrefix("/book/intro/details?"))
            let form = await visitor.get(held.location)
            #expect(form.status == 200 && form.field("timezone") == "Asia/Tokyo")
            #expect(form.text.contains("18:00") && form.text.contains("Held for you until"))

            let booked = await visitor.post(
                "/book/intro/bookings", try details(visitor, form, ["answers.\(stage.question)": "Sensors"]))
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
            let page = await visitor.get(booked.location)
            #expect(page.status == 200 && page.text.contains("Confirmed") && page.text.contains("Ada Lindqvist"))
            #expect(page.text.contains("18:00") && page.text.contains("10:00"))
            #expect(try await stage.ledger().map(\.starts) == [stage.at(10)])
            let scope = stage.scope
            let booking = try await stage.database.read(scope) { tx in
                try BookingListStore.list(BookingFilter(), scope: scope, in: tx)
            }.first.wanted("booking")
            #expect(booking.attendee.zone == "Asia/Tokyo" && booking.answers.map(\.value) == ["Sensors"])
        }
    }

    @Test("a second press of the same form leads to the same booking", arguments: Engine.all)
    func doublePress(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.get(try await pick(visitor, stage.at(10)).location)
            let form = try details(visitor, page)
            async let one = visitor.post("/book/intro/bookings", form)
            async let two = visitor.post("/book/intro/bookings", form)
            let (first, second) = await (one, two)
            #expect(first.status == 303 && second.status == 303 && first.location == second.location)
            #expect(try await stage.rows()["booking"] == 1)

            // Back from the confirmation, the form's address shows what it led to.
            let back = await visitor.get("/book/intro/details?start=\(stage.at(10).seconds)&form=\(form["form"] ?? "")")
            #expect(back.status == 303 && back.location == first.location)
        }
    }

    @Test("mistakes come back beside their fields with every word that was typed, and nothing is stored",
          arguments: Engine.all)
    func mistakes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.get(try await pick(visitor, stage.at(10)).location)
            let rows = try await stage.rows()
            let name = String(repeating: "n", count: 201)
            let answer = await visitor.post("/book/intro/bookings", try details(visitor, page, [
                "attendee.name": name, "attendee.email": "yuko@", "answers.\(stage.question)": "Kept <b> & \"kept\"",
            ]))
            #expect(answer.status == 422 && answer.field("attendee.name") == name
                && answer.field("attendee.email") == "yuko@")
            #expect(answer.text.contains("Kept &lt;b&gt; &amp;"))
            #expect(answer.text.contains("201 characters") && answer.text.contains("aria-invalid=\"true\""))
            #expect(answer.field("form") == page.field("form") && answer.field("start") == page.field("start"))
            #expect(try await stage.rows() == rows)
            // Corrected, it books: the key was not used up.
            let form = try details(visitor, answer)
            #expect(await visitor.post("/book/intro/bookings", form).status == 303)
        }
    }

    @Test("a time taken meanwhile says so, offers three others as buttons, and one press on one books it",
          arguments: Engine.all)
    func takenMeanwhile(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.get(try await pick(visitor, stage.at(10)).location)
            stage.clock.move(minutes: Hold.minutes)
            try await stage.book(stage.at(10))
            let gone = await visitor.post("/book/intro/bookings", try details(visitor, page,
                ["attendee.name": "Yuko H."]))
            #expect(gone.status == 409 && gone.field("attendee.name") == "Yuko H.")
            let offers = gone.buttons("start")
            #expect(offers.count == 3 && gone.text.contains("role=\"alert\""))
            let offer = try offers.first.wanted("offer")
            // Of two fields with one name the first counts: the pressed button stands before the hidden old time.
            let button = try gone.text.range(of: "name=\"start\" value=\"\(offer)\"").wanted("button")
            let hidden = try gone.text.range(of: "type=\"hidden\" name=\"start\"").wanted("hidden field")
            #expect(button.lowerBound < hidden.lowerBound)
            let booked = await visitor.post("/book/intro/bookings", try details(visitor, gone, ["start": offer]))
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"))
        }
    }

    @Test("a press on a time that somebody took shows the month again, at the nearest free day", arguments: Engine.all)
    func lostRace(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let month = await visitor.get("/book/intro")
            try await stage.book(stage.at(10))
            let answer = await visitor.post(
                "/book/intro/holds", ["start": String(stage.at(10).seconds), "form": month.field("form") ?? ""])
            #expect(answer.status == 409 && answer.text.contains("</time> has just been taken."))
            #expect(!answer.buttons("start").contains(String(stage.at(10).seconds)))
            #expect(answer.field("form") == month.field("form"))
            let nothing = await visitor.post("/book/intro/holds", ["form": month.field("form") ?? ""])
            #expect(nothing.status == 422 && nothing.text.contains("Pick one of the times"))
            let odd = await visitor.post("/book/intro/holds", ["start": "9223372036854775807"])
            #expect(odd.status == 422)
            #expect(try await stage.rows()["hold"] == 0)
        }
    }

    @Test("pressing another time replaces the hold; a forged form is a new visitor", arguments: Engine.all)
    func holds(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let form = await visitor.get("/book/intro").field("form") ?? ""
            for start in [stage.at(10), stage.at(11)] {
                #expect(await visitor.post("/book/intro/holds", ["start": String(start.seconds),
                    "form": form]).status == 303)
            }
            #expect(try await stage.ledger().map(\.starts) == [stage.at(11)])
            let forged = String(form.dropLast()) + (form.hasSuffix("0") ? "1" : "0")
            #expect(await visitor.post(
                "/book/intro/holds", ["start": String(stage.at(12).seconds), "form": forged]).status == 303)
            #expect(try await stage.rows()["hold"] == 2)
            let details = await visitor.get("/book/intro/details?start=\(stage.at(12).seconds)&form=\(forged)")
            #expect(details.status == 303 && details.location == "/book/intro")
            let post = await visitor.post("/book/intro/bookings", ["form": forged])
            #expect(post.status == 303 && post.location == "/book/intro")
        }
    }

    @Test("slugs that are not there, malformed or switched off are calm 404 pages", arguments: Engine.all)
    func notFound(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("off") { $0.active = false }
            for slug in ["nobody", "off", "A", "a--b", "%00", "intro%2f", "x'%20OR%20'1'='1"] {
                #expect(await visitor.get("/book/\(slug)").status == 404, "\(slug)")
            }
            #expect(await visitor.get("/book/off").text.contains("switched off"))
            #expect(await visitor.post("/book/off/holds", ["start": "1"]).status == 404)
        }
    }

    @Test("no GET and no HEAD of the booking pages changes a row", arguments: Engine.all)
    func safe(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let held = try await pick(visitor, stage.at(10))
            let rows = try await stage.rows()
            for target in [
                "/book/intro", "/book/intro?month=2030-02&zone=pick&clock=12", "/book/intro?day=2030-01-08",
                held.location,
            ] {
                #expect(await visitor.get(target).status == 200, "\(target)")
                let head = await visitor.head(target)
                #expect(head.status == 200 && head.body.isEmpty, "\(target)")
            }
            #expect(try await stage.rows() == rows)
        }
    }

    @Test("the booking page with its style sheet stays below 50 KB")
    func weight() async throws {
        try await Stage.on(.sqlite) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.get("/book/intro")
            let sheets = page.text.components(separatedBy: "href=\"").dropFirst()
                .map { String($0.prefix { $0 != "\"" }) }.filter { $0.contains(".css") }
            #expect(!sheets.isEmpty)
            var bytes = page.body.count
            for sheet in sheets {
                let answer = await visitor.get(sheet)
                #expect(answer.status == 200)
                bytes += answer.body.count
            }
            #expect(bytes < 50_000, "\(bytes) bytes")
        }
    }
}
