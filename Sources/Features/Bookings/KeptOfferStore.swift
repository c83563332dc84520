/// Every SQL statement on kept offers and their times; the holds themselves are in `BookingTokenStore`.
import Database
import Scheduling

package enum KeptOfferStore {
    package static let sealed = SealedColumn("kept_offer", "token_sealed", key: ["id", "workspace"]) { key in
        "kept_offer|\(key[0])|\(key[1])"
    }

    static func insert(
        _ offer: KeptOffer, tokenHash: [UInt8], sealed: [UInt8], scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO kept_offer (id, workspace, link, author, whom, minutes, zone, state, token_hash, token_sealed,
                expires, created_at)
            VALUES (\(offer.id), \(scope.workspace), \(offer.link), \(offer.author), \(offer.whom), \(offer.minutes),
                \(offer.zone), \(offer.state), \(tokenHash), \(sealed), \(offer.expires), \(offer.createdAt))
            """)
    }

    static func insert(_ time: KeptOffer.Time, of offer: ID<KeptOffer>, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            INSERT INTO kept_offer_time (workspace, offer, starts, hold, expires)
            VALUES (\(scope.workspace), \(offer), \(time.start), \(time.hold), \(time.expires))
            """)
    }

    package static func find(_ id: ID<KeptOffer>, scope: Scope, in tx: Transaction) throws -> KeptOffer? {
        try select("AND o.id = \(id)", scope: scope, in: tx).first
    }

    /// By the token in its addresses.
    static func find(
        token: String, link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws -> KeptOffer? {
        try select(
            "AND o.link = \(link) AND o.token_hash = \(sha256(Array(token.utf8)))", scope: scope, in: tx).first
    }

    /// The token in its addresses; nil when the key file is another.
    static func token(
        of id: ID<KeptOffer>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM kept_offer WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: KeptOffer.binding(id, scope.workspace), keyring) }
    }

    /// All of a link, the newest first; those after `last`.
    package static func page(
        of link: ID<Link>, after last: ID<KeptOffer>? = nil, most: Int, scope: Scope, in tx: Transaction
    ) throws -> [KeptOffer] {
        let after: SQL = last.map { "AND o.id < \($0)" } ?? ""
        return try select("AND o.link = \(link) \(after)", order: "o.id DESC LIMIT \(most)", scope: scope, in: tx)
    }

    /// Those that are open: of a link, or of these people's, who made them or whose time they keep.
    static func open(
        of link: ID<Link>? = nil, people: Set<ID<User>>? = nil, now: Instant, most: Int = 200, scope: Scope,
        in tx: Transaction
    ) throws -> [KeptOffer] {
        let ofLink: SQL = link.map { "AND o.link = \($0)" } ?? ""
        let ofPeople: SQL = people.map { people in
            let ids = people.map(\.text).sorted() + [""]
            return """
                AND (o.author IN \(list: ids) OR EXISTS (SELECT 1 FROM hold h JOIN ledger l
                    ON l.workspace = h.workspace AND l.kind = 'hold' AND l.ref = h.id
                    WHERE h.workspace = o.workspace AND h.offer = o.id AND l.subject IN \(list: ids)))
                """
        } ?? ""
        return try select("""
            AND o.ended_at IS NULL AND o.expires > \(now) \(ofLink) \(ofPeople)
            """, order: "o.expires, o.id LIMIT \(most)", scope: scope, in: tx)
    }

    /// What the holds keep, for a calendar: the offer of each, with its link's title.
    static func ofHolds(
        _ holds: [String], scope: Scope, in tx: Transaction
    ) throws -> [String: (offer: ID<KeptOffer>, link: ID<Link>, whom: String, title: String)] {
        guard !holds.isEmpty else { return [:] }
        let found = try tx.all("""
            SELECT t.hold, o.id, o.link, o.whom, l.title FROM kept_offer_time t
            JOIN kept_offer o ON o.workspace = t.workspace AND o.id = t.offer
            JOIN link l ON l.workspace = o.workspace AND l.id = o.link
            WHERE t.workspace = \(scope.workspace) AND t.hold IN \(list: holds)
            """) { row in
            (
                try row["hold"] as String,
                (
                    offer: try row["id"] as ID<KeptOffer>, link: try row["link"] as ID<Link>,
                    whom: try row["whom"] as String, title: try row["title"] as String
                )
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    /// An open one and its times end by then at the latest; the rows of its hosts and rooms, who are locked, too.
    static func shorten(_ offer: inout KeptOffer, to last: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE kept_offer SET expires = \(last)
            WHERE workspace = \(scope.workspace) AND id = \(offer.id) AND expires > \(last)
            """)
        try tx.run("""
            UPDATE kept_offer_time SET expires = \(last)
            WHERE workspace = \(scope.workspace) AND offer = \(offer.id) AND expires > \(last)
            """)
        try BookingTokenStore.shorten(holdsOf: offer.id, to: last, scope: scope, in: tx)
        offer.expires = min(offer.expires, last)
        for place in offer.times.indices { offer.times[place].expires = min(offer.times[place].expires, last) }
    }

    /// Ends an open one.
    /// - Returns: false when it was over before.
    @discardableResult
    static func end(
        _ id: ID<KeptOffer>, as state: KeptOfferState, booking: ID<Booking>? = nil, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE kept_offer SET state = \(state), booking = \(booking), ended_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'open'
            """) > 0
    }

    /// Forgets what ended long ago: it may name somebody.
    package static func prune(now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -KeptOffer.daysKept)
        // Housekeeping goes across workspaces: it is of the whole installation.
        // Its job died: an hour past its minute it is over all the same, so that no name stays for ever.
        try tx.run("""
            UPDATE kept_offer SET state = 'lapsed', ended_at = expires
            WHERE state = 'open' AND expires < \(now.adding(minutes: -60)) AND NOT EXISTS (SELECT 1 FROM hold h
                WHERE h.workspace = kept_offer.workspace AND h.offer = kept_offer.id)
            """)
        try tx.run("""
            DELETE FROM kept_offer WHERE ended_at IS NOT NULL AND ended_at < \(limit)
                AND NOT EXISTS (SELECT 1 FROM hold h
                    WHERE h.workspace = kept_offer.workspace AND h.offer = kept_offer.id)
            """)
    }

    private static func select(
        _ condition: SQL, order: SQL = "o.id", scope: Scope, in tx: Transaction
    ) throws -> [KeptOffer] {
        let found = try tx.all("""
            SELECT o.id, o.link, o.author, o.whom, o.minutes, o.zone, o.state, o.booking, o.expires, o.created_at,
                o.ended_at
            FROM kept_offer o WHERE o.workspace = \(scope.workspace) \(condition) ORDER BY \(order)
            """) { row in
            KeptOffer(
                id: try row["id"], link: try row["link"], author: try row["author"], whom: try row["whom"],
                minutes: try row["minutes"], zone: try row["zone"], expires: try row["expires"],
                createdAt: try row["created_at"], state: try row["state"], booking: try row["booking"],
                endedAt: try row["ended_at"])
        }
        guard !found.isEmpty else { return [] }
        let rows = try tx.all("""
            SELECT offer, starts, hold, expires FROM kept_offer_time
            WHERE workspace = \(scope.workspace) AND offer IN \(list: found.map(\.id)) ORDER BY offer, starts
            """) { row in
            (
                try row["offer"] as ID<KeptOffer>,
                KeptOffer.Time(start: try row["starts"], hold: try row["hold"], expires: try row["expires"])
            )
        }
        let times = Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
        return found.map { offer in
            var offer = offer
            offer.times = times[offer.id] ?? []
            return offer
        }
    }
}
