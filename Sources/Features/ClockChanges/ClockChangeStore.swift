/// Every SQL statement on bookings whose clock has changed.
import Database
import Scheduling

/// A booking ahead, as far as its clock goes.
struct Anchor: Sendable {
    var workspace: ID<Workspace>
    var change: ClockChange
}

enum ClockChangeStore {
    private static let versionFact = "zone_version"
    /// Bookings that still take place.
    private static let standing: SQL = "('confirmed', 'pending_approval', 'pending_payment')"

    /// The version of the zone data that all bookings were compared with; nil before the first time.
    static func comparedVersion(in tx: Transaction) throws -> String? {
        try tx.one("SELECT value FROM installation WHERE name = \(versionFact)") { try $0["value"] }
    }

    static func setComparedVersion(_ version: String, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO installation (name, value) VALUES (\(versionFact), \(version))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """)
    }

    /// The next bookings ahead whose zone is known, by id; across workspaces, for the clock is everybody's.
    /// - Returns: the anchors, and the last id that was looked at; nil when there are no more.
    static func ahead(
        after last: ID<Booking>?, now: Instant, zones: Zones, limit: Int, in tx: Transaction
    ) throws -> (anchors: [Anchor], last: ID<Booking>?) {
        let rest: SQL = last.map { "AND id > \($0)" } ?? ""
        var seen: ID<Booking>?
        // Across workspaces: the clock is everybody's.
        let anchors = try tx.all("""
            SELECT workspace, id, starts, anchor_zone, anchor_local FROM booking
            WHERE starts > \(now) AND status IN \(standing) \(rest)
            ORDER BY id LIMIT \(limit)
            """) { row -> Anchor? in
            seen = try row["id"]
            return try change(row, zones).map { Anchor(workspace: try row["workspace"], change: $0) }
        }
        return (anchors.compactMap { $0 }, seen)
    }

    static func note(_ anchors: [Anchor], now: Instant, in tx: Transaction) throws {
        for anchor in anchors {
            try tx.run("""
                INSERT INTO clock_change (workspace, booking, noted_at)
                VALUES (\(anchor.workspace), \(anchor.change.booking), \(now)) ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Forgets those that have begun.
    static func prune(now: Instant, in tx: Transaction) throws {
        // Across workspaces: what is over concerns nobody.
        try tx.run("""
            DELETE FROM clock_change WHERE EXISTS (SELECT 1 FROM booking b
                WHERE b.workspace = clock_change.workspace AND b.id = clock_change.booking AND b.starts <= \(now))
            """)
    }

    /// The changes somebody has still to decide about, soonest first.
    /// - Parameter people: bookings of these hosts alone; nil for everybody's.
    static func open(
        of people: Set<ID<User>>?, now: Instant, zones: Zones, limit: Int, scope: Scope, in tx: Transaction
    ) throws -> [ClockChange] {
        let own: SQL = people.map { people in
            """
            AND EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = c.workspace AND h.booking = c.booking
                AND h.account IN \(list: people.sorted { $0.text < $1.text }))
            """
        } ?? ""
        // CROSS is SQLite's way to begin with the few changes: else it walks the bookings for their order.
        return try tx.all("""
            SELECT b.id, b.starts, b.anchor_zone, b.anchor_local FROM clock_change c CROSS JOIN booking b
            WHERE c.workspace = \(scope.workspace) AND b.workspace = c.workspace AND b.id = c.booking
                AND b.starts > \(now) AND b.status IN \(standing) \(own)
            ORDER BY b.starts, b.id LIMIT \(limit)
            """) { row in try change(row, zones) }
            .compactMap { $0 }.filter(\.isChanged)
    }

    /// The instant is what was meant: from now on the booking is agreed for what its clock shows.
    static func keep(_ change: ClockChange, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE booking SET anchor_local = \(change.shown)
            WHERE workspace = \(scope.workspace) AND id = \(change.booking) AND starts = \(change.starts)
            """)
        try tx.run("""
            DELETE FROM clock_change WHERE workspace = \(scope.workspace) AND booking = \(change.booking)
            """)
    }

    private static func change(_ row: Row, _ zones: Zones) throws -> ClockChange? {
        guard let zone = zones.zone(try row["anchor_zone"]) else { return nil }
        return ClockChange(
            booking: try row["id"], starts: try row["starts"], zone: zone, agreed: try row["anchor_local"])
    }
}
