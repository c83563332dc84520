/// What attendees may do with their booking, and until when: the link's rules in the words of the product.
import Database
import Scheduling
import Web

/// The link says no to something that bookings in general may do.
package enum ChangeRefusal: Refusal, Equatable {
    case movesOff, cancelsOff
    /// Minutes before the start after which it can no longer be done.
    case tooLateToMove(minutes: Int)
    case tooLateToCancel(minutes: Int)
    case correctionOver
    case addressProved
    case tooManyCorrections
    case sameAddress
    /// Who booked has it: both would get the same mails.
    case bookersAddress
    case addressRefused
    case noGuests
    /// More guests than seats are left.
    case noSeats(Int)

    package var status: Int { isOfAddress ? 422 : 409 }
    package var code: String { isOfAddress ? "invalid" : "conflict" }

    private var isOfAddress: Bool { [.sameAddress, .bookersAddress, .addressRefused].contains(self) }

    package var message: String {
        switch self {
        case .movesOff: plain("This meeting cannot be moved here. Answer the confirmation mail to ask the host.")
        case .cancelsOff: plain("This meeting cannot be cancelled here. Answer the confirmation mail to ask the host.")
        case .tooLateToMove(let minutes):
            plain("It can be moved until \(ChangeWords.before(minutes)). Answer the confirmation mail to ask the host.")
        case .tooLateToCancel(let minutes):
            plain("It can be cancelled until \(ChangeWords.before(minutes)). Answer the confirmation mail instead.")
        case .correctionOver:
            plain("The address can be corrected for 30 minutes after booking. Answer the mail, or book again.")
        case .addressProved: plain("The address was proved with a code, so it stays. Book again with another one.")
        case .tooManyCorrections: plain("The address was corrected three times. Book again, or ask the host.")
        case .noGuests: plain("This meeting takes no guests.")
        case .noSeats(0): plain("All places at this time are taken, so nobody else can come along.")
        case .noSeats(let left):
            plain("\(left)|one:Only one more place is left at this time.|other:Only %1 more places are left then.")
        case .sameAddress: plain("That is the address we have. Type another one.")
        case .bookersAddress: plain("That is the address of who booked. Type the attendee’s own.")
        case .addressRefused: plain("This address cannot be used here. Type another one.")
        }
    }

    package var fields: [FieldError] {
        guard isOfAddress else { return [] }
        let code = self == .sameAddress ? "unchanged" : "invalid"
        return [FieldError(field: "email", code: code, message: message)]
    }
}

extension LinkChanges {
    /// Why an attendee cannot move a meeting that starts then; nil when they can.
    func moveRefusal(starts: Instant, now: Instant) -> ChangeRefusal? {
        guard attendeeMoves else { return .movesOff }
        return now < starts.adding(minutes: -moveNotice) ? nil : .tooLateToMove(minutes: moveNotice)
    }

    /// Why an attendee cannot cancel a meeting that starts then; nil when they can.
    func cancelRefusal(starts: Instant, now: Instant) -> ChangeRefusal? {
        guard attendeeCancels else { return .cancelsOff }
        return now < starts.adding(minutes: -cancelNotice) ? nil : .tooLateToCancel(minutes: cancelNotice)
    }
}

enum ChangeWords {
    /// `it starts`, `2 hours before the start`.
    static func before(_ minutes: Int) -> String {
        guard minutes > 0 else { return plain("it starts") }
        return plain("\(length(minutes)) before the start")
    }

    static func length(_ minutes: Int) -> String {
        if minutes % 1_440 == 0 { return plain("\(minutes / 1_440)|one:one day|other:%1 days") }
        if minutes % 60 == 0 { return plain("\(minutes / 60)|one:one hour|other:%1 hours") }
        return DateWords.duration(minutes: minutes)
    }

    /// What the booking page says of a link's rules before anybody has booked.
    static func rules(_ changes: LinkChanges) -> HTML {
        switch (changes.attendeeMoves, changes.attendeeCancels) {
        case (true, true) where changes.moveNotice == changes.cancelNotice:
            say("Move or cancel it until \(before(changes.moveNotice))")
        case (true, true):
            say("Move it until \(before(changes.moveNotice)), cancel it until \(before(changes.cancelNotice))")
        case (true, false): say("Move it until \(before(changes.moveNotice))")
        case (false, true): say("Cancel it until \(before(changes.cancelNotice))")
        case (false, false): say("Only the host can change it once it is booked")
        }
    }
}

extension HeldBooking {
    /// Whether it is still to come, whatever its link says about changes.
    func isOpen(now: Instant) -> Bool { refusal(now: now) == nil }

    func refusal(now: Instant) -> BookingRefusal? {
        guard booking.state.status == .confirmed || booking.isWaiting else { return .over(booking.state.status) }
        return now < booking.state.firstStart ? nil : .meetingStarted
    }

    func moveRefusal(now: Instant) -> (any Refusal)? {
        if let refusal = refusal(now: now) { return refusal }
        guard booking.question(now: now) == nil else { return nil }
        return link.rules.changes.moveRefusal(starts: booking.state.firstStart, now: now)
    }

    func cancelRefusal(now: Instant) -> (any Refusal)? {
        refusal(now: now) ?? link.rules.changes.cancelRefusal(starts: booking.state.firstStart, now: now)
    }
}
