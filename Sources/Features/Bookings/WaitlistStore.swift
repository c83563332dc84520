/// Every SQL statement on the entries of waitlists.
import Database
import Scheduling

package enum WaitlistStore {
    package static let sealed = SealedColumn("waitlist_entry", "token_sealed", key: ["id", "workspace"]) { key in
        "waitlist_entry|\(key[0])|\(key[1])"
    }

    static func insert(_ entry: WaitlistEntry, _ token: MailedToken, scope: Scope, in tx: Transaction) throws {
        let span = entry.target.span
        try tx.run("""
            INSERT INTO waitlist_entry (id, workspace, link, day, starts, ends, minutes, name, email, sent_to, zone,
                language, state, token_hash, token_sealed, version, created_at)
            VALUES (\(entry.id), \(scope.workspace), \(entry.link), \(entry.target.day), \(span.start), \(span.end),
                \(entry.minutes), \(entry.name), \(EmailCode.folded(entry.email)), \(entry.email), \(entry.zone),
                \(entry.language), \(entry.state), \(token.hash), \(token.sealed), \(entry.version),
                \(entry.createdAt))
            """)
    }

    package static func find(_ id: ID<WaitlistEntry>, scope: Scope, in tx: Transaction) throws -> WaitlistEntry? {
        try select("AND w.id = \(id)", scope: scope, in: tx).first
    }

    /// The entries of a link that are open, in their order.
    package static func open(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [WaitlistEntry] {
        try select("AND w.link = \(link) AND w.ended_at IS NULL", scope: scope, in: tx)
    }

    /// What its hosts read: those that are open in their order, then the last of those that are over.
    package static func all(
        of link: ID<Link>, most: Int = 200, scope: Scope, in tx: Transaction
    ) throws -> [WaitlistEntry] {
        let open = try open(of: link, scope: scope, in: tx)
        return try open + select("""
            AND w.link = \(link) AND w.ended_at IS NOT NULL
            """, order: "w.ended_at DESC, w.id DESC LIMIT \(most)", scope: scope, in: tx)
    }

    /// All of a link, in the order they came; those after `last`.
    package static func page(
        of link: ID<Link>, after last: ID<WaitlistEntry>? = nil, most: Int, scope: Scope, in tx: Transaction
    ) throws -> [WaitlistEntry] {
        let after: SQL = last.map { "AND w.id > \($0)" } ?? ""
        return try select(
            "AND w.link = \(link) \(after)", order: "w.id LIMIT \(most)", scope: scope, in: tx)
    }

    /// The open entry of an address for the same day or session.
    static func open(
        like entry: WaitlistEntry, scope: Scope, in tx: Transaction
    ) throws -> WaitlistEntry? {
        let target: SQL = entry.target.day.map { "AND w.day = \($0)" }
            ?? "AND w.day IS NULL AND w.starts = \(entry.target.span.start)"
        return try select("""
            AND w.link = \(entry.link) AND w.email = \(EmailCode.folded(entry.email)) AND w.ended_at IS NULL \(target)
            """, scope: scope, in: tx).first
    }

    /// The token in its mails; nil when the key file is another.
    static func token(
        of id: ID<WaitlistEntry>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM waitlist_entry WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: WaitlistEntry.binding(id, scope.workspace), keyring) }
    }

    /// False when it waits no longer.
    static func offer(
        _ offer: WaitlistOffer, to entry: WaitlistEntry, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE waitlist_entry SET state = 'offered', hold = \(offer.hold), offered_start = \(offer.start),
                offered_until = \(offer.until), version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(entry.id) AND state = 'waiting'
                AND version = \(entry.version)
            """) == 1
    }

    /// Ends an open one; what is kept for it is let go by the caller.
    static func end(
        _ entry: WaitlistEntry, as state: WaitlistState, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE waitlist_entry SET state = \(state), hold = NULL, ended_at = \(now), version = version + 1
            WHERE workspace = \(scope.workspace) AND id = \(entry.id) AND ended_at IS NULL
            """)
    }

    /// What was offered is gone through nobody's answer: the entry waits again, in its old place.
    static func withdraw(_ hold: ID<Hold>, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            UPDATE waitlist_entry SET state = 'waiting', hold = NULL, version = version + 1
            WHERE workspace = \(scope.workspace) AND hold = \(hold)
            """)
    }

    /// A booking was made: the offer it came of is taken, and its attendee waits no longer for what they have now. That
    /// is also who pressed so late that the offer's hold was gone, and found the time free all the same.
    static func take(_ booking: Booking, hold: Hold?, scope: Scope, in tx: Transaction) throws {
        let set: SQL = """
            SET state = 'taken', hold = NULL, booking = \(booking.id), ended_at = \(booking.createdAt),
                version = version + 1
            """
        if let hold, hold.waits {
            try tx.post("""
                UPDATE waitlist_entry \(set) WHERE workspace = \(scope.workspace) AND hold = \(hold.id)
                """)
        }
        try tx.post("""
            UPDATE waitlist_entry \(set)
            WHERE workspace = \(scope.workspace) AND link = \(booking.link) AND ended_at IS NULL
                AND (state = 'waiting' OR offered_start = \(booking.state.starts))
                AND email = \(EmailCode.folded(booking.attendee.email)) AND starts <= \(booking.state.starts)
                AND ends > \(booking.state.starts)
            """)
    }

    /// The links on which somebody waits for time of these hosts.
    static func links(waitingFor hosts: [ID<User>], scope: Scope, in tx: Transaction) throws -> [ID<Link>] {
        try tx.all("""
            SELECT DISTINCT w.link FROM waitlist_entry w
            JOIN link_host h ON h.workspace = w.workspace AND h.link = w.link
            WHERE w.workspace = \(scope.workspace) AND w.ended_at IS NULL AND h.account IN \(list: hosts)
            """) { try $0["link"] }
    }

    /// How many wait for each session of a link, by its start; entries of whole days are counted by no session.
    package static func waiting(
        for start: Instant, of link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws -> [WaitlistEntry] {
        try open(of: link, scope: scope, in: tx).filter { $0.target.takes(start) }
    }

    /// The links of all workspaces on which somebody waits.
    package static func allLinks(in tx: Transaction) throws -> [(workspace: ID<Workspace>, link: ID<Link>)] {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.all("SELECT DISTINCT workspace, link FROM waitlist_entry WHERE ended_at IS NULL") { row in
            (workspace: try row["workspace"], link: try row["link"])
        }
    }

    /// Forgets who waited long ago.
    package static func prune(now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -WaitlistEntry.daysKept)
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM waitlist_entry WHERE ended_at IS NOT NULL AND ended_at < \(limit)")
    }

    private static func select(
        _ condition: SQL, order: SQL = "w.created_at, w.id", scope: Scope, in tx: Transaction
    ) throws -> [WaitlistEntry] {
        try tx.all("""
            SELECT w.id, w.link, w.day, w.starts, w.ends, w.minutes, w.name, w.sent_to, w.zone, w.language, w.state,
                w.hold, w.offered_start, w.offered_until, w.booking, w.version, w.created_at, w.ended_at
            FROM waitlist_entry w WHERE w.workspace = \(scope.workspace) \(condition) ORDER BY \(order)
            """) { row in
            let span = Span(start: try row["starts"], end: try row["ends"])
            let day: LocalDate? = try row["day"]
            let (hold, start, until): (ID<Hold>?, Instant?, Instant?) = (
                try row["hold"], try row["offered_start"], try row["offered_until"])
            var entry = WaitlistEntry(
                id: try row["id"], link: try row["link"], target: day.map { .day($0, span) } ?? .session(span),
                minutes: try row["minutes"], name: try row["name"], email: try row["sent_to"], zone: try row["zone"],
                language: try row["language"], state: try row["state"], booking: try row["booking"],
                version: try row["version"], createdAt: try row["created_at"], endedAt: try row["ended_at"])
            if let hold, let start, let until { entry.offer = WaitlistOffer(hold: hold, start: start, until: until) }
            return entry
        }
    }
}
