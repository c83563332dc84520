/// The settings of a workspace in a browser and in `WorkspaceStore`: what is saved, and what test mode keeps inside.
import Database
import Fakes
import Features
import Logging
import Scheduling
import Testing
import Web

struct WorkspaceTests {
    private let form = [
        ("name", "Nordhavn AS"), ("timezone", "Europe/Oslo"), ("language", "en"), ("everyoneReads", "on"),
    ]

    @Test("settings are saved, shown again, and told by the log with what they were", arguments: Engine.all)
    func saves(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.get("/settings/workspace")
            #expect(browser.page.contains(#"value="Nordhavn""#))
            await #expect(browser.post("/settings/workspace", form).status == 303)
            let scope = Scope(workspace: owner.workspace, actor: .system)
            let saved = try await database.read(scope) { tx in try WorkspaceStore.settings(scope: scope, in: tx) }
            #expect(saved == WorkspaceSettings(
                name: "Nordhavn AS", zone: "Europe/Oslo", language: "en", isTest: false, everyoneReads: true))
            let row = try #require(try await test.log(of: owner.workspace).first { $0.action == .workspaceChanged })
            #expect(row.before?.contains(#""name":"Nordhavn""#) == true)
            // Saved again as it is: nothing to tell.
            await browser.get("/settings/workspace")
            await browser.post("/settings/workspace", form)
            #expect(try await test.log(of: owner.workspace).count { $0.action == .workspaceChanged } == 1)
        }
    }

    @Test("pages and mails take the colour, so that everybody can read it", arguments: Engine.all)
    func colour(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.get("/settings/workspace")
            let rose = form + [("ownColor", "on"), ("color", "#FFB3C1")]
            await #expect(browser.post("/settings/workspace", rose).status == 303)
            let name = try await database.read(Scope(workspace: owner.workspace, actor: .system)) { tx in
                try LinkStore.workspaceName(scope: Scope(workspace: owner.workspace, actor: .system), in: tx)
            }
            #expect(name == WorkspaceName("Nordhavn AS", brand: Brand(stored: "#ffb3c1")))
            #expect(name.brand.light != Brand.standard.light && name.brand.dark.css == "#ffb3c1")
            await browser.get("/settings/workspace")
            #expect(browser.page.contains("darker on light pages") && browser.page.contains(name.brand.light.css))
            // Switched off again, the petrol is back.
            await browser.get("/settings/workspace")
            await #expect(browser.post("/settings/workspace", form + [("color", "#ffb3c1")]).status == 303)
            let plain = try await database.read(Scope(workspace: owner.workspace, actor: .system)) { tx in
                try LinkStore.workspaceName(scope: Scope(workspace: owner.workspace, actor: .system), in: tx)
            }
            #expect(plain.brand == .standard)
        }
    }

    @Test("what is wrong goes back beside its field", arguments: [
        ("name", ""), ("name", String(repeating: "x", count: 121)), ("name", "a\u{7}b"), ("timezone", "Mars/Base"),
        ("timezone", ""), ("language", "tlh"), ("color", "red"), ("color", "#12345"), ("color", "#12345g"),
    ])
    func mistakes(field: String, bad: String) async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await test.browser(of: "ingrid@example.com")
            let answer = await browser.post("/settings/workspace", form.filter { $0.0 != field } + [(field, bad)])
            #expect(answer.status == 422 && browser.isWrong(field))
        }
    }

    @Test("an admin does not change the workspace")
    func admins() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("ada@example.com", role: .admin)
            let admin = try await test.browser(of: "ada@example.com")
            await #expect(admin.get("/settings/workspace").status == 403)
            await #expect(admin.post("/settings/workspace", form).status == 403)
        }
    }

    @Test("in test mode no mail leaves, every page says so, and only test keys open the door", arguments: Engine.all)
    func testMode(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let old = try await test.operate.addKey(email: "ingrid@example.com", scopes: nil)
            let live = Program(site: try test.open(), key: old.text)
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.post("/settings/workspace", form + [("testMode", "on")])
            await browser.get("/calendar")
            #expect(browser.page.contains("is in test mode"))
            #expect(try await live.call("GET", "/api/v1/me").status == 401)

            await browser.get("/calendar/admin/keys")
            await browser.post("/calendar/admin/keys", [("name", "Trial"), ("scopes", "me.read")])
            let start = try #require(browser.page.firstRange(of: "wks_test_")?.lowerBound)
            let key = String(browser.page[start...].prefix(52))
            let trial = Program(site: try test.open(), key: key)
            #expect(try await trial.call("GET", "/api/v1/me").status == 200)

            await browser.post("/calendar/admin/invitations", [("email", "jonas@example.com"), ("role", "member")])
            let mail = FakeMail(), guarded = TestMode(test.installation)
            let send = SendAccountMail(test.installation, mail: mail)
            let runner = JobRunner(
                database: database, work: [AccountJobs.kind: guarded.guarding { try await send($0) }],
                world: test.installation.world, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await runner.drain()
            #expect(mail.calls == 0)
            let jobs = try await database.lookUp { tx in
                try tx.all("SELECT state, reason FROM job") { row in
                    [try row["state"] as String, try row["reason"] as String]
                }
            }
            #expect(jobs == [["skipped", "test mode"]])

            await browser.get("/settings/workspace")
            await browser.post("/settings/workspace", form)
            #expect(try await live.call("GET", "/api/v1/me").status == 200)
            #expect(try await trial.call("GET", "/api/v1/me").status == 401)
            #expect(owner.role == .owner)
        }
    }

    @Test("a key made at the command line is one of the workspace's mode", arguments: Engine.all)
    func console(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await test.browser(of: "ingrid@example.com")
            await browser.get("/settings/workspace")
            await browser.post("/settings/workspace", form + [("testMode", "on")])
            let key = try await test.operate.addKey(email: "ingrid@example.com", scopes: nil)
            #expect(key.text.hasPrefix("wks_test_"))
            let program = Program(site: try test.open(), key: key.text)
            #expect(try await program.call("GET", "/api/v1/me").status == 200)
        }
    }
}
