/// What the outside can answer instead of doing what we asked: a closed set, from which alone the job queue decides.
import Scheduling

package struct ProviderError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// Our credentials are no longer good; a person must act.
        case signInAgain
        /// The credentials are good, the right is missing.
        case notAllowed
        case notFound
        /// It was changed or made by somebody else meanwhile.
        case conflict
        /// Too often; nil when the other side named no time.
        case limited(until: Instant?)
        /// Not reached, timed out, or out of order.
        case unavailable
        /// It answered something we cannot read: a bug on one of the two sides.
        case misunderstood
        /// It said no for good. `code` is the protocol's own (SMTP reply, HTTP status).
        case refused(code: Int)
        /// We refused to send it: it would have broken the format.
        case unsendable
    }

    package let reason: Reason
    /// For the log and the administrator, in English. Never a credential, never shown to attendees.
    package let detail: String

    package init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// Whether the same call may succeed later without anybody changing it.
    /// `signInAgain` counts: an administrator repairs a password in minutes, and nobody should lose a mail meanwhile.
    package var passes: Bool {
        switch reason {
        case .limited, .unavailable, .signInAgain: true
        case .notAllowed, .notFound, .conflict, .misunderstood, .refused, .unsendable: false
        }
    }

    package var description: String { "\(reason): \(detail)" }
}
