/// The API's templates: for keys of admins.
import Database
import Scheduling
import Web

package struct TemplateAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/link-templates", .api(.linksRead), list),
            Route(.post, "/api/v1/link-templates", .api(.linksWrite), create),
            Route(.get, "/api/v1/link-templates/:id", .api(.linksRead), read),
            Route(.patch, "/api/v1/link-templates/:id", .api(.linksWrite), change),
            Route(.delete, "/api/v1/link-templates/:id", .api(.linksWrite), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let scope = try Self.admin(request).scope
        let ask = try PageAsk(request.query)
        let after = try ask.after(Link.self)
        let templates = try await installation.database.read(scope) { tx in
            try LinkTemplateStore.all(limit: ask.limit + 1, after: after, scope: scope, in: tx)
        }
        return ask.answer(templates, each: \.json, cursor: \.link.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let scope = try Self.admin(request).scope
        var fields = Fields(json: try request.json())
        let id = fields.id("linkId", of: Link.self, label: plain("Link"))
        let wish = TemplateWish(&fields)
        try fields.finish()
        let save = SaveTemplate(installation, from: Origin(request))
        return try await SaveLink.again {
            try await installation.once(request, route: "POST /api/v1/link-templates", scope: scope) { tx in
                guard let id, let link = try LinkStore.find(id, scope: scope, in: tx), link.deletedAt == nil else {
                    throw Invalid("linkId", plain("There is no such link in this workspace."))
                }
                return try save.insert(id, wish, scope: scope, in: tx).json
            }
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        let scope = try Self.admin(request).scope
        let id = try Self.id(request)
        let found = try await installation.database.read(scope) { tx in
            try LinkTemplateStore.find(id, scope: scope, in: tx)
        }
        guard let found else { throw Common.notFound }
        return .json(found.json)
    }

    private func change(_ request: Request) async throws -> Answer {
        let scope = try Self.admin(request).scope
        let id = try Self.id(request)
        var fields = Fields(json: try request.json())
        let wish = TemplateWish(&fields)
        try fields.finish()
        let saved = try await SaveTemplate(installation, from: Origin(request)).update(id, wish, scope: scope)
        return .json(saved.json)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let scope = try Self.admin(request).scope
        try await SaveTemplate(installation, from: Origin(request)).delete(try Self.id(request), scope: scope)
        return .empty()
    }

    /// Templates are other people's business: the scope of a key alone is not enough.
    private static func admin(_ request: Request) throws -> Principal {
        let principal = try request.signedIn()
        guard principal.may(.everybody) else { throw Common.forbidden }
        return principal
    }

    private static func id(_ request: Request) throws -> ID<Link> {
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }
}
