/// Booking links: what a host offers under `/book/<slug>`, and the rules of its times.
import Database
import Scheduling
import Web

package enum LinkKind: String, CaseIterable, Sendable, SQLValue {
    case oneOnOne = "one_on_one"
    case roundRobin = "round_robin"
    case collective, group
    case multiHost = "multi_host"
    case instant
}

/// How long before its start a time can still be booked.
package struct MinimumNotice: Hashable, Sendable {
    package enum Unit: String, CaseIterable, Sendable, SQLValue { case minute, hour, day }

    package var value: Int
    package var unit: Unit

    package init(value: Int, unit: Unit) {
        self.value = value
        self.unit = unit
    }

    /// Minutes and hours are elapsed time; days keep the host's wall clock.
    package var rule: Notice {
        switch unit {
        case .minute: .minutes(value)
        case .hour: .minutes(value * 60)
        case .day: .days(value)
        }
    }
}

package enum LocationKind: String, CaseIterable, Sendable, SQLValue {
    case video, address, custom
    /// The attendee types the place or the number.
    case attendeeChoice = "attendee_choice"
    case phoneHostCalls = "phone_host_calls"
    case phoneAttendeeCalls = "phone_attendee_calls"
}

package struct Location: Hashable, Sendable {
    package var kind: LocationKind
    /// The address, the meeting's URL, the number to call, or words of the host's own.
    package var text: String

    package init(kind: LocationKind, text: String) {
        self.kind = kind
        self.text = text
    }

    /// What anybody may read before a booking: not where to join a call, nor whom to ring.
    package var openWords: String {
        switch kind {
        case .video, .phoneHostCalls, .phoneAttendeeCalls: kind.words
        case .address, .custom, .attendeeChoice: words
        }
    }

    /// What a person reads; never empty.
    package var words: String {
        guard text.isEmpty else { return text }
        return kind == .video ? plain("Video call; the link will follow") : kind.words
    }

    /// Why people could not find there, where words are missing that no one could guess.
    package var missing: String? {
        guard text.isEmpty else { return nil }
        return switch kind {
        case .address: plain("Type the address, or choose another place.")
        case .phoneAttendeeCalls: plain("Type the number attendees call, or choose another place.")
        case .video, .custom, .attendeeChoice, .phoneHostCalls: nil
        }
    }
}

extension LocationKind {
    /// What a place of the kind is called where it has no words of its own.
    package var words: String {
        switch self {
        case .video: plain("Video call")
        case .phoneHostCalls: plain("Phone, we call you")
        case .phoneAttendeeCalls: plain("Phone, you call us")
        case .address: plain("In person")
        case .custom: plain("As agreed")
        case .attendeeChoice: plain("A place of your choice")
        }
    }
}

/// The fields a person or a program may set; everything but identity, owner and version.
package struct LinkRules: Hashable, Sendable {
    package var title: String
    package var slug: String
    package var description = ""
    package var kind = LinkKind.oneOnOne
    /// Minutes, 5–480; with more lengths the usual one.
    package var duration = 30
    /// Minutes between two starts; nil = the duration.
    package var step: Int?
    package var align = 0
    package var offset = 0
    package var bufferBefore = 0
    package var bufferAfter = 0
    package var notice = MinimumNotice(value: 4, unit: .hour)
    package var window = LinkWindow.rollingDays(30)
    /// Where to meet, 1–8; with more than one the attendee chooses.
    package var locations = [Location(kind: .custom, text: "")]
    package var active = true
    package var access = LinkAccess()
    package var changes = LinkChanges()
    package var look = LinkLook()
    package var rhythm = LinkRhythm()
    package var rotation = RotationRules()
    package var approval = LinkApproval()
    /// Out of which some of the hosts are taken; of multi-host links alone.
    package var pools: [LinkPool] = []
    /// What is needed beside the hosts.
    package var needs: [LinkNeed] = []
    package var door = LinkDoor()
    package var seats = LinkSeats()
    /// Nil where one meeting is booked at a time.
    package var series: LinkSeries?
    package var waitlist = LinkWaitlist()

    package init(title: String, slug: String) {
        self.title = title
        self.slug = slug
    }

    /// Where a meeting takes place when nobody has chosen.
    package var firstLocation: Location { locations.first ?? Location(kind: .custom, text: "") }
}

/// Who gets in, for how long, and with how many.
package struct LinkAccess: Hashable, Sendable {
    /// Listed on no page; whoever has the address can book.
    package var hidden = false
    /// From then on nobody can book.
    package var expiresAt: Instant?
    /// Bookings after which the link is used up; cancelled ones do not count.
    package var mostUses: Int?
    /// Words to be typed before the times are shown, 4–40 characters.
    package var code: String?
    /// How many guests an attendee may bring, 0–50.
    package var mostGuests = 5

    package init() {}
}

/// What attendees may do with their booking, and until when.
package struct LinkChanges: Hashable, Sendable {
    package var attendeeMoves = true
    package var attendeeCancels = true
    /// Minutes before the start after which the attendee can no longer move the meeting.
    package var moveNotice = 0
    /// Minutes before the start after which the attendee can no longer cancel it.
    package var cancelNotice = 0
    /// Whether an attendee who cancels must say why.
    package var needsReason = false

    package init() {}
}

