/// Every statement on addresses that are being proven before a workspace is made.
import Database
import Scheduling

/// Somebody's wish to open a workspace.
package enum PendingSignUp: MailedOnce {
    package static let idPrefix = "sup"
    package static let lifeSeconds: Int64 = 86_400
    package static let over = AccountRefusal.signUpOver
}

/// A wish with the address that is being proven.
package typealias FoundSignUp = MailedLink<PendingSignUp, String>

package enum SignUpStore {
    package static let sealed = SealedColumn("sign_up", "token_sealed", key: ["id"]) { key in
        "sign_up|\(key[0])"
    }

    static func insert(
        _ id: ID<PendingSignUp>, email: String, token: MailedToken, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO sign_up (id, email, token_hash, token_sealed, created_at, expires_at)
            VALUES (\(id), \(email), \(token.hash), \(token.sealed), \(now), \(PendingSignUp.end(from: now)))
            """)
    }

    static func find(hash: [UInt8], in tx: Transaction) throws -> FoundSignUp? {
        try tx.one("SELECT * FROM sign_up WHERE token_hash = \(hash)", found)
    }

    package static func find(_ id: ID<PendingSignUp>, in tx: Transaction) throws -> FoundSignUp? {
        try tx.one("SELECT * FROM sign_up WHERE id = \(id)", found)
    }

    /// False when somebody was faster.
    static func use(_ id: ID<PendingSignUp>, now: Instant, in tx: Transaction) throws -> Bool {
        try tx.run("UPDATE sign_up SET used_at = \(now) WHERE id = \(id) AND used_at IS NULL") == 1
    }

    /// Forgets links a day after their end.
    package static func prune(now: Instant, in tx: Transaction) throws {
        try tx.run("DELETE FROM sign_up WHERE expires_at < \(now.adding(days: -1))")
    }

    private static func found(_ row: Row) throws -> FoundSignUp {
        try FoundSignUp(row, id: "id", whom: try row["email"])
    }
}
