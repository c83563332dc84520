/// Those who wait for a place as the answers and the looks at their lines have made them, and what is kept for them.
import Database
import Scheduling

@testable import Features

struct Waiter {
    let id: ID<WaitlistEntry>
    let tenant: Int
    let link: ID<Link>
    let target: WaitlistTarget
    let minutes: Int
    let email: String
    /// The one in its mails.
    let token: String
    let createdAt: Instant
    fileprivate(set) var state = WaitlistState.waiting
    fileprivate(set) var offer: WaitlistOffer?
    fileprivate(set) var booking: ID<Booking>?
    fileprivate(set) var version = 1
    fileprivate(set) var endedAt: Instant?
    /// Ended so long ago that the housekeeping has forgotten it.
    fileprivate(set) var isForgotten = false
    /// The mails that follow from it, and when each was planned.
    private(set) var jobs: [(key: String, at: Instant)] = []

    init(_ entry: WaitlistEntry, token: String, tenant: Int, at now: Instant) {
        (id, self.tenant, link, target) = (entry.id, tenant, entry.link, entry.target)
        (minutes, email, self.token, createdAt) = (entry.minutes, entry.email, token, now)
        jobs = [("\(WaitlistJobs.mail)|\(id)|1", createdAt)]
    }

    var isOpen: Bool { state == .waiting || state == .offered }

    func hasPassed(_ now: Instant) -> Bool {
        switch target {
        case .session(let span): span.start <= now
        case .day(_, let span): span.end <= now
        }
    }

    /// Whether somebody who is offered that could have been this one.
    func isWaiting(for start: Instant, minutes: Int) -> Bool {
        state == .waiting && self.minutes == minutes && target.takes(start)
    }

    /// The right to what is offered, as its mail carries it.
    var offerToken: String { offer?.hold.offerToken(of: token) ?? "" }

    /// Asked for the same once more: the mail goes out again, once an hour.
    mutating func ask(at now: Instant) {
        let key = "\(WaitlistJobs.mail)|\(id)|again|\(now.seconds / 3_600)"
        if !jobs.contains(where: { $0.key == key }) { jobs.append((key, now)) }
    }

    mutating func take(_ offer: WaitlistOffer, at now: Instant) {
        (state, self.offer, version) = (.offered, offer, version + 1)
        jobs.append(("\(WaitlistJobs.mail)|\(id)|\(version)", now))
    }

    mutating func end(as state: WaitlistState, booking: ID<Booking>? = nil, at now: Instant) {
        (self.state, offer, version) = (state, nil, version + 1)
        (self.booking, endedAt) = (booking, now)
    }

    /// What was offered is gone, and it is in its old place.
    mutating func withdraw() { (state, offer, version) = (.waiting, nil, version + 1) }
}

extension Expected {
    /// Those who wait, or were offered something, in their order.
    func inLine(on link: ID<Link>? = nil) -> [Waiter] {
        line.compactMap { waiters[$0] }.filter { $0.isOpen && (link == nil || $0.link == link) }
    }

    /// Whether somebody waits for the time that a meeting has.
    func isAwaited(_ meeting: Meeting) -> Bool {
        inLine(on: meeting.link).contains { $0.state == .waiting && $0.target.takes(meeting.starts) }
    }

    mutating func add(_ waiter: Waiter) {
        waiters[waiter.id] = waiter
        line.append(waiter.id)
    }

    mutating func change(_ entry: ID<WaitlistEntry>, _ change: (inout Waiter) -> Void) {
        guard var waiter = waiters[entry] else { return }
        change(&waiter)
        waiters[entry] = waiter
    }

    /// A booking was made: the offer it came of is taken, and nobody waits for what they have.
    mutating func endWaiting(by request: BookingRequest, as booking: ID<Booking>, on link: ID<Link>) {
        let moment = now
        for waiter in inLine(on: link) {
            let isTheirs = waiter.email == request.attendee.email && waiter.target.span.start <= request.start
                && request.start < waiter.target.span.end
            let isSo = waiter.state == .waiting || waiter.offer?.start == request.start
            if isTheirs, isSo { change(waiter.id) { $0.end(as: .taken, booking: booking, at: moment) } }
        }
    }

