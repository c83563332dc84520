/// Every SQL statement on one-offs and their times.
import Database
import Scheduling

package enum OneOffStore {
    package static let sealed = SealedColumn("one_off", "token_sealed", key: ["id", "workspace"]) { key in
        "one_off|\(key[0])|\(key[1])"
    }

    static func insert(
        _ one: OneOff, tokenHash: [UInt8], sealed: [UInt8], scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO one_off (id, workspace, link, author, zone, reserves, per_address, state, token_hash,
                token_sealed, expires, created_at)
            VALUES (\(one.id), \(scope.workspace), \(one.link), \(one.author), \(one.zone), \(one.reserves ? 1 : 0),
                \(one.perAddress), \(one.state), \(tokenHash), \(sealed), \(one.expires), \(one.createdAt))
            """)
        for time in one.times {
            try tx.post("""
                INSERT INTO one_off_time (workspace, one_off, starts, minutes, places, label)
                VALUES (\(scope.workspace), \(one.id), \(time.start), \(time.minutes), \(time.places), \(time.label))
                """)
        }
    }

    package static func find(_ id: ID<OneOff>, scope: Scope, in tx: Transaction) throws -> OneOff? {
        try select("AND o.id = \(id)", scope: scope, in: tx).first
    }

    /// Those of these people (nil = everybody's), the newest first; those after `last`.
    /// - Parameter sheets: these, or all others.
    package static func page(
        of people: Set<ID<User>>?, sheets: Bool = false, after last: ID<OneOff>? = nil, most: Int, scope: Scope,
        in tx: Transaction
    ) throws -> [OneOff] {
        let kind: SQL = sheets ? "AND o.per_address IS NOT NULL" : "AND o.per_address IS NULL"
        let after: SQL = last.map { "AND o.id < \($0)" } ?? ""
        let whose: SQL = people.map { "AND o.author IN \(list: $0.map(\.text).sorted() + [""])" } ?? ""
        return try select("\(kind) \(whose) \(after)", order: "o.id DESC LIMIT \(most)", scope: scope, in: tx)
    }

    /// Of one person, those that nobody has ended.
    package static func open(of author: ID<User>, scope: Scope, in tx: Transaction) throws -> [OneOff] {
        try select("AND o.author = \(author) AND o.state = 'open'", scope: scope, in: tx)
    }

    /// What each is about, and whether it is a sheet.
    static func titles(
        of ids: Set<ID<OneOff>>, scope: Scope, in tx: Transaction
    ) throws -> [ID<OneOff>: (title: String, isSheet: Bool)] {
        guard !ids.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT o.id, o.per_address, l.title
            FROM one_off o JOIN link l ON l.workspace = o.workspace AND l.id = o.link
            WHERE o.workspace = \(scope.workspace) AND o.id IN \(list: ids.map(\.text).sorted())
            """) { row in
            (try row["id"] as ID<OneOff>,
             (title: try row["title"] as String, isSheet: try row["per_address"] as Int? != nil))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The token in its address; nil when the key file is another.
    package static func token(
        of id: ID<OneOff>, keyring: Keyring, scope: Scope, in tx: Transaction
    ) throws -> String? {
        let sealed: [UInt8]? = try tx.one("""
            SELECT token_sealed FROM one_off WHERE workspace = \(scope.workspace) AND id = \(id)
            """) { try $0["token_sealed"] }
        return sealed.flatMap { MailedToken.open($0, bound: OneOff.binding(id, scope.workspace), keyring) }
    }

    /// Ends an open one, and its placeholders with it. Its host's time is locked by the caller.
    static func end(
        _ id: ID<OneOff>, as state: OneOffState, booking: ID<Booking>? = nil, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE one_off SET state = \(state), booking = \(booking), ended_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'open'
            """)
        try tx.removeLedger(claim: id.text)
    }

    /// Forgets what ended long ago; the row of its link stays for the bookings that may hang on it.
    package static func prune(now: Instant, in tx: Transaction) throws {
        let limit = now.adding(days: -OneOff.daysKept)
        // Housekeeping goes across workspaces: it is of the whole installation.
        // One whose last job came to nothing is over all the same. A sheet that closed early is known until its last
        // time: its host may open it again.
        try tx.run("""
            DELETE FROM one_off WHERE (ended_at < \(limit) OR (state = 'open' AND expires < \(limit)))
                AND (per_address IS NULL OR NOT EXISTS (
                    SELECT 1 FROM one_off_time t WHERE t.one_off = one_off.id AND t.starts >= \(limit)))
            """)
    }

    private static func select(
        _ condition: SQL, order: SQL = "o.id", scope: Scope, in tx: Transaction
    ) throws -> [OneOff] {
        let found = try tx.all("""
            SELECT o.id, o.link, o.author, o.zone, o.reserves, o.per_address, o.state, o.booking, o.expires,
                o.created_at, o.ended_at
            FROM one_off o WHERE o.workspace = \(scope.workspace) \(condition) ORDER BY \(order)
            """) { row in
            OneOff(
                id: try row["id"], link: try row["link"], author: try row["author"], zone: try row["zone"],
                reserves: try row["reserves"] as Int == 1, perAddress: try row["per_address"],
                expires: try row["expires"], createdAt: try row["created_at"], state: try row["state"],
                booking: try row["booking"], endedAt: try row["ended_at"])
        }
        guard !found.isEmpty else { return [] }
        let rows = try tx.all("""
            SELECT one_off, starts, minutes, places, label FROM one_off_time
            WHERE workspace = \(scope.workspace) AND one_off IN \(list: found.map(\.id))
            ORDER BY one_off, starts, minutes
            """) { row in
            var time = OneOff.Time(start: try row["starts"], minutes: try row["minutes"])
            (time.places, time.label) = (try row["places"], try row["label"])
            return (try row["one_off"] as ID<OneOff>, time)
        }
        let times = Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
        return found.map { one in
            var one = one
            one.times = times[one.id] ?? []
            return one
        }
    }
}
