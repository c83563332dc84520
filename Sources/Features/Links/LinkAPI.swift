/// The API's links: list, read, create, change; for keys of the workspace.
import Database
import Scheduling
import Web

package struct LinkAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/links", .api(.linksRead), list),
            Route(.post, "/api/v1/links", .api(.linksWrite), create),
            Route(.get, "/api/v1/links/:id", .api(.linksRead), read),
            Route(.patch, "/api/v1/links/:id", .api(.linksWrite), change),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let after = try page.cursor.map { text in
            guard let id = ID<Link>(text) else { throw PageAsk.unknownCursor }
            return id
        }
        let scope = principal.scope
        let links = try await installation.database.read(scope) { tx in
            try LinkStore.all(
                host: principal.sees, limit: page.limit + 1, after: after, scope: scope, in: tx)
        }
        return page.answer(links, each: { LinkJSON($0).full }, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        let wish = try LinkReading.read(&fields, over: nil, entropy: installation.world.entropy)
        try fields.finish()
        try principal.refuseOtherHosts(wish.host)
        let key = try request.idempotencyKey()
        let save = SaveLink(installation)
        let ids = NewLinkIDs(installation.world)
        let (scope, now) = (principal.scope, installation.world.now)
        let replies = ReplyStore(scope: principal.user.text, route: "links", keyring: installation.keyring)
        let reply = try await installation.database.write(scope) { tx in
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let link = try save.insert(wish, host: principal.user, ids: ids, now: now, scope: scope, in: tx)
            let reply = Reply(status: 201, body: LinkJSON(link).full.bytes)
            try replies.store(reply, for: key, in: tx)
            return reply
        }
        return reply.answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        return .json(LinkJSON(try await link(request, principal)).full)
    }

    private static let versions = 1...Int(Int32.max)

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await link(request, principal)
        let body = try request.json()
        // Read once outside, so that a wrong field never opens a transaction; and again over what the row holds then.
        let read: @Sendable (Link) throws -> LinkWish = { [entropy = installation.world.entropy] link in
            var fields = Fields(json: body)
            let wish = try LinkReading.read(&fields, over: link.rules, entropy: entropy)
            _ = fields.optionalInteger("version", Self.versions)
            try fields.finish()
            return wish
        }
        try principal.refuseOtherHosts(try read(link).host)
        var fields = Fields(json: body)
        let changed = try await SaveLink(installation).update(
            link.id, version: fields.optionalInteger("version", Self.versions), scope: principal.scope, read)
        return .json(LinkJSON(changed).full)
    }

    /// The link of the path, when this person may see it.
    private func link(_ request: Request, _ principal: Principal) async throws -> Link {
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let link = try await installation.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
        guard let link, principal.sees == nil || link.hosts.contains(where: { $0.id == principal.sees }) else {
            throw Common.notFound
        }
        return link
    }
}
