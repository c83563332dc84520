/// Every statement on resets of passwords, and on the password itself.
import Database
import Scheduling

/// A way to a new password that was mailed to somebody.
package enum PasswordReset: MailedOnce {
    package static let idPrefix = "rst"
    package static let lifeSeconds: Int64 = 3_600
    package static let over = AccountRefusal.resetOver
}

/// A reset with whom it is for.
package typealias FoundReset = MailedLink<PasswordReset, Account>

package enum PasswordResetStore {
    package static let sealed = SealedColumn("password_reset", "token_sealed", key: ["id"]) { key in
        "password_reset|\(key[0])"
    }

    static func insert(
        _ id: ID<PasswordReset>, of account: ID<User>, token: MailedToken, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO password_reset (id, account, token_hash, token_sealed, created_at, expires_at)
            VALUES (\(id), \(account), \(token.hash), \(token.sealed), \(now), \(PasswordReset.end(from: now)))
            """)
    }

    /// By the hash of the mailed token; nil also for accounts that are switched off.
    static func find(hash: [UInt8], in tx: Transaction) throws -> FoundReset? {
        try tx.one("\(resets) WHERE r.token_hash = \(hash) AND a.active = \(true)", reset)
    }

    package static func find(_ id: ID<PasswordReset>, in tx: Transaction) throws -> FoundReset? {
        try tx.one("\(resets) WHERE r.id = \(id) AND a.active = \(true)", reset)
    }

    /// Uses every open reset of the account up. False when this one was used by somebody faster.
    static func use(_ reset: FoundReset, now: Instant, in tx: Transaction) throws -> Bool {
        let used = try tx.run("""
            UPDATE password_reset SET used_at = \(now) WHERE id = \(reset.id) AND used_at IS NULL
            """)
        try endAll(of: reset.whom.id, now: now, in: tx)
        return used == 1
    }

    /// Nothing mailed before the password was changed may change it again.
    static func endAll(of account: ID<User>, now: Instant, in tx: Transaction) throws {
        try tx.run("UPDATE password_reset SET used_at = \(now) WHERE account = \(account) AND used_at IS NULL")
    }

    static func set(password hash: String, of account: ID<User>, in tx: Transaction) throws {
        try tx.run("UPDATE account SET password_hash = \(hash) WHERE id = \(account)")
    }

    /// Forgets resets a day after their end.
    package static func prune(now: Instant, in tx: Transaction) throws {
        try tx.run("DELETE FROM password_reset WHERE expires_at < \(now.adding(days: -1))")
    }

    private static let resets: SQL = """
        SELECT r.id AS reset, r.token_sealed, r.expires_at, r.used_at, a.id, a.email, a.name, a.zone, a.clock
        FROM password_reset r JOIN account a ON a.id = r.account
        """

    private static func reset(_ row: Row) throws -> FoundReset {
        try FoundReset(row, id: "reset", whom: try AccountStore.account(row, id: "id"))
    }
}
