/// The second wall between workspaces: what a statement reaches that forgets to say whose rows it means (S-03).
import Fakes
import Scheduling
import Testing

@testable import Database

@Suite("The second wall between workspaces", .enabled(if: Engine.all.contains(.postgres)))
struct TenancyWallTests {
    private let ours = Scope.test
    private let theirs = Scope(
        workspace: ID(milliseconds: 2, random: Array(repeating: 2, count: 10)), actor: .system)

    @Test("stands around every table that has a workspace, and binds the role of these tests")
    func everyTable() async throws {
        try await withDatabase(.postgres) { db in
            let wall = try await db.tenancyWall()
            #expect(wall == TenancyWall(isAbovePolicies: false, open: []))
            #expect(wall?.warning == nil)
        }
        try await withDatabase(.sqlite) { db in
            let none = try await db.tenancyWall()
            #expect(none == nil)
        }
    }

    @Test("is missed where a policy was dropped, switched off or not forced, and around a table that came later")
    func gaps() async throws {
        try await withOwnDatabase(.postgres) { db in
            _ = try await db.writeUnscoped { tx in
                try tx.run("DROP POLICY tenancy ON booking")
                try tx.run("ALTER TABLE link DISABLE ROW LEVEL SECURITY")
                try tx.run("ALTER TABLE session NO FORCE ROW LEVEL SECURITY")
                try tx.run("ALTER TABLE workspace NO FORCE ROW LEVEL SECURITY")
                try tx.run("CREATE TABLE later (id TEXT PRIMARY KEY, workspace TEXT NOT NULL)")
            }
            let wall = try await db.tenancyWall()
            #expect(wall?.open == ["booking", "later", "link", "session", "workspace"])
            #expect(wall?.warning?.contains("booking, later, link") == true)

            _ = try await db.writeUnscoped { tx in try tx.run(wallAroundTenants) }
            let again = try await db.tenancyWall()
            #expect(again?.open == ["link", "session", "workspace"], "the step mends what has no policy, and only that")
        }
    }

    @Test("says so when the role is above policies")
    func superuser() {
        #expect(TenancyWall(isAbovePolicies: true, open: []).warning?.contains("superuser") == true)
        #expect(TenancyWall(isAbovePolicies: false, open: []).warning == nil)
    }

    @Test("shows a statement that forgets the workspace its own rows only; without the policy it shows all")
    func reading() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await fill(db)
            #expect(try await names(db, ours) == ["ours"])
            #expect(try await names(db, theirs) == ["theirs"])
            let all = try await db.lookUp { try $0.all(everyTeam) { try $0["name"] as String } }
            #expect(all == ["ours", "theirs"])
            let workspaces = try await db.read(ours) { tx in
                try tx.all("SELECT name FROM workspace") { try $0["name"] as String }
            }
            #expect(workspaces == ["ours"])

