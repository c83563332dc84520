/// Every SQL statement on what links need beside their hosts.
import Database
import Scheduling

package enum LinkNeedStore {
    static func replace(_ needs: [LinkNeed], of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM link_resource WHERE workspace = \(scope.workspace) AND link = \(link)")
        for (number, need) in needs.enumerated() {
            for (position, resource) in need.oneOf.enumerated() {
                try tx.run("""
                    INSERT INTO link_resource (workspace, link, need, position, resource, required)
                    VALUES (\(scope.workspace), \(link), \(number), \(position), \(resource),
                        \(need.isRequired ? 1 : 0))
                    """)
            }
        }
    }

    /// The needs of several links, in their order.
    static func all(of links: [ID<Link>], scope: Scope, in tx: Transaction) throws -> [ID<Link>: [LinkNeed]] {
        guard !links.isEmpty else { return [:] }
        var needs: [ID<Link>: [LinkNeed]] = [:]
        for (link, number, resource, isRequired) in try tx.all("""
            SELECT link, need, resource, required FROM link_resource
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, need, position
            """, { row in
            (try row["link"] as ID<Link>, try row["need"] as Int, try row["resource"] as ID<BookableResource>,
             try row["required"] as Int == 1)
        }) {
            if needs[link, default: []].count == number { needs[link, default: []].append(LinkNeed([])) }
            needs[link]?[number].oneOf.append(resource)
            needs[link]?[number].isRequired = isRequired
        }
        return needs
    }
}
