/// What must be so by what the program has answered: plain values beside it, without a database.
import Database
import Scheduling

@testable import Features

/// A link as its host last saw it saved.
struct LinkFacts: Sendable {
    let id: ID<Link>
    let tenant: Int
    let host: ID<User>
    let question: ID<Question>?
    var title: String
    var place: String
    var duration: Int
    var gapBefore: Int64
    var gapAfter: Int64
    var mostUses: Int?
    var isActive: Bool
    var isDeleted = false
    var version: Int

    init(_ link: Link, tenant: Int) {
        self.tenant = tenant
        (id, host, question) = (link.id, link.hosts[0].id, link.questions.first?.id)
        (title, place, duration) = (link.rules.title, link.rules.firstLocation.text, link.rules.duration)
        (gapBefore, gapAfter) = (Int64(link.rules.bufferBefore) * 60, Int64(link.rules.bufferAfter) * 60)
        (mostUses, isActive, version) = (link.rules.access.mostUses, link.rules.active, link.version)
    }
}

/// A booking that was acknowledged.
struct Meeting {
    let id: ID<Booking>
    let tenant: Int
    let link: ID<Link>
    let host: ID<User>
    let guests: [String]
    let answer: String
    let bookedAt: Instant
    var email: String
    var status = BookingStatus.confirmed
    var starts: Instant
    var ends: Instant
    var version = 1
    var gapBefore: Int64
    var gapAfter: Int64
    var token: String
    var formerTokens: [String] = []
    /// The address that each correction replaced, by the version it made.
    var formerEmails: [Int: String] = [:]
    var markedAt: Instant?
    /// What its people were last told of the link.
    var told: (title: String, place: String)

    var time: Taken {
        Taken(claim: id.text, host: host, starts: starts, ends: ends, gapBefore: gapBefore, gapAfter: gapAfter)
    }
}

/// A time kept for a visitor.
struct Keeping {
    let id: ID<Hold>
    let token: String
    let visitor: String
    let link: ID<Link>
    let moving: ID<Booking>?
    let expires: Instant
    let time: Taken
}

/// A span of somebody's time.
struct Taken {
    let claim: String
    let host: ID<User>
    let starts: Instant
    let ends: Instant
    let gapBefore: Int64
    let gapAfter: Int64

    /// Whether the two overlap, or are nearer than the larger of the gaps they ask for.
    func isTooNear(_ other: Taken) -> Bool {
        guard host == other.host, claim != other.claim else { return false }
        let (first, second) = starts <= other.starts ? (self, other) : (other, self)
        return second.starts < first.ends.adding(seconds: max(first.gapAfter, second.gapBefore))
    }
}

struct Expected {
    var links: [LinkFacts]
    var meetings: [ID<Booking>: Meeting] = [:]
    /// In the order they were booked: what is chosen from must not depend on how a dictionary is laid out.
    var order: [ID<Booking>] = []
    var keepings: [Keeping] = []
    /// The reply to each key, by the text of the key.
    var replies: [String: Reply] = [:]
    /// Hosts who are switched off, by workspace and person.
    var off: Set<String> = []
    var queue = ExpectedQueue()

    func link(_ id: ID<Link>) -> LinkFacts? { links.first { $0.id == id } }

    mutating func change(_ id: ID<Link>, _ change: (inout LinkFacts) -> Void) {
        if let index = links.firstIndex(where: { $0.id == id }) { change(&links[index]) }
    }

    /// Bookings of a link that count against its number.
    func uses(of link: ID<Link>) -> Int {
        meetings.values.count { $0.link == link && $0.status != .cancelled }
    }

    func living(at now: Instant) -> [Keeping] { keepings.filter { $0.expires > now } }

    /// All time that is taken, but for what these claims own.
    /// - Parameter released: holds that whoever asks has, and gives up by asking. One for a move has the claim of its
    ///   booking, whose own time is not given up with it.
    func taken(at now: Instant, without claims: Set<String> = [], released: Set<ID<Hold>> = []) -> [Taken] {
        let booked = order.compactMap { meetings[$0] }.filter(\.status.ownsTime).map(\.time)
        let held = living(at: now).filter { !released.contains($0.id) }.map(\.time)
        return (booked + held).filter { !claims.contains($0.claim) }
    }

    mutating func add(_ meeting: Meeting) {
        meetings[meeting.id] = meeting
        order.append(meeting.id)
    }

    mutating func dropHold(of booking: ID<Booking>) { keepings.removeAll { $0.moving == booking } }

    mutating func change(_ id: ID<Booking>, _ change: (inout Meeting) -> Void) {
        guard var meeting = meetings[id] else { return }
        change(&meeting)
        meeting.version += 1
        meetings[id] = meeting
    }
}
