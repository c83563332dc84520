/// The statements behind every list of bookings: which ones, in which order, and how many.
import Database
import Scheduling

/// Which bookings a list shows.
package struct BookingFilter: Sendable {
    package var host: ID<User>?
    /// Bookings with one of these people as a host; nil = whoever it is.
    package var readable: Set<ID<User>>?
    package var link: ID<Link>?
    package var statuses: [BookingStatus]?
    /// Bookings that end after this instant.
    package var from: Instant?
    /// Bookings that start before this instant.
    package var to: Instant?
    /// Bookings that have ended by then.
    package var endedBy: Instant?
    /// What the booking must be found by.
    package var terms: [SearchTerm] = []
    package var newestFirst = false
    package var limit = 50
    /// The last booking of the page before.
    package var after: (starts: Instant, id: ID<Booking>)?

    package init() {}

    /// The longest booking: it has started no earlier than this before it ends.
    fileprivate static let longest: Int64 = LedgerRow.longestClaim
}

/// A booking as a calendar shows it.
package struct BookedTime: Hashable, Sendable {
    package var id: ID<Booking>
    package var status: BookingStatus
    package var starts: Instant
    package var ends: Instant
    package var attendee: String
    /// The link's.
    package var title: String
}

package enum BookingListStore {
    /// A page of the list. Each state is read along its own index and no further than the page; then they are merged.
    /// So a page of 100,000 bookings costs what a page of 100 costs.
    package static func list(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> [Booking] {
        try BookingStore.all(try ids(filter, scope: scope, in: tx), scope: scope, in: tx)
    }

    /// The same for calendars: only what a calendar shows, in one statement more.
    package static func times(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> [BookedTime] {
        let ids = try ids(filter, scope: scope, in: tx)
        guard !ids.isEmpty else { return [] }
        return try tx.all("""
            SELECT b.id, b.status, b.starts, b.ends, b.attendee_name, l.title
            FROM booking b JOIN link l ON l.workspace = b.workspace AND l.id = b.link
            WHERE b.workspace = \(scope.workspace) AND b.id IN \(list: ids)
            """) { row in
            BookedTime(
                id: try row["id"], status: try row["status"], starts: try row["starts"], ends: try row["ends"],
                attendee: try row["attendee_name"], title: try row["title"])
        }
    }

    /// How many there are, counted no further than `most`.
    package static func count(
        _ filter: BookingFilter, atMost most: Int, scope: Scope, in tx: Transaction
    ) throws -> Int {
        var filter = filter
        filter.limit = most
        guard let select = try union(filter, ordered: false, scope: scope, in: tx) else { return 0 }
        return try tx.one("SELECT count(*) AS n FROM (SELECT id FROM (\(select)) AS u LIMIT \(most)) AS c") { row in
            try row["n"]
        } ?? 0
    }

    private static func ids(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> [ID<Booking>] {
        guard let select = try union(filter, ordered: true, scope: scope, in: tx) else { return [] }
        let order: SQL = filter.newestFirst ? "starts DESC, id DESC" : "starts, id"
        return try tx.all("SELECT id FROM (\(select)) AS u ORDER BY \(order) LIMIT \(filter.limit)") { row in
            try row["id"]
        }
    }

    /// Nil when nothing can match.
    private static func union(
        _ filter: BookingFilter, ordered: Bool, scope: Scope, in tx: Transaction
    ) throws -> SQL? {
        let statuses = filter.statuses ?? BookingStatus.allCases
        guard !statuses.isEmpty else { return nil }
        var filter = filter
        // Who reads one person's bookings reads along that person's index.
        if let readable = filter.readable, readable.count == 1 || filter.host != nil {
            guard filter.host.map(readable.contains) ?? true else { return nil }
            filter.host = filter.host ?? readable.first
            filter.readable = nil
        }
        var candidates: [ID<Booking>]?
        if !filter.terms.isEmpty {
            candidates = try BookingSearchStore.candidates(filter.terms, scope: scope, in: tx)
            if candidates?.isEmpty == true { return nil }
        }
        if let candidates {
            let found: SQL = "AND b.id IN \(list: candidates) AND \(byID)b.status IN \(list: statuses)"
            return one(filter, found, ordered, scope, isFound: true)
        }
        return Set(statuses).map(\.rawValue).sorted().compactMap(BookingStatus.init(rawValue:)).map { status in
            "SELECT id, starts FROM (\(one(filter, driver(filter, status), ordered, scope))) AS s" as SQL
        }.joined(by: " UNION ALL ")
    }

    /// The condition whose index gives the order.
    private static func driver(_ filter: BookingFilter, _ status: BookingStatus) -> SQL {
        if filter.link == nil, filter.host != nil { return "AND h.status = \(status)" }
        return "AND b.status = \(status)"
    }

    /// Keeps SQLite from walking a whole state when the ids are known: a column with a sign has no index.
    private static let byID = SQL.only(.sqlite, "+")

    /// One state's bookings, or those found by a rare word, as far as the page goes.
    private static func one(
        _ filter: BookingFilter, _ condition: SQL, _ ordered: Bool, _ scope: Scope, isFound: Bool = false
    ) -> SQL {
        // Along the host's own index, unless the link's is shorter.
        let alongHost = filter.link == nil && filter.host != nil && !isFound
        let starts: SQL = alongHost ? "h.starts" : isFound ? "\(byID)b.starts" : "b.starts"
        let id: SQL = alongHost ? "h.booking" : "b.id"
        let table: SQL = alongHost
            ? "booking_host h JOIN booking b ON b.id = h.booking" : "booking b"
        var rest = condition
        if let host = filter.host {
            rest = alongHost
                ? "\(rest) AND h.workspace = \(scope.workspace) AND h.account = \(host)"
                : """
                    \(rest) AND EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = b.workspace
                        AND h.booking = b.id AND h.account = \(host))
                    """
        }
        if let readable = filter.readable {
            rest = """
                \(rest) AND EXISTS (SELECT 1 FROM booking_host r WHERE r.workspace = b.workspace
                    AND r.booking = b.id AND r.account IN \(list: readable))
                """
        }
        if let link = filter.link { rest = "\(rest) AND \(isFound ? byID : SQL.empty)b.link = \(link)" }
        rest = "\(rest)\(times(filter, starts, id))\(BookingSearchStore.conditions(filter.terms))"
        let order: SQL = filter.newestFirst ? "ORDER BY \(starts) DESC, \(id) DESC" : "ORDER BY \(starts), \(id)"
        let bounded: SQL = ordered ? "\(order) LIMIT \(filter.limit)" : "LIMIT \(filter.limit)"
        return """
            SELECT \(id) AS id, \(starts) AS starts FROM \(table)
            WHERE b.workspace = \(scope.workspace) \(rest) \(bounded)
            """
    }

    private static func times(_ filter: BookingFilter, _ starts: SQL, _ id: SQL) -> SQL {
        var rest = SQL.empty
        if let from = filter.from {
            rest = " AND b.ends > \(from) AND \(starts) > \(from.adding(seconds: -BookingFilter.longest))"
        }
        if let to = filter.to { rest = "\(rest) AND \(starts) < \(to)" }
        if let ended = filter.endedBy { rest = "\(rest) AND b.ends <= \(ended) AND \(starts) < \(ended)" }
        if let after = filter.after {
            rest = filter.newestFirst
                ? "\(rest) AND (\(starts), \(id)) < (\(after.starts), \(after.id))"
                : "\(rest) AND (\(starts), \(id)) > (\(after.starts), \(after.id))"
        }
        return rest
    }

    /// The titles of links, by id.
    package static func titles(
        of links: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: String] {
        guard !links.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT id, title FROM link WHERE workspace = \(scope.workspace) AND id IN \(list: Set(links).sorted {
                $0.text < $1.text
            })
            """) { row in (try row["id"] as ID<Link>, try row["title"] as String) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// Whether somebody can be booked here.
    package static func isHost(_ person: ID<User>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.one("""
            SELECT 1 AS n FROM link_host WHERE workspace = \(scope.workspace) AND account = \(person) LIMIT 1
            """) { _ in true } ?? false
    }

    /// The links a list can be narrowed to: id and title, by title.
    package static func choices(
        of people: Set<ID<User>>?, scope: Scope, in tx: Transaction
    ) throws -> [(id: ID<Link>, title: String)] {
        let own: SQL = people.map { people in
            """
            AND EXISTS (SELECT 1 FROM link_host h WHERE h.workspace = l.workspace AND h.link = l.id
                AND h.account IN \(list: people))
            """
        } ?? ""
        return try tx.all("""
            SELECT l.id, l.title FROM link l WHERE l.workspace = \(scope.workspace) \(own)
            ORDER BY l.title, l.id LIMIT 200
            """) { row in (id: try row["id"], title: try row["title"]) }
    }
}
