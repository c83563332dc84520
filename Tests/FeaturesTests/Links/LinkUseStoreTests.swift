/// The bookings of a link in numbers: what uses it up, what is still to come, what they tell.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct LinkUseStoreTests {
    @Test("cancelled bookings use nothing up; past ones are not upcoming; other workspaces count none",
          arguments: Engine.all)
    func counts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("few") { $0.access.mostUses = 5 }
            let gone = try await stage.book(stage.at(9), on: link)
            _ = try await stage.book(stage.at(10), on: link)
            let later = try await stage.book(stage.at(9, day: 1), on: link)
            _ = try await CancelBooking(stage.installation)(gone.id, scope: stage.scope)
            stage.clock.move(to: stage.at(12))
            let (scope, now) = (stage.scope, stage.world.now)
            let other = try await stage.neighbour().scope
            try await stage.database.read(scope) { tx in
                let uses = try LinkUseStore.uses(of: link.id, scope: scope, in: tx)
                #expect(uses == 2)
                #expect(try LinkUseStore.uses(scope: scope, in: tx) == [link.id: 2])
                #expect(try LinkUseStore.upcoming(of: link.id, now: now, scope: scope, in: tx) == 1)
                let told = try LinkUseStore.snapshots(of: link.id, now: now, scope: scope, in: tx)
                #expect(told.map(\.booking) == [later.id] && LinkJSON(link).isTold(by: told[0].rules))
                #expect(try LinkUseStore.snapshot(of: later.id, scope: scope, in: tx) == told[0].rules)
            }
            try await stage.database.read(other) { tx in
                let uses = try LinkUseStore.uses(of: link.id, scope: other, in: tx)
                #expect(uses == 0)
                #expect(try LinkUseStore.uses(scope: other, in: tx).isEmpty)
                #expect(try LinkUseStore.upcoming(of: link.id, now: now, scope: other, in: tx) == 0)
                #expect(try LinkUseStore.snapshots(of: link.id, now: now, scope: other, in: tx).isEmpty)
                #expect(try LinkUseStore.snapshot(of: later.id, scope: other, in: tx) == nil)
            }
        }
    }
}
