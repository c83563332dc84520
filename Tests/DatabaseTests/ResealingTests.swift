/// A change of keys: everything moves to the first one, once, whatever interrupts it.
import Fakes
import Testing

@testable import Database

@Suite("Sealing anew")
struct ResealingTests {
    private let old: Keyring, both: Keyring, new: Keyring
    private let column = SealedColumn("secret", "sealed", key: ["id", "place"]) { "secret|\($0[0])|\($0[1])" }

    init() throws {
        let (first, second) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        old = try Keyring(keys: [first])
        both = try Keyring(keys: [second, first])
        new = try Keyring(keys: [second])
    }

    /// Rows `s000`… sealed with `keyring`, each for its own place.
    private func fill(_ db: Database, _ count: Int, by keyring: Keyring, from start: Int = 0) async throws {
        let rows = (start..<start + count).map { number -> (String, [UInt8]) in
            let id = "s" + String(1000 + number)
            return (id, keyring.seal(Array(id.utf8), bound: "secret|\(id)|p\(number % 3)"))
        }
        _ = try await db.writeUnscoped { tx in
            try tx.run(
                """
                CREATE TABLE IF NOT EXISTS secret (
                    id TEXT PRIMARY KEY NOT NULL, place TEXT NOT NULL, sealed \(.bytes)
                )\(.strict)
                """)
            for (index, row) in rows.enumerated() {
                let place = "p\((start + index) % 3)"
                try tx.run("INSERT INTO secret (id, place, sealed) VALUES (\(row.0), \(place), \(row.1))")
            }
        }
    }

    /// How many rows open to their own id.
    private func readable(_ db: Database, by keyring: Keyring) async throws -> Int {
        let rows = try await db.lookUp { tx in
            try tx.all("SELECT id, place, sealed FROM secret WHERE sealed IS NOT NULL") { row in
                (try row["id"] as String, try row["place"] as String, try row["sealed"] as [UInt8])
            }
        }
        return rows.count { id, place, sealed in
            (try? keyring.open(sealed, bound: "secret|\(id)|\(place)")) == Array(id.utf8)
        }
    }

    private func reseal(_ db: Database, atOnce: Int = 200) async throws -> Resealed {
        try await db.reseal([column], by: both, atOnce: atOnce, pause: .zero)
    }

    @Test("moves every row to the first key, in batches, and the former key is needed no more", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await fill(db, 25, by: old)
            try await fill(db, 5, by: new, from: 25)
            _ = try await db.writeUnscoped { try $0.run("INSERT INTO secret (id, place) VALUES ('empty', 'p')") }
            var counts = try await db.sealedCounts([column], by: both)
            #expect((counts.first, counts.former, counts.unknown, counts.all) == (5, 25, 0, 30))
            #expect(try await readable(db, by: new) == 5)

            let done = try await reseal(db, atOnce: 10)
            #expect((done.changed, done.unreadable) == (25, 0))
            counts = try await db.sealedCounts([column], by: both)
            #expect((counts.first, counts.former) == (30, 0))
            #expect(try await readable(db, by: new) == 30)

            let again = try await reseal(db)
            #expect(again == Resealed(), "what is done is not done twice")
        }
    }

    @Test("goes around what no key opens and what was swapped between rows, and leaves it as it is",
          arguments: Engine.all)
    func unreadable(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            let stranger = try Keyring(keys: [[UInt8](repeating: 3, count: 32)])
            try await fill(db, 6, by: old)
            try await fill(db, 2, by: stranger, from: 6)
            _ = try await db.writeUnscoped { tx in
                let swap: SQL = "(SELECT sealed FROM secret WHERE id = 's1001')"
                try tx.run("UPDATE secret SET sealed = \(swap) WHERE id = 's1000'")
                try tx.run("UPDATE secret SET place = 'elsewhere' WHERE id = 's1002'")
            }
            let done = try await reseal(db, atOnce: 3)
            #expect((done.changed, done.unreadable) == (4, 4))
            #expect(try await readable(db, by: new) == 4)
            let counts = try await db.sealedCounts([column], by: both)
            #expect((counts.first, counts.former, counts.unknown) == (4, 2, 2))
            // Once more it does no harm and does end.
            let again = try await reseal(db, atOnce: 3)
            #expect((again.changed, again.unreadable) == (0, 4))
        }
    }

    @Test("two processes and an end half-way leave every row sealed once", arguments: Engine.all)
    func together(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await fill(db, 60, by: old)
            let cut = Task { try await db.reseal([column], by: both, atOnce: 5, pause: .milliseconds(30)) }
            try await Task.sleep(for: .milliseconds(60))
            cut.cancel()
            _ = await cut.result
            async let one = reseal(db, atOnce: 7)
            async let other = reseal(db, atOnce: 11)
            let changed = try await one.changed + other.changed
            #expect(changed <= 60)
            #expect(try await readable(db, by: new) == 60)
        }
    }

    @Test("a row changed between reading and writing keeps the newer value", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await fill(db, 40, by: old)
            let fresh = new.seal(Array("newer".utf8), bound: "secret|s1000|p0")
            async let work = reseal(db, atOnce: 1)
            _ = try await db.writeUnscoped { try $0.run("UPDATE secret SET sealed = \(fresh) WHERE id = 's1000'") }
            _ = try await work
            let kept = try await db.lookUp { tx in
                try tx.one("SELECT sealed FROM secret WHERE id = 's1000'") { try $0["sealed"] as [UInt8] }
            }
            #expect(kept == fresh)
        }
    }
}
