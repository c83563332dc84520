/// Teams in a browser, by API and in `TeamStore`: made, changed, deleted, and kept apart by workspace.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct TeamTests {
    private let teams = "/calendar/admin/teams"

    /// A workspace with an owner and a member, and keys of both.
    private func withKeys(
        _ engine: Engine,
        _ body: (TestSite, _ owner: Member, _ bo: Member, _ keys: (owner: Program, bo: Program)) async throws -> Void
    ) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let bo = try await test.addPerson("bo@example.com", role: .member, name: "Bo")
            func program(_ email: String) async throws -> Program {
                Program(site: try test.open(), key: try await test.operate.addKey(email: email, scopes: nil).text)
            }
            try await body(
                test, owner, bo, (try await program("ingrid@example.com"), try await program("bo@example.com")))
        }
    }

    @Test("a team is made on a page, changed and deleted, and the log tells what it was", arguments: Engine.all)
    func onPages(engine: Engine) async throws {
        try await withKeys(engine) { test, owner, bo, _ in
            let browser = try await test.browser(of: "ingrid@example.com")
            await #expect(browser.get("\(teams)/new").status == 200)
            let form = [
                ("name", "Sales Nörd"), ("slug", ""), ("people", bo.account.id.text),
                ("managers", owner.account.id.text),
            ]
            await #expect(browser.post(teams, form).status == 303)
            await browser.get(teams)
            #expect(browser.page.contains("Sales Nörd") && browser.page.contains("2 people"))
            #expect(browser.page.contains("Managed by") && browser.page.contains("<bdi>Ingrid Aasland</bdi></td>"))
            let scope = Scope(workspace: owner.workspace, actor: .system)
            let team = try #require(try await test.installation.database.read(scope) { tx in
                try TeamStore.all(scope: scope, in: tx).first
            })
            #expect(team.slug == "sales-nord")
            await browser.get("\(teams)/\(team.id)")
            #expect(browser.page.components(of: " checked") == 3)
            let changed = await browser.post("\(teams)/\(team.id)", [("name", "North"), ("slug", "north")])
            #expect(changed.status == 303)
            let row = try #require(try await test.log(of: owner.workspace).first { $0.action == .teamChanged })
            #expect(row.before == """
                {"name":"Sales Nörd","slug":"sales-nord","visibility":"workspace",\
                "members":["Bo","Ingrid Aasland (manages)"]}
                """)
            #expect(row.after == #"{"name":"North","slug":"north","visibility":"workspace","members":[]}"#)
            await #expect(browser.post("\(teams)/\(team.id)/deletion", []).status == 303)
            await #expect(browser.get("\(teams)/\(team.id)").status == 404)
        }
    }

    @Test("what is wrong goes back with everything that was typed and ticked")
    func mistakes() async throws {
        try await withKeys(.sqlite) { test, _, bo, _ in
            let stranger = try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.post(teams, [("name", "First"), ("slug", "taken")])
            await browser.get("\(teams)/new")
            for (field, bad) in [("name", ""), ("name", String(repeating: "x", count: 121)), ("name", "a\u{202e}b"),
                                 ("visibility", "nobody"), ("description", String(repeating: "x", count: 2_001)),
                                 ("description", "a\u{0007}b"), ("parts.\(bo.account.id)", "a\u{202e}b"),
                                 ("parts.\(bo.account.id)", String(repeating: "x", count: 81)),
                                 ("slug", "Not A Slug"), ("slug", "new"), ("slug", "taken")] {
                let form = [
                    ("name", "Second"), ("slug", "second"), ("people", bo.account.id.text), ("visibility", "public"),
                    ("description", "Words"), ("parts.\(bo.account.id)", "Ports"),
                ]
                    .map { $0.0 == field ? ($0.0, bad) : $0 }
                await #expect(browser.post(teams, form).status == 422, "\(field) \(bad)")
                #expect(browser.isWrong(field) && browser.page.components(of: " checked") == 1)
            }
            #expect(browser.page.contains("taken-2, taken-3"))
            let answer = await browser.post(teams, [("name", "x"), ("people", stranger.account.id.text)])
            #expect(answer.status == 422 && browser.page.contains("no such person"))
        }
    }

    @Test("the API makes, lists, reads, patches and deletes teams; a repeated key makes one", arguments: Engine.all)
    func byAPI(engine: Engine) async throws {
        try await withKeys(engine) { _, owner, bo, keys in
            let body: JSON = [
                "name": "Support", "members": [["userId": .string(bo.account.id.text), "manages": true]],
            ]
            let key = [("Idempotency-Key", "one")]
            let made = try await keys.owner.call("POST", "/api/v1/teams", body, headers: key)
            #expect(made.status == 201 && made.json["slug"]?.string == "support")
            let again = try await keys.owner.call("POST", "/api/v1/teams", body, headers: key)
            #expect(again.json.text == made.json.text)
            let id = try #require(made.json["id"]?.string)
            #expect(try await keys.bo.call("GET", "/api/v1/teams/\(id)").json.text == made.json.text)
            let list = try await keys.bo.call("GET", "/api/v1/teams?limit=1")
            #expect(list.json["data"]?.array?.count == 1 && list.json["nextCursor"]?.isNull == true)

            let renamed = try await keys.owner.call("PATCH", "/api/v1/teams/\(id)", ["name": "Help"])
            #expect(renamed.json["name"]?.string == "Help" && renamed.json["slug"]?.string == "support")
            #expect(renamed.json["members"]?[0]?["manages"]?.bool == true)
            let nobody = ID<User>(milliseconds: 1, random: Array(repeating: 1, count: 10))
            let wrong: [JSON] = [
                ["name": 1], ["members": "all"], ["members": [["userId": "usr_x"]]], ["colour": "red"],
                ["members": [["userId": .string(nobody.text)]]], ["visibility": "nobody"], ["description": 1],
                ["members": [["userId": .string(bo.account.id.text), "part": "a\u{0007}b"]]],
            ]
            for body in wrong {
                let answer = try await keys.owner.call("PATCH", "/api/v1/teams/\(id)", body)
                #expect(answer.status == 422, "\(body.text)")
            }
            #expect(try await keys.bo.call("PATCH", "/api/v1/teams/\(id)", ["name": "x"]).status == 403)
            #expect(try await keys.bo.call("DELETE", "/api/v1/teams/\(id)").status == 403)
            #expect(try await keys.owner.call("DELETE", "/api/v1/teams/\(id)").status == 204)
            #expect(try await keys.owner.call("DELETE", "/api/v1/teams/\(id)").status == 404)
            #expect(owner.role == .owner)
        }
    }

    @Test("members are listed page by page, and one by one", arguments: Engine.all)
    func members(engine: Engine) async throws {
        try await withKeys(engine) { test, owner, bo, keys in
            try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            let first = try await keys.bo.call("GET", "/api/v1/members?limit=1")
            let cursor = try #require(first.json["nextCursor"]?.string)
            let second = try await keys.bo.call("GET", "/api/v1/members?limit=1&cursor=\(cursor)")
            #expect(second.json["nextCursor"]?.isNull == true)
            let emails = [first, second].compactMap { $0.json["data"]?[0]?["email"]?.string }
            #expect(Set(emails) == ["ingrid@example.com", "bo@example.com"])
            let one = try await keys.owner.call("GET", "/api/v1/members/\(bo.account.id)")
            #expect(one.json["role"]?.string == "member" && one.json["active"]?.bool == true)
            #expect(try await keys.owner.call("GET", "/api/v1/members/usr_x").status == 404)
            #expect(try await keys.owner.call("GET", "/api/v1/members?cursor=x").status == 422)
            #expect(owner.account.email == "ingrid@example.com")
        }
    }

    @Test("a team of another workspace is one that never was", arguments: Engine.all)
    func strangers(engine: Engine) async throws {
        try await withKeys(engine) { test, _, _, keys in
            try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            let made = try await keys.owner.call("POST", "/api/v1/teams", ["name": "Ours"])
            let id = try #require(made.json["id"]?.string)
            let eve = try await test.browser(of: "eve@else.example")
            await #expect(eve.get("\(teams)/\(id)").status == 404)
            await #expect(eve.post("\(teams)/\(id)", [("name", "Mine")]).status == 404)
            await #expect(eve.post("\(teams)/\(id)/deletion", []).status == 404)
            // The address is one for the whole host: it is taken for her too.
            await eve.get("\(teams)/new")
            await #expect(eve.post(teams, [("name", "x"), ("slug", "ours")]).status == 422)
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
