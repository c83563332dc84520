/// Every SQL statement on the words that bookings are found by.
import Database
import Scheduling

/// A part of a search: a stretch of words, of which the booking must have one.
package struct SearchTerm: Hashable, Sendable {
    package let from: String
    package let below: String

    /// Words that begin so.
    package init(prefix: String) {
        from = prefix
        below = prefix + "\u{10ffff}"
    }

    /// One exact term, such as the source a booking came by.
    package init(source: BookingSource) {
        from = "=source:\(source.rawValue)"
        below = from + "\u{0001}"
    }
}

package enum BookingSearchStore {
    /// More hits than this are not collected: the list is walked in its own order, and soon finds enough of them.
    package static let rare = 1000

    /// Writes what the booking is found by; replaces what was there.
    package static func index(_ booking: Booking, title: String, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            DELETE FROM booking_word WHERE workspace = \(scope.workspace) AND booking = \(booking.id)
            """)
        let rows = booking.searchWords(title: title).sorted().map { word in
            "(\(scope.workspace), \(booking.id), \(word))" as SQL
        }
        guard !rows.isEmpty else { return }
        try tx.run("INSERT INTO booking_word (workspace, booking, word) VALUES \(rows.joined())")
    }

    /// The bookings of the rarest term, when it is rare; nil when every term is in many bookings.
    package static func candidates(
        _ terms: [SearchTerm], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>]? {
        var fewest: [ID<Booking>]?
        for term in terms {
            // Not DISTINCT: for that SQLite reads all words in the order of bookings.
            let found: [ID<Booking>] = try tx.all("""
                SELECT booking FROM booking_word
                WHERE workspace = \(scope.workspace) AND word >= \(term.from) AND word < \(term.below)
                LIMIT \(rare + 1)
                """) { row in try row["booking"] }
            if found.count <= rare, found.count < fewest?.count ?? .max { fewest = Array(Set(found)) }
            if found.isEmpty { return [] }
        }
        return fewest
    }

    /// A condition on the booking `b` for each term.
    package static func conditions(_ terms: [SearchTerm]) -> SQL {
        terms.map { term in
            """
             AND EXISTS (SELECT 1 FROM booking_word w WHERE w.workspace = b.workspace AND w.booking = b.id
                AND w.word >= \(term.from) AND w.word < \(term.below))
            """ as SQL
        }.joined(by: "")
    }

    /// Bookings that are found by nothing yet: those made before there was a search.
    package static func unindexed(_ limit: Int, scope: Scope, in tx: Transaction) throws -> [ID<Booking>] {
        try tx.all("""
            SELECT b.id FROM booking b WHERE b.workspace = \(scope.workspace)
                AND NOT EXISTS (SELECT 1 FROM booking_word w WHERE w.workspace = b.workspace AND w.booking = b.id)
            ORDER BY b.id LIMIT \(limit)
            """) { row in try row["id"] }
    }
}

/// Makes older bookings findable, some at a time; done when the program starts.
package struct IndexBookings: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Returns: how many bookings can be found now that could not be found before.
    @discardableResult
    package func callAsFunction(scope: Scope, atOnce: Int = 200) async throws -> Int {
        var total = 0
        while true {
            let done = try await installation.database.write(scope) { tx in
                let bookings = try BookingStore.all(
                    try BookingSearchStore.unindexed(atOnce, scope: scope, in: tx), scope: scope, in: tx)
                for booking in bookings {
                    let title = try LinkStore.find(booking.link, scope: scope, in: tx)?.rules.title ?? ""
                    try BookingSearchStore.index(booking, title: title, scope: scope, in: tx)
                }
                return bookings.count
            }
            total += done
            if done < atOnce { return total }
        }
    }
}
