/// What a block may do, and what happens to it when a statement fails.
import Fakes
import Scheduling
import Synchronization
import Testing

@testable import Database

@Suite("A transaction")
struct TransactionTests {
    @Test("rolls back alone when its block throws, and passes the error through", arguments: Engine.all)
    func throwing(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            await #expect(throws: Refused(why: "taken")) {
                try await db.write(.test) { tx in
                    try tx.run("INSERT INTO note VALUES ('a', '')")
                    throw Refused(why: "taken")
                }
            }
            #expect(try await db.notes().isEmpty)
        }
    }

    @Test("fails even if the block swallows a failed statement", arguments: Engine.all)
    func swallowing(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            try await db.addNote("a")
            await #expect(throws: DatabaseError.unique(constraint: "note(id)")) {
                try await db.write(.test) { tx in
                    try tx.run("INSERT INTO note VALUES ('b', '')")
                    _ = try? tx.run("INSERT INTO note VALUES ('a', '')")
                }
            }
            #expect(try await db.notes() == ["a"])
        }
    }

    @Test("runs what is posted in its order, before what is asked next and before the commit", arguments: Engine.all)
    func posting(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            let seen = try await db.write(.test) { tx in
                try tx.post("INSERT INTO note (id, body) VALUES (\("a"), \("1"))")
                try tx.post("UPDATE note SET body = \("2") WHERE id = \("a")")
                let seen: [String] = try tx.all("SELECT body FROM note WHERE id = \("a")") { try $0["body"] }
                try tx.post("INSERT INTO note (id, body) VALUES (\("b"), \(""))")
                let changed = try tx.run("UPDATE note SET body = \("3")")
                try tx.post("INSERT INTO note (id, body) VALUES (\("c"), \(""))")
                return seen + ["\(changed)"]
            }
            #expect(seen == ["2", "2"])
            #expect(try await db.notes() == ["a", "b", "c"])
        }
    }

    @Test("knows by PostgreSQL's statistics about how many rows a question finds", arguments: Engine.all)
    func expecting(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            let expected = try await db.write(.test) { tx in
                for number in 0..<400 {
                    let body = number % 4 == 0 ? "a" : "b"
                    try tx.post("INSERT INTO note (id, body) VALUES (\(String(number)), \(body))")
                }
                if engine == .postgres { try tx.run("ANALYZE note") }
                let both = ["a", "b"].map { "SELECT id FROM note WHERE body = \($0)" as SQL }
                return (try tx.expectedRows(both), try tx.expectedRows([both[1]]))
            }
            #expect(expected.0 == (engine == .postgres ? [100, 300] : nil))
            #expect(expected.1 == (engine == .postgres ? [300] : nil))
        }
    }

    @Test("ends with the error of a posted statement, whatever comes after it", arguments: Engine.all)
    func postedFailure(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            try await db.addNote("a")
            let again: SQL = "INSERT INTO note (id, body) VALUES (\("a"), \(""))"
            let blocks: [@Sendable (Transaction) throws -> Void] = [
                { try $0.post(again) },
                { try $0.post(again); try $0.post("UPDATE note SET body = \("x")") },
                { try $0.post(again); _ = try $0.all("SELECT id FROM note") { _ in } },
                { _ = try? $0.post(again); _ = try? $0.run("UPDATE note SET body = \("x")") },
            ]
            for block in blocks {
                await #expect(throws: DatabaseError.unique(constraint: "note(id)")) {
                    try await db.write(.test) { tx in
                        try tx.run("INSERT INTO note (id, body) VALUES (\("b"), \(""))")
                        try block(tx)
                    }
                }
            }
            await #expect(throws: Refused(why: "taken")) {
                try await db.write(.test) { tx in
                    try tx.post("INSERT INTO note (id, body) VALUES (\("b"), \(""))")
                    throw Refused(why: "taken")
                }
            }
            #expect(try await db.notes() == ["a"])
        }
    }

    @Test("tells whoever listens of each statement with its values", arguments: Engine.all)
    func heard(on engine: Engine) async throws {
        try await withDatabaseURL(engine, .bare) { url in
            let heard = Mutex([String]())
            var options = DatabaseOptions()
            options.isTest = true
            options.hear = { text, values in heard.withLock { $0.append("\(text) \(values)") } }
            let db = try await Database.open(url, options)
            let silent = heard.withLock { $0.count }
            try await db.makeNotes()
            try await db.write(.test) { tx in try tx.post("DELETE FROM note WHERE id = \("a") AND body = \("b")") }
            _ = try await db.notes()
            await db.close()
            let places = engine == .sqlite ? ("?", "?") : ("$1", "$2")
            #expect(heard.withLock { $0.dropFirst(silent + 1) } == [
                "DELETE FROM note WHERE id = \(places.0) AND body = \(places.1) \([Value.text("a"), .text("b")])",
                "SELECT id FROM note ORDER BY id []",
            ])
        }
    }

    @Test("cannot be ended from inside", arguments: Engine.all)
    func control(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            let verbs: [SQL] = ["COMMIT", " rollback", "END", "SAVEPOINT x", "RELEASE x", "commit;"]
            for verb in verbs {
                await #expect(throws: DatabaseError.self) {
                    try await db.writeUnscoped { tx in
                        try tx.run("INSERT INTO note VALUES ('a', '')")
                        try tx.run(verb)
                    }
                }
            }
            #expect(try await db.notes().isEmpty)
        }
    }

    @Test("of a read refuses to write", arguments: Engine.all)
    func readOnly(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            await #expect(throws: DatabaseError.readOnly) {
                try await db.read(.test) { tx in try tx.run("INSERT INTO note VALUES ('a', '')") }
            }
            #expect(try await db.notes().isEmpty)
        }
    }

    @Test("of a read sees one moment, whatever is committed meanwhile", arguments: Engine.all)
    func snapshot(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            let started = Gate(), written = Gate()
            async let counts = db.read(.test) { tx in
                let question: SQL = "SELECT count(*) AS n FROM note"
                let before = try tx.one(question) { try $0["n"] as Int }
                started.open()
                written.wait()
                return [before, try tx.one(question) { try $0["n"] as Int }]
            }
            await started.opened()
            try await db.addNote("a")
            written.open()
            #expect(try await counts == [0, 0])
        }
    }

    @Test("names rules that were broken the same way on both engines", arguments: Engine.all)
    func constraints(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            _ = try await db.writeUnscoped { tx in
                try tx.run(
                    """
                    CREATE TABLE pair (a TEXT NOT NULL, b \(.int) NOT NULL CHECK (b > 0),
                        c TEXT REFERENCES pair (a), d TEXT, PRIMARY KEY (a), UNIQUE (b, c))\(.strict)
                    """)
                try tx.run("CREATE UNIQUE INDEX pair_lower ON pair (lower(d))")
                try tx.run("INSERT INTO pair VALUES ('x', 1, 'x', 'd')")
            }
            func error(of sql: SQL) async -> DatabaseError? {
                await #expect(throws: DatabaseError.self) { try await db.writeUnscoped { tx in try tx.run(sql) } }
            }
            #expect(await error(of: "INSERT INTO pair VALUES ('x', 2, NULL, NULL)") == .unique(constraint: "pair(a)"))
            #expect(await error(of: "INSERT INTO pair VALUES ('y', 1, 'x', NULL)") == .unique(constraint: "pair(b, c)"))
            #expect(await error(of: "INSERT INTO pair VALUES ('y', 2, NULL, 'D')") == .unique(constraint: "pair_lower"))
            #expect(await error(of: "INSERT INTO pair VALUES ('y', 2, 'z', NULL)") == .foreignKey)
            let negative = await error(of: "INSERT INTO pair VALUES ('y', -1, NULL, NULL)")
            let missing = await error(of: "INSERT INTO pair VALUES ('y', NULL, NULL, NULL)")
            for error in [negative, missing] {
                guard case .check = error else {
                    Issue.record("not a check: \(String(describing: error))")
                    return
                }
            }
            guard case .sql = await error(of: "SELEKT") else {
                Issue.record("a typo is a .sql error")
                return
            }
        }
    }

    @Test("answers how many rows a statement changed", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            let counts = try await db.writeUnscoped { tx in
                [
                    try tx.run("INSERT INTO note VALUES ('a', ''), ('b', '')"),
                    try tx.run("INSERT INTO note VALUES ('a', '') ON CONFLICT DO NOTHING"),
                    try tx.run("UPDATE note SET body = 'x' WHERE id = 'a'"),
                    try tx.run("UPDATE note SET body = 'x' WHERE id = 'z'"),
                    try tx.run("DELETE FROM note"),
                    try tx.run("CREATE TABLE other (id TEXT)"),
                ]
            }
            #expect(counts == [2, 0, 1, 0, 2, 0])
            let returned = try await db.writeUnscoped { tx in
                try tx.all("INSERT INTO note VALUES ('c', 'd') RETURNING body") { try $0["body"] as String }
            }
            #expect(returned == ["d"])
        }
    }

    @Test("asked for one row says when there are two", arguments: Engine.all)
    func one(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            _ = await #expect(throws: DatabaseError.self) {
                try await db.lookUp { tx in try tx.one("SELECT 1 AS n UNION ALL SELECT 2") { try $0["n"] as Int } }
            }
        }
    }
}
