/// The one way from stored rows to the engine's question: listing, holding, booking and moving all ask through here.
import Database
import Scheduling

/// Who asks for times, as far as a link's rules depend on it; what is not known closes nothing.
package struct Booker: Sendable {
    /// For limits of one attendee.
    package var email: String?
    /// For hours by the attendee's clock.
    package var zone: Zone?

    package init(email: String? = nil, zone: Zone? = nil) { (self.email, self.zone) = (email, zone) }
}

package struct OfferedTimes: Sendable {
    package var link: Link
    package var zone: Zone
    package var hosts: [Host]
    package var now: Instant
    package var booker: Booker
    /// Whom of those who take turns the asker wants to meet; nil is whose turn it is.
    package var chosen: ID<User>?
    /// What stands behind each host's busy time, in the same order; nothing for those who were known.
    package private(set) var rows: [String: [LedgerRow]]
    let away: [String: Away]
    /// The link's sessions of seats that somebody but the asker is in, by start.
    private(set) var sessions: [GroupSession]
    /// The session that the booking to be moved has to itself: in nobody's way, but still what it is at its own start.
    private let own: GroupSession?
    private let party: Int
    private var counted: CountedMeetings
    /// Whether those of a moved booking come together, whoever is in which pool by now.
    private let keepsHosts: Bool
    private(set) var needs: OfferedNeeds

    /// How far a busy row may reach into a range through buffers, gaps and travel, in seconds.
    private static let reach: Int64 = 3 * 480 * 60

    /// Reads what makes the link's hosts busy between two instants.
    /// - Parameters:
    ///   - booking: the one to be moved; its own time counts as free, and it counts against no limit.
    ///   - crew: who is asked; nil asks the link's hosts, or those of the booking.
    ///   - claims: owners of time that shall count as free and against no limit, such as one's own hold.
    ///   - people: how many attend, guests included.
    ///   - hours: what the link's schedule would be, to look at before saving; nil takes the stored one.
    ///   - known: people whose time need not be read again; their holds are left out.
    /// - Throws: `LinkRefusal.notFound` when schedule or zone are gone.
    package init(
        link: Link, moving booking: Booking? = nil, crew: [LinkHost]? = nil, from: Instant, to: Instant,
        ignoring claims: [String] = [], people: Int = 1, hours: Schedule? = nil, booker: Booker = Booker(),
        known: [String: PersonTime] = [:], now: Instant, zones: Zones, scope: Scope, in tx: Transaction
    ) throws {
        let crew = crew ?? link.crew(moving: booking)
        // What lies beyond the booking window as one of a series can be moved there, too.
        let link = booking?.series == nil ? link : link.inSeries
        let schedules = try HostHours(link, crew, other: hours, scope: scope, in: tx)
        guard let availability = schedules.link.availability(zones: zones) else { throw LinkRefusal.notFound }
        let (subjects, claims) = (crew.map(\.id.text), claims + (booking.map { [$0.id.text] } ?? []))
        let from = link.rules.looksBack(from: from, now: now)
        let days = Self.dates(from: from, to: to)
        let unknown = subjects.filter { known[$0] == nil }
        let away = try TimeAwayStore.away(of: unknown, from: days.first, through: days.last, in: tx)
        let seats = try OfferedSeats(
            link, moving: booking, ignoring: claims, from: from.adding(seconds: -Self.reach),
            to: to.adding(seconds: Self.reach), now: now, scope: scope, in: tx)
        let rows = try tx.ledger(
            of: unknown, from: from.adding(seconds: -Self.reach), to: to.adding(seconds: Self.reach), now: now,
            without: claims + seats.nobodys)
        let busy = Dictionary(grouping: rows, by: \.subject)
        let late = try LinkRotation.tooFarAhead(link, at: from, now: now, zones: zones, scope: scope, in: tx)
        self.link = link
        self.zone = availability.zone
        self.now = now
        self.booker = booker
        (self.rows, self.away) = (busy, away)
        (sessions, own, party) = (seats.sessions, seats.own, max(people, booking?.seats ?? 1))
        // A room is chosen for all who may come to a session.
        needs = try OfferedNeeds(
            link, within: Span(start: from.adding(seconds: -Self.reach), end: to.adding(seconds: Self.reach)),
            ignoring: claims + seats.nobodys, people: link.hasSeats ? link.rules.seats.capacity : people, now: now,
            zones: zones, scope: scope, in: tx)
        keepsHosts = link.hasPools && (booking.map(link.keepsHosts) ?? false)
        let counted = try CountedMeetings(
            link: link, hosts: subjects, from: from, to: to,
            ignoring: claims + OfferedSeats.own(booking, link, now: now, scope: scope, in: tx),
            booker: booker, now: now, scope: scope, in: tx)
        self.counted = counted
        hosts = crew.map { person in
            let own = schedules.schedule(of: person).availability(zones: zones)
            let known = known[person.id.text]
            let hours = (known.map(\.away) ?? away[person.id.text])?.over(
                own ?? availability, from: days.first, through: days.last, zones: zones)
            var host = Host(
                id: person.id.text, availability: hours ?? own ?? availability,
                busy: known?.busy ?? (busy[person.id.text] ?? []).map(Busy.init))
            host.pool = link.hasPools ? link.share(of: person.id).pool : nil
            host.meetings = counted.ofHosts[person.id.text] ?? []
            let isActive = link.share(of: person.id).isActive
            if !isActive || own == nil { host.barred.append(.hostInactive) }
            let keeps = booking?.hosts.contains { $0.id == person.id } ?? false
            if late.contains(person.id.text), !keeps { host.barred.append(.overLead) }
            return host
        }
    }

    /// The dates, in any zone, that decide about open time between two instants. The grid begins where an open
    /// stretch does, days before; and the nearest free times are looked for a week around.
    private static func dates(from: Instant, to: Instant) -> (first: LocalDate, last: LocalDate) {
        let around = 21
        return (
            Zone.utc.local(at: from).date.adding(days: -around), Zone.utc.local(at: to).date.adding(days: around)
        )
    }

    /// Counts a meeting that is not booked yet as if it were.
    mutating func count(_ meeting: Meeting, of taking: Set<String>) {
        counted.ofLink.append(meeting)
        counted.ofAttendee.append(meeting)
        for place in hosts.indices where taking.contains(hosts[place].id) { hosts[place].meetings.append(meeting) }
    }

    /// For keeping: rows are much larger than the spans they close.
    var withoutRows: OfferedTimes {
        var times = self
        times.rows = [:]
        return times
    }

    /// As if nobody had booked: what is closed then is closed for other reasons, and nobody can wait for it.
    var withoutBookings: OfferedTimes {
        let own: Set<BusyKind> = [.booking, .hold, .pending, .session]
        var times = withoutRows
        times.counted = .none
        times.sessions = sessions.map { session in
            var session = session
            (session.taken, session.holds) = (0, [])
            return session
        }
        for place in times.hosts.indices {
            times.hosts[place].busy.removeAll { own.contains($0.kind) }
            times.hosts[place].meetings = []
        }
        for need in times.needs.needs.indices {
            for place in times.needs.needs[need].resources.indices {
                times.needs.needs[need].resources[place].busy.removeAll { own.contains($0.kind) }
            }
        }
        return times
    }

    /// The engine's question for this link between two instants.
    package func question(from: Instant, to: Instant, duration: Int? = nil) -> SlotQuestion {
        var rules = link.slotRules(zone: zone, duration: duration)
        if booker.zone == nil { rules.bookerHours = nil }
        if keepsHosts { rules.mode = .allOf }
        var question = SlotQuestion(rules: rules, hosts: hosts, now: now, from: from, to: to)
        question.bookerZone = booker.zone
        question.resources = needs.needs
        if link.hasSeats {
            let there = sessions + [own].compactMap(\.self).filter { $0.starts == from }
            (question.sessions, question.party) = (there.map(\.seats), party)
        }
        (question.linkMeetings, question.attendeeMeetings) = (counted.ofLink, counted.ofAttendee)
        return chosen.map { question.choosing($0.text) } ?? question
    }

    /// The session that a booking at that start would join.
    func session(at start: Instant) -> GroupSession? {
        sessions.first { $0.starts == start } ?? own.flatMap { $0.starts == start ? $0 : nil }
    }

    /// Why `start` cannot be taken, nil when it can.
    package func refusal(at start: Instant, duration: Int? = nil) -> Reason? {
        let minutes = duration ?? link.rules.duration
        return question(from: start, to: start.adding(minutes: minutes), duration: minutes).refusal(at: start)
    }

    /// The hosts who can take `start`, in their order: for a link that rotates any of them, for others all or none.
    package func eligible(at start: Instant, duration: Int? = nil) -> [String] {
        let minutes = duration ?? link.rules.duration
        return question(from: start, to: start.adding(minutes: minutes), duration: minutes).eligibleHosts(at: start)
    }

    /// The free times nearest to `start`, in order of time.
    /// - Parameter own: a start that is no alternative: where the booking to be moved is already.
    package func nearest(
        to start: Instant, duration: Int? = nil, except own: Instant? = nil, limit: Int = BookingLimits.alternatives
    ) -> [Instant] {
        let week = 7
        let slots = question(from: start.adding(days: -week), to: start.adding(days: week), duration: duration).slots()
        return slots.map(\.start).filter { $0 != own }
            .sorted { abs($0 - start) < abs($1 - start) }.prefix(limit).sorted()
    }
}

