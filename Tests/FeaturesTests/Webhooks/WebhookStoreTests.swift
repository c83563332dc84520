/// Webhooks on both engines: what is kept, what is sealed, and whose they are.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct WebhookStoreTests {
    @Test("what is written is read again, and its secret lies there sealed", arguments: Engine.all)
    func kept(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let seen = try await hooks.now()
            #expect(seen.url == "https://hooks.example.org/a?key=b" && seen.description == "The CRM")
            #expect(seen.events == Set(WebhookEvent.allCases) && seen.isActive && seen.createdAt == monday)
            let plain = Array(hooks.secret.utf8)
            #expect(!seen.secret.sealed.contains(plain))
            let keyring = hooks.installation.keyring
            #expect(try seen.secrets(keyring, now: monday, scope: hooks.scope).map(\.text) == [hooks.secret])
            // Moved into another row or another workspace, it opens no more.
            let other = Scope(workspace: hooks.stage.world.id(), actor: .system)
            #expect(throws: SealingError.forged) { _ = try seen.secrets(keyring, now: monday, scope: other) }
        }
    }

    @Test("only what is on and wants the event listens", arguments: Engine.all)
    func listening(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let wish = try WebhookStage.wish("https://b.example.org/", events: [.bookingNoShow])
            hooks.stage.clock.move(minutes: 1)
            let quiet = try await hooks.save.create(wish, scope: hooks.scope, from: .console).webhook
            let scope = hooks.scope
            var off = hooks.webhook
            off.isActive = false
            try await hooks.stage.database.write(scope) { [off] tx in
                let listening = { event in
                    try WebhookStore.listening(to: event, scope: scope, in: tx).map(\.id)
                }
                #expect(try listening(.bookingCreated) == [off.id])
                #expect(try listening(.bookingNoShow) == [off.id, quiet.id])
                try WebhookStore.update(off, scope: scope, in: tx)
                #expect(try listening(.bookingCreated) == [])
                #expect(try WebhookStore.all(scope: scope, in: tx).map(\.id) == [quiet.id, off.id])
            }
        }
    }

    @Test("another workspace has none of them, and changes and deletes none", arguments: Engine.all)
    func apart(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let other = try await hooks.stage.neighbour().scope
            var theirs = hooks.webhook
            theirs.url = "https://theirs.example/"
            try await hooks.stage.database.write(other) { [theirs] tx in
                #expect(try WebhookStore.find(theirs.id, scope: other, in: tx) == nil)
                #expect(try WebhookStore.all(scope: other, in: tx).isEmpty)
                #expect(try WebhookStore.listening(to: .bookingCreated, scope: other, in: tx).isEmpty)
                try WebhookStore.update(theirs, scope: other, in: tx)
                #expect(try !WebhookStore.delete(theirs.id, scope: other, in: tx))
            }
            #expect(try await hooks.now().url == hooks.webhook.url)
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool { firstRange(of: part) != nil }
}
