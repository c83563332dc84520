/// Opening a workspace, as far as the installation lets people, with `SignUpStore` on both engines.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct SignUpTests {
    private let form = [
        ("workspace", "Fjord Labs"), ("name", "Jonas Lind"), ("password", "four calm rivers"),
        ("timezone", "Europe/Oslo"),
    ]

    private func token(_ test: TestSite) async throws -> String {
        let text = try #require(try await test.mails().last).text
        let start = try #require(text.firstRange(of: "/sign-up/")?.upperBound)
        return String(text[start...].prefix(43))
    }

    @Test("open: an address is proven, then account, workspace and owner are there at once", arguments: Engine.all)
    func open(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database, signUp: .open)
            let browser = Browser(try test.open())
            await #expect(browser.get("/sign-up").status == 200)
            await #expect(browser.post("/sign-up", [("email", "jonas@example.com")]).status == 200)
            #expect(try await test.operate.workspaces().isEmpty)
            let token = try await token(test)
            await #expect(browser.get("/sign-up/\(token)").status == 200)
            #expect(browser.page.contains("sign in as jonas@example.com"))
            for (field, bad) in [("workspace", ""), ("name", "a\u{202e}"), ("password", "short"),
                                 ("timezone", "Mars")] {
                let wrong = form.map { $0.0 == field ? ($0.0, bad) : $0 }
                await #expect(browser.post("/sign-up/\(token)", wrong).status == 422)
                #expect(browser.isWrong(field), "\(field)")
            }
            await #expect(browser.post("/sign-up/\(token)", form).goesTo == "/setup/hours")
            await #expect(browser.get("/calendar").status == 200)
            #expect(browser.page.contains("Fjord Labs"))
            await #expect(browser.get("/sign-up/\(token)").status == 410)
            await #expect(browser.post("/sign-up/\(token)", form).status == 410)
            let member = try await LookUps(database: database).member(email: "jonas@example.com", workspace: nil)
            #expect(member.role == .owner)
        }
    }

    @Test("an address that has an account gets another mail, and the same page; too many asks get none",
          arguments: Engine.all)
    func known(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database, signUp: .open)
            try await test.addPerson()
            let browser = Browser(try test.open())
            var pages: Set<String> = []
            for email in ["new@example.com", "ingrid@example.com"] {
                await browser.post("/sign-up", [("email", email)])
                pages.insert(browser.page.replacing(email, with: ""))
            }
            #expect(pages.count == 1)
            #expect(try await test.mails().map(\.subject).sorted() == [
                "Open your workspace", "You have an account already",
            ])
            for _ in 0..<6 { await browser.post("/sign-up", [("email", "new@example.com")]) }
            #expect(try await test.mails().count == 5)
            await #expect(browser.post("/sign-up", [("email", "nobody")]).status == 422)
        }
    }

    @Test("a link is over after a day, and one that was never ours gets the same page", arguments: Engine.all)
    func over(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database, signUp: .open)
            let browser = Browser(try test.open())
            await browser.post("/sign-up", [("email", "jonas@example.com")])
            let token = try await token(test)
            await browser.get("/sign-up/\(String(repeating: "x", count: 43))")
            let unknown = browser.page
            test.wait(seconds: 86_399)
            let now = test.now
            try await database.writeUnscoped { tx in try SignUpStore.prune(now: now, in: tx) }
            await #expect(browser.get("/sign-up/\(token)").status == 200)
            test.wait(seconds: 1)
            await #expect(browser.get("/sign-up/\(token)").status == 410)
            #expect(browser.page == unknown)
        }
    }

    @Test("nobody owns more than ten workspaces, also when asked many times at once", arguments: Engine.all)
    func tooMany(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database, signUp: .open)
            try await test.addPerson()
            test.wait(seconds: 1)
            let browser = try await test.browser(of: "ingrid@example.com")
            let found = try await LookUps(database: database).member(email: "ingrid@example.com", workspace: nil)
            let principal = Principal(
                kind: .session, workspace: found.workspace, workspaceName: found.workspaceName,
                user: found.account.id, name: found.account.name, permissions: [])
            let signUp = SignUp(test.installation, passwords: test.passwords)
            // Past the route, whose limit by the minute would stop this first.
            for number in 2..<SignUp.mostOwned {
                _ = try await signUp.further("No. \(number)", by: principal, from: .console)
            }
            let opened = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let made = try? await signUp.further("At once \(number)", by: principal, from: .console)
                        return made != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(opened == 1)

            let refused = await browser.post("/sign-up/further", [("workspace", "Eleven")])
            #expect(refused.status == 409)
            #expect(browser.isWrong("workspace"))
            #expect(browser.page.contains("value=\"Eleven\""))
            #expect(try await test.operate.workspaces().count == SignUp.mostOwned)
            #expect(AccountRefusal.tooManyWorkspaces.code == "too_many_workspaces")

            // Being a member is not owning, and a place that was left gives its room back.
            try await test.addPerson("bo@example.com", role: .member)
            let member = try await test.browser(of: "bo@example.com")
            await #expect(member.post("/sign-up/further", [("workspace", "Bo’s")]).status == 303)
            try await database.writeUnscoped { tx in
                _ = try tx.run("""
                    UPDATE member SET state = 'left'
                    WHERE account = \(found.account.id) AND workspace = \(found.workspace)
                    """)
            }
            _ = try await signUp.further("Eleven", by: principal, from: .console)
        }
    }

    @Test("closed and by invitation, a stranger opens nothing; owners and admins may, where it is by invitation",
          arguments: [SignUpMode.closed, .invite])
    func strangers(mode: SignUpMode) async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database, signUp: mode)
            let stranger = Browser(try test.open())
            await #expect(stranger.get("/sign-up").status == 404)
            #expect(stranger.page.contains("ask one of its admins"))
            await #expect(stranger.post("/sign-up", [("email", "a@example.com")]).status == 404)
            await #expect(stranger.get("/sign-up/\(String(repeating: "x", count: 43))").status == 404)
            #expect(try await test.mails().isEmpty)

            try await test.addPerson()
            try await test.addPerson("bo@example.com", role: .member)
            let (owner, member) = (try await test.browser(of: "ingrid@example.com"),
                                   try await test.browser(of: "bo@example.com"))
            await #expect(owner.get("/sign-up").status == (mode == .invite ? 200 : 404))
            await owner.get("/calendar")
            let further = await owner.post("/sign-up/further", [("workspace", "Two")])
            #expect(further.status == (mode == .invite ? 303 : 403))
            await #expect(member.post("/sign-up/further", [("workspace", "Two")]).status == 403)
            if mode == .invite {
                await owner.get("/calendar")
                #expect(owner.page.contains("Two"))
                await #expect(owner.post("/sign-up/further", [("workspace", "")]).status == 422)
                #expect(owner.isWrong("workspace"))
            }
        }
    }
}
