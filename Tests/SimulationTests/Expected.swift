/// What must be so by what the program has answered: plain values beside it, without a database.
import Database
import Scheduling

@testable import Features

struct Expected {
    /// Their clock, by which offers and proposals run out.
    let hands: Hands
    var links: [LinkFacts]
    var meetings: [ID<Booking>: Meeting] = [:]
    /// In the order they were booked: what is chosen from must not depend on how a dictionary is laid out.
    var order: [ID<Booking>] = []
    var keepings: [Keeping] = []
    /// Sessions of seats, and the order in which they were begun.
    var gatherings: [ID<GroupSession>: Gathering] = [:]
    var began: [ID<GroupSession>] = []
    /// Series, and the order in which they were booked.
    var courses: [ID<Series>: Course] = [:]
    var running: [ID<Series>] = []
    /// Proposals, and the order in which they were made.
    var proposals: [ID<Proposal>: Asked] = [:]
    var proposed: [ID<Proposal>] = []
    /// Who waits or has waited, and the order in which they came.
    var waiters: [ID<WaitlistEntry>: Waiter] = [:]
    var line: [ID<WaitlistEntry>] = []
    /// Codes that were asked for, in their order.
    var codes: [MailedCode] = []
    /// Those who have called, in their order.
    var calls: [Call] = []
    /// Kept offers, in their order.
    var offerings: [Offering] = []
    /// Who acts for whom now; all who ever did, and from when to when.
    var assisting: [Assisting] = []
    var stood: [(pair: Assisting, from: Instant, to: Instant?)] = []
    /// How often the log tells that somebody was named or stopped, by workspace and person.
    var logged: [String: Int] = [:]
    /// Who did it, by booking and version.
    var deeds: [String: Deed] = [:]
    /// Whose wish it was that was granted last.
    var actor = Actor.system
    /// The reply to each key, by the text of the key.
    var replies: [String: Reply] = [:]
    /// Hosts who are switched off, by workspace and person.
    var off: Set<String> = []
    /// Of those, who is no member any more.
    var gone: Set<String> = []
    var absences: [Absence] = []
    /// Addresses that are turned away, by workspace.
    var blocked: Set<String> = []
    var queue = ExpectedQueue()
    var calendars = Calendars()

    var now: Instant { hands.now }

    func link(_ id: ID<Link>) -> LinkFacts? { links.first { $0.id == id } }

    mutating func change(_ id: ID<Link>, _ change: (inout LinkFacts) -> Void) {
        if let index = links.firstIndex(where: { $0.id == id }) { change(&links[index]) }
    }

    /// Bookings of a link that count against its number.
    func uses(of link: ID<Link>) -> Int {
        let nothing: Set<BookingStatus> = [.cancelled, .declined, .expired]
        return meetings.values.count { $0.link == link && !nothing.contains($0.status) }
    }

    func living(at now: Instant) -> [Keeping] { keepings.filter { $0.expires > now } }

    /// All time that is taken, but for what these claims own.
    /// - Parameter released: holds that whoever asks has, and gives up by asking. One for a move has the claim of its
    ///   booking, whose own time is not given up with it.
    func taken(at now: Instant, without claims: Set<String> = [], released: Set<ID<Hold>> = []) -> [Taken] {
        let booked = order.compactMap { meetings[$0] }.filter(\.status.ownsTime).flatMap(\.time)
        let held = living(at: now).filter { !released.contains($0.id) }.flatMap(\.time)
        return (booked + held + askedTime(at: now) + gathered(at: now, released: released))
            .filter { !claims.contains($0.claim) }
    }

    mutating func add(_ meeting: Meeting) {
        meetings[meeting.id] = meeting
        order.append(meeting.id)
    }

    private mutating func dropHold(of booking: ID<Booking>) { keepings.removeAll { $0.moving == booking } }

    /// A hold for moving it ends with that; the version counts up before the change.
    mutating func change(_ id: ID<Booking>, _ change: (inout Meeting) -> Void) {
        dropHold(of: id)
        guard let before = meetings[id] else { return }
        var meeting = before
        meeting.version += 1
        change(&meeting)
        meetings[id] = meeting
        follow(meeting, over: before)
    }
}
