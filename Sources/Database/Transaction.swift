/// The one thing a read or write block works with: it runs statements and hands out rows.

/// What an engine's connection can do; the two conformers are in `SQLite` and `Postgres`.
protocol Connection {
    /// Runs a statement and hands each row to `visit`.
    func query(_ sql: RenderedSQL, _ visit: (Row) throws -> Void) throws

    /// Runs a statement and answers how many rows it changed.
    func execute(_ sql: RenderedSQL) throws -> Int

    /// Runs a statement at once or together with the next one; its error may come with that one or with the commit.
    func post(_ sql: RenderedSQL) throws
}

/// A running transaction. It lives for one block, on one database thread, and is never `Sendable`.
///
/// The first statement that fails ends it: every later one throws the same error, and a block that swallows the error
/// and returns fails all the same. PostgreSQL works like this by itself; so both engines do. Where a duplicate is
/// expected, say `ON CONFLICT DO NOTHING` and look at the number of rows.
package final class Transaction {
    package let engine: Engine

    /// Nil in look-ups, commands and jobs, which have none.
    package let scope: Scope?

    private let connection: any Connection
    private(set) var failure: (any Error)?

    /// How many statements it was asked to run.
    private(set) var statements = 0

    /// Whether jobs were written, so that the runners of this process are woken after the commit.
    var hasJobs = false

    /// ``DatabaseOptions/hear``.
    var hear: (@Sendable (String, [Value]) -> Void)?

    init(engine: Engine, scope: Scope?, connection: any Connection) {
        self.engine = engine
        self.scope = scope
        self.connection = connection
    }

    /// All rows, in the statement's order.
    /// - Throws: ``DatabaseError``, or what `row` throws.
    package func all<T>(_ sql: SQL, _ row: (Row) throws -> T) throws -> [T] {
        var found: [T] = []
        // An error of `row` must not count as a failed statement: it is remembered here and thrown afterwards.
        var unreadable: (any Error)?
        try attempt(sql) { rendered in
            try connection.query(rendered) { values in
                guard unreadable == nil else { return }
                do { found.append(try row(values)) } catch { unreadable = error }
            }
        }
        if let unreadable { throw unreadable }
        return found
    }

    /// The only row, or nil.
    /// - Throws: ``DatabaseError/mismatch(_:)`` when there are two: the question was not one for a single row.
    package func one<T>(_ sql: SQL, _ row: (Row) throws -> T) throws -> T? {
        let found = try all(sql, row)
        guard found.count <= 1 else { throw DatabaseError.mismatch("\(found.count) rows where at most one was asked") }
        return found.first
    }

    /// Every row as it comes, for results too large to be held; an error of `visit` ends the transaction.
    func each(_ sql: SQL, _ visit: (Row) throws -> Void) throws {
        try attempt(sql) { rendered in try connection.query(rendered, visit) }
    }

    /// Runs a statement that answers no rows.
    /// - Returns: how many rows were inserted, changed or deleted.
    @discardableResult
    package func run(_ sql: SQL) throws -> Int {
        try attempt(sql) { rendered in try connection.execute(rendered) }
    }

    /// Runs a statement of which nobody asks how many rows it changed: on PostgreSQL it travels with the next one or
    /// with the commit, which saves the way there and back. So does its error, which ends the transaction all the same.
    package func post(_ sql: SQL) throws {
        try attempt(sql) { rendered in try connection.post(rendered) }
    }

    /// How many rows PostgreSQL expects each of some questions to find, by its statistics: some 0.3 ms, however many
    /// there are. It may be wrong by any factor, so only the choice of a way may hang on it. Nil on SQLite, which does
    /// not say, and where its answer is not understood.
    package func expectedRows(_ questions: [SQL]) throws -> [Int]? {
        guard engine == .postgres else { return nil }
        // `Append  (cost=…)`, and below it a line like `  ->  Index Only Scan using …  (cost=0.55..928.58 rows=8001
        // width=30)` for each question; what belongs to those stands deeper. One question has no Append.
        let lines = try all("EXPLAIN \(questions.joined(by: " UNION ALL "))") { row in
            try row["QUERY PLAN"] as String
        }
        let own = questions.count == 1 ? lines.prefix(1) : lines.filter { $0.hasPrefix("  ->  ") }[...]
        let rows = own.compactMap { $0.firstMatch(of: /\ rows=(\d+) width=\d+\)$/).flatMap { Int($0.1) } }
        return rows.count == questions.count ? rows : nil
    }

    /// Lets statements see the rows of other workspaces too, as few and as plain ones as can be: whether a public name
    /// is taken, a person's own browsers. On PostgreSQL the row-level policies step aside for them alone, which costs
    /// two round trips; on SQLite nothing happens, since each statement names the workspace it means.
    package func acrossWorkspaces<T>(_ body: () throws -> T) throws -> T {
        guard engine == .postgres, let scope else { return try body() }
        try reach("*")
        let result = try body()
        try reach(scope.workspace.text)
        return result
    }

    private func reach(_ workspace: String) throws {
        _ = try all("SELECT set_config('workestra.workspace', \(workspace), true) AS reach") { _ in }
    }

    /// A write that changes nothing; fails where a real one would for want of a lock or of the right to write.
    package func probe() throws {
        try run("DELETE FROM installation WHERE name = 'probe'")
    }

    private func attempt<T>(_ sql: SQL, _ work: (RenderedSQL) throws -> T) throws -> T {
        if let failure { throw failure }
        statements += 1
        do {
            let rendered = try sql.rendered(for: engine)
            try refuseTransactionControl(rendered.text)
            hear?(rendered.text, rendered.values)
            return try work(rendered)
        } catch {
            failure = error
            throw error
        }
    }
}

/// Beginning and ending belong to ``Database``: a COMMIT inside a block would publish half of it, and on SQLite
/// the blocks of strangers that share its commit.
private func refuseTransactionControl(_ text: String) throws(DatabaseError) {
    let verb = text.utf8.drop { $0 <= 0x20 }.prefix { $0 > 0x20 && $0 != UInt8(ascii: ";") }
    let isControl = ["ROLLBACK", "COMMIT", "SAVEPOINT", "END", "RELEASE"].contains { word in
        verb.elementsEqual(word.utf8) { letter, capital in letter & 0xDF == capital }
    }
    if isControl { throw DatabaseError.sql(code: "25001", message: "a block must not end its own transaction") }
}
