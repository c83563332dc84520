/// Every SQL statement on sign-ups.
import Database
import Scheduling

package enum SheetStore {
    private static let living: SQL = "\(list: BookingStatus.takingSeats.map(\.rawValue))"

    /// The sheet whose bookings hang on this link.
    static func of(_ link: ID<Link>, scope: Scope, in tx: Transaction) throws -> OneOff? {
        let id: ID<OneOff>? = try tx.one("""
            SELECT id FROM one_off WHERE workspace = \(scope.workspace) AND link = \(link) AND per_address IS NOT NULL
            """) { try $0["id"] }
        return try id.flatMap { try OneOffStore.find($0, scope: scope, in: tx) }
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
        try tx.one("""
            SELECT count(*) AS n FROM booking
            WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living)
                AND lower(attendee_email) = lower(\(email))
            """) { try $0["n"] } ?? 0
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

    /// Those who have signed up, by time, then by when they did.
    package static func signUps(on link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [Booking] {
        let ids: [ID<Booking>] = try tx.all("""
            SELECT id FROM booking WHERE workspace = \(scope.workspace) AND link = \(link) AND status IN \(living)
            ORDER BY starts, id
            """) { try $0["id"] }
        return try BookingStore.all(ids, scope: scope, in: tx)
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
            people.compactMap { $0.1.split(separator: " ").first.map(String.init) }
        }
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
