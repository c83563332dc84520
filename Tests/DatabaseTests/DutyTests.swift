/// That a duty is one process's at a time, and that a number from before is worth nothing.
import Fakes
import Scheduling
import Testing

@testable import Database

@Suite("Duties")
struct DutyTests {
    private func take(_ db: Database, _ holder: String, now: Instant = noon) async throws -> Duty? {
        try await db.writeUnscoped { tx in
            try tx.takeDuty("tidy", holder: holder, until: now.adding(seconds: 60), now: now)
        }
    }

    private func end(_ db: Database, _ duty: Duty, next: Instant) async throws -> Bool {
        try await db.writeUnscoped { tx in try tx.endDuty(duty, next: next) }
    }

    @Test("are taken by one, until the time is over", arguments: Engine.all)
    func one(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let first = try #require(try await take(db, "a"))
            #expect(try await take(db, "b") == nil)
            #expect(try await take(db, "b", now: noon.adding(seconds: 59)) == nil)
            let second = try #require(try await take(db, "b", now: noon.adding(seconds: 60)))
            #expect(first.fence < second.fence)
        }
    }

    @Test("are not ended by one who has lost them", arguments: Engine.all)
    func fence(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let late = try #require(try await take(db, "a"))
            let now = noon.adding(seconds: 61)
            let holder = try #require(try await take(db, "b", now: now))
            #expect(try await end(db, late, next: now) == false)
            #expect(try await end(db, holder, next: now.adding(seconds: 600)))
            #expect(try await take(db, "a", now: now.adding(seconds: 599)) == nil)
            #expect(try await take(db, "a", now: now.adding(seconds: 600)) != nil)
        }
    }

    @Test("are taken once when twenty ask at the same moment", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            for round in 0..<5 {
                let now = noon.adding(seconds: Int64(round) * 100)
                let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for index in 0..<20 { group.addTask { try await take(db, "p\(index)", now: now) != nil } }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(taken == 1)
            }
        }
    }
}