extension OfferedTimes {
    /// How the editor of links asks for a link's times, before and after saving.
    package static func asked(_ installation: Installation) -> LinkTimes {
        { link, hours, from, to, scope, tx in
            var schedule = try ScheduleStore.find(link.schedule, scope: scope, in: tx)
            // Hours that are typed are the link's own, and so those of all its hosts.
            if let hours {
                schedule?.weekly = hours
                schedule?.link = link.id
            }
            let times = try OfferedTimes(
                link: link, from: from, to: to, hours: schedule, now: installation.world.now,
                zones: installation.world.zones, scope: scope, in: tx)
            return (times.question(from: from, to: to), times.zone)
        }
    }
}

/// The sessions of a link that are in somebody's way. A link without seats asks nothing.
private struct OfferedSeats: Sendable {
    private(set) var sessions: [GroupSession] = []
    /// That which only the booking to be moved is in.
    private(set) var own: GroupSession?
    /// Sessions that nobody but the asker wants, be it for a hold or the booking that is moved; their time counts as
    /// free.
    private(set) var nobodys: [String] = []

    /// The session that a booking is alone in: it counts against no limit when the booking is moved.
    static func own(
        _ booking: Booking?, _ link: Link, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [String] {
        guard !link.rules.rhythm.limits.isEmpty, let booking, let id = booking.session,
            let session = try SeatStore.find(id, now: now, scope: scope, in: tx), session.taken == booking.seats
        else { return [] }
        return [id.text]
    }

    init(
        _ link: Link, moving booking: Booking?, ignoring claims: [String], from: Instant, to: Instant, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws {
        own = try booking.flatMap { try SeatStore.alone($0, claims: claims, now: now, scope: scope, in: tx) }
        nobodys = [own?.id.text].compactMap(\.self)
        guard link.hasSeats else { return }
        let all = try SeatStore.open(of: link.id, from: from, to: to, now: now, scope: scope, in: tx)
            .filter { !claims.contains($0.id.text) && $0.id != own?.id }.map { $0.without(claims) }
        sessions = all.filter(\.isWanted)
        nobodys += all.filter { !$0.isWanted }.map(\.id.text)
    }
}

/// The meetings that the link's limits count. A link without limits asks nothing.
private struct CountedMeetings: Sendable {
    var ofLink: [Meeting] = []
    private(set) var ofHosts: [String: [Meeting]] = [:]
    var ofAttendee: [Meeting] = []

    /// No month and no week reaches farther than this from a day in it.
    private static let period = 33

    static let none = CountedMeetings()

    private init() {}

    init(
        link: Link, hosts: [String], from: Instant, to: Instant, ignoring claims: [String], booker: Booker,
        now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let limits = link.rules.rhythm.limits
        guard !limits.isEmpty else { return }
        var ask = LimitStore.Ask(
            from: from.adding(days: -Self.period), to: to.adding(days: Self.period), now: now, ignoring: claims)
        if limits.contains(where: { $0.per == .open }) {
            // All that is to come, however far away.
            ask.from = min(ask.from, now)
            ask.to = max(ask.to, now.adding(days: 20 * 366))
        }
        let scopes = Set(limits.map(\.scope))
        if scopes.contains(.link) { ofLink = try LimitStore.ofLink(link.id, ask, scope: scope, in: tx) }
        if !scopes.isDisjoint(with: [.host, .linkHost]) {
            ofHosts = try LimitStore.ofHosts(hosts, link: link.id, ask, scope: scope, in: tx)
        }
        if scopes.contains(.attendee), let email = booker.email {
            ofAttendee = try LimitStore.ofAttendee(email, link: link.id, ask, scope: scope, in: tx)
        }
    }
}

extension LinkRules {
    /// From when on busy time decides about slots after `from`: rules that count days look at those before, too.
    fileprivate func looksBack(from: Instant, now: Instant) -> Instant {
        switch window {
        case .bookableDays, .rollingBusinessDays: min(from.adding(days: -2), now)
        case .rollingDays, .range: rhythm.firstOfDay ? from.adding(days: -2) : from
        }
    }
}

extension Busy {
    init(_ row: LedgerRow) {
        self.init(
            starts: row.starts, ends: row.ends, kind: row.kind, gapBefore: row.gapBefore, gapAfter: row.gapAfter)
    }
}
