/// Wakes the job runner: by a commit that wrote jobs, by the clock, by a job that ended, by the stop.
import Synchronization

/// Rings that come while one is already waiting to be heard are one ring.
final class Bell: Sendable {
    let rings: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex((running: 0, suspects: 0, isStopped: false))

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        ring()
    }

    func ring() {
        continuation.yield()
    }

    /// No job may begin from now on.
    func stop() {
        state.withLock { $0.isStopped = true }
        ring()
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    var running: Int { state.withLock { $0.running } }

    /// Whether a job runs here that its process died of before, perhaps.
    var hasSuspect: Bool { state.withLock { $0.suspects > 0 } }

    func began(_ job: Job) {
        state.withLock { state in
            state.running += 1
            state.suspects += job.isSuspect ? 1 : 0
        }
    }

    func ended(_ job: Job) {
        state.withLock { state in
            state.running -= 1
            state.suspects -= job.isSuspect ? 1 : 0
        }
        ring()
    }
}
