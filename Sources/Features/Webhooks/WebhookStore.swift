/// Every statement on webhooks.
import Database
import Scheduling

package enum WebhookStore {
    package static let secret = sealed("secret_sealed")
    package static let formerSecret = sealed("former_sealed")

    private static func sealed(_ column: String) -> SealedColumn {
        SealedColumn("webhook", column, key: ["id", "workspace"]) { "webhook|\($0[0])|\($0[1])" }
    }

    static func insert(_ webhook: Webhook, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO webhook (id, workspace, url, description, events, active, secret_sealed, created_at)
            VALUES (\(webhook.id), \(scope.workspace), \(webhook.url), \(webhook.description),
                \(names(webhook.events)), \(webhook.isActive ? 1 : 0), \(webhook.secret.sealed), \(webhook.createdAt))
            """)
    }

    /// Everything but when it was made.
    static func update(_ webhook: Webhook, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE webhook SET url = \(webhook.url), description = \(webhook.description),
                events = \(names(webhook.events)), active = \(webhook.isActive ? 1 : 0),
                off_reason = \(webhook.offReason?.rawValue ?? ""), secret_sealed = \(webhook.secret.sealed),
                former_sealed = \(webhook.secret.former), former_until = \(webhook.secret.formerUntil),
                failing_since = \(webhook.failingSince)
            WHERE workspace = \(scope.workspace) AND id = \(webhook.id)
            """)
    }

    /// Its deliveries go with it. False when this workspace has no such webhook.
    static func delete(_ id: ID<Webhook>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("DELETE FROM webhook WHERE workspace = \(scope.workspace) AND id = \(id)") == 1
    }

    package static func find(
        _ id: ID<Webhook>, locking: Bool = false, scope: Scope, in tx: Transaction
    ) throws -> Webhook? {
        let lock: SQL = locking ? "\(.forUpdate)" : ""
        return try webhooks("AND id = \(id)\(lock)", scope: scope, in: tx).first
    }

    /// Those of the workspace, the newest first; there are at most twenty.
    package static func all(scope: Scope, in tx: Transaction) throws -> [Webhook] {
        try webhooks("ORDER BY id DESC", scope: scope, in: tx)
    }

    /// Those that are on and want to know of an event.
    static func listening(to event: WebhookEvent, scope: Scope, in tx: Transaction) throws -> [Webhook] {
        try webhooks("AND active = 1 ORDER BY id", scope: scope, in: tx).filter { $0.events.contains(event) }
    }

    /// One maker at a time, so that the number of webhooks holds.
    static func lockWorkspace(scope: Scope, in tx: Transaction) throws {
        // The table of workspaces is its own tenant: a row is one workspace.
        _ = try tx.one("SELECT id FROM workspace WHERE id = \(scope.workspace)\(.forUpdate)") { _ in true }
    }

    static func isTestMode(scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.one("SELECT test_mode FROM workspace WHERE id = \(scope.workspace)") { row in
            try row["test_mode"] as Int == 1
        } ?? false
    }

    private static func webhooks(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Webhook] {
        try tx.all("""
            SELECT id, url, description, events, active, off_reason, secret_sealed, former_sealed, former_until,
                failing_since, created_at
            FROM webhook WHERE workspace = \(scope.workspace) \(condition)
            """) { row in
            Webhook(
                id: try row["id"], url: try row["url"], description: try row["description"],
                events: events(try row["events"]), isActive: try row["active"] as Int == 1,
                offReason: WebhookOffReason(rawValue: try row["off_reason"]),
                secret: SealedSecret(
                    sealed: try row["secret_sealed"], former: try row["former_sealed"],
                    formerUntil: try row["former_until"]),
                failingSince: try row["failing_since"], createdAt: try row["created_at"])
        }
    }

    /// In the order of the list, so that equal sets are equal texts.
    private static func names(_ events: Set<WebhookEvent>) -> String {
        WebhookEvent.allCases.filter(events.contains).map(\.rawValue).joined(separator: " ")
    }

    /// A name of a later version is left out.
    private static func events(_ text: String) -> Set<WebhookEvent> {
        Set(text.split(separator: " ").compactMap { WebhookEvent(rawValue: String($0)) })
    }
}
