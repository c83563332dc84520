/// Migrations: from empty, twice, by several processes, and never backwards.
import Fakes
import Testing

@testable import Database

@Suite("Migrating")
struct MigratingTests {
    @Test("an empty database takes every step, and a second time none", arguments: Engine.all)
    func twice(on engine: Engine) async throws {
        try await withDatabaseURL(engine, .bare) { url in
            let db = try await Database.open(url, .test)
            let all = Migration.all.map(\.number)
            #expect(try await db.pendingMigrations() == all)
            #expect(try await db.migrate() == all)
            #expect(try await db.migrate() == [])
            #expect(try await db.pendingMigrations() == [])
            await db.close()
        }
    }

    @Test("is done once when several processes begin together", arguments: Engine.all)
    func together(on engine: Engine) async throws {
        try await withDatabaseURL(engine, .bare) { url in
            let ran = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let db = try await Database.open(url, .test)
                        let ran = try await db.migrate()
                        await db.close()
                        return ran
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ran.sorted() == Migration.all.map(\.number))
        }
    }

    @Test("keeps nothing of a step that fails", arguments: Engine.all)
    func failing(on engine: Engine) async throws {
        let broken = Migration(
            number: 1, name: "broken", statements: ["CREATE TABLE half (id TEXT)", "CREATE TABLE half (id TEXT)"])
        try await withDatabaseURL(engine, .bare) { url in
            let db = try await Database.open(url, .test)
            await #expect(throws: DatabaseError.self) { try await db.migrate([broken]) }
            #expect(try await db.pendingMigrations([broken]) == [1])
            #expect(try await db.migrate() == Migration.all.map(\.number))
            await db.close()
        }
    }

    @Test("refuses a database that is newer than the program", arguments: Engine.all)
    func newer(on engine: Engine) async throws {
        try await withOwnDatabase(engine) { db in
            let future = Migration(number: 9_999, name: "future", statements: [])
            try await db.migrate(Migration.all + [future])
            await #expect(throws: DatabaseError.self) { try await db.migrate() }
            await #expect(throws: DatabaseError.self) { try await db.pendingMigrations() }
        }
    }

    @Test("steps are numbered from 1 without gaps")
    func numbers() {
        #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
    }

    @Test("a ledger without its rule against overlaps is not opened", arguments: Engine.all)
    func unguarded(on engine: Engine) async throws {
        try await withDatabaseURL(engine, .fresh) { url in
            let db = try await Database.open(url, .test)
            try await db.dropLedgerRule()
            await db.close()
            await #expect(throws: DatabaseError.self) { try await Database.open(url, .test) }
        }
    }
}

extension DatabaseOptions {
    static let test: DatabaseOptions = {
        var options = DatabaseOptions()
        options.isTest = true
        return options
    }()
}

extension Database {
    /// The negative control: what the ledger is without its last defence.
    func dropLedgerRule() async throws {
        _ = try await writeUnscoped { tx in
            switch tx.engine {
            case .postgres:
                try tx.run("ALTER TABLE ledger DROP CONSTRAINT ledger_no_overlap")
            case .sqlite:
                try tx.run("DROP TRIGGER ledger_no_overlap_insert")
                try tx.run("DROP TRIGGER ledger_no_overlap_update")
            }
        }
    }
}
