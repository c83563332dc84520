/// Deliveries on both engines: one for an event and a webhook, a log of thirty days, nothing that waits for ever.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct DeliveryStoreTests {
    @Test("an event is written once for a webhook, whoever writes it", arguments: Engine.all)
    func once(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let (scope, world) = (hooks.scope, hooks.stage.world)
            for _ in 0..<2 {
                try await hooks.stage.database.write(scope) { tx in
                    try WebhookEvent.bookingCreated.publish(
                        "bk_1", version: 1, data: ["id": "bk_1"], world: world, now: monday, scope: scope, in: tx)
                }
            }
            let deliveries = try await hooks.deliveries()
            #expect(deliveries.count == 1)
            #expect(deliveries[0].body == """
                {"type":"booking.created","timestamp":"2030-01-07T07:00:00Z","data":{"id":"bk_1"}}
                """)
            try await hooks.work()
            #expect(hooks.http.calls.count == 1)
        }
    }

    @Test("after thirty days a delivery is forgotten with its attempts", arguments: Engine.all)
    func forgotten(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            for (days, left) in [(30, 1), (31, 0)] {
                let now = monday.adding(days: days)
                try await hooks.stage.database.writeUnscoped { tx in try DeliveryStore.prune(now: now, in: tx) }
                #expect(try await hooks.deliveries().count == left)
            }
            let attempts = try await hooks.stage.database.lookUp { tx in
                try tx.one("SELECT count(*) AS n FROM webhook_attempt") { try $0["n"] as Int }
            }
            #expect(attempts == 0)
        }
    }

    @Test("what lost its job does not wait for ever; what has one does", arguments: Engine.all)
    func lost(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            try await hooks.stage.book(hooks.stage.at(10))
            let later = monday.adding(days: 2)
            try await hooks.stage.database.writeUnscoped { tx in try DeliveryStore.prune(now: later, in: tx) }
            #expect(try await hooks.deliveries().map(\.state) == [.waiting])
            try await hooks.stage.database.writeUnscoped { tx in
                try tx.run("UPDATE job SET state = 'skipped', ended_at = 1 WHERE kind = 'webhook_delivery'")
                try DeliveryStore.prune(now: later, in: tx)
            }
            #expect(try await hooks.deliveries().map(\.state) == [.failed])
        }
    }

    @Test("sent again by hand: what waits is hurried, what is over gets one attempt more", arguments: Engine.all)
    func again(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let again = SendAgain(hooks.installation)
            hooks.http.answer(.init(status: 500), .init(status: 500))
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            let id = try #require(try await hooks.deliveries().first?.id)
            _ = try await again(id, of: hooks.webhook.id, scope: hooks.scope)
            try await hooks.work()
            #expect(hooks.http.calls.count == 2)
            hooks.stage.clock.move(minutes: 10)
            try await hooks.work()
            #expect(hooks.http.calls.count == 3)
            #expect(try await hooks.deliveries().map(\.state) == [.accepted])
            _ = try await again(id, of: hooks.webhook.id, scope: hooks.scope)
            try await hooks.work()
            #expect(hooks.http.calls.count == 4)
            #expect(try await hooks.deliveries().map(\.attempts) == [4])
        }
    }

    @Test("another workspace reads none and sends none again", arguments: Engine.all)
    func apart(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            let (other, webhook) = (try await hooks.stage.neighbour().scope, hooks.webhook.id)
            let id = try #require(try await hooks.deliveries().first?.id)
            try await hooks.stage.database.read(other) { tx throws in
                #expect(try DeliveryStore.find(id, scope: other, in: tx) == nil)
                #expect(try DeliveryStore.all(of: webhook, limit: 9, scope: other, in: tx).isEmpty)
                #expect(try DeliveryStore.attempts(of: id, scope: other, in: tx).isEmpty)
                #expect(try DeliveryStore.lastAttempts(scope: other, in: tx).isEmpty)
            }
            await #expect(throws: Common.notFound) {
                _ = try await SendAgain(hooks.installation)(id, of: webhook, scope: other)
            }
        }
    }
}
