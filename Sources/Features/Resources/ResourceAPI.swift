/// The API's resources: everybody who may make links reads them, admins change them.
import Database
import Scheduling
import Web

package struct ResourceAPI: Sendable {
    let installation: Installation
    private var save: SaveResource { SaveResource(installation) }

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/resources", .api(.resourcesRead), list),
            Route(.post, "/api/v1/resources", .api(.resourcesWrite), create),
            Route(.get, "/api/v1/resources/:id", .api(.resourcesRead), read),
            Route(.patch, "/api/v1/resources/:id", .api(.resourcesWrite), change),
            Route(.delete, "/api/v1/resources/:id", .api(.resourcesWrite), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let ask = try PageAsk(request.query)
        let after = try ask.after(BookableResource.self)
        let all = try await installation.database.read(scope) { tx in try ResourceStore.all(scope: scope, in: tx) }
        // A few hundred at most: they are read at once, and cut here, the newest first.
        let rest = all.sorted { $0.id > $1.id }.filter { resource in after.map { resource.id < $0 } ?? true }
        return ask.answer(Array(rest.prefix(ask.limit + 1)), each: \.json, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        var fields = Fields(json: try request.json())
        let zone = try await installation.database.read(scope) { tx in
            try ResourceStore.zoneName(scope: scope, in: tx)
        }
        let world = installation.world
        var new = BookableResource(id: world.id(), name: "", zone: zone)
        new.read(&fields, zones: world.zones)
        try fields.finish()
        let (resource, save, now) = (new, save, world.now)
        return try await installation.once(request, route: "POST /api/v1/resources", scope: scope) { tx in
            try save.insert(resource, now: now, scope: scope, in: tx).json
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        .json(try await resource(of: request, installation).json)
    }

    private func change(_ request: Request) async throws -> Answer {
        let scope = try request.signedIn().scope
        let (resource, body, zones) = (
            try await resource(of: request, installation), try request.json(), installation.world.zones)
        var fields = Fields(json: body)
        let version = fields.has("version") ? fields.integer("version", 1...Int(Int32.max)) : nil
        var probe = resource
        probe.read(&fields, zones: zones)
        try fields.finish()
        let saved = try await save.update(resource.id, version: version, scope: scope) { stored in
            var (changed, fields) = (stored, Fields(json: body))
            changed.read(&fields, zones: zones)
            return changed
        }
        return .json(saved.json)
    }

    private func delete(_ request: Request) async throws -> Answer {
        try await save.delete(try await resource(of: request, installation).id, scope: try request.signedIn().scope)
        return .empty()
    }
}

/// The resource of the path.
/// - Throws: `Common.notFound` for one of elsewhere or a deleted one.
func resource(of request: Request, _ installation: Installation) async throws -> BookableResource {
    let scope = try request.signedIn().scope
    guard let id = ID<BookableResource>(try request.parameter("id")),
        let resource = try await installation.database.read(scope, { tx in
            try ResourceStore.find(id, scope: scope, in: tx)
        }), resource.deletedAt == nil
    else { throw Common.notFound }
    return resource
}

extension BookableResource {
    package var json: JSON {
        [
            "id": .string(id.text), "name": .string(name), "kind": .string(kind.rawValue), "seats": JSON(seats),
            "place": .string(place), "timezone": .string(zone), "hours": hours.map(WeeklyJSON.write) ?? .null,
            "active": .bool(isActive), "version": .int(Int64(version)),
        ]
    }
}
