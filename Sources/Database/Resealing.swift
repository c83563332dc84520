/// Where sealed values lie, and how they move from the former keys to the first one while everything runs.

/// A column that holds what a ``Keyring`` sealed.
package struct SealedColumn: Sendable {
    package let table: String
    package let column: String
    /// The text columns that tell a row from all others.
    fileprivate let key: [String]
    /// From the values of `key` to the place the value was sealed for.
    fileprivate let place: @Sendable ([String]) -> String

    package init(
        _ table: String, _ column: String, key: [String], bound place: @escaping @Sendable ([String]) -> String
    ) {
        (self.table, self.column, self.key, self.place) = (table, column, key, place)
    }
}

/// How many sealed values a database holds, by the key that opens them.
package struct SealedCounts: Hashable, Sendable {
    package var first = 0
    package var former = 0
    /// No key of the file opens these.
    package var unknown = 0

    package init() {}

    package var all: Int { first + former + unknown }
}

/// What one pass over the sealed values did.
package struct Resealed: Hashable, Sendable {
    package var changed = 0
    /// Left as they were: no key opens them, or they were sealed for another place.
    package var unreadable = 0

    package init() {}
}

/// A row whose value the first key did not seal.
private struct SealedRow: Sendable {
    let key: [String]
    let value: [UInt8]
}

extension Database {
    /// Counts by the first bytes of each value, which name the key; opens nothing.
    package func sealedCounts(_ columns: [SealedColumn], by keyring: Keyring) async throws -> SealedCounts {
        try await lookUp { tx in
            var counts = SealedCounts()
            for column in columns {
                for (header, count) in try tx.headers(of: column) {
                    switch header {
                    case keyring.header: counts.first += count
                    case _ where keyring.formerHeaders.contains(header): counts.former += count
                    default: counts.unknown += count
                    }
                }
            }
            return counts
        }
    }

    /// Seals with the first key whatever another one has sealed, some rows at a time.
    ///
    /// May be ended at any moment, begun again, and run by several processes at once: a row is changed only if it still
    /// holds what was read, and one that is done is not read again.
    /// - Parameters:
    ///   - atOnce: rows for each transaction.
    ///   - pause: after each of them, so that bookings go first.
    package func reseal(
        _ columns: [SealedColumn], by keyring: Keyring, atOnce: Int = 200, pause: Duration = .milliseconds(20)
    ) async throws -> Resealed {
        var total = Resealed()
        for column in columns {
            var after: [String]?
            repeat {
                let last = after
                let rows = try await lookUp { tx in
                    try tx.sealedOtherwise(column, than: keyring.header, after: last, limit: atOnce)
                }
                after = rows.last?.key
                guard after != nil else { break }
                let step = try await reseal(rows, of: column, by: keyring)
                total.changed += step.changed
                total.unreadable += step.unreadable
                try await Task.sleep(for: pause)
            } while true
        }
        return total
    }

    private func reseal(_ rows: [SealedRow], of column: SealedColumn, by keyring: Keyring) async throws -> Resealed {
        let fresh = rows.compactMap { row -> (SealedRow, [UInt8])? in
            let place = column.place(row.key)
            return (try? keyring.open(row.value, bound: place)).map { (row, keyring.seal($0, bound: place)) }
        }
        var step = Resealed()
        step.unreadable = rows.count - fresh.count
        guard !fresh.isEmpty else { return step }
        step.changed = try await writeUnscoped { tx in
            try fresh.reduce(0) { try $0 + tx.replace($1.0, of: column, by: $1.1) }
        }
        return step
    }
}

extension SealedColumn {
    /// `("id", "workspace")`
    fileprivate var keyNames: SQL { key.map { "\(name: $0)" as SQL }.joined() }
}

extension Transaction {
    fileprivate func headers(of column: SealedColumn) throws -> [([UInt8], Int)] {
        let name: SQL = "\(name: column.column)"
        return try all(
            """
            SELECT substr(\(name), 1, 5) AS header, count(*) AS n FROM \(name: column.table)
            WHERE \(name) IS NOT NULL GROUP BY substr(\(name), 1, 5)
            """) { (try $0["header"], try $0["n"]) }
    }

    fileprivate func sealedOtherwise(
        _ column: SealedColumn, than header: [UInt8], after last: [String]?, limit: Int
    ) throws -> [SealedRow] {
        let name: SQL = "\(name: column.column)"
        let rest: SQL = last.map { "AND (\(column.keyNames)) > \(tuple: $0.map(\.sqlValue))" } ?? ""
        return try all(
            """
            SELECT \(column.keyNames), \(name) AS sealed_value FROM \(name: column.table)
            WHERE substr(\(name), 1, 5) <> \(header) \(rest) ORDER BY \(column.keyNames) LIMIT \(limit)
            """
        ) { row in
            SealedRow(key: try column.key.map { try row[$0] }, value: try row["sealed_value"])
        }
    }

    fileprivate func replace(_ row: SealedRow, of column: SealedColumn, by value: [UInt8]) throws -> Int {
        try run(
            """
            UPDATE \(name: column.table) SET \(name: column.column) = \(value)
            WHERE (\(column.keyNames)) = \(tuple: row.key.map(\.sqlValue)) AND \(name: column.column) = \(row.value)
            """)
    }

    /// Every column of bytes, as `table.column`.
    func byteColumns() throws -> [String] {
        let sql: SQL = engine == .sqlite
            ? """
              SELECT m.name || '.' || c.name AS place FROM sqlite_master m JOIN pragma_table_info(m.name) c
              WHERE m.type = 'table' AND c.type = 'BLOB' ORDER BY place
              """
            : """
              SELECT table_name || '.' || column_name AS place FROM information_schema.columns
              WHERE table_schema = current_schema() AND data_type = 'bytea' ORDER BY place
              """
        return try all(sql) { try $0["place"] }
    }
}
