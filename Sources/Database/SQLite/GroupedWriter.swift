/// SQLite's one writer: commits the writes that wait together as one, since a durable commit costs a disk sync.
internal import GRDB
import Dispatch
import Synchronization

/// Takes up to 64 waiting writes, runs each in a savepoint of one transaction, commits, and only then answers.
///
/// While the disk syncs one commit the next group gathers, and it grows while its writes run, so throughput grows with
/// load. A group that is smaller than the crowd of a moment ago waits for the rest of it, for a small part of a commit:
/// else two halves of all clients take turns, and each waits for the other's sync. Who is alone never waits.
/// Every write is answered exactly once:
/// - its block threw: it alone is rolled back and gets its error, after the commit of the others;
/// - the commit failed: all of the group fail, refusals too, for they may have judged by what never came to be;
/// - a block ruined the whole transaction (disk full, I/O error): it fails, and the rest of the group goes back to
///   the head of the queue in its old order. Nothing of it has been committed and nobody has been answered.
final class GroupedWriter: Sendable {
    static let largestGroup = 64

    private struct Line {
        var waiting: [any PendingWrite] = []
        var isRunning = false
        var isClosed = false
        /// The writer sleeps until somebody comes.
        var isAwaited = false

        /// The first ones in line, so many at most.
        mutating func take(_ most: Int) -> [any PendingWrite] {
            defer { waiting.removeFirst(min(most, waiting.count)) }
            return Array(waiting.prefix(most))
        }
    }

    private let pool: DatabasePool
    private let line = Mutex(Line())
    private let queue = DispatchQueue(label: "database.writer")
    private let arrival = DispatchSemaphore(value: 0)
    private let patience = Mutex(Patience())

    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// How many wait in line.
    var waiting: Int { line.withLock { $0.waiting.count } }

    func append(_ write: any PendingWrite) {
        let (isClosed, mustStart, isAwaited) = line.withLock { line in
            if line.isClosed { return (true, false, false) }
            line.waiting.append(write)
            defer { (line.isRunning, line.isAwaited) = (true, false) }
            return (false, !line.isRunning, line.isAwaited)
        }
        if isClosed { write.answer(failing: DatabaseError.unavailable("it is closed")) }
        if mustStart { queue.async { self.work() } }
        if isAwaited { arrival.signal() }
    }

    /// Refuses new writes and waits for those in line.
    /// - Returns: false when it was closed before.
    func close() async -> Bool {
        let wasOpen = line.withLock { line in
            defer { line.isClosed = true }
            return !line.isClosed
        }
        await withCheckedContinuation { closed in
            // The queue is serial and `work` runs until the line is empty.
            queue.async { closed.resume() }
        }
        return wasOpen
    }

    private func work() {
        while let group = nextGroup() {
            let unfinished = commit(group)
            line.withLock { $0.waiting.insert(contentsOf: unfinished, at: 0) }
        }
    }

    private func nextGroup() -> [any PendingWrite]? {
        line.withLock { line in
            line.isRunning = !line.waiting.isEmpty
            return line.isRunning ? line.take(Self.largestGroup) : nil
        }
    }

    /// - Returns: the writes that have to be tried again.
    private func commit(_ first: [any PendingWrite]) -> [any PendingWrite] {
        pool.writeWithoutTransaction { database in
            database.boundStatements()
            do {
                try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            } catch {
                first.forEach { $0.answer(failing: translated(error)) }
                return []
            }
            var (group, index, hasWritten) = (first, 0, false)
            while index < group.count {
                if let ruin = run(group[index], isFirst: !hasWritten, on: database) {
                    rollBack(database)
                    group.remove(at: index).answer(failing: ruin)
                    return group
                }
                hasWritten = hasWritten || group[index].failure == nil
                index += 1
                // Whoever has come meanwhile shares this sync: after a large group its members come back one by one,
                // and a group of the first two of them would keep all others waiting for a whole sync.
                if index == group.count { group += latecomers(to: index) }
            }
            let began = ContinuousClock.now
            do {
                try database.cachedStatement(sql: "COMMIT").execute()
                let crowd = group.count + waiting
                patience.withLock { $0.renew(crowd: crowd, commit: began.duration(to: .now)) }
                group.forEach { $0.answer() }
            } catch {
                rollBack(database)
                group.forEach { $0.answer(failing: translated(error)) }
            }
            return []
        }
    }

    /// Who shares the commit of a group that has run, out of those who wait; if nobody does, of those who come soon.
    private func latecomers(to count: Int) -> [any PendingWrite] {
        let room = Self.largestGroup - count
        let wait = patience.withLock { room > 0 && count < $0.crowd ? $0.next : .zero }
        let found = line.withLock { line in
            line.isAwaited = line.waiting.isEmpty && wait > .zero && !line.isClosed
            return line.isAwaited ? nil : line.take(room)
        }
        if let found { return found }
        let began = ContinuousClock.now
        let isSignalled = arrival.wait(timeout: .now() + wait / .seconds(1)) == .success
        patience.withLock { $0.spend(began.duration(to: .now)) }
        let (late, isStillAwaited) = line.withLock { line in
            defer { line.isAwaited = false }
            return (line.take(room), line.isAwaited)
        }
        // Who came in the moment the wait ended has signalled or is about to, and that must not wake a later wait.
        if !isSignalled, !isStillAwaited { arrival.wait() }
        return late
    }

    /// Runs one write, in a savepoint unless it is the first: that one may have the transaction itself, which spares
    /// SQLite a copy of each page.
    /// - Returns: the error that ended the transaction of the whole group, or nil when the next write may run.
    private func run(_ write: any PendingWrite, isFirst: Bool, on database: GRDB.Database) -> (any Error)? {
        do {
            if !isFirst { try database.cachedStatement(sql: "SAVEPOINT one").execute() }
        } catch {
            return translated(error)
        }
        let passed = write.run(on: database)
        if !database.isInsideTransaction {
            return write.failure ?? DatabaseError.unavailable("the transaction ended before its commit")
        }
        let after = switch (isFirst, passed) {
        case (true, true): [] as [String]
        case (true, false): ["ROLLBACK", "BEGIN IMMEDIATE"]
        case (false, true): ["RELEASE one"]
        case (false, false): ["ROLLBACK TO one", "RELEASE one"]
        }
        do {
            for statement in after { try database.cachedStatement(sql: statement).execute() }
            return nil
        } catch {
            return write.failure ?? translated(error)
        }
    }

    private func rollBack(_ database: GRDB.Database) {
        guard database.isInsideTransaction else { return }
        // Should this fail, the connection is beyond use and GRDB stops the process at the end of the access.
        try? database.cachedStatement(sql: "ROLLBACK").execute()
    }

    private func translated(_ error: any Error) -> any Error {
        (error as? GRDB.DatabaseError).map(DatabaseError.init) ?? error
    }
}