            // The control: it is the policy that hides the rows, and nothing else.
            _ = try await db.writeUnscoped { try $0.run("ALTER TABLE team DISABLE ROW LEVEL SECURITY") }
            #expect(try await names(db, ours) == ["ours", "theirs"])
        }
    }

    @Test("shows nothing to a connection that says nothing, before and after it was used")
    func silence() async throws {
        try await withDatabaseURL(.postgres, .fresh) { url in
            let db = try await Database.open(url, .test)
            try await fill(db)
            await db.close()
            let connection = PostgresConnection(url: url)
            let counts = try await connection.perform { connection in
                try connection.connect()
                var counts: [Int] = []
                let count = try ("SELECT count(*) AS n FROM team" as SQL).rendered(for: .postgres)
                func ask() throws { try connection.query(count) { counts.append(try $0["n"]) } }
                try ask()
                try connection.command("BEGIN; SET LOCAL workestra.workspace = '*'")
                try ask()
                try connection.command("COMMIT")
                try ask()
                connection.disconnect()
                return counts
            }
            #expect(counts == [0, 2, 0])
        }
    }

    @Test("lets a statement that forgets the workspace change and delete its own rows only, and add none elsewhere")
    func writing() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await fill(db)
            let changed = try await db.write(ours) { tx in try tx.run("UPDATE team SET name = 'changed'") }
            let deleted = try await db.write(ours) { tx in try tx.run("DELETE FROM team") }
            #expect(changed == 1 && deleted == 1)
            let left = try await db.lookUp { try $0.all(everyTeam) { try $0["name"] as String } }
            #expect(left == ["theirs"])

            let other = theirs.workspace
            let refusal = await #expect(throws: DatabaseError.self) {
                try await db.write(ours) { tx in
                    try tx.run(
                        """
                        INSERT INTO team (id, workspace, name, slug, created_at)
                        VALUES ('t9', \(other), 'planted', 'planted', 1)
                        """)
                }
            }
            guard case .sql("42501", _)? = refusal else {
                Issue.record("the row was refused with \(String(describing: refusal))")
                return
            }
        }
    }

    @Test("opens for the statements that say so, and closes behind them")
    func across() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await fill(db)
            let seen = try await db.read(ours) { tx in
                let before = try tx.all(everyTeam) { try $0["name"] as String }
                let wide = try tx.acrossWorkspaces { try tx.all(everyTeam) { try $0["name"] as String } }
                return [before, wide, try tx.all(everyTeam) { try $0["name"] as String }]
            }
            #expect(seen == [["ours"], ["ours", "theirs"], ["ours"]])
            // Whoever has the connection next begins anew.
            for _ in 0..<20 { #expect(try await names(db, theirs) == ["theirs"]) }
        }
    }

    @Test("shows a person's days away wherever that person works, to be read and not to be changed")
    func oneTime() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await fill(db)
            let there = theirs.workspace
            _ = try await db.writeUnscoped { tx in
                for (id, account) in [("a1", "usr_both"), ("a2", "usr_theirs")] {
                    try tx.run(
                        """
                        INSERT INTO time_away (id, workspace, account, kind, first_day, last_day, created_at)
                        VALUES (\(id), \(there), \(account), 'out_of_office', '2030-01-01', '2030-01-02', 1)
                        """)
                }
            }
            let seen = try await db.read(ours) { tx in
                try tx.all("SELECT id FROM time_away ORDER BY id") { try $0["id"] as String }
            }
            #expect(seen == ["a1"], "of the person who works in both, and not of the one who works there alone")
            let touched = try await db.write(ours) { try $0.run("DELETE FROM time_away") }
            #expect(touched == 0)
        }
    }

    @Test("leaves a statement that names its workspace the index")
    func plans() async throws {
        // What a database learned from the rows of other tests would choose another index.
        try await withOwnDatabase(.postgres) { db in
            let plan = try await db.read(ours) { tx in
                _ = try tx.one("SELECT set_config('enable_seqscan', 'off', true) AS plan") { _ in }
                return try tx.all(
                    """
                    EXPLAIN SELECT id FROM booking WHERE workspace = \(ours.workspace) AND status = 'confirmed'
                    AND starts > 5 ORDER BY starts, id LIMIT 20
                    """) { try $0["QUERY PLAN"] as String }.joined(separator: "\n")
            }
            #expect(plan.contains("using booking_list") && plan.contains("Index Cond: ((workspace ="), "\(plan)")
        }
    }

    // MARK: Two workspaces

    private let everyTeam: SQL = "SELECT name FROM team ORDER BY name"

    private func names(_ db: Database, _ scope: Scope) async throws -> [String] {
        try await db.read(scope) { try $0.all(everyTeam) { try $0["name"] } }
    }

    /// A team in each, one person in both and one in theirs alone.
    private func fill(_ db: Database) async throws {
        _ = try await db.writeUnscoped { tx in
            for account in ["usr_both", "usr_theirs"] {
                try tx.run(
                    """
                    INSERT INTO account (id, email, email_folded, name, zone, active, created_at)
                    VALUES (\(account), \(account), \(account), 'Somebody', 'UTC', \(true), 1)
                    """)
            }
            for (name, scope) in [("ours", ours), ("theirs", theirs)] {
                try tx.run(
                    """
                    INSERT INTO workspace (id, name, zone, created_at)
                    VALUES (\(scope.workspace), \(name), 'UTC', 1)
                    """)
                try tx.run(
                    """
                    INSERT INTO team (id, workspace, name, slug, created_at)
                    VALUES (\(name), \(scope.workspace), \(name), \(name), 1)
                    """)
                try member("usr_both", scope, tx)
            }
            try member("usr_theirs", theirs, tx)
        }
    }

    private func member(_ account: String, _ scope: Scope, _ tx: Transaction) throws {
        try tx.run(
            """
            INSERT INTO member (workspace, account, role, created_at)
            VALUES (\(scope.workspace), \(account), 'member', 1)
            """)
    }
}
