/// A mail server in memory: it records what was sent and can fail on purpose.
import Capabilities
import Synchronization

package final class FakeMail: MailProvider {
    private struct State {
        var calls = 0
        var sent: [OutgoingMail] = []
        var failures: [Int: ProviderError] = [:]
        var everyCall: ProviderError?
    }

    private let state = Mutex(State())

    package init() {}

    /// Mails taken, oldest first.
    package var sent: [OutgoingMail] { state.withLock { $0.sent } }
    /// Calls made, failed ones included.
    package var calls: Int { state.withLock { $0.calls } }

    /// Makes the nth call from now fail (1 = the next).
    package func fail(call n: Int, with error: ProviderError = ProviderError(.unavailable, "asked to fail")) {
        state.withLock { $0.failures[$0.calls + n] = error }
    }

    /// Makes every call fail until it is called with nil.
    package func failAlways(with error: ProviderError?) {
        state.withLock { $0.everyCall = error }
    }

    package func forget() {
        state.withLock { $0 = State() }
    }

    /// Takes what a real server would take: a mail that cannot be built is refused here too.
    package func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt {
        let failure = state.withLock { state in
            state.calls += 1
            return state.everyCall ?? state.failures.removeValue(forKey: state.calls)
        }
        if let failure { throw failure }
        do {
            _ = try MIMEMessage(mail)
        } catch {
            throw ProviderError(.unsendable, "\(error)")
        }
        return state.withLock { state in
            state.sent.append(mail)
            return Receipt(note: "fake \(state.sent.count)")
        }
    }
}
