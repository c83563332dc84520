/// SQLite as a store: a WAL pool for readers, one grouping writer, and proof that commits are durable.
internal import GRDB
import Dispatch
import Foundation
import Logging
import Synchronization

/// One database file with its pool, its writer and, for a server, its lock.
final class SQLiteStore: Store {
    private let pool: DatabasePool
    let writer: GroupedWriter
    private let lock: LockFile?
    private let watch: CommitWatch
    private let logger: Logger

    init(path: String, _ options: DatabaseOptions) throws {
        logger = options.logger
        SyncFailures.watch(options.observe)
        lock = options.exclusive ? try LockFile(beside: path) : nil
        pool = try translatingErrors {
            let pool = try DatabasePool(path: path, configuration: Self.configuration(options))
            try pool.writeWithoutTransaction(Self.makeDurable)
            return pool
        }
        writer = GroupedWriter(pool)
        watch = try translatingErrors { try CommitWatch(path: path) }
    }

    var commitMark: Int64? { watch.mark }

    func read<T: Sendable>(
        _ scope: Scope?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncRead { access in
                continuation.resume(with: Result {
                    try translatingErrors {
                        let database = try access.get()
                        database.boundStatements()
                        let connection = SQLiteConnection(database: database)
                        let transaction = Transaction(engine: .sqlite, scope: scope, connection: connection)
                        return try transaction.finishing(body)
                    }
                })
            }
        }
    }

    func write<T: Sendable>(
        _ scope: Scope?, isLarge: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        // Deliberately without a cancellation handler: a queued write is never cancelled.
        try await withCheckedThrowingContinuation { continuation in
            writer.append(WaitingWrite(scope, isLarge: isLarge, body, continuation))
        }
    }

    /// Copies the database as it is now, page by page, while others read and write; for its owner only.
    func copy(to path: String) async throws {
        let draft = path + ".partial"
        try? FileManager.default.removeItem(atPath: draft)
        guard FileManager.default.createFile(
            atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw DatabaseError.unavailable("cannot make \(draft)") }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { [pool] in
                continuation.resume(with: Result {
                    try translatingErrors {
                        let target = try DatabaseQueue(path: draft)
                        try pool.backup(to: target)
                        try target.close()
                    }
                })
            }
        }
        guard rename(draft, path) == 0 else { throw DatabaseError.unavailable("cannot rename \(draft) to \(path)") }
    }

    /// Each connection does it between two blocks. What is needed again is prepared again, which takes milliseconds.
    func giveBackMemory() { pool.releaseMemoryEventually() }

    func close() async {
        // SQLite dies of a checkpoint on a connection that is closed.
        guard await writer.close() else { return }
        do {
            try shut()
        } catch {
            // Nothing is lost: the next opening reads the write-ahead log.
            logger.warning("SQLite could not be closed in order: \(error)")
        }
        lock?.release()
    }

    /// Moves the write-ahead log into the file, so that the file alone is the database, and closes it.
    private func shut() throws {
        try watch.close()
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try pool.close()
    }

    /// For each reader, in kilobytes. SQLite's own two megabytes fill for hours as the file grows, in each connection
    /// anew, and hold what the system's page cache holds already.
    private static let readerCacheKilobytes = 512

    private static func configuration(_ options: DatabaseOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "database"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = options.readers
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { database in
            guard database.configuration.readonly else { return }
            try database.execute(sql: "PRAGMA cache_size = -\(readerCacheKilobytes)")
        }
        return configuration
    }

    /// GRDB sets synchronous to NORMAL after `prepareDatabase`, with which a power cut takes back acknowledged
    /// commits. So FULL (2) is set once the pool is open, and read back.
    private static func makeDurable(_ database: GRDB.Database) throws {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        // A long reader lets the log grow; once it has gone the disk gets its room back.
        try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        // The log is copied into the file every 16 MB, not every 4: that costs two syncs, for which all writes wait.
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        // See GroupedWriter.
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        let settings = try ["synchronous", "foreign_keys", "busy_timeout"].map { name in
            try Int.fetchOne(database, sql: "PRAGMA \(name)")
        }
        guard settings == [2, 1, 5_000] else {
            throw DatabaseError.unavailable("SQLite did not accept synchronous=FULL, foreign keys and a busy time-out")
        }
    }
}

/// Hears of every sync that failed, those of checkpoints too, from SQLite's own log: it is written before `fsync`'s
/// error goes anywhere else.
private enum SyncFailures {
    private static let observers = Mutex<[@Sendable (DatabaseEvent) -> Void]>([])

    /// SQLite takes a log only before its first connection.
    private static let isLogged: Void = {
        GRDB.Database.logError = { code, _ in
            guard [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].contains(code) else { return }
            for observe in observers.withLock({ $0 }) { observe(.syncFailed) }
        }
    }()

    static func watch(_ observe: @escaping @Sendable (DatabaseEvent) -> Void) {
        _ = isLogged
        observers.withLock { $0.append(observe) }
    }
}

extension Transaction {
    /// The block's result, unless one of its statements had failed and the block kept silent about it.
    func finishing<T>(_ body: (Transaction) throws -> T) throws -> T {
        let result = try body(self)
        if let failure { throw failure }
        return result
    }
}
