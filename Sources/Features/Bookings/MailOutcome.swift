/// What comes of a mail for the job that sends it.
import Capabilities
import Database
import Scheduling

extension JobOutcome {
    /// What comes of a mail that is written and sent: an address that no mail can go to ends its job for good, and a
    /// failed call says itself what it means.
    static func mailing(now: Instant, _ work: () async throws -> JobOutcome) async throws -> JobOutcome {
        do {
            return try await work()
        } catch let error as ProviderError {
            return error.outcome(now: now)
        } catch let problem as AddressProblem {
            return .dead("address: \(problem)")
        }
    }
}

extension ProviderError {
    /// What a refused or failed call means for the job that made it.
    func outcome(now: Instant) -> JobOutcome {
        guard passes else { return .dead(description) }
        if case .limited(let until?) = reason { return .retry(description, after: max(1, until - now)) }
        return .retry(description)
    }
}
