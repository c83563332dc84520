/// Every statement on deliveries, their attempts and the jobs that make them.
import Database
import Scheduling

package enum DeliveryStore {
    /// - Returns: false when this event was written for this webhook before.
    static func insert(_ delivery: WebhookDelivery, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("""
            INSERT INTO webhook_delivery (id, workspace, webhook, event, subject, version, body, state, attempts,
                next_at, created_at)
            VALUES (\(delivery.id), \(scope.workspace), \(delivery.webhook), \(delivery.event), \(delivery.subject),
                \(delivery.version), \(delivery.body), \(delivery.state), \(delivery.attempts), \(delivery.nextAt),
                \(delivery.createdAt))
            ON CONFLICT (workspace, webhook, event, subject, version) DO NOTHING
            """) == 1
    }

    /// Where it stands; what it says never changes.
    static func update(_ delivery: WebhookDelivery, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE webhook_delivery SET state = \(delivery.state), attempts = \(delivery.attempts),
                next_at = \(delivery.nextAt)
            WHERE workspace = \(scope.workspace) AND id = \(delivery.id)
            """)
    }

    static func find(
        _ id: ID<WebhookDelivery>, locking: Bool = false, scope: Scope, in tx: Transaction
    ) throws -> WebhookDelivery? {
        let lock: SQL = locking ? "\(.forUpdate)" : ""
        return try deliveries("AND id = \(id)\(lock)", scope: scope, in: tx).first
    }

    /// The newest first, those after `cursor`.
    static func all(
        of webhook: ID<Webhook>, after cursor: ID<WebhookDelivery>? = nil, limit: Int, scope: Scope, in tx: Transaction
    ) throws -> [WebhookDelivery] {
        let after: SQL = cursor.map { "AND id < \($0)" } ?? ""
        return try deliveries(
            "AND webhook = \(webhook) \(after) ORDER BY id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    static func insert(
        _ attempt: WebhookAttempt, of delivery: ID<WebhookDelivery>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO webhook_attempt (workspace, delivery, number, at, milliseconds, status, reply, problem)
            VALUES (\(scope.workspace), \(delivery), \(attempt.number), \(attempt.at), \(attempt.milliseconds),
                \(attempt.status), \(attempt.reply), \(attempt.problem))
            """)
    }

    /// In the order they were made.
    static func attempts(
        of delivery: ID<WebhookDelivery>, scope: Scope, in tx: Transaction
    ) throws -> [WebhookAttempt] {
        try tx.all("""
            SELECT number, at, milliseconds, status, reply, problem FROM webhook_attempt
            WHERE workspace = \(scope.workspace) AND delivery = \(delivery) ORDER BY number
            """) { row in
            WebhookAttempt(
                number: try row["number"], at: try row["at"], milliseconds: try row["milliseconds"],
                status: try row["status"], reply: try row["reply"], problem: try row["problem"])
        }
    }

    /// When each webhook was last called.
    static func lastAttempts(scope: Scope, in tx: Transaction) throws -> [ID<Webhook>: Instant] {
        let rows: [(ID<Webhook>, Instant)] = try tx.all("""
            SELECT d.webhook, max(a.at) AS last FROM webhook_attempt a
            JOIN webhook_delivery d ON d.workspace = a.workspace AND d.id = a.delivery
            WHERE a.workspace = \(scope.workspace) GROUP BY d.webhook
            """) { row in (try row["webhook"], try row["last"]) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Makes an attempt that waits for its time due now.
    static func hurry(_ delivery: WebhookDelivery, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE job SET run_at = \(now)
            WHERE workspace = \(scope.workspace) AND dedupe_key = \(DeliverWebhook.dedupeKey(delivery))
            AND state = 'ready'
            """)
    }

    /// Forgets what is older than the log, and ends what no job will make any more.
    package static func prune(now: Instant, in tx: Transaction) throws {
        // Housekeeping is for all: both statements look across workspaces.
        try tx.run("DELETE FROM webhook_delivery WHERE created_at < \(now.adding(days: -Webhook.logDays))")
        // A job can be lost: skipped after a restore, dead with its process. Across workspaces as well.
        try tx.run("""
            UPDATE webhook_delivery SET state = 'failed', next_at = NULL
            WHERE state = 'waiting' AND next_at < \(now.adding(days: -1)) AND NOT EXISTS (
                SELECT 1 FROM job WHERE job.subject = webhook_delivery.id AND job.state IN ('ready', 'leased'))
            """)
    }

    private static func deliveries(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [WebhookDelivery] {
        try tx.all("""
            SELECT id, webhook, event, subject, version, body, state, attempts, next_at, created_at
            FROM webhook_delivery WHERE workspace = \(scope.workspace) \(condition)
            """) { row in
            WebhookDelivery(
                id: try row["id"], webhook: try row["webhook"], event: try row["event"], subject: try row["subject"],
                version: try row["version"], body: try row["body"], state: try row["state"],
                attempts: try row["attempts"], nextAt: try row["next_at"], createdAt: try row["created_at"])
        }
    }
}
