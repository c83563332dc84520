/// Remembers that the server could not be reached, so that not every request waits to find out for itself.
import Synchronization

/// Shared by the connections to one server. After a failure nobody connects for a moment; then one tries, and until it
/// has succeeded the others are told at once. Connections that live are not touched by it.
final class PostgresReach: Sendable {
    private struct State {
        var failedAt: ContinuousClock.Instant?
        var why = ""
        var isTrying = false
    }

    private let pause: Duration
    private let state = Mutex(State())

    init(pause: Duration = .milliseconds(250)) {
        self.pause = pause
    }

    /// Runs `attempt`, unless one just failed or is under way after a failure.
    func attempting(_ attempt: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        if let why = refusal() { throw .unavailable(why) }
        do {
            try attempt()
        } catch {
            state.withLock { $0 = State(failedAt: .now, why: "\(error)") }
            throw error
        }
        state.withLock { $0 = State() }
    }

    /// A connection fell silent: whoever would connect now would wait in vain.
    func lost(_ why: String) {
        state.withLock { state in
            guard !state.isTrying else { return }
            state = State(failedAt: .now, why: why)
        }
    }

    private func refusal() -> String? {
        state.withLock { state in
            guard let failedAt = state.failedAt else { return nil }
            if state.isTrying || failedAt.duration(to: .now) < pause { return state.why }
            state.isTrying = true
            return nil
        }
    }
}
