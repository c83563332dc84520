/// Addresses under `/book/`: one living link each, former ones that lead on, and those of deleted links kept back.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct SlugStoreTests {
    private func rename(_ stage: Stage, _ link: Link, _ slug: String) async throws -> Link {
        try await SaveLink(stage.installation).update(
            link.id, version: nil, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada))
        ) { link in
            var wish = LinkWish(rules: link.rules)
            wish.rules.slug = slug
            return wish
        }
    }

    private func isTaken(_ stage: Stage, _ slug: String) async throws -> Bool {
        let (scope, now) = (stage.scope, stage.world.now)
        return try await stage.database.read(scope) { tx in
            try SlugStore.isTaken(slug, except: nil, now: now, in: tx)
        }
    }

    private func found(_ stage: Stage, _ slug: String) async throws -> ID<Link>? {
        try await LookUps(database: stage.database).link(slug: slug)?.link
    }

    @Test("every slug a link had leads to it, and a former one can be had back", arguments: Engine.all)
    func former(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var link = try await rename(stage, stage.link, "second")
            link = try await rename(stage, link, "third")
            for slug in ["intro", "second", "third"] { #expect(try await found(stage, slug) == link.id, "\(slug)") }
            link = try await rename(stage, link, "intro")
            #expect(link.rules.slug == "intro")
            let (id, scope) = (link.id, stage.scope)
            let former = try await stage.database.read(scope) { tx in
                try SlugStore.former(of: id, scope: scope, in: tx)
            }
            #expect(former == ["second", "third"])
        }
    }

    @Test("a former slug is taken for everybody else, in every workspace", arguments: Engine.all)
    func reserved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await rename(stage, stage.link, "second")
            await #expect(throws: Invalid.self) { _ = try await stage.makeLink("intro") }
            let elsewhere = try await stage.neighbour()
            await #expect(throws: Invalid.self) {
                _ = try await SaveLink(stage.installation).create(
                    LinkWish(rules: Stage.rules), host: elsewhere.user, scope: elsewhere.scope)
            }
        }
    }

    @Test("a deleted link's slugs lead nowhere, stay taken for 90 days, and are free after that", arguments: Engine.all)
    func deleted(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await rename(stage, stage.link, "second")
            try await DeleteLink(stage.installation)(
                link.id, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)))
            let stranger = try Visitor(stage)
            for slug in ["intro", "second"] {
                #expect(try await isTaken(stage, slug))
                #expect(await stranger.get("/book/\(slug)").status == 404)
            }
            stage.clock.move(minutes: 90 * 24 * 60 - 1)
            for slug in ["intro", "second"] { #expect(try await isTaken(stage, slug)) }
            stage.clock.move(minutes: 1)
            for slug in ["intro", "second"] {
                #expect(try await !isTaken(stage, slug))
                #expect(try await stage.makeLink(slug).rules.slug == slug)
                #expect(await stranger.get("/book/\(slug)").status == 200)
            }
        }
    }

    @Test("the old address redirects for good with what was asked; the API answers with the link",
          arguments: Engine.all)
    func redirects(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await rename(stage, stage.link, "second")
            let stranger = try Visitor(stage)
            let moved = await stranger.get("/book/intro?timezone=Asia%2FTokyo&utm_source=a%26b")
            #expect(moved.status == 308)
            #expect(moved.location == "/book/second?timezone=Asia%2FTokyo&utm_source=a%26b")
            #expect(await stranger.get("/api/v1/public/links/intro").json["slug"] == "second")
        }
    }
}
