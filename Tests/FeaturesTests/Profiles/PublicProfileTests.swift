/// `/u/<handle>`: what strangers see of a host, and what they do not.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct PublicProfileTests {
    private func named(_ stage: Stage, _ handle: String, _ who: ID<User>? = nil) async throws {
        _ = try await SaveProfile(stage.installation)(who ?? stage.ada, scope: stage.scope) { profile in
            var wish = profile.wish
            wish.handle = handle
            return wish
        }
    }

    private func site(_ stage: Stage) throws -> Site {
        Site(
            settings: Site.Settings(publicURL: try WebURL(stage.installation.address).wanted("address")),
            routes: ProfileRoutes(stage.installation, files: FakeFiles()).routes,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func get(_ stage: Stage, _ target: String) async throws -> (status: Int, page: String, answer: Answer) {
        let answer = try await site(stage).answer(RawRequest("GET", target))
        return (answer.status, String(decoding: answer.body, as: UTF8.self), answer)
    }

    @Test("the host's open links are listed; hidden, switched-off, ended and others' are not", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await named(stage, "ada")
            _ = try await stage.makeLink("shown") { $0.title = "Shown <b>"; $0.access.expiresAt = stage.at(12) }
            _ = try await stage.makeLink("hidden") { $0.title = "Hidden one"; $0.access.hidden = true }
            _ = try await stage.makeLink("off") { $0.title = "Off one"; $0.active = false }
            _ = try await stage.makeLink("ended") { $0.title = "Ended one"; $0.access.expiresAt = stage.world.now }
            _ = try await stage.makeLink("bobs", host: stage.bob) { $0.title = "Bob's one" }
            let (status, page, _) = try await get(stage, "/u/ada")
            #expect(status == 200)
            #expect(page.contains("Introduction") && page.contains("href=\"/book/intro\""))
            #expect(page.contains("Shown &lt;b&gt;"))
            for title in ["Hidden one", "Off one", "Ended one", "Bob&#39;s one", "video.example"] {
                #expect(!page.contains(title), "\(title)")
            }
        }
    }

    @Test("no open link leaves a page that says so; an unknown handle is 404 in words")
    func empty() async throws {
        try await Stage.on(.sqlite) { stage in
            try await named(stage, "bob", stage.bob)
            let (status, page, _) = try await get(stage, "/u/bob")
            #expect(status == 200 && page.contains("No open times here") && page.contains("Bob Osei"))
            for handle in ["nobody", "UPPER", "a%00b", "..", String(repeating: "a", count: 300)] {
                #expect(try await get(stage, "/u/\(handle)").status == 404)
            }
            #expect(try await get(stage, "/u/nobody").page.contains("Nobody has a page at this address"))
        }
    }

    @Test("an old handle redirects for good")
    func former() async throws {
        try await Stage.on(.sqlite) { stage in
            try await named(stage, "ada")
            try await named(stage, "countess")
            let (status, _, answer) = try await get(stage, "/u/ada")
            #expect(status == 308 && answer[header: "Location"] == "/u/countess")
            let loud = try await get(stage, "/u/Countess")
            #expect(loud.status == 308 && loud.answer[header: "Location"] == "/u/countess")
            // A site that shows the page goes on showing it.
            for handle in ["ada", "Countess"] {
                let framed = try await get(stage, "/u/\(handle)?embed=1&theme=dark").answer
                #expect(framed[header: "Location"] == "/u/countess?embed=1&theme=dark", "\(handle)")
            }
        }
    }

    @Test("somebody switched off, and somebody who left the workspace, have no page", arguments: Engine.all)
    func gone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (bob, ada, workspace) = (stage.bob, stage.ada, stage.workspace)
            try await named(stage, "bob", bob)
            try await named(stage, "ada", ada)
            try await named(stage, "ada-2", ada)
            try await stage.database.writeUnscoped { tx in
                try tx.run("UPDATE account SET active = \(false) WHERE id = \(ada)")
                try tx.run("DELETE FROM member WHERE workspace = \(workspace) AND account = \(bob)")
            }
            for handle in ["bob", "ada", "ada-2"] { #expect(try await get(stage, "/u/\(handle)").status == 404) }
        }
    }

    @Test("every page of profiles draws its example")
    func examples() {
        #expect(ProfileSettingsPage.example.html.text.contains("multipart/form-data"))
        #expect(PublicProfilePage.example.html.text.contains("og:image"))
    }
}
