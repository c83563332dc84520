/// Every SQL statement on blocks, and what those they turn away have booked.
import Database
import Scheduling

package enum BlockStore {
    /// False when it is there already.
    static func insert(
        _ whom: Block.Whom, id: ID<Block>, by author: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            INSERT INTO block (id, workspace, kind, value, author, created_at)
            VALUES (\(id), \(scope.workspace), \(whom.kind), \(whom.value), \(author), \(now))
            ON CONFLICT (workspace, kind, value) DO NOTHING
            """) == 1
    }

    /// False when this workspace has no such block.
    static func delete(_ id: ID<Block>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("DELETE FROM block WHERE workspace = \(scope.workspace) AND id = \(id)") == 1
    }

    /// Newest first.
    /// - Parameter authors: those of these people alone.
    static func all(by authors: Set<ID<User>>?, most: Int = 500, scope: Scope, in tx: Transaction) throws -> [Block] {
        let own: SQL = authors.map { "AND k.author IN \(list: $0)" } ?? ""
        return try tx.all("""
            SELECT k.id, k.kind, k.value, k.author, a.name, k.created_at
            FROM block k LEFT JOIN account a ON a.id = k.author
            WHERE k.workspace = \(scope.workspace) \(own) ORDER BY k.id DESC LIMIT \(most)
            """) { row in
            Block(
                id: try row["id"], whom: Block.Whom(kind: try row["kind"], value: try row["value"]),
                author: try row["author"], authorName: try row["name"], at: try row["created_at"])
        }
    }

    /// Whether a booking of that address is turned away.
    static func isBlocked(_ email: String, scope: Scope, in tx: Transaction) throws -> Bool {
        let all = Block.Whom.all(of: email)
        guard !all.isEmpty else { return false }
        let found: [Block.Whom] = try tx.all("""
            SELECT kind, value FROM block
            WHERE workspace = \(scope.workspace) AND value IN \(list: all.map(\.value))
            """) { Block.Whom(kind: try $0["kind"], value: try $0["value"]) }
        return found.contains(where: all.contains)
    }

    /// Meetings to come that were booked from there, the earliest first.
    /// - Parameter hosts: those with one of these hosts alone.
    static func upcoming(
        _ whom: Block.Whom, with hosts: Set<ID<User>>?, most: Int, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [ID<Booking>] {
        let found: SQL = switch whom.kind {
        case .address:
            """
            AND EXISTS (SELECT 1 FROM booking_word f WHERE f.workspace = b.workspace AND f.booking = b.id
                AND f.word = \(SearchWords.term(ofAddress: whom.value)))
            """
        case .domain:
            """
            AND (lower(b.attendee_email) LIKE \("%@" + whom.value)
                OR lower(b.attendee_email) LIKE \("%." + whom.value))
            """
        }
        let own: SQL = hosts.map { hosts in
            """
            AND EXISTS (SELECT 1 FROM booking_host h WHERE h.workspace = b.workspace AND h.booking = b.id
                AND h.account IN \(list: hosts))
            """
        } ?? ""
        let rows = try tx.all("""
            SELECT b.id, b.attendee_email FROM booking b
            WHERE b.workspace = \(scope.workspace) AND b.status IN ('confirmed', 'pending_approval')
                AND b.starts > \(now) \(found) \(own)
            ORDER BY b.starts, b.id LIMIT \(most)
            """) { (id: try $0["id"] as ID<Booking>, email: try $0["attendee_email"] as String) }
        return rows.filter { whom.covers($0.email) }.map(\.id)
    }
}
