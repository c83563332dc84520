/// How the hosts of a round-robin link stand, and whose turn it is.
import Database
import Scheduling

struct LinkRotation: Sendable {
    let link: Link
    /// Whose hosts they are; nil where all hosts of the link take turns.
    let pool: String?
    let rotation: Rotation
    /// What is counted; nil counts all there is.
    let period: Span?
    private(set) var standings: [Rotation.Standing]

    /// Reads how they stand for a booking that starts at `start`.
    /// - Parameters:
    ///   - pool: those of one pool; nil for a link without.
    ///   - booking: one that is about to be given away: it does not count, but for those who keep it.
    init(
        _ link: Link, pool: String? = nil, for start: Instant, without booking: ID<Booking>? = nil,
        keeping: Set<String> = [], now: Instant, zones: Zones, scope: Scope, in tx: Transaction
    ) throws {
        let rules = link.rules.rotation
        let name = try AssignmentStore.zoneName(scope: scope, in: tx)
        let period = rules.period(made: now, starting: start, zone: zones.zone(name) ?? .utc)
        let made = try AssignmentStore.counted(
            of: link.id, pool: pool, in: period, by: rules.countsBy, without: booking, keeping: keeping, scope: scope,
            in: tx)
        let members = try Self.members(
            of: link, pool: pool, since: made.first?.at ?? now, now: now, zones: zones, in: tx)
        (self.link, self.pool) = (link, pool)
        self.period = period
        rotation = Rotation(strategy: rules.strategy, members: members, maximumLead: rules.maximumLead)
        standings = rotation.standings(after: made)
    }

    /// The hosts who are there, with the days on which nothing could be given to them.
    static func members(
        of link: Link, pool: String? = nil, since: Instant, now: Instant, zones: Zones, in tx: Transaction
    ) throws -> [Rotation.Member] {
        let hosts = (pool.map(link.hosts(of:)) ?? link.hosts).filter { link.share(of: $0.id).isActive }
        let (first, last) = (Zone.utc.local(at: since).date, Zone.utc.local(at: now).date.adding(days: 1))
        let away = try TimeAwayStore.away(of: hosts.map(\.id.text), from: first, through: last, in: tx)
        return hosts.map { host in
            let (share, zone) = (link.share(of: host.id), zones.zone(host.zone) ?? .utc)
            let spans = (away[host.id.text]?.spans ?? []).map { span in
                Span(start: zone.instant(of: span.from), end: zone.instant(of: span.to.adding(days: 1)))
            }
            return Rotation.Member(
                host: host.id.text, priority: share.priority, weight: share.weight, joined: share.joinedAt,
                away: spans)
        }
    }

    /// The hosts who are so far ahead that they are not offered for now.
    static func tooFarAhead(
        _ link: Link, at start: Instant, now: Instant, zones: Zones, scope: Scope, in tx: Transaction
    ) throws -> Set<String> {
        let rules = link.rules.rotation
        guard link.rotates, rules.strategy == .equalDistribution, rules.maximumLead != nil else { return [] }
        return Set(try link.turns.flatMap { pool in
            let stand = try LinkRotation(
                link, pool: pool, for: start, now: now, zones: zones, scope: scope, in: tx)
            return stand.standings.filter(stand.rotation.isTooFarAhead).map(\.host)
        })
    }

    /// Whose turn it is among those who are free; nil when nobody may take it.
    func turn(among free: [String], preferred: (host: String, ground: Rotation.Ground)? = nil) -> Turn? {
        let free = Set(free)
        guard let choice = rotation.choose(among: free, preferred: preferred, standings: standings),
            let host = link.hosts.first(where: { $0.id.text == choice.host })
        else { return nil }
        let rules = link.rules.rotation
        let judged = Judged(
            strategy: rules.strategy, maximumLead: rules.maximumLead, countsBy: rules.countsBy, period: period,
            hosts: standings.map { Judged.OfHost(standing: $0, isFree: free.contains($0.host)) })
        return Turn(host: host, ground: choice.ground, judged: judged, pool: pool)
    }

    /// How they stand once somebody was given the booking, for the next one who is taken beside them.
    func after(_ turn: Turn, number: Int, now: Instant) -> LinkRotation {
        var next = self
        next.standings = rotation.after(
            Rotation.Assignment(host: turn.host.id.text, at: now, number: number), standings)
        return next
    }

    /// A host who was chosen, and why.
    struct Turn: Sendable {
        let host: LinkHost
        let ground: Rotation.Ground
        let judged: Judged
        let pool: String?
    }
}

extension [LinkRotation.Turn] {
    /// Writes that the booking is these hosts'. The link is locked; assignments of others it had no longer count.
    func write(_ booking: Booking, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard !isEmpty else { return }
        let stays = Set(booking.hosts.map(\.id)).subtracting(map(\.host.id))
        try AssignmentStore.credit(booking, keeping: stays, scope: scope, in: tx)
        let last = try AssignmentStore.last(of: booking.link, scope: scope, in: tx)
        for (place, turn) in enumerated() {
            var assignment = Assignment(
                id: world.id(), link: booking.link, number: last + 1 + place, booking: booking.id,
                host: turn.host.id, at: now, starts: booking.state.starts, creditedAfter: nil, ground: turn.ground,
                judged: turn.judged)
            assignment.pool = turn.pool
            try AssignmentStore.insert(assignment, scope: scope, in: tx)
        }
    }
}

extension Link {
    /// Who takes turns with each other: the hosts of each pool, or all (nil).
    var turns: [String?] { hasPools ? rules.pools.map(\.name) : [nil] }
}

extension RotationRules {
    /// The month a booking counts in; nil where all count.
    func period(made: Instant, starting start: Instant, zone: Zone) -> Span? {
        guard period == .month else { return nil }
        let first = zone.local(at: countsBy == .creation ? made : start).date.firstOfMonth
        return Span(start: zone.instant(of: first), end: zone.instant(of: first.adding(days: 31).firstOfMonth))
    }
}
