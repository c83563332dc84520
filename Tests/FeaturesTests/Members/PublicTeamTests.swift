/// `/team/<slug>` and its API: who is shown, to whom, and at what price.
import Database
import Fakes
import Logging
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

struct PublicTeamTests {
    /// A team of these people of the stage, made by its owner.
    @discardableResult
    private func team(
        _ stage: Stage, _ people: [ID<User>], _ visibility: TeamVisibility = .open, slug: String = "north",
        _ change: (inout TeamWish) -> Void = { _ in }
    ) async throws -> Team {
        var wish = TeamWish(name: "North <b>", slug: slug)
        wish.people = people.map { TeamWish.Person(user: $0, manages: false, part: "Ports & cities") }
        (wish.visibility, wish.description) = (visibility, "All of the north.\nAnd the ports.")
        change(&wish)
        return try await SaveTeam(stage.installation).create(
            wish, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)), from: .console)
    }

    private func get(_ stage: Stage, _ target: String) async throws -> Answer {
        let site = Site(
            settings: Site.Settings(publicURL: try WebURL(stage.installation.address).wanted("address")),
            routes: PublicTeamRoutes(stage.installation).routes,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return await site.answer(RawRequest("GET", target))
    }

    @Test("people stand with their open links, links of several on their own, and whoever has none is left out",
          arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let carla = try await person(stage, "carla", "Carla Ito")
            try await team(stage, [stage.ada, stage.bob, carla])
            _ = try await stage.makeLink("hidden") { $0.title = "Hidden one"; $0.access.hidden = true }
            _ = try await stage.makeLink("off") { $0.title = "Off one"; $0.active = false }
            _ = try await stage.makeLink("ended") { $0.title = "Ended one"; $0.access.expiresAt = stage.world.now }
            _ = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Bob's one" }
            _ = try await both(stage, "two")

            let page = try await get(stage, "/team/north")
            #expect(page.status == 200 && page[header: "X-Robots-Tag"] == nil)
            #expect(page.text.contains("North &lt;b&gt;") && page.text.contains("Ports &amp; cities"))
            #expect(page.text.contains("Ada Lindqvist") && page.text.contains("href=\"/book/intro\""))
            #expect(page.text.contains("Bob Osei") && page.text.contains("With several of us"))
            for gone in ["Carla Ito", "Hidden one", "Off one", "Ended one", "usr_", "video.example"] {
                #expect(!page.text.contains(gone), "\(gone)")
            }

            let json = try await get(stage, "/api/v1/public/teams/north").json
            #expect(json["links"]?.array?.compactMap { $0["slug"]?.string } == ["two"])
            #expect(json["members"]?.array?.compactMap { $0["name"]?.string } == ["Ada Lindqvist", "Bob Osei"])
            #expect(json["members"]?[0]?["links"]?[0]?["slug"]?.string == "intro")
            #expect(json["members"]?[0]?["part"]?.string == "Ports & cities")
            #expect(json["description"]?.string == "All of the north.\nAnd the ports.")
            #expect(!json.text.contains("usr_") && !json.text.contains("video.example"))
        }
    }

    @Test("somebody switched off, and a link of a neighbour, are on no page", arguments: Engine.all)
    func gone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await team(stage, [stage.ada, stage.bob])
            _ = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Bob's one" }
            let ada = stage.ada
            _ = try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE account SET active = \(false) WHERE id = \(ada)")
            }
            let page = try await get(stage, "/team/north").text
            #expect(!page.contains("Ada") && page.contains("Bob Osei"))
            let other = try await stage.neighbour()
            var wish = TeamWish(name: "Theirs", slug: "theirs")
            wish.visibility = .open
            _ = try await SaveTeam(stage.installation).create(wish, scope: other.scope, from: .console)
            let theirs = try await get(stage, "/team/theirs").text
            let (scope, now) = (stage.scope, stage.world.now)
            let foreign = try #require(try await LookUps(database: stage.database).team(slug: "theirs"))
            let none = try await stage.database.read(scope) { tx in
                try PublicTeamStore.find(foreign.team, now: now, scope: scope, in: tx)
            }
            #expect(none?.name == nil)
            #expect(theirs.contains("No open times here") && theirs.contains("Elsewhere") && !theirs.contains("Bob"))
        }
    }

    @Test("a private team is for whoever has the address; search engines stay away")
    func unlisted() async throws {
        try await Stage.on(.sqlite) { stage in
            try await team(stage, [stage.ada], .unlisted)
            let page = try await get(stage, "/team/north")
            #expect(page.status == 200 && page[header: "X-Robots-Tag"] == "noindex")
            #expect(page.text.contains("content=\"noindex\"") && !page.text.contains("og:title"))
            #expect(try await get(stage, "/api/v1/public/teams/north").status == 200)
            let loud = try await get(stage, "/team/North")
            #expect(loud.status == 308 && loud.location == "/team/north")
            let framed = try await get(stage, "/team/North?embed=1&theme=dark")
            #expect(framed.status == 308 && framed.location == "/team/north?embed=1&theme=dark")
            for slug in ["south", "a%00b", "..", String(repeating: "a", count: 300)] {
                #expect(try await get(stage, "/team/\(slug)").status == 404, "\(slug)")
                #expect(try await get(stage, "/api/v1/public/teams/\(slug)").status == 404, "\(slug)")
            }
        }
    }

    @Test("a team for members is shown to those who are signed in there, and to nobody else", arguments: Engine.all)
    func members(on engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            try await test.addPerson("bo@example.com", role: .viewer, name: "Bo")
            try await test.addPerson("eve@else.example", workspace: "Elsewhere")
            _ = try await SaveTeam(test.installation).create(
                TeamWish(name: "Inside", slug: "inside"),
                scope: Scope(workspace: owner.workspace, actor: .user(owner.account.id)), from: .console)

            let stranger = Browser(try test.open())
            let sent = await stranger.get("/team/inside")
            #expect(sent.status == 303 && sent.location.hasPrefix("/sign-in?next="))
            #expect(sent.location.hasSuffix("inside"))
            await #expect(stranger.get("/api/v1/public/teams/inside").status == 404)
            let bo = try await test.browser(of: "bo@example.com")
            let seen = await bo.get("/team/inside")
            #expect(seen.status == 200 && seen[header: "Cache-Control"] == "no-store" && bo.page.contains("Inside"))
            let eve = try await test.browser(of: "eve@else.example")
            await #expect(eve.get("/team/inside").status == 404)
        }
    }

    @Test("what is set on the form is what visitors read, and the form shows it again")
    func edited() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            let owner = try await test.addPerson()
            let browser = try await test.browser(of: "ingrid@example.com")
            let id = owner.account.id
            let form = [
                ("name", "North"), ("slug", "north"), ("people", id.text), ("description", "All of it"),
                ("visibility", "public"), ("parts.\(id)", "Ports"),
            ]
            await #expect(browser.post("/calendar/admin/teams", form).status == 303)
            let scope = Scope(workspace: owner.workspace, actor: .system)
            let team = try #require(try await database.read(scope) { tx in
                try TeamStore.all(scope: scope, in: tx).first
            })
            #expect(team.visibility == .open && team.description == "All of it" && team.members[0].part == "Ports")
            await browser.get("/calendar/admin/teams/\(team.id)")
            #expect(browser.page.contains("value=\"public\" selected") && browser.page.contains("value=\"Ports\""))
            #expect(browser.page.contains("href=\"/team/north\""))
            await browser.get("/team/north")
            #expect(browser.page.contains("All of it"))
        }
    }

    @Test("a page runs as many statements for sixty people as for one", arguments: Engine.all)
    func cost(on engine: Engine) async throws {
        let statements = Mutex(0)
        try await withDatabaseURL(engine, .reused) { url in
            var options = DatabaseOptions()
            options.isTest = true
            options.observe = { event in
                if case .read(let count) = event { statements.withLock { $0 += count } }
            }
            let database = try await Database.open(url, options)
            do {
                let stage = try await Stage(database)
                try await team(stage, [stage.ada], slug: "small")
                var people = [stage.ada, stage.bob]
                for number in 0..<58 {
                    let id = try await person(stage, "p\(number)", "Person \(number)")
                    _ = try await stage.makeLink("link-\(number)", host: id)
                    people.append(id)
                }
                try await team(stage, people, slug: "large")
                var costs: [Int] = []
                for slug in ["small", "large"] {
                    let before = statements.withLock { $0 }
                    #expect(try await get(stage, "/team/\(slug)").text.contains("Ada Lindqvist"))
                    costs.append(statements.withLock { $0 } - before)
                }
                #expect(costs[0] == costs[1] && (1...10).contains(costs[1]), "\(costs)")
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }

    @Test("the page draws its example")
    func examples() {
        #expect(PublicTeamPage.example.html.text.contains("Customer team"))
        #expect(TeamPage.example.html.text.contains("Who sees the team’s page"))
    }

    private func person(_ stage: Stage, _ handle: String, _ name: String) async throws -> ID<User> {
        let (id, now): (ID<User>, Instant) = (stage.world.id(), stage.world.now)
        let workspace = stage.workspace
        try await stage.database.writeUnscoped { tx in
            let account = Account(id: id, email: "\(handle)@nordhavn.example", name: name, zone: "Europe/Berlin")
            try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
            try AccountStore.addMember(id, role: .member, workspace: workspace, now: now, in: tx)
        }
        return id
    }

    /// A link of Ada and Bob together.
    private func both(_ stage: Stage, _ slug: String) async throws -> Link {
        var rules = Stage.rules
        (rules.slug, rules.title, rules.kind) = (slug, "With both", .collective)
        var wish = LinkWish(rules: rules)
        wish.hosts = [HostWish(stage.ada), HostWish(stage.bob)]
        return try await SaveLink(stage.installation).create(
            wish, host: stage.ada, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)))
    }
}
