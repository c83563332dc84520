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

    /// Whether a later page begins there anyhow: of two bounds SQLite walks from the first, were it the weaker one.
    fileprivate func begins(after earliest: Instant) -> Bool {
        !newestFirst && after.map { $0.starts >= earliest } ?? false
    }

    fileprivate func begins(before latest: Instant) -> Bool {
        newestFirst && after.map { $0.starts <= latest } ?? false
    }

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
    package var session: ID<GroupSession>?
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
            SELECT b.id, b.status, b.starts, b.ends, b.attendee_name, l.title, b.session
            FROM booking b JOIN link l ON l.workspace = b.workspace AND l.id = b.link
            WHERE b.workspace = \(scope.workspace) AND b.id IN \(list: ids)
            """) { row in
            BookedTime(
                id: try row["id"], status: try row["status"], starts: try row["starts"], ends: try row["ends"],
                attendee: try row["attendee_name"], title: try row["title"], session: try row["session"])
        }
    }

    /// How many each of them finds, counted no further than `most`; all in one statement.
    package static func counts(
        _ filters: [BookingFilter], atMost most: Int, scope: Scope, in tx: Transaction
    ) throws -> [Int] {
        var counts = filters.map { _ in 0 }
        let parts = try filters.enumerated().compactMap { number, filter -> SQL? in
            var filter = filter
            filter.limit = most
            return try union(filter, scope: scope, in: tx).map { select in
                "SELECT \(number) AS number, count(*) AS n FROM (SELECT id FROM (\(select)) AS u LIMIT \(most)) AS c"
            }
        }
        guard !parts.isEmpty else { return counts }
        let rows = try tx.all(parts.joined(by: " UNION ALL ")) { row in
            (number: try row["number"] as Int, count: try row["n"] as Int)
        }
        for row in rows { counts[row.number] = row.count }
        return counts
    }

    private static func ids(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> [ID<Booking>] {
        guard let select = try union(filter, scope: scope, in: tx) else { return [] }
        let order: SQL = filter.newestFirst ? "starts DESC, id DESC" : "starts, id"
        return try tx.all("SELECT id FROM (\(select)) AS u ORDER BY \(order) LIMIT \(filter.limit)") { row in
            try row["id"]
        }
    }

    /// Nil when nothing can match.
    private static func union(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> SQL? {
        let statuses = Set((filter.statuses ?? BookingStatus.allCases).map(\.rawValue)).sorted()
            .compactMap(BookingStatus.init(rawValue:))
        guard !statuses.isEmpty else { return nil }
        var filter = filter
        // Who reads one person's bookings reads along that person's index.
        if let readable = filter.readable, readable.count == 1 || filter.host != nil {
            guard filter.host.map(readable.contains) ?? true else { return nil }
            filter.host = filter.host ?? readable.first
            filter.readable = nil
        }
        let search = try BookingSearchStore.plan(filter.terms, scope: scope, in: tx)
        switch search {
        case .few(let ids): return ids.isEmpty ? nil : select(filter, statuses, search, scope)
        case .many:
            return statuses.map { status in
                "SELECT id, starts FROM (\(select(filter, [status], search, scope))) AS s" as SQL
            }.joined(by: " UNION ALL ")
        }
    }

    /// One state's bookings along the index of that state, or those found by a rare word, as far as the page goes.
    ///
    /// A host's row repeats what the list asks of its booking, so a host's list reads that index and nothing else. It
    /// is always read in order, for counting too: where the order does not matter, PostgreSQL takes whatever way its
    /// statistics make look short, which may be the whole table.
    private static func select(
        _ filter: BookingFilter, _ statuses: [BookingStatus], _ search: SearchPlan, _ scope: Scope
    ) -> SQL {
        // Along the host's own index, unless the link's is shorter.
        let host = filter.link == nil ? filter.host : nil
        let id: SQL = host == nil ? "x.id" : "x.booking"
        let table: SQL = host == nil ? "booking x" : "booking_host x"
        let isFew = if case .few = search { true } else { false }
        // Keeps SQLite from walking a whole state when the ids are known: a column with a sign has no index.
        let free: SQL = isFew ? .only(.sqlite, "+") : ""
        var rest: SQL = "AND \(free)x.status IN \(list: statuses)"
        if let host {
            rest = "\(rest) AND x.account = \(host)"
        } else if let host = filter.host {
            rest = "\(rest) AND \(hosted(by: [host], scope))"
        }
        if let readable = filter.readable { rest = "\(rest) AND \(hosted(by: readable, scope))" }
        if let link = filter.link { rest = "\(rest) AND \(free)x.link = \(link)" }
        rest = "\(rest)\(times(filter, "\(free)x.starts", id))\(BookingSearchStore.conditions(search, id, scope))"
        let order: SQL = filter.newestFirst ? "x.starts DESC, \(id) DESC" : "x.starts, \(id)"
        return """
            SELECT \(id) AS id, x.starts AS starts FROM \(BookingSearchStore.source(search, scope)) \(table)
            WHERE x.workspace = \(scope.workspace) \(rest) ORDER BY \(order) LIMIT \(filter.limit)
            """
    }

    /// For the rows of bookings themselves.
    private static func hosted(by people: Set<ID<User>>, _ scope: Scope) -> SQL {
        """
        EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = \(scope.workspace) AND h.booking = x.id
            AND h.account IN \(list: people))
        """
    }

    private static func times(_ filter: BookingFilter, _ starts: SQL, _ id: SQL) -> SQL {
        var rest = SQL.empty
        if let from = filter.from {
            let earliest = from.adding(seconds: -BookingFilter.longest)
            rest = " AND x.ends > \(from)"
            if !filter.begins(after: earliest) { rest = "\(rest) AND \(starts) > \(earliest)" }
        }
        if let to = filter.to { rest = "\(rest) AND \(starts) < \(to)" }
        if let ended = filter.endedBy {
            rest = "\(rest) AND x.ends <= \(ended)"
            if !filter.begins(before: ended) { rest = "\(rest) AND \(starts) < \(ended)" }
        }
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
