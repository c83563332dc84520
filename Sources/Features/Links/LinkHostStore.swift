/// Every SQL statement on the hosts of links and their shares.
import Database
import Scheduling

package enum LinkHostStore {
    /// Writes the hosts of a link in their order, in place of those it had.
    package static func replace(of link: Link, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM link_host WHERE workspace = \(scope.workspace) AND link = \(link.id)")
        let rows = link.hosts.enumerated().map { position, host in
            let share = link.share(of: host.id)
            let role = link.isRotating(host.id) ? "rotating" : "fixed"
            return """
                (\(scope.workspace), \(link.id), \(host.id), \(position), \(role), \(share.priority), \(share.weight), \
                \(share.joinedAt), \(share.pool))
                """ as SQL
        }
        try tx.run("""
            INSERT INTO link_host (workspace, link, account, position, role, priority, weight, joined_at,
                pool)
            VALUES \(rows.joined())
            """)
    }

    /// The hosts of several links in their order, with their shares: one statement, however many there are.
    static func all(
        of links: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: [(host: LinkHost, share: HostShare)]] {
        let rows = try tx.all("""
            SELECT h.link, h.priority, h.weight, h.joined_at, h.pool, a.id, a.name, a.email, a.zone,
                CASE WHEN a.active AND m.state = 'active' THEN 1 ELSE 0 END AS there
            FROM link_host h JOIN account a ON a.id = h.account
            JOIN member m ON m.workspace = h.workspace AND m.account = h.account
            WHERE h.workspace = \(scope.workspace) AND h.link IN \(list: links) ORDER BY h.link, h.position
            """) { row in
            var share = HostShare()
            (share.priority, share.weight) = (try row["priority"], try row["weight"])
            (share.joinedAt, share.isActive) = (try row["joined_at"], try row["there"] as Int == 1)
            share.pool = try row["pool"]
            return (try row["link"] as ID<Link>, (host: try host(from: row), share: share))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// Those of these people who can be hosts: members of the workspace who can sign in.
    package static func people(
        _ ids: [ID<User>], scope: Scope, in tx: Transaction
    ) throws -> [ID<User>: LinkHost] {
        guard !ids.isEmpty else { return [:] }
        let found = try tx.all("""
            SELECT a.id, a.name, a.email, a.zone FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND a.id IN \(list: ids) AND a.active AND m.state = 'active'
            """, host(from:))
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Somebody who was a host, though they may be no member any more: what stood in their calendar is taken out of it.
    package static func former(_ id: ID<User>, scope: Scope, in tx: Transaction) throws -> LinkHost? {
        try tx.one("""
            SELECT a.id, a.name, a.email, a.zone FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND a.id = \(id) AND a.active
            """, host(from:))
    }

    /// What each of these people is in the workspace.
    package static func roles(
        of ids: [ID<User>], scope: Scope, in tx: Transaction
    ) throws -> [ID<User>: Role] {
        guard !ids.isEmpty else { return [:] }
        let found = try tx.all("""
            SELECT account, role FROM member WHERE workspace = \(scope.workspace) AND account IN \(list: ids)
            """) { row in (try row["account"] as ID<User>, try row["role"] as Role) }
        return Dictionary(found) { first, _ in first }
    }

    /// Everybody who can be a host, by name.
    package static func everybody(scope: Scope, in tx: Transaction) throws -> [LinkHost] {
        try tx.all("""
            SELECT a.id, a.name, a.email, a.zone FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND a.active AND m.state = 'active' ORDER BY a.name, a.id
            """, host(from:))
    }

    /// The ids of the link's hosts: the subjects its bookings lock.
    package static func ids(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [String] {
        try tx.all("SELECT account FROM link_host WHERE workspace = \(scope.workspace) AND link = \(link)") { row in
            try row["account"]
        }
    }

    private static func host(from row: Row) throws -> LinkHost {
        LinkHost(id: try row["id"], name: try row["name"], email: try row["email"], zone: try row["zone"])
    }
}
