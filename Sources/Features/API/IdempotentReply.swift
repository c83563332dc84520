/// One answer for one key: a repeated request gets the reply that was stored with the first.
import Database
import Scheduling
import Web

/// The key a client sent with a creating request, and the hash of what it asked.
package struct RequestKey: Hashable, Sendable {
    package var text: String
    package var requestHash: [UInt8]

    package init(text: String, request: String) {
        self.text = text
        requestHash = sha256(Array(request.utf8))
    }
}

/// A key that was used for another request.
package struct IdempotencyMismatch: Refusal, Equatable {
    package init() {}

    package var status: Int { 422 }
    package var code: String { "idempotency_mismatch" }
    package var message: String {
        plain("This Idempotency-Key was used for another request. Use a new key.")
    }
}

/// A reply to a creating request: the bytes sent, and whether they were stored by an earlier one.
package struct Reply: Sendable {
    package var status: Int
    package var body: [UInt8]
    package var replayed = false
}

/// Where keys count: one link's or one booking's route.
package struct ReplyStore: Sendable {
    package var scope: String
    package var route: String
    package var keyring: Keyring

    /// The stored reply, or nil when this request is the first with its key.
    /// - Throws: `IdempotencyMismatch` when the key belongs to another request.
    package func claim(_ key: RequestKey?, now: Instant, in tx: Transaction) throws -> Reply? {
        guard let key else { return nil }
        let claim = try tx.claimKey(
            scope: scope, key: key.text, route: route, requestHash: key.requestHash, now: now)
        switch claim {
        case .fresh: return nil
        case .mismatch: throw IdempotencyMismatch()
        case .replay(let status, let sealed):
            return Reply(status: status, body: try keyring.open(sealed, bound: binding(key)), replayed: true)
        }
    }

    /// The reply that was stored for the key, without claiming it.
    package func stored(_ key: RequestKey, in tx: Transaction) throws -> Reply? {
        guard let stored = try tx.storedReply(scope: scope, key: key.text, route: route) else { return nil }
        return Reply(status: stored.status, body: try keyring.open(stored.reply, bound: binding(key)), replayed: true)
    }

    /// Keeps the reply beside what it tells of, in the same transaction; sealed, for it may hold a token.
    package func store(_ reply: Reply, for key: RequestKey?, in tx: Transaction) throws {
        guard let key else { return }
        try tx.storeReply(
            scope: scope, key: key.text, route: route, status: reply.status,
            reply: keyring.seal(reply.body, bound: binding(key)))
    }

    package static let sealed = SealedColumn("idempotency", "reply", key: ["scope", "key", "route"]) { key in
        "idempotency|\(key[0])|\(key[2])|\(key[1])"
    }

    private func binding(_ key: RequestKey) -> String { "idempotency|\(scope)|\(route)|\(key.text)" }
}

extension Installation {
    /// The reply to a call of many transactions that was answered before; nil where it was not, or not to its end.
    /// - Throws: `IdempotencyMismatch`.
    func earlier(_ key: RequestKey?, route: String, scope: Scope) async throws -> Answer? {
        guard let key else { return nil }
        let (replies, now) = (ReplyStore(scope: scope.actor.text, route: route, keyring: keyring), world.now)
        guard try await database.read(scope, { try replies.stored(key, in: $0) }) != nil else { return nil }
        return try await database.write(scope) { try replies.claim(key, now: now, in: $0) }?.answer
    }

    /// Keeps what such a call was answered with, at its end: cut off before, it can be asked again.
    func answer(_ json: JSON, to key: RequestKey?, route: String, scope: Scope) async throws -> Answer {
        let (replies, now) = (ReplyStore(scope: scope.actor.text, route: route, keyring: keyring), world.now)
        guard let key else { return .json(json) }
        return try await database.write(scope) { tx in
            if let earlier = try replies.claim(key, now: now, in: tx) { return earlier }
            let reply = Reply(status: 200, body: json.bytes)
            try replies.store(reply, for: key, in: tx)
            return reply
        }.answer
    }

    /// Makes something once for the key of a creating request: repeated by the same caller, it gets the first answer.
    ///
    /// - Parameters:
    ///   - scope: whose request it is. A key counts for its caller alone: another's is another request.
    ///   - make: makes it inside the transaction and tells of it.
    package func once(
        _ request: Request, route: String, scope: Scope, make: @escaping @Sendable (Transaction) throws -> JSON
    ) async throws -> Answer {
        let (key, now) = (try request.idempotencyKey(), world.now)
        let replies = ReplyStore(scope: scope.actor.text, route: route, keyring: keyring)
        let reply = try await database.write(scope) { tx in
            if let earlier = try replies.claim(key, now: now, in: tx) { return earlier }
            let reply = Reply(status: 201, body: try make(tx).bytes)
            try replies.store(reply, for: key, in: tx)
            return reply
        }
        return reply.answer
    }
}
