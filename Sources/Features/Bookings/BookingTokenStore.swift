/// Every SQL statement on booking tokens and holds: the capabilities strangers carry.
import Database
import Scheduling

package enum BookingTokenStore {
    package static let sealed = SealedColumn("booking_token", "token_sealed", key: ["id", "workspace"]) { key in
        "booking_token|\(key[0])|\(key[1])"
    }

    /// Gives the attendee, or who booked for them, a new token and ends the one before it.
    package static func rotate(
        _ token: NewToken, as holder: TokenHolder = .attendee, booking: ID<Booking>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.post("""
            UPDATE booking_token SET retired_at = \(now)
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND participant = \(holder)
                AND retired_at IS NULL
            """)
        try insert(token, as: holder, booking: booking, now: now, scope: scope, in: tx)
    }

    /// Gives the attendee of a new booking a token, or who booked for them.
    package static func insert(
        _ token: NewToken, as holder: TokenHolder = .attendee, booking: ID<Booking>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.post("""
            INSERT INTO booking_token (id, workspace, booking, participant, token_hash, token_sealed, created_at)
            VALUES (\(token.id), \(scope.workspace), \(booking), \(holder), \(token.hash), \(token.sealed), \(now))
            """)
    }

    /// The attendee's living token, opened; mails and the API's replays need it again.
    package static func current(
        of booking: ID<Booking>, holder: TokenHolder = .attendee, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        try tx.one("""
            SELECT id, token_sealed FROM booking_token
            WHERE workspace = \(scope.workspace) AND booking = \(booking) AND participant = \(holder)
                AND retired_at IS NULL
            """) { row in
            let id: ID<BookingToken> = try row["id"]
            let plain = try keyring.open(try row["token_sealed"], bound: NewToken.binding(id, scope.workspace))
            return String(decoding: plain, as: UTF8.self)
        }
    }

    /// What ended a token, as its booking's history calls it: `rescheduled` or `corrected`.
    static func ending(of token: String, scope: Scope, in tx: Transaction) throws -> String? {
        try tx.one("""
            SELECT h.event FROM booking_token t
            JOIN booking_history h ON h.workspace = t.workspace AND h.booking = t.booking AND h.at = t.retired_at
            WHERE t.workspace = \(scope.workspace) AND t.token_hash = \(sha256(Array(token.utf8)))
                AND h.event IN ('rescheduled', 'corrected')
            ORDER BY h.version DESC LIMIT 1
            """) { try $0["event"] }
    }

    // MARK: Holds

    private static let columns: SQL = "id, link, booking, starts, ends, expires, session, waits, chosen_host, offer"

    /// Removes the visitor's earlier hold on this link; its ledger rows are removed with its claim by the caller.
    package static func hold(
        ofVisitor visitor: [UInt8], link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws -> Hold? {
        try tx.one("""
            SELECT \(columns) FROM hold
            WHERE workspace = \(scope.workspace) AND link = \(link) AND visitor = \(visitor)
            """, hold(from:))
    }

    package static func hold(_ id: ID<Hold>, scope: Scope, in tx: Transaction) throws -> Hold? {
        try tx.one("""
            SELECT \(columns) FROM hold
            WHERE workspace = \(scope.workspace) AND id = \(id)
            """, hold(from:))
    }

    package static func hold(token: String, link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Hold? {
        try tx.one("""
            SELECT \(columns) FROM hold
            WHERE workspace = \(scope.workspace) AND link = \(link) AND token_hash = \(sha256(Array(token.utf8)))
            """, hold(from:))
    }

    package static func insert(
        _ hold: Hold, visitor: [UInt8], client: [UInt8]?, tokenHash: [UInt8], now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO hold (id, workspace, link, booking, visitor, client, token_hash, starts, ends, expires,
                created_at, waits, chosen_host, offer)
            VALUES (\(hold.id), \(scope.workspace), \(hold.link), \(hold.booking), \(visitor), \(client),
                \(tokenHash), \(hold.starts), \(hold.ends), \(hold.expires), \(now), \(hold.waits ? 1 : 0),
                \(hold.chosenHost), \(hold.offer))
            """)
    }

    /// The hold somebody books with; one of an offer comes with the others of it.
    /// - Throws: `KeptOfferRefusal.taken` where a time of its offer was booked before.
    static func picked(_ token: String?, link: ID<Link>, scope: Scope, in tx: Transaction) throws -> Hold? {
        guard let token else { return nil }
        guard var hold = try hold(token: token, link: link, scope: scope, in: tx) else {
            let offer = try KeptOffer.token(inHold: token).flatMap {
                try KeptOfferStore.find(token: $0, link: link, scope: scope, in: tx)
            }
            if offer?.state == .taken { throw KeptOfferRefusal.taken }
            return nil
        }
        if let offer = hold.offer {
            hold.beside = try holds(of: offer, scope: scope, in: tx).filter { $0.id != hold.id }
        }
        return hold
    }

    /// What an offer keeps.
    static func holds(of offer: ID<KeptOffer>, scope: Scope, in tx: Transaction) throws -> [Hold] {
        try tx.all("""
            SELECT \(columns) FROM hold WHERE workspace = \(scope.workspace) AND offer = \(offer) ORDER BY starts, id
            """, hold(from:))
    }

    /// What one client keeps on a link now, the oldest first; not what is kept for moving a booking.
    static func holds(
        ofClient client: [UInt8], except visitor: [UInt8], link: ID<Link>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> [Hold] {
        try tx.all("""
            SELECT \(columns) FROM hold
            WHERE workspace = \(scope.workspace) AND link = \(link) AND client = \(client)
                AND visitor <> \(visitor) AND booking IS NULL AND expires > \(now)
            ORDER BY created_at, id
            """, hold(from:))
    }

    /// What the waitlist of a link keeps, offered or not, alive or not.
    static func waiting(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [Hold] {
        try tx.all("""
            SELECT \(columns) FROM hold WHERE workspace = \(scope.workspace) AND link = \(link) AND waits = 1
            ORDER BY starts, id
            """, hold(from:))
    }

    /// Keeps a living hold until `until`, unless it is the waitlist's or an offer's, but never longer than `most`
    /// minutes after it was made.
    static func extend(
        _ id: ID<Hold>, to until: Instant, most: Int, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let seconds = Int64(most) * 60
        try tx.run("""
            UPDATE hold SET expires =
                CASE WHEN created_at + \(seconds) < \(until) THEN created_at + \(seconds) ELSE \(until) END
            WHERE workspace = \(scope.workspace) AND id = \(id) AND expires > \(now) AND waits = 0
                AND offer IS NULL AND created_at + \(seconds) > expires
            """)
        guard let hold = try hold(id, scope: scope, in: tx) else { return }
        try tx.countUp(tx.all("""
            UPDATE ledger SET expires = \(hold.expires)
            WHERE workspace = \(scope.workspace) AND kind = 'hold' AND ref = \(id) RETURNING subject
            """) { try $0["subject"] })
    }

    /// What an offer keeps ends by then at the latest.
    static func shorten(holdsOf offer: ID<KeptOffer>, to last: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE hold SET expires = \(last)
            WHERE workspace = \(scope.workspace) AND offer = \(offer) AND expires > \(last)
            """)
        try tx.countUp(tx.all("""
            UPDATE ledger SET expires = \(last)
            WHERE workspace = \(scope.workspace) AND kind = 'hold' AND claim = \(offer) AND expires > \(last)
            RETURNING subject
            """) { try $0["subject"] })
    }

    package static func deleteHold(_ id: ID<Hold>, scope: Scope, in tx: Transaction) throws {
        try tx.post("DELETE FROM hold WHERE workspace = \(scope.workspace) AND id = \(id)")
    }

    /// Removes the holds for moving a booking, and what they block: whatever the booking does, its own rows stay.
    /// - Returns: the sessions in which they kept seats.
    package static func deleteHolds(
        of booking: ID<Booking>, scope: Scope, in tx: Transaction
    ) throws -> Set<ID<GroupSession>> {
        let holds: [(ID<Hold>, ID<GroupSession>?)] = try tx.all("""
            DELETE FROM hold WHERE workspace = \(scope.workspace) AND booking = \(booking) RETURNING id, session
            """) { (try $0["id"], try $0["session"]) }
        for (hold, _) in holds { try tx.removeLedger(kind: .hold, ref: hold.text) }
        return Set(holds.compactMap(\.1))
    }

    /// Removes holds that ran out, of all workspaces; their ledger rows stopped counting when they expired.
    package static func pruneHolds(now: Instant, in tx: Transaction) throws {
        // First, so that only what an earlier round has emptied goes.
        try SeatStore.prune(in: tx)
        let subjects: [String] = try tx.all("""
            SELECT DISTINCT subject FROM ledger WHERE kind IN ('hold', 'session') AND expires <= \(now)
            """) { try $0["subject"] }
        try tx.lockSubjects(subjects)
        try tx.countUp(subjects)
        try tx.run("DELETE FROM ledger WHERE kind IN ('hold', 'session') AND expires <= \(now)")
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM hold WHERE expires <= \(now)")
    }

    private static func hold(from row: Row) throws -> Hold {
        Hold(
            id: try row["id"], link: try row["link"], booking: try row["booking"], starts: try row["starts"],
            ends: try row["ends"], expires: try row["expires"], session: try row["session"],
            waits: try row["waits"] as Int == 1, chosenHost: try row["chosen_host"], offer: try row["offer"])
    }
}

/// A fresh capability: what is stored of it, and the text that is told once.
package struct NewToken: Sendable {
    package var id: ID<BookingToken>
    package var text: String
    package var hash: [UInt8]
    package var sealed: [UInt8]

    /// Made before the transaction begins: it needs randomness.
    package init(world: World, keyring: Keyring, workspace: ID<Workspace>) {
        id = world.id()
        text = world.token()
        hash = sha256(Array(text.utf8))
        sealed = keyring.seal(Array(text.utf8), bound: Self.binding(id, workspace))
    }

    package static func binding(_ id: ID<BookingToken>, _ workspace: ID<Workspace>) -> String {
        "booking_token|\(id)|\(workspace)"
    }
}
