/// Every SQL statement on the resources bookings have.
import Database
import Scheduling

enum BookingResourceStore {
    static func insert(_ booking: Booking, scope: Scope, in tx: Transaction) throws {
        for (position, resource) in booking.resources.enumerated() {
            try tx.run("""
                INSERT INTO booking_resource (workspace, booking, resource, position)
                VALUES (\(scope.workspace), \(booking.id), \(resource.id), \(position))
                """)
        }
    }

    static func replace(_ booking: Booking, over before: Booking, scope: Scope, in tx: Transaction) throws {
        guard booking.resources.map(\.id) != before.resources.map(\.id) else { return }
        try tx.run("DELETE FROM booking_resource WHERE workspace = \(scope.workspace) AND booking = \(booking.id)")
        try insert(booking, scope: scope, in: tx)
    }

    /// The resources whose time is that of a session, or of a booking once a wish to move it has come to nothing.
    static func left(to claim: String, scope: Scope, in tx: Transaction) throws -> [BookableResource] {
        let ids = try tx.subjects(ofClaims: [claim]).compactMap { ID<BookableResource>($0) }
        let resources = try ResourceStore.find(Set(ids), scope: scope, in: tx)
        return ids.sorted { $0.text < $1.text }.compactMap { resources[$0] }
    }

    /// What a booking has at the time that is confirmed, while another one is asked for.
    /// - Returns: nil where no other time is asked for.
    static func kept(by booking: Booking, scope: Scope, in tx: Transaction) throws -> [BookableResource]? {
        guard booking.state.waiting?.kept != nil else { return nil }
        let subjects: [String] = try tx.all("""
            SELECT DISTINCT subject FROM ledger
            WHERE workspace = \(scope.workspace) AND kind = 'booking' AND ref = \(booking.id) ORDER BY subject
            """) { try $0["subject"] }
        let ids = subjects.compactMap { ID<BookableResource>($0) }
        let resources = try ResourceStore.find(Set(ids), scope: scope, in: tx)
        return ids.compactMap { resources[$0] }
    }

    /// Whether a booking `b` has any: most have none, and nothing more is asked about them.
    static let hasSome: SQL = """
        EXISTS (SELECT 1 FROM booking_resource p WHERE p.workspace = b.workspace AND p.booking = b.id)
        """

    /// What several bookings have, in its order.
    static func all(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: [BookableResource]] {
        guard !bookings.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT booking, resource FROM booking_resource
            WHERE workspace = \(scope.workspace) AND booking IN \(list: bookings) ORDER BY booking, position
            """) { row in (try row["booking"] as ID<Booking>, try row["resource"] as ID<BookableResource>) }
        let resources = try ResourceStore.find(Set(rows.map(\.1)), scope: scope, in: tx)
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.compactMap { resources[$0.1] } }
    }
}
