/// The one way from stored rows to the engine's question: listing, holding, booking and moving all ask through here.
import Database
import Scheduling

package struct OfferedTimes: Sendable {
    package var link: Link
    package var zone: Zone
    package var hosts: [Host]
    package var now: Instant

    /// How far a busy row may reach into a range through its buffers and gaps, in seconds.
    private static let reach: Int64 = 2 * 480 * 60

    /// Reads what makes the link's hosts busy between two instants.
    /// - Parameters:
    ///   - claims: owners of time that shall count as free: one's own hold, the booking being moved.
    ///   - hours: what the link's schedule would be, to look at before saving; nil takes the stored one.
    /// - Throws: `LinkRefusal.notFound` when schedule or zone are gone.
    package init(
        link: Link, from: Instant, to: Instant, ignoring claims: [String] = [], hours: Schedule? = nil, now: Instant,
        zones: Zones, scope: Scope, in tx: Transaction
    ) throws {
        guard let schedule = try hours ?? ScheduleStore.find(link.schedule, scope: scope, in: tx),
            let availability = schedule.availability(zones: zones)
        else { throw LinkRefusal.notFound }
        let subjects = link.hosts.map(\.id.text)
        let days = Self.dates(from: from, to: to)
        let away = try TimeAwayStore.away(of: subjects, from: days.first, through: days.last, in: tx)
        let rows = try tx.ledger(
            of: subjects, from: from.adding(seconds: -Self.reach), to: to.adding(seconds: Self.reach), now: now,
            without: claims)
        let busy = Dictionary(grouping: rows, by: \.subject)
        self.link = link
        self.zone = availability.zone
        self.now = now
        hosts = subjects.map { subject in
            let hours = away[subject]?.over(availability, from: days.first, through: days.last, zones: zones)
            return Host(id: subject, availability: hours ?? availability, busy: (busy[subject] ?? []).map(Busy.init))
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

    /// The engine's question for this link between two instants.
    package func question(from: Instant, to: Instant, duration: Int? = nil) -> SlotQuestion {
        SlotQuestion(rules: link.slotRules(zone: zone, duration: duration), hosts: hosts, now: now, from: from, to: to)
    }

    /// Why `start` cannot be taken, nil when it can.
    package func refusal(at start: Instant, duration: Int? = nil) -> Reason? {
        let minutes = duration ?? link.rules.duration
        return question(from: start, to: start.adding(minutes: minutes), duration: minutes).refusal(at: start)
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
            if let hours { schedule?.weekly = hours }
            let times = try OfferedTimes(
                link: link, from: from, to: to, hours: schedule, now: installation.world.now,
                zones: installation.world.zones, scope: scope, in: tx)
            return (times.question(from: from, to: to), times.zone)
        }
    }
}

extension Busy {
    fileprivate init(_ row: LedgerRow) {
        self.init(
            starts: row.starts, ends: row.ends, kind: row.kind, gapBefore: row.gapBefore, gapAfter: row.gapAfter)
    }
}
