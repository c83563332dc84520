/// Idempotency keys: one effect however often the request comes, and the same answer each time.
import Fakes
import Scheduling
import Testing

@testable import Database

@Suite("Idempotency keys")
struct IdempotencyTests {
    private func claim(
        _ tx: Transaction, key: String = "k", hash: [UInt8] = [1], now: Instant = noon
    ) throws -> KeyClaim {
        try tx.claimKey(scope: "link:lnk", key: key, route: "POST /book", requestHash: hash, now: now)
    }

    /// Claims and, if the key is fresh, does the work and stores the reply.
    private func book(_ db: Database, hash: [UInt8] = [1], now: Instant = noon) async throws -> KeyClaim {
        try await db.write(.test) { tx in
            let claim = try self.claim(tx, hash: hash, now: now)
            if claim == .fresh {
                try tx.storeReply(scope: "link:lnk", key: "k", route: "POST /book", status: 201, reply: [7, 7])
            }
            return claim
        }
    }

    @Test("let one of twenty parallel equal requests work and replay its answer to nineteen", arguments: Engine.all)
    func parallel(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let claims = try await withThrowingTaskGroup(of: KeyClaim.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await book(db) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(claims.count { $0 == .fresh } == 1)
            #expect(claims.count { $0 == .replay(status: 201, reply: [7, 7]) } == 19)
        }
    }

    @Test("refuse another request under the same key, not the same under another", arguments: Engine.all)
    func mismatch(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            #expect(try await book(db) == .fresh)
            #expect(try await book(db, hash: [2]) == .mismatch)
            let other = try await db.write(.test) { tx in
                try tx.claimKey(scope: "key:x", key: "k", route: "POST /book", requestHash: [2], now: noon)
            }
            #expect(other == .fresh)
        }
    }

    @Test("are free again after a refusal", arguments: Engine.all)
    func refusal(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            await #expect(throws: Refused()) {
                try await db.write(.test) { tx in
                    _ = try claim(tx)
                    throw Refused()
                }
            }
            let again = try await book(db)
            #expect(again == .fresh)
        }
    }

    @Test("are forgotten after 72 hours, pruned or not", arguments: Engine.all)
    func lifetime(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            _ = try await book(db)
            let end = noon.adding(hours: 72)
            #expect(try await book(db, now: end.adding(seconds: -1)) == .replay(status: 201, reply: [7, 7]))
            #expect(try await db.writeUnscoped { tx in try tx.pruneReplies(now: end.adding(seconds: -1)) } == 0)
            #expect(try await book(db, hash: [3], now: end) == .fresh)
            #expect(try await db.writeUnscoped { tx in try tx.pruneReplies(now: end.adding(hours: 72)) } == 1)
        }
    }
}
