/// What the tests of webhooks start from: a stage with a webhook, and a server that answers what it is told to.
import Capabilities
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct WebhookStage: Sendable {
    let stage: Stage
    let http = FakeHTTP()
    let webhook: Webhook
    let secret: String

    var installation: Installation { stage.installation }
    var scope: Scope { Scope(workspace: stage.workspace, actor: .user(stage.ada)) }
    var save: SaveWebhook { SaveWebhook(installation, sender: http) }

    static func on(_ engine: Engine, _ body: (WebhookStage) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in try await body(try await WebhookStage(stage)) }
    }

    init(_ stage: Stage) async throws {
        self.stage = stage
        let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
        let made = try await SaveWebhook(stage.installation, sender: http)
            .create(try Self.wish(), scope: scope, from: .console)
        (webhook, secret) = (made.webhook, made.secret)
    }

    static func wish(
        _ url: String = "https://hooks.example.org/a?key=b", events: [WebhookEvent] = WebhookEvent.allCases
    ) throws -> WebhookWish {
        var fields = Fields(json: [
            "url": .string(url), "events": .array(events.map { .string($0.rawValue) }), "description": "The CRM",
        ])
        let wish = WebhookWish(&fields, over: nil, whole: false)
        try fields.finish()
        return wish
    }

    /// Makes every attempt that is due; how each ended, for the figures.
    func work() async throws {
        let deliver = DeliverWebhook(installation, sender: http)
        let runner = JobRunner(
            database: stage.database, work: [DeliverWebhook.kind: { try await deliver($0) }], world: stage.world,
            logger: .silent)
        try await runner.drain()
    }

    /// The newest first.
    func deliveries() async throws -> [WebhookDelivery] {
        let (scope, id) = (scope, webhook.id)
        return try await stage.database.read(scope) { tx in
            try DeliveryStore.all(of: id, limit: 100, scope: scope, in: tx)
        }
    }

    func attempts(_ delivery: WebhookDelivery) async throws -> [WebhookAttempt] {
        let scope = scope
        return try await stage.database.read(scope) { tx in
            try DeliveryStore.attempts(of: delivery.id, scope: scope, in: tx)
        }
    }

    func now() async throws -> Webhook {
        let (scope, id) = (scope, webhook.id)
        let found = try await stage.database.read(scope) { tx in try WebhookStore.find(id, scope: scope, in: tx) }
        return try found.wanted("the webhook")
    }

    func audit() async throws -> [AuditRow] {
        let scope = scope
        return try await stage.database.read(scope) { tx in
            try AuditStore.rows(AuditFilter(), scope: scope, in: tx)
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// A call as its receiver checks it.
struct Received {
    let call: HTTPCall

    subscript(name: String) -> String { call.headers.first { $0.name == name }?.value ?? "" }

    var json: JSON { (try? JSON(reading: call.body)) ?? .null }

    func isSigned(with secret: String, now: Instant) -> Bool {
        WebhookSecret(secret)?.verifies(
            id: self["webhook-id"], timestamp: self["webhook-timestamp"], signatures: self["webhook-signature"],
            body: call.body, now: now) ?? false
    }
}
