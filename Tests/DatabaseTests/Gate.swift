/// Lets a database thread or a task of a test wait for another one.
import Dispatch
import Synchronization

/// Closed until it is opened, once and for all.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var tasks: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let threads = DispatchSemaphore(value: 0)

    func open() {
        let tasks = state.withLock { state in
            state.isOpen = true
            defer { state.tasks = [] }
            return state.tasks
        }
        tasks.forEach { $0.resume() }
        threads.signal()
    }

    /// Blocks the thread, two minutes at most: other tests may keep the tasks of this one waiting for long. For blocks
    /// on database threads only.
    func wait() {
        if threads.wait(timeout: .now() + 120) == .success { threads.signal() }
    }

    /// Suspends the task. Tasks share two threads on a small machine, so they must not block one.
    func opened() async {
        await withCheckedContinuation { task in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.tasks.append(task) }
                return state.isOpen
            }
            if isOpen { task.resume() }
        }
    }
}
