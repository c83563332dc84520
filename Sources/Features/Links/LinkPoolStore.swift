/// Every SQL statement on the pools of links.
import Database
import Scheduling

package enum LinkPoolStore {
    static func insert(_ pools: [LinkPool], of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        for (position, pool) in pools.enumerated() {
            try tx.run("""
                INSERT INTO link_pool (workspace, link, position, name, take)
                VALUES (\(scope.workspace), \(link), \(position), \(pool.name), \(pool.take))
                """)
        }
    }

    /// Writes the pools in place of those the link had. One that is only called otherwise keeps what was given to it.
    static func replace(_ pools: [LinkPool], of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        let before = try all(of: [link], scope: scope, in: tx)[link] ?? []
        guard before != pools else { return }
        let (old, new) = (Set(before.map(\.name)), Set(pools.map(\.name)))
        for (was, now) in zip(before, pools) where !new.contains(was.name) && !old.contains(now.name) {
            try tx.run("""
                UPDATE assignment SET pool = \(now.name)
                WHERE workspace = \(scope.workspace) AND link = \(link) AND pool = \(was.name)
                """)
        }
        try tx.run("DELETE FROM link_pool WHERE workspace = \(scope.workspace) AND link = \(link)")
        try insert(pools, of: link, scope: scope, in: tx)
    }

    /// The pools of several links, in their order.
    static func all(of links: [ID<Link>], scope: Scope, in tx: Transaction) throws -> [ID<Link>: [LinkPool]] {
        guard !links.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT link, name, take FROM link_pool
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, position
            """) { row in
            (try row["link"] as ID<Link>, LinkPool(name: try row["name"], take: try row["take"]))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}
