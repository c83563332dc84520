/// API keys: shown once, worth their scopes, gone when revoked or ended, and unseen by other workspaces.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct KeyTests {
    @Test("a key says who it acts for and in which workspace", arguments: Engine.all)
    func me(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            let key = try await test.operate.addKey(email: "Ingrid@Example.com", scopes: ["me.read"])
            #expect(key.text.hasPrefix("wks_live_") && key.text.utf8.count == 52)

            let (status, json, _) = try await Program(site: test.open(), key: key.text).call("GET", "/api/v1/me")
            #expect(status == 200)
            #expect(json["id"]?.string == member.account.id.text)
            #expect(json["email"]?.string == "ingrid@example.com" && json["role"]?.string == "owner")
            #expect(json["workspace"]?["name"]?.string == "Nordhavn")
            #expect(json["scopes"] == ["me.read"])
        }
    }

    @Test(
        "a program makes a key that may no more than it may itself, sees its text once, and revokes it",
        arguments: Engine.all)
    func lifeByAPI(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let site = try test.open()
            let first = try await test.operate.addKey(
                email: "ingrid@example.com", scopes: ["keys.write", "keys.read", "links.read"])
            let program = Program(site: site, key: first.text)

            let wish: JSON = ["name": "CI", "scopes": ["links.read", "links.write"]]
            let beyond = try await program.call("POST", "/api/v1/keys", wish)
            #expect(beyond.status == 403 && beyond.json["code"]?.string == "forbidden")
            let unknown = try await program.call("POST", "/api/v1/keys", ["name": "CI", "scopes": ["all"]])
            #expect(unknown.status == 422 && unknown.json["errors"]?[0]?["field"]?.string == "scopes")
            let nameless = try await program.call("POST", "/api/v1/keys", ["name": "", "admin": true])
            #expect(nameless.status == 422 && nameless.json["errors"]?.array?.count == 2)

            test.wait(seconds: 1)
            let made = try await program.call("POST", "/api/v1/keys", ["name": "CI", "scopes": ["links.read"]])
            #expect(made.status == 201)
            let text = try #require(made.json["key"]?.string)
            let list = try await program.call("GET", "/api/v1/keys")
            #expect(list.json["data"]?.array?.count == 2)
            #expect(!list.json.text.contains(text) && list.json["data"]?[0]?["tail"]?.string == String(text.suffix(4)))

            let id = try #require(made.json["id"]?.string)
            let other = Program(site: site, key: text)
            #expect(try await other.call("GET", "/api/v1/keys").status == 403)
            #expect(try await program.call("DELETE", "/api/v1/keys/\(id)").status == 204)
            #expect(try await other.call("GET", "/api/v1/keys").status == 401)
            #expect(try await program.call("DELETE", "/api/v1/keys/\(id)").status == 404)
        }
    }

    @Test(
        "the same Idempotency-Key makes one key and gives its text again; with another wish it is refused",
        arguments: Engine.all)
    func idempotency(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let key = try await test.operate.addKey(email: "ingrid@example.com", scopes: nil)
            let program = Program(site: try test.open(), key: key.text)
            let once = [("Idempotency-Key", "try-1")]
            let first = try await program.call("POST", "/api/v1/keys", ["name": "CI"], headers: once)
            let again = try await program.call("POST", "/api/v1/keys", ["name": "CI"], headers: once)
            let other = try await program.call("POST", "/api/v1/keys", ["name": "Other"], headers: once)

            #expect(first.status == 201 && again.status == 201 && first.json == again.json)
            #expect(again.answer[header: "Idempotency-Replayed"] == "true")
            #expect(other.status == 422 && other.json["code"]?.string == "idempotency_mismatch")
            #expect(try await program.call("GET", "/api/v1/keys").json["data"]?.array?.count == 2)
        }
    }

    @Test("a key ends at its end, is refused when that is past, and is marked as used at most each five minutes")
    func ends() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let key = try await test.operate.addKey(email: "ingrid@example.com", scopes: nil)
            let program = Program(site: try test.open(), key: key.text)
            func make(until end: String) async throws -> (status: Int, json: JSON, answer: Answer) {
                try await program.call("POST", "/api/v1/keys", ["name": "x", "expiresAt": .string(end)])
            }
            let past = try await make(until: "2026-11-30T08:59:00Z")
            #expect(past.status == 422 && past.json["errors"]?[0]?["field"]?.string == "expiresAt")
            let made = try await make(until: "2026-11-30T10:00:00Z")
            let short = Program(site: try test.open(), key: made.json["key"]?.string)

            var used: [String?] = []
            for _ in 0..<3 {
                #expect(try await short.call("GET", "/api/v1/me").status == 200)
                let list = try await program.call("GET", "/api/v1/keys")
                used.append(list.json["data"]?[0]?["lastUsedAt"]?.string)
                test.wait(seconds: 150)
            }
            #expect(used == ["2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z", "2026-11-30T09:05:00Z"])
            test.wait(seconds: 3_600)
            #expect(try await short.call("GET", "/api/v1/me").status == 401)
        }
    }

    @Test("no key, a wrong one, one in the address and a session's cookie open nothing", arguments: [
        nil, "", "wks_live_", "wks_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x' OR 1=1 --",
    ])
    func wrong(text: String?) async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let answer = try await Program(site: test.open(), key: text).call("GET", "/api/v1/me?key=wks_live_x")
            #expect(answer.status == 401 && answer.json["code"]?.string == "unauthorized")

            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", "ingrid@example.com"), ("password", "three calm rivers")])
            await #expect(browser.get("/api/v1/me").status == 401)
        }
    }

    @Test(
        "keys of one workspace are never listed or revoked from another, nor a colleague's by a member",
        arguments: Engine.all)
    func apart(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson("a@example.com", workspace: "A")
            try await test.addPerson("m@example.com", role: .member, workspace: "A")
            try await test.addPerson("b@example.com", workspace: "B")
            let site = try test.open()
            var keys: [String: NewKey] = [:]
            for who in ["a", "m", "b"] {
                keys[who] = try await test.operate.addKey(email: "\(who)@example.com", scopes: nil, name: who)
            }
            func program(_ who: String) -> Program { Program(site: site, key: keys[who]?.text) }
            func listed(_ who: String) async throws -> Set<String> {
                let json = try await program(who).call("GET", "/api/v1/keys").json
                return Set(json["data"]?.array?.compactMap { $0["name"]?.string } ?? [])
            }
            #expect(try await listed("a") == ["a", "m"])
            #expect(try await listed("m") == ["m"])
            #expect(try await listed("b") == ["b"])

            for (who, whose) in [("b", "a"), ("m", "a"), ("a", "b")] {
                let id = try #require(keys[whose]?.key.id)
                #expect(try await program(who).call("DELETE", "/api/v1/keys/\(id)").status == 404)
            }
            #expect(try await program("a").call("GET", "/api/v1/me").status == 200)
            let own = try #require(keys["m"]?.key.id)
            #expect(try await program("a").call("DELETE", "/api/v1/keys/\(own)").status == 204)
        }
    }

    @Test("on the page a key is made, shown once, listed and revoked; a mistake keeps what was typed")
    func page() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", "ingrid@example.com"), ("password", "three calm rivers")])
            await browser.get("/calendar/admin/keys")
            #expect(browser.page.contains("No keys yet"))

            await #expect(browser.post("/calendar/admin/keys", [("name", "CI & more")]).status == 422)
            #expect(browser.page.contains("value=\"CI &amp; more\"") && browser.page.contains("A key without scopes"))

            let scopes = [("scopes", "links.read"), ("scopes", "me.read")]
            await #expect(browser.post("/calendar/admin/keys", [("name", "CI")] + scopes).status == 201)
            let shown = browser.page.split(separator: "\"").map(String.init)
            let text = try #require(shown.first { $0.hasPrefix("wks_live_") && $0.utf8.count == 52 })
            #expect(try await Program(site: test.open(), key: text).call("GET", "/api/v1/me").status == 200)

            await browser.get("/calendar/admin/keys")
            #expect(!browser.page.contains(text) && browser.page.contains("…\(text.suffix(4))"))
            let parts = browser.page.split(separator: "\"").map(String.init)
            let revocation = try #require(parts.first { $0.hasSuffix("/revocation") })
            await #expect(browser.post(revocation, []).goesTo == "/calendar/admin/keys")
            #expect(try await Program(site: test.open(), key: text).call("GET", "/api/v1/me").status == 401)
        }
    }

    @Test("every scope is offered in words of its own")
    func scopesInWords() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", "ingrid@example.com"), ("password", "three calm rivers")])
            await browser.get("/calendar/admin/keys")
            for scope in Permission.scopes {
                #expect(browser.page.contains(" <code class=\"third\">\(scope.name)</code>"), "\(scope.name)")
                #expect(!browser.page.contains("<span>\(scope.name)"), "\(scope.name)")
            }
        }
    }
}