    /// Who was about to take a seat of a session that changes as a whole looks again.
    mutating func withdrawOffers(of session: ID<GroupSession>) {
        let gone = Set(seatHolds(of: session, at: now).map(\.id))
        for waiter in inLine() where waiter.offer.map({ gone.contains($0.hold) }) ?? false {
            change(waiter.id) { $0.withdraw() }
        }
    }

    /// What the housekeeping forgets.
    mutating func forget(now: Instant) {
        for id in line where waiters[id]?.endedAt.map({ $0 < now.adding(days: -30) }) ?? false {
            change(id) { $0.isForgotten = true }
        }
        for index in calls.indices where calls[index].createdAt <= now.adding(seconds: -Ring.kept) {
            calls[index].isForgotten = true
        }
    }
}

// MARK: What lines do by themselves

extension Simulation {
    /// A hold of the waitlist as its row tells it.
    private struct Row: Sendable {
        let id: ID<Hold>
        let link: ID<Link>
        let starts, ends, expires: Instant
    }

    private func keptRows() async throws -> [Row] {
        try await database.lookUp { tx in
            try tx.all("SELECT id, link, starts, ends, expires FROM hold WHERE waits = 1 ORDER BY id") { row in
                Row(
                    id: try row["id"], link: try row["link"], starts: try row["starts"], ends: try row["ends"],
                    expires: try row["expires"])
            }
        }
    }

    /// What was freed in this step is kept back where somebody waits for it, and nowhere else.
    func follow() async throws {
        guard !expected.waiters.isEmpty else { return }
        for row in try await keptRows() where !expected.keepings.contains(where: { $0.id == row.id }) {
            // What has run out keeps nothing, and may be anybody's by now.
            guard row.expires > now, let link = expected.link(row.link) else { continue }
            count("places kept back")
            let waiting = expected.inLine(on: link.id).count { $0.state == .waiting && $0.target.takes(row.starts) }
            let kept = expected.living(at: now).count {
                $0.link == link.id && $0.starts == row.starts && $0.visitor == Keeping.nobody
            }
            if kept >= waiting { findings.append("line: \(row.id) is kept back, and \(waiting) wait for it") }
            if row.expires != now.adding(seconds: WaitlistJobs.keptBack) {
                findings.append("line: \(row.id) is kept back until \(row.expires)")
            }
            try await keep(row, token: "", of: Keeping.nobody, on: link)
        }
    }

    /// - Parameter given: sessions of which seats were given on, so that they never were nobody's.
    private func keep(
        _ row: Row, token: String, of visitor: String, on link: LinkFacts, given: Set<ID<GroupSession>> = []
    ) async throws {
        let (crew, session) = try await crew(of: row.id)
        let time = Span(start: row.starts, end: row.ends)
        // Several of its people may have left in one step: what the first left was kept before the last one went.
        let isLeft = visitor == Keeping.nobody && session.flatMap { expected.gatherings[$0]?.starts } == row.starts
        let isGiven = session.map { (isLeft || given.contains($0)) && !expected.isWanted($0, at: now) } ?? false
        let place = !link.hasSeats ? nil : isGiven
            ? session.map { Place(session: $0, isNew: false, wasEmpty: true) }
            : place(session, crew, on: link, at: time, seats: 1, "\(row.id)")
        let keeping = Keeping(
            id: row.id, token: token, visitor: visitor, link: link.id, moving: nil, session: place?.session,
            expires: row.expires, starts: row.starts,
            time: place == nil ? link.taken(crew.subjects, claim: row.id.text, from: row.starts, to: row.ends) : [])
        // Time that was kept back is that of whoever had it, wherever they are now.
        if visitor != Keeping.nobody, place?.isNew ?? true {
            let claim = place?.session.text ?? row.id.text
            judge(crew, on: link, from: row.starts, to: row.ends, claim: claim)
        }
        if let place { judge(place, "a place of the line") } else { judge(keeping.time, "a place of the line") }
        expected.keepings.append(keeping)
    }

