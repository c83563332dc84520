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
            Route(.delete, "/api/v1/links/:id", .api(.linksWrite), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        var filter = try Self.filter(request.query)
        filter.limit = page.limit + 1
        filter.after = try page.after(Link.self)
        // Whoever sees only some people's asks in vain for another host's: the list is empty, not refused.
        if let acts = principal.acts {
            filter.hosts = filter.hosts?.intersection(acts) ?? acts
            guard filter.hosts?.isEmpty == false else {
                return page.answer([], each: { Self.json($0, nil) }, cursor: \.id.text)
            }
        }
        let (scope, wanted) = (principal.scope, filter)
        let found = try await installation.database.read(scope) { tx in
            let links = try LinkStore.all(wanted, scope: scope, in: tx)
            return (links: links, locks: try LinkTemplateStore.locks(of: links.map(\.id), scope: scope, in: tx))
        }
        return page.answer(found.links, each: { Self.json($0, found.locks[$0.id]) }, cursor: \.id.text)
    }

    /// With what its template keeps; null for a link of its own.
    private static func json(_ link: Link, _ locks: LinkLocks?) -> JSON {
        .object((LinkJSON(link).full.members ?? []) + [("managed", locks?.json ?? .null)])
    }

    /// `?active=` and `?host=`.
    private static func filter(_ query: Query) throws -> LinkFilter {
        var fields = Fields(form: query)
        var filter = LinkFilter()
        if let host = fields.optionalText("host", atMost: 40), !host.isEmpty {
            filter.hosts = fields.id("host", label: plain("Host")).map { [$0] }
        }
        switch fields.optionalText("active", atMost: 5) {
        case nil: break
        case "true": filter.active = true
        case "false": filter.active = false
        default: fields.fail("active", "invalid", plain("active must be true or false."))
        }
        try fields.finish()
        return filter
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        let wish = try LinkReading.read(
            &fields, over: nil, entropy: installation.world.entropy, languages: installation.languages)
        try fields.finish()
        try principal.refuseOtherHosts(wish)
        let save = SaveLink(installation, from: Origin(request))
        let ids = NewLinkIDs(installation.world)
        let entry = save.entry(wish, ids)
        let host = wish.host ?? principal.user
        let (scope, now) = (principal.scope(on: [host]), installation.world.now)
        let answer = try await SaveLink.again {
            try await installation.once(request, route: "links", scope: scope) { tx in
                let link = try save.insert(wish, host: host, ids: ids, now: now, scope: scope, in: tx)
                try AuditStore.recordDeed(entry, scope: scope, in: tx)
                return Self.json(link, nil)
            }
        }
        CrashPoint.reach("link.after_commit")
        return answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        return try await answer(try await link(request, principal), principal)
    }

    private static let versions = 1...Int(Int32.max)

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await link(request, principal)
        let body = try request.json()
        // Read once outside, so that a wrong field never opens a transaction; and again over what the row holds then.
        let read: @Sendable (Link) throws -> LinkWish = {
            [entropy = installation.world.entropy, languages = installation.languages] link in
            var fields = Fields(json: body)
            let wish = try LinkReading.read(&fields, over: link.rules, entropy: entropy, languages: languages)
            _ = fields.optionalInteger("version", Self.versions)
            try fields.finish()
            return wish
        }
        try principal.refuseOtherHosts(try read(link), of: link)
        var fields = Fields(json: body)
        let version = try fields.optionalInteger("version", Self.versions) ?? Self.ifMatch(request)
        let changed = try await SaveLink(installation, from: Origin(request)).update(
            link.id, version: version, scope: principal.scope(on: link), read)
        return try await answer(changed, principal)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await link(request, principal)
        try await DeleteLink(installation, from: Origin(request))(
            link.id, version: try Self.ifMatch(request), scope: principal.scope(on: link))
        return .empty()
    }

    /// The link, with its version as its tag.
    private func answer(_ link: Link, _ principal: Principal) async throws -> Answer {
        let scope = principal.scope
        let locks = try await installation.database.read(scope) { tx in
            try LinkTemplateStore.locks(of: [link.id], scope: scope, in: tx)[link.id]
        }
        return .json(Self.json(link, locks)).header("ETag", "\"\(link.version)\"")
    }

    /// The version the caller saw, out of `If-Match`; nil where any will do.
    private static func ifMatch(_ request: Request) throws -> Int? {
        guard let text = request.headers["if-match"], text != "*" else { return nil }
        let isQuoted = text.count > 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let digits = isQuoted ? text.dropFirst().dropLast() : text[...]
        guard let version = Int(digits), versions.contains(version) else {
            throw Invalid("If-Match", plain("If-Match must be the ETag of the link, such as \"3\"."))
        }
        return version
    }

    /// The link of the path, when this person may see it.
    private func link(_ request: Request, _ principal: Principal) async throws -> Link {
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let link = try await installation.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
        guard let link, link.deletedAt == nil, link.adHoc == nil, principal.acts(on: link) else {
            throw Common.notFound
        }
        return link
    }
}
