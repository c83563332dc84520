/// Every SQL statement on templates and the links made from them.
import Database
import Scheduling

package enum LinkTemplateStore {
    package static func insert(_ template: LinkTemplate, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO link_template (workspace, link, locked, gives_new, version, created_at)
            VALUES (\(scope.workspace), \(template.link), \(words(template.locked)),
                \(template.givesNew ? 1 : 0), 1, \(template.createdAt))
            """)
    }

    package static func update(_ template: LinkTemplate, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE link_template SET locked = \(words(template.locked)), gives_new = \(template.givesNew ? 1 : 0),
                version = version + 1
            WHERE workspace = \(scope.workspace) AND link = \(template.link)
            """)
    }

    /// The links that were made from it stay, and belong to nobody but their hosts.
    package static func delete(_ link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM managed_link WHERE workspace = \(scope.workspace) AND template = \(link)")
        try tx.run("DELETE FROM link_template WHERE workspace = \(scope.workspace) AND link = \(link)")
    }

    package static func find(_ link: ID<Link>, scope: Scope, in tx: Transaction) throws -> LinkTemplate? {
        try select("AND t.link = \(link)", scope: scope, in: tx).first
    }

    /// Newest first.
    package static func all(
        limit: Int = LinkTemplate.most, after: ID<Link>? = nil, scope: Scope, in tx: Transaction
    ) throws -> [LinkTemplate] {
        let rest: SQL = after.map { "AND t.link < \($0)" } ?? ""
        return try select("\(rest) ORDER BY t.link DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    package static func count(scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("SELECT count(*) AS n FROM link_template WHERE workspace = \(scope.workspace)") {
            try $0["n"]
        } ?? 0
    }

    /// The templates of which new members get a link, in the order in which they are locked.
    package static func givingNew(scope: Scope, in tx: Transaction) throws -> [ID<Link>] {
        try tx.all("""
            SELECT link FROM link_template WHERE workspace = \(scope.workspace) AND gives_new = 1 ORDER BY link
            """) { try $0["link"] }
    }

    /// What these links must keep; those of their own are missing.
    package static func locks(
        of links: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: LinkLocks] {
        guard !links.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT m.link, m.template, t.locked, l.title FROM managed_link m
            JOIN link_template t ON t.workspace = m.workspace AND t.link = m.template
            JOIN link l ON l.workspace = m.workspace AND l.id = m.template
            WHERE m.workspace = \(scope.workspace) AND m.link IN \(list: links)
            """) { row in
            (
                try row["link"] as ID<Link>,
                LinkLocks(
                    template: try row["template"], title: try row["title"], sections: sections(try row["locked"]))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    package static func assign(
        _ link: ID<Link>, to user: ID<User>, from template: ID<Link>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            INSERT INTO managed_link (workspace, link, template, account, created_at)
            VALUES (\(scope.workspace), \(link), \(template), \(user), \(now))
            """)
    }

    /// The link stays, unlocked.
    package static func detach(_ link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM managed_link WHERE workspace = \(scope.workspace) AND link = \(link)")
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [LinkTemplate] {
        let templates = try tx.all("""
            SELECT t.link, l.title, t.locked, t.gives_new, t.version, t.created_at FROM link_template t
            JOIN link l ON l.workspace = t.workspace AND l.id = t.link
            WHERE t.workspace = \(scope.workspace) \(condition)
            """) { row in
            LinkTemplate(
                link: try row["link"], title: try row["title"], locked: sections(try row["locked"]),
                givesNew: try row["gives_new"] as Int == 1, version: try row["version"],
                createdAt: try row["created_at"])
        }
        let made = try managed(of: templates.map(\.link), scope: scope, in: tx)
        return templates.map { template in
            var template = template
            template.managed = made[template.link, default: []]
            return template
        }
    }

    private static func managed(
        of templates: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: [ManagedLink]] {
        guard !templates.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT m.template, m.link, m.account, a.name, l.slug FROM managed_link m
            JOIN account a ON a.id = m.account
            JOIN link l ON l.workspace = m.workspace AND l.id = m.link
            WHERE m.workspace = \(scope.workspace) AND m.template IN \(list: templates) ORDER BY m.link
            """) { row in
            (
                try row["template"] as ID<Link>,
                ManagedLink(
                    link: try row["link"], user: try row["account"], name: try row["name"], slug: try row["slug"])
            )
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    private static func words(_ sections: Set<LinkSection>) -> String {
        LinkSection.allCases.filter(sections.contains).map(\.rawValue).joined(separator: " ")
    }

    private static func sections(_ words: String) -> Set<LinkSection> {
        Set(words.split(separator: " ").compactMap { LinkSection(rawValue: String($0)) })
    }
}
