/// One connection to PostgreSQL through libpq, used by one thread at a time.
import CLibPQ
import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A place in the pool: a thread of its own (libpq blocks) and a connection that is made when first needed and made
/// again when it has died.
///
/// Everything but `perform` runs on `queue`, hence unchecked.
final class PostgresConnection: Connection, @unchecked Sendable {
    private let url: String
    let reach: PostgresReach?
    private let queue = DispatchQueue(label: "database.connection")
    private(set) var handle: OpaquePointer?

    /// The server ends a statement after 30 s; one that says nothing for longer than this says nothing any more.
    private let patience = Duration.seconds(35)
    /// How long what was sent may be on its way.
    private let silence = Duration.milliseconds(3_500)
    /// Set by a transaction that lifted the server's own limit, as migrations do, until the next one begins.
    private var waitsForEver = false
    /// Whether the connection died after a silence: then the network or the server is away, and connecting again at
    /// once would only keep the caller waiting.
    private(set) var diedSlowly = false

    /// Names of the statements the server has prepared for this connection, by text and parameter types.
    private var prepared: [String: String] = [:]
    /// Lists of different lengths make different statements; beyond this many all are forgotten.
    private let mostPrepared = 512

    /// How long one transaction may wait for locks, however many it wants. The server counts anew for each lock: who
    /// waits in one line behind those who wait in another would wait for both.
    private static let mostWaiting = 3_000
    /// The server's limit for the next lock of this transaction, in milliseconds.
    private var lockLimit = mostWaiting
    /// How long the statements of this transaction have taken; one that is slow as a rule waits for a lock.
    private var spent = Duration.zero

    /// What has been posted in this transaction and not been sent yet.
    private var posted: [PreparedRun] = []

