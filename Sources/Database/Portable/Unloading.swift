/// Every row of every table out of a database and into another one, of either engine.
import Crypto
import Scheduling

/// What one table held: enough to see that another database holds the same.
package struct TablePart: Hashable, Sendable, Codable {
    package let name: String
    package let columns: [String]
    package let rows: Int
    /// Of the lines in their order, as lower-case hexadecimal digits.
    package let sha256: String
}

/// What a whole database held at one moment.
package struct DataFacts: Hashable, Sendable, Codable {
    /// The number of the last step of its schema.
    package let schema: Int
    package let tables: [TablePart]

    package init(schema: Int, tables: [TablePart]) {
        self.schema = schema
        self.tables = tables
    }

    package var rows: Int { tables.reduce(0) { $0 + $1.rows } }
}

/// What ``Database/unload(_:)`` hands out, in this order.
package enum UnloadEvent: Sendable {
    /// From the start; what came before is void (a read may be repeated).
    case begins
    case table(String)
    /// One line with its end.
    case row([UInt8])
    case ended(TablePart)
}

extension Database {
    /// Reads everything from one unmoving snapshot, while others may write.
    /// - Parameter visit: called on a database thread.
    /// - Throws: ``DatabaseError``, or what `visit` throws.
    package func unload(_ visit: @escaping @Sendable (UnloadEvent) throws -> Void) async throws -> DataFacts {
        try await lookUp { tx in
            try visit(.begins)
            guard let schema = try tx.lastMigration() else {
                throw DatabaseError.unavailable("the database has no schema yet")
            }
            return DataFacts(schema: schema, tables: try tx.tables().map { try tx.unload($0, visit) })
        }
    }

    /// - Throws: ``DatabaseError/unavailable(_:)`` when any table holds a row.
    package func refuseUnlessEmpty() async throws {
        try await lookUp { tx in try tx.refuseUnlessEmpty() }
    }

    /// Writes what was unloaded into an empty database, in one transaction, and compares what is there afterwards.
    ///
    /// The schema is brought to the step of the data first; call ``migrate(_:clock:)`` afterwards.
    /// - Parameters:
    ///   - restoredAt: from when nothing is sent until somebody confirms; nil when the database only moves.
    ///   - lines: hands every line of a table to its closure, without the line end.
    /// - Throws: ``DatabaseError/unavailable(_:)`` in a sentence for the operator.
    package func load(
        _ facts: DataFacts, restoredAt: Instant?,
        _ lines: @escaping @Sendable (_ table: String, _ visit: ([UInt8]) throws -> Void) throws -> Void
    ) async throws {
        guard Migration.all.contains(where: { $0.number == facts.schema }) else {
            throw DatabaseError.unavailable("the data are at step \(facts.schema) of the schema: update this program")
        }
        // Asked before anything is made, so that a refusal leaves the place as it was.
        try await refuseUnlessEmpty()
        try await migrate(Migration.all.filter { $0.number <= facts.schema })
        try await writeUnscoped(isLarge: true) { tx in
            try tx.refuseUnlessEmpty()
            let tables = try tx.tables()
            try tx.withoutGuards {
                for table in tables {
                    guard let part = facts.tables.first(where: { $0.name == table.name }) else { continue }
                    try tx.load(part, into: table, lines)
                }
            }
            let found = try tables.map { try tx.unload($0) { _ in } }
            try facts.check(found)
            CrashPoint.reach("loading.before_commit")
            if let restoredAt { try tx.markRestored(restoredAt) }
        }
    }
}

extension DataFacts {
    /// - Throws: ``DatabaseError/mismatch(_:)`` naming the first table that differs.
    package func check(_ found: [TablePart]) throws(DatabaseError) {
        for part in tables where !found.contains(part) {
            let other = found.first { $0.name == part.name }
            throw DatabaseError.mismatch(
                "\(part.name) has \(other?.rows ?? 0) rows where \(part.rows) were, or others")
        }
    }
}

extension Transaction {
    fileprivate func unload(_ table: Table, _ visit: (UnloadEvent) throws -> Void) throws -> TablePart {
        try visit(.table(table.name))
        var (rows, hash) = (0, SHA256())
        try eachRow(of: table) { values in
            let line = PortableRow.line(values)
            hash.update(data: line)
            rows += 1
            try visit(.row(line))
        }
        let part = TablePart(
            name: table.name, columns: table.columns.map(\.name), rows: rows, sha256: hexadecimal(hash.finalize()))
        try visit(.ended(part))
        return part
    }

    /// libpq would hold a whole result in memory; a cursor hands it out in portions.
    private func eachRow(of table: Table, _ visit: ([Value]) throws -> Void) throws {
        guard engine == .postgres else { return try each(table.everyRow(on: engine)) { try visit($0.values) } }
        let cursor = "unload_" + table.name
        try run("DECLARE \(name: cursor) NO SCROLL CURSOR FOR \(table.everyRow(on: engine))")
        var isOver = false
        while !isOver {
            isOver = true
            try each("FETCH 1000 FROM \(name: cursor)") { row in
                isOver = false
                try visit(row.values)
            }
        }
        try run("CLOSE \(name: cursor)")
    }

    fileprivate func refuseUnlessEmpty() throws {
        for table in try tables() {
            let isEmpty = try one("SELECT 1 AS found FROM \(name: table.name) LIMIT 1") { _ in false } ?? true
            guard isEmpty else {
                throw DatabaseError.unavailable("the target is not empty: there are rows in \(table.name)")
            }
        }
    }

    fileprivate func load(
        _ part: TablePart, into table: Table,
        _ lines: (_ table: String, _ visit: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let columns = try part.columns.map { name -> Table.Column in
            guard let column = table.columns.first(where: { $0.name == name }) else {
                throw DatabaseError.unavailable(
                    "the target knows no column \(part.name).\(name): take a database without tables")
            }
            return column
        }
        // SQLite takes 32,766 values in one statement.
        let most = max(1, min(250, 20_000 / max(1, columns.count)))
        var batch: [[Value]] = []
        try lines(part.name) { line in
            let values = try PortableRow.values(line)
            guard values.count == columns.count else {
                throw DatabaseError.mismatch("a row of \(part.name) has \(values.count) values")
            }
            batch.append(zip(values, columns).map { value, column in
                if engine == .postgres, column.isFlag, case .integer(let flag) = value { return .bool(flag != 0) }
                return value
            })
            if batch.count == most {
                try insert(batch, into: table.name, columns)
                batch = []
            }
        }
        if !batch.isEmpty { try insert(batch, into: table.name, columns) }
    }

    private func insert(_ rows: [[Value]], into table: String, _ columns: [Table.Column]) throws {
        let names = columns.map { "\(name: $0.name)" as SQL }.joined()
        let values = rows.map { row in "(\(row.map { "\(bound: $0)" as SQL }.joined()))" as SQL }.joined()
        try run("INSERT INTO \(name: table) (\(names)) VALUES \(values)")
    }
}

/// Lower-case hexadecimal digits of bytes.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
