/// What happened is written down for every webhook that listens, in the transaction in which it happened.
import Database
import Scheduling
import Web

extension WebhookEvent {
    /// Writes one delivery for each webhook that wants to know, and the job that makes it.
    ///
    /// - Parameters:
    ///   - subject: the id of what it happened to, with its version: told once for each webhook.
    ///   - data: what it is now, as the API tells it; asked for only if somebody listens.
    package func publish(
        _ subject: String, version: Int, data: @autoclosure () -> JSON, world: World, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        let listening = try WebhookStore.listening(to: self, scope: scope, in: tx)
        guard !listening.isEmpty else { return }
        let body = body(data(), at: now)
        for webhook in listening {
            let delivery = WebhookDelivery(
                id: world.id(), webhook: webhook.id, event: self, subject: subject, version: version, body: body.text,
                state: .waiting, attempts: 0, nextAt: now, createdAt: now)
            guard try DeliveryStore.insert(delivery, scope: scope, in: tx) else { continue }
            try DeliverWebhook.plan(delivery, at: now, now: now, job: world.id(), scope: scope, in: tx)
        }
    }

    func body(_ data: JSON, at now: Instant) -> JSON {
        ["type": .string(rawValue), "timestamp": .string(now.rfc3339()), "data": data]
    }

    /// A made-up booking for a test, marked as one.
    func sample(at now: Instant) -> JSON {
        if self == .formSubmitted {
            return .object((body(Self.response(at: now), at: now).members ?? []) + [("test", true)])
        }
        if self == .pollFinalized {
            return .object((body(Self.poll(at: now), at: now).members ?? []) + [("test", true)])
        }
        let start = Instant((now.seconds / 3_600 + 24) * 3_600)
        let status = switch self {
        case .bookingCreated, .bookingRescheduled, .bookingReassigned: "confirmed"
        case .bookingCancelled: "cancelled"
        case .bookingNoShow: "no_show"
        case .bookingPending: "pending_approval"
        case .bookingConfirmed: "confirmed"
        case .bookingDeclined: "declined"
        case .bookingProposed, .bookingProposalRefused, .formSubmitted, .pollFinalized: "confirmed"
        }
        let data: JSON = [
            "id": "bk_0000000005o010000000000000", "uid": "sample@workestra", "status": .string(status),
            "start": .string(start.rfc3339()), "end": .string(start.adding(minutes: 30).rfc3339()), "timezone": "UTC",
            "link": ["slug": "sample", "title": "Sample meeting"], "hosts": [["name": "Sample host"]],
            "attendee": ["name": "Sample attendee", "email": "attendee@example.com", "locale": "en"], "guests": [],
            "answers": .object([]), "location": ["kind": "video", "url": "https://video.example.com/sample"],
            "source": "page", "utm": .object([]), "createdAt": .string(now.rfc3339()), "version": 1, "moves": [],
            "reconfirmation": "none",
        ]
        return .object((body(data, at: now).members ?? []) + [("test", true)])
    }
}

extension WebhookEvent {
    /// A made-up poll that was decided.
    private static func poll(at now: Instant) -> JSON {
        let start = Instant((now.seconds / 3_600 + 24) * 3_600)
        return [
            "id": "pol_0000000005o010000000000000", "state": "finalized", "title": "Sample poll", "place": "",
            "timezone": "UTC", "options": [[
                "id": "opt_0000000005o010000000000000", "start": .string(start.rfc3339()),
                "end": .string(start.adding(minutes: 30).rfc3339()), "durationMinutes": 30,
            ]], "chosenOptionId": "opt_0000000005o010000000000000", "bookingId": "bk_0000000005o010000000000000",
            "createdAt": .string(now.rfc3339()),
        ]
    }

    /// A made-up response to a routing form.
    private static func response(at now: Instant) -> JSON {
        [
            "id": "frs_0000000005o010000000000000", "formId": "frm_0000000005o010000000000000",
            "answers": .object([("qst_0000000005o010000000000000", "Sample answer")]), "route": "Sample route",
            "action": ["kind": "message", "heading": "Sample heading", "text": ""], "bookingId": .null,
            "reroutedLinkId": .null, "createdAt": .string(now.rfc3339()),
        ]
    }
}

/// Sending something by hand: a test, or a delivery once more.
package struct SendAgain: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// A sample of the webhook's first event, sent once like any other delivery.
    /// - Throws: `Common.notFound`, `WebhookRefusal.switchedOff`.
    package func test(_ id: ID<Webhook>, scope: Scope) async throws -> WebhookDelivery {
        let world = installation.world
        let (now, delivery, job) = (world.now, world.id(WebhookDelivery.self), world.id(QueuedJob.self))
        return try await installation.database.write(scope) { tx in
            let webhook = try Self.active(id, scope: scope, in: tx)
            let event = WebhookEvent.allCases.first(where: webhook.events.contains) ?? .bookingCreated
            let delivery = WebhookDelivery(
                id: delivery, webhook: id, event: event, subject: delivery.text, version: 0,
                body: event.sample(at: now).text, state: .waiting, attempts: 0, nextAt: now, createdAt: now)
            _ = try DeliveryStore.insert(delivery, scope: scope, in: tx)
            try DeliverWebhook.plan(delivery, at: now, now: now, job: job, scope: scope, in: tx)
            return delivery
        }
    }

    /// The same message with the same id, now; one that waits for its next attempt gets it now.
    /// - Throws: `Common.notFound`, `WebhookRefusal.switchedOff`.
    package func callAsFunction(
        _ id: ID<WebhookDelivery>, of webhook: ID<Webhook>, scope: Scope
    ) async throws -> WebhookDelivery {
        let (now, job) = (installation.world.now, installation.world.id(QueuedJob.self))
        return try await installation.database.write(scope) { tx in
            guard var delivery = try DeliveryStore.find(id, locking: true, scope: scope, in: tx),
                  delivery.webhook == webhook
            else { throw Common.notFound }
            _ = try Self.active(webhook, scope: scope, in: tx)
            (delivery.state, delivery.nextAt) = (.waiting, now)
            try DeliveryStore.update(delivery, scope: scope, in: tx)
            try DeliveryStore.hurry(delivery, now: now, scope: scope, in: tx)
            try DeliverWebhook.plan(delivery, at: now, now: now, job: job, scope: scope, in: tx)
            return delivery
        }
    }

    private static func active(_ id: ID<Webhook>, scope: Scope, in tx: Transaction) throws -> Webhook {
        guard let webhook = try WebhookStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
        guard webhook.isActive else { throw WebhookRefusal.switchedOff }
        return webhook
    }
}