    /// - Parameter reach: shared by all connections to one server, so that one failure spares the others theirs;
    ///   nil for one that finds out by itself.
    init(url: String, reach: PostgresReach? = nil) {
        self.url = url
        self.reach = reach
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

    /// Alive, and its server has not become one that only follows another.
    var isUsable: Bool {
        guard isAlive else { return false }
        return PQparameterStatus(handle, "in_hot_standby").map { String(cString: $0) } != "on"
    }

    func connect() throws(DatabaseError) {
        let isAgain = handle != nil
        disconnect()
        guard let reach else { return try dial() }
        try reach.attempting(isAgain: isAgain) { () throws(DatabaseError) in try dial() }
    }

    private func dial() throws(DatabaseError) {
        // What stands before the URL may be set otherwise in it. Of several hosts the one is taken that writes.
        // A network that went dead shows within four seconds: the user time-out finds it while something is on its
        // way, keep-alives while an answer is waited for.
        let settings = [
            ("connect_timeout", "3"), ("target_session_attrs", "read-write"),
            ("fallback_application_name", "workestra"),
            ("tcp_user_timeout", "3500"), ("keepalives_idle", "2"), ("keepalives_interval", "1"),
            ("dbname", url), ("client_encoding", "UTF8"),
        ]
        handle = withCStrings(settings.map(\.0)) { names in
            withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard isAlive else {
            let why = String(cString: PQerrorMessage(handle))
            disconnect()
            throw DatabaseError.unavailable(oneLine(why))
        }
        // The server looks after its side as well: of a process that was cut off it knows nothing, and would keep what
        // that one had locked until the transaction is too long idle.
        // Workers and compiled plans pay where a statement takes a second; ours take a millisecond, and both are slower
        // to begin than that. And a page read out of order costs what any page costs, on the disks of today: with the
        // old default a thousand bookings are looked up by reading the whole table.
        (diedSlowly, waitsForEver) = (false, false)
        try command(
            """
            SET lock_timeout = \(Self.mostWaiting); SET statement_timeout = 30000;
            SET idle_in_transaction_session_timeout = 60000;
            SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2;
            SET tcp_user_timeout = 3500; SET TimeZone = 'UTC'; SET bytea_output = 'hex';
            SET client_min_messages = 'error'; SET max_parallel_workers_per_gather = 0; SET jit = off;
            SET random_page_cost = 1.1
            """)
    }

    func disconnect() {
        PQfinish(handle)
        handle = nil
        prepared = [:]
        posted = []
    }

    /// Runs statements without parameters. Only for text of this folder; values never come this way.
    /// - Returns: the command tag of the last one, e.g. `COMMIT`.
    @discardableResult
    func command(_ text: String) throws(DatabaseError) -> String {
        if text.hasPrefix("BEGIN") { (waitsForEver, lockLimit, spent) = (false, Self.mostWaiting, .zero) }
        noteLimit(text)
        return String(cString: PQcmdStatus(try answer(to: PQsendQuery(handle, text)).pointer))
    }

    func query(_ sql: RenderedSQL, _ visit: (Row) throws -> Void) throws {
        try run(sql).forEachRow(visit)
    }

    func execute(_ sql: RenderedSQL) throws -> Int {
        Int(String(cString: PQcmdTuples(try run(sql).pointer))) ?? 0
    }

    func post(_ sql: RenderedSQL) throws {
        posted.append(try prepare(sql))
    }

    /// Ends the transaction with what has been posted in it.
    /// - Returns: the command tag, `COMMIT` or, after a failure that went unseen, `ROLLBACK`.
    func commit() throws(DatabaseError) -> String {
        if posted.isEmpty { return try command("COMMIT") }
        let answer = try sendPosted { PQsendQueryParams($0, "COMMIT", 0, nil, nil, nil, nil, 0) }
        return String(cString: PQcmdStatus(answer.pointer))
    }

    /// Ends the transaction without what has been done in it.
    func rollBack() throws(DatabaseError) {
        posted = []
        try command("ROLLBACK")
    }

    /// Makes the server forget prepared statements, e.g. those whose tables have changed.
    func forgetStatements() throws(DatabaseError) {
        prepared = [:]
        try command("DEALLOCATE ALL")
    }

    private func run(_ sql: RenderedSQL) throws(DatabaseError) -> PostgresResult {
        let run = try prepare(sql)
        try shortenWait()
        noteLimit(sql.text)
        return try posted.isEmpty ? answer(to: run.send(to: handle)) : sendPosted { run.send(to: $0) }
    }

    /// Sends what has been posted and one statement more in one go; each runs only if those before it succeeded.
    /// - Returns: the last one's answer.
    private func sendPosted(and last: (OpaquePointer?) -> Int32) throws(DatabaseError) -> PostgresResult {
        let (runs, began) = (posted, ContinuousClock.now)
        defer { spent += began.duration(to: .now) }
        posted = []
        let isSent = PQenterPipelineMode(handle) == 1 && runs.allSatisfy { $0.send(to: handle) == 1 }
            && last(handle) == 1 && PQpipelineSync(handle) == 1
        let (answer, failure) = isSent ? try answers(since: began) : (nil, nil)
        // A connection that is not at the end of all answers cannot be used any more: what was sent may have happened.
        guard answer != nil || failure != nil, PQexitPipelineMode(handle) == 1 else {
            let why = died(since: began)
            disconnect()
            throw why
        }
        if let failure { throw failure }
        guard let answer else { throw DatabaseError.unavailable("the server gave no answer") }
        return answer
    }

    /// The last answer to all that was sent in one go, and the first failure; neither when the connection broke off.
    private func answers(
        since began: ContinuousClock.Instant
    ) throws(DatabaseError) -> (PostgresResult?, DatabaseError?) {
        var (last, failure): (PostgresResult?, DatabaseError?)
        while true {
            guard let result = try next(since: began) else {
                // Nothing stands between two answers, and nothing but this comes from a connection that is gone.
                if isAlive { continue }
                return (nil, nil)
            }
            switch PQresultStatus(result.pointer) {
            case PGRES_PIPELINE_SYNC: return (last, failure)
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: last = result
            case PGRES_PIPELINE_ABORTED: continue
            default: failure = failure ?? DatabaseError(result)
            }
        }
    }

    /// Takes what has been waited from what the next lock may take; only a transaction that was slow asks the server.
    private func shortenWait() throws(DatabaseError) {
        let left = max(Self.mostWaiting - Int(spent / .milliseconds(1)), 250)
        guard !waitsForEver, left < lockLimit - 500 else { return }
        lockLimit = left
        try command("SET LOCAL lock_timeout = \(left)")
    }

    private func noteLimit(_ text: String) {
        if text.hasSuffix("statement_timeout = 0") { waitsForEver = true }
    }

    private func prepare(_ sql: RenderedSQL) throws(DatabaseError) -> PreparedRun {
        let types = sql.values.map(\.postgresType)
        let key = types.map { "\($0) " }.joined() + sql.text
        if let name = prepared[key] { return PreparedRun(name, sql.values) }
        // What is posted goes by the names that would be forgotten.
        if prepared.count >= mostPrepared, posted.isEmpty { try forgetStatements() }
        let name = "s\(prepared.count)"
        _ = try answer(to: PQsendPrepare(handle, name, sql.text, Int32(types.count), types))
        // Only now: a statement that could not be prepared must not be taken for one that was.
        prepared[key] = name
        return PreparedRun(name, sql.values)
    }

    /// The last answer to what was sent, as `PQexec` gives it, but within our patience; the first one that failed.
    private func answer(to sent: Int32) throws(DatabaseError) -> PostgresResult {
        let began = ContinuousClock.now
        defer { spent += began.duration(to: .now) }
        guard sent == 1 else { throw died(since: began) }
        var last: PostgresResult?
        var failure: DatabaseError?
        while let result = try next(since: began) {
            last = result
            switch PQresultStatus(result.pointer) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
            default: failure = failure ?? DatabaseError(result)
            }
        }
        guard isAlive, let last else {
            let why = died(since: began)
            if case .unavailable = failure, let failure { throw failure }
            throw failure.map { .unavailable($0.description) } ?? why
        }
        if let failure { throw failure }
        return last
    }

    /// The next answer, or nil after the last; waits for its bytes without blocking longer than our patience.
    private func next(since began: ContinuousClock.Instant) throws(DatabaseError) -> PostgresResult? {
        while PQisBusy(handle) == 1 {
            let waited = began.duration(to: .now)
            if !waitsForEver, waited >= patience {
                throw gaveUp("the server gave no answer for \(patience.components.seconds) s")
            }
            if waited >= silence, isUnacknowledged { throw gaveUp("the network to the server is silent") }
            var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            // Half a second at a time: short enough for both limits, long enough to cost nothing.
            guard poll(&socket, 1, 500) != 0 else { continue }
            if PQconsumeInput(handle) == 0 { break }
        }
        return PQgetResult(handle).map(PostgresResult.init)
    }

    /// Whether the server's machine has still not confirmed that it got what was sent; a slow statement is another
    /// thing. The kernel's own time-out looks at the same, but a firewall on this machine can keep it from running.
    private var isUnacknowledged: Bool {
        var bytes: CInt = 0
        return ioctl(PQsocket(handle), UInt(TIOCOUTQ), &bytes) == 0 && bytes > 0
    }

    /// Ends a connection that nobody answers on.
    private func gaveUp(_ why: String) -> DatabaseError {
        disconnect()
        diedSlowly = true
        reach?.fellSilent(why)
        return .unavailable(why)
    }

    /// Notes how the connection ended.
    private func died(since began: ContinuousClock.Instant) -> DatabaseError {
        let why = oneLine(String(cString: PQerrorMessage(handle)))
        diedSlowly = began.duration(to: .now) > .seconds(1)
        if diedSlowly { reach?.fellSilent(why) }
        return .unavailable(why.isEmpty ? "the connection was lost" : why)
    }
}

/// A prepared statement with the values it is to run with.
private struct PreparedRun {
    let name: String
    let parameters: PostgresParameters

    init(_ name: String, _ values: [Value]) {
        (self.name, parameters) = (name, PostgresParameters(values))
    }

    /// - Returns: 1 when it is on its way or waits for those before it.
    func send(to handle: OpaquePointer?) -> Int32 {
        parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 0)
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
