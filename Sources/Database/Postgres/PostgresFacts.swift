/// What a PostgreSQL server says about itself, and what makes us refuse it.
import Logging

/// Settings on which durability and order depend.
struct PostgresFacts: Sendable {
    let settings: [String: String]
    let collation: String
    /// Whether the role is above row-level policies: a superuser, or one with BYPASSRLS.
    let isAbovePolicies: Bool

    init(settings: [String: String], collation: String, isAbovePolicies: Bool = false) {
        self.settings = settings
        self.collation = collation
        self.isAbovePolicies = isAbovePolicies
    }

    init(_ transaction: Transaction) throws {
        let pairs = try transaction.all(
            """
            SELECT name, setting FROM pg_settings
            WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'server_version_num')
            """
        ) { row in (try row["name"] as String, try row["setting"] as String) }
        settings = Dictionary(pairs) { first, _ in first }
        collation = try transaction.one(
            "SELECT datcollate AS collation FROM pg_database WHERE datname = current_database()"
        ) { try $0["collation"] } ?? ""
        isAbovePolicies = try transaction.isAbovePolicies()
    }

    /// - Throws: ``DatabaseError/unavailable(_:)`` if an acknowledged commit could be lost, which `off` in any of
    ///   three settings means. Tests may do without `fsync`, with a warning.
    func check(isTest: Bool, logger: Logger) throws(DatabaseError) {
        for name in ["fsync", "synchronous_commit", "full_page_writes"] where settings[name] == "off" {
            guard isTest, name == "fsync" else {
                throw DatabaseError.unavailable("\(name) is off: a crash could lose bookings that were confirmed")
            }
            logger.warning("fsync is off; only a test may run like this")
        }
        guard settings["server_encoding"] == "UTF8" else {
            throw DatabaseError.unavailable("the database is not in UTF8; create it with ENCODING 'UTF8'")
        }
        guard Int(settings["server_version_num"] ?? "") ?? 0 >= 150_000 else {
            throw DatabaseError.unavailable("PostgreSQL 15 or newer is needed")
        }
        if !["C", "POSIX"].contains(collation) {
            logger.warning("text sorts by \(collation), not by bytes as on SQLite; create it with LC_COLLATE C")
        }
        if isAbovePolicies { logger.warning("\(TenancyWall.roleIsAbove)") }
    }
}
