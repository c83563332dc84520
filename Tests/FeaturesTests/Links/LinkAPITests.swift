/// The API's links: made, read, changed and listed by keys, each seeing what it may.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkAPITests {
    @Test("making a link is 201 with everything; the same key makes it once", arguments: Engine.all)
    func creates(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let body: JSON = [
                "title": "Deep talk", "durationMinutes": [60], "bufferAfterMinutes": 15,
                "minimumNotice": ["value": 2, "unit": "hour"], "questions": [["label": "Why?", "required": true]],
                "hours": ["tue": [["10:00", "12:00"]]],
            ]
            let made = await program.call("POST", "/api/v1/links", body, key: "k")
            #expect(made.status == 201 && made.json["slug"] == "deep-talk" && made.json["version"] == 1)
            #expect(made.json["questions"]?[0]?["label"] == "Why?"
                && made.json["hosts"]?[0]?["userId"] == .string(stage.ada.text))
            let again = await program.call("POST", "/api/v1/links", body, key: "k")
            #expect(again.body == made.body && again[header: "Idempotency-Replayed"] == "true")
            let read = await program.call("GET", "/api/v1/links/\(made.json["id"]?.string ?? "")")
            #expect(read.status == 200 && read.json == made.json)
            #expect(await program.call("POST", "/api/v1/links", ["title": "x"], key: "k").status == 422)
            let slots = await program.call("GET", "/api/v1/public/links/deep-talk/slots?from=2030-01-07&to=2030-01-13")
            #expect(slots.json["slots"]?.members?.map(\.0) == ["2030-01-08"])
        }
    }

    @Test("wrong fields are named one by one, a taken slug names free ones, nothing is stored", arguments: Engine.all)
    func refuses(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let wrong = await program.call("POST", "/api/v1/links", [
                "title": "", "slug": "A b", "durationMinutes": [3], "nonsense": 1, "kind": "sung",
            ])
            #expect(wrong.status == 422 && wrong.json["code"] == "invalid")
            #expect(Set(wrong.problemFields) == ["title", "slug", "durationMinutes", "nonsense", "kind"])
            let taken = await program.call("POST", "/api/v1/links", ["title": "x", "slug": "intro"])
            #expect(taken.status == 422 && taken.text.contains("intro-2"))
            let list = await program.call("GET", "/api/v1/links")
            #expect(list.json["data"]?.array?.count == 1 && list.json["nextCursor"] == .null)
        }
    }

    @Test("a patch changes what it names, over the version it saw", arguments: Engine.all)
    func patches(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)"
            let changed = await program.call("PATCH", path, ["title": "Renamed", "alignMinutes": 15, "version": 1])
            #expect(changed.status == 200 && changed.json["title"] == "Renamed" && changed.json["version"] == 2)
            #expect(changed.json["questions"]?[0]?["id"] == .string(stage.question.text))
            let late = await program.call("PATCH", path, ["title": "Late", "version": 1])
            #expect(late.status == 409 && late.json["code"] == "conflict")
            #expect(await program.call("PATCH", path, ["titel": "x"]).problemFields == ["titel"])
            #expect(await program.call("PATCH", path, ["version": "1", "title": "x"]).status == 409)
            #expect(await program.call("PATCH", path, ["version": "last", "title": "x"]).problemFields == ["version"])
            #expect(await program.call("GET", path).json["title"] == "Renamed")
            // The schedule it has may be named again, as a program does that sends back what it read.
            let own = await program.call("PATCH", path, ["hours": ["mon": [["09:00", "10:00"]]]])
            let same = await program.call("PATCH", path, ["scheduleId": own.json["scheduleId"] ?? .null])
            #expect(same.status == 200 && same.json["scheduleId"] == own.json["scheduleId"])
        }
    }

    @Test("a member's key sees and changes only their own links, and makes none for others", arguments: Engine.all)
    func own(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = try Visitor(stage, who: "bob")
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            #expect(await bob.call("GET", "/api/v1/links").json["data"]?.array?.count == 1)
            #expect(await bob.call("GET", "/api/v1/links/\(stage.link.id)").status == 404)
            #expect(await bob.call("PATCH", "/api/v1/links/\(stage.link.id)", ["title": "x"]).status == 404)
            #expect(await bob.call("PATCH", "/api/v1/links/\(bobs.id)", ["title": "x"]).status == 200)
            let forAda: JSON = ["title": "x", "hosts": [["userId": .string(stage.ada.text)]]]
            #expect(await bob.call("POST", "/api/v1/links", forAda).status == 403)
            let viewer = bob.asked(by: "eve")
            #expect(await viewer.call("POST", "/api/v1/links", ["title": "x"]).status == 403)
            #expect(await viewer.asked(by: nil).call("GET", "/api/v1/links").status == 401)
            for id in ["x", stage.world.id(Link.self).text, bobs.schedule.text] {
                #expect(await bob.asked(by: "ada").call("GET", "/api/v1/links/\(id)").status == 404, "\(id)")
            }
        }
    }

    @Test("the list goes on by cursor", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            for index in 1...4 {
                stage.clock.move(minutes: 1)
                _ = try await stage.makeLink("l\(index)")
            }
            var (slugs, cursor): ([String], String?) = ([], "")
            while let place = cursor {
                let page = await program.call("GET",
                    "/api/v1/links?limit=2" + (place.isEmpty ? "" : "&cursor=\(place)"))
                slugs += page.json["data"]?.array?.compactMap { $0["slug"]?.string } ?? []
                cursor = page.json["nextCursor"]?.string
            }
            #expect(slugs == ["l4", "l3", "l2", "l1", "intro"])
            #expect(await program.call("GET", "/api/v1/links?cursor=bk_x").status == 422)
        }
    }

    @Test("a link is changed and deleted over the version one saw, told by If-Match", arguments: Engine.all)
    func versions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)"
            #expect(await program.call("GET", path)[header: "ETag"] == "\"1\"")
            let changed = await program.call("PATCH", path, ["title": "A"], ifMatch: "\"1\"")
            #expect(changed.status == 200 && changed[header: "ETag"] == "\"2\"")
            #expect(await program.call("PATCH", path, ["title": "B"], ifMatch: "\"1\"").status == 409)
            #expect(await program.call("DELETE", path, ifMatch: "1").status == 409)
            for wrong in ["x", "\"", "\"0\"", "W/\"2\"", "-1"] {
                #expect(await program.call("DELETE", path, ifMatch: wrong).problemFields == ["If-Match"], "\(wrong)")
            }
            #expect(await program.asked(by: "bob").call("DELETE", path).status == 404)
            #expect(await program.asked(by: "eve").call("DELETE", path).status == 403)
            #expect(await program.call("DELETE", path, ifMatch: "\"2\"").status == 204)
            for method in ["GET", "DELETE"] { #expect(await program.call(method, path).status == 404) }
            #expect(await program.call("PATCH", path, ["title": "C"]).status == 404)
        }
    }

    @Test("the list is narrowed by host and by being active, within what one may see", arguments: Engine.all)
    func narrows(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("off") { $0.active = false }
            _ = try await stage.makeLink("bobs", host: stage.bob)
            let ada = try Visitor(stage, who: "ada")
            func slugs(_ query: String, by who: String = "ada") async -> [String] {
                let answer = await ada.asked(by: who).call("GET", "/api/v1/links?\(query)")
                return (answer.json["data"]?.array ?? []).compactMap { $0["slug"]?.string }.sorted()
            }
            #expect(await slugs("active=true") == ["bobs", "intro"])
            #expect(await slugs("active=false") == ["off"])
            #expect(await slugs("host=\(stage.bob)") == ["bobs"])
            #expect(await slugs("host=\(stage.ada)", by: "bob").isEmpty)
            #expect(await slugs("", by: "bob") == ["bobs"])
            #expect(await ada.call("GET", "/api/v1/links?active=maybe").problemFields == ["active"])
            #expect(await ada.call("GET", "/api/v1/links?host=lnk_x").problemFields == ["host"])
        }
    }
}
