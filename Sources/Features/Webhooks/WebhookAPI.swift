/// The API's webhooks: for keys of the workspace.
import Database
import Scheduling
import Web

struct WebhookAPI: Sendable {
    let common: Webhooks
    private var installation: Installation { common.installation }
    private var save: SaveWebhook { common.save }

    var routes: [Route] {
        [
            Route(.get, "/api/v1/webhooks", .api(.webhooksRead), list),
            Route(.post, "/api/v1/webhooks", .api(.webhooksWrite), create),
            Route(.get, "/api/v1/webhooks/:id", .api(.webhooksRead), read),
            Route(.patch, "/api/v1/webhooks/:id", .api(.webhooksWrite), change),
            Route(.delete, "/api/v1/webhooks/:id", .api(.webhooksWrite), delete),
            Route(.post, "/api/v1/webhooks/:id/rotation", .api(.webhooksWrite), rotate),
            Route(.post, "/api/v1/webhooks/:id/test", .api(.webhooksWrite), test),
            Route(.get, "/api/v1/webhooks/:id/deliveries", .api(.webhooksRead), deliveries),
            Route(.get, "/api/v1/webhooks/:id/deliveries/:delivery", .api(.webhooksRead), delivery),
            Route(.post, "/api/v1/webhooks/:id/deliveries/:delivery/resend", .api(.webhooksWrite), resend),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let ask = try PageAsk(request.query)
        let after = try ask.after(Webhook.self)
        let webhooks = try await installation.database.read(scope) { tx in
            try WebhookStore.all(scope: scope, in: tx)
        }
        // At most twenty: they are read at once and cut here.
        let rest = webhooks.filter { webhook in after.map { webhook.id < $0 } ?? true }
        return ask.answer(Array(rest.prefix(ask.limit + 1)), each: \.json, cursor: \.id.text)
    }

    /// The only answer that holds the secret, and its replay for the same `Idempotency-Key`.
    private func create(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        var fields = Fields(json: try request.json())
        let wish = WebhookWish(&fields, over: nil, whole: false)
        try fields.finish()
        let save = save
        let new = try await save.draft(wish, scope: scope, from: Origin(request))
        return try await installation.once(request, route: "POST /api/v1/webhooks", scope: scope) { tx in
            try save.insert(new, scope: scope, in: tx)
            return new.webhook.json(with: new.secret)
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        .json(try await common.webhook(request).json)
    }

    private func change(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let (webhook, body) = (try await common.webhook(request), try request.json())
        let saved = try await save.update(webhook.id, scope: scope, from: Origin(request)) { webhook in
            var fields = Fields(json: body)
            let wish = WebhookWish(&fields, over: webhook, whole: false)
            try fields.finish()
            return wish
        }
        return .json(saved.json)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let webhook = try await common.webhook(request)
        try await save.delete(webhook.id, scope: try request.signedIn().scope, from: Origin(request))
        return .empty()
    }

    private func rotate(_ request: Request) async throws -> Answer {
        let id = try await common.webhook(request).id
        let (webhook, secret) = try await save.rotate(
            id, scope: try request.signedIn().scope, from: Origin(request))
        return .json(webhook.json(with: secret))
    }

    private func test(_ request: Request) async throws -> Answer {
        let id = try await common.webhook(request).id
        return .json(try await common.again.test(id, scope: try request.signedIn().scope).json, status: 202)
    }

    private func deliveries(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let (webhook, ask) = (try await common.webhook(request), try PageAsk(request.query))
        let after = try ask.after(WebhookDelivery.self)
        let rows = try await installation.database.read(scope) { tx in
            try DeliveryStore.all(of: webhook.id, after: after, limit: ask.limit + 1, scope: scope, in: tx)
        }
        return ask.answer(rows, each: \.json, cursor: \.id.text)
    }

    private func delivery(_ request: Request) async throws -> Answer {
        let (_, delivery, attempts) = try await common.delivery(request)
        let more: [(String, JSON)] = [
            ("body", .string(delivery.body)), ("attemptList", .array(attempts.map(\.json))),
        ]
        return .json(.object((delivery.json.members ?? []) + more))
    }

    private func resend(_ request: Request) async throws -> Answer {
        .json(try await common.resend(request).json, status: 202)
    }
}

extension Webhook {
    /// Everything but the secret.
    package var json: JSON {
        [
            "id": .string(id.text), "url": .string(url), "description": .string(description),
            "events": .array(WebhookEvent.allCases.filter(events.contains).map { .string($0.rawValue) }),
            "active": .bool(isActive), "offReason": JSON(offReason?.rawValue),
            "failingSince": JSON(failingSince?.rfc3339()), "createdAt": .string(createdAt.rfc3339()),
        ]
    }

    fileprivate func json(with secret: String) -> JSON {
        .object((json.members ?? []) + [("secret", .string(secret))])
    }
}

extension WebhookDelivery {
    fileprivate var json: JSON {
        [
            "id": .string(id.text), "event": .string(event.rawValue), "state": .string(state.rawValue),
            "attempts": .int(Int64(attempts)), "nextAt": JSON(nextAt?.rfc3339()), "test": .bool(isTest),
            "createdAt": .string(createdAt.rfc3339()),
        ]
    }
}

extension WebhookAttempt {
    fileprivate var json: JSON {
        [
            "number": .int(Int64(number)), "at": .string(at.rfc3339()), "milliseconds": .int(Int64(milliseconds)),
            "status": JSON(status), "reply": .string(reply), "problem": .string(problem),
        ]
    }
}
