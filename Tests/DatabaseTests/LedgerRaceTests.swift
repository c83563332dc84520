/// Many writers for few subjects: no overlap and no deadlock with our lock order, and proof that the check would tell.
import Fakes
import Scheduling
import Testing

@testable import Database

/// One attempt to book: which subjects, which hour.
private struct Attempt: Sendable {
    let claim: String
    let subjects: [String]
    let hour: Int64

    /// Every one wants one or two of four subjects in one of eight hours; the same in each run.
    static let all: [Attempt] = (0..<160).map { index in
        let first = index % 4, second = (index / 4 + 1) % 4
        return Attempt(claim: "c\(index)", subjects: ["s\(first)", "s\(second)"], hour: Int64(index * 7 % 8))
    }

    var rows: [LedgerRow] {
        Set(subjects).sorted().map { subject in
            LedgerRow(
                id: "\(claim)_\(subject)", subject: subject, workspace: Scope.test.workspace, kind: .booking,
                ref: claim, claim: claim, starts: starts, ends: starts.adding(hours: 1))
        }
    }

    var starts: Instant { noon.adding(hours: Int(hour)) }
}

@Suite("Many writers")
struct LedgerRaceTests {
    /// The pairs that must not exist: two claims on one subject at one time.
    private func overlaps(_ db: Database) async throws -> Int {
        try await db.count(
            """
            SELECT count(*) AS n FROM ledger a JOIN ledger b ON a.subject = b.subject AND a.claim < b.claim
            AND a.starts < b.ends AND b.starts < a.ends
            """)
    }

    private func makeSubjects(_ db: Database) async throws {
        try await db.writeUnscoped { tx in try tx.addSubjects((0..<4).map { "s\($0)" }) }
    }

    /// Lets 32 tasks work through the attempts.
    /// - Returns: what each was answered.
    private func race(_ book: @escaping @Sendable (Attempt) async throws -> Void) async -> [String: Int] {
        await withTaskGroup(of: [String].self) { group in
            for task in 0..<32 {
                group.addTask {
                    var answers: [String] = []
                    for index in stride(from: task, to: Attempt.all.count, by: 32) {
                        do {
                            try await book(Attempt.all[index])
                            answers.append("booked")
                        } catch {
                            answers.append("\(error)")
                        }
                    }
                    return answers
                }
            }
            return await group.reduce(into: [:]) { counts, answers in
                for answer in answers { counts[answer, default: 0] += 1 }
            }
        }
    }

    private static func isFree(_ tx: Transaction, _ attempt: Attempt) throws -> Bool {
        try tx.ledger(
            of: attempt.subjects, from: attempt.starts, to: attempt.starts.adding(hours: 1), now: noon
        ).isEmpty
    }

    @Test("get no overlap, no deadlock and no surprise when they lock, look and write", arguments: Engine.all)
    func ordered(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await makeSubjects(db)
            let answers = await race { attempt in
                try await db.write(.test) { tx in
                    try tx.lockSubjects(attempt.subjects)
                    guard try Self.isFree(tx, attempt) else { throw Refused(why: "taken") }
                    try tx.add(attempt.rows)
                }
            }
            #expect(Set(answers.keys) == ["booked", "\(Refused(why: "taken"))"])
            #expect(try await overlaps(db) == 0)
            #expect(try await db.count("SELECT count(DISTINCT claim) AS n FROM ledger") == answers["booked"])
        }
    }

    @Test("are stopped by the ledger's rule when they forget to lock", arguments: Engine.all)
    func unlocked(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            try await makeSubjects(db)
            let answers = await race { attempt in
                try await db.write(.test) { tx in try tx.add(attempt.rows) }
            }
            #expect(answers["booked"] ?? 0 > 0)
            #expect(answers["\(DatabaseError.overlap)"] ?? 0 > 0)
            #expect(try await overlaps(db) == 0)
        }
    }

    @Test("overlap when the rule is dropped and they look in one transaction, write in another", arguments: Engine.all)
    func negativeControl(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.dropLedgerRule()
            try await makeSubjects(db)
            // All have looked before the first one writes, as it happens when they come at once.
            var free: [Attempt] = []
            for attempt in Attempt.all where try await db.read(.test, { tx in try Self.isFree(tx, attempt) }) {
                free.append(attempt)
            }
            for attempt in free { try await db.write(.test) { tx in try tx.add(attempt.rows) } }
            #expect(try await overlaps(db) > 0)
        }
    }

    @Test("that lock against the order deadlock, and are repeated until they pass")
    func deadlock() async throws {
        guard Engine.all.contains(.postgres) else { return }
        try await withDatabase(.postgres) { db in
            try await makeSubjects(db)
            let first = Gate(), second = Gate()
            @Sendable func lock(_ subject: String, then other: String, _ mine: Gate, _ theirs: Gate) async throws {
                try await db.write(.test) { tx in
                    try tx.lockSubjects([subject])
                    mine.open()
                    theirs.wait()
                    // Both stand here with what the other one wants. The gates stay open for the one who repeats.
                    try tx.lockSubjects([other])
                }
            }
            async let one: Void = lock("s0", then: "s1", first, second)
            async let two: Void = lock("s1", then: "s0", second, first)
            _ = try await (one, two)
        }
    }
}
