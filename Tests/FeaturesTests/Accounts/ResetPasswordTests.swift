/// A forgotten password and a changed one, in a browser and in `PasswordResetStore` of both engines.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct ResetPasswordTests {
    private let new = "five calm rivers"

    /// The token in the newest mail.
    private func token(_ test: TestSite) async throws -> String {
        let text = try #require(try await test.mails().last).text
        let start = try #require(text.firstRange(of: "/reset-password/")?.upperBound)
        return String(text[start...].prefix(43))
    }

    @Test("a mail leads to a new password, once; every other browser is out, and a mail says so",
          arguments: Engine.all)
    func roundTrip(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            let old = try await test.browser(of: "ingrid@example.com")
            let browser = Browser(try test.open())
            await #expect(browser.post("/forgot-password", [("email", "Ingrid@Example.com")]).status == 200)
            let token = try await token(test)
            await #expect(browser.get("/reset-password/\(token)").status == 200)
            await #expect(browser.get("/reset-password/\(token)").status == 200, "looking uses nothing up")
            await #expect(browser.post("/reset-password/\(token)", [("password", "short")]).status == 422)
            #expect(browser.isWrong("password"))
            await #expect(browser.post("/reset-password/\(token)", [("password", new)]).goesTo == "/calendar")
            await #expect(browser.get("/calendar").status == 200)
            await #expect(old.get("/calendar").status == 303)
            await #expect(browser.get("/reset-password/\(token)").status == 410)
            await #expect(browser.post("/reset-password/\(token)", [("password", new)]).status == 410)

            let told = try #require(try await test.mails().last)
            #expect(told.subject == "Your password was changed" && told.to.address.text == "ingrid@example.com")
            let wrong = [("email", "ingrid@example.com"), ("password", "three calm rivers")]
            await #expect(old.post("/sign-in", wrong).status == 422)
            await #expect(old.post("/sign-in", [wrong[0], ("password", new)]).status == 303)
            #expect(try await test.log(of: member.workspace).contains { $0.action == .passwordChanged })
        }
    }

    @Test("unknown addresses, switched-off people and too many asks get the same page, and no mail",
          arguments: Engine.all)
    func sameAnswer(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            var pages: Set<String> = []
            for (email, times) in [("ingrid@example.com", 7), ("nobody@example.com", 2)] {
                for _ in 0..<times {
                    await #expect(browser.post("/forgot-password", [("email", email)]).status == 200)
                    pages.insert(browser.page.replacing(email, with: ""))
                }
            }
            #expect(pages.count == 1)
            #expect(try await test.mails().count == 6)
            await #expect(browser.post("/forgot-password", [("email", "nobody")]).status == 422)
            #expect(browser.isWrong("email"))
        }
    }

    @Test("an hour later, after another reset, or made up: the link is over", arguments: Engine.all)
    func over(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await browser.get("/reset-password/nonsense")
            let unknown = browser.page
            func ask() async throws -> String {
                await browser.post("/forgot-password", [("email", "ingrid@example.com")])
                return try await token(test)
            }
            let first = try await ask(), second = try await ask()
            await #expect(browser.post("/reset-password/\(second)", [("password", new)]).status == 303)
            await browser.get("/reset-password/\(first)")
            #expect(browser.page == unknown)
            _ = try await test.mails()
            let third = try await ask()
            test.wait(seconds: 3_599)
            await #expect(browser.get("/reset-password/\(third)").status == 200)
            let kept = test.now
            try await database.writeUnscoped { tx in try PasswordResetStore.prune(now: kept, in: tx) }
            await #expect(browser.get("/reset-password/\(third)").status == 200, "housekeeping leaves it")
            test.wait(seconds: 1)
            await browser.get("/reset-password/\(third)")
            #expect(browser.page == unknown)
        }
    }

    @Test("whoever is paused gets in by the mailed link", arguments: Engine.all)
    func paused(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            let wrong = [("email", "ingrid@example.com"), ("password", "wrong but long")]
            for _ in 0..<6 { await browser.post("/sign-in", wrong) }
            await browser.post("/forgot-password", [wrong[0]])
            let token = try await token(test)
            await #expect(browser.post("/reset-password/\(token)", [("password", new)]).status == 303)
            // The browser is known from now on: the pause of its network is not its own.
            await browser.get("/calendar")
            await browser.post("/sign-out", [])
            await #expect(browser.post("/sign-in", [wrong[0], ("password", new)]).status == 303)
        }
    }

    @Test("one's own browsers are listed, ended one by one and all at once; other people's never",
          arguments: Engine.all)
    func sessions(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("bo@example.com", role: .member)
            let (a, b) = (try await test.browser(of: "ingrid@example.com"),
                          try await test.browser(of: "ingrid@example.com"))
            let c = try await test.browser(of: "ingrid@example.com"), bo = try await test.browser(of: "bo@example.com")
            await a.get("/settings/security")
            #expect(a.page.contains("You are signed in 3 times") && a.page.contains("192.0.2.0/24"))
            let ids = a.page.split(separator: "/settings/security/sessions/").dropFirst().map { String($0.prefix(30)) }
            #expect(ids.count == 2)
            await bo.get("/settings/security")
            await #expect(bo.post("/settings/security/sessions/\(ids[0])/end", []).status == 404)
            await #expect(a.post("/settings/security/sessions/\(ids[0])/end", []).status == 303)
            #expect(await [b.get("/calendar").status, c.get("/calendar").status].sorted() == [200, 303])
            await #expect(a.post("/settings/security/sessions/ses_nonsense/end", []).status == 404)
            await #expect(a.post("/settings/security/other-sessions/end", []).status == 303)
            #expect(await [b.get("/calendar").status, c.get("/calendar").status] == [303, 303])
            await #expect(a.get("/calendar").status == 200)
            await #expect(bo.get("/calendar").status == 200)
        }
    }

    @Test("changing the password asks for the old one, counts wrong ones, and signs out everywhere else",
          arguments: Engine.all)
    func change(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let (here, there) = (try await test.browser(of: "ingrid@example.com"),
                                 try await test.browser(of: "ingrid@example.com"))
            func change(_ current: String, _ password: String) async -> Int {
                await here.get("/settings/security")
                return await here.post(
                    "/settings/security/password", [("current", current), ("password", password)]).status
            }
            #expect(await change("wrong but long", new) == 422)
            #expect(here.isWrong("current") && !here.page.contains("wrong but long"))
            #expect(await change("three calm rivers", "password") == 422)
            #expect(here.isWrong("password"))
            #expect(await change("three calm rivers", new) == 303)
            await #expect(here.get("/calendar").status == 200)
            await #expect(there.get("/calendar").status == 303)
            for _ in 0..<6 { #expect(await change("wrong but long", new) == 422) }
            #expect(await change(new, "six calm rivers here") == 429)
        }
    }

    @Test("a person of two workspaces goes from one to the other, and nowhere else", arguments: Engine.all)
    func enters(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let here = try await test.addPerson()
            test.wait(seconds: 1)
            let there = try await test.addPerson(workspace: "Elsewhere")
            let foreign = try await test.addPerson("eve@example.com", workspace: "Third")
            let browser = try await test.browser(of: "ingrid@example.com")
            let copy = Browser(try test.open())
            copy.adopt(browser)
            await browser.get("/settings/security")
            let path = "/settings/security/workspaces"
            await #expect(browser.post("\(path)/\(foreign.workspace)/entry", []).status == 404)
            await #expect(browser.post("\(path)/\(there.workspace)/entry", []).status == 303)
            await browser.get("/calendar")
            #expect(browser.page.contains("Elsewhere"))
            await #expect(copy.get("/calendar").status == 303, "the session before has ended")
            await browser.get("/settings/security")
            await #expect(browser.post("\(path)/\(here.workspace)/entry", []).status == 303)
        }
    }

    @Test("a session ends thirty days after sign-in, however often it is used, entered anew or moved",
          arguments: Engine.all, [false, true])
    func end(engine: Engine, opensFurther: Bool) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database, signUp: .open)
            try await test.addPerson()
            test.wait(seconds: 1)
            let there = try await test.addPerson(workspace: "Elsewhere")
            let browser = try await test.browser(of: "ingrid@example.com")
            for _ in 0..<29 {
                test.wait(seconds: 86_400)
                await #expect(browser.get("/calendar").status == 200)
            }
            await browser.get("/settings/security")
            let moved = opensFurther
                ? await browser.post("/sign-up/further", [("workspace", "Two")])
                : await browser.post("/settings/security/workspaces/\(there.workspace)/entry", [])
            #expect(moved.status == 303)
            test.wait(seconds: 86_399)
            await #expect(browser.get("/calendar").status == 200)
            test.wait(seconds: 1)
            await #expect(browser.get("/calendar").status == 303)
        }
    }
}
