/// The month in full: next free time, other pages, a locked clock, a language of its own, and keeping one's time.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingPageTests {
    @Test("on a later day that was chosen the page offers the way back to the first free time", arguments: Engine.all)
    func soonest(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            #expect(!(await visitor.get("/book/intro").text.contains("Earliest free:")))
            #expect(!(await visitor.get("/book/intro?day=2030-01-07").text.contains("Earliest free:")))
            for later in ["day=2030-01-09", "month=2030-02"] {
                let page = await visitor.get("/book/intro?\(later)").text
                #expect(page.contains("Earliest free: <a") && page.contains(">Monday 7 January, 09:00</a>"))
            }
        }
    }

    @Test("when nothing is free the host's other public pages are named, and no hidden, coded or dead one",
          arguments: Engine.all)
    func nothing(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("full", hours: Array(repeating: [], count: 7))
            _ = try await stage.makeLink("hid") { ($0.title, $0.access.hidden) = ("Hidden one", true) }
            _ = try await stage.makeLink("cod") { ($0.title, $0.access.code) = ("Coded one", "sesame") }
            _ = try await stage.makeLink("off") { ($0.title, $0.active) = ("Dead one", false) }
            _ = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Somebody's" }
            _ = try await stage.makeLink("gone") { ($0.title, $0.access.expiresAt) = ("Past one", monday) }
            let page = await visitor.get("/book/full")
            #expect(page.status == 200 && page.text.contains("Nothing free right now"))
            #expect(page.text.contains("href=\"/book/intro\""))
            for name in ["Hidden one", "Coded one", "Dead one", "Past one", "Somebody"] {
                #expect(!page.text.contains(name))
            }
        }
    }

    @Test("a zone is found by its city as people type it, and what is none stands in the field again",
          arguments: Engine.all)
    func zone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            for typed in ["lisbon", "New%20York", "new_york", "europe%20/%20lisbon", "Europe/Lisbon"] {
                let page = await visitor.get("/book/intro?timezone=\(typed)")
                #expect(page.text.contains("York,") || page.text.contains("Lisbon,"), "\(typed)")
            }
            let list = await visitor.get("/book/intro?zone=pick&name=Yuko")
            #expect(list.text.contains("<datalist id=\"zones\">") && list.text.contains("value=\"Asia/Tokyo\""))
            #expect(list.field("name") == "Yuko" && list.field("timezone") == "")
            for typed in ["Atlantis", "%3Cb%3E", String(repeating: "x", count: 200)] {
                let page = await visitor.get("/book/intro?timezone=\(typed)")
                #expect(page.status == 200 && page.text.contains("There is no time zone"), "\(typed)")
                #expect(!page.text.contains("<b>"))
            }
        }
    }

    @Test("choosing a zone keeps the day; what is none keeps the zone in use and names those that may be meant",
          arguments: Engine.all)
    func zoneKeepsAll(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let list = await visitor.get("/book/intro?day=2030-01-09&timezone=Europe/Lisbon&zone=pick")
            #expect(list.field("day") == "2030-01-09" && list.field("was") == "Europe/Lisbon")
            #expect(list.text.contains("action=\"/book/intro#f-timezone\""))
            let unknown = await visitor.get("/book/intro?day=2030-01-09&was=Europe%2FLisbon&timezone=Lo")
            #expect(unknown.text.contains("Wednesday 9 January") && unknown.text.contains("Now it is Europe/Lisbon"))
            #expect(unknown.text.contains("timezone=Europe%2FLondon#f-timezone\">London</a>"))
            #expect(unknown.field("timezone") == "Lo" && unknown.field("was") == "Europe/Lisbon")
            // Without choosing: back to the page as it was.
            #expect(unknown.text.contains("data-escape href=\"/book/intro?day=2030-01-09&amp;timezone=Europe%2FLisbon"))
            #expect(unknown.text.contains(">Keep Lisbon</a>"))
            // The chosen clock is where its own address leads, so that the focus stays on it.
            let clock = await visitor.get("/book/intro?clock=12")
            #expect(clock.text.contains("#clock\" id=\"clock\" aria-current=\"true\">12"))
            // An empty field changes nothing, and a “was” that is none is nothing.
            #expect(await visitor.get("/book/intro?was=Europe%2FLisbon&timezone=").text.contains("Lisbon, <time"))
            #expect(await visitor.get("/book/intro?was=%3Cb%3E&timezone=").text.contains("Times are in Berlin time."))
        }
    }

    @Test("cities are found by their beginning, by a part and in spite of a wrong letter, and none by nonsense")
    func near() async throws {
        try await Stage.on(.sqlite) { stage in
            let zones = stage.zones
            func near(_ typed: String) -> [String] { zones.near(typed, now: stage.world.now).map(\.name) }
            #expect(zones.meant(by: "São Paulo", now: stage.world.now)?.name == "America/Sao_Paulo")
            #expect(near("Lo").contains("Europe/London") && near("lisbom").contains("Europe/Lisbon"))
            #expect(near("a").isEmpty && near("Atlantis").isEmpty && near("").isEmpty)
            #expect(near(String(repeating: "x", count: 100)).isEmpty)
        }
    }

    @Test("a locked clock ignores the visitor's zone, from the month to the booking", arguments: Engine.all)
    func locked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("locked") { $0.look.locksZone = true }
            let month = await visitor.get("/book/locked?timezone=Asia%2FTokyo&zone=pick")
            #expect(month.text.contains("Times of Berlin") && !month.text.contains("Tokyo"))
            #expect(!month.text.contains("data-zone=") && !month.text.contains("<select"))
            let held = await visitor.hold(stage.at(10), on: "locked", ["timezone": "Asia/Tokyo"])
            #expect(held.field("timezone") == "Europe/Berlin")
        }
    }

    @Test("a link with a language speaks it whatever the browser asks for", arguments: Engine.all)
    func language(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            _ = try await stage.makeLink("lang") { $0.look.language = "en-XB" }
            #expect(await visitor.get("/book/lang").text.contains("lang=\"en-XB\" dir=\"rtl\""))
            #expect(await visitor.get("/book/intro").text.contains("lang=\"en\""))
        }
    }

    @Test("where only real languages are spoken, none can be fixed to another, and an old choice of one is English",
          arguments: Engine.all)
    func realLanguages(on engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let stage = try await Stage(database, languages: [.english])
            let ada = try Visitor(stage, who: "ada")
            let made = await ada.call("POST", "/api/v1/links", ["title": "Talk", "language": "en-XB"])
            #expect(made.status == 422 && made.problemFields == ["language"])
            let changed = await ada.call("PATCH", "/api/v1/links/\(stage.link.id)", ["language": "en-XB"])
            #expect(changed.status == 422 && changed.problemFields == ["language"])
            let form = await ada.post("/settings/booking-links", ["title": "Talk", "language": "en-XB"])
            #expect(form.status == 422 && form.text.contains("id=\"f-language-error\""))
            _ = try await stage.makeLink("lang") { $0.look.language = "en-XB" }
            let page = await ada.asked(by: nil).get("/book/lang").text
            #expect(page.contains("lang=\"en\"") && !page.contains("en-XB"))
        }
    }

    @Test("“Hold it longer” gives ten minutes more up to an hour, keeps what was typed, and wakes no dead hold",
          arguments: Engine.all)
    func keep(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let page = await visitor.hold(stage.at(10))
            let form = [
                "form": page.field("form") ?? "", "start": page.field("start") ?? "", "timezone": "UTC",
                "attendee.name": "Yuko <i>", "attendee.email": "half",
            ]
            for _ in 0..<7 {
                stage.clock.move(minutes: 9)
                let kept = await visitor.post("/book/intro/holds/extension", form)
                #expect(kept.status == 200 && kept.field("attendee.name") == "Yuko <i>")
                #expect(kept.field("attendee.email") == "half" && !kept.text.contains("aria-invalid"))
            }
            // 63 minutes after the press: nobody keeps a time for longer than an hour.
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.free().contains(stage.at(10)))
            #expect(await visitor.post("/book/intro/holds/extension", ["form": "x"]).status == 303)
        }
    }
}
