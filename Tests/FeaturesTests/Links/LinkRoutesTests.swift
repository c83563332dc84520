/// The pages on which hosts make and change links.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkRoutesTests {
    private func link(_ stage: Stage, _ slug: String) async throws -> Link {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try LinkStore.find(slug: slug, scope: scope, in: tx)
        }.wanted("link \(slug)")
    }

    @Test("a link made on the page can be booked at once", arguments: Engine.all)
    func creates(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let empty = await ada.get("/settings/booking-links/new")
            #expect(empty.status == 200 && empty.text.contains("<option value=\"video\" selected>"))
            #expect(empty.text.contains("No meeting link yet") && empty.text.contains("#hours\">Weekly hours"))
            let made = await ada.post("/settings/booking-links", linkForm())
            #expect(made.status == 303 && made.location.hasSuffix("?saved=new"))
            let page = await ada.get(made.location).text
            #expect(page.contains("<bdi dir=\"ltr\">http://meet.example/book/deep-talk</bdi>"))
            #expect(page.contains("target=\"_blank\" rel=\"noopener\"") && page.contains("(opens a new tab)"))
            #expect(await ada.asked(by: nil).get("/book/deep-talk").status == 200)
            #expect(await ada.get("/calendar/event-types").text.contains("2 links can be booked"))
            let rules = try await link(stage, "deep-talk").rules
            #expect(rules.duration == 45 && rules.step == nil && rules.active)
            #expect(await ada.get("/settings/booking-links").text.contains("2 links can be booked"))
        }
    }

    @Test("rows with numbers no form sends are as if they were not there", arguments: [
        "questions.-5.label", "questions.9223372036854775806.label", "locations.9223372036854775807.kind",
        "locations.-5.kind", "questions.+5.label", "questions.00.label",
    ])
    func hostileRows(name: String) async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            for path in ["/settings/booking-links", "/settings/booking-links/\(stage.link.id)"] {
                let answer = await ada.post(path, linkForm(["title": "", name: "x"]))
                #expect(answer.status == 422 && !answer.text.contains("\"\(name)\""), "\(path)")
            }
        }
    }

    @Test("mistakes come back beside their fields with every word that was typed", arguments: Engine.all)
    func mistakes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let typed = linkForm([
                "title": "", "slug": "intro", "durationMinutes": "4", "window.days": "many",
                "questions.0.label": "Kept?",
                "hoursFrom": "own", "mon_open": "on", "mon_1_from": "17:00", "mon_1_to": "09:00",
            ])
            let answer = await ada.post("/settings/booking-links", typed)
            #expect(answer.status == 422)
            for name in ["slug", "durationMinutes", "window.days", "questions.0.label", "mon_1_from", "mon_1_to"] {
                #expect(answer.field(name) == typed[name], "\(name)")
            }
            #expect(answer.text.contains("Title is missing") && answer.text.contains("The end is not after"))
            let taken = await ada.post("/settings/booking-links", linkForm(["slug": "intro"]))
            #expect(taken.status == 422 && taken.text.contains("intro-2, intro-3")
                && taken.field("title") == "Deep talk")
            let scope = stage.scope
            let links = try await stage.database.read(scope) { tx in try LinkStore.all(scope: scope, in: tx) }
            #expect(links.count == 1)
        }
    }

    @Test("saving leaves every rule as the form showed it", arguments: Engine.all)
    func keeps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let link = try await stage.makeLink("aligned") { ($0.align, $0.offset) = (15, 5) }
            let path = "/settings/booking-links/\(link.id)"
            let page = await ada.get(path)
            #expect(page.field("version") == "1" && page.field("title") == "Introduction")
            let saved = await ada.post(path, linkForm([
                "slug": "aligned", "version": "1",
                "alignMinutes": page.text.contains("value=\"15\" selected") ? "15" : "",
                "offsetMinutes": page.field("offsetMinutes") ?? "",
            ]))
            #expect(saved.status == 303 && saved.location.hasSuffix("?saved=yes"))
            let rules = try await self.link(stage, "aligned").rules
            #expect(rules.align == 15 && rules.offset == 5 && rules.title == "Deep talk")
        }
    }

    @Test("two people who save at once: the second is told, keeps the text, and loses nothing", arguments: Engine.all)
    func conflict(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)"
            #expect(await ada.post(path, linkForm(["title": "First", "slug": "intro", "version": "1"])).status == 303)
            let second = await ada.post(path, linkForm(["title": "Second", "slug": "intro", "version": "1"]))
            #expect(second.status == 409 && second.field("title") == "Second"
                && second.text.contains("Somebody else saved"))
            #expect(try await link(stage, "intro").rules.title == "First")
        }
    }

    @Test("questions are kept by their ids, and an emptied row drops one", arguments: Engine.all)
    func questions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)"
            let page = await ada.get(path)
            #expect(page.field("questions.0.id") == stage.question.text)
            let asked = ["questions.0.id": stage.question.text, "questions.0.label": "Changed?",
                "questions.0.required": "on"]
            _ = await ada.post(path, linkForm(asked.merging(["slug": "intro"]) { $1 }))
            let questions = try await link(stage, "intro").questions
            #expect(questions.map(\.id) == [stage.question] && questions[0].label == "Changed?"
                && questions[0].required)
            _ = await ada.post(path, linkForm(["slug": "intro", "questions.0.id": stage.question.text]))
            #expect(try await link(stage, "intro").questions.isEmpty)
        }
    }

    @Test("own hours are set and left again on the page", arguments: Engine.all)
    func hours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)"
            let own = ["slug": "intro", "hoursFrom": "own", "tue_open": "on", "tue_1_from": "10:00",
                "tue_1_to": "12:00"]
            #expect(await ada.post(path, linkForm(own)).status == 303)
            #expect(try await stage.free(try await link(stage, "intro"), day: 0).isEmpty)
            #expect(await ada.get(path).field("tue_1_from") == "10:00")
            #expect(await ada.post(path, linkForm(["slug": "intro"])).status == 303)
            #expect(try await !stage.free(try await link(stage, "intro"), day: 0).isEmpty)
        }
    }

    @Test("members see their own links, viewers make none, and a form of another page is refused",
          arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nobody = try Visitor(stage)
            let path = "/settings/booking-links/\(stage.link.id)"
            let bob = nobody.asked(by: "bob")
            #expect(await bob.get(path).status == 404)
            #expect(await bob.post(path, linkForm()).status == 404)
            #expect(await bob.get("/calendar/event-types").text.contains("No links yet"))
            let viewer = nobody.asked(by: "eve")
            #expect(await viewer.get("/settings/booking-links/new").status == 403)
            #expect(await viewer.post("/settings/booking-links", linkForm()).status == 403)
            #expect(await nobody.get("/calendar/event-types").location.hasPrefix("/sign-in"))
            for id in ["x", stage.workspace.text, stage.world.id(Link.self).text] {
                #expect(await nobody.asked(by: "ada").get("/settings/booking-links/\(id)").status == 404, "\(id)")
            }
        }
    }

    @Test("a taken address comes with three free ones to choose from; the chosen one is taken", arguments: Engine.all)
    func proposals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let taken = await ada.post("/settings/booking-links", linkForm(["slug": "intro"])).text
            for slug in ["intro-2", "intro-3", "intro-4"] {
                #expect(taken.contains("name=\"takeSlug\" value=\"\(slug)\""), "\(slug)")
            }
            let made = await ada.post("/settings/booking-links", linkForm(["slug": "intro", "takeSlug": "intro-3"]))
            #expect(made.status == 303)
            #expect(try await link(stage, "intro-3").rules.title == "Deep talk")
            let hostile = linkForm(["slug": "intro", "takeSlug": "../x"])
            #expect(await ada.post("/settings/booking-links", hostile).status == 422)
        }
    }

    @Test("a look at a day saves nothing, keeps every word, and follows the rules as typed", arguments: Engine.all)
    func preview(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)"
            #expect(await ada.get(path).text.contains("16 times of 30\u{a0}min"))
            let typed = linkForm([
                "title": "Kept", "slug": "elsewhere", "durationMinutes": "60", "preview": "2030-01-08", "version": "1",
                "minimumNotice.value": "0",
            ])
            let look = await ada.post(path, typed)
            #expect(look.status == 200 && look.text.contains("8 times of 60\u{a0}min"))
            #expect(look.text.contains("8 fewer than now") && look.text.contains("Tuesday 8 January"))
            // Thirty days with their half hours: every other time of twenty-three working days is gone.
            #expect(look.text.contains("176 times vanish:"))
            #expect(look.text.contains("Saving changes the next 60 days.") && !look.text.contains("times appear:"))
            #expect(look.text.contains("/calendar/troubleshooter?link=\(stage.link.id)"))
            #expect(look.field("title") == "Kept" && look.field("slug") == "elsewhere" && look.field("version") == "1")
            let own = typed.merging([
                "hoursFrom": "own", "tue_open": "on", "tue_1_from": "10:00", "tue_1_to": "12:00",
            ]) { $1 }
            #expect(await ada.post(path, own).text.contains("2 times of 60\u{a0}min"))
            #expect(try await link(stage, "intro") == stage.link)
            let wrong = await ada.post(path, typed.merging(["durationMinutes": "4"]) { $1 })
            #expect(wrong.status == 422 && wrong.field("durationMinutes") == "4")
            for day in ["9999-12-31", "soon", "0001-01-01"] {
                #expect(await ada.post(path, typed.merging(["preview": day]) { $1 }).status == 200, "\(day)")
            }
            let new = await ada.post("/settings/booking-links", linkForm(["preview": "2030-01-08"]))
            #expect(new.status == 200 && new.text.contains("times of 45\u{a0}min"))
        }
    }

    @Test("a booking shows on the day, with the pause beside it in words", arguments: Engine.all)
    func booked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("paused") { ($0.bufferBefore, $0.bufferAfter) = (30, 30) }
            _ = try await stage.book(stage.at(11))
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/settings/booking-links/\(link.id)?day=2030-01-07").text
            #expect(page.contains(">Booked</span>") && page.contains("Pause beside another meeting"))
        }
    }

    @Test("the schedules of the host are there to choose from, and no other's is taken", arguments: Engine.all)
    func schedules(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let path = "/settings/booking-links/\(stage.link.id)"
            #expect(await ada.get(path).text.contains("value=\"\(stage.link.schedule)\" selected"))
            let saved = await ada.post(path, linkForm(["slug": "intro", "hoursFrom": stage.link.schedule.text]))
            #expect(saved.status == 303)
            for wrong in [bobs.schedule.text, "sch_x", "<b>"] {
                let answer = await ada.post(path, linkForm(["slug": "intro", "hoursFrom": wrong]))
                #expect(answer.status == 422 && answer.text.contains("f-hoursFrom-error"), "\(wrong)")
                #expect(await ada.post(path, linkForm(["hoursFrom": wrong, "preview": "typed"])).status != 500)
            }
        }
    }
}
