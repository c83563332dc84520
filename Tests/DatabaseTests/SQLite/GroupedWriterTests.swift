/// SQLite's writer: groups commits, keeps strangers apart and answers every write exactly once.
import Fakes
import Foundation
import Synchronization
import Testing

@testable import Database

@Suite("The grouping writer of SQLite")
struct GroupedWriterTests {
    /// Runs `write` while the writer is held up inside a first one, so that what is started gathers in one group.
    private func gathering(
        on db: Database, count: Int, after hold: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        _ write: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> [Result<Void, any Error>] {
        let inside = Gate(), release = Gate(), held = Mutex(true)
        let first = Task {
            try await db.writeUnscoped { tx in
                inside.open()
                release.wait()
                held.withLock { $0 = false }
                try hold(tx)
            }
        }
        await inside.opened()
        return try await withThrowingTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            for index in 0..<count {
                group.addTask {
                    do { return (index, .success(try await write(index))) } catch { return (index, .failure(error)) }
                }
                // One after the other into the line, so that tests may speak of the third write.
                let line = try #require(db.store as? SQLiteStore).writer
                while line.waiting <= index {
                    // Once the writer goes on by itself nobody gathers any more.
                    try #require(held.withLock { $0 }, "the writer was not held up long enough")
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            release.open()
            // They share its commit, and its fate.
            _ = await first.result
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func errors(_ results: [Result<Void, any Error>]) -> [Int: String] {
        var errors: [Int: String] = [:]
        for (index, result) in results.enumerated() {
            if case .failure(let error) = result { errors[index] = "\(error)" }
        }
        return errors
    }

    @Test("rolls back a throwing write alone")
    func throwing() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            let results = try await gathering(on: db, count: 5) { index in
                try await db.writeUnscoped { tx in
                    try tx.run("INSERT INTO note VALUES (\("n\(index)"), '')")
                    if index == 2 { throw Refused() }
                }
            }
            #expect(errors(results).keys.sorted() == [2])
            #expect(try await db.notes() == ["n0", "n1", "n3", "n4"])
        }
    }

    @Test("leaves nothing of a first write that throws, and lets the others of its group go on")
    func throwingFirst() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            let refused: @Sendable (Transaction) throws -> Void = { tx in
                try tx.run("INSERT INTO note VALUES ('first', '')")
                throw Refused()
            }
            let results = try await gathering(on: db, count: 4, after: refused) { index in
                try await db.writeUnscoped { tx in
                    try tx.run("INSERT INTO note VALUES (\("n\(index)"), '')")
                    if index == 0 { throw Refused() }
                }
            }
            #expect(errors(results).keys.sorted() == [0])
            await #expect(throws: Refused.self) { try await db.writeUnscoped(refused) }
            #expect(try await db.notes() == ["n1", "n2", "n3"])
        }
    }

    @Test("runs the others again when one write ruins the transaction of all")
    func ruin() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            _ = try await db.writeUnscoped { tx in
                try tx.run(
                    """
                    CREATE TRIGGER ruin BEFORE INSERT ON note WHEN NEW.body = 'ruin'
                    BEGIN SELECT RAISE(ROLLBACK, 'ruined'); END
                    """)
            }
            let runs = Mutex([Int: Int]())
            let results = try await gathering(on: db, count: 6) { index in
                try await db.writeUnscoped { tx in
                    runs.withLock { $0[index, default: 0] += 1 }
                    let body = index == 3 ? "ruin" : ""
                    try tx.run("INSERT INTO note VALUES (\("n\(index)"), \(body))")
                    if index == 1 { throw Refused() }
                }
            }
            #expect(errors(results).keys.sorted() == [1, 3])
            #expect(try await db.notes() == ["n0", "n2", "n4", "n5"])
            // The two writes before the ruin and the refusal among them have run twice, in their old order.
            #expect(runs.withLock { $0 } == [0: 2, 1: 2, 2: 2, 3: 1, 4: 1, 5: 1])
        }
    }

    @Test("fails all of a group when its commit fails, and then goes on")
    func commitError() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            // A deferred key, banned in our schema for this very reason, fails only at the commit.
            _ = try await db.writeUnscoped { tx in
                try tx.run(
                    """
                    CREATE TABLE deferred (id TEXT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)
                    """)
            }
            let results = try await gathering(on: db, count: 4) { index in
                try await db.writeUnscoped { tx in
                    try tx.run("INSERT INTO note VALUES (\("n\(index)"), '')")
                    if index == 1 { try tx.run("INSERT INTO deferred VALUES ('nobody')") }
                    if index == 2 { throw Refused() }
                }
            }
            #expect(errors(results).keys.sorted() == [0, 1, 2, 3])
            #expect(try await db.notes().isEmpty)
            try await db.addNote("after")
            #expect(try await db.notes() == ["after"])
        }
    }

    @Test("commits what has come while a group ran together with it")
    func joining() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            let inside = Gate(), release = Gate()
            let first = Task {
                try await db.writeUnscoped { _ in
                    inside.open()
                    release.wait()
                }
                // Had it a commit of its own, theirs would still be on its way.
                return try await db.notes().count
            }
            await inside.opened()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 { group.addTask { try await db.addNote("n\(index)") } }
                try await Task.sleep(for: .milliseconds(200))
                release.open()
                try await group.waitForAll()
            }
            #expect(try await first.value == 20)
        }
    }

    @Test("does not cancel a write whose task is cancelled")
    func cancellation() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            let results = try await gathering(on: db, count: 1) { _ in
                let task = Task { try await db.addNote("a") }
                task.cancel()
                try await task.value
            }
            #expect(errors(results).isEmpty)
            #expect(try await db.notes() == ["a"])
        }
    }

    @Test("answers 200 writes at once, each with its own outcome")
    func crowd() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        do {
                            try await db.writeUnscoped { tx in
                                try tx.run("INSERT INTO note VALUES (\("n\(index)"), '')")
                                if index % 10 == 0 { throw Refused() }
                            }
                        } catch is Refused {}
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await db.notes().count == 180)
        }
    }

    @Test("answers a crowd that comes back and one by one goes away, whenever the writer stops waiting for it")
    func ebbing() async throws {
        try await withOwnDatabase(.sqlite) { db in
            try await db.makeNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 1...24 {
                    group.addTask {
                        for turn in 0..<(client * 4) {
                            try await db.addNote("n\(client).\(turn)")
                            // Some come while it waits, some in the moment it gives up, some later.
                            if turn % 3 == 0 { try await Task.sleep(for: .microseconds(client * 7)) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await db.notes().count == (1...24).reduce(0) { $0 + $1 * 4 })
        }
    }

    @Test("finishes what waits before it closes, and refuses afterwards")
    func closing() async throws {
        try await withDatabaseURL(.sqlite, .bare) { url in
            let db = try await Database.open(url)
            try await db.makeNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<50 {
                    group.addTask { try await db.addNote("n\(index)") }
                }
                try await group.waitForAll()
            }
            await db.close()
            await #expect(throws: DatabaseError.unavailable("it is closed")) { try await db.addNote("late") }
            let again = try await Database.open(url)
            #expect(try await again.notes().count == 50)
            await again.close()
        }
    }
}
