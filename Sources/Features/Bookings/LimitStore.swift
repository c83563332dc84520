/// What counts against limits: bookings and living holds of a link, of hosts, of an attendee. A session of seats counts
/// once, however many come.
import Database
import Scheduling

package enum LimitStore {
    /// Which rows are asked for: those that start within a time, but for claims that shall count as free.
    package struct Ask: Sendable {
        package var from: Instant
        package var to: Instant
        package var now: Instant
        package var ignoring: [String]

        package init(from: Instant, to: Instant, now: Instant, ignoring: [String] = []) {
            (self.from, self.to, self.now, self.ignoring) = (from, to, now, ignoring)
        }

        /// Never empty, as a list must be.
        fileprivate var ignored: [String] { ignoring + ["-"] }
    }

    /// Bookings that took or take time: not cancelled, declined or expired.
    private static let counting = BookingStatus.allCases.filter { ![.cancelled, .declined, .expired].contains($0) }

    package static func ofLink(_ link: ID<Link>, _ ask: Ask, scope: Scope, in tx: Transaction) throws -> [Meeting] {
        try tx.all("""
            SELECT COALESCE(session, id) AS owner, starts, ends FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(list: counting)
                AND starts >= \(ask.from) AND starts < \(ask.to)
            UNION SELECT COALESCE(session, booking, id), starts, ends FROM hold
            WHERE workspace = \(scope.workspace) AND link = \(link) AND expires > \(ask.now)
                AND id NOT IN \(list: ask.ignored) AND COALESCE(booking, '') NOT IN \(list: ask.ignored)
                AND starts >= \(ask.from) AND starts < \(ask.to)
            """) { try ask.meeting($0) }.compactMap(\.self)
    }

    /// By host, of whichever link of the workspace; those of `link` are marked.
    package static func ofHosts(
        _ hosts: [String], link: ID<Link>, _ ask: Ask, scope: Scope, in tx: Transaction
    ) throws -> [String: [Meeting]] {
        let rows = try tx.all("""
            SELECT h.account, COALESCE(b.session, h.booking) AS owner, h.starts, h.ends, b.link
            FROM booking_host h JOIN booking b ON b.workspace = h.workspace AND b.id = h.booking
            WHERE h.workspace = \(scope.workspace) AND h.account IN \(list: hosts) AND h.status IN \(list: counting)
                AND h.starts >= \(ask.from) AND h.starts < \(ask.to)
            UNION SELECT l.subject, COALESCE(h.session, h.booking, h.id), h.starts, h.ends, h.link
            FROM ledger l JOIN hold h ON h.workspace = l.workspace AND (h.id = l.ref OR h.session = l.ref)
            WHERE l.workspace = \(scope.workspace) AND l.subject IN \(list: hosts) AND l.kind IN ('hold', 'session')
                AND h.expires > \(ask.now) AND h.starts >= \(ask.from) AND h.starts < \(ask.to)
                AND h.id NOT IN \(list: ask.ignored) AND COALESCE(h.booking, '') NOT IN \(list: ask.ignored)
            """) { row in
            (try row["account"] as String, try ask.meeting(row, isOfLink: try row["link"] as ID<Link> == link))
        }
        return rows.reduce(into: [:]) { meetings, row in
            if let meeting = row.1 { meetings[row.0, default: []].append(meeting) }
        }
    }

    /// The bookings of whoever has that address, on one link; nobody's hold has an address.
    package static func ofAttendee(
        _ email: String, link: ID<Link>, _ ask: Ask, scope: Scope, in tx: Transaction
    ) throws -> [Meeting] {
        try tx.all("""
            SELECT id AS owner, starts, ends FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(list: counting)
                AND starts >= \(ask.from) AND starts < \(ask.to) AND lower(attendee_email) = \(email.lowercased())
            """) { try ask.meeting($0) }.compactMap(\.self)
    }
}

extension LimitStore.Ask {
    /// Nil for what shall count as free.
    fileprivate func meeting(_ row: Row, isOfLink: Bool = true) throws -> Meeting? {
        guard !ignoring.contains(try row["owner"] as String) else { return nil }
        let (starts, ends): (Instant, Instant) = (try row["starts"], try row["ends"])
        return Meeting(start: starts, minutes: Int((ends - starts) / 60), isOfLink: isOfLink)
    }
}
