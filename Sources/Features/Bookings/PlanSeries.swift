/// The meetings of a series one by one, before anything is stored: which are free, and what else there is.
import Database
import Scheduling
import Web

package struct PlanSeries: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameter minutes: how long each meeting lasts.
    /// - Throws: `SeriesRefusal` where the link takes no such series.
    package func callAsFunction(
        _ request: BookingRequest, _ wish: SeriesWish, lasting minutes: Int, link id: ID<Link>, scope: Scope
    ) async throws -> SeriesPlan {
        let (now, zones) = (installation.world.now, installation.world.zones)
        return try await installation.database.read(scope) { tx in
            guard let link = try LinkStore.find(id, scope: scope, in: tx) else { throw LinkRefusal.notFound }
            let series = try link.series(for: wish)
            let hold = try BookingTokenStore.picked(request.holdToken, link: id, scope: scope, in: tx)
            let zone = try link.anchor(zones, scope: scope, in: tx)
            let look = Look(
                link: link, minutes: minutes, claims: hold?.claims ?? [],
                booker: Booker(email: request.attendee.email, zone: zones.zone(request.attendee.zone)),
                people: 1 + request.guests.count, chosen: request.host ?? hold?.chosenHost, zone: zone, now: now,
                zones: zones, scope: scope)
            let starts = try wish.starts(Recurrence(first: request.start, zone: zone, weeks: series.weeks))
            return SeriesPlan(
                zone: zone, weeks: series.weeks, count: wish.count, occurrences: try look.occurrences(starts, in: tx))
        }
    }
}

extension PlanSeries {
    /// Looks at one meeting after the other; those before it count as if they were booked.
    struct Look {
        let link: Link
        let minutes: Int
        let claims: [String]
        let booker: Booker
        let people: Int
        let chosen: ID<User>?
        let zone: Zone
        let now: Instant
        let zones: Zones
        let scope: Scope

        func occurrences(_ starts: [(index: Int, start: Instant)], in tx: Transaction) throws -> [Occurrence] {
            let all = try starts.map { place in try times(of: place, crew: link.hosts, in: tx) }
            let one = try SeriesCrew.one(
                link, zip(starts, all).map { $1.eligible(at: $0.start, duration: minutes) }, from: starts[0].start,
                now: now, zones: zones, scope: scope, in: tx)
            let crew = one.map { [$0.host] } ?? link.hosts
            var before: [(meeting: Meeting, hosts: Set<String>)] = []
            return try starts.map { place in
                var times = try times(of: place, crew: crew, in: tx)
                for (meeting, hosts) in before { times.count(meeting, of: hosts) }
                let reason = times.refusal(at: place.start, duration: minutes)
                var occurrence = Occurrence(
                    index: place.index, start: place.start, ends: place.start.adding(minutes: minutes), reason: reason)
                if reason == nil {
                    let free = times.eligible(at: place.start, duration: minutes)
                    let takers = link.rotates && !link.hasPools ? Array(free.prefix(1)) : crew.map(\.id.text)
                    before.append((Meeting(start: place.start, minutes: minutes), Set(takers)))
                } else {
                    occurrence.alternatives = alternatives(times, to: place.start)
                }
                return occurrence
            }
        }

        /// What the link offers on the day of the meeting.
        private func times(
            of place: (index: Int, start: Instant), crew: [LinkHost], in tx: Transaction
        ) throws -> OfferedTimes {
            let day = day(of: place.start)
            var times = try OfferedTimes(
                link: place.index == 0 ? link : link.inSeries, crew: crew, from: day.start, to: day.end,
                ignoring: claims, people: people, booker: booker, now: now, zones: zones, scope: scope, in: tx)
            times.chosen = chosen
            return times
        }

        private func day(of start: Instant) -> Span {
            let date = zone.local(at: start).date
            return Span(start: zone.instant(of: date), end: zone.instant(of: date.adding(days: 1)))
        }

        /// The nearest free times of that day.
        private func alternatives(_ times: OfferedTimes, to start: Instant) -> [Instant] {
            let day = day(of: start)
            let slots = times.question(from: day.start, to: day.end, duration: minutes).slots().map(\.start)
            return slots.sorted { abs($0 - start) < abs($1 - start) }.prefix(BookingLimits.alternatives).sorted()
        }
    }
}

/// Who takes a series in which the host stays the same.
enum SeriesCrew {
    /// Where one host of a rotation takes all: whose turn it is of those who can take the first and most of the
    /// others. Nil where hosts do not take turns, where each meeting goes its own way, and where nobody can.
    ///
    /// - Parameter eligible: who could take each of the meetings.
    static func one(
        _ link: Link, _ eligible: [[String]], from start: Instant, now: Instant, zones: Zones, scope: Scope,
        in tx: Transaction
    ) throws -> LinkRotation.Turn? {
        guard link.rules.series?.host == .same, link.rotates, !link.hasPools else { return nil }
        let counts = eligible.joined().reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let first = Set(eligible.first ?? [])
        let most = first.compactMap { counts[$0] }.max()
        let best = first.filter { counts[$0] == most }
        guard !best.isEmpty else { return nil }
        return try LinkRotation(link, for: start, now: now, zones: zones, scope: scope, in: tx).turn(among: Array(best))
    }
}

extension Link {
    /// How the link repeats, for as many meetings as are asked for.
    func series(for wish: SeriesWish) throws -> LinkSeries {
        guard let series = rules.series else { throw SeriesRefusal.notRepeating }
        guard wish.count <= series.count else { throw SeriesRefusal.tooMany(most: series.count) }
        return series
    }

    /// The zone in which its series keep their time of day: that of its hours.
    func anchor(_ zones: Zones, scope: Scope, in tx: Transaction) throws -> Zone {
        let schedule = try ScheduleStore.find(schedule, scope: scope, in: tx)
        guard let zone = schedule.flatMap({ zones.zone($0.zone) }) else { throw LinkRefusal.notFound }
        return zone
    }
}
