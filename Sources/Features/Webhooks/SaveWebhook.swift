/// Making, changing, rotating and deleting a webhook; each with its row in the log.
import Capabilities
import Database
import Scheduling
import Web

/// What somebody wants a webhook to be, out of a form or an API body.
package struct WebhookWish: Sendable {
    package var url: String
    package var description: String
    package var events: Set<WebhookEvent>
    package var isActive: Bool

    /// Mistakes are noted in `fields`; what is wrong gives neutral values.
    ///
    /// - Parameters:
    ///   - base: the webhook that is changed.
    ///   - whole: a form, which sends everything: a box that did not come is not ticked.
    package init(_ fields: inout Fields, over base: Webhook?, whole: Bool) {
        let reads = { (name: String, fields: inout Fields) in base == nil || whole || fields.has(name) }
        url = reads("url", &fields) ? Self.url(&fields) : base?.url ?? ""
        description = reads("description", &fields)
            ? fields.text("description", 0...200, label: plain("Description")) : base?.description ?? ""
        events = reads("events", &fields) ? Self.events(&fields) : base?.events ?? []
        isActive = fields.flag(
            "active", otherwise: base.map { !whole && $0.isActive } ?? true, label: plain("Switched on"))
    }

    private static func url(_ fields: inout Fields) -> String {
        let text = fields.text("url", 1...OutsideAddress.longest, label: plain("Address"))
        if text.isEmpty { return "" }
        do throws(EgressProblem) {
            return try OutsideAddress(text).text
        } catch {
            fields.fail("url", error.rawValue, error.words)
            return ""
        }
    }

    private static func events(_ fields: inout Fields) -> Set<WebhookEvent> {
        let names = fields.texts("events", 1...WebhookEvent.allCases.count, label: plain("Events"))
        if let unknown = names.first(where: { WebhookEvent(rawValue: $0) == nil }) {
            let known = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
            fields.fail("events", "invalid", plain("There is no event “\(unknown)”. There are: \(known)."))
        }
        return Set(names.compactMap(WebhookEvent.init(rawValue:)))
    }
}

extension EgressProblem {
    /// What is so and what to do, for the field beside which it stands.
    var words: String {
        switch self {
        case .unreadable: plain("This is not an address that can be called. Paste it as https://example.org/path.")
        case .scheme: plain("The address begins with https://.")
        case .credentials: plain("Leave the user name and password out: every call is signed instead.")
        case .insecure: plain("The address begins with https://, so that nobody reads along.")
        case .port: plain("Only the ports 443, 8443 and 80 are called.")
        case .unknownHost: plain("There is no host of this name. Is it spelled right?")
        case .privateHost:
            plain("This host is not on the public internet. Whoever runs this installation can allow its network.")
        }
    }
}

