/// Every SQL statement on assignments: who of a rotation was given which booking.
import Database
import Scheduling

/// How a ground is laid out in columns: what an attendee chose, or a host took, is a name and who gave it.
private struct GroundColumns {
    var ground: String
    var namedBy: String?
    var accepted: Int

    init(_ ground: Rotation.Ground) {
        self.ground = ground.isByName ? Rotation.Ground.pinned.rawValue : ground.rawValue
        namedBy = ground == .chosen ? "attendee" : nil
        accepted = ground == .accepted ? 1 : 0
    }

    static func ground(from row: Row) throws -> Rotation.Ground {
        let by: String? = try row["named_by"]
        guard let ground = Rotation.Ground(rawValue: try row["ground"]) else {
            throw DatabaseError.mismatch("ground of assignment")
        }
        if try row["accepted"] as Int == 1 { return .accepted }
        return by == nil ? ground : .chosen
    }
}

package enum AssignmentStore {
    /// Writes the next assignment of the link, whose row is locked.
    package static func insert(_ assignment: Assignment, scope: Scope, in tx: Transaction) throws {
        let ground = GroundColumns(assignment.ground)
        try tx.run("""
            INSERT INTO assignment (id, workspace, link, number, booking, account, at, starts, counts, ground, judged,
                pool, named_by, accepted)
            VALUES (\(assignment.id), \(scope.workspace), \(assignment.link), \(assignment.number),
                \(assignment.booking), \(assignment.host), \(assignment.at), \(assignment.starts), 1,
                \(ground.ground), \(assignment.judged.encoded), \(assignment.pool), \(ground.namedBy),
                \(ground.accepted))
            """)
    }

    /// The number of the link's last assignment, 0 before the first.
    package static func last(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT coalesce(max(number), 0) AS n FROM assignment
            WHERE workspace = \(scope.workspace) AND link = \(link)
            """) { try $0["n"] } ?? 0
    }

    /// Gives the booking back to the count of its hosts.
    /// - Parameter keeping: those for whom it goes on counting.
    package static func credit(
        _ booking: Booking, keeping: Set<ID<User>> = [], scope: Scope, in tx: Transaction
    ) throws {
        let others: SQL = keeping.isEmpty ? .empty : "AND account NOT IN \(list: keeping.map(\.text).sorted())"
        let last = try last(of: booking.link, scope: scope, in: tx)
        try tx.run("""
            UPDATE assignment SET counts = 0, credited_after = \(last)
            WHERE workspace = \(scope.workspace) AND booking = \(booking.id) AND counts = 1 \(others)
            """)
    }

    /// Counts the newest assignment of each host of the booking again.
    package static func count(_ booking: ID<Booking>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE assignment SET counts = 1, credited_after = NULL
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND number IN (
                SELECT max(n.number) FROM assignment n
                JOIN booking_host h ON h.workspace = n.workspace AND h.booking = n.booking AND h.account = n.account
                WHERE n.workspace = \(scope.workspace) AND n.booking = \(booking) GROUP BY n.account)
            """)
    }

    /// Another booking of the same session stands for the assignment from now on.
    package static func pass(
        from old: ID<Booking>, to new: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE assignment SET booking = \(new)
            WHERE workspace = \(scope.workspace) AND booking = \(old) AND counts = 1
            """)
    }

    /// The booking was moved and keeps its host.
    package static func move(_ booking: ID<Booking>, to starts: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE assignment SET starts = \(starts) WHERE workspace = \(scope.workspace) AND booking = \(booking)
            """)
    }

    /// What is counted for a choice, in its order; of hosts who have left, too.
    /// - Parameters:
    ///   - pool: of which pool; nil for links without.
    ///   - booking: one that is about to be given away: it does not count, but for those who keep it.
    package static func counted(
        of link: ID<Link>, pool: String? = nil, in period: Span?, by: RotationRules.CountsBy,
        without booking: ID<Booking>? = nil, keeping: Set<String> = [], scope: Scope, in tx: Transaction
    ) throws -> [Rotation.Assignment] {
        let pool: SQL = pool.map { "AND pool = \($0)" } ?? ""
        return try tx.all("""
            SELECT number, booking, account, at, counts FROM assignment
            WHERE workspace = \(scope.workspace) AND link = \(link) \(pool) \(within(period, by)) ORDER BY number
            """) { row in
            let isOfBooking = try row["booking"] as ID<Booking>? == booking
            let isGiven = try isOfBooking && !keeping.contains(row["account"] as String)
            let counts = try row["counts"] as Int == 1 && !isGiven
            return Rotation.Assignment(
                host: try row["account"], at: try row["at"], counts: counts, number: try row["number"])
        }
    }

    /// Those of a period, the newest first.
    package static func all(
        of link: ID<Link>, in period: Span?, by: RotationRules.CountsBy, before number: Int? = nil, limit: Int,
        scope: Scope, in tx: Transaction
    ) throws -> [Assignment] {
        let before: SQL = number.map { "AND number < \($0)" } ?? ""
        return try tx.all("""
            SELECT id, link, number, booking, account, at, starts, credited_after, ground, judged, pool, named_by,
                accepted
            FROM assignment
            WHERE workspace = \(scope.workspace) AND link = \(link) \(within(period, by)) \(before)
            ORDER BY number DESC LIMIT \(limit)
            """, assignment(from:))
    }

    /// The newest of a booking; nil for one that no rotation gave away.
    package static func current(
        of booking: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws -> Assignment? {
        try tx.one("""
            SELECT id, link, number, booking, account, at, starts, credited_after, ground, judged, pool, named_by,
                accepted
            FROM assignment
            WHERE workspace = \(scope.workspace) AND booking = \(booking) ORDER BY number DESC LIMIT 1
            """, assignment(from:))
    }

    /// The newest for each of a booking's hosts, in their order; none for those whom no rotation chose.
    package static func each(of booking: Booking, scope: Scope, in tx: Transaction) throws -> [Assignment] {
        let all = try tx.all("""
            SELECT id, link, number, booking, account, at, starts, credited_after, ground, judged, pool, named_by,
                accepted
            FROM assignment
            WHERE workspace = \(scope.workspace) AND booking = \(booking.id) ORDER BY number
            """, assignment(from:))
        return booking.hosts.compactMap { host in all.last { $0.host == host.id } }
    }

    /// The names of everybody who was ever given a booking of the link.
    package static func names(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [String: String] {
        let rows = try tx.all("""
            SELECT DISTINCT a.id, a.name FROM assignment s JOIN account a ON a.id = s.account
            WHERE s.workspace = \(scope.workspace) AND s.link = \(link)
            """) { row in (try row["id"] as String, try row["name"] as String) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The zone whose months are counted.
    package static func zoneName(scope: Scope, in tx: Transaction) throws -> String {
        try tx.one("SELECT zone FROM workspace WHERE id = \(scope.workspace)") { try $0["zone"] } ?? "UTC"
    }

    private static func within(_ period: Span?, _ by: RotationRules.CountsBy) -> SQL {
        guard let period else { return .empty }
        return switch by {
        case .creation: "AND at >= \(period.start) AND at < \(period.end)"
        case .start: "AND starts >= \(period.start) AND starts < \(period.end)"
        }
    }

    private static func assignment(from row: Row) throws -> Assignment {
        Assignment(
            id: try row["id"], link: try row["link"], number: try row["number"], booking: try row["booking"],
            host: try row["account"], at: try row["at"], starts: try row["starts"],
            creditedAfter: try row["credited_after"], ground: try GroundColumns.ground(from: row),
            judged: try Judged(decoding: try row["judged"]), pool: try row["pool"])
    }
}
