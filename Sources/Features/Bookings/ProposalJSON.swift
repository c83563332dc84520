/// A proposal as the API tells it and takes it; the form is read by the same reader.
import Scheduling
import Web

extension BookingJSON {
    /// What the attendee is asked: the times that are kept, none when the choice is theirs.
    func proposal(_ zone: Zone?, _ proposal: Proposal) -> JSON {
        JSON(present: [
            ("id", .string(proposal.id.text)),
            ("starts", .array(proposal.times.map { .string($0.start.rfc3339(in: zone)) })),
            ("message", proposal.message.isEmpty ? nil : .string(proposal.message)),
            ("expiresAt", .string(proposal.expires.rfc3339(in: zone))),
        ])
    }
}

extension Booking {
    /// The open one, as long as the booking is where it was when it was asked; whoever reads it looks at its end.
    var standingProposal: Proposal? {
        guard let proposal, state.status.ownsTime, proposal.state == .open, proposal.about == state.starts else {
            return nil
        }
        return proposal
    }
}

enum ProposalReading {
    /// `starts` as RFC 3339 in the API, as seconds in our own forms.
    static func wish(_ fields: inout Fields) -> ProposalWish {
        let label = plain("Times")
        let given = fields.texts("starts", 0...Proposal.mostTimes, length: 40, label: label)
        let starts = given.map { Instant(rfc3339: $0) ?? Int64($0).flatMap(Instant.init(bounded:)) }
        if starts.contains(where: { $0.flatMap { Instant(bounded: $0.seconds) } == nil }) {
            fields.fail("starts", "invalid", plain("Times are written like 2026-12-01T09:00:00+01:00."))
        }
        let message = fields.text("message", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        let hours = fields.has("answerWithinHours")
            ? fields.integer("answerWithinHours", 1...Proposal.mostHours, label: plain("Time to answer")) : nil
        return ProposalWish(
            starts: starts.compactMap(\.self), message: message, hours: hours ?? Proposal.usualHours)
    }
}
