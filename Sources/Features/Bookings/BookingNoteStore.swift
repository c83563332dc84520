/// Notes of hosts on a booking, and every SQL statement on them.
import Database
import Scheduling
import Web

/// What one host writes for the others; never shown to attendees.
package struct BookingNote: Identified, Hashable, Sendable {
    package static let idPrefix = "note"
    package static let longest = 5000
    /// How many notes a booking can hold.
    package static let most = 200

    package var id: ID<BookingNote>
    package var author: ID<User>
    package var authorName: String
    /// In whose place it was written, by their assistant; the note is theirs as well.
    package var behalf: ID<User>?
    package var behalfName: String?
    package var text: String
    package var at: Instant

    /// Who wrote it, as the booking's page says.
    var writer: String { behalfName.map { plain("\(authorName) for \($0)") } ?? authorName }

    /// Whether somebody may delete it.
    func isOf(_ user: ID<User>) -> Bool { author == user || behalf == user }
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
            INSERT INTO booking_note (id, workspace, booking, account, behalf, text, at)
            VALUES (\(id), \(scope.workspace), \(booking), \(author), \(scope.behalf), \(text), \(now))
            """)
        return true
    }

    /// Oldest first.
    package static func all(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> [BookingNote] {
        try tx.all("""
            SELECT n.id, n.account, a.name, n.behalf, b.name AS behalf_name, n.text, n.at
            FROM booking_note n JOIN account a ON a.id = n.account LEFT JOIN account b ON b.id = n.behalf
            WHERE n.workspace = \(scope.workspace) AND n.booking = \(booking) ORDER BY n.id
            """) { row in
            BookingNote(
                id: try row["id"], author: try row["account"], authorName: try row["name"],
                behalf: try row["behalf"], behalfName: try row["behalf_name"], text: try row["text"],
                at: try row["at"])
        }
    }

    /// Only what one has written oneself, or an assistant in one's place; false when there is no such note.
    package static func delete(
        _ id: ID<BookingNote>, of booking: ID<Booking>, by user: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            DELETE FROM booking_note WHERE workspace = \(scope.workspace) AND booking = \(booking) AND id = \(id)
                AND (account = \(user) OR behalf = \(user))
            """) == 1
    }
}
