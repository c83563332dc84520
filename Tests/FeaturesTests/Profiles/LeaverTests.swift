/// What strangers meet at the addresses of somebody who has left.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Addresses of people who have left")
struct LeaverTests {
    private func find(_ stage: Stage, _ slug: String) async throws -> Leaver? {
        try await Leaver.find(slug: slug, stage.installation)
    }

    private func remove(_ user: ID<User>, _ stage: Stage) async throws {
        let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
        let now = stage.world.now
        _ = try await stage.database.write(scope) { tx in
            try MemberStore.set(state: .left, of: user, now: now, scope: scope, in: tx)
        }
    }

    @Test("for ninety days their link says so and where to turn, then nobody has a page there", arguments: Engine.all)
    func link(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let workspace = stage.workspace
            try await stage.database.writeUnscoped { tx in
                for (number, name, visibility) in [(1, "Sales", "public"), (2, "Board", "private")] {
                    try tx.run("""
                        INSERT INTO team (id, workspace, slug, name, visibility, created_at)
                        VALUES (\("team_\(number)"), \(workspace), \(name.lowercased()), \(name), \(visibility), 0)
                        """)
                }
            }
            let link = try await stage.makeLink("bobs", host: stage.bob) { $0.active = false }
            let visitor = try Visitor(stage)
            #expect(try await find(stage, "bobs") == nil)
            #expect(await visitor.get("/book/bobs").status == 404)
            try await remove(stage.bob, stage)
            let page = await visitor.get("/book/bobs")
            #expect(page.status == 410 && page.text.contains("<bdi>Bob Osei</bdi> is no longer here"), "\(page.text)")
            #expect(page.text.contains("/team/sales") && !page.text.contains("Board"))
            #expect(page.text.contains("noindex") && page.text.contains("/book/find"))
            // A former address leads there, too; what was never an address does not.
            #expect(await visitor.get("/book/never").status == 404)
            #expect(await visitor.get("/book/intro").status == 200)
            stage.clock.move(to: monday.adding(days: 90))
            #expect(await visitor.get("/book/bobs").status == 404)
            #expect(link.hosts.map(\.id) == [stage.bob])
        }
    }

    @Test("a link of several tells of nobody while one of them is here; who comes back is here", arguments: Engine.all)
    func several(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.makeLink("both", .collective, [HostWish(stage.ada), HostWish(stage.bob)]) {
                $0.active = false
            }
            _ = try await stage.makeLink("bobs", host: stage.bob) { $0.active = false }
            _ = try await stage.makeLink("coded", host: stage.bob) { ($0.active, $0.access.code) = (false, "Sesame") }
            _ = try await stage.makeLink("hidden", host: stage.bob) { ($0.active, $0.access.hidden) = (false, true) }
            let (before, after) = (
                try await stage.makeLink("before", host: stage.bob), try await stage.makeLink("after", host: stage.bob))
            try await DeleteLink(stage.installation)(before.id, scope: stage.scope)
            stage.clock.move(minutes: 1)
            try await remove(stage.bob, stage)
            try await DeleteLink(stage.installation)(after.id, scope: stage.scope)
            #expect(try await find(stage, "both") == nil)
            for slug in ["coded", "hidden", "before"] { #expect(try await find(stage, slug) == nil, "\(slug)") }
            #expect(try await find(stage, "after") != nil)
            #expect(try await find(stage, "bobs")?.others.isEmpty == true)
            let (workspace, bob, now) = (stage.workspace, stage.bob, stage.world.now)
            try await stage.database.writeUnscoped { tx in
                try AccountStore.addMember(bob, role: .member, workspace: workspace, now: now, in: tx)
            }
            #expect(try await find(stage, "bobs") == nil)
        }
    }

    @Test("the page at their handle, and a page for several of whom one has left", arguments: Engine.all)
    func handle(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (workspace, bob) = (stage.workspace, stage.bob)
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE account SET handle = 'bob', profile_workspace = \(workspace) WHERE id = \(bob)")
            }
            #expect(try await Leaver.find(handle: "bob", stage.installation) == nil)
            try await remove(bob, stage)
            #expect(try await Leaver.find(handle: "bob", stage.installation)?.name == "Bob Osei")
            #expect(try await find(stage, "ada+bob") == nil, "he did not allow it")
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE account SET ad_hoc_links = 1 WHERE id = \(bob)")
            }
            #expect(try await find(stage, "ada+bob")?.name == "Bob Osei")
            #expect(try await Leaver.find(handle: "nobody", stage.installation) == nil)
            let scope = stage.scope
            let since = stage.world.now
            #expect(try await stage.database.read(scope) {
                try LeaverStore.find(bob, since: since, scope: scope, in: $0)
            } == nil, "not after that")
        }
    }
}
