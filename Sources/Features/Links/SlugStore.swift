/// Every SQL statement on whose an address under `/book/` is: living links, their former slugs, and those kept back.
import Database
import Scheduling

package enum SlugStore {
    /// How long the addresses of a deleted link lead nowhere before somebody else may have them, in days.
    package static let daysKept = 90

    /// Whether somebody else has the slug, or had it lately.
    package static func isTaken(_ slug: String, except id: ID<Link>?, now: Instant, in tx: Transaction) throws -> Bool {
        let kept = now.adding(days: -daysKept)
        // Slugs are unique for the whole public host, so this looks across workspaces; it tells nothing but "taken".
        // One statement, so that a slug on its way from one table to the other is seen in one of them.
        let owners: [ID<Link>] = try tx.acrossWorkspaces {
            try tx.all("""
                SELECT id AS link FROM link WHERE slug = \(slug) AND (deleted_at IS NULL OR deleted_at > \(kept))
                UNION ALL
                SELECT link FROM former_slug WHERE slug = \(slug) AND (until IS NULL OR until > \(now))
                """) { try $0["link"] }
        }
        return owners.contains { $0 != id }
    }

    /// Makes room for the slug after `isTaken` said it is free: what is left of a link deleted long ago gives way,
    /// and so does the link's own memory of having had it.
    package static func clear(_ slug: String, now: Instant, in tx: Transaction) throws {
        let kept = now.adding(days: -daysKept)
        try tx.acrossWorkspaces {
            // Like slugs, this goes across workspaces. The id is no slug, so it stands in nobody's way.
            try tx.run("UPDATE link SET slug = id WHERE slug = \(slug) AND deleted_at <= \(kept)")
            // Again across workspaces: `isTaken` has shown that no other living link is reached by it.
            try tx.run("DELETE FROM former_slug WHERE slug = \(slug)")
        }
    }

    /// From now on the old slug leads to where the link is.
    package static func remember(
        _ slug: String, of link: ID<Link>, scope: Scope, now: Instant, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO former_slug (slug, workspace, link, since)
            VALUES (\(slug), \(scope.workspace), \(link), \(now))
            """)
    }

    /// The former slugs of a deleted link stay taken for as long as its last one.
    package static func keepBack(of link: ID<Link>, scope: Scope, now: Instant, in tx: Transaction) throws {
        let until = now.adding(days: daysKept)
        try tx.run("""
            UPDATE former_slug SET until = \(until) WHERE workspace = \(scope.workspace) AND link = \(link)
            """)
    }

    /// The slugs that lead to the link, oldest first; without the one it has.
    package static func former(of link: ID<Link>, scope: Scope, in tx: Transaction) throws -> [String] {
        try tx.all("""
            SELECT slug FROM former_slug WHERE workspace = \(scope.workspace) AND link = \(link) ORDER BY since, slug
            """) { try $0["slug"] }
    }
}
