/// Every SQL statement on sessions of seats and their hosts.
import Database
import Scheduling

package enum SeatStore {
    /// The open sessions of a link that lie within a time, with the seats visitors keep, by start.
    package static func open(
        of link: ID<Link>, from: Instant, to: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [GroupSession] {
        try select("""
            AND s.link = \(link) AND s.closed_at IS NULL AND s.starts < \(to) AND s.ends > \(from)
            AND s.starts > \(from.adding(seconds: -LedgerRow.longestClaim))
            """, now: now, scope: scope, in: tx)
    }

    /// The open session that starts then; with the link's row locked it stays so.
    package static func open(
        of link: ID<Link>, at start: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> GroupSession? {
        let then: SQL = "AND s.link = \(link) AND s.closed_at IS NULL AND s.starts = \(start)"
        return try select(then, now: now, scope: scope, in: tx).first
    }

    package static func find(
        _ id: ID<GroupSession>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> GroupSession? {
        try select("AND s.id = \(id)", now: now, scope: scope, in: tx).first
    }

    package static func find(
        _ ids: Set<ID<GroupSession>>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [ID<GroupSession>: GroupSession] {
        guard !ids.isEmpty else { return [:] }
        let found = try select("AND s.id IN \(list: ids)", now: now, scope: scope, in: tx)
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Whose time a transaction may change: hosts and rooms of the session that starts then, of that a booking is in,
    /// and of those in which it or a visitor keeps a seat.
    static func subjects(
        of link: ID<Link>, at start: Instant?, booking: ID<Booking>?, holds: [String], scope: Scope, in tx: Transaction
    ) throws -> [String] {
        try tx.all("""
            WITH changed AS (SELECT s.id FROM seat_session s
                WHERE s.workspace = \(scope.workspace) AND s.closed_at IS NULL AND (
                    (s.link = \(link) AND s.starts = \(start ?? Instant(0)))
                    OR s.id IN (SELECT b.session FROM booking b
                        WHERE b.workspace = \(scope.workspace) AND b.id = \(booking?.text ?? ""))
                    OR s.id IN (SELECT k.session FROM hold k WHERE k.workspace = \(scope.workspace)
                        AND (k.id IN \(list: holds + [""]) OR k.booking = \(booking?.text ?? "")))))
            SELECT h.account AS subject FROM seat_session_host h
            WHERE h.workspace = \(scope.workspace) AND h.session IN (SELECT id FROM changed)
            UNION SELECT l.subject FROM ledger l
            WHERE l.workspace = \(scope.workspace) AND l.kind = 'session' AND l.ref IN (SELECT id FROM changed)
            """) { try $0["subject"] }
    }

    /// The session that a booking has to itself: it is gone, and its time is free, once the booking is elsewhere.
    /// - Parameter claims: of the asker, whose own holds are nobody else's.
    static func alone(
        _ booking: Booking, claims: [String], now: Instant, scope: Scope, in tx: Transaction
    ) throws -> GroupSession? {
        guard let id = booking.session, booking.takesSeats,
            let session = try find(id, now: now, scope: scope, in: tx)?.without(claims + [booking.id.text]),
            session.taken == booking.seats, session.holds.isEmpty
        else { return nil }
        return session
    }

    package static func insert(_ session: GroupSession, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO seat_session (id, workspace, link, uid, starts, ends, capacity, seats_taken, sequence, version,
                created_at)
            VALUES (\(session.id), \(scope.workspace), \(session.link), \(session.uid), \(session.starts),
                \(session.ends), \(session.capacity), \(session.taken), \(session.sequence), \(session.version), \(now))
            """)
        for (position, host) in session.hosts.enumerated() {
            try tx.run("""
                INSERT INTO seat_session_host (workspace, session, account, position)
                VALUES (\(scope.workspace), \(session.id), \(host.id), \(position))
                """)
        }
    }

    /// Takes so many seats more, or fewer. The table refuses more than there are.
    package static func take(
        _ seats: Int, of id: ID<GroupSession>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE seat_session SET seats_taken = seats_taken + \(seats)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND closed_at IS NULL
            """)
    }

    /// Writes that the hosts are told of it anew.
    /// - Returns: its version now.
    package static func advance(_ id: ID<GroupSession>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            UPDATE seat_session SET version = version + 1, sequence = sequence + 1
            WHERE workspace = \(scope.workspace) AND id = \(id) RETURNING version
            """) { try $0["version"] } ?? 1
    }

    package static func move(
        _ id: ID<GroupSession>, from starts: Instant, to ends: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE seat_session SET starts = \(starts), ends = \(ends)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    package static func close(_ id: ID<GroupSession>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE seat_session SET closed_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND closed_at IS NULL
            """)
    }

    /// How long the ledger keeps its time: for good, or until the last hold of it is over.
    package static func setLedger(
        expires: Instant?, of id: ID<GroupSession>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE ledger SET expires = \(expires)
            WHERE workspace = \(scope.workspace) AND kind = 'session' AND ref = \(id)
            """)
    }

    /// The bookings that take its seats, in the order they came.
    package static func bookings(
        of id: ID<GroupSession>, scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>] {
        try tx.all("""
            SELECT id FROM booking WHERE workspace = \(scope.workspace) AND session = \(id)
                AND status IN \(list: BookingStatus.takingSeats) ORDER BY created_at, id
            """) { try $0["id"] }
    }

    /// The first names of those who come, in the order they came.
    /// - Parameter own: a booking whose name is left out.
    package static func firstNames(
        of id: ID<GroupSession>, besides own: ID<Booking>?, scope: Scope, in tx: Transaction
    ) throws -> [String] {
        let names: [String] = try tx.all("""
            SELECT attendee_name FROM booking WHERE workspace = \(scope.workspace) AND session = \(id)
                AND id <> \(own?.text ?? "") AND status <> \(BookingStatus.pendingApproval)
                AND status IN \(list: BookingStatus.takingSeats) ORDER BY created_at, id
            """) { try $0["attendee_name"] }
        return names.compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// The booking is of that session from now on, or of none.
    package static func put(
        _ booking: ID<Booking>, into session: ID<GroupSession>?, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE booking SET session = \(session) WHERE workspace = \(scope.workspace) AND id = \(booking)
            """)
    }

    /// Removes what was only ever held: nobody came, and no host was told. What its holds closed was removed before, so
    /// long ago that nobody can be about to join it.
    package static func prune(in tx: Transaction) throws {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("""
            DELETE FROM seat_session WHERE sequence = 0 AND seats_taken = 0
                AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.session = seat_session.id)
                AND NOT EXISTS (SELECT 1 FROM hold k WHERE k.session = seat_session.id)
                AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.kind = 'session' AND l.ref = seat_session.id)
            """)
    }

    /// The seat that a hold keeps.
    package static func put(
        _ hold: ID<Hold>, into session: ID<GroupSession>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("UPDATE hold SET session = \(session) WHERE workspace = \(scope.workspace) AND id = \(hold)")
    }

    private static func select(
        _ condition: SQL, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [GroupSession] {
        let found = try tx.all("""
            SELECT s.id, s.link, s.uid, s.starts, s.ends, s.capacity, s.seats_taken, s.sequence, s.version, s.closed_at
            FROM seat_session s WHERE s.workspace = \(scope.workspace) \(condition) ORDER BY s.starts, s.id
            """, session(from:))
        guard !found.isEmpty else { return [] }
        let ids = found.map(\.id)
        let hosts = try tx.all("""
            SELECT h.session, a.id, a.name, a.email, a.zone FROM seat_session_host h JOIN account a ON a.id = h.account
            WHERE h.workspace = \(scope.workspace) AND h.session IN \(list: ids) ORDER BY h.position
            """) { row in
            (try row["session"] as ID<GroupSession>, LinkHost(
                id: try row["id"], name: try row["name"], email: try row["email"], zone: try row["zone"]))
        }
        let holds = try tx.all("""
            SELECT session, id, booking, expires FROM hold
            WHERE workspace = \(scope.workspace) AND session IN \(list: ids) AND expires > \(now) ORDER BY id
            """) { row in
            (try row["session"] as ID<GroupSession>,
             SeatHold(id: try row["id"], booking: try row["booking"], expires: try row["expires"]))
        }
        let (hostsOf, holdsOf) = (Dictionary(grouping: hosts, by: \.0), Dictionary(grouping: holds, by: \.0))
        return found.map { session in
            var session = session
            session.hosts = hostsOf[session.id, default: []].map(\.1)
            session.holds = holdsOf[session.id, default: []].map(\.1)
            return session
        }
    }

    private static func session(from row: Row) throws -> GroupSession {
        GroupSession(
            id: try row["id"], link: try row["link"], uid: try row["uid"], starts: try row["starts"],
            ends: try row["ends"], capacity: try row["capacity"], taken: try row["seats_taken"],
            sequence: try row["sequence"], version: try row["version"], hosts: [], closedAt: try row["closed_at"])
    }
}
