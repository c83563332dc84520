/// Runs rendered statements on one GRDB connection.
internal import GRDB
internal import GRDBSQLite
import Foundation

/// A connection inside an access of GRDB's pool; statements are prepared once and kept by GRDB.
struct SQLiteConnection: Connection {
    let database: GRDB.Database

    func query(_ sql: RenderedSQL, _ visit: (Row) throws -> Void) throws {
        try translatingErrors {
            let statement = try prepare(sql)
            let columns = statement.columnNames
            let cursor = try GRDB.Row.fetchCursor(statement)
            while let row = try cursor.next() {
                try visit(Row(columns: columns, values: row.databaseValues.map(Value.init)))
            }
        }
    }

    func execute(_ sql: RenderedSQL) throws -> Int {
        try translatingErrors {
            let before = database.totalChangesCount
            try prepare(sql).execute()
            // Changes made by cascades and triggers count in the total only.
            return database.totalChangesCount == before ? 0 : database.changesCount
        }
    }

    private func prepare(_ sql: RenderedSQL) throws -> Statement {
        let statement = try database.cachedStatement(sql: sql.text)
        try statement.setArguments(StatementArguments(sql.values.map(\.databaseValue)))
        return statement
    }
}

extension GRDB.Database {
    /// GRDB keeps every text it has prepared; ours are few, but a search or a long insert can word itself in many ways.
    static let mostStatements = 512

    /// Forgets all prepared statements once there are too many. Only between transactions.
    func boundStatements() {
        var (statement, count) = (sqlite3_next_stmt(sqliteConnection, nil), 0)
        while let current = statement {
            (statement, count) = (sqlite3_next_stmt(sqliteConnection, current), count + 1)
        }
        if count > Self.mostStatements { clearSchemaCache() }
    }
}

extension Value {
    fileprivate init(_ value: DatabaseValue) {
        self = switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob(let data): .bytes([UInt8](data))
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .bool(let flag): flag.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }
}
