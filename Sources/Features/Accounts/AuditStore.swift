/// Every statement on the audit log: rows are added and read, never changed.
import Database
import Scheduling
import Web

package enum AuditStore {
    /// Writes what happened, as done by the scope's actor.
    package static func record(_ entry: AuditEntry, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO audit (id, workspace, actor, person, behalf, action, target, target_name, was, became,
                network, user_agent, at)
            VALUES (\(entry.id), \(scope.workspace), \(scope.actor.text), \(scope.actor.person),
                \(scope.behalf), \(entry.action),
                \(entry.target), \(entry.targetName), \(entry.before?.text), \(entry.after?.text),
                \(entry.origin.network), \(entry.origin.userAgent), \(entry.at))
            """)
    }

    /// The same where it is told only of members and their keys: what attendees do stands in a booking's history.
    package static func recordDeed(_ entry: AuditEntry, scope: Scope, in tx: Transaction) throws {
        if scope.actor.person != nil { try record(entry, scope: scope, in: tx) }
    }

    /// The newest first, those after `filter.after`.
    package static func rows(_ filter: AuditFilter, scope: Scope, in tx: Transaction) throws -> [AuditRow] {
        let action: SQL = filter.action.map { "AND l.action = \($0)" } ?? ""
        let person: SQL = filter.person.map { "AND l.person = \($0)" } ?? ""
        let after: SQL = filter.after.map { "AND l.id < \($0)" } ?? ""
        return try tx.all("""
            SELECT l.id, l.actor, l.action, l.target, l.target_name, l.was, l.became, l.network, l.user_agent,
                l.at, a.name, b.name AS behalf_name
            FROM audit l LEFT JOIN account a ON a.id = l.person LEFT JOIN account b ON b.id = l.behalf
            WHERE l.workspace = \(scope.workspace) \(action) \(person) \(after)
            ORDER BY l.id DESC LIMIT \(filter.limit)
            """) { row in
            let action: String = try row["action"]
            return AuditRow(
                id: try row["id"], action: AuditAction(rawValue: action), actionText: action,
                actor: try row["actor"], personName: try row["name"], behalfName: try row["behalf_name"],
                target: try row["target"], targetName: try row["target_name"], before: try row["was"],
                after: try row["became"], network: try row["network"], userAgent: try row["user_agent"],
                at: try row["at"])
        }
    }
}

extension Actor {
    /// The account behind a person's or a key's deed.
    package var person: ID<User>? {
        switch self {
        case .user(let user), .key(_, let user): user
        case .attendee, .visitor, .system: nil
        }
    }
}
