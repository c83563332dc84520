/// A host asks the attendee for another time: names up to three that are kept for them, or leaves the choice to them.
import Database
import Scheduling
import Web

/// While it is open the booking stays as it is, and every time it names is in the ledger under the booking's claim.
package struct Proposal: Identified, Hashable, Sendable {
    package static let idPrefix = "prp"
    package static let mostTimes = 3
    /// How long an answer may take, in hours.
    static let hours = [24, 48, 72, 168]
    static let usualHours = 48
    static let mostHours = 336
    /// Minutes below which nobody can be expected to answer a mail.
    static let leastMinutes = 30

    package var id: ID<Proposal>
    package var booking: ID<Booking>
    package var author: ID<User>
    package var authorName: String
    /// In whose place the author asked, as their assistant.
    package var behalf: ID<User>?
    package var behalfName: String?
    /// The start the booking had when it was asked.
    package var about: Instant
    /// None leaves the choice to the attendee.
    package var times: [Span]
    package var message: String
    package var expires: Instant
    package var createdAt: Instant
    package var state = ProposalState.open
    package var answeredAt: Instant?
    /// What the attendee said when none suited.
    package var reply = ""

    /// Who asked, as pages call them.
    var asker: String { behalfName.map { plain("\(authorName) for \($0)") } ?? authorName }

    package func isOpen(now: Instant) -> Bool { state == .open && now < expires }
}

package enum ProposalState: String, CaseIterable, Sendable, SQLValue {
    case open, accepted, refused, withdrawn, lapsed
    /// The booking took another way: it was moved, given away or cancelled.
    case ended
}

/// What a host asks for.
package struct ProposalWish: Hashable, Sendable {
    package var starts: [Instant]
    package var message: String
    package var hours: Int

    package init(starts: [Instant] = [], message: String = "", hours: Int = Proposal.usualHours) {
        (self.starts, self.message, self.hours) = (starts, message, hours)
    }
}

extension Booking {
    /// What its attendee is asked and has not answered.
    package func question(now: Instant) -> Proposal? {
        guard let proposal, proposal.isOpen(now: now), proposal.about == state.starts else { return nil }
        return proposal
    }

    /// Whether a move to `start` is what a host has proposed: then the time is the attendee's, whatever the link says.
    /// - Parameter id: the proposal that is answered; nil where somebody just moves.
    /// - Throws: `ProposalRefusal.over` when that one is not open any more, or never named the time.
    func isProposed(_ start: Instant, by id: ID<Proposal>?, now: Instant) throws -> Bool {
        let open = question(now: now)
        let isNamed = open?.times.contains { $0.start == start } ?? false
        if let id, open?.id != id || !isNamed { throw ProposalRefusal.over }
        return isNamed
    }
}

/// What the product says no to about proposals.
package enum ProposalRefusal: Refusal, Hashable {
    /// Answered, lapsed, taken back, or the booking has changed.
    case over
    /// Another one is open.
    case asked
    /// The meeting, or the first time named, is too near.
    case tooLate
    /// Nothing is confirmed that could be asked about.
    case nothingConfirmed
    /// One of several in a session cannot take its hosts to another time.
    case seated
    case taken(Reason, when: String)

    package var status: Int { 409 }

    package var code: String {
        if case .taken = self { "slot_taken" } else { "conflict" }
    }

    package var message: String {
        switch self {
        case .over: plain("This is not open any more. Your booking’s page shows how it stands.")
        case .asked: plain("The attendee has been asked already. Take that back first, then ask anew.")
        case .tooLate: plain("It begins too soon to wait for an answer. Call, move the meeting, or cancel it.")
        case .nothingConfirmed: plain("Nothing is confirmed yet. Propose times instead, or decline.")
        case .seated:
            plain("Others come to this meeting too. Move the whole session, or ask this attendee to choose a time.")
        case .taken(.tooSoon, let when): plain("\(when) is too near by now. Choose another time.")
        case .taken(_, let when): plain("\(when) is not free any more. Choose another time.")
        }
    }
}
