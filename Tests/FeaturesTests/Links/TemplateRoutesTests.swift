/// Templates in a browser and by API: made, seen before they are saved, and kept to by the links made from them.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct TemplateRoutesTests {
    private let home = "/calendar/admin/managed-links"

    private func made(_ stage: Stage) async throws -> Link {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try LinkStore.find(slug: "intro-bob-osei", scope: scope, in: tx)
        }.wanted("the link of Bob")
    }

    @Test("an admin makes a template, sees what saving does, and saves it", arguments: Engine.all)
    func onPages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get(home).text.contains("Make this link a template"))
            let start = await ada.post(home, ["link": stage.link.id.text])
            #expect(start.status == 303 && start.location == "\(home)/\(stage.link.id)?done=made")
            #expect(await ada.post(home, ["link": stage.link.id.text]).status == 409)
            for link in ["", "x", stage.world.id(Link.self).text] {
                #expect(await ada.post(home, ["link": link]).status == 422, "\(link)")
            }
            let page = "\(home)/\(stage.link.id)"
            let wish = [("locked", "duration"), ("userIds", stage.bob.text), ("version", "1")]
            let asked = await ada.post(page, pairs: wish)
            #expect(asked.status == 200 && asked.text.contains("One person gets a link."))
            #expect(asked.field("locked") == "duration")
            let seen = ("confirmed", try asked.field("confirmed").wanted("confirmed"))
            #expect(try await stage.database.read(stage.scope) { tx in
                try LinkTemplateStore.find(stage.link.id, scope: stage.scope, in: tx)?.managed.count
            } == 0)
            #expect(await ada.post(page, pairs: wish + [("confirmed", "yes")]).status == 200, "not what was shown")
            #expect(await ada.post(page, pairs: wish + [seen]).status == 303)
            #expect(await ada.get(page).text.contains("/book/intro-bob-osei"))
            let late = await ada.post(page, pairs: wish + [seen])
            #expect(late.status == 409 && late.text.contains("Somebody else saved"))
            for wrong in [[("locked", "everything")], [("userIds", "x")], [("version", "x")]] {
                #expect(await ada.post(page, pairs: wrong).status == 422, "\(wrong)")
            }
            let unknown = [("userIds", stage.world.id(User.self).text)]
            let first = try await ada.post(page, pairs: unknown).field("confirmed").wanted("confirmed")
            #expect(await ada.post(page, pairs: unknown + [("confirmed", first)]).status == 422)
            #expect(await ada.post("\(page)/deletion", [:]).status == 303)
            #expect(await ada.get(page).status == 404)
        }
    }

    @Test("the editor of a template asks before it changes other links, and keeps all that was typed",
          arguments: Engine.all)
    func asks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            _ = try await SaveTemplate(stage.installation).create(
                stage.link.id, TemplateWish(locked: [.duration, .identity], people: [stage.bob]), scope: scope)
            let path = "/settings/booking-links/\(stage.link.id)"
            #expect(await ada.get(path).text.contains("One link is made from this template"))
            let typed = linkForm(["slug": "intro", "title": "Longer", "version": "1"])
            let asked = await ada.post(path, typed)
            #expect(asked.status == 200 && asked.text.contains("One link made from “Introduction” changes."))
            #expect(asked.text.contains("<bdi>30</bdi>") && asked.text.contains("<bdi>45</bdi>"))
            #expect(asked.field("title") == "Longer" && asked.field("durationMinutes") == "45")
            #expect(try await made(stage).rules.duration == 30)
            let seen = try asked.field("confirmed").wanted("confirmed")
            let saved = await ada.post(path, typed.merging(["confirmed": seen]) { $1 })
            #expect(saved.status == 303)
            #expect(try await made(stage).rules.duration == 45)
            // Nothing locked changes: nothing is asked.
            let free = linkForm(["slug": "intro", "title": "Longer", "minimumNotice.value": "5"])
            #expect(await ada.post(path, free).status == 303)
        }
    }

    @Test("a managed link shows what is kept and why, and a form cannot change it", arguments: Engine.all)
    func keeps(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            let all = Set(LinkSection.allCases)
            _ = try await SaveTemplate(stage.installation).create(
                stage.link.id, TemplateWish(locked: all, people: [stage.bob]), scope: scope)
            let own = try await made(stage)
            let bob = try Visitor(stage, who: "bob")
            let path = "/settings/booking-links/\(own.id)"
            let page = await bob.get(path)
            #expect(page.text.contains("Made from the template “Introduction”"))
            #expect(page.text.contains("<fieldset class=\"stack kept\" disabled>"))
            // A browser leaves out what is disabled; somebody may send it all the same.
            for sent in [["slug": "bobs", "active": "on", "hoursFrom": "schedule"], linkForm(["slug": "bobs"])] {
                #expect(await bob.post(path, sent).status == 303)
            }
            let scopeOfBob = stage.scope
            let after = try await stage.database.read(scopeOfBob) { tx in
                try LinkStore.find(own.id, scope: scopeOfBob, in: tx)
            }.wanted("link")
            var expected = own.rules
            expected.slug = "bobs"
            #expect(after.rules == expected && after.questions == own.questions)
            let refused = await bob.call("PATCH", "/api/v1/links/\(own.id)", ["title": "Mine"])
            #expect(refused.status == 409 && refused.json["code"] == "section_locked")
            #expect(refused.json["section"] == "identity")
            let read = await bob.call("GET", "/api/v1/links/\(own.id)")
            #expect(read.json["managed"]?["templateId"] == .string(stage.link.id.text))
            #expect(await bob.call("PATCH", "/api/v1/links/\(own.id)", ["active": false]).status == 200)
            #expect(await bob.call("DELETE", "/api/v1/links/\(own.id)").json["code"] == "link_managed")
        }
    }

    @Test("the API makes, lists, reads, patches and deletes templates, for admins alone", arguments: Engine.all)
    func byAPI(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (path, id) = ("/api/v1/link-templates", stage.link.id.text)
            let ada = try Visitor(stage, who: "ada")
            let body: JSON = ["linkId": .string(id), "locked": ["duration"], "userIds": [.string(stage.bob.text)]]
            let answer = await ada.call("POST", path, body, key: "one")
            #expect(answer.status == 201 && answer.json["links"]?[0]?["slug"] == "intro-bob-osei")
            #expect(await ada.call("POST", path, body, key: "one").body == answer.body)
            #expect(await ada.call("POST", path, body).status == 409)
            #expect(await ada.call("GET", "\(path)/\(id)").json == answer.json)
            #expect(await ada.call("GET", path).json["data"]?.array?.count == 1)
            let patched = await ada.call("PATCH", "\(path)/\(id)", ["newMembers": true, "version": 1])
            #expect(patched.json["newMembers"] == true && patched.json["links"] == answer.json["links"])
            for wrong: JSON in [
                ["locked": ["everything"]], ["locked": 1], ["userIds": ["x"]], ["newMembers": 1], ["colour": 1],
                ["version": 0], ["userIds": .array((0...200).map { .string("usr_\($0)") })],
            ] {
                #expect(await ada.call("PATCH", "\(path)/\(id)", wrong).status == 422, "\(wrong.text)")
            }
            #expect(await ada.call("POST", path, ["linkId": "x"]).status == 422)
            #expect(await ada.call("GET", "\(path)/x").status == 404)
            let bob = ada.asked(by: "bob")
            for (method, target) in [
                ("GET", path), ("POST", path), ("GET", "\(path)/\(id)"), ("PATCH", "\(path)/\(id)"),
                ("DELETE", "\(path)/\(id)"),
            ] {
                #expect(await bob.call(method, target, method == "GET" ? nil : body).status == 403, "\(method)")
            }
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(await ada.call("DELETE", "\(path)/\(id)").status == 404)
        }
    }
}
