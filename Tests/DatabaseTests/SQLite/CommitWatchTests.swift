/// A mark moves with every commit, of this process and of others, and with nothing else.
import Fakes
import Testing

@testable import Database

@Suite("The mark of commits")
struct CommitWatchTests {
    @Test("it stays while nothing is committed, and moves with each commit before that is answered")
    func moves() async throws {
        try await withDatabase(.sqlite) { db in
            try await db.makeNotes()
            for number in 0..<200 {
                let before = try #require(db.commitMark)
                _ = try await db.notes()
                #expect(db.commitMark == before)
                try await db.addNote("n\(number)")
                #expect(db.commitMark != before)
            }
        }
    }

    @Test("a write that is refused leaves it")
    func refused() async throws {
        try await withDatabase(.sqlite) { db in
            try await db.makeNotes()
            let before = try #require(db.commitMark)
            await #expect(throws: Refused.self) {
                try await db.writeUnscoped { tx in
                    try tx.run("INSERT INTO note (id, body) VALUES ('x', '')")
                    throw Refused()
                }
            }
            #expect(db.commitMark == before)
        }
    }

    @Test("it moves with the commits of another process' connections, and with a log that begins anew")
    func others() async throws {
        try await withDatabaseURL(.sqlite, .fresh) { url in
            let first = try await Database.open(url)
            try await first.makeNotes()
            for number in 0..<10 {
                let second = try await Database.open(url)
                for (place, database) in [second, first, second].enumerated() {
                    let before = try #require(first.commitMark)
                    try await database.addNote("n\(number)-\(place)")
                    #expect(first.commitMark != before)
                }
                // Moves the log into the file, so that it begins anew with the next write.
                await second.close()
            }
            await first.close()
            #expect(first.commitMark == nil)
        }
    }

    @Test("PostgreSQL has none")
    func postgres() async throws {
        guard Engine.all.contains(.postgres) else { return }
        try await withDatabase(.postgres) { db in #expect(db.commitMark == nil) }
    }
}
