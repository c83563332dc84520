/// The keys of programs, for programs: `/api/v1/keys`.
import Database
import Scheduling
import Web

package struct AccountAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/keys", .api(.keysRead), list),
            Route(.post, "/api/v1/keys", .api(.keysWrite), create),
            Route(.delete, "/api/v1/keys/:id", .api(.keysWrite), revoke),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let ask = try PageAsk(request.query)
        let scope = principal.scope
        let keys = try await installation.database.read(scope) { tx in
            try AccountStore.keys(owner: principal.ownKeys, scope: scope, in: tx)
        }
        // A workspace has tens of keys: they are read at once and cut here.
        let from = try ask.cursor.map { cursor in
            guard let last = keys.firstIndex(where: { $0.id.text == cursor }) else { throw PageAsk.unknownCursor }
            return last + 1
        } ?? 0
        return ask.answer(Array(keys[from...].prefix(ask.limit + 1)), each: \.json, cursor: \.id.text)
    }

    /// The only answer that holds the key's text, and its replay for the same `Idempotency-Key`.
    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        var fields = Fields(json: try request.json())
        let wish = KeyWish(&fields)
        try fields.finish()
        let new = try MakeKey(world: installation.world)(
            wish, owner: principal.user, ownerName: principal.name, limit: principal.permissions,
            isTest: principal.isTest, from: Origin(request))
        return try await installation.once(request, route: "POST /api/v1/keys", scope: scope) { tx in
            try new.insert(scope: scope, in: tx)
            return new.json
        }
    }

    private func revoke(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await RevokeKey(installation)(try request.parameter("id"), by: principal, from: Origin(request))
        return .empty()
    }
}

extension APIKey {
    /// Everything but the key's text.
    package var json: JSON { .object(members) }

    fileprivate var members: [(String, JSON)] {
        [
            ("id", .string(id.text)), ("name", .string(name)), ("tail", .string(tail)),
            ("scopes", .array(scopes.map(JSON.string))),
            ("owner", ["id": .string(owner.text), "name": .string(ownerName)]),
            ("createdAt", .string(createdAt.rfc3339())), ("lastUsedAt", JSON(usedAt?.rfc3339())),
            ("expiresAt", JSON(expiresAt?.rfc3339())),
        ]
    }
}

extension NewKey {
    fileprivate var json: JSON { .object(key.members + [("key", .string(text))]) }
}
