/// Every statement on invitations.
import Database
import Scheduling

package enum InvitationStore {
    package static let sealed = SealedColumn("invitation", "token_sealed", key: ["id"]) { key in
        "invitation|\(key[0])"
    }

    /// False when this address is invited already.
    static func insert(_ new: NewInvitation, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("""
            INSERT INTO invitation (id, workspace, email, email_folded, role, token_hash, token_sealed, inviter,
                state, sent, created_at, expires_at)
            VALUES (\(new.id), \(scope.workspace), \(new.email), \(Account.folded(new.email)), \(new.role),
                \(new.token.hash), \(new.token.sealed), \(new.inviter), 'open', 1, \(new.now), \(new.expiresAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Ends open invitations to an address whose time is over, so that there can be a new one.
    static func endOld(email: String, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE invitation SET state = 'withdrawn'
            WHERE workspace = \(scope.workspace) AND email_folded = \(Account.folded(email)) AND state = 'open'
                AND expires_at <= \(now)
            """)
    }

    package static func find(
        _ id: ID<Invitation>, locking: Bool = false, scope: Scope, in tx: Transaction
    ) throws -> Invitation? {
        if locking {
            _ = try tx.one("""
                SELECT id FROM invitation WHERE workspace = \(scope.workspace) AND id = \(id)\(.forUpdate)
                """) { try $0["id"] as String }
        }
        return try tx.one("\(invitations) WHERE i.workspace = \(scope.workspace) AND i.id = \(id)", invitation)
    }

    /// Open ones, the newest first, also those whose time is over: they can be sent again.
    package static func open(scope: Scope, in tx: Transaction) throws -> [Invitation] {
        try tx.all("""
            \(invitations) WHERE i.workspace = \(scope.workspace) AND i.state = 'open' ORDER BY i.id DESC LIMIT 200
            """, invitation)
    }

    /// A new token and new days; the address mailed before is worth nothing.
    static func renew(
        _ id: ID<Invitation>, token: MailedToken, expiresAt: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE invitation SET token_hash = \(token.hash), token_sealed = \(token.sealed), sent = sent + 1,
                expires_at = \(expiresAt)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    /// False when it was not open any more.
    static func end(
        _ id: ID<Invitation>, as state: Invitation.State, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE invitation SET state = \(state)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'open'
            """) == 1
    }

    private static let invitations: SQL = """
        SELECT i.workspace, i.id, i.email, i.role, i.inviter, i.state, i.sent, i.created_at, i.expires_at,
            i.token_sealed, a.name AS inviter_name, w.name AS workspace_name
        FROM invitation i JOIN account a ON a.id = i.inviter JOIN workspace w ON w.id = i.workspace
        """

    private static func invitation(_ row: Row) throws -> Invitation {
        Invitation(
            id: try row["id"], email: try row["email"], role: try row["role"], inviter: try row["inviter"],
            inviterName: try row["inviter_name"], workspaceName: try row["workspace_name"], state: try row["state"],
            sent: try row["sent"], createdAt: try row["created_at"], expiresAt: try row["expires_at"],
            sealedToken: try row["token_sealed"])
    }
}
