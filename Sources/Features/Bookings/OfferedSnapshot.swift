/// What a link's times hang on, as it was at one commit: asked as often as that stays true.
import Database
import Scheduling

/// What keeps one person from being booked, whichever link asks.
package struct PersonTime: Sendable {
    let away: Away?
    /// What is busy until somebody says otherwise, by start.
    let busy: [Busy]
    /// What runs out by itself, and may be the asker's own.
    let holds: [LedgerRow]

    init(away: Away?, rows: [LedgerRow]) {
        self.away = away
        busy = rows.filter { $0.expires == nil }.map(Busy.init)
        holds = rows.filter { $0.expires != nil }
    }
}

/// The times of one link over some months. Time itself is no part of it: what ran out, is too soon or too far is found
/// when it is asked.
package final class OfferedSnapshot: Sendable {
    package let scope: Scope
    /// The versions that it was read with.
    let stamp: SnapshotStore.Stamp
    /// Of which time it knows who is busy.
    let range: Span
    private let times: OfferedTimes
    private let people: [String: PersonTime]
    /// With the place of whose it is.
    private let holds: [(host: Int, row: LedgerRow)]
    private let versions: [String: Int64]
    /// That of the zone files.
    private let edition: Int

    /// How far ahead it looks, in days: a call asks for 92 at most.
    private static let ahead = 100
    /// For how many days it need not look farther.
    private static let spare = 2

    var link: Link { times.link }
    package var zone: Zone { times.zone }

    /// How much memory it takes, roughly in busy spans.
    var weight: Int { people.values.reduce(100) { $0 + $1.busy.count + $1.holds.count * 10 + 20 } }

    /// Reads all of it, but for hosts of whom the older one still holds.
    init(
        _ link: Link, keeping old: OfferedSnapshot? = nil, stamp: SnapshotStore.Stamp, now: Instant, zones: Zones,
        scope: Scope, in tx: Transaction
    ) throws {
        let versions = try tx.subjectVersions(link.hosts.map(\.id.text))
        let (edition, old) = (zones.edition, old.flatMap { $0.reaches(of: link, now: now, zones: zones) ? $0 : nil })
        // Other rules may look farther back.
        let keeps = old?.stamp.link == stamp.link
        let known = keeps ? old?.people.filter { versions[$0.key] == old?.versions[$0.key] } ?? [:] : [:]
        // A clock may be a little behind that of whoever asks next.
        let range = old?.range ?? Span(
            start: now.adding(minutes: -10), end: Self.end(of: link, now: now, days: Self.ahead))
        var times = try OfferedTimes(
            link: link, from: range.start, to: range.end, known: known, now: now, zones: zones, scope: scope, in: tx)
        var people: [String: PersonTime] = [:]
        for (place, host) in times.hosts.enumerated() {
            let person = known[host.id] ?? PersonTime(away: times.away[host.id], rows: times.rows[host.id] ?? [])
            people[host.id] = person
            times.hosts[place].busy = person.busy
        }
        (self.scope, self.stamp, self.range, self.versions) = (scope, stamp, range, versions)
        (self.times, self.people, self.edition) = (times.withoutRows, people, edition)
        holds = times.hosts.enumerated().flatMap { place, host in
            (people[host.id]?.holds ?? []).map { (host: place, row: $0) }
        }
    }

    /// The end of what can be asked, and no farther than so many days.
    private static func end(of link: Link, now: Instant, days: Int) -> Instant {
        min(link.rules.window.horizon(now: now).adding(days: spare), now.adding(days: days))
    }

    /// Whether a snapshot tells all that is free before an instant, for as long as it need not be read again.
    static func reaches(_ end: Instant, now: Instant) -> Bool { end <= now.adding(days: ahead - spare) }

    /// Whether it still reaches as far as a new one had to.
    func reaches(now: Instant, zones: Zones) -> Bool { reaches(of: link, now: now, zones: zones) }

    private func reaches(of link: Link, now: Instant, zones: Zones) -> Bool {
        let needed = min(link.rules.window.horizon(now: now), now.adding(days: Self.ahead - Self.spare))
        return range.start <= now && needed <= range.end && edition == zones.edition
    }

    /// Whether all that could be free before `to` lies within it.
    func covers(until to: Instant, now: Instant) -> Bool {
        range.start <= now && min(to, link.rules.window.horizon(now: now)) <= range.end
    }

    /// The times as they are now.
    /// - Parameter claims: holds that count as free.
    func times(ignoring claims: [String] = [], booker: Booker, now: Instant) -> OfferedTimes {
        var times = times
        (times.now, times.booker) = (now, booker)
        for (host, hold) in holds where hold.lives(now, claims) {
            let at = times.hosts[host].busy.firstIndex { $0.starts > hold.starts }
            times.hosts[host].busy.insert(Busy(hold), at: at ?? times.hosts[host].busy.endIndex)
        }
        return times
    }
}

extension LedgerRow {
    fileprivate func lives(_ now: Instant, _ ignored: [String]) -> Bool {
        guard let expires, expires > now else { return false }
        return claim.map { !ignored.contains($0) } ?? true
    }
}

extension Link {
    /// Whether its times hang on nothing but what a stamp tells. Bookings that count against its uses, its limits or
    /// the lead of a host count no version of their hosts up in every case (a host who has left), so links with such
    /// rules are read for each question; and so are links with seats, of which some are held for a while.
    /// So are those that need a resource, whose version a stamp does not tell, and those that nobody has made.
    var keepsSnapshot: Bool {
        let hasLeads = rotates && rules.rotation.strategy == .equalDistribution && rules.rotation.maximumLead != nil
        return rules.access.mostUses == nil && rules.rhythm.limits.isEmpty && !hasLeads && rules.needs.isEmpty
            && !hasSeats && adHoc == nil
    }
}
