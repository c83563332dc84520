/// Somebody else's web server in memory: it records what was sent and answers what it was told to.
import Capabilities
import Synchronization

package final class FakeHTTP: HTTPSender {
    private struct State {
        var calls: [HTTPCall] = []
        var answers: [Result<HTTPReply, ProviderError>] = []
        var always: Result<HTTPReply, ProviderError> = .success(HTTPReply(status: 200))
        var problems: [String: EgressProblem] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Calls made, oldest first.
    package var calls: [HTTPCall] { state.withLock { $0.calls } }

    /// What the next calls are answered, one after the other; then 200 again.
    package func answer(_ replies: HTTPReply...) {
        state.withLock { $0.answers += replies.map { .success($0) } }
    }

    package func answerAlways(_ reply: HTTPReply) { state.withLock { $0.always = .success(reply) } }

    package func failAlways(_ error: ProviderError) { state.withLock { $0.always = .failure(error) } }

    /// Makes a host one that is not called.
    package func refuse(_ host: String, _ problem: EgressProblem) { state.withLock { $0.problems[host] = problem } }

    package func problem(with address: OutsideAddress) async -> EgressProblem? {
        state.withLock { $0.problems[address.host] }
    }

    package func send(_ call: HTTPCall) async throws(ProviderError) -> HTTPReply {
        let answer = state.withLock { state in
            state.calls.append(call)
            return state.answers.isEmpty ? state.always : state.answers.removeFirst()
        }
        return try answer.get()
    }
}
