/// One connection to PostgreSQL through libpq, used by one thread at a time.
import CLibPQ
import Dispatch

/// A place in the pool: a thread of its own (libpq blocks) and a connection that is made when first needed and made
/// again when it has died.
///
/// Everything but `perform` runs on `queue`, hence unchecked.
final class PostgresConnection: Connection, @unchecked Sendable {
    private let url: String
    private let queue = DispatchQueue(label: "database.connection")
    private var handle: OpaquePointer?

    /// Names of the statements the server has prepared for this connection, by text and parameter types.
    private var prepared: [String: String] = [:]
    /// Lists of different lengths make different statements; beyond this many all are forgotten.
    private let mostPrepared = 512

    init(url: String) {
        self.url = url
    }

    deinit { PQfinish(handle) }

    /// Runs `work` on this connection's thread.
    func perform<T: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work(self) }) }
        }
    }

    var isAlive: Bool { handle != nil && PQstatus(handle) == CONNECTION_OK }

    func connect() throws(DatabaseError) {
        disconnect()
        // Keep-alives find a dead network when idle, the user time-out finds it while a request is on its way.
        let settings = [
            ("dbname", url), ("connect_timeout", "5"), ("client_encoding", "UTF8"), ("keepalives_idle", "30"),
            ("tcp_user_timeout", "15000"), ("fallback_application_name", "workestra"),
        ]
        handle = withCStrings(settings.map(\.0)) { names in
            withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard isAlive else {
            let why = String(cString: PQerrorMessage(handle))
            disconnect()
            throw DatabaseError.unavailable(oneLine(why))
        }
        // Workers and compiled plans pay where a statement takes a second; ours take a millisecond, and both are slower
        // to begin than that.
        try command(
            """
            SET lock_timeout = 3000; SET statement_timeout = 30000; SET idle_in_transaction_session_timeout = 60000;
            SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET client_min_messages = 'error';
            SET max_parallel_workers_per_gather = 0; SET jit = off
            """)
    }

    func disconnect() {
        PQfinish(handle)
        handle = nil
        prepared = [:]
    }

    /// Runs statements without parameters. Only for text of this folder; values never come this way.
    /// - Returns: the command tag of the last one, e.g. `COMMIT`.
    @discardableResult
    func command(_ text: String) throws(DatabaseError) -> String {
        String(cString: PQcmdStatus(try checked(PQexec(handle, text)).pointer))
    }

    func query(_ sql: RenderedSQL, _ visit: (Row) throws -> Void) throws {
        try run(sql).forEachRow(visit)
    }

    func execute(_ sql: RenderedSQL) throws -> Int {
        Int(String(cString: PQcmdTuples(try run(sql).pointer))) ?? 0
    }

    /// Makes the server forget prepared statements, e.g. those whose tables have changed.
    func forgetStatements() throws(DatabaseError) {
        prepared = [:]
        try command("DEALLOCATE ALL")
    }

    private func run(_ sql: RenderedSQL) throws(DatabaseError) -> PostgresResult {
        let name = try prepare(sql)
        let parameters = PostgresParameters(sql.values)
        return try checked(parameters.withPointers { values, lengths, formats in
            PQexecPrepared(handle, name, Int32(sql.values.count), values, lengths, formats, 0)
        })
    }

    private func prepare(_ sql: RenderedSQL) throws(DatabaseError) -> String {
        let types = sql.values.map(\.postgresType)
        let key = types.map { "\($0) " }.joined() + sql.text
        if let name = prepared[key] { return name }
        if prepared.count >= mostPrepared { try forgetStatements() }
        let name = "s\(prepared.count)"
        _ = try checked(PQprepare(handle, name, sql.text, Int32(types.count), types))
        // Only now: a statement that could not be prepared must not be taken for one that was.
        prepared[key] = name
        return name
    }

    private func checked(_ result: OpaquePointer?) throws(DatabaseError) -> PostgresResult {
        guard let result else { throw DatabaseError.unavailable(oneLine(String(cString: PQerrorMessage(handle)))) }
        let owned = PostgresResult(result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return owned
        default: throw DatabaseError(owned)
        }
    }
}

/// libpq's messages end in a line break and may have several lines.
private func oneLine(_ message: String) -> String {
    message.split(whereSeparator: \.isNewline).joined(separator: " ")
}

/// Hands a NULL-terminated array of C strings to `work`.
private func withCStrings<T>(
    _ texts: [String], _ work: (UnsafePointer<UnsafePointer<CChar>?>) -> T
) -> T {
    let bytes = texts.map { Array($0.utf8CString) }
    let starts = bytes.indices.map { index in bytes[..<index].reduce(0) { $0 + $1.count } }
    return bytes.flatMap { $0 }.withUnsafeBufferPointer { all in
        let pointers = starts.map { start in all.baseAddress.map { $0 + start } } + [nil]
        return pointers.withUnsafeBufferPointer { list in
            guard let first = list.baseAddress else { preconditionFailure("a list that ends with NULL has a start") }
            return work(first)
        }
    }
}