    /// Looks at what a look at a link has made of its line.
    /// - Parameters:
    ///   - only: whom a host offers something to, before all others.
    ///   - isWhole: whether it came to its end.
    func followLook(at id: ID<Link>, only: ID<WaitlistEntry>? = nil, isWhole: Bool) async throws {
        guard let link = expected.link(id) else { return }
        let (scope, before) = (town.tenants[link.tenant].host, expected.inLine(on: id))
        let rows = try await keptRows().filter { $0.link == id }
        let entries = try await database.read(scope) { tx in try WaitlistStore.all(of: id, scope: scope, in: tx) }
        let given = Set(expected.living(at: now).filter { $0.link == id }.compactMap(\.session))
        drop(link, keeping: Set(rows.map(\.id)))
        let known = Dictionary(entries.map { ($0.id, $0) }) { first, _ in first }
        var offered: [Waiter] = []
        for waiter in before {
            guard let entry = known[waiter.id], entry.version != waiter.version else { continue }
            if entry.version != waiter.version + 1 { findings.append("line: \(waiter.id) changed twice in a look") }
            switch entry.state {
            case .offered:
                offered += try await accept(entry, of: waiter, on: link, rows, given: given)
            case .lapsed:
                count("offers run out")
                if waiter.offer.map({ $0.until > now }) ?? true {
                    findings.append("line: \(waiter.id) lapsed too early")
                }
                expected.change(waiter.id) { $0.end(as: .lapsed, at: hands.now) }
            case .removed where expected.blocked.contains("\(waiter.tenant) \(waiter.email)"):
                count("turned away in line")
                expected.change(waiter.id) { $0.end(as: .removed, at: hands.now) }
            case .ended:
                count("waited in vain")
                if !link.isDeleted, !waiter.hasPassed(now) { findings.append("line: \(waiter.id) was ended too early") }
                expected.change(waiter.id) { $0.end(as: .ended, at: hands.now) }
            default: findings.append("line: a look made \(waiter.id) \(entry.state)")
            }
        }
        for waiter in offered where only == nil { judgeOrder(waiter, on: link) }
        if isWhole, only == nil { try await judgeWhole(link) }
    }

    /// What is kept no more was nobody's, or of an offer that is over.
    private func drop(_ link: LinkFacts, keeping rows: Set<ID<Hold>>) {
        let gone = expected.keepings.filter { $0.link == link.id && $0.isOfLine && !rows.contains($0.id) }
        let living = expected.inLine(on: link.id).filter { waiter in
            !link.isDeleted && !waiter.hasPassed(now) && waiter.offer.map { $0.until > now } ?? false
        }
        for keeping in gone where living.contains(where: { $0.offer?.hold == keeping.id }) {
            findings.append("line: \(keeping.id) was offered, and is gone before its time")
        }
        expected.keepings.removeAll { keeping in gone.contains { $0.id == keeping.id } }
    }

