/// How the hosts of a round-robin link stand, and whose turn it is.
import Database
import Scheduling

struct LinkRotation: Sendable {
    let link: Link
    let rotation: Rotation
    /// What is counted; nil counts all there is.
    let period: Span?
    let standings: [Rotation.Standing]

    /// Reads how they stand for a booking that starts at `start`.
    /// - Parameter booking: one that is about to be given away: it does not count.
    init(
        _ link: Link, for start: Instant, without booking: ID<Booking>? = nil, now: Instant, zones: Zones,
        scope: Scope, in tx: Transaction
    ) throws {
        let rules = link.rules.rotation
        let name = try AssignmentStore.zoneName(scope: scope, in: tx)
        let period = rules.period(made: now, starting: start, zone: zones.zone(name) ?? .utc)
        let made = try AssignmentStore.counted(
            of: link.id, in: period, by: rules.countsBy, without: booking, scope: scope, in: tx)
        let members = try Self.members(of: link, since: made.first?.at ?? now, now: now, zones: zones, in: tx)
        self.link = link
        self.period = period
        rotation = Rotation(strategy: rules.strategy, members: members, maximumLead: rules.maximumLead)
        standings = rotation.standings(after: made)
    }

    /// The hosts who are there, with the days on which nothing could be given to them.
    static func members(
        of link: Link, since: Instant, now: Instant, zones: Zones, in tx: Transaction
    ) throws -> [Rotation.Member] {
        let hosts = link.hosts.filter { link.share(of: $0.id).isActive }
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
        let stand = try LinkRotation(link, for: start, now: now, zones: zones, scope: scope, in: tx)
        return Set(stand.standings.filter(stand.rotation.isTooFarAhead).map(\.host))
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
        return Turn(host: host, ground: choice.ground, judged: judged)
    }

    /// A host who was chosen, and why.
    struct Turn: Sendable {
        let host: LinkHost
        let ground: Rotation.Ground
        let judged: Judged
    }
}

extension LinkRotation.Turn {
    /// Writes that the booking is this host's. The link is locked; an assignment it had no longer counts.
    func write(
        _ booking: Booking, id: ID<Assignment>, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try AssignmentStore.credit(booking, scope: scope, in: tx)
        let number = try AssignmentStore.last(of: booking.link, scope: scope, in: tx) + 1
        let assignment = Assignment(
            id: id, link: booking.link, number: number, booking: booking.id, host: host.id, at: now,
            starts: booking.state.starts, creditedAfter: nil, ground: ground, judged: judged)
        try AssignmentStore.insert(assignment, scope: scope, in: tx)
    }
}

extension RotationRules {
    /// The month a booking counts in; nil where all count.
    func period(made: Instant, starting start: Instant, zone: Zone) -> Span? {
        guard period == .month else { return nil }
        let first = zone.local(at: countsBy == .creation ? made : start).date.firstOfMonth
        return Span(start: zone.instant(of: first), end: zone.instant(of: first.adding(days: 31).firstOfMonth))
    }
}
