/// Every statement on teams and who is in them.
import Database
import Scheduling

package enum TeamStore {
    static func insert(_ team: Team, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO team (id, workspace, slug, name, description, visibility, created_at)
            VALUES (\(team.id), \(scope.workspace), \(team.slug), \(team.name), \(team.description),
                \(team.visibility), \(team.createdAt))
            """)
    }

    static func update(_ team: Team, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE team SET slug = \(team.slug), name = \(team.name), description = \(team.description),
                visibility = \(team.visibility)
            WHERE workspace = \(scope.workspace) AND id = \(team.id)
            """)
    }

    /// Puts these people into the team and nobody else.
    static func set(_ people: [TeamWish.Person], of team: ID<Team>, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM team_member WHERE workspace = \(scope.workspace) AND team = \(team)")
        for person in people {
            try tx.run("""
                INSERT INTO team_member (workspace, team, account, manages, part)
                VALUES (\(scope.workspace), \(team), \(person.user), \(person.manages ? 1 : 0), \(person.part))
                """)
        }
    }

    /// False when this workspace has no such team.
    static func delete(_ team: ID<Team>, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("DELETE FROM team WHERE workspace = \(scope.workspace) AND id = \(team)") == 1
    }

    package static func find(
        _ id: ID<Team>, locking: Bool = false, scope: Scope, in tx: Transaction
    ) throws -> Team? {
        let lock: SQL = locking ? "\(.forUpdate)" : ""
        return try teams("AND id = \(id)\(lock)", scope: scope, in: tx).first
    }

    /// Teams of the workspace, newest first.
    package static func all(
        limit: Int = 200, after: ID<Team>? = nil, scope: Scope, in tx: Transaction
    ) throws -> [Team] {
        let rest: SQL = after.map { "AND id < \($0)" } ?? ""
        return try teams("\(rest) ORDER BY id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    static func isTaken(slug: String, except id: ID<Team>?, in tx: Transaction) throws -> Bool {
        // Slugs are unique for the whole public host, so this looks across workspaces; it tells nothing but "taken".
        let owner: ID<Team>? = try tx.acrossWorkspaces {
            try tx.one("SELECT id FROM team WHERE slug = \(slug)") { try $0["id"] }
        }
        return owner != nil && owner != id
    }

    private static func teams(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Team] {
        let teams = try tx.all("""
            SELECT id, name, slug, description, visibility, created_at FROM team
            WHERE workspace = \(scope.workspace) \(condition)
            """) { row in
            Team(
                id: try row["id"], name: try row["name"], slug: try row["slug"], members: [],
                createdAt: try row["created_at"], description: try row["description"],
                visibility: try row["visibility"])
        }
        return try teams.map { team in
            var team = team
            team.members = try tx.all("""
                SELECT t.account, t.manages, t.part, a.name FROM team_member t JOIN account a ON a.id = t.account
                WHERE t.workspace = \(scope.workspace) AND t.team = \(team.id) ORDER BY a.name, a.id
                """) { row in
                TeamMember(
                    user: try row["account"], name: try row["name"], manages: try row["manages"] as Int == 1,
                    part: try row["part"])
            }
            return team
        }
    }
}
