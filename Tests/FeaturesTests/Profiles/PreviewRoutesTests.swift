/// The pictures behind `og:image`: there for what can be seen, kept by tag, and silent about what is locked.
import Database
import Fakes
import Logging
import Testing
import Web

@testable import Features

struct PreviewRoutesTests {
    private func site(_ stage: Stage) throws -> Site {
        Site(
            settings: Site.Settings(publicURL: try WebURL(stage.installation.address).wanted("address")),
            routes: PreviewRoutes(stage.installation).routes,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("a link and a page have a picture; who has it already gets 304; a new title is a new picture",
          arguments: Engine.all)
    func pictures(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await SaveProfile(stage.installation)(stage.ada, scope: stage.scope) { profile in
                var wish = profile.wish
                wish.handle = "ada"
                return wish
            }
            let site = try site(stage)
            var tags: Set<String> = []
            for path in ["/og/book/intro.png", "/og/u/ada.png"] {
                let answer = await site.answer(RawRequest("GET", path))
                #expect(answer.status == 200 && answer[header: "Content-Type"] == "image/png")
                #expect(answer.body.starts(with: PNGFile.signature) && answer.body.count <= 30_720)
                let tag = try answer[header: "ETag"].wanted("tag")
                tags.insert(tag)
                let again = await site.answer(RawRequest("GET", path, headers: ["If-None-Match": tag]))
                #expect(again.status == 304 && again.body.isEmpty)
            }
            _ = try await SaveProfile(stage.installation)(stage.ada, scope: stage.scope) { profile in
                var wish = profile.wish
                wish.name = "Ada the Second"
                return wish
            }
            for path in ["/og/book/intro.png", "/og/u/ada.png"] {
                tags.insert(try await site.answer(RawRequest("GET", path))[header: "ETag"].wanted("tag"))
            }
            #expect(tags.count == 4)
        }
    }

    @Test("what nobody can book has none, and behind a code nothing is told")
    func silent() async throws {
        try await Stage.on(.sqlite) { stage in
            _ = try await stage.makeLink("off") { $0.active = false }
            for title in ["One secret", "Another"] {
                let slug = title == "Another" ? "b" : "a"
                _ = try await stage.makeLink(slug) { $0.title = title; $0.access.code = "blue door" }
            }
            let site = try site(stage)
            func get(_ path: String) async -> Answer { await site.answer(RawRequest("GET", path)) }
            for path in ["off.png", "nobody.png", "intro", "intro.svg", ".png"] {
                #expect(await get("/og/book/\(path)").status == 404, "\(path)")
            }
            #expect(await get("/og/u/nobody.png").status == 404)
            #expect(await get("/og/book/a.png").body == get("/og/book/b.png").body)
            #expect(await get("/og/book/a.png").body != get("/og/book/intro.png").body)
        }
    }
}
