/// Every statement on what waits for its host: the columns of a booking, and the tokens mailed to hosts.
import Database
import Scheduling

package enum ApprovalStore {
    package static let sealed = SealedColumn("approval_token", "token_sealed", key: ["id", "workspace"]) { key in
        binding(key[0], key[1])
    }

    fileprivate static func binding(_ id: String, _ workspace: String) -> String { "approval_token|\(id)|\(workspace)" }

    static let columns: SQL = "b.answer_by, b.kept_starts, b.kept_ends"

    static func waiting(from row: Row) throws -> Waiting? {
        guard let until: Instant = try row["answer_by"] else { return nil }
        let (starts, ends): (Instant?, Instant?) = (try row["kept_starts"], try row["kept_ends"])
        guard let starts, let ends else { return Waiting(until: until) }
        return Waiting(until: until, kept: Span(start: starts, end: ends))
    }

    // MARK: Tokens

    /// Gives each host who is asked and has no token one of their own.
    static func give(
        _ hosts: [LinkHost], of booking: ID<Booking>, _ installation: Installation, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        for host in hosts {
            // Made inside: nobody sees one before the commit, so one more try may make others.
            let token = NewApprovalToken(installation, workspace: scope.workspace)
            try tx.post("""
                INSERT INTO approval_token (id, workspace, booking, account, token_hash, token_sealed, created_at)
                SELECT \(token.id), \(scope.workspace), \(booking), \(host.id), \(token.hash), \(token.sealed), \(now)
                WHERE NOT EXISTS (SELECT 1 FROM approval_token t WHERE t.workspace = \(scope.workspace)
                    AND t.booking = \(booking) AND t.account = \(host.id) AND t.ended_version IS NULL)
                """)
        }
    }

    /// Nothing is left to decide; the tokens say from now on what that version was.
    static func end(of booking: ID<Booking>, version: Int, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE approval_token SET ended_version = \(version)
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND ended_version IS NULL
            """)
    }

    /// The living token of a host, opened for the mail that carries it.
    static func current(
        of booking: ID<Booking>, host: ID<User>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        try tx.one("""
            SELECT id, token_sealed FROM approval_token
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND account = \(host)
                AND ended_version IS NULL
            """) { row in
            let place = binding(try row["id"], scope.workspace.text)
            return String(decoding: try keyring.open(try row["token_sealed"], bound: place), as: UTF8.self)
        }
    }
}

/// A fresh right to decide: what is stored of it.
private struct NewApprovalToken {
    let id: ID<ApprovalToken>
    let hash: [UInt8]
    let sealed: [UInt8]

    init(_ installation: Installation, workspace: ID<Workspace>) {
        id = installation.world.id()
        let text = Array(installation.world.token().utf8)
        hash = sha256(text)
        sealed = installation.keyring.seal(text, bound: ApprovalStore.binding(id.text, workspace.text))
    }
}
