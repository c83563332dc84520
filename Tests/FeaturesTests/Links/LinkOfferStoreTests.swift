/// A change of a link is followed by a look at what is kept of it, and by none where nothing is.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

@Suite("Kept times of a link that changes")
struct LinkOfferStoreTests {
    @Test("only open offers of that link count, and only they are looked at", arguments: Engine.all)
    func looks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, other) = (try await stage.makeLink("one"), try await stage.makeLink("two"))
            _ = try await stage.keep([stage.at(10, day: 1)], on: link)
            func look() async throws -> [Int] {
                let (world, now, scope) = (stage.world, stage.world.now, stage.scope)
                return try await stage.database.write(scope) { tx in
                    try [link, other].map { link in
                        try LinkOfferStore.look(at: link.id, world: world, now: now, scope: scope, in: tx)
                        return try LinkOfferStore.countOpen(of: link.id, now: now, scope: scope, in: tx)
                    }
                }
            }
            func jobs() async throws -> [String] {
                try await stage.database.lookUp { tx in
                    try tx.all("SELECT subject FROM job WHERE kind = \(LinkOfferStore.look)") { try $0["subject"] }
                }
            }
            #expect(try await look() == [1, 0])
            #expect(try await jobs() == [link.id.text])
            stage.clock.move(minutes: 15 * 1440)
            #expect(try await look() == [0, 0])
            #expect(try await jobs().count == 1)
        }
    }
}
