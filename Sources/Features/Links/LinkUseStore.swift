/// Every SQL statement that asks what bookings a link has; what a booking is, the bookings say.
import Database
import Scheduling

package enum LinkUseStore {
    /// The bookings that use a link up: all but those that came to nothing.
    package static func uses(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM booking WHERE workspace = \(scope.workspace) AND link = \(link)
                AND status NOT IN ('cancelled', 'declined', 'expired')
            """) { try $0["n"] } ?? 0
    }

    /// The uses of every link of the workspace that may be used up.
    package static func uses(scope: Scope, in tx: Transaction) throws -> [ID<Link>: Int] {
        let rows: [(ID<Link>, Int)] = try tx.all("""
            SELECT l.id, count(b.id) AS n FROM link l
            LEFT JOIN booking b ON b.workspace = l.workspace AND b.link = l.id
                AND b.status NOT IN ('cancelled', 'declined', 'expired')
            WHERE l.workspace = \(scope.workspace) AND l.most_uses IS NOT NULL GROUP BY l.id
            """) { (try $0["id"], try $0["n"]) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many meetings of the link are still to come.
    package static func upcoming(of link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM booking WHERE workspace = \(scope.workspace) AND link = \(link)
                AND status IN ('confirmed', 'pending_approval', 'pending_payment') AND starts > \(now)
            """) { try $0["n"] } ?? 0
    }

    /// What upcoming bookings say of the link they were made on: its rules at that time, as JSON.
    package static func snapshots(
        of link: ID<Link>, now: Instant, limit: Int = 1000, scope: Scope, in tx: Transaction
    ) throws -> [(booking: ID<Booking>, rules: String)] {
        try tx.all("""
            SELECT id, rules FROM booking WHERE workspace = \(scope.workspace) AND link = \(link)
                AND status = 'confirmed' AND starts > \(now) ORDER BY starts, id LIMIT \(limit)
            """) { (try $0["id"], try $0["rules"]) }
    }

    /// The same of one booking; nil when there is none.
    package static func snapshot(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> String? {
        try tx.one("SELECT rules FROM booking WHERE workspace = \(scope.workspace) AND id = \(booking)") {
            try $0["rules"]
        }
    }

    /// The link has another number of places: what is still to come takes it over, but nobody loses theirs,
    /// and none is larger than its room.
    package static func resize(
        _ link: ID<Link>, to capacity: Int, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE seat_session
            SET capacity = CASE WHEN seats_taken > \(capacity) THEN seats_taken ELSE \(capacity) END
            WHERE workspace = \(scope.workspace) AND link = \(link) AND closed_at IS NULL AND starts > \(now)
                AND NOT EXISTS (SELECT 1 FROM ledger l
                    JOIN resource r ON r.workspace = l.workspace AND r.id = l.subject
                    WHERE l.workspace = seat_session.workspace AND l.kind = 'session' AND l.ref = seat_session.id
                        AND r.seats < \(capacity))
            """)
    }
}
