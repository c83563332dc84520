/// The columns of a link that say what strangers must show.
import Database
import Scheduling

enum LinkDoorStore {
    static let columns: SQL = "l.verifies_email, l.bot_defence"

    /// After the row of the link was written; its version counts this, too.
    static func write(_ door: LinkDoor, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.post("""
            UPDATE link SET verifies_email = \(door.verifiesEmail ? 1 : 0), bot_defence = \(door.botDefence)
            WHERE workspace = \(scope.workspace) AND id = \(link)
            """)
    }

    static func door(from row: Row) throws -> LinkDoor {
        var door = LinkDoor()
        door.verifiesEmail = try row["verifies_email"] as Int == 1
        door.botDefence = try row["bot_defence"]
        return door
    }
}
