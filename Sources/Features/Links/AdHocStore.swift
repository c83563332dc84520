/// Every SQL statement on links that nobody has made: which people each is of, and whether they still want it.
import Database
import Scheduling

enum AdHocStore {
    /// The link of a set of people.
    /// - Parameter slug: its address now, under the handles that they have; it may have been stored under older ones.
    static func find(_ key: String, slug: String, scope: Scope, in tx: Transaction) throws -> Link? {
        let id: ID<Link>? = try tx.one("""
            SELECT id FROM link WHERE workspace = \(scope.workspace) AND ad_hoc = \(key) AND deleted_at IS NULL
            """) { try $0["id"] }
        var link = try id.flatMap { try LinkStore.find($0, scope: scope, in: tx) }
        link?.rules.slug = slug
        return link
    }

    /// The titles of the links with these keys, by key.
    static func titles(_ keys: Set<String>, scope: Scope, in tx: Transaction) throws -> [String: String] {
        guard !keys.isEmpty else { return [:] }
        let rows = try tx.all("""
            SELECT ad_hoc, title FROM link WHERE workspace = \(scope.workspace) AND ad_hoc IN \(list: keys.sorted())
            """) { (try $0["ad_hoc"] as String, try $0["title"] as String) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Makes a link that has just been stored one of these people.
    static func mark(_ link: ID<Link>, _ key: String, scope: Scope, in tx: Transaction) throws {
        try tx.run("UPDATE link SET ad_hoc = \(key) WHERE workspace = \(scope.workspace) AND id = \(link)")
    }

    static func count(scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM link WHERE workspace = \(scope.workspace) AND ad_hoc IS NOT NULL
                AND ad_hoc NOT LIKE 'one-off %' AND ad_hoc NOT LIKE 'poll %'
            """) { try $0["n"] } ?? 0
    }

    /// Whether each of the link's hosts still lets strangers book them together, on a page of this workspace.
    static func isWanted(_ link: Link, scope: Scope, in tx: Transaction) throws -> Bool {
        guard !link.isHandPicked else { return false }
        let count: Int = try tx.one("""
            SELECT count(*) AS n FROM account a JOIN member m ON m.account = a.id
            WHERE m.workspace = \(scope.workspace) AND m.state = 'active' AND a.active AND a.ad_hoc_links = 1
                AND a.handle IS NOT NULL AND a.profile_workspace = \(scope.workspace)
                AND a.id IN \(list: link.hosts.map(\.id))
            """) { try $0["n"] } ?? 0
        return count == link.hosts.count
    }
}

extension LinkStore {
    /// Of a link `l` that somebody made and nobody deleted.
    static var isListed: SQL { "l.deleted_at IS NULL AND l.ad_hoc IS NULL" }
}

extension Link {
    /// Whether its times were picked by hand, for a one-off, a sheet or a poll: nobody books it by its own address.
    package var isHandPicked: Bool {
        [AdHocLink.oneOff, AdHocLink.poll].contains { adHoc?.hasPrefix($0) == true }
    }
}
