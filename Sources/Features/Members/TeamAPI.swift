/// The API's teams and members: for keys of the workspace.
import Database
import Scheduling
import Web

package struct TeamAPI: Sendable {
    let installation: Installation
    let save: SaveTeam

    package init(_ installation: Installation) {
        self.installation = installation
        save = SaveTeam(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/members", .api(.membersRead), members),
            Route(.get, "/api/v1/members/:id", .api(.membersRead), member),
            Route(.get, "/api/v1/teams", .api(.teamsRead), list),
            Route(.post, "/api/v1/teams", .api(.teamsWrite), create),
            Route(.get, "/api/v1/teams/:id", .api(.teamsRead), read),
            Route(.patch, "/api/v1/teams/:id", .api(.teamsWrite), change),
            Route(.delete, "/api/v1/teams/:id", .api(.teamsWrite), delete),
        ] + AssistantAPI(installation).routes
    }

    // MARK: Members

    private func members(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let ask = try PageAsk(request.query)
        let all = try await installation.database.read(scope) { tx in
            try AccountStore.members(of: scope.workspace, in: tx)
        }
        // By id, so that a new name does not move anybody over a page's edge.
        let rows = all.sorted { $0.account.id < $1.account.id }
        let after = try ask.after(User.self)
        let rest = rows.filter { after == nil || $0.account.id > after ?? $0.account.id }
        return ask.answer(Array(rest.prefix(ask.limit + 1)), each: \.json, cursor: \.account.id.text)
    }

    private func member(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        guard let id = ID<User>(try request.parameter("id")) else { throw Common.notFound }
        let found = try await installation.database.read(scope) { tx in
            try AccountStore.member(id, workspace: scope.workspace, in: tx)
        }
        guard let found else { throw Common.notFound }
        return .json(found.json)
    }

    // MARK: Teams

    private func list(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let ask = try PageAsk(request.query)
        let after = try ask.after(Team.self)
        let teams = try await installation.database.read(scope) { tx in
            try TeamStore.all(limit: ask.limit + 1, after: after, scope: scope, in: tx)
        }
        return ask.answer(teams, each: \.json, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        var fields = Fields(json: try request.json())
        let wish = TeamWish(&fields, over: nil, entropy: installation.world.entropy)
        try fields.finish()
        let (save, draft) = (save, save.draft(wish, from: Origin(request)))
        return try await installation.once(request, route: "POST /api/v1/teams", scope: scope) { tx in
            try save.insert(draft, scope: scope, in: tx).json
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        .json(try await team(request).json)
    }

    private func change(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let (team, body) = (try await team(request), try request.json())
        let read: @Sendable (Team) throws -> TeamWish = { [entropy = installation.world.entropy] team in
            var fields = Fields(json: body)
            let wish = TeamWish(&fields, over: team, entropy: entropy)
            try fields.finish()
            return wish
        }
        _ = try read(team)
        return .json(try await save.update(team.id, scope: scope, from: Origin(request), read).json)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let team = try await team(request)
        try await save.delete(team.id, scope: try request.signedIn().scope, from: Origin(request))
        return .empty()
    }

    private func team(_ request: Request) async throws -> Team {
        let scope = try request.signedIn().scope
        guard let id = ID<Team>(try request.parameter("id")) else { throw Common.notFound }
        let found = try await installation.database.read(scope) { tx in try TeamStore.find(id, scope: scope, in: tx) }
        guard let found else { throw Common.notFound }
        return found
    }
}

extension Member {
    package var json: JSON {
        [
            "id": .string(account.id.text), "name": .string(account.name), "email": .string(account.email),
            "timezone": .string(account.zone), "role": .string(role.rawValue),
            "grants": .array(Grant.allCases.filter(grants.contains).map { .string($0.rawValue) }),
            "active": .bool(state == .active), "createdAt": .string(since.rfc3339()),
        ]
    }
}
