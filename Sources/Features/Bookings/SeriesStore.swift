/// Every SQL statement on series and on which bookings they have.
import Database
import Scheduling

enum SeriesStore {
    static func insert(_ series: Series, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            INSERT INTO series (id, workspace, link, weeks, count, anchor_zone, anchor_local, version, created_at)
            VALUES (\(series.id), \(scope.workspace), \(series.link), \(series.weeks), \(series.count),
                \(series.anchorZone), \(series.anchorLocal), 1, \(series.createdAt))
            """)
    }

    static func add(
        _ booking: ID<Booking>, at place: Int, to series: ID<Series>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.post("""
            INSERT INTO series_booking (workspace, series, place, booking)
            VALUES (\(scope.workspace), \(series), \(place), \(booking))
            """)
    }

    /// Counts a change of several of its bookings; the new number tells its mails from those before.
    static func countUp(_ series: ID<Series>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            UPDATE series SET version = version + 1 WHERE workspace = \(scope.workspace) AND id = \(series)
            RETURNING version
            """) { try $0["version"] } ?? 1
    }

    static func find(_ id: ID<Series>, scope: Scope, in tx: Transaction) throws -> Series? {
        try tx.one("""
            SELECT id, link, weeks, count, anchor_zone, anchor_local, created_at FROM series
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { row in
            Series(
                id: try row["id"], link: try row["link"], weeks: try row["weeks"], count: try row["count"],
                anchorZone: try row["anchor_zone"], anchorLocal: try row["anchor_local"],
                createdAt: try row["created_at"])
        }
    }

    /// The bookings of a series in its order, cancelled ones too.
    static func bookings(of series: ID<Series>, scope: Scope, in tx: Transaction) throws -> [Booking] {
        let ids = try tx.all("""
            SELECT booking FROM series_booking
            WHERE workspace = \(scope.workspace) AND series = \(series) ORDER BY place
            """) { try $0["booking"] as ID<Booking> }
        return try BookingStore.all(ids, scope: scope, in: tx)
    }

    /// Whether a booking `b` is in one: most are not, and nothing more is asked about them.
    static let hasSome: SQL = """
        EXISTS (SELECT 1 FROM series_booking o WHERE o.workspace = b.workspace AND o.booking = b.id)
        """

    static func places(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: SeriesPlace] {
        guard !bookings.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT o.booking, o.series, o.place, s.count, s.weeks
            FROM series_booking o JOIN series s ON s.workspace = o.workspace AND s.id = o.series
            WHERE o.workspace = \(scope.workspace) AND o.booking IN \(list: bookings)
            """) { row in
            (try row["booking"] as ID<Booking>, SeriesPlace(
                series: try row["series"], index: try row["place"], count: try row["count"], weeks: try row["weeks"]))
        }
        return Dictionary(rows) { first, _ in first }
    }
}
