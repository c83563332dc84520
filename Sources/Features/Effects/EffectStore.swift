/// Every statement on effects: rows are added once and read.
import Database
import Scheduling

package enum EffectStore {
    /// Notes that the other side took it; a second note of the same effect changes nothing.
    package static func record(_ effect: Effect, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO effect (workspace, kind, subject, version, news, recipient, effect_key, note, accepted_at)
            VALUES (\(scope.workspace), \(effect.kind), \(effect.subject), \(effect.version), \(effect.news),
                \(effect.recipient), \(effect.key), \(effect.note), \(effect.acceptedAt))
            ON CONFLICT DO NOTHING
            """)
    }

    /// All that was told of a subject, the oldest first.
    package static func all(of subject: String, scope: Scope, in tx: Transaction) throws -> [Effect] {
        try tx.all("""
            SELECT kind, subject, version, news, recipient, effect_key, note, accepted_at FROM effect
            WHERE workspace = \(scope.workspace) AND subject = \(subject)
            ORDER BY accepted_at, version, kind, recipient
            """) { row in
            Effect(
                try row["kind"], of: try row["subject"], version: try row["version"], news: try row["news"],
                to: try row["recipient"], key: try row["effect_key"], note: try row["note"],
                acceptedAt: try row["accepted_at"])
        }
    }

    /// Whether the other side has taken it before: then it is not sent again.
    package static func isAccepted(_ kind: Effect.Kind, key: String, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.one("""
            SELECT 1 AS found FROM effect
            WHERE workspace = \(scope.workspace) AND kind = \(kind) AND effect_key = \(key)
            """) { _ in true } ?? false
    }

    /// When a kind of effect was last taken by somebody.
    package static func lastAccepted(_ kind: Effect.Kind, scope: Scope, in tx: Transaction) throws -> Instant? {
        try tx.one("""
            SELECT max(accepted_at) AS last FROM effect WHERE workspace = \(scope.workspace) AND kind = \(kind)
            """) { try $0["last"] as Instant? } ?? nil
    }
}
