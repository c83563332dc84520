/// Making an API key: which scopes it may carry, and the one moment at which its text is known.
import Database
import Scheduling
import Web

/// A key with its text, which is shown once and stored nowhere.
package struct NewKey: Sendable {
    package let key: APIKey
    package let text: String
}

package struct MakeKey: Sendable {
    let world: World

    package init(world: World) {
        self.world = world
    }

    /// - Parameters:
    ///   - scopes: names of scopes; nil = everything the maker may do.
    ///   - limit: what the maker may do: a key never gets more, so that no key can make a stronger one.
    /// - Throws: `AccountRefusal.unknownScope`, `.scopeBeyondRole`, `.noScopes`.
    package func callAsFunction(
        name: String, scopes: [String]?, expiresAt: Instant? = nil, owner: Account, limit: Set<Permission>
    ) throws -> NewKey {
        let allowed = Permission.scopes.filter(limit.contains).map(\.name)
        let known = Set(Permission.scopes.map(\.name))
        let asked = scopes ?? allowed
        if let unknown = asked.first(where: { !known.contains($0) }) { throw AccountRefusal.unknownScope(unknown) }
        if let beyond = asked.first(where: { !allowed.contains($0) }) { throw AccountRefusal.scopeBeyondRole(beyond) }
        if asked.isEmpty { throw AccountRefusal.noScopes }
        let text = APIKey.textPrefix + world.token()
        let key = APIKey(
            id: world.id(), owner: owner.id, ownerName: owner.name, name: name, tail: String(text.suffix(4)),
            scopes: allowed.filter(asked.contains), createdAt: world.now, usedAt: nil, expiresAt: expiresAt)
        return NewKey(key: key, text: text)
    }
}

extension NewKey {
    package func insert(scope: Scope, in tx: Transaction) throws {
        try AccountStore.insert(key, keyHash: sha256(Array(text.utf8)), scope: scope, in: tx)
    }
}
