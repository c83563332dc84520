/// Every SQL statement on calls: who rings for whom, and who took it.
import Database
import Scheduling

package enum RingStore {
    static func insert(_ ring: Ring, tokenHash: [UInt8], scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO ring (id, workspace, link, token_hash, wish, state, created_at, expires)
            VALUES (\(ring.id), \(scope.workspace), \(ring.link), \(tokenHash), \(ring.wish.encoded), \(ring.state),
                \(ring.createdAt), \(ring.expires))
            """)
        for host in ring.hosts.keys.sorted(by: { $0.text < $1.text }) {
            try tx.run("""
                INSERT INTO ring_host (workspace, ring, account) VALUES (\(scope.workspace), \(ring.id), \(host))
                """)
        }
    }

    static func find(_ id: ID<Ring>, scope: Scope, in tx: Transaction) throws -> Ring? {
        try all("AND r.id = \(id)", scope: scope, in: tx).first
    }

    static func find(tokenHash: [UInt8], scope: Scope, in tx: Transaction) throws -> Ring? {
        try all("AND r.token_hash = \(tokenHash)", scope: scope, in: tx).first
    }

    /// What rings for somebody now, the oldest first.
    static func ringing(_ user: ID<User>, now: Instant, scope: Scope, in tx: Transaction) throws -> [Ring] {
        try all("""
            AND r.state = 'ringing' AND r.expires > \(now) AND EXISTS (
                SELECT 1 FROM ring_host h WHERE h.workspace = r.workspace AND h.ring = r.id
                AND h.account = \(user) AND h.passed = 0)
            ORDER BY r.created_at, r.id LIMIT 20
            """, scope: scope, in: tx)
    }

    /// How many ring on a link now.
    static func count(of link: ID<Link>, now: Instant, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM ring
            WHERE workspace = \(scope.workspace) AND link = \(link) AND state = 'ringing' AND expires > \(now)
            """) { try $0["n"] } ?? 0
    }

    /// Gives it to a host; false when it rings no more, see also `connect`.
    static func take(
        _ id: ID<Ring>, by host: ID<User>, world: World, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE ring SET state = 'accepted', account = \(host)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'ringing' AND expires > \(world.now)
            """) == 1
    }

    /// What came of it, by the clock once all locks are held; false when its time ran out meanwhile.
    static func connect(
        _ id: ID<Ring>, to booking: ID<Booking>, world: World, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            UPDATE ring SET booking = \(booking)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND expires > \(world.now)
            """) == 1
    }

    static func cancel(_ id: ID<Ring>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE ring SET state = 'cancelled'
            WHERE workspace = \(scope.workspace) AND id = \(id) AND state = 'ringing'
            """)
    }

    static func pass(_ id: ID<Ring>, by host: ID<User>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE ring_host SET passed = 1
            WHERE workspace = \(scope.workspace) AND ring = \(id) AND account = \(host)
            """)
    }

    /// What a visitor leaves whom nobody answered; once, and not after somebody did.
    /// - Returns: false when there is a message already.
    static func leave(_ message: String, on id: ID<Ring>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("""
            UPDATE ring SET message = \(message)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND message = '' AND state <> 'accepted'
            """) == 1
    }

    /// Forgets calls of yesterday, with all that was typed.
    package static func prune(now: Instant, in tx: Transaction) throws {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM ring WHERE created_at <= \(now.adding(seconds: -Ring.kept))")
    }

    private static func all(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Ring] {
        let rings = try tx.all("""
            SELECT r.id, r.link, r.wish, r.state, r.created_at, r.expires, r.account, r.booking, r.message
            FROM ring r WHERE r.workspace = \(scope.workspace) \(condition)
            """) { row in
            Ring(
                id: try row["id"], link: try row["link"], wish: try RingWish(decoding: try row["wish"]),
                state: try row["state"], createdAt: try row["created_at"], expires: try row["expires"], hosts: [:],
                host: try row["account"], booking: try row["booking"], message: try row["message"])
        }
        guard !rings.isEmpty else { return [] }
        let hosts = try tx.all("""
            SELECT ring, account, passed FROM ring_host
            WHERE workspace = \(scope.workspace) AND ring IN \(list: rings.map(\.id))
            """) { row in
            (ring: try row["ring"] as ID<Ring>, host: try row["account"] as ID<User>, passed: try row["passed"] as Int)
        }
        return rings.map { ring in
            var ring = ring
            for row in hosts where row.ring == ring.id { ring.hosts[row.host] = row.passed == 1 }
            return ring
        }
    }
}
