/// Webhooks: which events a workspace sends, where to, and how often it tries. No I/O.
import Capabilities
import Database
import Scheduling
import Web

/// An address of somebody's own program, and what it is told.
package struct Webhook: Identified, Sendable {
    package static let idPrefix = "whk"

    package let id: ID<Webhook>
    package var url: String
    package var description: String
    package var events: Set<WebhookEvent>
    package var isActive: Bool
    /// Why it was switched off by us; nil when a person did it, or it is on.
    package var offReason: WebhookOffReason?
    package var secret: SealedSecret
    /// Since when every attempt has failed; nil when the last one did not.
    package var failingSince: Instant?
    package let createdAt: Instant

    /// Most of a workspace.
    package static let most = 20
    /// After so many days of nothing but failures it is switched off.
    package static let failingDays = 5
    /// Days for which deliveries are kept.
    package static let logDays = 30

    package var host: String { (try? OutsideAddress(url))?.host ?? url }
    package var path: Path { Path("/settings/webhooks/\(id)") }
}

/// The secret that signs, as it is stored; the one before it signs too until its end.
package struct SealedSecret: Sendable {
    package var sealed: [UInt8]
    package var former: [UInt8]?
    package var formerUntil: Instant?

    /// Hours for which the former secret still signs after a rotation.
    package static let rotationHours = 24
}

package enum WebhookOffReason: String, CaseIterable, Sendable {
    /// The address answered 410: it does not want to be called again.
    case gone
    case failing
}

/// What can be told. The names are final: other people's programs have them.
package enum WebhookEvent: String, CaseIterable, Sendable, SQLValue {
    case bookingCreated = "booking.created"
    case bookingRescheduled = "booking.rescheduled"
    case bookingCancelled = "booking.cancelled"
    case bookingReassigned = "booking.reassigned"
    case bookingNoShow = "booking.no_show"
    case bookingPending = "booking.pending"
    case bookingConfirmed = "booking.confirmed"
    case bookingDeclined = "booking.declined"
    case bookingProposed = "booking.proposed"
    case bookingProposalRefused = "booking.proposal_refused"
    case formSubmitted = "form.submitted"
    case pollFinalized = "poll.finalized"

    var words: String {
        switch self {
        case .bookingCreated: plain("A meeting was booked")
        case .bookingRescheduled: plain("A meeting was moved")
        case .bookingCancelled: plain("A meeting was cancelled")
        case .bookingReassigned: plain("Another host took a meeting")
        case .bookingNoShow: plain("An attendee did not come")
        case .bookingPending: plain("A time waits for its host’s approval")
        case .bookingConfirmed: plain("A host approved a time")
        case .bookingDeclined: plain("A host declined a time, or did not answer")
        case .bookingProposed: plain("A host asked for another time")
        case .bookingProposalRefused: plain("None of the proposed times suits the attendee")
        case .formSubmitted: plain("Somebody answered a routing form")
        case .pollFinalized: plain("A poll became a meeting")
        }
    }
}

/// One event for one webhook: its body is what happened then, and every attempt sends the same.
package struct WebhookDelivery: Identified, Sendable {
    package static let idPrefix = "dlv"

    package enum State: String, CaseIterable, Sendable, SQLValue {
        case waiting, accepted, failed
        /// The webhook was switched off before it could be sent.
        case dropped
        /// The workspace is in test mode: nothing left it.
        case recorded

        var words: String {
            switch self {
            case .waiting: plain("Waiting")
            case .accepted: plain("Accepted")
            case .failed: plain("Failed")
            case .dropped: plain("Not sent")
            case .recorded: plain("Recorded only")
            }
        }

        var mark: Components.Mark {
            switch self {
            case .waiting: .held
            case .accepted: .confirmed
            case .failed: .bad
            case .dropped, .recorded: .expired
            }
        }
    }

    package let id: ID<WebhookDelivery>
    package let webhook: ID<Webhook>
    package let event: WebhookEvent
    /// The id of the booking; of a test, the id of the delivery itself.
    package let subject: String
    package let version: Int
    package let body: String
    package var state: State
    package var attempts: Int
    package var nextAt: Instant?
    package let createdAt: Instant

    var isTest: Bool { subject == id.text }
}

package struct WebhookAttempt: Sendable, Equatable {
    package let number: Int
    package let at: Instant
    package let milliseconds: Int
    /// Nil when there was no answer.
    package let status: Int?
    /// The beginning of the answer.
    package let reply: String
    package let problem: String

    /// Most characters of an answer that are kept.
    static let longestReply = 1_000

    /// Somebody else's bytes as text that can be stored and shown.
    static func shown(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(longestReply * 4), as: UTF8.self)
        let scalars = text.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7f }
        return String(String.UnicodeScalarView(scalars.prefix(longestReply)))
    }
}

/// When a delivery is tried again.
package enum WebhookRetry {
    /// Seconds after each failed attempt: three days in all.
    static let pauses: [Int64] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000]
    /// The longest wait that a server can ask for.
    static let longestAsked: Int64 = 3_600

    /// Seconds until the next attempt after number `attempt` failed; nil when that was the last.
    ///
    /// - Parameter chance: 0...1, so that those that failed together do not come back together.
    static func pause(after attempt: Int, reply: HTTPReply?, now: Instant, chance: Double) -> Int64? {
        guard attempt >= 1, attempt <= pauses.count else { return nil }
        let pause = Int64(Double(pauses[attempt - 1]) * (0.9 + 0.2 * chance))
        guard let reply, [429, 503].contains(reply.status), let asked = reply[header: "Retry-After"] else {
            return pause
        }
        return max(pause, min(longestAsked, seconds(asked, now: now) ?? 0))
    }

    /// Seconds, or a date as HTTP writes it (RFC 9110, 10.2.3).
    private static func seconds(_ text: String, now: Instant) -> Int64? {
        if let seconds = Int64(text) { return seconds }
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Instant(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z").map { $0 - now }
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

package enum WebhookRefusal: Refusal, Equatable {
    case tooMany
    /// A delivery of one that is off goes nowhere.
    case switchedOff

    package var status: Int { 409 }
    package var code: String { "conflict" }
    package var message: String {
        switch self {
        case .tooMany: plain("A workspace has at most \(Webhook.most) webhooks. Delete one first.")
        case .switchedOff: plain("This webhook is off. Switch it on first.")
        }
    }
}
