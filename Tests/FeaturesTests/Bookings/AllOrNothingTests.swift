/// A write that breaks at any of its tables leaves nothing behind: no half booking, no lost time, no mail.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct AllOrNothingTests {
    /// A table to break, and whether on INSERT or on UPDATE or DELETE.
    struct Break: Sendable, CustomTestStringConvertible {
        let table: SQL
        let verb: SQL
        let name: String

        init(_ verb: SQL, _ table: SQL, _ name: String) {
            (self.table, self.verb, self.name) = (table, verb, name)
        }

        var testDescription: String { name }
    }

    private static let inserts: [Break] = [
        Break("INSERT", "booking", "insert booking"), Break("INSERT", "booking_host", "insert booking_host"),
        Break("INSERT", "booking_answer", "insert booking_answer"), Break("INSERT", "ledger", "insert ledger"),
        Break("INSERT", "booking_token", "insert booking_token"), Break("INSERT", "booking_history", "insert history"),
        Break("INSERT", "job", "insert job"), Break("INSERT", "idempotency", "insert idempotency"),
        Break("UPDATE", "idempotency", "store reply"), Break("UPDATE", "subject", "count version up"),
        Break("DELETE", "hold", "delete hold"),
    ]

    private static let changes: [Break] = [
        Break("UPDATE", "booking", "update booking"), Break("DELETE", "ledger", "delete ledger"),
        Break("INSERT", "booking_history", "insert history"), Break("INSERT", "job", "insert job"),
        Break("INSERT", "idempotency", "insert idempotency"), Break("UPDATE", "idempotency", "store reply"),
        Break("UPDATE", "subject", "count version up"),
    ]

    private static let moves = changes + [
        Break("INSERT", "ledger", "insert ledger"), Break("UPDATE", "booking_token", "retire token"),
        Break("INSERT", "booking_token", "insert booking_token"),
    ]

    /// From now on the statement fails, for everybody; `repair` makes it work again.
    private func broken(_ stage: Stage, _ what: Break, _ body: () async throws -> Void) async throws {
        try await stage.database.writeUnscoped { tx in
            guard tx.engine == .postgres else {
                try tx.run("""
                    CREATE TRIGGER broken BEFORE \(what.verb) ON \(what.table) BEGIN SELECT RAISE(ABORT, 'broken'); END
                    """)
                return
            }
            try tx.run("""
                CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''broken''; END'
                """)
            try tx.run("""
                CREATE TRIGGER broken BEFORE \(what.verb) ON \(what.table) FOR EACH ROW EXECUTE FUNCTION broken()
                """)
        }
        try await body()
        try await stage.database.writeUnscoped { tx in
            _ = try tx.run(tx.engine == .sqlite ? "DROP TRIGGER broken" : "DROP TRIGGER broken ON \(what.table)")
        }
    }

    /// Everything that a booking's fate is made of, as text.
    private func picture(_ stage: Stage) async throws -> [String] {
        try await stage.database.lookUp { tx in
            try tx.all("SELECT id, status, starts, version, sequence, reason FROM booking ORDER BY id") { row in
                "\(try row["id"] as String) \(try row["status"] as String) \(try row["starts"] as Int64) "
                    + "\(try row["version"] as Int) \(try row["sequence"] as Int) \(try row["reason"] as String)"
            } + tx.all("SELECT id, starts FROM ledger ORDER BY id") { row in
                "\(try row["id"] as String) \(try row["starts"] as Int64)"
            } + tx.all("SELECT id, retired_at FROM booking_token ORDER BY id") { row in
                "\(try row["id"] as String) \((try row["retired_at"] as Int64?).map(String.init) ?? "living")"
            } + tx.all("SELECT id, version FROM subject ORDER BY id") { row in
                "\(try row["id"] as String) \(try row["version"] as Int)"
            }
        }
    }

    private func failsCleanly(
        _ stage: Stage, _ what: Break, _ body: () async throws -> Void
    ) async throws {
        let (rows, before) = (try await stage.rows(), try await picture(stage))
        try await broken(stage, what) {
            await #expect(throws: DatabaseError.check("broken"), "\(what.name)") { try await body() }
        }
        #expect(try await stage.rows() == rows, "\(what.name)")
        #expect(try await picture(stage) == before, "\(what.name)")
    }

    @Test("whichever write of a booking fails, nothing is stored and the next try works", arguments: Engine.all)
    func booking(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let held = try await stage.hold(stage.at(10))
            func book() async throws {
                try await stage.book(stage.at(10)) { request in
                    request.answers = [Answered(question: stage.question, label: "What?", value: "This.")]
                    request.holdToken = held.token
                    request.key = RequestKey(text: "key", request: "r")
                }
            }
            for what in Self.inserts { try await failsCleanly(stage, what, book) }
            try await book()
            #expect(try await stage.ledger().map(\.kind) == [.booking])
        }
    }

    @Test("whichever write of a move fails, the booking stays where and what it was", arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let booked = try await stage.book(stage.at(10))
            func move() async throws {
                _ = try await MoveBooking(stage.installation)(
                    booked.id, to: stage.at(11), key: RequestKey(text: "key", request: "r"), scope: stage.scope)
            }
            for what in Self.moves { try await failsCleanly(stage, what, move) }
            try await move()
            #expect(try await stage.find(booked.id).state.version == 2)
        }
    }

    private static let decisions = changes + [
        Break("UPDATE", "ledger", "change ledger"), Break("UPDATE", "approval_token", "end token"),
    ]

    @Test("whichever write of a decision fails, both times stay the attendee's and the host can decide again",
          arguments: Engine.all)
    func deciding(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let booked = try await stage.book(stage.at(10, day: 1), on: stage.askLink())
            try await stage.decide(booked.id, .approved)
            try await stage.wish(booked.id, stage.at(14, day: 1))
            func decide() async throws {
                try await stage.decide(booked.id, .approved, key: RequestKey(text: "key", request: "r"))
            }
            for what in Self.decisions { try await failsCleanly(stage, what, decide) }
            try await decide()
            #expect(try await stage.find(booked.id).state.starts == stage.at(14, day: 1))
        }
    }

    @Test("whichever write of a wish fails, nobody is asked and nothing is taken", arguments: Engine.all)
    func asking(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let link = try await stage.askLink()
            for what in Self.inserts.prefix(2) + [
                Break("INSERT", "approval_token", "insert approval_token"), Break("INSERT", "job", "insert job"),
            ] {
                try await failsCleanly(stage, what) { try await stage.book(stage.at(10), on: link) }
            }
            try await stage.book(stage.at(10), on: link)
        }
    }

    @Test("whichever write of a cancellation fails, the meeting still stands", arguments: Engine.all)
    func cancelling(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let booked = try await stage.book(stage.at(10))
            func cancel() async throws {
                _ = try await CancelBooking(stage.installation)(
                    booked.id, key: RequestKey(text: "key", request: "r"), scope: stage.scope)
            }
            for what in Self.changes { try await failsCleanly(stage, what, cancel) }
            try await cancel()
            #expect(try await stage.find(booked.id).state.status == .cancelled)
        }
    }
}
