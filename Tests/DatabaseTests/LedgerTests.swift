/// The busy ledger: what may overlap what, what is read back, and what counts a subject's version up.
import Fakes
import Scheduling
import Testing

@testable import Database

extension LedgerRow {
    /// A row of `ada` (or somebody else) from an hour of the noon's day to another.
    static func test(
        _ id: String, _ hours: Range<Int64>, claim: String?, subject: String = "ada", kind: BusyKind = .booking,
        ref: String? = nil, expires: Instant? = nil
    ) -> LedgerRow {
        LedgerRow(
            id: id, subject: subject, workspace: Scope.test.workspace, kind: kind, ref: ref ?? id, claim: claim,
            starts: noon.adding(seconds: hours.lowerBound * 3_600),
            ends: noon.adding(seconds: hours.upperBound * 3_600), expires: expires)
    }
}

@Suite("The ledger")
struct LedgerTests {
    private func withLedger(_ engine: Engine, _ body: (Database) async throws -> Void) async throws {
        try await withDatabase(engine) { db in
            try await db.writeUnscoped { tx in try tx.addSubjects(["ada", "bob", "room"]) }
            try await body(db)
        }
    }

    private func add(_ rows: LedgerRow..., to db: Database) async throws {
        try await db.write(.test) { tx in
            try tx.lockSubjects(rows.map(\.subject))
            try tx.add(rows)
        }
    }

    private func ids(_ db: Database, now: Instant = noon, without claims: [String] = []) async throws -> [String] {
        try await db.read(.test) { tx in
            try tx.ledger(
                of: ["ada"], from: noon.adding(days: -1), to: noon.adding(days: 1), now: now, without: claims
            ).map(\.id)
        }
    }

