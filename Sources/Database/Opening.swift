/// Opening a database by its URL, with what may be chosen about it.
import Logging

/// What may be chosen when a database is opened.
package struct DatabaseOptions: Sendable {
    /// SQLite: whether this process is the server, of which there may be only one for each file. Commands may run
    /// beside it and leave this off. PostgreSQL needs no such lock.
    package var exclusive = false

    /// `WORKESTRA_ENV=test`: a PostgreSQL without fsync is a warning instead of a refusal.
    package var isTest = false

    /// PostgreSQL: how many transactions may write at once. Waiting for locks happens inside a connection, so a few
    /// more than the machine's cores keep the disk busy with shared commits.
    package var writers = 12

    /// How many blocks may read at once; readers never wait behind writers.
    package var readers = 4

    /// Told of reads, of commits and of what went wrong in a way that somebody should see; called on any thread.
    package var observe: @Sendable (DatabaseEvent) -> Void = { _ in }

    /// Hears of each statement before it runs, as the engine takes it; for measuring what a use case costs.
    package var hear: (@Sendable (String, [Value]) -> Void)?

    package var logger = Logger(label: "database")

    package init() {}
}

/// What a database tells whoever watches it.
package enum DatabaseEvent: Hashable, Sendable {
    /// A write, from its call to the end of its commit.
    case committed(Duration)
    /// The rule against overlaps fired where the lock should have come first. Nothing was stored.
    case overlapStopped
    /// A write found no room on the disk.
    case full
    /// A block has read, with so many statements.
    case read(statements: Int)
    /// The disk failed to sync the SQLite file. What the kernel could not write it may have forgotten, and a second
    /// sync would succeed without it (https://wiki.postgresql.org/wiki/Fsync_Errors): the process must end now, and
    /// the next one reads what is really there. Nobody has been answered yet.
    case syncFailed
}

extension Database {
    /// Opens `sqlite:PATH` or `postgres://user@host:port/name` and checks that commits will be durable.
    /// - Throws: ``DatabaseError/unavailable(_:)`` with a sentence for the operator: unknown URL, another server on
    ///   the same file, a server that answers commits before they are on the disk, a ledger without its constraint.
    package static func open(_ url: String, _ options: DatabaseOptions = DatabaseOptions()) async throws -> Database {
        let database: Database
        if url.hasPrefix("sqlite:") {
            let path = String(url.dropFirst("sqlite:".count))
            let store = try SQLiteStore(path: path, options)
            database = Database(engine: .sqlite, store: store, options)
        } else if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
            let store = try await PostgresStore(url: url, options)
            database = Database(engine: .postgres, store: store, options)
        } else {
            throw DatabaseError.unavailable("the database URL begins neither with sqlite: nor with postgres://")
        }
        do {
            try await database.checkLedger()
        } catch {
            await database.close()
            throw error
        }
        return database
    }
}
