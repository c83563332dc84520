/// Unloading and loading: everything goes over to either engine, is the same there, and goes where nothing is.
import Fakes
import Scheduling
import Synchronization
import Testing

@testable import Database

/// Data held in memory.
private final class Held: Sendable {
    private let tables = Mutex<(lines: [String: [[UInt8]]], now: String)>(([:], ""))

    func take(_ event: UnloadEvent) {
        tables.withLock { held in
            switch event {
            case .begins: held = ([:], "")
            case .table(let name): held.now = name
            case .row(let line): held.lines[held.now, default: []].append(Array(line.dropLast()))
            case .ended: break
            }
        }
    }

    func lines(_ table: String) -> [[UInt8]] { tables.withLock { $0.lines[table] ?? [] } }

    func change(_ table: String) {
        tables.withLock { held in _ = held.lines[table]?.removeFirst() }
    }
}

/// One at a time: each holds two databases, of which the tests hand out four at once.
@Suite("What is unloaded", .serialized)
struct UnloadingTests {
    private static let pairs = Engine.all.flatMap { from in Engine.all.map { (from, $0) } }

    /// Rows that show what may go wrong: flags, bytes, NULL, signs that sort differently, and a job under a lease.
    private func fill(_ database: Database) async throws {
        try await database.enqueue("first", "second", "zwölf", "Ärger", "a\"b\\c\n", runAt: noon)
        _ = try await database.claim(1)
        _ = try await database.writeUnscoped { tx in
            for index in 0..<600 {
                try tx.run("INSERT INTO subject (id, version) VALUES (\("s_\(index)"), \(index))")
            }
            try tx.run(
                """
                INSERT INTO account (id, email, email_folded, name, password_hash, zone, active, created_at)
                VALUES ('usr_1', 'A@b.example', 'a@b.example', 'Zoë', NULL, 'Europe/Berlin', \(true), 1)
                """)
            try tx.run(
                """
                INSERT INTO idempotency (scope, key, route, request_hash, status, reply, created_at)
                VALUES ('a', 'k', '/', \([0, 1, 255] as [UInt8]), 201, \([] as [UInt8]), 1)
                """)
        }
    }

    @Test("is the same on the other side, whichever the two engines are", arguments: pairs)
    func same(from: Engine, to: Engine) async throws {
        try await withDatabase(from) { source in
            try await fill(source)
            let held = Held()
            let facts = try await source.unload { held.take($0) }
            #expect(facts.rows == 600 + 5 + 2 && facts.schema == Migration.all.last?.number)

            try await withDatabaseURL(to, .bare) { url in
                let target = try await Database.open(url, .test)
                try await target.load(facts, restoredAt: nil) { table, visit in try held.lines(table).forEach(visit) }
                #expect(try await target.unload { _ in } == facts)
                #expect(try await target.migrate() == [])
                #expect(try await target.jobs() == source.jobs())
                #expect(try await target.lookUp { try $0.restoredAt() } == nil)
                await target.close()
            }
        }
    }

    @Test("leaves the keys, indexes and policies of PostgreSQL as the migrations made them")
    func guards() async throws {
        let guards: @Sendable (Transaction) throws -> [String] = { tx in
            try tx.all("""
                SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS words
                FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
                UNION ALL SELECT relname || ' is forced' FROM pg_class
                    WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace
                ORDER BY words
                """) { try $0["words"] }
        }
        try await withDatabase(.postgres) { source in
            try await fill(source)
            let held = Held()
            let (facts, expected) = (try await source.unload { held.take($0) }, try await source.lookUp(guards))
            #expect(expected.count > 150)
            try await withDatabaseURL(.postgres, .bare) { url in
                let target = try await Database.open(url, .test)
                try await target.load(facts, restoredAt: nil) { table, visit in try held.lines(table).forEach(visit) }
                #expect(try await target.lookUp(guards) == expected)
                await target.close()
            }
        }
    }

