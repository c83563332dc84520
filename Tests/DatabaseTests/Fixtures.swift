/// Values that several database tests start from.
import Database
import Fakes
import Scheduling
import Synchronization

extension Scope {
    static let test = Scope(workspace: ID(milliseconds: 1, random: Array(repeating: 1, count: 10)), actor: .system)
}

extension World {
    /// Stands at `noon` with random numbers that are the same in each run.
    static func standing(at instant: Instant = noon, seed: UInt64 = 1) -> World {
        World(clock: .standing(at: instant), entropy: .seeded(seed), zones: Zones(directory: "/usr/share/zoneinfo"))
    }
}

/// 2030-01-07T12:00:00Z, a Monday.
let noon = Instant(1_893_931_200)

/// A clock that stands until it is told to move.
final class HandClock: Sendable {
    private let seconds: Mutex<Int64>

    init(at instant: Instant = noon) {
        seconds = Mutex(instant.seconds)
    }

    var clock: Clock { Clock { [self] in seconds.withLock { $0 } * 1_000 } }

    var world: World {
        World(clock: clock, entropy: .system, zones: Zones(directory: "/usr/share/zoneinfo"))
    }

    func move(_ by: Int64) {
        seconds.withLock { $0 += by }
    }
}

extension Database {
    /// The number a `SELECT count(*) AS n` answers.
    func count(_ sql: SQL) async throws -> Int {
        try await lookUp { tx in try tx.one(sql) { try $0["n"] } ?? -1 }
    }

    /// A table to try things on: `note(id, body)`.
    func makeNotes() async throws {
        _ = try await writeUnscoped { tx in
            try tx.run("CREATE TABLE IF NOT EXISTS note (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL)\(.strict)")
        }
    }

    func addNote(_ id: String, body: String = "") async throws {
        _ = try await writeUnscoped { tx in try tx.run("INSERT INTO note (id, body) VALUES (\(id), \(body))") }
    }

    func notes() async throws -> [String] {
        try await lookUp { tx in try tx.all("SELECT id FROM note ORDER BY id") { try $0["id"] } }
    }
}

/// A refusal of the product, as closures throw them.
struct Refused: Error, Equatable {
    var why = "no"
}
