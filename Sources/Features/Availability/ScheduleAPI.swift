/// The API's schedules: list, read, make, change, delete; for keys of the workspace.
import Database
import Scheduling
import Web

package struct ScheduleAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/schedules", .api(.schedulesRead), list),
            Route(.post, "/api/v1/schedules", .api(.schedulesWrite), create),
            Route(.get, "/api/v1/schedules/:id", .api(.schedulesRead), read),
            Route(.patch, "/api/v1/schedules/:id", .api(.schedulesWrite), change),
            Route(.delete, "/api/v1/schedules/:id", .api(.schedulesWrite), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let after = try page.after(Schedule.self)
        let scope = principal.scope
        let rows = try await installation.database.read(scope) { tx in
            try ScheduleStore.list(of: principal.acts, limit: page.limit + 1, after: after, scope: scope, in: tx)
        }
        return page.answer(rows, each: { ScheduleJSON($0).full }, cursor: \.schedule.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        let world = installation.world
        let wish = Self.wish(&fields, isNew: true, zones: world.zones)
        let owner = fields.has("user") ? fields.id("user", of: User.self, label: plain("Person")) : nil
        try fields.finish()
        try principal.refuseOtherHosts(owner)
        let user = owner ?? principal.user
        let (scope, id) = (principal.scope(on: [user]), world.id(Schedule.self))
        let entry = SaveSchedule(installation, from: Origin(request)).entry(for: id)
        return try await installation.once(request, route: "schedules", scope: scope) { tx in
            let made = try SaveSchedule.insert(
                wish, id: id, owner: user, entry: entry, scope: scope, in: tx)
            return ScheduleJSON(made).full
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (id, scope) = (try id(request), principal.scope)
        let owned = try await installation.database.read(scope) { tx in
            try SaveSchedule.found(id, for: principal, in: tx)
        }
        return .json(ScheduleJSON(owned).full)
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let id = try id(request)
        var fields = Fields(json: try request.json())
        let wish = Self.wish(&fields, isNew: false, zones: installation.world.zones)
        let version = fields.optionalInteger("version", 1...Int(Int32.max))
        try fields.finish()
        let saved = try await SaveSchedule(installation, from: Origin(request)).update(
            id, version: version, by: principal
        ) { wish.over($0) }
        return .json(ScheduleJSON(saved).full)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await SaveSchedule(installation, from: Origin(request)).delete(
            try id(request), by: principal)
        return .empty()
    }

    private static func wish(_ fields: inout Fields, isNew: Bool, zones: Zones) -> ScheduleWish {
        var wish = ScheduleReading.read(&fields, isNew: isNew, zones: zones)
        wish.overrides = ScheduleReading.overrides(json: &fields)
        return wish
    }

    private func id(_ request: Request) throws -> ID<Schedule> {
        guard let id = ID<Schedule>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }
}
