/// The columns of a link that say whether its host decides.
import Database
import Scheduling

package enum LinkApprovalStore {
    static let columns: SQL = "l.requires_approval, l.approval_hours"

    /// Written beside the link's other columns, in the transaction that counts its version up.
    static func write(_ approval: LinkApproval, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE link SET requires_approval = \(approval.isRequired ? 1 : 0), approval_hours = \(approval.hours)
            WHERE workspace = \(scope.workspace) AND id = \(link)
            """)
    }

    static func approval(from row: Row) throws -> LinkApproval {
        var approval = LinkApproval()
        approval.isRequired = try row["requires_approval"] as Int == 1
        approval.hours = try row["approval_hours"]
        return approval
    }
}
