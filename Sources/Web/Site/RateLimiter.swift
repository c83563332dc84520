/// Counts requests per client, in memory, within a fixed amount of it.

import Synchronization

/// A limiter with one bucket per client that fills up evenly (the generic cell rate algorithm).
///
/// A bucket is 16 bytes and is forgotten when it is full again, after a minute at most. When as many buckets are in use
/// as are allowed, a new client is refused: a flood of addresses can slow strangers down, never use up the memory.
final class RateLimiter: Sendable {
    /// What a request gets.
    struct Verdict: Sendable, Hashable {
        let isAllowed: Bool
        /// Requests per minute.
        let limit: Int
        /// Requests that would be allowed right now.
        let remaining: Int
        /// Seconds until the bucket is full again.
        let reset: Int
        /// Seconds until one request is allowed; 0 if this one was.
        let retryAfter: Int
        /// Which limit this is, for counting.
        var rule = ""
    }

    private struct State {
        /// When each bucket will be full again, in milliseconds.
        var full: [UInt64: Int64] = [:]
        var swept: Int64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let milliseconds: @Sendable () -> Int64
    private static let minute: Int64 = 60_000

    /// - Parameters:
    ///   - capacity: most clients at a time; 200 000 take about 8 MB.
    ///   - milliseconds: a clock that never jumps.
    init(capacity: Int = 200_000, milliseconds: @escaping @Sendable () -> Int64) {
        self.capacity = capacity
        self.milliseconds = milliseconds
    }

    /// Takes one request from the bucket of a client.
    func take(_ bucket: String, of client: [UInt8], perMinute limit: Int) -> Verdict {
        var hasher = Hasher()
        hasher.combine(bucket)
        hasher.combine(client)
        let key = UInt64(bitPattern: Int64(hasher.finalize()))
        let now = milliseconds()
        return state.withLock { state in
            sweep(&state, now)
            guard limit > 0, state.full[key] != nil || state.full.count < capacity else {
                return Verdict(isAllowed: false, limit: limit, remaining: 0, reset: 60, retryAfter: 60)
            }
            let step = max(1, RateLimiter.minute / Int64(limit))
            let before = max(now, state.full[key] ?? 0)
            let after = before + step
            let isAllowed = after - now <= RateLimiter.minute
            if isAllowed { state.full[key] = after }
            let filled = (isAllowed ? after : before) - now
            let wait = isAllowed ? 0 : max(1, Int((after - now - RateLimiter.minute + 999) / 1000))
            let remaining = Int(max(0, RateLimiter.minute - filled) / step)
            return Verdict(isAllowed: isAllowed, limit: limit, remaining: remaining,
                           reset: Int((filled + 999) / 1000), retryAfter: wait)
        }
    }

    /// How many buckets are in use.
    var count: Int { state.withLock { $0.full.count } }

    /// Forgets full buckets: every ten seconds, and at once when there is no room.
    private func sweep(_ state: inout State, _ now: Int64) {
        guard now - state.swept > 10_000 || state.full.count >= capacity && now - state.swept > 1_000 else { return }
        state.full = state.full.filter { $0.value > now }
        state.swept = now
    }
}