    private func accept(
        _ entry: WaitlistEntry, of waiter: Waiter, on link: LinkFacts, _ rows: [Row], given: Set<ID<GroupSession>>
    ) async throws -> [Waiter] {
        guard let offer = entry.offer, let row = rows.first(where: { $0.id == offer.hold }) else {
            findings.append("line: \(waiter.id) was offered what nobody keeps")
            return []
        }
        count("places offered")
        if waiter.state != .waiting || !waiter.target.takes(offer.start) || waiter.hasPassed(now) {
            findings.append("line: \(waiter.id), \(waiter.state), was offered \(offer.start)")
        }
        if expected.keepings.contains(where: { $0.id == offer.hold }) {
            findings.append("line: \(offer.hold) is offered twice")
        }
        let minutes = Int64(link.waitlist.minutes) * 60
        if offer.start != row.starts || row.expires != offer.until.adding(seconds: WaitlistEntry.grace)
            || offer.until - now > minutes || offer.until - now < 300 || offer.until > offer.start
            || row.ends - row.starts != Int64(waiter.minutes) * 60 {
            findings.append(
                "line: \(waiter.id) was offered \(offer.start) until \(offer.until), kept to \(row.expires)")
        }
        if !link.isOpen(uses: expected.uses(of: link.id)) { findings.append("line: \(link.id) is closed, and offered") }
        expected.change(waiter.id) { $0.take(offer, at: hands.now) }
        let token = offer.hold.offerToken(of: waiter.token)
        try await keep(row, token: token, of: waiter.email, on: link, given: given)
        return expected.waiters[waiter.id].map { [$0] } ?? []
    }

    /// Nobody who came later is offered what somebody before could have had.
    private func judgeOrder(_ waiter: Waiter, on link: LinkFacts) {
        guard let offer = waiter.offer else { return }
        let before = expected.inLine(on: link.id).filter {
            ($0.createdAt, $0.id.text) < (waiter.createdAt, waiter.id.text)
                && $0.isWaiting(for: offer.start, minutes: waiter.minutes) && !$0.hasPassed(now)
        }
        for other in before { findings.append("line: \(waiter.id) was offered \(offer.start) before \(other.id)") }
    }

    /// After a look nothing is over, and nobody waits while something is free that they could have.
    private func judgeWhole(_ link: LinkFacts) async throws {
        count("looks at lines")
        let line = expected.inLine(on: link.id)
        for waiter in line {
            let isOver = waiter.offer.map { $0.until <= now } ?? false
            guard link.isDeleted || waiter.hasPassed(now) || isOver else { continue }
            findings.append("line: \(waiter.id) is over, and was left \(waiter.state)")
        }
        for keeping in expected.living(at: now) where keeping.link == link.id && keeping.isOfLine {
            if !line.contains(where: { $0.offer?.hold == keeping.id }) {
                findings.append("line: \(keeping.id) is kept for nobody after a look")
            }
        }
        for id in try await couldHave(link) { findings.append("line: \(id) waits, and something is free") }
    }

    /// Those for whom the engine finds something.
    private func couldHave(_ link: LinkFacts) async throws -> [ID<WaitlistEntry>] {
        let moment = now
        let waiting = expected.inLine(on: link.id).filter { $0.state == .waiting && !$0.hasPassed(moment) }
        guard link.isOpen(uses: expected.uses(of: link.id)), let first = waiting.map(\.target.span.start).min(),
            let last = waiting.map(\.target.span.end).max()
        else { return [] }
        let (scope, now, id) = (town.tenants[link.tenant].host, moment, link.id)
        return try await database.read(scope) { tx in
            guard let link = try LinkStore.find(id, scope: scope, in: tx) else { return [] }
            let times = try OfferedTimes(
                link: link, from: max(first, now), to: last.adding(days: 1), now: now, zones: Town.zones, scope: scope,
                in: tx)
            return try WaitlistStore.open(of: id, scope: scope, in: tx).filter { entry in
                guard entry.state == .waiting else { return false }
                let wanted = Wanted(target: entry.target, minutes: entry.minutes, zone: entry.zone)
                return times.free(wanted, zones: Town.zones).contains { start in
                    times.lastMinute(of: start, wanted, zones: Town.zones) != nil
                }
            }.map(\.id)
        }
    }
}

extension Keeping {
    /// Whose a place is that is kept back.
    static let nobody = "nobody"

    /// Whether it is of a waitlist: kept back, or offered.
    var isOfLine: Bool { visitor == Self.nobody || visitor.contains("@") }
}
