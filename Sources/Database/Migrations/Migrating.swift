/// Brings a database to the schema of this program, forward only.
import Scheduling

extension Database {
    /// Runs the steps that are missing, each in a transaction of its own. Several processes may try at once.
    /// - Returns: the numbers of the steps that ran.
    /// - Throws: ``DatabaseError/unavailable(_:)`` when the database is newer than the program.
    @discardableResult
    package func migrate(_ migrations: [Migration] = Migration.all, clock: Clock = .system) async throws -> [Int] {
        var ran: [Int] = []
        let now = clock.now
        for migration in migrations {
            let isNew = try await writeUnscoped(isLarge: true) { tx in
                try tx.migrate(migration, known: migrations, now: now)
            }
            guard isNew else { continue }
            ran.append(migration.number)
            CrashPoint.reach("migrating.after_commit")
        }
        try await checkLedger()
        return ran
    }

    /// The number of the newest step that ran; nil for a database without a schema.
    package func schemaNumber() async throws -> Int? {
        try await lookUp { tx in try tx.lastMigration() }
    }

    /// The numbers of the steps that ``migrate(_:clock:)`` would run.
    /// - Throws: ``DatabaseError/unavailable(_:)`` when the database is newer than the program.
    package func pendingMigrations(_ migrations: [Migration] = Migration.all) async throws -> [Int] {
        try await lookUp { tx in
            let applied = try tx.appliedMigrations(known: migrations)
            return migrations.map(\.number).filter { !applied.contains($0) }
        }
    }

    /// The overlap rule is what keeps two people out of one hour: without it, better no server than a wrong one.
    func checkLedger() async throws {
        let isGuarded = try await lookUp { tx in
            try !tx.hasTable("ledger") || tx.countLedgerGuards() == (tx.engine == .sqlite ? 2 : 1)
        }
        guard isGuarded else {
            throw DatabaseError.unavailable("the ledger has lost its rule against overlaps; restore the schema first")
        }
    }
}

extension Transaction {
    fileprivate func migrate(_ migration: Migration, known: [Migration], now: Instant) throws -> Bool {
        if engine == .postgres { try waitForOtherMigrators() }
        try run(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                number \(.int) PRIMARY KEY NOT NULL, name TEXT NOT NULL, applied_at \(.int) NOT NULL
            )\(.strict)
            """)
        guard try !appliedMigrations(known: known).contains(migration.number) else { return false }
        // Exclusion constraints over text need it; trusted, so the owner of the database may create it.
        if engine == .postgres { try run("CREATE EXTENSION IF NOT EXISTS btree_gist") }
        for statement in migration.statements where try !statement.rendered(for: engine).text.isEmpty {
            try run(statement)
        }
        try run(
            """
            INSERT INTO schema_migration (number, name, applied_at)
            VALUES (\(migration.number), \(migration.name), \(now))
            """)
        CrashPoint.reach("migrating.before_commit")
        return true
    }

    /// One process migrates at a time, for as long as it takes; the number has no meaning.
    private func waitForOtherMigrators() throws {
        try run("SET LOCAL statement_timeout = 0")
        try run("SET LOCAL lock_timeout = 0")
        _ = try one("SELECT pg_advisory_xact_lock(8606219114829017) AS locked") { _ in }
        // Tables are another thing: a waiting ALTER TABLE would make every request queue behind it.
        try run("SET LOCAL lock_timeout = 3000")
    }

    fileprivate func appliedMigrations(known: [Migration]) throws -> Set<Int> {
        guard try hasTable("schema_migration") else { return [] }
        let applied = Set(try all("SELECT number FROM schema_migration") { try $0["number"] as Int })
        let newest = known.map(\.number).max() ?? 0
        guard let latest = applied.max(), latest > newest else { return applied }
        throw DatabaseError.unavailable("the schema is at step \(latest), this program knows only \(newest): update it")
    }

    /// The number of the newest step that ran; nil for a database without a schema.
    func lastMigration() throws -> Int? {
        guard try hasTable("schema_migration") else { return nil }
        return try one("SELECT max(number) AS number FROM schema_migration") { try $0["number"] as Int? } ?? nil
    }

    fileprivate func hasTable(_ name: String) throws -> Bool {
        let sql: SQL = engine == .sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name = \(name)"
            : "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = \(name)"
        return try one(sql) { _ in true } ?? false
    }

    fileprivate func countLedgerGuards() throws -> Int {
        let sql: SQL = engine == .sqlite
            ? """
              SELECT count(*) AS guards FROM sqlite_master
              WHERE type = 'trigger' AND tbl_name = 'ledger' AND sql LIKE '%ledger_overlap%'
              """
            : """
              SELECT count(*) AS guards FROM pg_constraint
              WHERE contype = 'x' AND conrelid = to_regclass('ledger') AND conname = 'ledger_no_overlap'
              """
        return try one(sql) { try $0["guards"] } ?? 0
    }
}
