/// Every statement on sessions and API keys.
import Database
import Scheduling
import Web

extension AccountStore {
    // MARK: Sessions

    package static func insert(
        _ session: Session, tokenHash: [UInt8], account: ID<User>, from origin: Origin, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO session
                (id, workspace, account, token_hash, created_at, seen_at, expires_at, user_agent, network)
            VALUES (\(session.id), \(scope.workspace), \(account), \(tokenHash),
                \(session.createdAt), \(session.seenAt), \(session.expiresAt), \(origin.userAgent),
                \(origin.network))
            """)
    }

    /// Unscoped: the token is what tells the workspace. Called by `LookUps` alone.
    static func session(hash: [UInt8], in tx: Transaction) throws -> FoundSession? {
        try tx.one("""
            SELECT s.id, s.created_at, s.seen_at, s.expires_at,
                m.workspace, m.account, m.role, m.state, m.grants, m.created_at AS since, a.email, a.name, a.zone,
                a.clock, w.name AS workspace_name, w.test_mode, w.everyone_reads
            FROM session s
            JOIN member m ON m.workspace = s.workspace AND m.account = s.account
            JOIN account a ON a.id = m.account
            JOIN workspace w ON w.id = m.workspace
            WHERE s.token_hash = \(hash) AND a.active = \(true) AND m.state = 'active'
            """) { row in
            let session = Session(
                id: try row["id"], createdAt: try row["created_at"], seenAt: try row["seen_at"],
                expiresAt: try row["expires_at"])
            return FoundSession(session: session, member: try member(row), mode: try mode(row))
        }
    }

    package static func seen(_ session: ID<Session>, at now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE session SET seen_at = \(now)
            WHERE id = \(session) AND workspace = \(scope.workspace) AND seen_at < \(now)
            """)
    }

    private static func mode(_ row: Row) throws -> WorkspaceMode {
        WorkspaceMode(
            isTest: try row["test_mode"] as Int == 1, everyoneReads: try row["everyone_reads"] as Int == 1)
    }

    /// A person's sessions, the one used last first.
    package static func sessions(of account: ID<User>, in tx: Transaction) throws -> [Session] {
        // A person's own browsers, so this looks across workspaces.
        try tx.acrossWorkspaces {
            try tx.all("""
                SELECT id, created_at, seen_at, expires_at, user_agent, network FROM session
                WHERE account = \(account) ORDER BY seen_at DESC, id DESC
                """) { row in
                var session = Session(
                    id: try row["id"], createdAt: try row["created_at"], seenAt: try row["seen_at"],
                    expiresAt: try row["expires_at"])
                session.userAgent = try row["user_agent"]
                session.network = try row["network"]
                return session
            }
        }
    }

    /// When a session of a person ends at the latest; nil when it is not theirs or has ended.
    package static func expiry(of session: ID<Session>, of account: ID<User>, in tx: Transaction) throws -> Instant? {
        // A person's own browser, so this goes across workspaces.
        try tx.acrossWorkspaces {
            try tx.one("SELECT expires_at FROM session WHERE id = \(session) AND account = \(account)") { row in
                try row["expires_at"]
            }
        }
    }

    /// Ends one session of a person. False when it is not theirs or has ended.
    package static func end(_ session: ID<Session>, of account: ID<User>, in tx: Transaction) throws -> Bool {
        // A person's own browser, so this goes across workspaces.
        try tx.acrossWorkspaces {
            try tx.run("DELETE FROM session WHERE id = \(session) AND account = \(account)") == 1
        }
    }

    /// Ends every session of a person but one, in all their workspaces: whoever changes a password means everywhere.
    package static func endEverywhere(
        of account: ID<User>, except kept: ID<Session>? = nil, in tx: Transaction
    ) throws {
        let others: SQL = kept.map { "AND id <> \($0)" } ?? ""
        // An account belongs to no workspace, so this goes across workspaces.
        _ = try tx.acrossWorkspaces { try tx.run("DELETE FROM session WHERE account = \(account) \(others)") }
    }

    /// Revokes every key of a person in this workspace.
    package static func revokeKeys(of account: ID<User>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE api_key SET revoked_at = \(now)
            WHERE account = \(account) AND workspace = \(scope.workspace) AND revoked_at IS NULL
            """)
    }

    package static func end(_ session: ID<Session>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM session WHERE id = \(session) AND workspace = \(scope.workspace)")
    }

    /// Ends every session of a person in this workspace, as removing them does.
    package static func endAll(of account: ID<User>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM session WHERE account = \(account) AND workspace = \(scope.workspace)")
    }

    /// Throws away what can no longer be used, a person's own rows only: sign-in tidies up after itself.
    package static func dropDead(of account: ID<User>, now: Instant, scope: Scope, in tx: Transaction) throws {
        let idleSince = now.adding(seconds: -Session.idleSeconds)
        try tx.run("""
            DELETE FROM session WHERE account = \(account) AND workspace = \(scope.workspace)
            AND (expires_at <= \(now) OR seen_at <= \(idleSince))
            """)
    }

    /// The people somebody is an assistant of now. Whoever is switched off or has left is nobody's, whatever the row
    /// says; those of the rows are ended in the same transaction.
    static func assisted(by member: Member, in tx: Transaction) throws -> Set<ID<User>> {
        guard member.role != .viewer else { return [] }
        return Set(try tx.all("""
            SELECT s.account FROM assistant s
            JOIN member m ON m.workspace = s.workspace AND m.account = s.account AND m.state = 'active'
            JOIN account a ON a.id = s.account
            WHERE s.workspace = \(member.workspace) AND s.assistant = \(member.account.id) AND a.active = \(true)
            LIMIT \(Principal.mostAssisted)
            """) { try $0["account"] as ID<User> })
    }

    // MARK: Keys

    package static func insert(_ key: APIKey, keyHash: [UInt8], scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO api_key (id, workspace, account, name, tail, key_hash, scopes, created_at, expires_at)
            VALUES (\(key.id), \(scope.workspace), \(key.owner), \(key.name), \(key.tail), \(keyHash),
                \(key.scopes.joined(separator: " ")), \(key.createdAt), \(key.expiresAt))
            """)
    }

    /// Unscoped: the key is what tells the workspace. Called by `LookUps` alone.
    static func key(hash: [UInt8], in tx: Transaction) throws -> FoundKey? {
        try tx.one("""
            SELECT k.id, k.name AS key_name, k.tail, k.scopes, k.created_at, k.used_at, k.expires_at,
                m.workspace, m.account, m.role, m.state, m.grants, m.created_at AS since, a.email, a.name, a.zone,
                a.clock, w.name AS workspace_name, w.test_mode, w.everyone_reads
            FROM api_key k
            JOIN member m ON m.workspace = k.workspace AND m.account = k.account
            JOIN account a ON a.id = m.account
            JOIN workspace w ON w.id = m.workspace
            WHERE k.key_hash = \(hash) AND k.revoked_at IS NULL AND a.active = \(true)
                AND m.state = 'active'
            """) { row in
            FoundKey(key: try key(row), member: try member(row), mode: try mode(row))
        }
    }

    /// The living keys of a workspace, the newest first; of one person when `owner` is given.
    package static func keys(owner: ID<User>?, scope: Scope, in tx: Transaction) throws -> [APIKey] {
        let ownerOnly: SQL = owner.map { "AND k.account = \($0)" } ?? ""
        return try tx.all("""
            \(livingKeys) WHERE k.workspace = \(scope.workspace) AND k.revoked_at IS NULL \(ownerOnly)
            ORDER BY k.created_at DESC, k.id DESC
            """, key)
    }

    /// Revokes a key. False when this workspace has no such key or, with `owner`, when it is somebody else's.
    package static func revokeKey(
        _ id: ID<APIKey>, owner: ID<User>?, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        let ownerOnly: SQL = owner.map { "AND account = \($0)" } ?? ""
        return try tx.run("""
            UPDATE api_key SET revoked_at = \(now)
            WHERE id = \(id) AND workspace = \(scope.workspace) AND revoked_at IS NULL \(ownerOnly)
            """) == 1
    }

    package static func used(_ key: ID<APIKey>, at now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("UPDATE api_key SET used_at = \(now) WHERE id = \(key) AND workspace = \(scope.workspace)")
    }

    /// Removes sessions whose time is over.
    package static func pruneSessions(now: Instant, in tx: Transaction) throws {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM session WHERE expires_at <= \(now)")
    }

    private static let livingKeys: SQL = """
        SELECT k.workspace, k.id, k.account, k.name AS key_name, k.tail, k.scopes, k.created_at, k.used_at,
            k.expires_at, a.name
        FROM api_key k JOIN account a ON a.id = k.account
        """

    private static func key(_ row: Row) throws -> APIKey {
        let scopes: String = try row["scopes"]
        return APIKey(
            id: try row["id"], owner: try row["account"], ownerName: try row["name"], name: try row["key_name"],
            tail: try row["tail"], scopes: scopes.split(separator: " ").map(String.init),
            createdAt: try row["created_at"], usedAt: try row["used_at"], expiresAt: try row["expires_at"])
    }
}
