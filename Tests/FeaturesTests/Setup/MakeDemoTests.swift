/// The demo: what is in it, that its logins work, and that it never mixes with real data.
import Database
import Fakes
import Features
import Testing
import Web

struct MakeDemoTests {
    @Test("an empty database gets people whose passwords and keys work, and links that are open", arguments: Engine.all)
    func logins(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let demo = try await MakeDemo(test.installation, passwords: test.passwords)()
            let json = demo.json

            #expect(json.members?.map(\.0) == ["workspace", "users", "links"])
            #expect(json["users"]?.array?.map { $0["role"]?.string } == ["owner", "admin", "member", "viewer"])
            #expect(json["links"]?.array?.allSatisfy { $0["kind"]?.string == "one_on_one" } ?? false)
            for user in demo.users {
                let me = try await Program(site: test.open(), key: user.apiKey).call("GET", "/api/v1/me")
                #expect(me.json["email"]?.string == user.email && me.json["role"]?.string == user.role.rawValue)
                #expect(demo.words.contains(user.password))
            }
            let owner = try #require(demo.users.first)
            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", owner.email), ("password", owner.password)])
            await #expect(browser.get("/calendar").status == 200)
            #expect(browser.page.contains("Product walkthrough"))
            for link in demo.links {
                let found = try await LookUps(database: database).link(slug: link.rules.slug)
                #expect(found?.workspace == demo.workspace.id)
            }

            await #expect(throws: AccountRefusal.notEmpty) {
                try await MakeDemo(test.installation, passwords: test.passwords)()
            }
        }
    }
}