    @Test("refuses another claim at the same time, and lets neighbours be", arguments: Engine.all)
    func overlap(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            try await add(.test("a", 2..<4, claim: "x"), to: db)
            for hours in [2..<4, 1..<3, 3..<5, 0..<6, Int64(2)..<3] {
                await #expect(throws: DatabaseError.overlap) {
                    try await add(.test("b", hours, claim: "y"), to: db)
                }
            }
            try await add(.test("before", 1..<2, claim: "y"), .test("after", 4..<5, claim: "z"), to: db)
            try await add(.test("other", 2..<4, claim: "y", subject: "bob"), to: db)
            #expect(try await ids(db) == ["before", "a", "after"])
        }
    }

    @Test("lets one claim overlap itself: moves, offers, seats", arguments: Engine.all)
    func sameClaim(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            try await add(.test("old", 2..<4, claim: "x"), to: db)
            try await add(.test("new", 3..<5, claim: "x"), to: db)
            try await db.write(.test) { tx in
                try tx.lockSubjects(["ada"])
                try tx.removeLedger(claim: "x")
                try tx.add([.test("moved", 3..<5, claim: "x")])
            }
            #expect(try await ids(db) == ["moved"])
        }
    }

    @Test("lets advisory rows overlap anything, both ways", arguments: Engine.all)
    func advisory(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            try await add(.test("event", 2..<4, claim: nil, kind: .calendar), to: db)
            try await add(.test("meeting", 2..<4, claim: "x"), to: db)
            try await add(.test("event2", 3..<6, claim: nil, kind: .calendar), to: db)
            #expect(try await ids(db) == ["event", "meeting", "event2"])
            #expect(try await ids(db, without: ["x"]) == ["event", "event2"])
        }
    }

    @Test("guards UPDATE as it guards INSERT", arguments: Engine.all)
    func update(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            try await add(.test("a", 2..<4, claim: "x"), .test("b", 5..<6, claim: "y"), to: db)
            let three = noon.adding(hours: 3)
            await #expect(throws: DatabaseError.overlap) {
                try await db.write(.test) { tx in try tx.run("UPDATE ledger SET starts = \(three) WHERE id = 'b'") }
            }
            await #expect(throws: DatabaseError.overlap) {
                try await db.write(.test) { tx in
                    let seven = noon.adding(hours: 7)
                    try tx.run("UPDATE ledger SET claim = 'z', starts = \(three), ends = \(seven) WHERE id = 'b'")
                }
            }
            _ = try await db.write(.test) { tx in
                try tx.run("UPDATE ledger SET starts = \(three) WHERE id = 'a'")
            }
            #expect(try await ids(db) == ["a", "b"])
        }
    }

    @Test("takes two bookings' swap as deletes before inserts", arguments: Engine.all)
    func swap(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            try await add(.test("a", 2..<3, claim: "x"), .test("b", 4..<5, claim: "y"), to: db)
            try await db.write(.test) { tx in
                try tx.lockSubjects(["ada"])
                try tx.removeLedger(claim: "x")
                try tx.removeLedger(claim: "y")
                try tx.add([.test("a2", 4..<5, claim: "x"), .test("b2", 2..<3, claim: "y")])
            }
            #expect(try await ids(db) == ["b2", "a2"])
        }
    }

    @Test("stops showing a hold when it expires, and lets it be dropped", arguments: Engine.all)
    func expiry(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            let end = noon.adding(minutes: 10)
            try await add(.test("h", 2..<3, claim: "hold", kind: .hold, expires: end), to: db)
            #expect(try await ids(db, now: end.adding(seconds: -1)) == ["h"])
            #expect(try await ids(db, now: end) == [])
            await #expect(throws: DatabaseError.overlap) { try await add(.test("b", 2..<3, claim: "x"), to: db) }
            try await db.write(.test) { tx in
                try tx.lockSubjects(["ada"])
                try tx.dropExpiredHolds(of: ["ada"], now: end)
                try tx.add([.test("b", 2..<3, claim: "x")])
            }
            #expect(try await ids(db, now: end) == ["b"])
        }
    }

    @Test("reads the longest rows at the interval's edge and none that only touch it", arguments: Engine.all)
    func bounds(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            let from = noon.adding(days: -1), to = noon.adding(days: 1)
            func row(_ id: String, _ starts: Instant, _ ends: Instant) -> LedgerRow {
                LedgerRow(
                    id: id, subject: "ada", workspace: Scope.test.workspace, kind: .calendar, ref: id, claim: nil,
                    starts: starts, ends: ends, gapBefore: 60, gapAfter: 120)
            }
            let longest = from.adding(seconds: 1 - LedgerRow.longest)
            try await add(
                row("long", longest, from.adding(seconds: 1)), row("ends", from.adding(hours: -1), from),
                row("begins", to, to.adding(hours: 1)), row("last", to.adding(seconds: -1), to.adding(hours: 1)),
                to: db)
            #expect(try await ids(db) == ["long", "last"])
            let found = try await db.read(.test) { tx in try tx.ledger(of: ["ada"], from: from, to: to, now: noon) }
            #expect(found.first == row("long", longest, from.adding(seconds: 1)))
            await #expect(throws: DatabaseError.self) {
                try await add(row("longer", longest, from.adding(seconds: 2)), to: db)
            }
        }
    }

    @Test("counts the version of every subject touched up", arguments: Engine.all)
    func versions(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            func versions() async throws -> [String: Int64] {
                try await db.read(.test) { tx in try tx.subjectVersions(["ada", "bob", "nobody"]) }
            }
            #expect(try await versions() == ["ada": 0, "bob": 0])
            try await add(
                .test("a", 2..<3, claim: "x", ref: "bk"),
                .test("b", 2..<3, claim: "x", subject: "bob", ref: "bk"), to: db)
            #expect(try await versions() == ["ada": 1, "bob": 1])
            try await db.write(.test) { tx in try tx.removeLedger(kind: .booking, ref: "bk") }
            #expect(try await versions() == ["ada": 2, "bob": 2])
            try await db.write(.test) { tx in try tx.removeLedger(claim: "x") }
            try await db.write(.test) { tx in try tx.countUp(["ada", "ada"]) }
            #expect(try await versions() == ["ada": 3, "bob": 2])
        }
    }

    @Test("does not lock, and so does not serve, an unknown subject", arguments: Engine.all)
    func unknown(on engine: Engine) async throws {
        try await withLedger(engine) { db in
            await #expect(throws: DatabaseError.foreignKey) {
                try await db.write(.test) { tx in try tx.lockSubjects(["ada", "nobody"]) }
            }
        }
    }
}
