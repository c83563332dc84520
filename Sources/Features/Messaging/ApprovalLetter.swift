/// What mails say while a host decides about a time, and of what was decided.
import Capabilities
import Scheduling
import Web

extension BookingMailFacts {
    /// What its host decides about, or has decided.
    package struct Wish: Hashable, Sendable {
        /// When the wish dies.
        package var until: Instant?
        /// The confirmed start that stays until then.
        package var kept: Instant?
        /// The start that was asked for, once it is another one again.
        package var wished: Instant?
        /// The page on which this host decides.
        package var decide: String?

        package init() {}
    }
}

extension BookingMails.Kind {
    /// Whether it is about a wish and changes nothing in a calendar.
    var isOfWish: Bool {
        switch self {
        case .asked, .reminder, .declined, .expired, .stays: true
        case .confirmed, .moved, .cancelled, .changed, .handedOver, .corrected, .link, .approved: false
        }
    }
}

extension BookingLetter {
    private var name: String { Mailbox.cleaned(other.name) }
    private var wasMove: Bool { facts.wish.wished != nil }

    var approvalSubject: String {
        let title = Mailbox.cleaned(facts.title)
        let when = "\(day(facts.starts, reader)), \(time(facts.starts, reader))"
        return switch (kind, party) {
        case (.asked, .host): plain("Approve or decline: \(title) with \(name), \(when)")
        case (.asked, _): plain("Asked: \(title), \(when)")
        case (.reminder, _): plain("Still open: \(title) with \(name), \(when)")
        case (.approved, _) where wasMove: plain("Moved: \(title), now \(when)")
        case (.approved, .guest): plain("Invitation: \(title), \(when)")
        case (.approved, .attendee): plain("Confirmed: \(title), \(when)")
        case (.approved, .host): plain("Approved: \(title) with \(name), \(when)")
        case (.declined, _) where !wasMove: plain("Declined: \(title), \(when)")
        case (.expired, _) where !wasMove: plain("No answer: \(title), \(when)")
        default: plain("Not moved: \(title), still \(when)")
        }
    }

    var approvalOpening: String {
        switch kind {
        case .asked, .reminder: asking
        case .approved: approved
        case .declined: declined
        case .expired: expired
        default:
            party == .host ? plain("\(name) no longer asks for \(wished). The meeting stays as it was.")
                : plain("Your meeting stays as it was. You no longer ask for \(wished).")
        }
    }

    private var asking: String {
        let until = facts.wish.until.map(moment) ?? ""
        if kind == .reminder { return plain("\(name) still waits for your answer, until \(until).") }
        switch (party, facts.wish.kept.map(moment)) {
        case (.host, let kept?):
            return plain("""
                \(name) asks to move your meeting to this time. Until you approve, it stays on \(kept). You can answer \
                until \(until).
                """)
        case (.host, nil):
            return plain("\(name) asks for this time. It is kept until you answer, by \(until) at the latest.")
        case (_, let kept?):
            return plain("""
                You asked \(name) to move your meeting to this time. Until the answer, it stays on \(kept). \(name) \
                answers until \(until).
                """)
        case (_, nil):
            return plain("You asked \(name) for this time. It is kept for you; \(name) answers until \(until).")
        }
    }

    private var approved: String {
        switch (party, wasMove) {
        case (.guest, false): plain("\(Mailbox.cleaned(facts.attendee.name)) invites you to this meeting.")
        case (.guest, true):
            plain("The meeting that \(Mailbox.cleaned(facts.attendee.name)) invited you to is moved.")
        case (.attendee, true): plain("\(name) approved the new time. Your meeting is moved.")
        case (.attendee, false): plain("\(name) approved the time. Your meeting is confirmed.")
        case (.host, true): plain("The new time with \(name) is approved, and the meeting is moved.")
        case (.host, false): plain("The meeting with \(name) is approved.")
        }
    }

    private var declined: String {
        switch (party, wasMove) {
        case (.host, true): plain("\(wished) is declined. The meeting with \(name) stays as it was.")
        case (.host, false): plain("The time \(name) asked for is declined, and free again.")
        case (_, true): plain("\(name) cannot make \(wished). Your meeting stays as it was.")
        case (_, false): plain("\(name) cannot meet you at this time. Nothing is booked.")
        }
    }

    private var expired: String {
        switch (party, wasMove) {
        case (.host, true): plain("\(name) got no answer about \(wished). The meeting stays as it was.")
        case (.host, false): plain("\(name) got no answer in time. Nothing is booked, and the time is free again.")
        case (_, true): plain("\(name) did not answer about \(wished) in time. Your meeting stays as it was.")
        case (_, false): plain("\(name) did not answer in time. Nothing is booked; you can ask for another time.")
        }
    }

    private var wished: String { facts.wish.wished.map(moment) ?? "" }

    /// `Thursday 3 December, 10:30`, by the reader's clock.
    private func moment(_ instant: Instant) -> String { "\(day(instant, reader)), \(time(instant, reader))" }

    /// Nil where the usual ways on are right.
    var approvalActions: [(String, String?)]? {
        // The addresses of host and attendee are theirs alone.
        guard party != .guest else { return nil }
        return switch (kind, party) {
        case (.asked, .host), (.reminder, _):
            [(plain("Approve or decline"), facts.wish.decide), (plain("See the booking"), facts.addresses.host)]
        case (.asked, _):
            [
                (plain("See what you asked for"), facts.addresses.view),
                (plain("Ask for another time"), facts.addresses.reschedule),
                (facts.wish.kept == nil ? plain("Take it back") : plain("Cancel it"), facts.addresses.cancel),
            ]
        case (.declined, .attendee), (.expired, .attendee):
            wasMove ? nil : [(plain("Book another time"), facts.addresses.bookAgain)]
        case (.declined, _), (.expired, _): [(plain("See the booking"), facts.addresses.host)]
        default: nil
        }
    }

    var approvalNote: String {
        let reach = plain("Answer this mail to reach \(name).")
        if kind == .approved {
            return wasMove ? "\(plain("The attached file moves the meeting in your calendar.")) \(reach)"
                : "\(plain("The attached file puts the meeting into your calendar.")) \(reach)"
        }
        guard kind == .asked, facts.wish.kept == nil else { return reach }
        return party == .host ? "\(plain("It comes into your calendar once you approve.")) \(reach)"
            : "\(plain("It comes into your calendar with the answer.")) \(reach)"
    }
}
