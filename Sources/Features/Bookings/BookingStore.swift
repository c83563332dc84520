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
        try tx.post("""
            INSERT INTO booking (id, workspace, link, uid, status, starts, ends, anchor_zone, anchor_local, zone,
                language, attendee_name, attendee_email, attendee_phone, location_kind, location, rules, source,
                utm, reason, sequence, version, created_at, updated_at,
                answer_by, kept_starts, kept_ends, session, chosen_host, booker_name, booker_email)
            VALUES (\(booking.id), \(scope.workspace), \(booking.link), \(booking.uid), \(state.status),
                \(state.starts), \(state.ends), \(booking.anchorZone), \(booking.anchorLocal), \(attendee.zone),
                \(attendee.language), \(attendee.name), \(attendee.email), \(attendee.phone),
                \(booking.location.kind), \(booking.location.text), \(rules), \(booking.source), \(utm),
                \(booking.reason), \(state.sequence), \(state.version), \(booking.createdAt), \(booking.createdAt),
                \(state.waiting?.until), \(state.waiting?.kept?.start), \(state.waiting?.kept?.end), \(booking.session),
                \(booking.chosenHost), \(booking.bookedBy?.name), \(booking.bookedBy?.email))
            """)
        try insertHosts(of: booking, scope: scope, in: tx)
        try BookingResourceStore.insert(booking, scope: scope, in: tx)
        for (position, answer) in booking.answers.enumerated() {
            try tx.post("""
                INSERT INTO booking_answer (workspace, booking, position, question, label, value, kind)
                VALUES (\(scope.workspace), \(booking.id), \(position), \(answer.question), \(answer.label),
                        \(answer.value), \(answer.kind))
                """)
        }
        for (position, guest) in booking.guests.enumerated() {
            try tx.post("""
                INSERT INTO booking_guest (workspace, booking, position, email)
                VALUES (\(scope.workspace), \(booking.id), \(position), \(guest))
                """)
        }
    }

    static func insertHosts(of booking: Booking, scope: Scope, in tx: Transaction) throws {
        let state = booking.state
        for (position, host) in booking.hosts.enumerated() {
            try tx.post("""
                INSERT INTO booking_host (workspace, booking, account, position, status, starts, ends)
                VALUES (\(scope.workspace), \(booking.id), \(host.id), \(position), \(state.status),
                    \(state.starts), \(state.ends))
                """)
        }
    }

    static func deleteHosts(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM booking_host WHERE workspace = \(scope.workspace) AND booking = \(booking)")
    }

    /// Writes `next` when the stored version is still the one before it; false when somebody was faster.
    package static func update(
        _ booking: Booking, to next: BookingState, anchorLocal: String, reason: String, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Bool {
        let changed = try tx.run("""
            UPDATE booking SET status = \(next.status), starts = \(next.starts), ends = \(next.ends),
                sequence = \(next.sequence), version = \(next.version), anchor_local = \(anchorLocal),
                reason = \(reason), updated_at = \(now),
                answer_by = \(next.waiting?.until), kept_starts = \(next.waiting?.kept?.start),
                kept_ends = \(next.waiting?.kept?.end)
            WHERE workspace = \(scope.workspace) AND id = \(booking.id)
                AND status = \(booking.state.status) AND version = \(booking.state.version)
            """)
        guard changed == 1 else { return false }
        try tx.run("""
            UPDATE booking_host SET status = \(next.status), starts = \(next.starts), ends = \(next.ends)
            WHERE workspace = \(scope.workspace) AND booking = \(booking.id)
            """)
        return true
    }

    /// Writes where the booking takes place and the rules it stands under; `update` has checked its version.
    package static func replace(
        location: Location, rules: String, of id: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE booking SET location_kind = \(location.kind), location = \(location.text), rules = \(rules)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    /// Writes who comes along; `update` has checked the booking's version.
    package static func replace(guests: [String], of id: ID<Booking>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM booking_guest WHERE workspace = \(scope.workspace) AND booking = \(id)")
        for (position, guest) in guests.enumerated() {
            try tx.run("""
                INSERT INTO booking_guest (workspace, booking, position, email)
                VALUES (\(scope.workspace), \(id), \(position), \(guest))
                """)
        }
    }

    /// From now on pages and mails tell the attendee of this booking in that zone.
    package static func speak(_ zone: Zone, of id: ID<Booking>, scope: Scope, in tx: Transaction) throws {
        try tx.run("UPDATE booking SET zone = \(zone.name) WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    package static func record(
        _ event: String, of booking: ID<Booking>, state: BookingState, from: Instant? = nil, to: Instant? = nil,
        reason: String = "", id: ID<BookingHistory>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.post("""
            INSERT INTO booking_history (id, workspace, booking, version, event, status, actor, behalf, from_starts,
                to_starts, reason, at)
            VALUES (\(id), \(scope.workspace), \(booking), \(state.version), \(event), \(state.status),
                \(scope.actor.text), \(scope.behalf), \(from), \(to), \(reason), \(now))
            """)
    }

    package static func find(_ id: ID<Booking>, scope: Scope, in tx: Transaction) throws -> Booking? {
        try select("AND b.id = \(id)", scope: scope, in: tx).first
    }

    package static func history(
        of id: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws -> [BookingRecord] {
        try history(of: [id], scope: scope, in: tx)[id] ?? []
    }

    package static func history(
        of ids: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: [BookingRecord]] {
        let rows = try tx.all("""
            SELECT booking, version, event, status, actor, behalf, from_starts, to_starts, reason, at
            FROM booking_history WHERE workspace = \(scope.workspace) AND booking IN \(list: ids) ORDER BY version
            """) { row in
            (try row["booking"] as ID<Booking>, BookingRecord(
                version: try row["version"], event: try row["event"], actor: try row["actor"],
                from: try row["from_starts"], to: try row["to_starts"], reason: try row["reason"], at: try row["at"],
                isWish: try row["status"] == BookingStatus.pendingApproval, behalf: try row["behalf"]))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The bookings of these ids, in that order.
    package static func all(_ ids: [ID<Booking>], scope: Scope, in tx: Transaction) throws -> [Booking] {
        guard !ids.isEmpty else { return [] }
        let found = try select("AND b.id IN \(list: ids)", scope: scope, in: tx)
        let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// A whole list is a handful of statements, however long it is.
    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Booking] {
        let rows = try tx.all("""
            SELECT b.id, b.link, b.uid, b.status, b.starts, b.ends, b.sequence, b.version, b.anchor_zone,
                b.anchor_local, b.zone, b.language, b.attendee_name, b.attendee_email, b.attendee_phone,
                b.location_kind, b.location, b.source, b.utm, b.reason, b.created_at, b.session, b.chosen_host,
                b.booker_name, b.booker_email,
                \(ApprovalStore.columns), \(BookingResourceStore.hasSome) AS has_resources,
                \(ProposalStore.hasOpen) AS has_proposal, \(SeriesStore.hasSome) AS in_series
            FROM booking b WHERE b.workspace = \(scope.workspace) \(condition)
            """) { row in
            (try booking(from: row), hasResources: try row["has_resources"] as Bool,
             hasProposal: try row["has_proposal"] as Bool, inSeries: try row["in_series"] as Bool)
        }
        let resources = try BookingResourceStore.all(
            of: rows.filter(\.hasResources).map(\.0.id), scope: scope, in: tx)
        let proposals = try ProposalStore.open(
            of: rows.filter(\.hasProposal).map(\.0.id), scope: scope, in: tx)
        let series = try SeriesStore.places(of: rows.filter(\.inSeries).map(\.0.id), scope: scope, in: tx)
        let found = rows.map(\.0)
        guard !found.isEmpty else { return [] }
        let hosts = try hosts(of: found.map(\.id), scope: scope, in: tx)
        let answers = try answers(of: found.map(\.id), scope: scope, in: tx)
        let guests = try guests(of: found.map(\.id), scope: scope, in: tx)
        return found.map { booking in
            var booking = booking
            booking.hosts = hosts[booking.id] ?? []
            booking.answers = answers[booking.id] ?? []
            booking.guests = guests[booking.id] ?? []
            booking.resources = resources[booking.id] ?? []
            booking.proposal = proposals[booking.id]
            booking.series = series[booking.id]
            return booking
        }
    }

    private static func booking(from row: Row) throws -> Booking {
        var booking = Booking(
            id: try row["id"], link: try row["link"], uid: try row["uid"],
            state: BookingState(
                status: try row["status"], starts: try row["starts"], ends: try row["ends"],
                sequence: try row["sequence"], version: try row["version"],
                waiting: try ApprovalStore.waiting(from: row)),
            anchorZone: try row["anchor_zone"], anchorLocal: try row["anchor_local"],
            attendee: Attendee(
                name: try row["attendee_name"], email: try row["attendee_email"], phone: try row["attendee_phone"],
                zone: try row["zone"], language: try row["language"]),
            location: Location(kind: try row["location_kind"], text: try row["location"]),
            hosts: [], answers: [], source: try row["source"], utm: UTM.decoded(try row["utm"]),
            reason: try row["reason"], createdAt: try row["created_at"],
            session: try row["session"])
        booking.chosenHost = try row["chosen_host"]
        if let name: String = try row["booker_name"], let email: String = try row["booker_email"] {
            booking.bookedBy = BookedBy(name: name, email: email)
        }
        return booking
    }

    private static func hosts(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: [LinkHost]] {
        let rows = try tx.all("""
            SELECT h.booking, a.id, a.name, a.email, a.zone FROM booking_host h JOIN account a ON a.id = h.account
            WHERE h.workspace = \(scope.workspace) AND h.booking IN \(list: bookings) ORDER BY h.position
            """) { row in
            (try row["booking"] as ID<Booking>, LinkHost(
                id: try row["id"], name: try row["name"], email: try row["email"], zone: try row["zone"]))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    private static func guests(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: [String]] {
        let rows = try tx.all("""
            SELECT booking, email FROM booking_guest
            WHERE workspace = \(scope.workspace) AND booking IN \(list: bookings) ORDER BY position
            """) { row in (try row["booking"] as ID<Booking>, try row["email"] as String) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// The first booking that a response to a routing form led to is the one it is known by.
    static func connect(
        _ response: ID<FormResponseID>, to booking: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE form_response SET booking = \(booking)
            WHERE workspace = \(scope.workspace) AND id = \(response) AND booking IS NULL
            """)
    }

    private static func answers(
        of bookings: [ID<Booking>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>: [Answered]] {
        let rows = try tx.all("""
            SELECT booking, question, label, value, kind FROM booking_answer
            WHERE workspace = \(scope.workspace) AND booking IN \(list: bookings) ORDER BY position
            """) { row in
            (try row["booking"] as ID<Booking>, Answered(
                question: try row["question"], label: try row["label"], value: try row["value"],
                kind: try row["kind"]))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
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
