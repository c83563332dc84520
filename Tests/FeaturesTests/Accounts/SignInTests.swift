/// Signing in and out as browsers do it: what is said, what a session is worth, and when it ends.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct SignInTests {
    private let right = [("email", " Ingrid@Example.com "), ("password", "three calm rivers")]

    @Test(
        "the right password opens the app, another id with every sign-in, and signing out ends it",
        arguments: Engine.all)
    func roundTrip(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await #expect(browser.get("/").goesTo == "/sign-in")
            await #expect(browser.get("/calendar").goesTo == "/sign-in?next=%2Fcalendar")

            await #expect(browser.post("/sign-in", right).goesTo == "/calendar")
            let first = try #require(browser.cookies["workestra_session"])
            #expect(first.utf8.count == 43)
            await #expect(browser.get("/calendar").status == 200)
            await #expect(browser.get("/").goesTo == "/calendar")

            // Fixation: whoever planted the first id has nothing of the second sign-in.
            let thief = Browser(try test.open())
            thief.adopt(browser)
            await browser.post("/sign-in", right)
            #expect(browser.cookies["workestra_session"] != first)

            await browser.get("/calendar")
            await #expect(browser.post("/sign-out", []).goesTo == "/sign-in")
            #expect(browser.cookies["workestra_session"] == nil)
            await #expect(thief.get("/calendar").status == 200)
            await thief.post("/sign-out", [])
            await #expect(thief.get("/calendar").status == 303)
        }
    }

    @Test("after signing out the old cookie opens nothing", arguments: Engine.all)
    func reuse(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let (browser, copy) = (Browser(try test.open()), Browser(try test.open()))
            await browser.post("/sign-in", right)
            copy.adopt(browser)
            await browser.get("/calendar")
            await browser.post("/sign-out", [])
            await #expect(copy.get("/calendar").status == 303)
        }
    }

    @Test("a wrong password and an unknown address get the same answer; the address stays, the password does not")
    func sameWords() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            var pages: [String] = []
            for email in ["ingrid@example.com", "nobody@example.com"] {
                let browser = Browser(try test.open())
                let answer = await browser.post("/sign-in", [("email", email), ("password", "wrong but long")])
                #expect(answer.status == 422)
                #expect(answer[header: "Cache-Control"]?.contains("no-store") ?? false)
                #expect(browser.page.contains("E-mail and password do not match. 5 tries are left"))
                #expect(browser.page.contains("value=\"\(email)\""))
                #expect(!browser.page.contains("wrong but long"))
                #expect(browser.cookies.isEmpty)
                pages.append(browser.page.replacing(email, with: ""))
            }
            #expect(pages[0] == pages[1])
        }
    }

    @Test("the sixth failure says until when, then even the right password waits; another network does not")
    func pause() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            let name = SignInLimits.name(email: "ingrid@example.com", remote: "192.0.2.7")
            for _ in 0..<5 { _ = try await SignInLimits(database).begin(name, now: test.now) }
            var answer = await browser.post("/sign-in", [right[0], ("password", "wrong but long")])
            #expect(answer.status == 429)
            #expect(browser.page.contains("paused until 09:15 UTC"))
            answer = await browser.post("/sign-in", right)
            #expect(answer.status == 429 && answer[header: "Retry-After"] == "900")

            let elsewhere = Browser(try test.open(), peer: "198.51.100.4")
            await #expect(elsewhere.post("/sign-in", right).status == 303)
            test.wait(seconds: 15 * 60)
            await #expect(browser.post("/sign-in", right).status == 303)
        }
    }

    @Test("a browser that signed in before gets in during a pause, with a count of its own", arguments: Engine.all)
    func knownDevice(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("bo@example.com", role: .member)
            let known = Browser(try test.open()), stranger = Browser(try test.open())
            await known.post("/sign-in", right)
            let wrong = [right[0], ("password", "wrong but long")]
            for _ in 0..<6 { await stranger.post("/sign-in", wrong) }
            await #expect(stranger.post("/sign-in", right).status == 429)
            await #expect(known.post("/sign-in", right).status == 303)

            // The cookie is one person's: it opens no pause of somebody else, and does not end the guessing.
            let thief = Browser(try test.open())
            thief.adopt(known, cookie: "workestra_device")
            for _ in 0..<6 { await thief.post("/sign-in", [("email", "bo@example.com"), wrong[1]]) }
            await #expect(thief.post("/sign-in", [("email", "bo@example.com"), right[1]]).status == 429)
            for _ in 0..<6 { await thief.post("/sign-in", wrong) }
            await #expect(thief.post("/sign-in", right).status == 429)
        }
    }

    @Test("good sign-ins and pauses are in the log with a network and a browser, not with an address",
          arguments: Engine.all)
    func logged(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            let browser = Browser(try test.open())
            for _ in 0..<6 { await browser.post("/sign-in", [right[0], ("password", "wrong but long")]) }
            test.wait(seconds: 900)
            await browser.post("/sign-in", right)
            let rows = try await test.log(of: member.workspace)
            #expect(rows.map(\.action) == [.signedIn, .signInPaused])
            #expect(rows.map(\.network) == ["192.0.2.0/24", "192.0.2.0/24"])
            #expect(rows.map(\.actor) == ["user:\(member.account.id)", "visitor"])
        }
    }

    @Test("a session ends after fourteen unused days and after thirty in any case", arguments: Engine.all)
    func ages(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let (idle, busy) = (Browser(try test.open()), Browser(try test.open()))
            await busy.post("/sign-in", right)
            idle.adopt(busy)
            for _ in 0..<2 {
                test.wait(seconds: 13 * 86_400)
                await #expect(busy.get("/calendar").status == 200)
            }
            test.wait(seconds: 4 * 86_400 - 1)
            await #expect(busy.get("/calendar").status == 200)
            test.wait(seconds: 1)
            await #expect(busy.get("/calendar").status == 303)

            await idle.post("/sign-in", right)
            test.wait(seconds: 14 * 86_400)
            await #expect(idle.get("/calendar").status == 303)
        }
    }

    @Test("only an address of ours is a place to go on to", arguments: [
        ("/calendar/bookings?show=past", "/calendar/bookings?show=past"), ("https://evil.example", ""),
        ("//evil.example", ""), ("/\\evil.example", ""), ("/a\r\nSet-Cookie: x=1", ""), ("javascript:alert(1)", ""),
        ("", ""), ("/sign-out", ""), ("/" + String(repeating: "a", count: 3_000), ""),
    ])
    func next(given: String, taken: String) {
        #expect(NextAddress(given).text == taken)
    }

    @Test("after signing in, the page that was asked for opens")
    func goesOn() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = Browser(try test.open())
            await browser.get("/sign-in?next=/calendar/admin/keys")
            #expect(browser.hidden("next") == "/calendar/admin/keys")
            let answer = await browser.post("/sign-in", right + [("next", "/calendar/admin/keys")])
            #expect(answer.goesTo == "/calendar/admin/keys")
            await #expect(browser.get("/sign-in?next=/calendar").goesTo == "/calendar")
        }
    }

    @Test("a hash of weaker settings is made again when its password is at hand", arguments: Engine.all)
    func rehash(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            // "three calm rivers" with 8 MiB and one pass, as an older version might have stored it.
            let weak = "$argon2id$v=19$m=8192,t=1,p=1$"
                + "9t1/gq7k78urHDW0H4Tvmw$RfWADIqCxcnBbbnD+dn6y5ahH/bqMuCTeO2lATxLd/Y"
            let before = try #require(try await LookUps(database: database).signIn(email: "ingrid@example.com"))
            try await database.writeUnscoped { tx in
                try AccountStore.rehash(member.account.id, from: before.passwordHash ?? "", to: weak, in: tx)
            }
            await #expect(Browser(try test.open()).post("/sign-in", right).status == 303)
            let after = try #require(try await LookUps(database: database).signIn(email: "ingrid@example.com"))
            #expect(after.passwordHash?.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$") ?? false)
            await #expect(Browser(try test.open()).post("/sign-in", right).status == 303)
        }
    }

    @Test("a form of another site signs nobody in or out")
    func forgery() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let site = try test.open()
            let headers: Headers = [
                "Host": "meet.example", "Origin": "https://evil.example",
                "Content-Type": "application/x-www-form-urlencoded",
            ]
            let body = Array("email=ingrid%40example.com&password=three+calm+rivers".utf8)
            let answer = await site.answer(RawRequest("POST", "/sign-in", headers: headers, body: body))
            #expect(answer.status == 403 && answer.cookies.isEmpty)

            let browser = Browser(site)
            await browser.post("/sign-in", right)
            await #expect(browser.post("/sign-out", [], csrf: false).status == 403)
            await #expect(browser.get("/calendar").status == 200)
        }
    }
}

extension Answer {
    /// Where it sends the browser.
    var goesTo: String? { self[header: "Location"] }
}
