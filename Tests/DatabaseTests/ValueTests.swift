/// Every storable type survives the way into a column and back, on both engines.
import Fakes
import Scheduling
import Testing

@testable import Database

@Suite("Values")
struct ValueTests {
    private func roundTrip<T: SQLValue & Equatable>(_ values: [T], _ type: SQL, on db: Database) async throws {
        try await db.writeUnscoped { tx in
            try tx.run("CREATE TABLE trip (n \(.int) NOT NULL, v \(type))\(.strict)")
            for (index, value) in values.enumerated() {
                try tx.run("INSERT INTO trip VALUES (\(index), \(value))")
            }
        }
        let back = try await db.lookUp { tx in try tx.all("SELECT v FROM trip ORDER BY n") { try $0["v"] as T } }
        #expect(back == values)
        _ = try await db.writeUnscoped { tx in try tx.run("DROP TABLE trip") }
    }

    @Test("come back as they went", arguments: Engine.all)
    func roundTrips(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await roundTrip(["", "a", "naïve — 日本語 👩‍👩‍👧", "tab\tline\n", "\u{FEFF}x"], "TEXT", on: db)
            try await roundTrip([0, -1, Int.max, Int.min], "\(.int)", on: db)
            try await roundTrip([0, Int64.max, nil], "\(.int)", on: db)
            try await roundTrip([Instant(0), noon, Instant(-1)], "\(.int)", on: db)
            try await roundTrip([[], [0, 255, 0x5C, 0x27], Array(0...255)], "\(.bytes)", on: db)
            try await roundTrip([true, false], .only(.sqlite, "INTEGER").or("BOOLEAN"), on: db)
            let fractions = [0.1, -1e300, .leastNonzeroMagnitude, 3]
            try await roundTrip(fractions, .only(.sqlite, "REAL").or("DOUBLE PRECISION"), on: db)
            try await roundTrip([Scope.test.workspace], "TEXT", on: db)
            try await roundTrip(["a", nil] as [String?], "TEXT", on: db)
            try await roundTrip([LocalDate("2028-02-29"), nil], "TEXT", on: db)
            try await roundTrip(BusyKind.allCases, "TEXT", on: db)
        }
    }

    @Test("of another type, or missing, are an error and not a crash", arguments: Engine.all)
    func mismatches(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            func reading<T: SQLValue>(_: T.Type, _ sql: SQL, _ column: String = "v") async throws -> T? {
                try await db.lookUp { tx in try tx.one(sql) { try $0[column] as T } }
            }
            await #expect(throws: DatabaseError.self) { try await reading(Int.self, "SELECT 'x' AS v") }
            await #expect(throws: DatabaseError.self) { try await reading(String.self, "SELECT NULL AS v") }
            await #expect(throws: DatabaseError.self) { try await reading(Bool.self, "SELECT 2 AS v") }
            await #expect(throws: DatabaseError.self) { try await reading(BusyKind.self, "SELECT 'nap' AS v") }
            await #expect(throws: DatabaseError.self) { try await reading(ID<User>.self, "SELECT 'usr_1' AS v") }
            await #expect(throws: DatabaseError.self) { try await reading(Int.self, "SELECT 1 AS w") }
            let null = try await reading(Optional<String>.self, "SELECT NULL AS v")
            #expect(null == .some(nil))
        }
    }

    @Test("of sums are whole numbers, of averages fractions", arguments: Engine.all)
    func aggregates(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let row = try await db.lookUp { tx in
                try tx.one(
                    """
                    SELECT sum(n) AS total, avg(n) AS mean, count(*) AS n
                    FROM (SELECT \(1) AS n UNION ALL SELECT \(2)) AS numbers
                    """
                ) { (try $0["total"] as Int, try $0["mean"] as Double, try $0["n"] as Int) }
            }
            #expect(row ?? (0, 0, 0) == (3, 1.5, 2))
        }
    }
}

extension SQL {
    /// `only` for SQLite has another spelling on PostgreSQL.
    fileprivate func or(_ postgres: SQL) -> SQL { "\(self)\(.only(.postgres, postgres) as SQL)" }
}
