/// Every SQL statement on people who have left, as strangers at their addresses are told of them.
import Database
import Scheduling
import Web

package enum LeaverStore {
    /// Somebody who left the workspace after `since`.
    /// - Parameter together: only who let strangers book them together with others.
    static func find(
        _ account: ID<User>, together: Bool = false, since: Instant, scope: Scope, in tx: Transaction
    ) throws -> Leaver? {
        let consents: SQL = together ? "AND a.ad_hoc_links = 1" : ""
        return try select("m.account = \(account) \(consents)", since: since, scope: scope, in: tx).first
    }

    /// The first host of a link of whom all have left, the last of them after `since`. Of a link that showed
    /// itself to everybody until they left: not of one with a code, or hidden, or deleted long before.
    static func find(hostOf link: ID<Link>, since: Instant, scope: Scope, in tx: Transaction) throws -> Leaver? {
        try select("""
            m.account IN (SELECT h.account FROM link_host h
                WHERE h.workspace = \(scope.workspace) AND h.link = \(link))
            AND NOT EXISTS (SELECT 1 FROM link_host h JOIN member o
                ON o.workspace = h.workspace AND o.account = h.account
                WHERE h.workspace = \(scope.workspace) AND h.link = \(link) AND o.state <> 'left')
            AND EXISTS (SELECT 1 FROM link l
                WHERE l.workspace = \(scope.workspace) AND l.id = \(link) AND l.access_code IS NULL AND l.hidden = 0
                    AND (l.deleted_at IS NULL OR l.deleted_at >= m.left_at))
            """, since: since, scope: scope, in: tx).first
    }

    private static func select(
        _ condition: SQL, since: Instant, scope: Scope, in tx: Transaction
    ) throws -> [Leaver] {
        let found = try tx.all("""
            SELECT a.name, w.name AS workspace_name, w.colour, m.left_team FROM member m
            JOIN account a ON a.id = m.account JOIN workspace w ON w.id = m.workspace
            WHERE m.workspace = \(scope.workspace) AND m.state = 'left' AND m.left_at > \(since) AND \(condition)
            ORDER BY m.left_at, m.account
            """) { row in
            (
                name: try row["name"] as String, workspace: WorkspaceName(
                    try row["workspace_name"], brand: Brand(stored: try row["colour"])),
                team: try row["left_team"] as String?
            )
        }
        guard let leaver = found.first else { return [] }
        let teams = try tx.all("""
            SELECT id, name, slug FROM team WHERE workspace = \(scope.workspace) AND visibility = 'public'
            ORDER BY name, id LIMIT 50
            """) { row in
            (id: try row["id"] as String, team: Leaver.Other(name: try row["name"], slug: try row["slug"]))
        }
        let own = teams.filter { $0.id == leaver.team }.map(\.team)
        return [Leaver(
            name: leaver.name, workspaceName: leaver.workspace,
            others: own.isEmpty ? Array(teams.map(\.team).prefix(Leaver.mostOthers)) : own)]
    }
}
