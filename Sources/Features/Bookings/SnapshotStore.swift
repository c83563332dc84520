/// The statement that tells whether what was read of a link's times still holds.
import Database
import Scheduling

package enum SnapshotStore {
    /// The versions of a link and of its hosts. Versions only rise, so two sums over the same hosts are equal when each
    /// of them is; and the hosts are the same while the link's version is.
    package struct Stamp: Hashable, Sendable {
        package let link: Int64
        package let hosts: Int64
    }

    /// One row by primary keys, however many hosts there are; nil when the link no longer has that slug.
    package static func stamp(
        of link: ID<Link>, slug: String, scope: Scope, in tx: Transaction
    ) throws -> Stamp? {
        try tx.one("""
            SELECT l.version, (
                SELECT CAST(coalesce(sum(s.version), 0) AS \(.int)) FROM link_host h
                JOIN subject s ON s.id = h.account WHERE h.workspace = l.workspace AND h.link = l.id) AS hosts
            FROM link l WHERE l.workspace = \(scope.workspace) AND l.id = \(link) AND l.slug = \(slug)
            """) { Stamp(link: try $0["version"], hosts: try $0["hosts"]) }
    }
}
