/// The rows of a link's hosts: their order, their shares, and the border between workspaces.
import Database
import Scheduling
import Testing

@testable import Features

@Suite("Rows of hosts")
struct LinkHostStoreTests {
    @Test("hosts of several links are read in one go, each in its order", arguments: Engine.all)
    func several(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (stage.ada, stage.bob)
            let one = try await stage.makeLink("one", .collective, [HostWish(bob), HostWish(ada)])
            let two = try await stage.makeLink("two", .roundRobin, [HostWish(ada, weight: 3), HostWish(bob)])
            let scope = stage.scope
            let found = try await stage.database.read(scope) { tx in
                try LinkHostStore.all(of: [one.id, two.id, stage.link.id], scope: scope, in: tx)
            }
            #expect(found[one.id]?.map(\.host.id) == [bob, ada] && found[two.id]?.map(\.share.weight) == [3, 100])
            #expect(found[stage.link.id]?.map(\.host.id) == [ada])
            let elsewhere = try await stage.neighbour().scope
            let none = try await stage.database.read(elsewhere) { tx in
                (
                    try LinkHostStore.all(of: [one.id], scope: elsewhere, in: tx).count,
                    try LinkHostStore.ids(of: one.id, scope: elsewhere, in: tx).count,
                    try LinkHostStore.people([ada], scope: elsewhere, in: tx).count,
                    try LinkHostStore.everybody(scope: elsewhere, in: tx).map(\.name)
                )
            }
            #expect(none.0 + none.1 + none.2 == 0 && none.3 == ["Eve"])
        }
    }

    @Test("a member who is switched off stays a host who gets nothing, and cannot be chosen", arguments: Engine.all)
    func off(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob, scope) = (stage.ada, stage.bob, stage.scope)
            let link = try await stage.makeLink("two", .roundRobin, [HostWish(ada), HostWish(bob)])
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET state = 'off' WHERE account = \(bob)")
            }
            let found = try await stage.find(link)
            #expect(found.hosts.map(\.id) == [ada, bob] && !found.share(of: bob).isActive)
            let choices = try await stage.database.read(scope) { tx in
                try LinkHostStore.everybody(scope: scope, in: tx).map(\.id)
            }
            #expect(choices == [ada])
        }
    }
}
