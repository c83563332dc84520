/// Every statement on account, member and workspace, and on the facts of the installation.
import Database
import Scheduling

package enum AccountStore {
    // MARK: People

    /// Adds a person. The ledger's subject of the same id comes with it: from now on this person's time exists.
    ///
    /// - Throws: `AccountRefusal.emailTaken` for an address that has an account, in whatever case it is written.
    package static func insert(_ account: Account, passwordHash: String?, now: Instant, in tx: Transaction) throws {
        let folded = Account.folded(account.email)
        let added = try tx.run("""
            INSERT INTO account (id, email, email_folded, name, password_hash, zone, clock, active, created_at)
            VALUES (\(account.id), \(account.email), \(folded), \(account.name), \(passwordHash),
                \(account.zone), \(account.clock), \(true), \(now))
            ON CONFLICT (email_folded) DO NOTHING
            """)
        guard added == 1 else { throw AccountRefusal.emailTaken(account.email) }
        try tx.run("INSERT INTO subject (id) VALUES (\(account.id))")
    }

    /// The account of an address, whatever workspaces it is in.
    package static func account(email: String, in tx: Transaction) throws -> Account? {
        try tx.one("SELECT * FROM account WHERE email_folded = \(Account.folded(email))") { row in
            try account(row, id: "id")
        }
    }

    package static func account(_ id: ID<User>, in tx: Transaction) throws -> Account? {
        try tx.one("SELECT * FROM account WHERE id = \(id)") { row in try account(row, id: "id") }
    }

    /// The zone in which pages speak to this person and in which a first schedule is written.
    package static func set(zone: String, of account: ID<User>, in tx: Transaction) throws {
        try tx.run("UPDATE account SET zone = \(zone) WHERE id = \(account)")
        // Hours that nobody wrote down are the usual ones in this zone.
        try tx.countUp([account.text])
    }

    /// Replaces a hash made with weaker settings; does nothing when the password was changed meanwhile.
    package static func rehash(
        _ account: ID<User>, from old: String, to new: String, in tx: Transaction
    ) throws {
        try tx.run("UPDATE account SET password_hash = \(new) WHERE id = \(account) AND password_hash = \(old)")
    }

    /// What sign-in needs about an address; an account that is switched off has no workspaces here.
    package static func signIn(email: String, in tx: Transaction) throws -> FoundSignIn? {
        let found = try tx.one("""
            SELECT id, password_hash, active FROM account WHERE email_folded = \(Account.folded(email))
            """) { row in
            (
                id: try row["id"] as ID<User>, hash: try row["password_hash"] as String?,
                active: try row["active"] as Bool
            )
        }
        guard let found else { return nil }
        let workspaces: [ID<Workspace>] = try tx.all("""
            SELECT workspace FROM member WHERE account = \(found.id) AND state = 'active'
            ORDER BY created_at, workspace
            """) { row in try row["workspace"] }
        return FoundSignIn(
            account: found.id, passwordHash: found.hash, isActive: found.active,
            workspaces: found.active ? workspaces : [])
    }

    static func account(_ row: Row, id: String) throws -> Account {
        Account(
            id: try row[id], email: try row["email"], name: try row["name"], zone: try row["zone"],
            clock: try row["clock"])
    }

    // MARK: Members

    /// A place in a workspace; who left gets theirs back, with the new role and no grants.
    package static func addMember(
        _ account: ID<User>, role: Role, workspace: ID<Workspace>, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO member (workspace, account, role, created_at)
            VALUES (\(workspace), \(account), \(role), \(now))
            ON CONFLICT (workspace, account) DO UPDATE
                SET role = excluded.role, state = 'active', grants = '', left_at = NULL, left_team = NULL
            """)
        // Who comes back can be a host again.
        try tx.countUp([account.text])
    }

    /// Somebody's place, also one that is switched off; nil for who was never here or left.
    package static func member(_ account: ID<User>, workspace: ID<Workspace>, in tx: Transaction) throws -> Member? {
        try tx.one("""
            \(members) WHERE m.workspace = \(workspace) AND m.account = \(account) AND m.state <> 'left'
            """, member)
    }

    /// The people of a workspace by name.
    package static func members(of workspace: ID<Workspace>, in tx: Transaction) throws -> [Member] {
        try tx.all("\(members) WHERE m.workspace = \(workspace) AND m.state <> 'left' ORDER BY a.name, a.id", member)
    }

    /// Those of some people who have a place here, by name.
    package static func members(
        _ accounts: Set<ID<User>>, of workspace: ID<Workspace>, in tx: Transaction
    ) throws -> [Member] {
        guard !accounts.isEmpty else { return [] }
        return try tx.all("""
            \(members) WHERE m.workspace = \(workspace) AND m.account IN \(list: accounts.sorted())
                AND m.state <> 'left' ORDER BY a.name, a.id
            """, member)
    }

    /// The first by name of those who work here and may change things, without some.
    package static func working(
        in workspace: ID<Workspace>, without others: [ID<User>], atMost most: Int, in tx: Transaction
    ) throws -> [Member] {
        try tx.all("""
            \(members) WHERE m.workspace = \(workspace) AND m.state = 'active' AND m.role <> 'viewer'
                AND a.active = \(true) AND m.account NOT IN \(list: others) ORDER BY a.name, a.id LIMIT \(most)
            """, member)
    }

    /// Everybody who ever had a place here; for what is done to a workspace as a whole.
    private static func everMembers(of workspace: ID<Workspace>, in tx: Transaction) throws -> [Member] {
        try tx.all("\(members) WHERE m.workspace = \(workspace)", member)
    }

    /// Every place a person has; for operators' commands, which name people and not workspaces.
    package static func memberships(of account: ID<User>, in tx: Transaction) throws -> [Member] {
        try tx.all("""
            \(members) WHERE m.account = \(account) AND m.state <> 'left' ORDER BY m.created_at, m.workspace
            """, member)
    }

    /// In how many workspaces somebody is an owner now.
    package static func owned(by account: ID<User>, in tx: Transaction) throws -> Int {
        // A person's own places, so this looks across workspaces.
        try tx.one("""
            SELECT count(*) AS n FROM member WHERE account = \(account) AND role = 'owner' AND state <> 'left'
            """) { row in try row["n"] } ?? 0
    }

    private static let members: SQL = """
        SELECT m.workspace, m.account, m.role, m.state, m.grants, m.created_at AS since, a.email, a.name, a.zone,
            a.clock, w.name AS workspace_name
        FROM member m JOIN account a ON a.id = m.account JOIN workspace w ON w.id = m.workspace
        """

    static func member(_ row: Row) throws -> Member {
        var member = Member(
            account: try account(row, id: "account"), workspace: try row["workspace"],
            workspaceName: try row["workspace_name"], role: try row["role"])
        member.grants = Grant.stored(try row["grants"])
        member.state = try row["state"]
        member.since = try row["since"]
        return member
    }

    // MARK: Workspaces

    package static func insert(
        workspace: ID<Workspace>, name: String, zone: String, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO workspace (id, name, zone, created_at) VALUES (\(workspace), \(name), \(zone), \(now))
            """)
    }

    package static func set(zone: String, of workspace: ID<Workspace>, in tx: Transaction) throws {
        try tx.run("UPDATE workspace SET zone = \(zone) WHERE id = \(workspace)")
    }

    package static func anyWorkspace(in tx: Transaction) throws -> Bool {
        try tx.one("SELECT 1 AS found FROM workspace LIMIT 1") { _ in true } ?? false
    }

    /// All tenants, the oldest first; for the operator's list.
    package static func workspaces(in tx: Transaction) throws -> [WorkspaceSummary] {
        try tx.all("""
            SELECT w.id, w.name, w.zone, w.created_at,
                (SELECT count(*) FROM member m WHERE m.workspace = w.id) AS members
            FROM workspace w ORDER BY w.created_at, w.id
            """) { row in
            WorkspaceSummary(
                id: try row["id"], name: try row["name"], zone: try row["zone"], members: try row["members"],
                createdAt: try row["created_at"])
        }
    }

    /// The workspace an operator means by an id or a name; the only one when nothing was said.
    package static func workspace(named: String?, in tx: Transaction) throws -> WorkspaceSummary {
        let all = try workspaces(in: tx)
        let meant = all.filter { named == nil || $0.id.text == named || $0.name == named }
        guard let first = meant.first else { throw AccountRefusal.unknownWorkspace(named ?? "") }
        guard meant.count == 1 else { throw AccountRefusal.whichWorkspace }
        return first
    }

    /// The place an operator means by an address, in the person's first workspace unless one is named.
    package static func member(email: String, workspace named: String?, in tx: Transaction) throws -> Member {
        guard let account = try account(email: email, in: tx) else { throw AccountRefusal.unknownAccount(email) }
        let wanted = try named.map { try workspace(named: $0, in: tx).id }
        let places = try memberships(of: account.id, in: tx).filter { wanted == nil || $0.workspace == wanted }
        guard let first = places.first else { throw AccountRefusal.unknownAccount(email) }
        return first
    }

    /// How many bookings a workspace ever had: their history is append-only and cannot be deleted with it.
    package static func bookings(in workspace: ID<Workspace>, in tx: Transaction) throws -> Int {
        try tx.one("SELECT count(*) AS n FROM booking WHERE workspace = \(workspace)") { row in
            try row["n"]
        } ?? 0
    }

    /// Deletes a workspace that never had a booking, and the accounts that were in no other workspace.
    /// - Returns: the names of files that no row names any more.
    package static func delete(_ workspace: ID<Workspace>, in tx: Transaction) throws -> [String] {
        var files: [String] = try tx.all("SELECT DISTINCT file FROM answer_file WHERE workspace = \(workspace)") {
            try $0["file"]
        }
        let people = try everMembers(of: workspace, in: tx).map(\.account.id)
        try tx.countUp(people.map(\.text))
        for statement in tenantRows(of: workspace) { try tx.run(statement) }
        for person in people where try !hasPlace(person, in: tx) {
            files += try tx.all("SELECT picture FROM account WHERE id = \(person) AND picture IS NOT NULL") { row in
                try row["picture"]
            }
            try tx.run("DELETE FROM subject WHERE id = \(person)")
            try tx.run("DELETE FROM account WHERE id = \(person)")
        }
        return files
    }

    private static func hasPlace(_ account: ID<User>, in tx: Transaction) throws -> Bool {
        // An account belongs to no workspace, so this looks across workspaces: whether it still has any row.
        try tx.one("""
            SELECT 1 AS found FROM account a WHERE a.id = \(account) AND (
                EXISTS (SELECT 1 FROM member m WHERE m.account = a.id)
                OR EXISTS (SELECT 1 FROM invitation i WHERE i.inviter = a.id))
            """) { _ in true } ?? false
    }

    /// In the order the foreign keys ask for.
    private static func tenantRows(of workspace: ID<Workspace>) -> [SQL] {
        [
            "DELETE FROM booking_note WHERE workspace = \(workspace)",
            "DELETE FROM booking_word WHERE workspace = \(workspace)",
            "DELETE FROM ledger WHERE workspace = \(workspace)",
            "DELETE FROM assistant WHERE workspace = \(workspace)",
            "DELETE FROM ring_host WHERE workspace = \(workspace)",
            "DELETE FROM ring WHERE workspace = \(workspace)",
            "DELETE FROM hold WHERE workspace = \(workspace)",
            "DELETE FROM kept_offer_time WHERE workspace = \(workspace)",
            "DELETE FROM kept_offer WHERE workspace = \(workspace)",
            "DELETE FROM form_response WHERE workspace = \(workspace)",
            "DELETE FROM routing_form WHERE workspace = \(workspace)",
            "DELETE FROM single_use WHERE workspace = \(workspace)",
            "DELETE FROM one_off_time WHERE workspace = \(workspace)",
            "DELETE FROM poll_vote WHERE workspace = \(workspace)",
            "DELETE FROM poll_option WHERE workspace = \(workspace)",
            "DELETE FROM poll_voter WHERE workspace = \(workspace)",
            "DELETE FROM poll WHERE workspace = \(workspace)",
            "DELETE FROM one_off WHERE workspace = \(workspace)",
            "DELETE FROM answer_file WHERE workspace = \(workspace)",
            "DELETE FROM question WHERE workspace = \(workspace)",
            "DELETE FROM link_host WHERE workspace = \(workspace)",
            "DELETE FROM link WHERE workspace = \(workspace)",
            "DELETE FROM schedule_override WHERE workspace = \(workspace)",
            "DELETE FROM schedule_window WHERE workspace = \(workspace)",
            "DELETE FROM schedule WHERE workspace = \(workspace)",
            "DELETE FROM webhook WHERE workspace = \(workspace)",
            "DELETE FROM effect WHERE workspace = \(workspace)",
            "DELETE FROM api_key WHERE workspace = \(workspace)",
            "DELETE FROM session WHERE workspace = \(workspace)",
            "DELETE FROM job WHERE workspace = \(workspace)",
            "DELETE FROM invitation WHERE workspace = \(workspace)",
            "DELETE FROM team WHERE workspace = \(workspace)",
            "DELETE FROM member WHERE workspace = \(workspace)",
            "DELETE FROM workspace WHERE id = \(workspace)",
            // The log can lose rows only once their workspace is gone.
            "DELETE FROM audit WHERE workspace = \(workspace)",
        ]
    }

    // MARK: The installation

    private static let setupFact = "setup_token_sha256"

    /// Remembers the hash of the set-up token printed last; the one before is worth nothing from now on.
    package static func remember(setupToken token: String, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO installation (name, value) VALUES (\(setupFact), \(hash(token)))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """)
    }

    package static func isSetupToken(_ token: String, in tx: Transaction) throws -> Bool {
        try tx.one("""
            SELECT 1 AS found FROM installation WHERE name = \(setupFact) AND value = \(hash(token))
            """) { _ in true } ?? false
    }

    /// Uses the set-up token up. False when it was not the right one or somebody was faster.
    package static func consume(setupToken token: String, in tx: Transaction) throws -> Bool {
        try tx.run("DELETE FROM installation WHERE name = \(setupFact) AND value = \(hash(token))") == 1
    }

    private static func hash(_ token: String) -> String {
        hexadecimal(sha256(Array(token.utf8)))
    }
}

/// Lower-case hexadecimal digits of bytes.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
