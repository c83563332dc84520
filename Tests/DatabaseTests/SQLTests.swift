/// The SQL literal: how it renders for each engine, and that no value can become SQL.
import Fakes
import Scheduling
import Testing

@testable import Database

private struct Thing: Identified {
    static let idPrefix = "thg"
    let id: ID<Thing>
}

@Suite("The SQL literal")
struct SQLTests {
    private func text(_ sql: SQL, _ engine: Engine) throws -> String {
        try sql.rendered(for: engine).text
    }

    @Test("renders one placeholder for each value in order of appearance")
    func placeholders() throws {
        let sql: SQL = "SELECT \("b") || \("a") || \("b")"
        #expect(try text(sql, .sqlite) == "SELECT ? || ? || ?")
        #expect(try text(sql, .postgres) == "SELECT $1 || $2 || $3")
        #expect(try sql.rendered(for: .postgres).values == [.text("b"), .text("a"), .text("b")])
    }

    @Test("renumbers the values of a spliced piece")
    func splicing() throws {
        let inner: SQL = "x = \(2)"
        let outer: SQL = "a = \(1) AND \(inner) AND b = \(3)"
        #expect(try text(outer, .postgres) == "a = $1 AND x = $2 AND b = $3")
        #expect(try outer.rendered(for: .sqlite).values == [.integer(1), .integer(2), .integer(3)])
    }

    @Test("expands a list, and an empty one never matches")
    func lists() throws {
        #expect(try text("id IN \(list: ["a", "b"])", .postgres) == "id IN ($1, $2)")
        #expect(try text("id IN \(list: [String]())", .postgres) == "id IN (NULL)")
    }

    @Test("makes one text of a table of ids, whatever their number", arguments: Engine.all)
    func tables(on engine: Engine) async throws {
        let ids = (1...3_000).map { ID<Thing>(milliseconds: $0, random: Array(repeating: 7, count: 10)) }
        try await withDatabase(engine) { db in
            for length in [0, 1, 3_000] {
                let found = try await db.lookUp { tx in
                    try tx.all("SELECT value FROM \(table: Array(ids.prefix(length))) ORDER BY value") { row in
                        try row["value"] as ID<Thing>
                    }
                }
                #expect(found == Array(ids.prefix(length)))
            }
        }
        #expect(try text("\(table: ids)", .sqlite) == text("\(table: [ID<Thing>]())", .sqlite))
    }

    @Test("makes few texts of lists of any length, and repeats the last value for it")
    func roundLists() throws {
        let three: SQL = "id IN \(list: ["a", "b", "c"])"
        #expect(try text(three, .sqlite) == "id IN (?, ?, ?, ?)")
        #expect(try three.rendered(for: .sqlite).values == [.text("a"), .text("b"), .text("c"), .text("c")])
        let texts = try Set((1...5_000).map { try text("id IN \(list: Array(0..<$0))", .sqlite) })
        #expect(texts.count == 9 + 19)
        #expect(try ("\(list: Array(0..<300))" as SQL).rendered(for: .sqlite).values.count == 512)
    }

    @Test("spells the words of each engine")
    func words() throws {
        let sql: SQL = "(a \(.int), b \(.bytes), \(.bool("c")))\(.strict)"
        #expect(try text(sql, .sqlite) == "(a INTEGER, b BLOB, c INTEGER NOT NULL CHECK (c IN (0, 1))) STRICT")
        #expect(try text(sql, .postgres) == "(a BIGINT, b BYTEA, c BOOLEAN NOT NULL)")
        #expect(try text("\(.forUpdate)\(.skipLocked)", .sqlite) == "")
        #expect(
            try text("\(.forUpdate)\(.skipLocked)", .postgres)
                == " FOR NO KEY UPDATE FOR NO KEY UPDATE SKIP LOCKED")
        #expect(try text(.only(.sqlite, "a"), .postgres) == "")
        #expect(try text(.only(.sqlite, "a"), .sqlite) == "a")
    }

    @Test("joins rows, and takes optionals and enums")
    func joining() throws {
        let rows = [1, 2].map { "(\($0), \(nil as String?), \(BusyKind.timeOff))" as SQL }
        let rendered = try ("VALUES \(rows.joined())" as SQL).rendered(for: .postgres)
        #expect(rendered.text == "VALUES ($1, $2, $3), ($4, $5, $6)")
        #expect(rendered.values == [.integer(1), .null, .text("time_off"), .integer(2), .null, .text("time_off")])
    }

    @Test("refuses U+0000 in a text with an error", arguments: Engine.allCases)
    func refusesNUL(on engine: Engine) {
        #expect(throws: DatabaseError.self) { try ("x = \("a\u{0}b")" as SQL).rendered(for: engine) }
    }

    @Test("keeps values values, whatever they look like", arguments: Engine.all)
    func injections(on engine: Engine) async throws {
        let attacks = [
            "'; DROP TABLE note; --", "' OR '1'='1", "\\'; DELETE FROM note; --", "$1", "?", "\"", "%", "\u{301}'",
            "''", "a\\", "/* */", "';\n", "\u{FF07}; DROP TABLE note",
        ]
        try await withOwnDatabase(engine) { db in
            try await db.makeNotes()
            for attack in attacks {
                try await db.addNote(attack, body: attack)
                let found = try await db.lookUp { tx in
                    try tx.all("SELECT id, body FROM note WHERE body = \(attack)") { try $0["body"] as String }
                }
                #expect(found == [attack])
            }
            #expect(try await db.notes().count == attacks.count)
        }
    }
}
