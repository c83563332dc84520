/// The waitlist of a link: who would come if a place became free, in the order they asked.
import Database
import Scheduling
import Web

/// One person's wish on it. An open one waits, or has an offer: a freed time that is kept for them for a while.
package struct WaitlistEntry: Identified, Hashable, Sendable {
    package static let idPrefix = "wle"
    /// Open ones for one day, or one session; and for a whole link.
    package static let mostOfTarget = 200, mostOfLink = 1_000
    /// Minutes below which nobody can be expected to answer a mail.
    static let leastMinutes = 5
    /// Seconds an offer's time is kept beyond the minute that is told, so that nobody but the next in line gets it.
    static let grace: Int64 = 90
    /// Days for which those that are over can be read.
    static let daysKept = 30

    package var id: ID<WaitlistEntry>
    package var link: ID<Link>
    package var target: WaitlistTarget
    /// How long the meeting would last.
    package var minutes: Int
    package var name: String
    /// As it was typed, to be written to.
    package var email: String
    package var zone: String
    package var language: String
    package var state = WaitlistState.waiting
    package var offer: WaitlistOffer?
    package var booking: ID<Booking>?
    package var version = 1
    package var createdAt: Instant
    package var endedAt: Instant?

    package var isOpen: Bool { state == .waiting || state == .offered }

    /// Whether its day is over, or its session has begun.
    func hasPassed(_ now: Instant) -> Bool {
        switch target {
        case .session(let span): span.start <= now
        case .day(_, let span): span.end <= now
        }
    }

    static func binding(_ id: ID<WaitlistEntry>, _ workspace: ID<Workspace>) -> String {
        "waitlist_entry|\(id)|\(workspace)"
    }
}

/// What somebody waits for.
package enum WaitlistTarget: Hashable, Sendable {
    /// A place of the session that starts and ends then.
    case session(Span)
    /// Any time of a day, which lasts so long in the zone of whoever waits.
    case day(LocalDate, Span)

    package var span: Span {
        switch self {
        case .session(let span), .day(_, let span): span
        }
    }

    package var day: LocalDate? { if case .day(let day, _) = self { day } else { nil } }

    static func day(_ day: LocalDate, in zone: Zone) -> WaitlistTarget {
        .day(day, Span(start: zone.instant(of: day), end: zone.instant(of: day.adding(days: 1))))
    }

    /// Whether a meeting that starts then is what is waited for.
    func takes(_ start: Instant) -> Bool {
        switch self {
        case .session(let span): span.start == start
        case .day(_, let span): span.start <= start && start < span.end
        }
    }

    /// What it is called where it is waited for: `Thursday 3 December`, `Thursday 3 December, 10:30`.
    func words(in zone: Zone, _ clock: HourClock = .usual) -> String {
        switch self {
        case .session(let span): TimeWords.dayAndTime(span.start, in: zone, clock)
        case .day(let day, _): day.dayWords
        }
    }
}

/// A freed time that is kept for who is first in line.
package struct WaitlistOffer: Hashable, Sendable {
    package var hold: ID<Hold>
    package var start: Instant
    /// Until then it can be taken.
    package var until: Instant
}

extension Hold {
    /// Until when its visitor knows it to be theirs.
    var toldUntil: Instant { waits ? expires.adding(seconds: -WaitlistEntry.grace) : expires }
}

package enum WaitlistState: String, CaseIterable, Sendable, SQLValue {
    case waiting, offered
    /// A booking came of it.
    case taken
    /// They did not want what was offered; or did not answer.
    case refused, lapsed
    /// They wait no longer; a host took them off.
    case left, removed
    /// The day or the session came, and no place became free.
    case ended
}

/// What somebody asks for at the door.
package struct WaitlistWish: Hashable, Sendable {
    package var start: Instant?
    package var day: LocalDate?
    /// One of the link's lengths; nil is the usual one.
    package var minutes: Int?
    package var name: String
    package var email: String
    package var zone: Zone
    package var language: String
    /// What a link against bots asked for, solved.
    package var proof: Proof?

    package init(
        start: Instant? = nil, day: LocalDate? = nil, minutes: Int? = nil, name: String, email: String, zone: Zone,
        language: String = "en"
    ) {
        (self.start, self.day, self.minutes) = (start, day, minutes)
        (self.name, self.email, self.zone, self.language) = (name, email, zone, language)
    }
}

/// What the product says no to about waitlists.
package enum WaitlistRefusal: Refusal, Hashable {
    /// The link has none.
    case off
    /// A time can be booked, or never could be.
    case notFull
    case tooMany
    /// A token that was never ours.
    case unknownToken
    /// Answered, lapsed, or given to somebody else.
    case over

    package var status: Int {
        switch self {
        case .off, .unknownToken: 404
        case .notFull, .tooMany, .over: 409
        }
    }

    package var code: String {
        switch self {
        case .off, .unknownToken: "not_found"
        case .notFull, .tooMany, .over: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .off: plain("This link has no waitlist. Pick another time, or ask the person who sent you the link.")
        case .notFull: plain("Nobody has to wait for this. Look at the times: it can be booked, or is never offered.")
        case .tooMany: plain("So many wait for this already that nobody more can. Pick another day.")
        case .unknownToken: plain("There is no such place on a waitlist. Check the address in your mail.")
        case .over: plain("This is not open any more.")
        }
    }
}
