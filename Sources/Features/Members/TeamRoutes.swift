/// The addresses at which teams are made and changed.
import Database
import Scheduling
import Web

package struct TeamRoutes: Sendable {
    let installation: Installation
    let save: SaveTeam

    package init(_ installation: Installation) {
        self.installation = installation
        save = SaveTeam(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/admin/teams", .signedIn(.manageTeams), list),
            Route(.get, "/calendar/admin/teams/new", .signedIn(.manageTeams), new),
            Route(.post, "/calendar/admin/teams", .signedIn(.manageTeams), create),
            Route(.get, "/calendar/admin/teams/:id", .signedIn(.manageTeams), edit),
            Route(.post, "/calendar/admin/teams/:id", .signedIn(.manageTeams), change),
            Route(.post, "/calendar/admin/teams/:id/deletion", .signedIn(.manageTeams), delete),
        ]
    }

    private static let home: Path = "/calendar/admin/teams"

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let teams = try await installation.database.read(scope) { tx in try TeamStore.all(scope: scope, in: tx) }
        return .page(TeamsPage(principal: principal, teams: teams, isSaved: request.query["done"] != nil).html)
    }

    private func new(_ request: Request) async throws -> Answer {
        .page(try await page(request, nil).html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        return try await saving(request, nil, form) {
            var fields = Fields(form: form)
            let wish = TeamWish(form: form, &fields, over: nil, entropy: installation.world.entropy)
            try fields.finish()
            _ = try await save.create(wish, scope: principal.scope, from: Origin(request))
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        .page(try await page(request, try await team(request)).html)
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (team, form) = (try await team(request), try request.form())
        return try await saving(request, team, form) {
            _ = try await save.update(
                team.id, scope: principal.scope, from: Origin(request)
            ) { [entropy = installation.world.entropy] team in
                var fields = Fields(form: form)
                let wish = TeamWish(form: form, &fields, over: team, entropy: entropy)
                try fields.finish()
                return wish
            }
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Team>(try request.parameter("id")) else { throw Common.notFound }
        try await save.delete(id, scope: principal.scope, from: Origin(request))
        return .redirect(Self.home.adding(query: [("done", "deleted")]))
    }

    /// Every mistake goes back beside its field with all that was typed and ticked.
    private func saving(
        _ request: Request, _ team: Team?, _ form: FormData, _ work: () async throws -> Void
    ) async throws -> Answer {
        do {
            try await work()
            return .redirect(Self.home.adding(query: [("done", "saved")]))
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            var page = try await page(request, team)
            page.ticked = Set(form.all("people"))
            page.managers = Set(form.all("managers"))
            page.form = Filled(values: Fields(form: form).typed, errors: refusal.fields)
            return .page(page.html, status: refusal.status)
        }
    }

    private func team(_ request: Request) async throws -> Team {
        let scope = try request.signedIn().scope
        guard let id = ID<Team>(try request.parameter("id")) else { throw Common.notFound }
        let found = try await installation.database.read(scope) { tx in try TeamStore.find(id, scope: scope, in: tx) }
        guard let found else { throw Common.notFound }
        return found
    }

    private func page(_ request: Request, _ team: Team?) async throws -> TeamPage {
        let principal = try request.signedIn()
        let scope = principal.scope
        let members = try await installation.database.read(scope) { tx in
            try AccountStore.members(of: scope.workspace, in: tx)
        }
        return TeamPage(
            principal: principal, team: team, members: members, address: installation.address,
            form: Filled(values: team?.formValues ?? ["visibility": TeamVisibility.workspace.rawValue]),
            ticked: Set(team?.members.map(\.user.text) ?? []),
            managers: Set(team?.members.filter(\.manages).map(\.user.text) ?? []))
    }
}

extension Team {
    /// As the form has it.
    fileprivate var formValues: [String: String] {
        let own = [
            "name": name, "slug": slug, "description": description, "visibility": visibility.rawValue,
        ]
        let parts = members.map { ("parts.\($0.user)", $0.part) }
        return own.merging(parts) { own, _ in own }
    }
}
