/// Every statement on events that came in. They belong to a source, not to a workspace: only the source can tell whose
/// they are.
import Database
import Scheduling

package enum ReceivedStore {
    /// - Returns: false when this event came before.
    static func insert(
        _ source: String, _ event: String, _ body: [UInt8], now: Instant, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            INSERT INTO webhook_received (source, event_id, body, received_at)
            VALUES (\(source), \(event), \(body), \(now)) ON CONFLICT (source, event_id) DO NOTHING
            """) == 1
    }

    /// What was received, as it came.
    package static func body(of event: String, from source: String, in tx: Transaction) throws -> [UInt8]? {
        try tx.one("SELECT body FROM webhook_received WHERE source = \(source) AND event_id = \(event)") { row in
            try row["body"]
        }
    }

    package static func prune(now: Instant, in tx: Transaction) throws {
        try tx.run("DELETE FROM webhook_received WHERE received_at < \(now.adding(days: -Webhook.logDays))")
    }
}
