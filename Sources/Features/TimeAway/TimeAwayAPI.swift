/// The API's days away: list, enter, take back; for keys of the workspace.
import Database
import Scheduling
import Web

package struct TimeAwayAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/time-off", .api(.schedulesRead), list),
            Route(.post, "/api/v1/time-off", .api(.schedulesWrite), create),
            Route(.delete, "/api/v1/time-off/:id", .api(.schedulesWrite), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let after = try page.after(TimeAway.self)
        let scope = principal.scope
        let rows = try await installation.database.read(scope) { tx in
            try TimeAwayStore.list(of: principal.acts, limit: page.limit + 1, after: after, scope: scope, in: tx)
        }
        return page.answer(rows, each: { TimeAwayJSON($0).full }, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        let world = installation.world
        let wish = TimeAwayReading.read(&fields, today: Zone.utc.local(at: world.now).date, zones: world.zones)
        try fields.finish()
        guard let wish else { throw Common.unexpected }
        try principal.refuseOtherHosts(wish.user)
        let user = wish.user ?? principal.user
        let (scope, id) = (principal.scope(on: [user]), world.id(TimeAway.self))
        let entry = SaveTimeAway(installation, from: Origin(request)).entry(for: id, wish)
        return try await installation.once(request, route: "time-off", scope: scope) { tx in
            let away = try SaveTimeAway.insert(
                wish, id: id, user: user, entry: entry, scope: scope, in: tx)
            return TimeAwayJSON(away).full
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<TimeAway>(try request.parameter("id")) else { throw Common.notFound }
        try await SaveTimeAway(installation, from: Origin(request)).delete(
            id, by: principal)
        return .empty()
    }
}
