/// A CRM in memory: who owns which contact, and how long it takes to say so.
import Capabilities
import Synchronization

package final class FakeOwners: ContactOwners {
    private let state: Mutex<(owners: [String: String], delay: Duration, fails: Bool, asked: [String])>

    package init(_ owners: [String: String] = [:], delay: Duration = .zero, fails: Bool = false) {
        state = Mutex((owners, delay, fails, []))
    }

    /// The addresses that were asked for, in order.
    package var asked: [String] { state.withLock { $0.asked } }

    package func owner(of email: String, workspace: String) async throws -> String? {
        let (owner, delay, fails) = state.withLock { state in
            state.asked.append(email)
            return (state.owners[email], state.delay, state.fails)
        }
        try await Task.sleep(for: delay)
        if fails { throw ProviderError(.unavailable, "the CRM is away") }
        return owner
    }
}