    @Test("goes into no database that holds a row", arguments: Engine.all)
    func occupied(on engine: Engine) async throws {
        try await withDatabase(engine) { source in
            try await fill(source)
            let held = Held()
            let facts = try await source.unload { held.take($0) }
            await #expect(throws: DatabaseError.self) {
                try await source.load(facts, restoredAt: nil) { table, visit in try held.lines(table).forEach(visit) }
            }
            #expect(try await source.unload { _ in } == facts)
        }
    }

    @Test("that lost a row on its way leaves nothing behind", arguments: Engine.all)
    func lost(on engine: Engine) async throws {
        try await withDatabase(.sqlite) { source in
            try await fill(source)
            let held = Held()
            let facts = try await source.unload { held.take($0) }
            held.change("subject")
            try await withOwnDatabase(engine) { target in
                await #expect(throws: DatabaseError.self) {
                    try await target.load(facts, restoredAt: nil) { try held.lines($0).forEach($1) }
                }
                let kept = try await target.unload { _ in }
                #expect(kept.rows == 0)
            }
        }
    }

    @Test("of a newer program, or of tables the target does not know, is refused in words", arguments: Engine.all)
    func unknown(on engine: Engine) async throws {
        try await withDatabase(engine) { target in
            let strange = TablePart(name: "account", columns: ["shoe_size"], rows: 1, sha256: "")
            for facts in [DataFacts(schema: 9_999, tables: []), DataFacts(schema: 2, tables: [strange])] {
                await #expect(throws: DatabaseError.self) {
                    try await target.load(facts, restoredAt: nil) { _, visit in try visit(Array("[1]".utf8)) }
                }
            }
        }
    }

    @Test("columns that a migration put in another order, or rows that point into their table, change nothing",
          arguments: pairs)
    func reordered(from: Engine, to: Engine) async throws {
        let names: [SQL] = ["id TEXT PRIMARY KEY NOT NULL", "above TEXT REFERENCES tree (id)", "size \(.int) NOT NULL"]
        func make(_ database: Database, _ columns: [SQL]) async throws {
            _ = try await database.writeUnscoped { try $0.run("CREATE TABLE tree (\(columns.joined()))\(.strict)") }
        }
        try await withOwnDatabase(from) { source in
            try await make(source, names)
            _ = try await source.writeUnscoped { tx in
                try tx.run("INSERT INTO tree (id, above, size) VALUES ('a', NULL, 1), ('b', 'a', 2), ('c', 'a', 3)")
            }
            let held = Held()
            let facts = try await source.unload { held.take($0) }
            try await withOwnDatabase(to) { target in
                try await make(target, names.reversed())
                try await target.load(facts, restoredAt: nil) { table, visit in try held.lines(table).forEach(visit) }
                let found = try await target.unload { _ in }
                #expect(found == facts && facts.rows == 3)
            }
        }
    }

    @Test("every table of the schema finds a place after all it points at", arguments: Engine.all)
    func order(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let names = try await db.lookUp { try $0.tables().map(\.name) }
            #expect(names.count > 15 && !names.contains("schema_migration"))
            func place(_ name: String) -> Int { names.firstIndex(of: name) ?? -1 }
            #expect(place("workspace") < place("member") && place("link") < place("booking"))
            let keys = try await db.lookUp { try $0.tables().first { $0.name == "idempotency" }?.key }
            #expect(keys == ["scope", "key", "route"])
        }
    }
}

@Suite("A restored installation")
struct RestoredTests {
    @Test("does no job until it is confirmed, then only what came later", arguments: Engine.all)
    func quiet(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let hand = HandClock()
            try await db.enqueue("saved", runAt: noon, world: hand.world)
            try await db.enqueue("reminder", runAt: noon.adding(seconds: 60), world: hand.world)
            try await db.enqueue("future", runAt: noon.adding(days: 2), world: hand.world)
            hand.move(3_600)
            let now = hand.world.now
            try await db.writeUnscoped { try $0.markRestored(now) }
            hand.move(1)
            try await db.enqueue("new", runAt: hand.world.now, world: hand.world)

            hand.move(60)
            try await JobRunner.test(db, hand.world) { _ in .done }.drain()
            #expect(try await db.jobs().values.allSatisfy { $0 == "ready 0" })

            let later = hand.world.now
            #expect(try await db.writeUnscoped { try $0.confirmRestore(now: later) } == 2)
            #expect(try await db.writeUnscoped { try $0.confirmRestore(now: later) } == nil)
            try await JobRunner.test(db, hand.world) { _ in .done }.drain()
            let jobs = try await db.jobs()
            #expect(jobs["new"] == "done 1" && jobs["future"] == "ready 0")
            #expect(jobs["saved"]?.hasPrefix("skipped") == true && jobs["reminder"]?.hasPrefix("skipped") == true)
        }
    }
}
