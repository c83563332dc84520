/// Every SQL statement on sign-ups.
import Database
import Scheduling

/// Somebody who has signed up, as a row of a list.
struct SheetSignUp: Hashable, Sendable {
    let id: ID<Booking>
    let starts: Instant
    let ends: Instant
    let status: BookingStatus
    let name: String
    let email: String
    /// When they signed up.
    let at: Instant

    static var example: SheetSignUp {
        let booking = Booking.example
        return SheetSignUp(
            id: booking.id, starts: booking.state.starts, ends: booking.state.ends, status: booking.state.status,
            name: booking.attendee.name, email: booking.attendee.email, at: booking.createdAt)
    }
}

package enum SheetStore {
    private static let living: SQL = "\(list: BookingStatus.takingSeats.map(\.rawValue))"

    /// The sheet whose bookings hang on this link.
    static func of(_ link: ID<Link>, scope: Scope, in tx: Transaction) throws -> OneOff? {
        let id: ID<OneOff>? = try tx.one("""
            SELECT id FROM one_off WHERE workspace = \(scope.workspace) AND link = \(link) AND per_address IS NOT NULL
            """) { try $0["id"] }
        return try id.flatMap { try OneOffStore.find($0, scope: scope, in: tx) }
    }

    /// The sheet that a booking has come of, with the row of its link locked; nil for any other.
    static func locked(of booking: ID<Booking>, scope: Scope, in tx: Transaction) throws -> OneOff? {
        guard let booking = try BookingStore.find(booking, scope: scope, in: tx), booking.source == .sheet else {
            return nil
        }
        _ = try LinkStore.locked(booking.link, scope: scope, in: tx)
        return try of(booking.link, scope: scope, in: tx)
    }

    /// How many bookings have a place, by the start of their time.
    static func taken(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [Instant: Int] {
        let rows = try tx.all("""
            SELECT starts, count(*) AS n FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living) GROUP BY starts
            """) { (try $0["starts"] as Instant, try $0["n"] as Int) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How often an address has signed up, whatever the case of its letters.
    static func signUps(
        of email: String, on link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws -> Int {
        // Not by the database: the engines take different letters for one in two cases.
        let all = try tx.all("""
            SELECT attendee_email FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living)
            """) { try $0["attendee_email"] as String }
        let folded = Account.folded(email)
        return all.count { Account.folded($0) == folded }
    }

    /// How many have signed up, by sheet's link.
    package static func counts(
        of links: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: Int] {
        guard !links.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT link, count(*) AS n FROM booking
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) AND status IN \(living) GROUP BY link
            """) { (try $0["link"] as ID<Link>, try $0["n"] as Int) }
        return Dictionary(rows) { first, _ in first }
    }

    /// The whole bookings of those who have signed up, by time, then by when they did.
    package static func signUps(on link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [Booking] {
        try BookingStore.all(people(on: link, scope: scope, in: tx).map(\.id), scope: scope, in: tx)
    }

    /// Those who have signed up, by time, then by when they did.
    static func people(on link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [SheetSignUp] {
        try tx.all("""
            SELECT id, starts, ends, status, attendee_name, attendee_email, created_at FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living)
            ORDER BY starts, id LIMIT \(Sheet.mostSignUps)
            """) { row in
            SheetSignUp(
                id: try row["id"], starts: try row["starts"], ends: try row["ends"], status: try row["status"],
                name: try row["attendee_name"], email: try row["attendee_email"], at: try row["created_at"])
        }
    }

    /// Whether somebody who has signed up is still to come.
    static func isAwaited(on link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction) throws -> Bool {
        let owning = BookingStatus.allCases.filter(\.ownsTime).map(\.rawValue)
        let found: ID<Booking>? = try tx.one("""
            SELECT id FROM booking WHERE workspace = \(scope.workspace) AND link = \(link)
                AND status IN \(list: owning) AND ends > \(now) LIMIT 1
            """) { try $0["id"] }
        return found != nil
    }

    /// First names of those who have signed up, by the start of their time.
    static func firstNames(
        on link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws -> [Instant: [String]] {
        let rows = try tx.all("""
            SELECT starts, attendee_name FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living) ORDER BY starts, id
            """) { (try $0["starts"] as Instant, try $0["attendee_name"] as String) }
        return Dictionary(grouping: rows, by: \.0).mapValues { people in
            people.compactMap { firstName(of: $0.1) }
        }
    }

    /// Nil for an address, which some type in the place of a name.
    static func firstName(of name: String) -> String? {
        name.contains("@") ? nil : name.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    /// Opens a closed one again, until then.
    static func reopen(_ id: ID<OneOff>, until expires: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE one_off SET state = 'open', ended_at = NULL, expires = \(expires)
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    static func delete(_ id: ID<OneOff>, scope: Scope, in tx: Transaction) throws {
        try tx.removeLedger(claim: id.text)
        try tx.run("DELETE FROM one_off WHERE workspace = \(scope.workspace) AND id = \(id)")
    }
}
