/// Servers we refuse: those that could lose an acknowledged commit.
import Fakes
import Logging
import Testing

@testable import Database

@Suite("What a PostgreSQL server says about itself")
struct PostgresFactsTests {
    private let good = [
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "server_encoding": "UTF8",
        "server_version_num": "150020",
    ]

    private func check(_ changes: [String: String], isTest: Bool = false) throws {
        try PostgresFacts(settings: good.merging(changes) { $1 }, collation: "C")
            .check(isTest: isTest, logger: Logger(label: "test"))
    }

    @Test("makes us refuse it when commits are not durable, old versions and other encodings")
    func refusals() throws {
        try check([:])
        try check(["synchronous_commit": "remote_apply"])
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            #expect(throws: DatabaseError.self) { try check([name: "off"]) }
        }
        #expect(throws: DatabaseError.self) { try check(["server_encoding": "SQL_ASCII"]) }
        #expect(throws: DatabaseError.self) { try check(["server_version_num": "140009"]) }
    }

    @Test("lets only tests do without fsync, and not without the rest")
    func tests() throws {
        try check(["fsync": "off"], isTest: true)
        #expect(throws: DatabaseError.self) { try check(["synchronous_commit": "off"], isTest: true) }
        #expect(throws: DatabaseError.self) { try check(["full_page_writes": "off"], isTest: true) }
    }

    @Test("is asked at opening", .enabled(if: Engine.all.contains(.postgres)))
    func opening() async throws {
        try await withDatabaseURL(.postgres, .fresh) { url in
            let db = try await Database.open(url, .test)
            _ = try await db.writeUnscoped { tx in
                try tx.run(
                    """
                    DO 'BEGIN
                        EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = off'', current_database());
                    END'
                    """)
            }
            await db.close()
            await #expect(throws: DatabaseError.self) { try await Database.open(url, .test) }
        }
    }
}