/// How the link looks and what follows a booking.
package struct LinkLook: Hashable, Sendable {
    /// Its colour on the host's calendar, `#rrggbb`; nil is the accent.
    package var colour: String?
    /// A language code; nil speaks the visitor's.
    package var language: String?
    /// Times are shown in the host's zone alone.
    package var locksZone = false
    /// Words of the host's own on the confirmation.
    package var confirmation = ""
    /// Where the browser goes after booking; nil stays on the confirmation.
    package var redirect: String?
    /// Whether the redirect carries the booking's details as parameters.
    package var redirectDetails = false
    /// The title in calendars, with `{{variables}}`; nil is the usual one.
    package var eventTitle: String?
    /// The sites that may show its pages in a frame; nobody while it is empty.
    package var origins: [SiteOrigin] = []

    package init() {}
}

/// One link as stored.
package struct Link: Identified, Hashable, Sendable {
    package static let idPrefix = "lnk"

    package var id: ID<Link>
    package var rules: LinkRules
    package var schedule: ID<Schedule>
    package var hosts: [LinkHost]
    package var questions: [Question]
    package var version: Int
    package var createdAt: Instant
    /// Set once it is deleted: it is listed nowhere and takes no booking, and stands for the bookings it has.
    package var deletedAt: Instant?
    /// Of a link nobody has made, what tells its people from others; nil for every other.
    package var adHoc: String?
    /// The hosts' parts, by their ids.
    package var shares: [ID<User>: HostShare] = [:]

    /// Where its pages are served under a token of one person; nil at its own address.
    package var servedAt: Path?

    package var path: Path {
        if let servedAt { return servedAt }
        return AdHocLink.handles(in: rules.slug).map { Path("/book/\(joined: $0)") } ?? Path("/book/\(rules.slug)")
    }

    /// The address of one of its pages, such as `details`.
    package func path(_ page: StaticString) -> Path { path.below(page) }

    /// The rules of time in the engine's own terms. `zone` is the zone of the grid's alignment.
    package func slotRules(zone: Zone, duration: Int? = nil) -> SlotRules {
        let step = rules.step ?? duration ?? rules.duration
        let align = rules.align == 0 ? SlotRules.defaultAlign(stepMinutes: step, hosts: hosts.count) : rules.align
        var slots = SlotRules(
            zone: zone, mode: rules.kind.mode, durationMinutes: duration ?? rules.duration,
            stepMinutes: rules.step ?? 0, offsetMinutes: rules.offset, alignMinutes: align,
            bufferBeforeMinutes: rules.bufferBefore, bufferAfterMinutes: rules.bufferAfter,
            notice: rules.notice.rule, window: rules.window.rule)
        rules.rhythm.apply(to: &slots)
        slots.pools = rules.pools.map { Pool(id: $0.name, take: $0.take) }
        slots.capacity = rules.seats.capacity
        return slots
    }
}

extension LinkAccess {
    /// Whether `code` opens the link: blanks at the ends and the case of letters do not matter.
    package func admits(_ code: String?) -> Bool {
        guard let own = self.code else { return true }
        guard let code else { return false }
        // Every byte is looked at, so the time taken says nothing of how much was right.
        return zip(Self.folded(own), Self.folded(code)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A digest, so that the comparison tells nothing, not even the length.
    private static func folded(_ code: String) -> [UInt8] {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        let start = code.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map { start[...$0] } ?? ""
        return sha256(Array(end.lowercased().utf8))
    }
}

extension Link {
    /// Lets a booking through, or says why the link takes none.
    /// - Parameter uses: the bookings that count; see `LinkUseStore`.
    package func checkOpen(uses: Int, now: Instant) throws(LinkRefusal) {
        guard deletedAt == nil else { throw .notFound }
        guard rules.active else { throw .inactive }
        if let expiry = rules.access.expiresAt, expiry <= now { throw .expired }
        if let most = rules.access.mostUses, uses >= most { throw .usedUp }
    }
}

/// What the product says no to about links.
package enum LinkRefusal: Refusal {
    case notFound
    /// Switched off by its host.
    case inactive
    /// Its last day is over.
    case expired
    /// All its bookings are made.
    case usedUp
    case codeRequired
    case wrongCode

    package var status: Int {
        switch self {
        case .notFound, .inactive: 404
        case .expired, .usedUp: 410
        case .codeRequired, .wrongCode: 401
        }
    }

    package var code: String {
        switch self {
        case .notFound, .inactive: "not_found"
        case .expired, .usedUp: "link_expired"
        case .codeRequired, .wrongCode: "access_code_required"
        }
    }

    package var message: String {
        switch self {
        case .notFound: plain("There is no such link. Check the address, or ask the person who sent it.")
        case .inactive: plain("This link is switched off. Ask the person who sent it for another one.")
        case .expired: plain("This link could be booked until a while ago. Ask the person who sent it for a new one.")
        case .usedUp: plain("All bookings of this link are made. Ask the person who sent it for a new one.")
        case .codeRequired: plain("This link asks for a code. Type the one you got with it.")
        case .wrongCode: plain("This is not the code of this link. Check it, or ask the person who sent it.")
        }
    }
}
