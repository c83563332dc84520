/// What only PostgreSQL can do wrong: dead connections, lock time-outs, statements that cannot be prepared.
import Fakes
import Logging
import Scheduling
import Synchronization
import Testing

@testable import Database

@Suite("The PostgreSQL store", .enabled(if: Engine.all.contains(.postgres)))
struct PostgresStoreTests {
    @Test("goes on after its connections were killed, idle or in the middle of a block")
    func reconnect() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            try await killOthers(db)
            try await db.addNote("after an idle death")
            let runs = Mutex(0)
            try await db.writeUnscoped { tx in
                let isFirst = runs.withLock { runs in
                    runs += 1
                    return runs == 1
                }
                try tx.run("INSERT INTO note VALUES ('twice', '')")
                if isFirst { _ = try tx.all("SELECT pg_terminate_backend(pg_backend_pid()) AS gone") { _ in } }
            }
            #expect(runs.withLock { $0 } == 2)
            #expect(try await db.notes() == ["after an idle death", "twice"])
        }
    }

    private func killOthers(_ db: Database) async throws {
        _ = try await db.lookUp { tx in
            try tx.all(
                """
                SELECT pg_terminate_backend(pid) AS gone FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            ) { _ in }
        }
    }

    @Test("says busy when a lock is not had in three seconds")
    func lockTimeOut() async throws {
        try await withDatabase(.postgres) { db in
            try await db.writeUnscoped { tx in try tx.addSubjects(["ada"]) }
            let held = Gate(), release = Gate()
            async let holder: Void = db.write(.test) { tx in
                try tx.lockSubjects(["ada"])
                held.open()
                release.wait()
            }
            await held.opened()
            let began = ContinuousClock.now
            await #expect(throws: DatabaseError.busy) {
                try await db.write(.test) { tx in try tx.lockSubjects(["ada"]) }
            }
            print("the lock time-out came after \(ContinuousClock.now - began)")
            release.open()
            try await holder
        }
    }

    @Test("takes what a transaction has waited from what its next lock may take")
    func lockBudget() async throws {
        try await withDatabase(.postgres) { db in
            let limit: SQL = "SELECT setting FROM pg_settings WHERE name = 'lock_timeout'"
            func milliseconds(after seconds: [Int]) async throws -> Int {
                try await db.writeUnscoped { tx in
                    for length in seconds { _ = try tx.one("SELECT 1 AS n FROM pg_sleep(\(length))") { _ in 1 } }
                    return Int(try tx.one(limit) { try $0["setting"] as String } ?? "") ?? 0
                }
            }
            var limits: [Int] = []
            for seconds in [[], [1], [2, 1], []] { limits.append(try await milliseconds(after: seconds)) }
            #expect(limits[0] == 3_000)
            #expect((1...2_000).contains(limits[1]))
            #expect(limits[2...] == [250, 3_000])
        }
    }

    @Test("prepares a statement again after it could not be prepared")
    func failedPrepare() async throws {
        try await withOwnDatabase(.postgres) { db in
            let insert: SQL = "INSERT INTO note (id, body) VALUES (\("a"), \("b"))"
            for _ in 0..<3 {
                await #expect(throws: DatabaseError.self) { try await db.writeUnscoped { tx in try tx.run(insert) } }
            }
            try await db.makeNotes()
            #expect(try await db.writeUnscoped { tx in try tx.run(insert) } == 1)
        }
    }

    @Test("survives a migration under its prepared statements")
    func changedTable() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            let ask: @Sendable (Transaction) throws -> Int = { tx in try tx.all("SELECT * FROM note") { _ in }.count }
            for _ in 0..<10 { #expect(try await db.writeUnscoped(ask) == 0) }
            _ = try await db.writeUnscoped { tx in try tx.run("ALTER TABLE note ADD COLUMN extra TEXT") }
            #expect(try await db.writeUnscoped(ask) == 0)
        }
    }

    @Test("forgets prepared statements before they are too many")
    func manyStatements() async throws {
        try await withDatabase(.postgres) { db in
            for length in 1...600 {
                let numbers = Array(1...length)
                let found = try await db.lookUp { tx in
                    try tx.one("SELECT 1 AS n WHERE 1 IN \(list: numbers)") { try $0["n"] as Int }
                }
                #expect(found == 1)
            }
        }
    }

    @Test("repeats a serialization failure twice and then says busy")
    func repeats() async throws {
        try await withDatabase(.postgres) { db in
            let runs = Mutex(0)
            await #expect(throws: DatabaseError.busy) {
                try await db.writeUnscoped { tx in
                    runs.withLock { $0 += 1 }
                    try tx.run("DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''40001''; END'")
                }
            }
            #expect(runs.withLock { $0 } == 3)
        }
    }

    @Test("does not repeat a transaction whose COMMIT was not answered, for it may have happened")
    func lostCommit() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            _ = try await db.writeUnscoped { tx in
                try tx.run(
                    """
                    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'
                    """)
                try tx.run(
                    """
                    CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION die()
                    """)
            }
            let runs = Mutex(0)
            await #expect(throws: DatabaseError.unanswered) {
                try await db.writeUnscoped { tx in
                    runs.withLock { $0 += 1 }
                    try tx.run("INSERT INTO note VALUES ('a', '')")
                }
            }
            #expect(runs.withLock { $0 } == 1)
            await #expect(throws: DatabaseError.unanswered) {
                try await db.writeUnscoped { tx in
                    runs.withLock { $0 += 1 }
                    try tx.post("INSERT INTO note (id, body) VALUES (\("b"), \(""))")
                }
            }
            #expect(runs.withLock { $0 } == 2)
        }
    }

    @Test("repeats a transaction whose connection broke off after something was posted, and none of it remains")
    func brokenPost() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            let runs = Mutex(0)
            try await db.writeUnscoped { tx in
                let run = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                try tx.post("INSERT INTO note (id, body) VALUES (\("run \(run)"), \(""))")
                if run == 1 { _ = try tx.all("SELECT pg_terminate_backend(pg_backend_pid()) AS gone") { _ in } }
            }
            #expect(runs.withLock { $0 } == 2)
            #expect(try await db.notes() == ["run 2"])
        }
    }

    @Test("repeats a transaction that lost a deadlock at its commit, in what was posted")
    func repeatedPost() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            try await db.writeUnscoped { tx in
                _ = try tx.run("""
                    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING ERRCODE = ''40001''; END'
                    """)
                _ = try tx.run("CREATE TRIGGER fails BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION fail()")
            }
            let runs = Mutex(0)
            await #expect(throws: DatabaseError.busy) {
                try await db.writeUnscoped { tx in
                    runs.withLock { $0 += 1 }
                    try tx.post("INSERT INTO note (id, body) VALUES (\("a"), \(""))")
                }
            }
            #expect(runs.withLock { $0 } == 3)
        }
    }

    @Test("serves more tasks than it has connections")
    func crowd() async throws {
        try await withOwnDatabase(.postgres) { db in
            try await db.makeNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask { try await db.addNote("n\(index)") }
                }
                try await group.waitForAll()
            }
            #expect(try await db.notes().count == 200)
        }
    }

    @Test("says unavailable when there is no server, and when a COMMIT's answer is lost")
    func unreachable() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await Database.open("postgres://postgres@127.0.0.1:1/none")
        }
        guard case .unavailable = error else {
            Issue.record("not unavailable")
            return
        }
    }
}
