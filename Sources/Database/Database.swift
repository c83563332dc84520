/// The door to the data: opens an engine by its URL and runs blocks in transactions.
import Synchronization

/// What `Database` asks of an engine.
protocol Store: Sendable {
    func read<T: Sendable>(
        _ scope: Scope?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T
    /// - Parameter isLarge: see ``Database/writeUnscoped(isLarge:_:)``.
    func write<T: Sendable>(
        _ scope: Scope?, isLarge: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T
    func close() async

    /// See ``Database/commitMark``.
    var commitMark: Int64? { get }
}

/// A database of one of the two engines.
///
/// ```swift
/// let db = try await Database.open("sqlite:/var/lib/workestra/workestra.db")
/// let title = try await db.read(scope) { tx in
///     try tx.one("SELECT title FROM poll WHERE workspace = \(scope.workspace) AND id = \(id)") { try $0["title"] }
/// }
/// ```
///
/// Blocks are synchronous, so that nothing outside can be awaited inside a transaction. Errors they throw pass through
/// unchanged and roll back that block alone. A block may run more than once (PostgreSQL repeats it after a deadlock,
/// SQLite after another block ruined the commit they shared), so it makes no ids, asks no clock and touches only `tx`.
package final class Database: Sendable {
    package let engine: Engine

    let store: any Store
    /// Woken by jobs: the runners of this process, and what tells other processes.
    private let wakers = Mutex<[@Sendable () -> Void]>([])
    private let heralds = Mutex<[@Sendable () -> Void]>([])

    private let observe: @Sendable (DatabaseEvent) -> Void
    private let hear: (@Sendable (String, [Value]) -> Void)?

    init(engine: Engine, store: any Store, _ options: DatabaseOptions = DatabaseOptions()) {
        self.engine = engine
        self.store = store
        (observe, hear) = (options.observe, options.hear)
    }

    /// Reads from one unmoving snapshot; ask everything a request needs in one block.
    /// - Throws: ``DatabaseError/readOnly`` when the block writes.
    package func read<T: Sendable>(
        _ scope: Scope, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await read(scope as Scope?, body)
    }

    /// Writes; returns after the commit is on the disk. Cancelling the task does not cancel the write.
    /// - Throws: ``DatabaseError/unanswered`` when the answer to COMMIT was lost: then only a later look tells
    ///   whether it happened, for instance by the idempotency key; ``AssistantStopped`` where the scope names somebody
    ///   in whose place its actor acts no more.
    package func write<T: Sendable>(
        _ scope: Scope, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await write(scope, isLarge: false) { tx in
            try scope.checkBehalf(in: tx)
            return try body(tx)
        }
    }

    /// Reads before any workspace is known: by a slug, a token's hash, a session, a key.
    package func lookUp<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await read(nil, body)
    }

    /// Writes for the installation as a whole: set-up, commands and the job queue.
    /// - Parameter isLarge: it may change any number of rows. On SQLite it gets a transaction of its own and a file for
    ///   what may have to be put back; others keep that in memory.
    package func writeUnscoped<T: Sendable>(
        isLarge: Bool = false, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await write(nil, isLarge: isLarge, body)
    }

    /// A number that stays the same as long as nothing is committed by anybody: what was read between two equal marks
    /// still holds. A few microseconds; nil on PostgreSQL, where only a question to the server tells.
    package var commitMark: Int64? { store.commitMark }

    /// Waits for running blocks and lets go of files, connections and the lock.
    package func close() async {
        await store.close()
    }

    /// Lets SQLite's connections forget the statements and pages that they keep. Each of them comes across every rare
    /// statement in time, so that for hours memory would grow. To be called every some minutes; nothing waits for it,
    /// and PostgreSQL needs none.
    package func giveBackMemory() { (store as? SQLiteStore)?.giveBackMemory() }

    /// Copies an SQLite database into a file, replacing one that is there, while it is used.
    /// - Returns: false on PostgreSQL, whose databases only its own tools copy.
    package func copyFile(to path: String) async throws -> Bool {
        guard let store = store as? SQLiteStore else { return false }
        try await store.copy(to: path)
        return true
    }

    /// Calls `wake` after each commit that wrote jobs: of this process, and with ``JobCalls`` of others.
    func onJobs(_ wake: @escaping @Sendable () -> Void) {
        wakers.withLock { $0.append(wake) }
    }

    private func read<T: Sendable>(
        _ scope: Scope?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let (result, statements) = try await store.read(scope) { [hear] tx in
            tx.hear = hear
            return (try body(tx), tx.statements)
        }
        observe(.read(statements: statements))
        return result
    }

    /// Calls `herald` after each commit of this process that wrote jobs.
    func onOwnJobs(_ herald: @escaping @Sendable () -> Void) {
        heralds.withLock { $0.append(herald) }
    }

    func wakeRunners() {
        for wake in wakers.withLock({ $0 }) { wake() }
    }

    /// The URL of the server that other processes can be told by; nil on SQLite, which has one process.
    var sharedURL: String? { (store as? PostgresStore)?.url }

    private func write<T: Sendable>(
        _ scope: Scope?, isLarge: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let began = ContinuousClock.now
        let (result, hasJobs): (T, Bool)
        do {
            (result, hasJobs) = try await store.write(scope, isLarge: isLarge) { [hear] tx in
                tx.hear = hear
                return (try body(tx), tx.hasJobs)
            }
        } catch {
            if case DatabaseError.overlap = error { observe(.overlapStopped) }
            if case DatabaseError.full = error { observe(.full) }
            throw error
        }
        observe(.committed(began.duration(to: .now)))
        if hasJobs {
            wakeRunners()
            for herald in heralds.withLock({ $0 }) { herald() }
        }
        return result
    }
}