package struct SaveWebhook: Sendable {
    let installation: Installation
    let sender: any HTTPSender

    package init(_ installation: Installation, sender: any HTTPSender) {
        (self.installation, self.sender) = (installation, sender)
    }

    /// A webhook with its secret, which is told once.
    package struct New: Sendable {
        package let webhook: Webhook
        package let secret: String
        let entry: AuditEntry
    }

    /// Made before the transaction, which may run twice.
    /// - Throws: `Invalid` for an address that is not called.
    func draft(_ wish: WebhookWish, scope: Scope, from origin: Origin) async throws -> New {
        try await check(wish.url)
        let world = installation.world
        let (id, secret) = (world.id(Webhook.self), WebhookSecret.new(world.entropy))
        let webhook = Webhook(
            id: id, url: wish.url, description: wish.description, events: wish.events, isActive: wish.isActive,
            offReason: nil, secret: SealedSecret(sealed: seal(secret, id, scope)), failingSince: nil,
            createdAt: world.now)
        let entry = AuditEntry(
            .webhookMade, of: id.text, named: webhook.host, after: webhook.logged, from: origin, world)
        return New(webhook: webhook, secret: secret.text, entry: entry)
    }

    /// - Throws: `WebhookRefusal.tooMany`.
    func insert(_ new: New, scope: Scope, in tx: Transaction) throws {
        try WebhookStore.lockWorkspace(scope: scope, in: tx)
        guard try WebhookStore.all(scope: scope, in: tx).count < Webhook.most else { throw WebhookRefusal.tooMany }
        try WebhookStore.insert(new.webhook, scope: scope, in: tx)
        try AuditStore.record(new.entry, scope: scope, in: tx)
    }

    package func create(_ wish: WebhookWish, scope: Scope, from origin: Origin) async throws -> New {
        let new = try await draft(wish, scope: scope, from: origin)
        try await installation.database.write(scope) { tx in try insert(new, scope: scope, in: tx) }
        return new
    }

    /// - Parameter change: reads the wish over what the webhook is at that moment.
    /// - Throws: `Common.notFound`, `Invalid`.
    package func update(
        _ id: ID<Webhook>, scope: Scope, from origin: Origin,
        _ change: @escaping @Sendable (Webhook) throws -> WebhookWish
    ) async throws -> Webhook {
        // The address is looked up before the transaction; what is saved is read again inside.
        let seen = try await installation.database.read(scope) { tx in
            try WebhookStore.find(id, scope: scope, in: tx)
        }
        guard let seen else { throw Common.notFound }
        let wish = try change(seen)
        if wish.url != seen.url || !seen.isActive && wish.isActive { try await check(wish.url) }
        let entry = AuditEntry(.webhookChanged, of: id.text, from: origin, installation.world)
        return try await changing(id, entry, scope: scope) { webhook in
            let wish = try change(webhook)
            (webhook.url, webhook.description, webhook.events) = (wish.url, wish.description, wish.events)
            if wish.isActive, !webhook.isActive { (webhook.failingSince, webhook.offReason) = (nil, nil) }
            webhook.isActive = wish.isActive
        }
    }

    /// A new secret; the one before it signs too for a day, so that the receiver can be changed without a gap.
    package func rotate(
        _ id: ID<Webhook>, scope: Scope, from origin: Origin
    ) async throws -> (Webhook, secret: String) {
        let world = installation.world
        let secret = WebhookSecret.new(world.entropy)
        let (sealed, until) = (seal(secret, id, scope), world.now.adding(hours: SealedSecret.rotationHours))
        let entry = AuditEntry(.webhookSecretChanged, of: id.text, from: origin, world)
        let webhook = try await changing(id, entry, scope: scope) { webhook in
            webhook.secret = SealedSecret(sealed: sealed, former: webhook.secret.sealed, formerUntil: until)
        }
        return (webhook, secret.text)
    }

    /// - Throws: `Common.notFound`.
    package func delete(_ id: ID<Webhook>, scope: Scope, from origin: Origin) async throws {
        let entry = AuditEntry(.webhookDeleted, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            guard let webhook = try WebhookStore.find(id, locking: true, scope: scope, in: tx),
                  try WebhookStore.delete(id, scope: scope, in: tx)
            else { throw Common.notFound }
            try AuditStore.record(entry.about(webhook.host, before: webhook.logged), scope: scope, in: tx)
        }
    }

    private func changing(
        _ id: ID<Webhook>, _ entry: AuditEntry, scope: Scope,
        _ change: @escaping @Sendable (inout Webhook) throws -> Void
    ) async throws -> Webhook {
        try await installation.database.write(scope) { tx in
            guard var webhook = try WebhookStore.find(id, locking: true, scope: scope, in: tx) else {
                throw Common.notFound
            }
            let before = webhook.logged
            try change(&webhook)
            try WebhookStore.update(webhook, scope: scope, in: tx)
            let told = entry.about(webhook.host, before: before, after: webhook.logged)
            try AuditStore.record(told, scope: scope, in: tx)
            return webhook
        }
    }

    private func check(_ url: String) async throws {
        do throws(EgressProblem) {
            if let problem = await sender.problem(with: try OutsideAddress(url)) { throw problem }
        } catch {
            throw Invalid("url", code: error.rawValue, error.words)
        }
    }

    private func seal(_ secret: WebhookSecret, _ id: ID<Webhook>, _ scope: Scope) -> [UInt8] {
        installation.keyring.seal(Array(secret.text.utf8), bound: Webhook.binding(id, scope))
    }
}

extension Webhook {
    static func binding(_ id: ID<Webhook>, _ scope: Scope) -> String { "webhook|\(id)|\(scope.workspace)" }

    /// What the log keeps: of the address no query, where people put keys.
    var logged: JSON {
        [
            "url": .string(String(url.prefix { $0 != "?" })), "description": .string(description),
            "events": .array(WebhookEvent.allCases.filter(events.contains).map { .string($0.rawValue) }),
            "active": .bool(isActive),
        ]
    }

    /// The secrets that sign now, the newest first.
    func secrets(_ keyring: Keyring, now: Instant, scope: Scope) throws -> [WebhookSecret] {
        let former = secret.formerUntil.map { now < $0 } ?? false ? secret.former : nil
        return try [secret.sealed, former].compactMap(\.self).compactMap { sealed in
            let text = String(decoding: try keyring.open(sealed, bound: Self.binding(id, scope)), as: UTF8.self)
            return WebhookSecret(text)
        }
    }
}
