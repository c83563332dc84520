/// Makes one attempt to deliver: signs, sends, writes down what came back, and plans the next one.
import Capabilities
import Database
import Scheduling
import Web

package struct DeliverWebhook: Sendable {
    package static let kind = "webhook_delivery"

    /// How an attempt ended, for the figures.
    package enum Result: String, CaseIterable, Sendable {
        case accepted, retried, failed, dropped, recorded
    }

    let installation: Installation
    let sender: any HTTPSender
    let counted: @Sendable (Result) -> Void

    package init(
        _ installation: Installation, sender: any HTTPSender, counted: @escaping @Sendable (Result) -> Void = { _ in }
    ) {
        (self.installation, self.sender, self.counted) = (installation, sender, counted)
    }

    /// Every attempt is a job of its own: what it is for is done when it was made, whatever came back.
    static func plan(
        _ delivery: WebhookDelivery, at due: Instant, now: Instant, job: ID<QueuedJob>, scope: Scope,
        in tx: Transaction
    ) throws {
        let new = NewJob(
            kind: kind, workspace: scope.workspace, subject: delivery.id.text, version: delivery.attempts + 1,
            dedupeKey: dedupeKey(delivery), ordering: delivery.webhook.text, runAt: due)
        try tx.enqueue(new, now: now, id: job)
    }

    static func dedupeKey(_ delivery: WebhookDelivery) -> String {
        "\(kind)|\(delivery.id)|\(delivery.attempts + 1)"
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<WebhookDelivery>(job.subject) else {
            return .dead("unreadable subject")
        }
        let scope = Scope(workspace: workspace, actor: .system)
        let found = try await installation.database.read(scope) { tx in
            try Ready(id, number: job.version, scope: scope, in: tx)
        }
        guard let ready = found else { return .skipped("over") }
        guard ready.webhook.isActive else { return try await end(ready, .dropped, "switched off", scope: scope) }
        guard !ready.isTestMode else { return try await end(ready, .recorded, "test mode", scope: scope) }
        let call: HTTPCall
        do {
            call = try self.call(ready, scope: scope)
        } catch is SealingError {
            // Only an operator can mend that, with the key file the secret was sealed with.
            return .retry("the secret cannot be opened with this installation's keys")
        }
        CrashPoint.reach("webhook.before_send")
        let (began, at) = (ContinuousClock.now, installation.world.now)
        let answer = await ask(call)
        let parts = (ContinuousClock.now - began).components
        CrashPoint.reach("webhook.after_send")
        let attempt = WebhookAttempt(
            number: job.version, at: at,
            milliseconds: Int(parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000),
            status: answer.reply?.status, reply: WebhookAttempt.shown(answer.reply?.body ?? []),
            problem: answer.problem)
        try await note(attempt, answer.reply, of: ready, scope: scope)
        return .done
    }

    // MARK: Sending

    private func call(_ ready: Ready, scope: Scope) throws -> HTTPCall {
        let (delivery, now) = (ready.delivery, installation.world.now)
        let body = Array(delivery.body.utf8)
        let signatures = try ready.webhook.secrets(installation.keyring, now: now, scope: scope).map {
            $0.signature(id: delivery.id.text, at: now, body: body)
        }
        return HTTPCall("POST", try OutsideAddress(ready.webhook.url), headers: [
            HTTPHeader("Content-Type", "application/json"), HTTPHeader("User-Agent", "Workestra"),
            HTTPHeader("webhook-id", delivery.id.text), HTTPHeader("webhook-timestamp", String(now.seconds)),
            HTTPHeader("webhook-signature", signatures.joined(separator: " ")),
        ], body: body)
    }

    private func ask(_ call: HTTPCall) async -> (reply: HTTPReply?, problem: String) {
        do throws(ProviderError) {
            let reply = try await sender.send(call)
            return (reply, (300..<400).contains(reply.status) ? "Redirects are not followed." : "")
        } catch {
            return (nil, error.detail)
        }
    }

    // MARK: What follows

    private func end(
        _ ready: Ready, _ result: Result, _ why: String, scope: Scope
    ) async throws -> JobOutcome {
        var delivery = ready.delivery
        (delivery.state, delivery.nextAt) = (result == .recorded ? .recorded : .dropped, nil)
        try await installation.database.write(scope) { [delivery] tx in
            try DeliveryStore.update(delivery, scope: scope, in: tx)
        }
        counted(result)
        return .skipped(why)
    }

    private func note(_ attempt: WebhookAttempt, _ reply: HTTPReply?, of ready: Ready, scope: Scope) async throws {
        let world = installation.world
        let now = world.now
        let chance = world.entropy.bytes(2).reduce(0.0) { ($0 + Double($1)) / 256 }
        let isTaken = reply.map { (200..<300).contains($0.status) } ?? false
        let pause = isTaken ? nil : WebhookRetry.pause(after: attempt.number, reply: reply, now: now, chance: chance)
        let next = pause.map { (due: now.adding(seconds: $0), job: world.id(QueuedJob.self)) }
        let entry = AuditEntry(.webhookSwitchedOff, of: ready.webhook.id.text, from: .console, world)
        let result = try await installation.database.write(scope) { tx -> Result? in
            guard var now = try Ready(ready.delivery.id, number: attempt.number, locking: true, scope: scope, in: tx)
            else { return nil }
            try DeliveryStore.insert(attempt, of: now.delivery.id, scope: scope, in: tx)
            now.delivery.attempts = attempt.number
            if isTaken {
                try taken(&now, attempt, scope: scope, in: tx)
            } else {
                try failed(&now, attempt, next, entry, scope: scope, in: tx)
            }
            try DeliveryStore.update(now.delivery, scope: scope, in: tx)
            return isTaken ? .accepted : now.delivery.state == .waiting ? .retried : .failed
        }
        if let result { counted(result) }
    }

    private func taken(_ ready: inout Ready, _ attempt: WebhookAttempt, scope: Scope, in tx: Transaction) throws {
        (ready.delivery.state, ready.delivery.nextAt) = (.accepted, nil)
        if ready.webhook.failingSince != nil {
            ready.webhook.failingSince = nil
            try WebhookStore.update(ready.webhook, scope: scope, in: tx)
        }
        guard !ready.delivery.isTest else { return }
        let delivery = ready.delivery
        let effect = Effect(
            .webhook, of: delivery.subject, version: delivery.version, news: delivery.event.rawValue,
            to: delivery.webhook.text, key: delivery.id.text,
            note: "\(ready.webhook.host) \(attempt.status ?? 0)", acceptedAt: attempt.at)
        try EffectStore.record(effect, scope: scope, in: tx)
    }

    private func failed(
        _ ready: inout Ready, _ attempt: WebhookAttempt, _ next: (due: Instant, job: ID<QueuedJob>)?,
        _ entry: AuditEntry, scope: Scope, in tx: Transaction
    ) throws {
        let since = ready.webhook.failingSince ?? attempt.at
        let isOver = since.adding(days: Webhook.failingDays) <= attempt.at
        ready.webhook.failingSince = since
        (ready.delivery.state, ready.delivery.nextAt) = (.failed, nil)
        if ready.webhook.isActive, attempt.status == 410 || isOver {
            ready.webhook.isActive = false
            ready.webhook.offReason = attempt.status == 410 ? .gone : .failing
            try tellOwners(ready.webhook, at: attempt.at, scope: scope, in: tx)
            let told = entry.about(ready.webhook.host, after: ready.webhook.logged)
            try AuditStore.record(told, scope: scope, in: tx)
        } else if let next, !ready.delivery.isTest {
            (ready.delivery.state, ready.delivery.nextAt) = (.waiting, next.due)
            try Self.plan(ready.delivery, at: next.due, now: attempt.at, job: next.job, scope: scope, in: tx)
        }
        try WebhookStore.update(ready.webhook, scope: scope, in: tx)
    }

    private func tellOwners(_ webhook: Webhook, at now: Instant, scope: Scope, in tx: Transaction) throws {
        let owners = try AccountStore.members(of: scope.workspace, in: tx).filter {
            $0.role == .owner && $0.state == .active
        }
        for owner in owners {
            try AccountJobs.plan(
                .webhookOff, subject: "\(webhook.id)|\(owner.account.id)", version: Int(now.seconds),
                workspace: scope.workspace, now: now, job: installation.world.id(), in: tx)
        }
    }
}

/// A delivery whose next attempt has this number, with its webhook.
private struct Ready: Sendable {
    var delivery: WebhookDelivery
    var webhook: Webhook
    let isTestMode: Bool

    /// Nil when the attempt was made before, or is not wanted any more.
    init?(
        _ id: ID<WebhookDelivery>, number: Int, locking: Bool = false, scope: Scope, in tx: Transaction
    ) throws {
        guard let seen = try DeliveryStore.find(id, scope: scope, in: tx),
              let webhook = try WebhookStore.find(seen.webhook, locking: locking, scope: scope, in: tx),
              // The webhook is locked before its delivery, as everywhere.
              let delivery = try DeliveryStore.find(id, locking: locking, scope: scope, in: tx),
              delivery.state == .waiting, delivery.attempts + 1 == number
        else { return nil }
        (self.delivery, self.webhook) = (delivery, webhook)
        isTestMode = try WebhookStore.isTestMode(scope: scope, in: tx)
    }
}
