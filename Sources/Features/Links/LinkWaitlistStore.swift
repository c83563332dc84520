/// The columns of a link that say whether people can wait for its places.
import Database
import Scheduling

enum LinkWaitlistStore {
    static let columns: SQL = "l.waitlist, l.waitlist_minutes"

    /// After the row of the link was written; its version counts this, too.
    static func write(_ waitlist: LinkWaitlist, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            UPDATE link SET waitlist = \(waitlist.isOn ? 1 : 0), waitlist_minutes = \(waitlist.minutes)
            WHERE workspace = \(scope.workspace) AND id = \(link)
            """)
    }

    static func waitlist(from row: Row) throws -> LinkWaitlist {
        var waitlist = LinkWaitlist()
        (waitlist.isOn, waitlist.minutes) = (try row["waitlist"] as Int == 1, try row["waitlist_minutes"])
        return waitlist
    }
}
