/// A booking: who meets whom, when and where; and what is refused about it.
import Database
import Scheduling
import Web

extension BookingStatus: SQLValue {}

package struct Booking: Identified, Hashable, Sendable {
    package static let idPrefix = "bk"

    package var id: ID<Booking>
    package var link: ID<Link>
    /// iCalendar UID, the same for the booking's whole life.
    package var uid: String
    package var state: BookingState
    /// The host's zone and wall time when it was booked, so a change of zone data can be noticed.
    package var anchorZone: String
    package var anchorLocal: String
    package var attendee: Attendee
    package var location: Location
    package var hosts: [LinkHost]
    package var answers: [Answered]
    package var source: BookingSource
    package var utm: [String: String]
    /// Why it was cancelled or moved, in the words of whoever did it.
    package var reason: String
    package var createdAt: Instant
    /// Addresses of those who come along.
    package var guests: [String] = []
    /// What it has beside its hosts.
    package var resources: [BookableResource] = []
    /// The session of seats it is in.
    package var session: ID<GroupSession>?
    /// Another time its attendee is asked for, while nobody has answered; it may have lapsed.
    package var proposal: Proposal?
    /// The series it is one meeting of.
    package var series: SeriesPlace?
    /// Whom the attendee chose, out of those who take turns; a move keeps them.
    package var chosenHost: ID<User>?
    /// Who booked it for the attendee.
    package var bookedBy: BookedBy?

    package var isUpcoming: Bool { state.status.ownsTime }
}

/// The person who books.
package struct Attendee: Hashable, Sendable {
    package var name: String
    package var email: String
    package var phone: String?
    /// IANA name; their mails and pages speak in it.
    package var zone: String
    /// A language code such as `en`.
    package var language: String

    package init(name: String, email: String, phone: String? = nil, zone: String, language: String) {
        self.name = name
        self.email = email
        self.phone = phone
        self.zone = zone
        self.language = language
    }
}

/// Which surface a booking came from.
package enum BookingSource: String, CaseIterable, Sendable, SQLValue {
    case page, embed, api, agent, poll, deal, candidate, slack
    /// Booked by a host for somebody else.
    case host
    case routingForm = "routing_form"
    case singleUse = "single_use"
    case oneOff = "one_off"
    /// A sign-up: a place of a sheet.
    case sheet
}

/// One line of a booking's append-only history.
package struct BookingRecord: Hashable, Sendable {
    package var version: Int
    package var event: String
    package var actor: String
    package var from: Instant?
    package var to: Instant?
    package var reason: String
    package var at: Instant
    /// It asked its host for the time.
    package var isWish = false
    /// In whose place the actor did it, as their assistant.
    package var behalf: ID<User>?
}

/// A time kept for one visitor while they type.
package struct Hold: Identified, Hashable, Sendable {
    package static let idPrefix = "hld"
    /// How long a hold lives, in minutes.
    package static let minutes = 10
    /// How long it can be kept by asking for more, in minutes from its beginning.
    package static let mostMinutes = 60

    package var id: ID<Hold>
    package var link: ID<Link>
    package var booking: ID<Booking>?
    package var starts: Instant
    package var ends: Instant
    package var expires: Instant
    /// The session of which it keeps a seat.
    package var session: ID<GroupSession>?
    /// It is the waitlist's: a freed time that is kept for the first in line, to the minute that their mail names.
    package var waits = false
    /// Whose time it keeps by choice of the visitor.
    package var chosenHost: ID<User>?
    /// The offer whose time it keeps for whoever has its address.
    package var offer: ID<KeptOffer>?
    /// The others of its offer, where somebody books with it.
    var beside: [Hold] = []

    /// Whose the time is: a hold for a move keeps it for its booking, one of an offer for that.
    package var claim: String { booking?.text ?? offer?.text ?? id.text }
}

package enum BookingToken: Identified { package static let idPrefix = "tok" }
package enum BookingHistory: Identified { package static let idPrefix = "hst" }
package enum LedgerEntry: Identified { package static let idPrefix = "led" }

/// Limits of what a booker may send.
package enum BookingLimits {
    package static let name = 200
    package static let utm = 255
    package static let reason = 1000
    /// Free times named when the wanted one is gone.
    package static let alternatives = 5
}

