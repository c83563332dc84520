/// A kept offer: times of a link that a host picks for somebody, and that nobody else gets until one of them is booked.
import Database
import Scheduling
import Web

package enum KeptOfferState: String, CaseIterable, Sendable, SQLValue {
    case open
    /// One of its times was booked; the others are free again.
    case taken
    /// The host let its times go.
    case released
    /// Nobody booked one in time.
    case lapsed
}

package struct KeptOffer: Identified, Hashable, Sendable {
    package static let idPrefix = "off"
    /// The longest that times are kept, in days; the shortest, in minutes.
    package static let mostDays = 14
    package static let leastMinutes = 15
    /// How many may be open on one link.
    package static let mostOpen = 50
    package static let longestWhom = 100
    /// How long it is known after its end, in days.
    static let daysKept = 90

    /// One of its times, and the hold that keeps it.
    package struct Time: Hashable, Sendable {
        package var start: Instant
        package var hold: ID<Hold>
        /// Until then it can be booked: no longer than the link's notice allows.
        package var expires: Instant
    }

    package var id: ID<KeptOffer>
    package var link: ID<Link>
    package var author: ID<User>
    /// For whom it is, in the author's words; only hosts read it.
    package var whom: String
    package var minutes: Int
    /// The zone its times are written in.
    package var zone: String
    /// By start.
    package var times: [Time] = []
    package var expires: Instant
    package var createdAt: Instant
    package var state = KeptOfferState.open
    package var booking: ID<Booking>?
    package var endedAt: Instant?

    package func isOpen(now: Instant) -> Bool { state == .open && now < expires }

    /// How it stands now: what is over by its time alone needs no job to be so.
    package func state(now: Instant) -> KeptOfferState { state == .open && expires <= now ? .lapsed : state }

    /// Owners of time that is its own.
    var claims: [String] { [id.text] + times.map(\.hold.text) }

    /// What opens one of its holds in a booking form: whoever has the offer's token has all of its times.
    static func holdToken(_ token: String, _ hold: ID<Hold>) -> String { "\(token)\(mark)\(hold)" }

    /// The offer's token in that of one of its holds; nil where it is another kind of hold.
    static func token(inHold token: String) -> String? {
        let parts = token.split(separator: mark, omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == tokenLength ? String(parts[0]) : nil
    }

    private static let mark: Character = "~"
    static let tokenLength = 43

    static func binding(_ id: ID<KeptOffer>, _ workspace: ID<Workspace>) -> String {
        "kept_offer|\(id)|\(workspace)"
    }

    package static var example: KeptOffer {
        let (link, start, none) = (Link.example, Booking.example.state.starts, [UInt8](repeating: 6, count: 10))
        return KeptOffer(
            id: ID(milliseconds: 0, random: none), link: link.id, author: link.hosts[0].id, whom: "Anna Berg",
            minutes: 30, zone: "UTC",
            times: [Time(start: start, hold: ID(milliseconds: 0, random: none), expires: start)],
            expires: start, createdAt: Booking.example.createdAt)
    }
}

extension Hold {
    /// It stays whatever its visitor does: they got it from somebody, with a minute of its own.
    var isKept: Bool { waits || offer != nil }

    /// Owners of time that counts as free for whoever books with it: all of its offer is theirs to choose from.
    var claims: [String] { [id.text] + [offer?.text].compactMap(\.self) + beside.map(\.id.text) }
}

/// What a host wants kept.
package struct KeepWish: Hashable, Sendable {
    package var starts: [Instant]
    /// One of the link's lengths; nil is the usual one.
    package var minutes: Int?
    package var until: Instant
    package var whom: String
    package var zone: String

    package init(starts: [Instant], minutes: Int? = nil, until: Instant, whom: String = "", zone: String) {
        (self.starts, self.minutes, self.until, self.whom) = (starts, minutes, until, whom)
        self.zone = zone
    }
}

/// What the product says no to about kept offers.
package enum KeptOfferRefusal: Refusal, Hashable {
    /// Somebody booked one of its times already.
    case taken
    case notFree(Reason, when: String)
    case tooLate(when: String)
    case tooMany

    package var status: Int { 409 }

    package var code: String {
        switch self {
        case .taken: "offer_taken"
        case .notFree: "slot_taken"
        case .tooLate, .tooMany: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .taken:
            plain("Somebody has picked one of these times already, so the offer is over. Other times may be free.")
        case .notFree(.tooSoon, let when), .tooLate(let when):
            plain("\(when) is too near to be kept for somebody. Take it off, or choose another time.")
        case .notFree(_, let when): plain("\(when) is not free any more. Take it off, or choose another time.")
        case .tooMany: plain("\(KeptOffer.mostOpen) offers of this link are open. Let the times of one go first.")
        }
    }
}
