/// That the runner of one process hears of jobs that another one wrote, also after the line was cut.
import Fakes
import Logging
import Scheduling
import ServiceLifecycle
import Testing

@testable import Database

@Suite("Calls between processes", .enabled(if: Engine.all.contains(.postgres)))
struct JobCallsTests {
    /// Two doors to one database stand for two processes.
    private func withLine(_ body: (Database, CallLine, Journal) async throws -> Void) async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            let url = try #require(db.sharedURL)
            let heard = Journal()
            let mine = try CallLine(url: url, logger: Logger(label: "test")) {}
            let other = try CallLine(url: url, logger: Logger(label: "test")) { heard.note("") }
            mine.start()
            other.start()
            try await body(db, mine, heard)
            await mine.close()
            await other.close()
        }
    }

    private func waitUntil(_ count: Journal, isOver number: Int) async throws {
        for _ in 0..<500 where count.all.count <= number { try await Task.sleep(for: .milliseconds(10)) }
        #expect(count.all.count > number)
    }

    @Test("are heard by the other, and by nobody who called")
    func heard() async throws {
        try await withLine { _, mine, count in
            // The first ring is its own: some may have been missed before it listened.
            try await waitUntil(count, isOver: 0)
            mine.call()
            try await waitUntil(count, isOver: 1)
        }
    }

    @Test("are heard again after the connections were killed")
    func killed() async throws {
        try await withLine { db, mine, count in
            try await waitUntil(count, isOver: 0)
            _ = try await db.lookUp { tx in
                try tx.all(
                    """
                    SELECT pg_terminate_backend(pid) AS gone FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'LISTEN%'
                    """
                ) { _ in }
            }
            // Listening again rings once by itself.
            let before = count.all.count
            try await waitUntil(count, isOver: before)
            let listening = count.all.count
            for _ in 0..<100 where count.all.count == listening {
                mine.call()
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(count.all.count > listening)
        }
    }

    @Test("wake the runner of another process before its clock does")
    func runner() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.migrate()
            let url = try #require(db.sharedURL)
            var options = DatabaseOptions()
            options.isTest = true
            let second = try await Database.open(url, options)
            let hand = HandClock(), journal = Journal()
            let runner = JobRunner.test(second, hand.world) { job in
                journal.note(job.subject)
                return .done
            }
            let logger = Logger(label: "test")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runner.run() }
                group.addTask { try await JobCalls(database: second, logger: logger).run() }
                group.addTask { try await JobCalls(database: db, logger: logger).run() }
                try await Task.sleep(for: .milliseconds(500))
                let began = ContinuousClock.now
                try await db.enqueue("a", world: hand.world)
                for _ in 0..<300 where journal.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                print("a job of another process began after \(ContinuousClock.now - began)")
                #expect(journal.all == ["bk_1"])
                group.cancelAll()
                try? await group.waitForAll()
            }
            await second.close()
        }
    }
}
