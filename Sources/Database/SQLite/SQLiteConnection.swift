/// Runs rendered statements on one GRDB connection.
internal import GRDB
internal import GRDBSQLite

/// A connection inside an access of GRDB's pool; statements are prepared once and kept by GRDB.
struct SQLiteConnection: Connection {
    let database: GRDB.Database

    func query(_ sql: RenderedSQL, _ visit: (Row) throws -> Void) throws {
        try translatingErrors {
            try database.cachedStatement(sql: sql.text).run(sql.values, on: database, visit)
        }
    }

    func execute(_ sql: RenderedSQL) throws -> Int {
        try translatingErrors {
            let statement = try database.cachedStatement(sql: sql.text)
            let before = database.totalChangesCount
            // What has no values may change the schema, and then GRDB forgets what it knows of it.
            if sql.values.isEmpty { try statement.execute() } else { try statement.run(sql.values, on: database) }
            // Changes made by cascades and triggers count in the total only.
            return database.totalChangesCount == before ? 0 : database.changesCount
        }
    }

    func post(_ sql: RenderedSQL) throws {
        _ = try execute(sql)
    }
}

extension GRDB.Database {
    /// GRDB keeps every text it has prepared; ours are few, but a search or a long insert can word itself in many ways.
    static let mostStatements = 256

    /// Forgets all prepared statements once there are too many. Only between transactions.
    func boundStatements() {
        var (statement, count) = (sqlite3_next_stmt(sqliteConnection, nil), 0)
        while let current = statement {
            (statement, count) = (sqlite3_next_stmt(sqliteConnection, current), count + 1)
        }
        if count > Self.mostStatements { clearSchemaCache() }
    }
}
