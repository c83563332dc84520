/// Notes of hosts on a booking, and every SQL statement on them.
import Database
import Scheduling

/// What one host writes for the others; never shown to attendees.
package struct BookingNote: Identified, Hashable, Sendable {
    package static let idPrefix = "note"
    package static let longest = 5000
    /// How many notes a booking can hold.
    package static let most = 200

    package var id: ID<BookingNote>
    package var author: ID<User>
    package var authorName: String
    package var text: String
    package var at: Instant
}

package enum BookingNoteStore {
    /// False when the booking holds as many as it can.
    package static func add(
        _ text: String, to booking: ID<Booking>, by author: ID<User>, id: ID<BookingNote>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Bool {
        let held: Int = try tx.one("""
            SELECT count(*) AS n FROM booking_note WHERE workspace = \(scope.workspace) AND booking = \(booking)
            """) { row in try row["n"] } ?? 0
        guard held < BookingNote.most else { return false }
        try tx.run("""
            INSERT INTO booking_note (id, workspace, booking, account, text, at)
            VALUES (\(id), \(scope.workspace), \(booking), \(author), \(text), \(now))
            """)
        return true
    }

    /// Oldest first.
    package static func all(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> [BookingNote] {
        try tx.all("""
            SELECT n.id, n.account, a.name, n.text, n.at FROM booking_note n JOIN account a ON a.id = n.account
            WHERE n.workspace = \(scope.workspace) AND n.booking = \(booking) ORDER BY n.id
            """) { row in
            BookingNote(
                id: try row["id"], author: try row["account"], authorName: try row["name"], text: try row["text"],
                at: try row["at"])
        }
    }

    /// Only what one has written oneself; false when there is no such note.
    package static func delete(
        _ id: ID<BookingNote>, of booking: ID<Booking>, by author: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            DELETE FROM booking_note WHERE workspace = \(scope.workspace) AND booking = \(booking) AND id = \(id)
                AND account = \(author)
            """) == 1
    }
}
