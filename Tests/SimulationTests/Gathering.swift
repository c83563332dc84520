/// A session of seats as the answers have made it, and who sits in it.
import Database
import Scheduling

@testable import Features

struct Gathering {
    let id: ID<GroupSession>
    let tenant: Int
    let link: ID<Link>
    /// Whom all its people meet, and where; its hosts stay those who began it.
    var crew: Crew
    var capacity: Int
    var starts: Instant
    var ends: Instant
    /// The time of its hosts and rooms, as it was written.
    var rows: [Taken]
    /// Of what its hosts are told.
    private(set) var version = 1
    /// When each version was told.
    private(set) var told: [Int: Instant] = [:]
    /// Whoever took a seat of it; some have given theirs up.
    fileprivate(set) var bookings: [ID<Booking>] = []

    /// Its hosts hear how it stands now.
    mutating func tell(at now: Instant) {
        version += 1
        told[version] = now
    }
}

extension Meeting {
    /// The attendee and all who come along.
    var seats: Int { 1 + guests.count }

    /// Whether its seats count: it came to something, or still may.
    var takesSeats: Bool { session != nil && ![.cancelled, .declined, .expired].contains(status) }

    /// The hosts who hear of it by itself, and not of its session.
    var toldHosts: [String] { session == nil ? hostNames : [] }
}

extension Expected {
    /// The bookings that take its seats, in the order they came.
    func seated(in session: ID<GroupSession>) -> [Meeting] {
        seats(of: session).sorted { ($0.bookedAt, $0.id.text) < ($1.bookedAt, $1.id.text) }
    }

    private func seats(of session: ID<GroupSession>) -> [Meeting] {
        (gatherings[session]?.bookings ?? []).compactMap { meetings[$0] }
            .filter { $0.session == session && $0.takesSeats }
    }

    func seatsTaken(of session: ID<GroupSession>) -> Int { seats(of: session).reduce(0) { $0 + $1.seats } }

    /// The session somebody has to themselves: nobody's once they are elsewhere.
    func alone(_ meeting: Meeting) -> ID<GroupSession>? {
        guard let session = meeting.session, seats(of: session).map(\.id) == [meeting.id] else { return nil }
        let own = Set(keepings.filter { $0.moving == meeting.id }.map(\.id))
        return seatHolds(of: session, at: now, released: own).isEmpty ? session : nil
    }

    /// How many come for certain, which is what its hosts are told.
    func coming(to session: ID<GroupSession>) -> Int {
        seats(of: session).filter { !$0.isWaiting }.reduce(0) { $0 + $1.seats }
    }

    /// The holds that keep a seat of it.
    func seatHolds(of session: ID<GroupSession>, at now: Instant, released: Set<ID<Hold>> = []) -> [Keeping] {
        living(at: now).filter { $0.session == session && !released.contains($0.id) }
    }

    func seatsLeft(of gathering: Gathering, at now: Instant, released: Set<ID<Hold>> = []) -> Int {
        let held = seatHolds(of: gathering.id, at: now, released: released).count
        return max(0, gathering.capacity - seatsTaken(of: gathering.id) - held)
    }

    /// Whether anybody has or keeps a seat of it; it takes nobody's time otherwise.
    func isWanted(_ session: ID<GroupSession>, at now: Instant, released: Set<ID<Hold>> = []) -> Bool {
        !seats(of: session).isEmpty || !seatHolds(of: session, at: now, released: released).isEmpty
    }

    /// What was only ever held or asked for, and no host was told of, may be gone once nobody is in it.
    func isForgotten(_ gathering: Gathering) -> Bool {
        gathering.version == 1 && !meetings.values.contains { $0.session == gathering.id }
    }

    /// The session that somebody who books or moves at that time joins.
    func gathering(
        of link: ID<Link>, at start: Instant, now: Instant, released: Set<ID<Hold>> = []
    ) -> Gathering? {
        began.compactMap { gatherings[$0] }.first {
            $0.link == link && $0.starts == start && isWanted($0.id, at: now, released: released)
        }
    }

    /// The time of all sessions that somebody wants.
    func gathered(at now: Instant, released: Set<ID<Hold>>) -> [Taken] {
        began.filter { isWanted($0, at: now, released: released) }.flatMap { gatherings[$0]?.rows ?? [] }
    }

    mutating func add(_ gathering: Gathering) {
        gatherings[gathering.id] = gathering
        began.append(gathering.id)
    }

    mutating func seat(_ booking: ID<Booking>, in session: ID<GroupSession>) {
        gatherings[session]?.bookings.removeAll { $0 == booking }
        gatherings[session]?.bookings.append(booking)
    }

    mutating func change(_ session: ID<GroupSession>?, _ change: (inout Gathering) -> Void) {
        guard let session, var gathering = gatherings[session] else { return }
        change(&gathering)
        gatherings[session] = gathering
    }

    /// A session counts once for its hosts: whoever leaves others behind passes the turn on to the first of them.
    /// - Returns: whether others stay.
    mutating func passTurns(of meeting: Meeting) -> Bool {
        guard let session = meeting.session,
            let heir = seated(in: session).first(where: { $0.id != meeting.id })
        else { return false }
        meetings[heir.id]?.turns.formUnion(meeting.turns)
        meetings[meeting.id]?.turns = []
        return true
    }
}
