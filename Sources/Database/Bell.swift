/// Wakes the job runner: by a commit that wrote jobs, by the clock, by a job that ended, by the stop.
import Scheduling
import Synchronization

/// Rings that come while one is already waiting to be heard are one ring.
final class Bell: Sendable {
    let rings: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex((inHand: [ID<QueuedJob>: (job: Job, leasedAt: Instant)](), isStopped: false))

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

    var running: Int { state.withLock { $0.inHand.count } }

    /// Whether a job runs here that its process died of before, perhaps.
    var hasSuspect: Bool { state.withLock { $0.inHand.values.contains { $0.job.isSuspect } } }

    func began(_ job: Job, now: Instant) {
        state.withLock { $0.inHand[job.id] = (job, now) }
    }

    /// Notes a renewed lease, unless the job ended meanwhile.
    func renewed(_ job: Job, now: Instant) {
        state.withLock { $0.inHand[job.id]?.leasedAt = now }
    }

    /// The jobs that run here by leases of before that moment.
    func leased(before moment: Instant) -> [Job] {
        state.withLock { state in state.inHand.values.filter { $0.leasedAt < moment }.map(\.job) }
    }

    func ended(_ job: Job) {
        _ = state.withLock { $0.inHand.removeValue(forKey: job.id) }
        ring()
    }
}
