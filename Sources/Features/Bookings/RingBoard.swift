/// Tells open pages of hosts that somebody calls: one look at the rows each second, for all of this process together.
import Database
import Scheduling
import Synchronization
import Web

/// Streams say nothing but “look again”; who calls stands on the page, which is asked for with its own rights. Rows are
/// what several processes share, so a call that begins in one is heard in all within a second.
final class RingBoard: Sendable {
    /// How many pages of one person are told at once, and of all. A browser opens six connections to a server, and some
    /// must be left for its pages.
    static let mostOfOne = 4
    static let most = 500
    /// After so many seconds a stream ends and its browser asks anew, with the session it has then.
    static let lifetime = 300
    /// A sign of life, so that neither end waits for one that is gone.
    static let heartbeat = 5

    private struct Listener {
        let account: ID<User>
        let continuation: AsyncStream<[UInt8]>.Continuation
        var age = 0
        var told = ""
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
        var isLooking = false
    }

    private let state = Mutex(State())
    private let pause: Duration
    private let ask: @Sendable ([ID<User>]) async throws -> [ID<User>: String]

    convenience init(_ installation: Installation) {
        let (lookUps, world) = (LookUps(database: installation.database), installation.world)
        self.init(pause: .seconds(1)) { try await lookUps.ringing($0, now: world.now) }
    }

    /// - Parameters:
    ///   - pause: between two looks.
    ///   - ask: what rings for each of these people, in words that differ when something else does.
    init(pause: Duration, asking ask: @escaping @Sendable ([ID<User>]) async throws -> [ID<User>: String]) {
        (self.pause, self.ask) = (pause, ask)
    }

    /// - Throws: `Common.rateLimited` for more pages than one person needs.
    func listen(_ account: ID<User>) throws -> AsyncStream<[UInt8]> {
        // A part a second for as long as it lives: a reader that is late misses none, and they never are many.
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.lifetime + 16))
        let place = state.withLock { state -> (number: Int, begins: Bool)? in
            let own = state.listeners.values.count { $0.account == account }
            guard own < Self.mostOfOne, state.listeners.count < Self.most else { return nil }
            state.next += 1
            state.listeners[state.next] = Listener(account: account, continuation: continuation)
            defer { state.isLooking = true }
            return (state.next, !state.isLooking)
        }
        guard let place else { throw Common.rateLimited(retryAfter: 60) }
        continuation.onTermination = { [weak self] _ in
            self?.forget(place.number)
        }
        continuation.yield(Array("retry: 3000\n\n".utf8))
        if place.begins { Task { await look() } }
        return stream
    }

    private func forget(_ number: Int) {
        _ = state.withLock { $0.listeners.removeValue(forKey: number) }
    }

    /// Until nobody listens any more.
    private func look() async {
        while true {
            let accounts = state.withLock { state -> [ID<User>] in
                if state.listeners.isEmpty { state.isLooking = false }
                return Set(state.listeners.values.map(\.account)).sorted { $0.text < $1.text }
            }
            guard !accounts.isEmpty else { return }
            // A database that does not answer is asked again in a second; what was told stays told meanwhile.
            tell(try? await ask(accounts))
            try? await Task.sleep(for: pause)
        }
    }

    /// - Parameter rings: nil is not known; signs of life are given all the same, and streams grow old.
    private func tell(_ rings: [ID<User>: String]?) {
        let over = state.withLock { state -> [AsyncStream<[UInt8]>.Continuation] in
            for (number, listener) in state.listeners {
                let now = rings.map { $0[listener.account] ?? "" } ?? listener.told
                state.listeners[number]?.age += 1
                if now != listener.told {
                    state.listeners[number]?.told = now
                    listener.continuation.yield(Array("event: rings\ndata: look\n\n".utf8))
                } else {
                    // Nothing is written for an empty one, but a server that is to stop sees to it.
                    let isDue = listener.age % Self.heartbeat == 0
                    listener.continuation.yield(isDue ? Array(": here\n\n".utf8) : [])
                }
            }
            return state.listeners.values.filter { $0.age >= Self.lifetime }.map(\.continuation)
        }
        for continuation in over { continuation.finish() }
    }
}
