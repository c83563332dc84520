/// The list of links and what is done to one from it: search, copy, switch, delete.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkListRoutesTests {
    private func link(_ stage: Stage, _ slug: String) async throws -> Link? {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in try LinkStore.find(slug: slug, scope: scope, in: tx) }
    }

    private func path(_ link: Link, _ verb: String = "") -> String { "/settings/booking-links/\(link.id)\(verb)" }

    @Test("every state is marked, and the search finds by title, address and host", arguments: Engine.all)
    func marks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("off") { ($0.title, $0.active) = ("Off talk", false) }
            _ = try await stage.makeLink("hidden") { ($0.title, $0.access.hidden) = ("Quiet talk", true) }
            _ = try await stage.makeLink("over") { ($0.title, $0.access.expiresAt) = ("Old talk", stage.at(7)) }
            let once = try await stage.makeLink("once") { ($0.title, $0.access.mostUses) = ("Single talk", 1) }
            _ = try await stage.makeLink("coded", host: stage.bob) {
                ($0.title, $0.access.code) = ("Coded talk", "blue")
            }
            _ = try await stage.book(stage.at(9), on: once)
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/calendar/event-types").text
            for mark in ["Switched off", "Hidden", "Expired", "Used up", "1 of 1 booked", "Needs a code"] {
                #expect(page.contains(">\(mark)</span>"), "\(mark)")
            }
            #expect(page.contains("3 links can be booked") && !page.contains("blue"))
            #expect(page.contains("<a class=\"danger\"") && page.contains("<label for=\"f-q\">Search links</label>"))
            #expect(page.contains("<bdi dir=\"ltr\">/book/coded</bdi>") && page.contains("(opens a new tab)"))
            let found = await ada.get("/settings/booking-links?q=bob+TALK").text
            #expect(found.contains("Coded talk") && !found.contains("Quiet talk"))
            let closed = await ada.get("/calendar/event-types?show=closed").text
            #expect(closed.contains("Off talk") && closed.contains("Old talk") && !closed.contains("Quiet talk"))
            let hostile = await ada.get("/calendar/event-types?q=%3Cscript%3E%22&show=nonsense").text
            #expect(hostile.contains("Nothing here fits") && !hostile.contains("<script>\""))
        }
    }

    @Test("a copy has everything but the address, and is switched off", arguments: Engine.all)
    func copies(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let hours: [[Window]] = (0..<7).map { $0 == 2 ? [Window(opens: 600, closes: 720)] : [] }
            let made = try await stage.makeLink("full", hours: hours) {
                $0.locations = [Location(kind: .video, text: "x"), Location(kind: .attendeeChoice, text: "")]
                ($0.access.code, $0.look.confirmation) = ("blue", "Bring cake.")
            }
            let ada = try Visitor(stage, who: "ada")
            let answer = await ada.post(path(made, "/copy"), [:])
            #expect(answer.status == 303 && answer.location.hasSuffix("?saved=copy"))
            #expect(await ada.get(answer.location).text.contains("This is the copy"))
            let copy = try await link(stage, "full-copy").wanted("copy")
            var wanted = made.rules
            (wanted.title, wanted.slug, wanted.active) = ("Introduction (copy)", "full-copy", false)
            #expect(copy.rules == wanted && copy.schedule != made.schedule && copy.hosts == made.hosts)
            let scope = stage.scope
            let own = try await stage.database.read(scope) { tx in
                try ScheduleStore.find(copy.schedule, scope: scope, in: tx)
            }
            #expect(own?.weekly == hours)
            _ = await ada.post(path(made, "/copy"), [:])
            #expect(try await link(stage, "full-copy-2") != nil)
            _ = await ada.post(path(stage.link, "/copy"), [:])
            let intro = try await link(stage, "intro-copy").wanted("copy")
            #expect(intro.schedule == stage.link.schedule && intro.questions.map(\.label) == ["What is it about?"])
            #expect(intro.questions.map(\.id) != stage.link.questions.map(\.id))
        }
    }

    @Test("a link is switched off and on without opening it; a second press changes nothing", arguments: Engine.all)
    func switches(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            for (position, version) in [("off", 2), ("off", 2), ("on", 3)] {
                let answer = await ada.post(path(stage.link, "/switch"), ["active": position])
                #expect(answer.location == "/calendar/event-types?done=\(position)")
                let now = try await link(stage, "intro").wanted("intro")
                #expect(now.rules.active == (position == "on") && now.version == version)
                #expect(now.questions == stage.link.questions && now.schedule == stage.link.schedule)
            }
            #expect(await ada.post(path(stage.link, "/switch"), ["active": "maybe"]).status == 422)
        }
    }

    @Test("deleting asks first, names what stays, and leaves bookings that can be moved and cancelled",
          arguments: Engine.all)
    func deletes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(9))
            _ = try await stage.book(stage.at(10))
            let ada = try Visitor(stage, who: "ada")
            let question = await ada.get(path(stage.link, "/delete"))
            #expect(question.status == 200 && question.text.contains("Its 2 upcoming bookings stay"))
            #expect(try await link(stage, "intro")?.deletedAt == nil)
            #expect(await ada.post(path(stage.link, "/delete"), [:]).location.hasSuffix("done=deleted"))
            #expect(await ada.post(path(stage.link, "/delete"), [:]).status == 404)
            #expect(await ada.get(path(stage.link)).status == 404)
            #expect(await ada.get("/calendar/event-types").text.contains("No links yet"))
            #expect(await ada.get("/book/intro").status == 404)
            await #expect(throws: LinkRefusal.notFound) { try await stage.book(stage.at(11)) }
            #expect(await ada.get("/booking/\(booked.token)").status == 200)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: stage.scope)
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.scope)
        }
    }

    @Test("members do none of it to links of others, viewers to none, nobody by an address alone",
          arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = try Visitor(stage, who: "bob")
            for verb in ["/copy", "/switch", "/delete"] {
                #expect(await bob.post(path(stage.link, verb), ["active": "off"]).status == 404)
                #expect(await bob.asked(by: "eve").post(path(stage.link, verb), [:]).status == 403)
                let answer = await bob.asked(by: "ada").get(path(stage.link, verb))
                #expect(answer.status == (verb == "/delete" ? 200 : 405))
            }
            #expect(try await link(stage, "intro") == stage.link)
        }
    }
}
