/// Every statement on assistants, but for the one that tells with each request whom somebody assists.
import Database
import Scheduling

package enum AssistantStore {
    /// False when it is so already.
    static func insert(
        _ assistant: ID<User>, of account: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            INSERT INTO assistant (workspace, account, assistant, created_at)
            VALUES (\(scope.workspace), \(account), \(assistant), \(now))
            ON CONFLICT (workspace, account, assistant) DO NOTHING
            """) == 1
    }

    /// False when they were none.
    static func delete(
        _ assistant: ID<User>, of account: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            DELETE FROM assistant
            WHERE workspace = \(scope.workspace) AND account = \(account) AND assistant = \(assistant)
            """) == 1
    }

    /// Somebody goes: nobody acts for them any more, nor they for anybody.
    /// - Returns: what ended, for the log.
    static func endAll(of account: ID<User>, scope: Scope, in tx: Transaction) throws -> [Assistant] {
        try end("s.account = \(account) OR s.assistant = \(account)", scope: scope, in: tx)
    }

    /// Somebody may change nothing any more, for others as little as for themselves.
    /// - Returns: what ended, for the log.
    static func endAll(by assistant: ID<User>, scope: Scope, in tx: Transaction) throws -> [Assistant] {
        try end("s.assistant = \(assistant)", scope: scope, in: tx)
    }

    private static func end(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Assistant] {
        let ended = try select("(\(condition))", scope: scope, in: tx)
        for one in ended { _ = try delete(one.assistant, of: one.account, scope: scope, in: tx) }
        return ended
    }

    /// Who acts for somebody, by name.
    package static func assistants(
        of account: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> [Assistant] {
        try select("s.account = \(account)", scope: scope, in: tx)
    }

    /// For whom somebody acts, by name.
    package static func assisted(
        by assistant: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> [Assistant] {
        try select("s.assistant = \(assistant)", scope: scope, in: tx)
    }

    /// Whether somebody is a member who is switched on, with an account that is.
    static func isHere(_ account: ID<User>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.one("""
            SELECT a.id FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND m.account = \(account) AND m.state = 'active'
                AND a.active = \(true)
            """) { _ in true } ?? false
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Assistant] {
        try tx.all("""
            SELECT s.account, b.name AS account_name, s.assistant, a.name AS assistant_name, a.email, s.created_at
            FROM assistant s JOIN account a ON a.id = s.assistant JOIN account b ON b.id = s.account
            WHERE s.workspace = \(scope.workspace) AND \(condition) ORDER BY a.name, b.name, s.assistant, s.account
            """) { row in
            Assistant(
                account: try row["account"], accountName: try row["account_name"], assistant: try row["assistant"],
                assistantName: try row["assistant_name"], assistantEmail: try row["email"],
                since: try row["created_at"])
        }
    }
}