/// What the product says no to about bookings.
package enum BookingRefusal: Refusal, Equatable {
    /// The time is gone; the nearest free ones stand beside it.
    case slotTaken(start: Instant, zone: Zone, alternatives: [Instant])
    /// The hold had run out and the time is gone or too near.
    case holdExpired(zone: Zone, alternatives: [Instant])
    /// A limit of the link is reached; the nearest times under it stand beside it.
    case limitReached(Reason, zone: Zone, alternatives: [Instant])
    /// Never offered: off the grid, closed, past, or beyond the booking window.
    case notOffered(Reason, zone: Zone, alternatives: [Instant])
    /// The session has fewer seats left than are wanted.
    case full(left: Int, zone: Zone, alternatives: [Instant])
    case unknownToken
    /// The booking was moved: this token has ended.
    case tokenUsed
    case meetingStarted
    case over(BookingStatus)
    case unchanged
    /// What only happens once a meeting has begun.
    case notStarted
    /// A no-show stands for good after a while, or the time was given to somebody else.
    case undoTooLate
    /// Somebody changed the booking at the same moment.
    case changedMeanwhile

    package var status: Int {
        switch self {
        case .slotTaken, .full, .holdExpired, .limitReached, .meetingStarted, .over, .unchanged, .changedMeanwhile,
            .notStarted, .undoTooLate:
            409
        case .notOffered: 422
        case .unknownToken: 404
        case .tokenUsed: 410
        }
    }

    package var code: String {
        switch self {
        case .slotTaken, .full: "slot_taken"
        case .holdExpired: "hold_expired"
        case .limitReached(.limitAttendee, _, _): "limit_reached"
        case .limitReached: "slot_taken"
        case .notOffered: "invalid"
        case .unknownToken: "not_found"
        case .tokenUsed: "token_used"
        case .meetingStarted: "meeting_started"
        case .over, .unchanged, .changedMeanwhile, .notStarted, .undoTooLate: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .slotTaken(_, let zone, let times), .holdExpired(let zone, let times):
            Self.gone(nearest: times, zone: zone)
        case .limitReached(let reason, let zone, let times): Self.full(reason, nearest: times, zone: zone)
        case .full(let left, let zone, let times): Self.fullSession(left, nearest: times, zone: zone)
        case .notOffered(let reason, _, _): Self.words(for: reason)
        case .unknownToken: plain("There is no such booking. Open the newest mail about it, or ask the host.")
        case .tokenUsed: plain("The meeting was moved, and this address ended with the old time. Use the newest mail.")
        case .meetingStarted: plain("The meeting has started. It can no longer be moved or cancelled here.")
        case .over(.cancelled): plain("This meeting is cancelled. You can book another time.")
        case .over(.pendingApproval): plain("The host has not answered yet. Once they have, this can be done.")
        case .over: plain("This meeting is over. You can book another time.")
        case .unchanged: plain("That is the time you already have. Pick another one.")
        case .notStarted: plain("The meeting has not started yet. Mark it once it has.")
        case .undoTooLate: plain("A no-show can be taken back for 15 minutes. Write a note instead.")
        case .changedMeanwhile: plain("The booking changed a moment ago. Look at it again, then decide.")
        }
    }

    package var fields: [FieldError] {
        guard case .notOffered(let reason, _, _) = self else { return [] }
        return [FieldError(field: "start", code: reason.rawValue, message: Self.words(for: reason))]
    }

    package var members: [(String, JSON)] {
        guard let zone else { return [] }
        return [("alternatives", .array(alternatives.map { .string($0.rfc3339(in: zone)) }))]
    }

    /// The free times nearest to the one that cannot be had.
    package var alternatives: [Instant] {
        switch self {
        case .slotTaken(_, _, let times), .holdExpired(_, let times), .notOffered(_, _, let times),
            .limitReached(_, _, let times), .full(_, _, let times):
            times
        default: []
        }
    }

    /// The host's zone, where times are part of the refusal.
    package var zone: Zone? {
        switch self {
        case .slotTaken(_, let zone, _), .holdExpired(let zone, _), .notOffered(_, let zone, _),
            .limitReached(_, let zone, _), .full(_, let zone, _):
            zone
        default: nil
        }
    }

    /// The message with its times in the reader's own zone.
    package func words(in zone: Zone, clock: HourClock) -> String {
        switch self {
        case .slotTaken(_, _, let times), .holdExpired(_, let times): Self.gone(nearest: times, zone: zone, clock)
        case .limitReached(let reason, _, let times): Self.full(reason, nearest: times, zone: zone, clock)
        case .full(let left, _, let times): Self.fullSession(left, nearest: times, zone: zone, clock)
        default: message
        }
    }

    private static func gone(nearest times: [Instant], zone: Zone, _ clock: HourClock = .usual) -> String {
        guard !times.isEmpty else {
            return plain("Somebody took this time a moment ago, and nothing else is free near it. Pick another day.")
        }
        let words = nearest(times, zone, clock)
        return plain("Somebody took this time a moment ago. The nearest free times are \(words).")
    }

    private static func fullSession(
        _ left: Int, nearest times: [Instant], zone: Zone, _ clock: HourClock = .usual
    ) -> String {
        let few = left == 0 ? plain("All places at this time are taken.")
            : plain("\(left)|one:Only one place is left at this time.|other:Only %1 places are left at this time.")
        guard !times.isEmpty else { return plain("\(few) Nothing else is free near it. Pick another day.") }
        return plain("\(few) The nearest free times are \(nearest(times, zone, clock)).")
    }

    private static func nearest(_ times: [Instant], _ zone: Zone, _ clock: HourClock) -> String {
        times.prefix(3).map { TimeWords.dayAndTime($0, in: zone, clock) }.joined(separator: "; ")
    }

    /// Other bookings have used up what fits; for an attendee, their own.
    private static func full(
        _ reason: Reason, nearest times: [Instant], zone: Zone, _ clock: HourClock = .usual
    ) -> String {
        let words = nearest(times, zone, clock)
        return switch (reason, times.isEmpty) {
        case (.limitAttendee, true):
            plain("You have as many bookings here as one person may have. Move or cancel one of them, or ask the host.")
        case (.limitAttendee, false):
            plain("You have as many bookings around that day as one person may have. You can still take \(words).")
        case (_, true):
            plain("No more meetings fit around that day, and nothing else is free near it. Pick another day.")
        case (_, false): plain("No more meetings fit around that day. The nearest free times are \(words).")
        }
    }

    private static func words(for reason: Reason) -> String {
        switch reason {
        case .tooSoon: plain("This time is too near, or past. Pick a later one.")
        case .tooFar: plain("This time is beyond the days that can be booked. Pick an earlier one.")
        case .notOnGrid: plain("Meetings do not start at this minute. Pick one of the times on the page.")
        case .notFirstOfDay: plain("Only the first free time of a day can be booked. Pick one of those on the page.")
        case .outsideBookerHours:
            plain("By your clock this time is outside the hours that can be booked. Pick one of those on the page.")
        default: plain("This time is not offered. Pick one of the times on the page.")
        }
    }
}
