/// Every SQL statement on corrected addresses: the address before, so that it can be told that nothing is on.
import Database
import Scheduling

enum CorrectionStore {
    /// Writes the new address into the booking and keeps the one before beside the version that ended it.
    static func correct(
        _ before: Booking, to next: Booking, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE booking SET attendee_email = \(next.attendee.email)
            WHERE workspace = \(scope.workspace) AND id = \(next.id) AND version = \(next.state.version)
            """)
        try tx.run("""
            INSERT INTO booking_correction (workspace, booking, version, former_email, at)
            VALUES (\(scope.workspace), \(next.id), \(next.state.version), \(before.attendee.email), \(now))
            """)
    }

    static func count(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS corrections FROM booking_correction
            WHERE workspace = \(scope.workspace) AND booking = \(booking)
            """) { try $0["corrections"] } ?? 0
    }

    /// The address that was replaced by that version of the booking.
    static func former(of booking: ID<Booking>, version: Int, scope: Scope, in tx: Transaction) throws -> String? {
        try tx.one("""
            SELECT former_email FROM booking_correction
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND version = \(version)
            """) { try $0["former_email"] }
    }
}
