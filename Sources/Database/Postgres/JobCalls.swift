/// Jobs written by one process wake the runners of the others: NOTIFY after the commit, LISTEN beside the pools.
import CLibPQ
import Dispatch
import Logging
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One connection of its own for each process. It carries nothing but "look": who is not reached looks by itself a
/// second later, so a call may get lost, and the commit never waits for it (NOTIFY inside the transaction would make
/// all commits of the server queue for one lock).
package struct JobCalls: Service {
    private let database: Database
    private let logger: Logger

    package init(database: Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Calls and listens until the graceful shutdown or cancellation; on SQLite there is nobody to talk to.
    package func run() async throws {
        guard let url = database.sharedURL else {
            try? await gracefulShutdown()
            return
        }
        let line = try CallLine(url: url, logger: logger) { [database] in database.wakeRunners() }
        database.onOwnJobs { line.call() }
        line.start()
        try? await gracefulShutdown()
        await line.close()
    }
}

/// The connection and the thread that waits on it.
final class CallLine: Sendable {
    private static let channel = "workestra_jobs"
    /// Calls that come within this time are one.
    private static let gap = Duration.milliseconds(20)

    private let connection: PostgresConnection
    private let logger: Logger
    private let heard: @Sendable () -> Void
    private let queue = DispatchQueue(label: "database.calls")
    /// A pipe whose bytes end the waiting: something is to be called, or it is closed.
    private let (reading, writing): (Int32, Int32)
    private let isClosed = Atomic(false)

    /// - Parameter heard: called when another process has written jobs, and when some may have been missed.
    init(url: String, logger: Logger, heard: @escaping @Sendable () -> Void) throws(DatabaseError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw .unavailable("no pipe can be made") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (reading, writing) = (ends[0], ends[1])
        connection = PostgresConnection(url: url)
        self.logger = logger
        self.heard = heard
    }

    deinit {
        _ = Self.close(reading)
        _ = Self.close(writing)
    }

    func start() {
        queue.async { self.work() }
    }

    /// Tells the others, soon. A full pipe means that a call is waiting already.
    func call() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func close() async {
        isClosed.store(true, ordering: .relaxed)
        call()
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(descriptor)
        #else
        Darwin.close(descriptor)
        #endif
    }

    private var isOpen: Bool { !isClosed.load(ordering: .relaxed) }

    private func work() {
        var isTold = false
        while isOpen {
            do {
                try connection.connect()
                try connection.command("LISTEN \(Self.channel)")
                if isTold { logger.notice("calls between processes are heard again") }
                isTold = false
                heard()
                while isOpen { try serve() }
            } catch {
                if isOpen, !isTold { logger.warning("calls between processes are not heard: \(error)") }
                isTold = true
                wait(.seconds(1), on: [reading])
                emptyPipe()
            }
        }
        connection.disconnect()
    }

    /// Waits for either end of the line and does what it asks.
    private func serve() throws {
        guard wait(.seconds(30), on: [reading, PQsocket(connection.handle)]) else { return }
        if emptyPipe(), isOpen {
            try connection.command("NOTIFY \(Self.channel)")
            wait(Self.gap, on: [])
        }
        guard PQconsumeInput(connection.handle) == 1, connection.isUsable else {
            throw DatabaseError.unavailable("the connection was lost")
        }
        var isCalled = false
        while let notice = PQnotifies(connection.handle) {
            if notice.pointee.be_pid != PQbackendPID(connection.handle) { isCalled = true }
            PQfreemem(notice)
        }
        if isCalled { heard() }
    }

    /// - Returns: whether there was anything to read.
    @discardableResult
    private func emptyPipe() -> Bool {
        var (bytes, isAny) = ([UInt8](repeating: 0, count: 256), false)
        while read(reading, &bytes, bytes.count) > 0 { isAny = true }
        return isAny
    }

    /// - Returns: false when the time passed without a byte.
    @discardableResult
    private func wait(_ time: Duration, on descriptors: [Int32]) -> Bool {
        var list = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
        return poll(&list, nfds_t(list.count), Int32(milliseconds)) != 0
    }
}
