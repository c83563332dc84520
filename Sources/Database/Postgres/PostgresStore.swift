/// PostgreSQL as a store: two pools, so that readers never wait behind writers, and the rules of transactions.

/// A database on a server, for any number of our processes.
struct PostgresStore: Store {
    /// How often a transaction is tried: once, and twice more after deadlocks and the like.
    private static let mostTries = 3

    let url: String
    let commitMark: Int64? = nil

    private let readers: PostgresPool
    private let writers: PostgresPool

    /// Connects once, to refuse a server whose commits are not durable.
    init(url: String, _ options: DatabaseOptions) async throws {
        let reach = PostgresReach(url: url)
        self.url = url
        readers = PostgresPool(url: url, size: options.readers, reach: reach)
        writers = PostgresPool(url: url, size: options.writers, reach: reach)
        do {
            let facts = try await read(nil) { tx in try PostgresFacts(tx) }
            try facts.check(isTest: options.isTest, logger: options.logger)
        } catch {
            await close()
            throw error
        }
    }

    func read<T: Sendable>(
        _ scope: Scope?, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await repeating(in: readers, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", scope, body)
    }

    func write<T: Sendable>(
        _ scope: Scope?, isLarge: Bool, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await repeating(in: writers, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", scope, body)
    }

    func close() async {
        await readers.close()
        await writers.close()
    }

    private func repeating<T: Sendable>(
        in pool: PostgresPool, _ begin: String, _ scope: Scope?,
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        for attempt in 1...Self.mostTries {
            do {
                return try await pool.with { try $0.transaction(begin, scope, body) }
            } catch let again as WorthRepeating {
                if attempt == Self.mostTries { throw again.finally }
                // Whoever won the deadlock shall be through before the loser comes back.
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...20) * attempt))
            }
        }
        throw DatabaseError.busy
    }
}

/// A failure of a transaction of which surely nothing was kept, and which may pass next time.
private struct WorthRepeating: Error {
    /// What the caller is told when it did not pass.
    let finally: DatabaseError
}

extension Scope? {
    /// Tells the row-level policies whose rows this transaction may touch; without a scope, everybody's. In one message
    /// with BEGIN, so that it costs no round trip; an id is letters, digits and `_`, so it needs no quoting.
    fileprivate var reach: String { "SET LOCAL workestra.workspace = '\(self?.workspace.text ?? "*")'" }
}

extension PostgresConnection {
    fileprivate func transaction<T>(
        _ begin: String, _ scope: Scope?, _ body: (Transaction) throws -> T
    ) throws -> T {
        try open("\(begin); \(scope.reach)")
        let transaction = Transaction(engine: .postgres, scope: scope, connection: self)
        let result: T
        do {
            result = try transaction.finishing(body)
        } catch {
            abandon()
            throw worthRepeating(transaction.failure, isWriting: begin.hasSuffix("READ WRITE")) ?? error
        }
        try end()
        return result
    }

    /// Begins; a connection that died since it was last used is made anew, for nothing was asked of it yet. So is one
    /// whose server refuses a transaction that writes (0A000) because it follows another by now.
    private func open(_ begin: String) throws(DatabaseError) {
        if isUsable { try reach?.check() } else { try connect() }
        do {
            try command(begin)
        } catch {
            guard !diedSlowly, !isAlive || error.mayPassNextTime else {
                if isAlive { abandon() }
                throw error
            }
            try connect()
            do {
                try command(begin)
            } catch {
                disconnect()
                throw .unavailable("no transaction can begin: \(error)")
            }
        }
    }

    private func end() throws {
        do {
            let tag = try commit()
            guard tag == "COMMIT" else { throw DatabaseError.unavailable("the server answered COMMIT with \(tag)") }
        } catch {
            // Without its answer nobody knows whether the commit happened, so it must not be repeated here.
            guard isAlive else { throw DatabaseError.unanswered }
            abandon()
            throw worthRepeating(error, isWriting: false) ?? error
        }
    }

    private func abandon() {
        guard isAlive else { return disconnect() }
        do {
            try rollBack()
        } catch {
            disconnect()
        }
    }

    private func worthRepeating(_ failure: (any Error)?, isWriting: Bool) -> WorthRepeating? {
        guard let failure = failure as? DatabaseError else { return nil }
        // A server that only reads by now: another host of the URL may be the one that writes.
        if failure == .readOnly, isWriting {
            disconnect()
            return WorthRepeating(finally: .unavailable("the server only reads"))
        }
        if case .unavailable = failure, !isAlive { return diedSlowly ? nil : WorthRepeating(finally: failure) }
        guard failure.mayPassNextTime else { return nil }
        if isAlive { try? forgetStatements() }
        return WorthRepeating(finally: .busy)
    }
}
