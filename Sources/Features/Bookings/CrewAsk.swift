/// A wish for a time of a link: whom it asks, in which order they are locked, and who takes it.
import Database
import Scheduling
import Web

struct CrewAsk: Sendable {
    let link: Link
    /// The booking to be moved.
    var booking: Booking?
    let start: Instant
    let ends: Instant
    /// Owners of time that counts as free: one's own hold.
    var claims: [String] = []
    var booker = Booker()
    /// How many attend, guests included.
    var people = 1
    /// Whom of those who take turns the attendee wants to meet.
    var chosen: ID<User>?
    let now: Instant
    let zones: Zones
    let scope: Scope

    var minutes: Int { Int((ends - start) / 60) }

    /// Locks those who may take it, and whose time is let go.
    ///
    /// All hosts of a link are locked; of a rotation only those who look free before, so that one link does not stop
    /// the whole team. The link's row is locked by the caller where it rotates.
    /// - Returns: those who are to be asked.
    func lock(in tx: Transaction) throws -> [LinkHost] {
        var crew = link.crew(moving: booking)
        // SQLite has one writer: what is read stays so.
        if link.rotates, tx.engine == .postgres {
            let free = Set(try times(of: crew, in: tx).eligible(at: start, duration: minutes))
            if !free.isEmpty { crew = crew.filter { free.contains($0.id.text) } }
        }
        var subjects = Set((crew + (booking?.hosts ?? [])).map(\.id.text))
        subjects.formUnion(link.rules.needs.flatMap(\.oneOf).map(\.text))
        subjects.formUnion(try tx.subjects(ofClaims: claims + (booking.map { [$0.id.text] } ?? [])))
        if link.hasSeats || booking?.session != nil {
            subjects.formUnion(try SeatStore.subjects(
                of: link.id, at: start, booking: booking?.id, holds: claims, scope: scope, in: tx))
        }
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: now)
        return crew
    }

    /// What makes them busy, read under the lock.
    func times(of crew: [LinkHost], in tx: Transaction) throws -> OfferedTimes {
        var times = try OfferedTimes(
            link: link, moving: booking, crew: crew, from: start, to: ends, ignoring: claims, people: people,
            booker: booker, now: now, zones: zones, scope: scope, in: tx)
        times.chosen = chosen
        return times
    }

    /// What it takes beside its hosts; a booking that is moved keeps what it has where that is free.
    func resources(_ times: OfferedTimes) -> [BookableResource] {
        guard !link.rules.needs.isEmpty else { return [] }
        let question = times.question(from: start, to: ends, duration: minutes)
        return times.needs.taken(question.explanation(at: start), keeping: booking?.resources ?? [])
    }

    /// Who takes it: all hosts, or of a rotation the one whose turn it is. A booking that is moved keeps its host as
    /// long as they are free.
    /// - Throws: ``NotTaken`` with the reason when the time cannot be had.
    func takers(_ times: OfferedTimes, in tx: Transaction) throws -> (hosts: [LinkHost], turns: [LinkRotation.Turn]) {
        if let reason = times.refusal(at: start, duration: minutes) { throw NotTaken(reason: reason) }
        if let session = times.session(at: start) { return (session.hosts, try turns(in: session, in: tx)) }
        guard link.rotates else { return (link.crew(moving: booking), []) }
        let question = times.question(from: start, to: ends, duration: minutes)
        if let choices = question.poolChoices(at: start) { return try takers(choices, in: tx) }
        if link.hasPools, let booking { return (booking.hosts, try leavingTurns(of: booking.hosts, in: tx)) }
        let free = times.eligible(at: start, duration: minutes)
        if let kept = booking?.hosts.first(where: { free.contains($0.id.text) }) {
            return ([kept], try leavingTurns(of: [kept], in: tx))
        }
        let stand = try LinkRotation(
            link, for: start, without: booking?.id, now: now, zones: zones, scope: scope, in: tx)
        guard let turn = stand.turn(among: free, preferred: preferred) else { throw NotTaken(reason: .overLead) }
        return ([turn.host], [turn])
    }

    /// Those who always attend, and out of each pool those whose turn it is. Whoever has the booking keeps it.
    private func takers(
        _ choices: PoolChoices, in tx: Transaction
    ) throws -> (hosts: [LinkHost], turns: [LinkRotation.Turn]) {
        var taken: Set<String> = []
        for host in booking?.hosts ?? [] {
            guard let pool = link.share(of: host.id).pool else { continue }
            if choices.next(of: pool, beside: taken).contains(host.id.text) { taken.insert(host.id.text) }
        }
        let first = try chosenTurn(in: tx)
        if let first { taken.insert(first.host.id.text) }
        let turns = try [first].compactMap(\.self) + turns(beside: &taken, after: first, in: tx) {
            choices.next(of: $0, beside: $1)
        }
        let pools = link.rules.pools.flatMap { link.hosts(of: $0.name) }.filter { taken.contains($0.id.text) }
        let all = link.attending.filter { choices.fixed.contains($0.id.text) } + pools
        // Where they are those it has, they stand as they did.
        if let booking, Set(booking.hosts.map(\.id)) == Set(all.map(\.id)) { return (booking.hosts, turns) }
        return (all, turns)
    }

    /// Fills each pool with those whose turn it is.
    /// - Parameters:
    ///   - taken: those who come already; whoever is taken joins them.
    ///   - first: the turn of one of them that is not written yet.
    ///   - next: who of a pool can be taken beside some, nobody once it is full.
    private func turns(
        beside taken: inout Set<String>, after first: LinkRotation.Turn? = nil, in tx: Transaction,
        next: (String, Set<String>) -> [String]
    ) throws -> [LinkRotation.Turn] {
        var turns: [LinkRotation.Turn] = []
        let (kept, last) = (taken, try AssignmentStore.last(of: link.id, scope: scope, in: tx))
        let before = first == nil ? 0 : 1
        for pool in link.rules.pools {
            var stand: LinkRotation?
            while case let free = next(pool.name, taken), !free.isEmpty {
                var now = try stand ?? LinkRotation(
                    link, pool: pool.name, for: start, without: booking?.id, keeping: kept, now: now, zones: zones,
                    scope: scope, in: tx)
                if stand == nil, let first, first.pool == pool.name {
                    now = now.after(first, number: last + before, now: self.now)
                }
                guard let turn = now.turn(among: free) else { throw NotTaken(reason: .overLead) }
                taken.insert(turn.host.id.text)
                turns.append(turn)
                stand = now.after(turn, number: last + before + turns.count, now: self.now)
            }
        }
        return turns
    }

    private var preferred: (host: String, ground: Rotation.Ground)? { chosen.map { ($0.text, .chosen) } }

    /// The turn of whom the attendee chose out of a pool.
    private func chosenTurn(in tx: Transaction) throws -> LinkRotation.Turn? {
        guard let chosen, link.hasPools, let pool = link.share(of: chosen).pool else { return nil }
        let stand = try LinkRotation(link, pool: pool, for: start, now: now, zones: zones, scope: scope, in: tx)
        return stand.turn(among: [chosen.text], preferred: preferred)
    }

    /// Where a room is free but too small for so many: the guests are what is wrong, not the time.
    func refuseGuests(_ reason: Reason, in tx: Transaction) throws {
        guard reason == .busyResource, people > 1 else { return }
        var alone = self
        alone.people = 1
        let times = try alone.times(of: link.crew(moving: booking), in: tx)
        guard times.refusal(at: start, duration: minutes) == nil else { return }
        let words = plain("No room for \(people) people is free at this time. Bring fewer guests or pick another time.")
        throw Invalid("guests", code: "too_many", words)
    }

    /// Whose turn a session is: of a rotation it counts for its hosts once somebody comes, not while seats are held.
    private func turns(in session: GroupSession, in tx: Transaction) throws -> [LinkRotation.Turn] {
        guard link.rotates, session.taken == 0 else { return [] }
        return try turns(of: session.hosts, in: tx)
    }

    /// Who leaves others behind with the same hosts comes to another session, which is one turn more for them.
    private func leavingTurns(of hosts: [LinkHost], in tx: Transaction) throws -> [LinkRotation.Turn] {
        guard link.hasSeats, let booking, try Seating.isShared(booking, scope: scope, in: tx) else { return [] }
        return try turns(of: hosts, in: tx)
    }

    /// The turns of hosts who are known to come.
    private func turns(of hosts: [LinkHost], in tx: Transaction) throws -> [LinkRotation.Turn] {
        if link.hasPools {
            var taken: Set<String> = []
            return try turns(beside: &taken, in: tx) { pool, taken in
                hosts.filter { link.share(of: $0.id).pool == pool }.map(\.id.text).filter { !taken.contains($0) }
            }
        }
        let stand = try LinkRotation(
            link, for: start, without: booking?.id, now: now, zones: zones, scope: scope, in: tx)
        return stand.turn(among: hosts.map(\.id.text)).map { [$0] } ?? []
    }

    struct NotTaken: Error {
        let reason: Reason
    }
}
