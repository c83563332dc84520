/// Every SQL statement on bookings, their hosts, answers and history.
import Database
import Scheduling
import Web

package enum BookingStore {
    package static func insert(
        _ booking: Booking, rules: String, utm: String, scope: Scope, in tx: Transaction
    ) throws {
        let state = booking.state
        let attendee = booking.attendee
        try tx.run("""
            INSERT INTO booking (id, workspace, link, uid, status, starts, ends, anchor_zone, anchor_local, zone,
                language, attendee_name, attendee_email, attendee_phone, location_kind, location, rules, source,
                utm, reason, sequence, version, created_at, updated_at)
            VALUES (\(booking.id), \(scope.workspace), \(booking.link), \(booking.uid), \(state.status),
                \(state.starts), \(state.ends), \(booking.anchorZone), \(booking.anchorLocal), \(attendee.zone),
                \(attendee.language), \(attendee.name), \(attendee.email), \(attendee.phone),
                \(booking.location.kind), \(booking.location.text), \(rules), \(booking.source), \(utm),
                \(booking.reason), \(state.sequence), \(state.version), \(booking.createdAt), \(booking.createdAt))
            """)
        for (position, host) in booking.hosts.enumerated() {
            try tx.run("""
                INSERT INTO booking_host (workspace, booking, account, position)
                VALUES (\(scope.workspace), \(booking.id), \(host.id), \(position))
                """)
        }
        for (position, answer) in booking.answers.enumerated() {
            try tx.run("""
                INSERT INTO booking_answer (workspace, booking, position, question, label, value)
                VALUES (\(scope.workspace), \(booking.id), \(position), \(answer.question), \(answer.label),
                        \(answer.value))
                """)
        }
    }

    /// Writes `next` when the stored version is still the one before it; false when somebody was faster.
    package static func update(
        _ booking: Booking, to next: BookingState, anchorLocal: String, reason: String, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE booking SET status = \(next.status), starts = \(next.starts), ends = \(next.ends),
                sequence = \(next.sequence), version = \(next.version), anchor_local = \(anchorLocal),
                reason = \(reason), updated_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(booking.id)
                AND status = \(booking.state.status) AND version = \(booking.state.version)
            """) == 1
    }

    package static func record(
        _ event: String, of booking: ID<Booking>, state: BookingState, from: Instant? = nil, to: Instant? = nil,
        reason: String = "", id: ID<BookingHistory>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO booking_history (id, workspace, booking, version, event, status, actor, from_starts,
                to_starts, reason, at)
            VALUES (\(id), \(scope.workspace), \(booking), \(state.version), \(event), \(state.status),
                \(scope.actor.text), \(from), \(to), \(reason), \(now))
            """)
    }

    package static func find(_ id: ID<Booking>, scope: Scope, in tx: Transaction) throws -> Booking? {
        try select("AND b.id = \(id)", scope: scope, in: tx).first
    }

    package static func history(
        of id: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws -> [BookingRecord] {
        try tx.all("""
            SELECT version, event, actor, from_starts, to_starts, reason, at FROM booking_history
            WHERE workspace = \(scope.workspace) AND booking = \(id) ORDER BY version
            """) { row in
            BookingRecord(
                version: try row["version"], event: try row["event"], actor: try row["actor"],
                from: try row["from_starts"], to: try row["to_starts"], reason: try row["reason"], at: try row["at"])
        }
    }

    package static func list(_ filter: BookingFilter, scope: Scope, in tx: Transaction) throws -> [Booking] {
        var condition: SQL = ""
        if let host = filter.host {
            condition = """
                AND EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = b.workspace AND h.booking = b.id
                            AND h.account = \(host))
                """
        }
        if let readable = filter.readable {
            condition = """
                \(condition) AND EXISTS (SELECT 1 FROM booking_host r WHERE r.workspace = b.workspace
                    AND r.booking = b.id AND r.account IN \(list: readable))
                """
        }
        if let statuses = filter.statuses { condition = "\(condition) AND b.status IN \(list: statuses)" }
        if let from = filter.from { condition = "\(condition) AND b.ends > \(from)" }
        if let to = filter.to { condition = "\(condition) AND b.starts < \(to)" }
        if let link = filter.link { condition = "\(condition) AND b.link = \(link)" }
        if let after = filter.after {
            condition = filter.newestFirst
                ? "\(condition) AND (b.starts, b.id) < (\(after.starts), \(after.id))"
                : "\(condition) AND (b.starts, b.id) > (\(after.starts), \(after.id))"
        }
        let order: SQL = filter.newestFirst ? "ORDER BY b.starts DESC, b.id DESC" : "ORDER BY b.starts, b.id"
        return try select("\(condition) \(order) LIMIT \(filter.limit)", scope: scope, in: tx)
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Booking] {
        let found = try tx.all("""
            SELECT b.id, b.link, b.uid, b.status, b.starts, b.ends, b.sequence, b.version, b.anchor_zone,
                b.anchor_local, b.zone, b.language, b.attendee_name, b.attendee_email, b.attendee_phone,
                b.location_kind, b.location, b.source, b.utm, b.reason, b.created_at
            FROM booking b WHERE b.workspace = \(scope.workspace) \(condition)
            """, booking(from:))
        return try found.map { booking in
            var booking = booking
            booking.hosts = try hosts(of: booking.id, scope: scope, in: tx)
            booking.answers = try answers(of: booking.id, scope: scope, in: tx)
            return booking
        }
    }

    private static func booking(from row: Row) throws -> Booking {
        Booking(
            id: try row["id"], link: try row["link"], uid: try row["uid"],
            state: BookingState(
                status: try row["status"], starts: try row["starts"], ends: try row["ends"],
                sequence: try row["sequence"], version: try row["version"]),
            anchorZone: try row["anchor_zone"], anchorLocal: try row["anchor_local"],
            attendee: Attendee(
                name: try row["attendee_name"], email: try row["attendee_email"], phone: try row["attendee_phone"],
                zone: try row["zone"], language: try row["language"]),
            location: Location(kind: try row["location_kind"], text: try row["location"]),
            hosts: [], answers: [], source: try row["source"], utm: UTM.decoded(try row["utm"]),
            reason: try row["reason"], createdAt: try row["created_at"])
    }

    private static func hosts(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> [LinkHost] {
        try tx.all("""
            SELECT a.id, a.name, a.email, a.zone FROM booking_host h JOIN account a ON a.id = h.account
            WHERE h.workspace = \(scope.workspace) AND h.booking = \(booking) ORDER BY h.position
            """) { row in
            LinkHost(id: try row["id"], name: try row["name"], email: try row["email"], zone: try row["zone"])
        }
    }

    private static func answers(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> [Answered] {
        try tx.all("""
            SELECT question, label, value FROM booking_answer
            WHERE workspace = \(scope.workspace) AND booking = \(booking) ORDER BY position
            """) { row in
            Answered(question: try row["question"], label: try row["label"], value: try row["value"])
        }
    }
}

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
    package var newestFirst = false
    package var limit = 50
    /// The last booking of the page before.
    package var after: (starts: Instant, id: ID<Booking>)?

    package init() {}
}

/// Campaign parameters of the address the booker came by, kept as one JSON text.
package enum UTM {
    package static func encoded(_ values: [String: String]) -> String {
        JSON.object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).text
    }

    package static func decoded(_ text: String) -> [String: String] {
        guard case .object(let members)? = try? JSON(reading: Array(text.utf8)) else { return [:] }
        return members.reduce(into: [:]) { values, member in
            if case .string(let text) = member.1 { values[member.0] = text }
        }
    }
}
