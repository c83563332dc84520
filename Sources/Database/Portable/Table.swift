/// What a database's own catalogue says about its tables: columns, keys, and who points at whom.

/// A table as both engines describe it.
package struct Table: Hashable, Sendable {
    struct Column: Hashable, Sendable {
        let name: String
        /// PostgreSQL's true and false, which are 1 and 0 on SQLite and in every portable form.
        let isFlag: Bool
        let isText: Bool
    }

    package let name: String
    let columns: [Column]
    /// The columns of the primary key, in its order.
    let key: [String]

    /// The columns that put rows into one order, the same on both engines.
    fileprivate var order: [Column] {
        key.isEmpty ? columns : key.compactMap { name in columns.first { $0.name == name } }
    }

    /// Every row, in an order that depends on the values alone.
    func everyRow(on engine: Engine) -> SQL {
        let names = columns.map { "\(name: $0.name)" as SQL }.joined()
        let order = self.order.map { column -> SQL in
            let collation: SQL = engine == .postgres && column.isText ? " COLLATE \"C\"" : ""
            return "\(name: column.name)\(collation) NULLS FIRST"
        }.joined()
        return "SELECT \(names) FROM \(name: name) ORDER BY \(order)"
    }
}

/// One column as the catalogue lists it.
private struct Listed {
    let table: String
    let column: Table.Column
    let keyPosition: Int

    init(_ row: Row) throws {
        let kind = (try row["kind"] as String).lowercased()
        table = try row["table_name"]
        keyPosition = try row["key_position"]
        column = Table.Column(name: try row["column_name"], isFlag: kind == "boolean", isText: kind == "text")
    }
}

extension Transaction {
    /// The tables of the schema but the list of its own steps, each after all it points at.
    /// - Throws: ``DatabaseError/mismatch(_:)`` when tables point at each other in a circle.
    func tables() throws -> [Table] {
        let listed = try all(engine == .sqlite ? sqliteColumns : postgresColumns, Listed.init)
        let tables = Dictionary(grouping: listed, by: \.table).map { name, columns in
            Table(
                // By name: a migration that rebuilds a table on one engine alone may order them otherwise there.
                name: name, columns: columns.map(\.column).sorted { $0.name < $1.name },
                key: columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }
                    .map(\.column.name))
        }
        let arrows = try all(engine == .sqlite ? sqliteArrows : postgresArrows) { row in
            (from: try row["table_name"] as String, to: try row["target"] as String)
        }
        var pointsAt: [String: Set<String>] = [:]
        // A row that points into its own table was written after the one it points at, and ids are ordered by time.
        for arrow in arrows where arrow.from != arrow.to { pointsAt[arrow.from, default: []].insert(arrow.to) }
        return try ordered(tables.sorted { $0.name < $1.name }, pointsAt)
    }

    private func ordered(_ tables: [Table], _ pointsAt: [String: Set<String>]) throws -> [Table] {
        var (placed, left): ([Table], [Table]) = ([], tables)
        while !left.isEmpty {
            let names = Set(placed.map(\.name))
            let next = left.filter { pointsAt[$0.name, default: []].isSubset(of: names) }
            guard !next.isEmpty else {
                throw DatabaseError.mismatch(
                    "tables point at each other: \(left.map(\.name).joined(separator: ", "))")
            }
            placed += next
            left.removeAll { next.contains($0) }
        }
        return placed
    }
}

private let sqliteColumns: SQL = """
    SELECT m.name AS table_name, c.name AS column_name, c.type AS kind, c.pk AS key_position
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'schema_migration' ORDER BY m.name, c.cid
    """

private let postgresColumns: SQL = """
    SELECT t.relname::text AS table_name, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS kind,
        coalesce(array_position(k.indkey::int2[], a.attnum) + 1, 0) AS key_position
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
    WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> 'schema_migration'
    ORDER BY t.relname, a.attnum
    """

private let sqliteArrows: SQL = """
    SELECT m.name AS table_name, f."table" AS target FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table'
    """

private let postgresArrows: SQL = """
    SELECT t.relname::text AS table_name, o.relname::text AS target FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
    WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
    """
