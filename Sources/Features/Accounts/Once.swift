/// A request that may be sent twice and is carried out once: the answer to `Idempotency-Key`.
import Database
import Scheduling
import Web

package struct Once: Sendable {
    /// The longest key, in characters.
    package static let longestKey = 255

    let database: Database
    let world: World
    let keyring: Keyring

    package init(database: Database, world: World, keyring: Keyring) {
        self.database = database
        self.world = world
        self.keyring = keyring
    }

    /// Runs `work` in one write. With an `Idempotency-Key`, a second request with the same key and body gets the first
    /// one's reply and the header `Idempotency-Replayed: true`; the reply is stored sealed, for it may hold a secret.
    ///
    /// - Parameter work: may run more than once before its commit, as every block of a write.
    /// - Throws: `Invalid` for a key that was used with another body; what `work` throws, with nothing stored.
    package func callAsFunction(
        _ request: Request, status: Int = 201, scope: Scope,
        _ work: @escaping @Sendable (Transaction) throws -> JSON
    ) async throws -> Answer {
        guard let key = request.headers["idempotency-key"] else {
            return .json(try await database.write(scope, work), status: status)
        }
        guard (1...Self.longestKey).contains(key.count) else {
            throw Invalid("Idempotency-Key", plain("An Idempotency-Key has 1 to \(Self.longestKey) characters."))
        }
        let (owner, route) = (scope.actor.text, "\(request.method.rawValue) \(request.route)")
        let place = "idempotency|\(owner)|\(key)|\(scope.workspace)"
        let (hash, now, keyring) = (sha256(Array(request.path.utf8) + [0] + request.body), world.now, keyring)
        let (claim, fresh) = try await database.write(scope) { tx in
            let claim = try tx.claimKey(scope: owner, key: key, route: route, requestHash: hash, now: now)
            guard claim == .fresh else { return (claim, JSON.null) }
            let reply = try work(tx)
            let sealed = keyring.seal(reply.bytes, bound: place)
            try tx.storeReply(scope: owner, key: key, route: route, status: status, reply: sealed)
            return (claim, reply)
        }
        switch claim {
        case .fresh: return .json(fresh, status: status)
        case .mismatch: throw Once.Mismatch()
        case .replay(let status, let sealed):
            let reply = try JSON(reading: keyring.open(sealed, bound: place))
            return .json(reply, status: status).header("Idempotency-Replayed", "true")
        }
    }

    /// The key was used for another request.
    package struct Mismatch: Refusal {
        package var status: Int { 422 }
        package var code: String { "idempotency_mismatch" }
        package var message: String { plain("This Idempotency-Key was used for another request. Use a new key.") }
    }
}
