/// A host decides about a booking: what is asked, what is decided, and what a history says of both.
import Database
import Scheduling
import Web

package enum Decision: Hashable, Sendable {
    case approved
    /// With words for the attendee, or none.
    case declined(String)
    /// Nobody answered in time.
    case expired

    /// What happens to the booking, and its word in the history.
    var event: (BookingEvent, word: String) {
        switch self {
        case .approved: (.approved, "approved")
        case .declined: (.declined, "declined")
        case .expired: (.expired, "expired")
        }
    }

    var news: BookingNews {
        switch self {
        case .approved: .approved
        case .declined: .declined
        case .expired: .expired
        }
    }
}

package enum ApprovalToken: Identified { package static let idPrefix = "apt" }

/// What the product says no to about decisions.
package enum ApprovalRefusal: Refusal, Equatable {
    /// Nothing waits: somebody has decided, the attendee has taken it back, or there was nothing to decide.
    case notWaiting(BookingStatus)
    /// The time to answer is over, and the wish with it.
    case tooLate
    /// The mailed address belongs to no host who could decide.
    case unknown

    package var status: Int { self == .unknown ? 404 : 409 }
    package var code: String { self == .unknown ? "not_found" : "conflict" }

    package var message: String {
        switch self {
        case .notWaiting(.confirmed), .notWaiting(.completed), .notWaiting(.noShow):
            plain("Nothing waits for an answer here: the meeting is confirmed. Move or cancel it instead.")
        case .notWaiting(.declined): plain("This was declined before. The attendee has been told.")
        case .notWaiting(.cancelled): plain("The attendee has taken this back. There is nothing left to decide.")
        case .notWaiting, .tooLate: plain("The time to answer is over. The attendee has been told, and can ask again.")
        case .unknown: plain("There is no such request. Open the newest mail about it, or look into your bookings.")
        }
    }
}

extension Link {
    /// How a booking begins that this actor makes: confirmed, or waiting for its host.
    func firstState(from start: Instant, to ends: Instant, by actor: Actor, now: Instant) -> BookingState {
        guard asksItsHost(actor) else { return .booked(starts: start, ends: ends) }
        return .asked(starts: start, ends: ends, until: rules.approval.deadline(from: now, before: start))
    }

    /// What it is when this actor moves the booking: a move, or the wish for one. Where places are shared a host
    /// decides about who comes: whoever may come takes another time without asking again.
    func moving(
        _ booking: Booking, to start: Instant, ends: Instant, by actor: Actor, now: Instant
    ) -> BookingEvent {
        let state = booking.state
        let sharesPlaces = hasSeats || booking.session != nil
        let mayCome = sharesPlaces && state.confirmed.map { $0 != Span(start: start, end: ends) } ?? false
        // Somebody else than the contact of a single-use link: nobody has said yes to them, whatever the link asks.
        let stillAsks = actor == .attendee && booking.source == .singleUse && booking.isWaiting
        guard asksItsHost(actor) || stillAsks, !mayCome else { return .rescheduled(starts: start, ends: ends) }
        let first = min(start, (state.confirmed ?? Span(start: start, end: ends)).start)
        return .asked(starts: start, ends: ends, until: rules.approval.deadline(from: now, before: first))
    }
}

extension Booking {
    /// Whether a host is asked for the time it has.
    package var isWaiting: Bool { state.status == .pendingApproval }

    /// The booking as it is confirmed, whatever is asked for beside; nil where nothing is.
    var standing: Booking? {
        guard let time = state.confirmed else { return nil }
        var booking = self
        (booking.state.status, booking.state.waiting) = (.confirmed, nil)
        (booking.state.starts, booking.state.ends) = (time.start, time.end)
        return booking
    }
}

/// What the lines of a history say of the time that was confirmed.
struct ConfirmedTimes {
    /// Moves that came true, each with its line.
    private(set) var moves: [(from: Instant?, to: Instant?, record: BookingRecord)] = []
    /// Since which version what is confirmed, and known to calendars, is as it is.
    private(set) var version = 0
    private var starts: Instant?

    init(_ history: [BookingRecord]) {
        for record in history {
            switch record.event {
            case "rescheduled" where record.isWish, "declined", "expired": continue
            // The wish was taken back.
            case "rescheduled" where record.to == starts: continue
            case "rescheduled": moves.append((starts ?? record.from, record.to, record))
            case "approved" where record.from != nil: moves.append((record.from, record.to, record))
            default: break
            }
            starts = record.to ?? starts
            version = record.version
        }
    }
}
