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

    /// The condition on the word `w`.
    fileprivate var matches: SQL { "w.word >= \(from) AND w.word < \(below)" }
}

/// How bookings with certain words are looked for: what is cheapest follows from how many have each word.
package enum SearchPlan: Hashable, Sendable {
    /// These are all that have every term; there may be none.
    case few([ID<Booking>])
    /// Walk the list in its own order. A term of some bookings is first made a set to look into; one of nearly all is
    /// looked up for each booking on the way, for the page is soon full.
    case many(sets: [SearchTerm], lookUps: [SearchTerm])
}

package enum BookingSearchStore {
    /// Up to this many bookings are fetched and looked at one by one.
    package static let few = 2_000
    /// Up to this many words, their bookings make a set: some 3 ms on either engine.
    package static let some = 12_000

    /// Writes what the booking is found by; replaces what was there, unless it is new and nothing was.
    package static func index(
        _ booking: Booking, isNew: Bool = false, title: String, scope: Scope, in tx: Transaction
    ) throws {
        if !isNew {
            try tx.post("""
                DELETE FROM booking_word WHERE workspace = \(scope.workspace) AND booking = \(booking.id)
                """)
        }
        var words = booking.searchWords(title: title).sorted()
        guard let last = words.last else { return }
        // In eights, for few texts: each is prepared once and kept.
        words += Array(repeating: last, count: (8 - words.count % 8) % 8)
        let rows = words.map { word in "(\(scope.workspace), \(booking.id), \(word))" as SQL }
        try tx.post("""
            INSERT INTO booking_word (workspace, booking, word) VALUES \(rows.joined()) ON CONFLICT DO NOTHING
            """)
    }

    /// - Parameters:
    ///   - few: how many words a term may have for its bookings to be looked at one by one.
    ///   - some: how many words may make a set.
    package static func plan(
        _ terms: [SearchTerm], few: Int = few, some: Int = some, scope: Scope, in tx: Transaction
    ) throws -> SearchPlan {
        guard !terms.isEmpty else { return .many(sets: [], lookUps: []) }
        let found = try frequencies(terms, few: few, some: some, scope, in: tx)
        let sets = found.filter { $0.count <= some }.map(\.term)
        // One rare term is looked at word by word; of two frequent ones the sets may have little in common.
        let isRare = found[0].count <= few
        if isRare || sets.count > 1 {
            let chosen = isRare ? [found[0].term] : sets
            let others = found.map(\.term).filter { !chosen.contains($0) }
            let ids = try bookings(chosen, others, atMost: few + 1, scope, in: tx)
            if ids.count <= few { return .few(ids) }
        }
        return .many(sets: sets, lookUps: found.filter { $0.count > some }.map(\.term))
    }

    /// The terms with how many words each has, the rarest first. Frequent ones are not counted where statistics know
    /// them well enough: counting two of them took a third of the search.
    private static func frequencies(
        _ terms: [SearchTerm], few: Int, some: Int, _ scope: Scope, in tx: Transaction
    ) throws -> [(term: SearchTerm, count: Int)] {
        let expected = try tx.expectedRows(terms.map { term in
            "SELECT 1 AS one FROM booking_word w WHERE w.workspace = \(scope.workspace) AND \(term.matches)"
        })
        var found = zip(terms, expected ?? []).filter { $1 > 2 * few }.map { (term: $0, count: $1) }
        let rest = terms.filter { term in !found.contains { $0.term == term } }
        let counted = rest.enumerated().map { number, term in
            """
            SELECT \(number) AS number, count(*) AS n FROM (SELECT 1 AS one FROM booking_word w
                WHERE w.workspace = \(scope.workspace) AND \(term.matches) LIMIT \(some + 1)) AS c
            """ as SQL
        }
        if !rest.isEmpty {
            found += try tx.all("\(counted.joined(by: " UNION ALL ")) ORDER BY n, number") { row in
                (term: rest[try row["number"] as Int], count: try row["n"] as Int)
            }
        }
        return found.sorted { $0.count < $1.count }
    }

    /// The bookings that all of `sets` have in common and that have the other terms as well.
    private static func bookings(
        _ sets: [SearchTerm], _ others: [SearchTerm], atMost most: Int, _ scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>] {
        let parts = sets.map { term in
            "SELECT w.booking FROM booking_word w WHERE w.workspace = \(scope.workspace) AND \(term.matches)" as SQL
        }
        // The LIMIT cuts nothing: it keeps SQLite from reading all words in the order of bookings for the DISTINCT.
        let common: SQL = parts.count > 1 ? parts.joined(by: " INTERSECT ") : "\(parts[0]) LIMIT 1000000000"
        return try tx.all("""
            SELECT DISTINCT f.booking FROM (\(common)) AS f WHERE 1 = 1
            \(others.map { has($0, "f.booking", scope) }.joined(by: "")) LIMIT \(most)
            """) { row in try row["booking"] }
    }

    /// What stands before the list's table `x`. SQLite takes CROSS as the order of its loops.
    package static func source(_ plan: SearchPlan, _ scope: Scope) -> SQL {
        guard case .few(let ids) = plan else { return "" }
        return "(SELECT value FROM \(table: ids)) AS f CROSS JOIN"
    }

    /// The conditions on a booking whose id is `id`; they begin with AND.
    package static func conditions(_ plan: SearchPlan, _ id: SQL, _ scope: Scope) -> SQL {
        switch plan {
        case .few: " AND \(id) = f.value"
        case .many(let sets, let lookUps):
            (sets.map { isAmong($0, id, scope) } + lookUps.map { has($0, id, scope) }).joined(by: "")
        }
    }

    /// With IS TRUE neither engine makes a join of it: the set is made once, and only if there is a row to look at.
    private static func isAmong(_ term: SearchTerm, _ id: SQL, _ scope: Scope) -> SQL {
        """
         AND (\(id) IN (SELECT w.booking FROM booking_word w
            WHERE w.workspace = \(scope.workspace) AND \(term.matches))) IS TRUE
        """
    }

    /// Not EXISTS: for that PostgreSQL may collect every booking with the word.
    private static func has(_ term: SearchTerm, _ id: SQL, _ scope: Scope) -> SQL {
        """
         AND (SELECT 1 FROM booking_word w
            WHERE w.workspace = \(scope.workspace) AND w.booking = \(id) AND \(term.matches) LIMIT 1) = 1
        """
    }

    /// Bookings after `last` that are not found by all they should be: those made before there was a search, or before
    /// it knew who had booked for somebody else.
    package static func unindexed(
        after last: ID<Booking>? = nil, _ limit: Int, scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>] {
        let rest: SQL = last.map { "AND b.id > \($0)" } ?? ""
        // As `SearchWords.term(ofAddress:)` of a plain address; of another one it is written once more for nothing.
        let word: SQL = "substr('=at:' || lower(b.booker_email), 1, CAST(\(SearchWords.longest) AS INTEGER))"
        return try tx.all("""
            SELECT b.id FROM booking b WHERE b.workspace = \(scope.workspace) \(rest)
                AND (NOT EXISTS (SELECT 1 FROM booking_word w WHERE w.workspace = b.workspace AND w.booking = b.id)
                    OR (b.booker_email IS NOT NULL AND NOT EXISTS (SELECT 1 FROM booking_word w
                        WHERE w.workspace = b.workspace AND w.booking = b.id AND w.word = \(word))))
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
        var (total, last): (Int, ID<Booking>?) = (0, nil)
        while true {
            let after = last
            let done = try await installation.database.write(scope) { tx in
                let ids = try BookingSearchStore.unindexed(after: after, atOnce, scope: scope, in: tx)
                let bookings = try BookingStore.all(ids, scope: scope, in: tx)
                for booking in bookings {
                    let title = try LinkStore.find(booking.link, scope: scope, in: tx)?.rules.title ?? ""
                    try BookingSearchStore.index(booking, title: title, scope: scope, in: tx)
                }
                return ids
            }
            (total, last) = (total + done.count, done.last)
            if done.count < atOnce { return total }
        }
    }
}
