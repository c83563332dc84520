/// Every statement on members beyond their accounts: roles, grants, states, and what still depends on them.
import Database
import Scheduling

package enum MemberStore {
    /// Makes changes of who is in a workspace wait for each other: "at least one owner" is a rule about all rows.
    package static func lock(scope: Scope, in tx: Transaction) throws {
        _ = try tx.one("SELECT id FROM workspace WHERE id = \(scope.workspace)\(.forUpdate)") { row in
            try row["id"] as String
        }
    }

    /// Active owners.
    package static func owners(scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM member
            WHERE workspace = \(scope.workspace) AND role = 'owner' AND state = 'active'
            """) { try $0["n"] } ?? 0
    }

    /// - Returns: for whom they act no more, where they may change nothing from now on; for the log.
    @discardableResult
    package static func set(
        role: Role, grants: Set<Grant>, of account: ID<User>, scope: Scope, in tx: Transaction
    ) throws -> [Assistant] {
        try tx.run("""
            UPDATE member SET role = \(role), grants = \(grants.stored)
            WHERE workspace = \(scope.workspace) AND account = \(account)
            """)
        return role == .viewer ? try AssistantStore.endAll(by: account, scope: scope, in: tx) : []
    }

    /// - Parameter now: when somebody leaves.
    /// - Returns: who acts no more for them, and they for whom; for the log.
    @discardableResult
    package static func set(
        state: MemberState, of account: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [Assistant] {
        let leftAt: Instant? = state == .left ? now : nil
        let team: SQL = leftAt == nil ? "NULL" : """
            (SELECT min(t.id) FROM team_member p JOIN team t ON t.workspace = p.workspace AND t.id = p.team
                WHERE p.workspace = \(scope.workspace) AND p.account = \(account) AND t.visibility = 'public')
            """
        try tx.run("""
            UPDATE member SET state = \(state), left_at = \(leftAt), left_team = \(team)
            WHERE workspace = \(scope.workspace) AND account = \(account)
            """)
        // Only an active member is offered as a host.
        try tx.countUp([account.text])
        let ended = state == .active ? [] : try AssistantStore.endAll(of: account, scope: scope, in: tx)
        guard state == .left else { return ended }
        try tx.run("DELETE FROM team_member WHERE workspace = \(scope.workspace) AND account = \(account)")
        return ended
    }

    /// Links on which people can book that member, and bookings that are still to come.
    package static func duties(
        of account: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> MemberDuties {
        // A page of several that nobody has made is nobody's duty: it offers nothing once one of them is off.
        let links = try tx.one("""
            SELECT count(*) AS n FROM link l JOIN link_host h ON h.workspace = l.workspace AND h.link = l.id
            WHERE l.workspace = \(scope.workspace) AND h.account = \(account)
                AND l.active = \(true) AND \(LinkStore.isListed)
            """) { try $0["n"] as Int }
        let bookings = try tx.one("""
            SELECT count(*) AS n FROM booking b JOIN booking_host h ON h.workspace = b.workspace AND h.booking = b.id
            WHERE b.workspace = \(scope.workspace) AND h.account = \(account) AND b.ends > \(now)
                AND b.status IN ('confirmed', 'pending_approval', 'pending_payment')
            """) { try $0["n"] as Int }
        return MemberDuties(activeLinks: links ?? 0, upcomingBookings: bookings ?? 0)
    }
}
