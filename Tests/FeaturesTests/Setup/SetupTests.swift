/// The set-up in a browser: from the console's address to a link that can be booked, in four screens.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct SetupTests {
    private let owner = [
        ("name", "Ingrid Aasland"), ("email", "ingrid@example.com"), ("password", " three calm rivers "),
        ("workspace", "Nordhavn"),
    ]
    private let hours = [
        ("timezone", "Europe/Oslo"), ("mon_open", "on"), ("mon_1_from", "09:00"), ("mon_1_to", "17:00"),
    ]
    private let link = [
        ("title", "Meet Ingrid"), ("durationMinutes", "45"), ("slug", "ingrid"), ("locations.0.kind", "custom"),
        ("locations.0.text", "Room 4"),
    ]

    /// A fresh installation and a browser on the first screen.
    private func begin(_ test: TestSite) async throws -> (browser: Browser, token: [(String, String)]) {
        let token = try #require(try await test.operate.setupToken())
        let browser = Browser(try test.open())
        await #expect(browser.get("/").goesTo == "/setup")
        await #expect(browser.get("/setup?token=\(token)").status == 200)
        #expect(browser.hidden("token") == token)
        return (browser, [("token", token)])
    }

    @Test("four screens lead from the console's address to a link that can be booked", arguments: Engine.all)
    func whole(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let (browser, token) = try await begin(test)
            await #expect(browser.post("/setup", token + owner).goesTo == "/setup/hours")
            await browser.get("/setup/hours")
            #expect(browser.page.contains("Step 2 of 4") && browser.page.contains("data-here"))
            await #expect(browser.post("/setup/hours", hours).goesTo == "/setup/link")
            await browser.get("/setup/link")
            #expect(browser.page.contains("value=\"30 minute meeting\""))
            #expect(browser.page.contains("value=\"ingrid-aasland\""))
            await #expect(browser.post("/setup/link", link).goesTo == "/setup/done")
            await browser.get("/setup/done")
            #expect(browser.page.contains("data-copy=\"http://meet.example/book/ingrid\""))
            #expect(browser.page.contains("href=\"/book/ingrid\""))

            let found = try #require(try await LookUps(database: database).link(slug: "ingrid"))
            let scope = Scope(workspace: found.workspace, actor: .system)
            let stored = try await database.read(scope) { tx in
                let link = try LinkStore.find(found.link, scope: scope, in: tx)
                let schedule = try link.flatMap { try ScheduleStore.find($0.schedule, scope: scope, in: tx) }
                let member = try AccountStore.members(of: scope.workspace, in: tx).first
                return (link, schedule, member)
            }
            #expect(stored.0?.rules.duration == 45 && stored.0?.rules.firstLocation.text == "Room 4")
            #expect(stored.0?.rules.kind == .oneOnOne && stored.0?.hosts.map(\.email) == ["ingrid@example.com"])
            #expect(stored.1?.zone == "Europe/Oslo" && stored.1?.weekly[1] == [Window(opens: 540, closes: 1_020)])
            #expect(stored.1?.weekly.map(\.count) == [0, 1, 0, 0, 0, 0, 0])
            #expect(stored.2?.role == .owner && stored.2?.account.zone == "Europe/Oslo")
            // Blanks at the ends belong to a password.
            let again = Browser(try test.open())
            await #expect(again.post("/sign-in", [owner[1], ("password", "three calm rivers")]).status == 422)
            await #expect(again.post("/sign-in", [owner[1], owner[2]]).status == 303)
        }
    }

    @Test("going back shows what was saved, and saving again changes it instead of adding", arguments: Engine.all)
    func back(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let (browser, token) = try await begin(test)
            await browser.post("/setup", token + owner)
            await browser.get("/setup/hours")
            await browser.post("/setup/hours", hours)
            await browser.get("/setup/link")
            await browser.post("/setup/link", link)

            await #expect(browser.get("/setup?token=x").goesTo == "/setup/hours")
            await browser.get("/setup/hours")
            #expect(browser.page.contains("value=\"Europe/Oslo\" selected") && !browser.page.contains("data-here"))
            await browser.post("/setup/hours", [("timezone", "Asia/Tokyo")] + hours.dropFirst())
            await browser.get("/setup/link")
            #expect(browser.page.contains("value=\"Meet Ingrid\"") && browser.page.contains("value=\"45\""))
            let changed = [("title", "Meet me"), ("durationMinutes", "60"), ("slug", "me")] + link.dropFirst(3)
            await browser.post("/setup/link", changed)

            let found = try #require(try await LookUps(database: database).link(slug: "me"))
            // The address it had for a moment leads to it.
            #expect(try await LookUps(database: database).link(slug: "ingrid")?.link == found.link)
            let scope = Scope(workspace: found.workspace, actor: .system)
            let (links, schedules) = try await database.read(scope) { tx in
                let members = try AccountStore.members(of: scope.workspace, in: tx)
                let schedules = try members.flatMap { try ScheduleStore.all(of: $0.account.id, scope: scope, in: tx) }
                return (try LinkStore.all(scope: scope, in: tx), schedules)
            }
            #expect(links.map(\.rules.title) == ["Meet me"] && schedules.map(\.zone) == ["Asia/Tokyo"])
        }
    }

    @Test(
        "a missing, wrong, old or used token makes nobody an owner and says where the right one is",
        arguments: Engine.all)
    func tokens(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let old = try #require(try await test.operate.setupToken())
            let (browser, token) = try await begin(test)
            for target in ["/setup", "/setup?token=", "/setup?token=wrong", "/setup?token=\(old)"] {
                await #expect(browser.get(target).status == 403)
                #expect(browser.page.contains("address on its console") && !browser.page.contains("<form"))
            }
            await #expect(browser.post("/setup", [("token", old)] + owner).status == 403)
            #expect(try await !LookUps(database: database).anyWorkspace())

            await #expect(browser.post("/setup", token + owner).status == 303)
            let stranger = Browser(try test.open())
            await #expect(stranger.post("/setup", token + owner).status == 403)
            #expect(stranger.page.contains("Already set up") && stranger.cookies.isEmpty)
            await stranger.get("/setup?token=\(token[0].1)")
            #expect(stranger.page.contains("This installation has an owner"))
            #expect(try await test.operate.workspaces().count == 1)
        }
    }

    @Test("two who send the first screen at once: one becomes the owner", arguments: Engine.all)
    func race(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let token = try #require(try await test.operate.setupToken())
            let signIn = SignIn(database: database, world: test.installation.world, passwords: test.passwords)
            let found = FoundWorkspace(database: database, world: test.installation.world, signIn: signIn)
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        let founding = Founding(
                            name: "A", email: "a\(number)@example.com", password: "three calm rivers",
                            workspaceName: "W")
                        return (try? await found(founding, token: token, userAgent: "")) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
            let places = try await test.operate.workspaces()
            #expect(places.map(\.members) == [1])
            let scope = Scope(workspace: try #require(places.first).id, actor: .system)
            let log = try await database.read(scope) { try AuditStore.rows(AuditFilter(), scope: scope, in: $0) }
            #expect(Set(log.compactMap(\.action)) == [.workspaceMade, .joined] && log.count == 2)
        }
    }

    @Test("mistakes stand beside their fields and what was typed stays, except the password")
    func mistakes() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            let (browser, token) = try await begin(test)
            let wrong = [("name", "I & I"), ("email", "ingrid@"), ("password", "password"), ("workspace", "")]
            await #expect(browser.post("/setup", token + wrong).status == 422)
            for field in ["email", "password", "workspace"] { #expect(browser.isWrong(field)) }
            #expect(browser.page.contains("value=\"I &amp; I\"") && browser.page.contains("value=\"ingrid@\""))
            #expect(!browser.page.contains("value=\"password\"") && browser.hidden("token") == token[0].1)
            #expect(try await !LookUps(database: database).anyWorkspace())

            await browser.post("/setup", token + owner)
            await browser.get("/setup/hours")
            let badHours = [
                ("timezone", "Mars/Base"), ("tue_open", "on"), ("tue_1_from", "10:00"), ("tue_1_to", "09:00"),
            ]
            await #expect(browser.post("/setup/hours", badHours).status == 422)
            #expect(browser.isWrong("timezone") && browser.isWrong("tue_1_to"))
            #expect(browser.page.contains("value=\"10:00\""))
            await #expect(browser.post("/setup/hours", [("timezone", "UTC")]).status == 422)
            #expect(browser.page.contains("Every day is closed"))

            await browser.post("/setup/hours", hours)
            await browser.get("/setup/link")
            let badLink = [("title", ""), ("durationMinutes", "4"), ("slug", "New Slug")] + link.dropFirst(3)
            await #expect(browser.post("/setup/link", badLink).status == 422)
            for field in ["title", "durationMinutes", "slug"] { #expect(browser.isWrong(field)) }
            #expect(browser.page.contains("value=\"New Slug\"") && browser.page.contains("value=\"Room 4\""))
        }
    }

    @Test("the screens after the first are for who is signed in")
    func closed() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            let browser = Browser(try test.open())
            for target in ["/setup/hours", "/setup/link", "/setup/done"] {
                await #expect(browser.get(target).goesTo?.hasPrefix("/sign-in?next=") ?? false)
            }
            try await test.addPerson("viewer@example.com", role: .viewer)
            await browser.post("/sign-in", [("email", "viewer@example.com"), ("password", "three calm rivers")])
            await #expect(browser.get("/setup/link").status == 403)
        }
    }
}
