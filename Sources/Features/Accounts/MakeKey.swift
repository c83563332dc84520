/// Making and revoking API keys: which scopes one may carry, and the one moment at which its text is known.
import Database
import Scheduling
import Web

/// A key with its text, which is shown once and stored nowhere.
package struct NewKey: Sendable {
    package let key: APIKey
    package let text: String
    let entry: AuditEntry
}

/// What somebody wants a key to be, out of a form or an API body.
package struct KeyWish: Sendable {
    package var name: String
    /// Names of scopes; nil = everything the maker may do.
    package var scopes: [String]?
    package var expiresAt: Instant?

    package init(name: String, scopes: [String]? = nil, expiresAt: Instant? = nil) {
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    /// Mistakes are noted in `fields`; what is wrong gives neutral values.
    package init(_ fields: inout Fields) {
        name = fields.text("name", 1...120, label: plain("Name"))
        if fields.has("scopes") { scopes = fields.texts("scopes", label: plain("Scopes")) }
        if fields.has("expiresAt") { expiresAt = fields.instant("expiresAt", label: plain("Ends on")) }
    }
}

package struct MakeKey: Sendable {
    let world: World

    package init(world: World) {
        self.world = world
    }

    /// - Parameter limit: what the maker may do: a key never gets more, so that no key can make a stronger one.
    /// - Throws: `AccountRefusal.unknownScope`, `.scopeBeyondRole`, `.noScopes`, `.keyEnded`.
    package func callAsFunction(
        _ wish: KeyWish, owner: ID<User>, ownerName: String, limit: Set<Permission>, isTest: Bool = false,
        from origin: Origin = .console
    ) throws -> NewKey {
        let allowed = Permission.scopes.filter(limit.contains).map(\.name)
        let known = Set(Permission.scopes.map(\.name))
        let asked = wish.scopes ?? allowed
        if let unknown = asked.first(where: { !known.contains($0) }) { throw AccountRefusal.unknownScope(unknown) }
        if let beyond = asked.first(where: { !allowed.contains($0) }) { throw AccountRefusal.scopeBeyondRole(beyond) }
        if asked.isEmpty { throw AccountRefusal.noScopes }
        if let end = wish.expiresAt, end <= world.now { throw AccountRefusal.keyEnded }
        let text = (isTest ? APIKey.testPrefix : APIKey.textPrefix) + world.token()
        let key = APIKey(
            id: world.id(), owner: owner, ownerName: ownerName, name: wish.name, tail: String(text.suffix(4)),
            scopes: allowed.filter(asked.contains), createdAt: world.now, usedAt: nil, expiresAt: wish.expiresAt)
        let entry = AuditEntry(
            .keyMade, of: key.id.text, named: key.name,
            after: ["scopes": .array(key.scopes.map(JSON.string)), "tail": .string(key.tail)], from: origin, world)
        return NewKey(key: key, text: text, entry: entry)
    }
}

extension NewKey {
    package func insert(scope: Scope, in tx: Transaction) throws {
        try AccountStore.insert(key, keyHash: sha256(Array(text.utf8)), scope: scope, in: tx)
        try AuditStore.record(entry, scope: scope, in: tx)
    }
}

package struct RevokeKey: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// From its commit on the key opens nothing.
    ///
    /// - Throws: `Common.notFound` for a key of another workspace, of another person (unless an admin revokes it),
    ///   and for one that was revoked before.
    package func callAsFunction(_ id: String, by principal: Principal, from origin: Origin) async throws {
        guard let id = ID<APIKey>(id) else { throw Common.notFound }
        let (scope, now) = (principal.scope, installation.world.now)
        let sample = AuditEntry(.keyRevoked, of: id.text, from: origin, installation.world)
        let found = try await installation.database.write(scope) { tx in
            let key = try AccountStore.keys(owner: principal.ownKeys, scope: scope, in: tx).first { $0.id == id }
            guard try AccountStore.revokeKey(id, owner: principal.ownKeys, now: now, scope: scope, in: tx) else {
                return false
            }
            var entry = sample
            entry.targetName = key?.name ?? ""
            try AuditStore.record(entry, scope: scope, in: tx)
            return true
        }
        if !found { throw Common.notFound }
    }
}
