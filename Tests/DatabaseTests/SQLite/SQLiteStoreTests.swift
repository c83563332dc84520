/// What SQLite is set to, and that one server owns a file.
import Fakes
import Foundation
import Testing

@testable import Database

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("commits with synchronous=FULL, foreign keys, a busy time-out and a write-ahead log")
    func settings() async throws {
        try await withDatabase(.sqlite) { db in
            let settings = try await db.writeUnscoped { tx in
                [
                    try tx.one("PRAGMA synchronous") { try $0["synchronous"] as Int } ?? -1,
                    try tx.one("PRAGMA foreign_keys") { try $0["foreign_keys"] as Int } ?? -1,
                    try tx.one("PRAGMA busy_timeout") { try $0["timeout"] as Int } ?? -1,
                ]
            }
            #expect(settings == [2, 1, 5_000])
            let mode = try await db.lookUp { tx in
                try tx.one("PRAGMA journal_mode") { try $0["journal_mode"] as String }
            }
            #expect(mode == "wal")
        }
    }

    @Test("lets one server work on a file, and commands beside it")
    func lock() async throws {
        try await withDatabaseURL(.sqlite, .bare) { url in
            var server = DatabaseOptions()
            server.exclusive = true
            let first = try await Database.open(url, server)
            await #expect(throws: DatabaseError.self) { try await Database.open(url, server) }
            let command = try await Database.open(url)
            try await command.makeNotes()
            try await first.addNote("a")
            try await command.addNote("b")
            #expect(try await first.notes() == ["a", "b"])
            await first.close()
            let next = try await Database.open(url, server)
            await next.close()
            await command.close()
        }
    }

    /// Asks a reader and the writer the same in so many wordings.
    private func ask(in wordings: Int, of db: Database) async throws {
        var sql: SQL = "SELECT 1 AS n WHERE 1 = 1"
        for _ in 0..<wordings {
            let wording = sql
            _ = try await db.lookUp { tx in try tx.one(wording) { try $0["n"] as Int } }
            _ = try await db.writeUnscoped { tx in try tx.one(wording) { try $0["n"] as Int } }
            sql = "\(sql) AND 1 = 1"
        }
    }

    /// How many statements a reader and the writer keep.
    private func statements(of db: Database) async throws -> (reader: Int, writer: Int) {
        let kept: SQL = "SELECT count(*) AS n FROM sqlite_stmt"
        let ofWriter = try await db.writeUnscoped { tx in try tx.one(kept) { try $0["n"] as Int } }
        return (try await db.count(kept), try #require(ofWriter))
    }

    @Test("keeps a bounded number of prepared statements, however many ways a question is worded")
    func boundedStatements() async throws {
        try await withDatabase(.sqlite) { db in
            try await ask(in: 700, of: db)
            let (ofReader, ofWriter) = try await statements(of: db)
            #expect(ofReader < 520)
            #expect(ofWriter < 520)
            #expect(ofWriter > 100)
        }
    }

    @Test("forgets prepared statements when memory is given back, and goes on")
    func givenBack() async throws {
        try await withDatabaseURL(.sqlite, .fresh) { url in
            var options = DatabaseOptions()
            // Of several it would be left to chance which one is asked.
            options.readers = 1
            let db = try await Database.open(url, options)
            try await ask(in: 50, of: db)
            let before = try await statements(of: db)
            #expect(before.reader >= 50 && before.writer >= 50)
            db.giveBackMemory()
            // What is asked after it comes after it in each connection.
            let after = try await statements(of: db)
            #expect(after.reader < 20 && after.writer < 20)
            await db.close()
        }
    }

    @Test("can be closed twice, as by a failed start and its caller")
    func closedTwice() async throws {
        try await withDatabaseURL(.sqlite, .fresh) { url in
            let database = try await Database.open(url)
            await database.close()
            await database.close()
            await #expect(throws: DatabaseError.unavailable("it is closed")) {
                try await database.writeUnscoped { try $0.probe() }
            }
        }
    }

    @Test("says what is wrong with a path or URL")
    func unusable() async throws {
        for url in ["sqlite:/nowhere/at/all.db", "mysql://x", ""] {
            await #expect(throws: DatabaseError.self) { try await Database.open(url) }
        }
    }

    @Test("answers busy when another process writes for too long, and full when the disk is")
    func errors() async throws {
        #expect(DatabaseError(.init(resultCode: .SQLITE_BUSY)) == .busy)
        #expect(DatabaseError(.init(resultCode: .SQLITE_FULL)) == .full)
        #expect(DatabaseError(.init(resultCode: .SQLITE_READONLY)) == .readOnly)
        #expect(
            DatabaseError(.init(resultCode: .SQLITE_IOERR_FSYNC, message: "disk I/O error"))
                == .unavailable("disk I/O error"))
    }

    @Test("really fills a small disk: the write fails as full, later ones pass", arguments: [64])
    func full(pages: Int) async throws {
        try await withDatabaseURL(.sqlite, .bare) { url in
            let db = try await Database.open(url)
            try await db.makeNotes()
            _ = try await db.writeUnscoped { tx in try tx.all("PRAGMA max_page_count = 16") { _ in } }
            let large = String(repeating: "x", count: 100_000)
            await #expect(throws: DatabaseError.full) { try await db.addNote("large", body: large) }
            try await db.addNote("small")
            #expect(try await db.notes() == ["small"])
            await db.close()
        }
    }
}
