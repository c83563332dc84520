/// Idempotency keys: the same request sent again gets the first one's answer instead of a second booking.
import Scheduling

/// What is known about a key.
package enum KeyClaim: Hashable, Sendable {
    /// The key is this transaction's. Do the work and end with `storeReply`.
    case fresh
    /// The work was done before. The reply is as it was stored: sealed.
    case replay(status: Int, reply: [UInt8])
    /// The key was used for another request. Answer 422.
    case mismatch
}

/// How long a reply is kept, in seconds: 72 hours.
package let replyLifetime: Int64 = 259_200

extension Transaction {
    /// The first statement of a write that may be sent twice. A second request with the key waits here until the first
    /// has committed, and is then a replay; had the first rolled back, it is fresh.
    /// - Parameters:
    ///   - scope: the API key or link the key belongs to; two callers may use the same key for different things.
    ///   - requestHash: of all that the request asks for.
    package func claimKey(
        scope: String, key: String, route: String, requestHash: [UInt8], now: Instant
    ) throws -> KeyClaim {
        try post(
            """
            DELETE FROM idempotency WHERE scope = \(scope) AND key = \(key) AND route = \(route)
            AND created_at <= \(now.adding(seconds: -replyLifetime))
            """)
        let claimed = try run(
            """
            INSERT INTO idempotency (scope, key, route, request_hash, created_at)
            VALUES (\(scope), \(key), \(route), \(requestHash), \(now)) ON CONFLICT (scope, key, route) DO NOTHING
            """)
        if claimed == 1 { return .fresh }
        let stored = try one(
            """
            SELECT request_hash, status, reply FROM idempotency
            WHERE scope = \(scope) AND key = \(key) AND route = \(route)
            """
        ) { row in
            (hash: try row["request_hash"] as [UInt8], status: try row["status"] as Int?,
             reply: try row["reply"] as [UInt8]?)
        }
        guard let stored, stored.hash == requestHash else { return .mismatch }
        guard let status = stored.status, let reply = stored.reply else { return .fresh }
        return .replay(status: status, reply: reply)
    }

    /// Keeps the answer of a success (2xx). A refusal throws instead, which rolls the key back too.
    package func storeReply(scope: String, key: String, route: String, status: Int, reply: [UInt8]) throws {
        try post(
            """
            UPDATE idempotency SET status = \(status), reply = \(reply)
            WHERE scope = \(scope) AND key = \(key) AND route = \(route)
            """)
    }

    /// Forgets replies older than ``replyLifetime``; a daily job calls it.
    @discardableResult
    package func pruneReplies(now: Instant) throws -> Int {
        try run("DELETE FROM idempotency WHERE created_at <= \(now.adding(seconds: -replyLifetime))")
    }

    /// The stored reply of a key, without claiming it; nil when there is none yet.
    package func storedReply(scope: String, key: String, route: String) throws -> (status: Int, reply: [UInt8])? {
        try one(
            """
            SELECT status, reply FROM idempotency
            WHERE scope = \(scope) AND key = \(key) AND route = \(route) AND status IS NOT NULL AND reply IS NOT NULL
            """
        ) { row in (status: try row["status"] as Int, reply: try row["reply"] as [UInt8]) }
    }
}
