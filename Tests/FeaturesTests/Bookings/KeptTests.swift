/// What was typed comes along to the times and back, sealed; and into the next booking after a cancellation.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct KeptTests {
    /// The form of a time that is held, with everything typed.
    private func form(_ visitor: Visitor, _ start: Instant) async throws -> [String: String] {
        let month = await visitor.get("/book/intro")
        let held = await visitor.post("/book/intro/holds", [
            "start": String(start.seconds), "form": month.field("form") ?? "", "timezone": "Europe/Lisbon",
            "utm_source": "spring",
        ])
        let page = await visitor.get(held.location)
        return [
            "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "Europe/Lisbon",
            "attendee.name": "Yuko <i>", "attendee.email": "yuko@kpuh.example", "guests": "mo@x.example\nhalf",
            "utm_source": "spring",
        ]
    }

    @Test("“Back to times” frees the held time, shows its day, and brings what was typed without showing it",
          arguments: Engine.all)
    func back(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let form = try await form(visitor, stage.at(10, day: 1))
            #expect(!(try await stage.free(day: 1).contains(stage.at(10, day: 1))))

            let back = await visitor.post("/book/intro/times", form)
            #expect(back.status == 303 && back.location.contains("day=2030-01-08"))
            #expect(try await stage.free(day: 1).contains(stage.at(10, day: 1)))
            for typed in ["yuko", "Yuko", "kpuh", "mo@", "x.example"] { #expect(!back.location.contains(typed)) }
            #expect(back.location.contains("utm_source=spring") && back.location.contains("Lisbon"))

            // Through another day to another time: the form is as it was left.
            let month = await visitor.get(back.location)
            let kept = try month.field("kept").wanted("kept")
            let held = await visitor.post("/book/intro/holds", [
                "start": String(stage.at(11, day: 2).seconds), "form": month.field("form") ?? "", "kept": kept,
            ])
            let page = await visitor.get(held.location)
            #expect(page.field("attendee.name") == "Yuko <i>" && page.field("attendee.email") == "yuko@kpuh.example")
            #expect(page.text.contains("mo@x.example\nhalf</textarea>") && !page.text.contains("aria-invalid"))
            // From here on the form has it, so that what is deleted stays so.
            #expect(page.field("kept") == nil)
            #expect(await visitor.post("/book/intro/times", ["form": "x"]).location == "/book/intro")
        }
    }

    @Test("what was changed, is of another link, or is older than an hour opens nothing", arguments: Engine.all)
    func bad(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.makeLink("other")
            let kept = Kept(stage.link, stage.installation)
            let text = try kept.pairs([("attendee.name", "Yuko"), ("guests", String(repeating: "x", count: 1_800))])
                .first.wanted("pair").1
            // What has no room stays behind; the rest comes along.
            #expect(kept.values(text) == ["attendee.name": "Yuko"])
            #expect(Kept(other, stage.installation).values(text).isEmpty)
            for bad in ["", "x", "====", String(text.dropLast(2)), text + "A", String(repeating: "A", count: 3_000)] {
                #expect(kept.values(bad).isEmpty, "\(bad.prefix(20))")
            }
            #expect(kept.values(nil).isEmpty && kept.pairs([]).isEmpty)
            let visitor = try Visitor(stage)
            #expect(await visitor.get("/book/intro?kept=%3Cb%3E&day=2030-01-08").status == 200)
            stage.clock.move(minutes: Kept.minutes)
            #expect(Kept(stage.link, stage.installation).values(text).isEmpty)
        }
    }

    @Test("the most that fits is not cut on its way through an address", arguments: Engine.all)
    func most(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let kept = Kept(stage.link, stage.installation)
            let pairs = kept.pairs([("guests", String(repeating: "x", count: Kept.most - 14))])
            let carried = Carried(FormData(pairs), link: stage.link)
            #expect(kept.values(carried[Kept.name])["guests"]?.count == Kept.most - 14)
        }
    }

    @Test("after a cancellation “Book another time” knows who they are, and only the token leads there",
          arguments: Engine.all)
    func again(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let booked = try await stage.book(stage.at(10)) { wish in
                wish.guests = ["mo@x.example", "al@x.example"]
                wish.answers = [Answered(question: stage.question, label: "Topic", value: "Sensors")]
            }
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.scope)
            let page = await visitor.get("/booking/\(booked.token)")
            #expect(page.text.contains("href=\"/booking/\(booked.token)/again\""))
            let again = await visitor.get("/booking/\(booked.token)/again")
            #expect(again.status == 303 && again.location.hasPrefix("/book/intro?kept="))
            #expect(!again.location.contains("yuko") && !again.location.contains("mo@"))
            let month = await visitor.get(again.location)
            let held = await visitor.post("/book/intro/holds", [
                "start": String(stage.at(11).seconds), "form": month.field("form") ?? "",
                "kept": month.field("kept") ?? "",
            ])
            let form = await visitor.get(held.location)
            #expect(form.field("attendee.email") == "yuko@kpuh.example" && form.text.contains("Sensors"))
            #expect(form.text.contains("mo@x.example\nal@x.example</textarea>"))
            #expect(await visitor.get("/booking/nonsense/again").status == 404)
        }
    }
}
