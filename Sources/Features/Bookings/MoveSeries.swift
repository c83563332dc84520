/// Moving several meetings of a series at once: each by the same step, in the wall time of the series; all or none.
import Database
import Scheduling
import Web

package struct MoveSeries: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Moves the booking to `start`, and the others of the part to where the series then has them.
    ///
    /// - Parameters:
    ///   - leaves: meetings that cannot be had at their new time stay where they are, instead of refusing all.
    ///   - hosts: whose bookings alone are meant; nil means all.
    ///   - zone: the one the attendee chose the time in.
    /// - Returns: the series with the new tokens of what was moved.
    /// - Throws: `SeriesRefusal.taken` with what stands against it.
    package func callAsFunction(
        _ id: ID<Booking>, _ part: SeriesPart, to start: Instant, reason: String = "",
        leavingTaken leaves: Bool = false, by hosts: Set<ID<User>>? = nil, speaking zone: Zone? = nil,
        key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let ask = Ask(id: id, part: part, start: start, reason: reason, leaves: leaves, hosts: hosts, zone: zone)
        let draft = Draft(installation, scope)
        let reply = try await installation.database.write(scope) { tx in
            try write(ask, draft, key: key, scope: scope, in: tx)
        }
        CrashPoint.reach("moving.after_commit")
        return reply
    }

    private struct Ask: Sendable {
        let id: ID<Booking>
        let part: SeriesPart
        let start: Instant
        let reason: String
        let leaves: Bool
        let hosts: Set<ID<User>>?
        let zone: Zone?
    }

    /// All that must exist before the transaction begins.
    private struct Draft: Sendable {
        let histories: [ID<BookingHistory>]
        let tokens: [NewToken]
        let now: Instant

        init(_ installation: Installation, _ scope: Scope) {
            let world = installation.world
            histories = LinkSeries.places.map { _ in world.id() }
            tokens = LinkSeries.places.map { _ in
                NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace)
            }
            now = world.now
        }
    }

    private func write(
        _ ask: Ask, _ draft: Draft, key: RequestKey?, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let (world, now) = (installation.world, draft.now)
        let replies = ReplyStore(scope: ask.id.text, route: "series-reschedule", keyring: installation.keyring)
        if let reply = try replies.claim(key, now: now, in: tx) { return reply }
        let (seen, link) = try BookingStore.withLink(ask.id, counting: true, scope: scope, in: tx)
        let members = try SeriesMembers(of: seen, seenBy: ask.hosts, scope: scope, in: tx)
        guard !link.asksItsHost(scope.actor) else { throw SeriesRefusal.asksHost }
        let meant = try SeriesMembers.locked(
            members.toCome(ask.part, from: seen, now: now), link: link, now: now, scope: scope, in: tx)
        let plan = try targets(meant, ask, seen, members.series, now: now, link: link, scope: scope)
        let moving = Moving(
            installation: installation, link: link, plan: plan, reason: ask.reason, zone: ask.zone, now: now,
            scope: scope)
        let (moved, conflicts) = try moving.callAsFunction(draft.histories, draft.tokens, in: tx)
        if !conflicts.isEmpty, !ask.leaves || moved.isEmpty {
            throw SeriesRefusal.taken(SeriesPlan(
                zone: world.zones.zone(members.series.anchorZone) ?? .utc, weeks: members.series.weeks,
                count: members.series.count, occurrences: conflicts))
        }
        let version = try SeriesStore.countUp(members.series.id, scope: scope, in: tx)
        try SeriesJobs.tell(.moved, of: moved.map(\.booking), series: members.series.id, version: version,
                            world: world, now: now, scope: scope, in: tx)
        let tokens = Dictionary(moved.map { ($0.booking.id, $0.token) }) { first, _ in first }
        let reply = try SeriesMembers.reply(
            seen, changed: moved.map(\.booking.id), tokens: tokens, seenBy: ask.hosts, zones: world.zones, scope: scope,
            in: tx)
        try replies.store(reply, for: key, in: tx)
        CrashPoint.reach("moving.before_commit")
        return reply
    }

    /// Where each of them shall be. What is there already, or its attendee may not move any more, is left out.
    private func targets(
        _ meant: [Booking], _ ask: Ask, _ seen: Booking, _ series: Series, now: Instant, link: Link, scope: Scope
    ) throws -> [(booking: Booking, start: Instant)] {
        let zone = installation.world.zones.zone(series.anchorZone) ?? .utc
        let recurrence = Recurrence(first: ask.start, zone: zone, weeks: series.weeks)
        let own = seen.series?.index ?? 0
        let refusals = meant.map { booking in
            scope.actor == .attendee
                ? link.rules.changes.moveRefusal(starts: booking.state.firstStart, now: now) : nil
        }
        let open = zip(meant, refusals).filter { $0.1 == nil }.map(\.0)
        guard !open.isEmpty else { throw refusals.compactMap(\.self).first ?? SeriesRefusal.nothingLeft as any Refusal }
        let plan = open.map { (booking: $0, start: recurrence.start(($0.series?.index ?? 0) - own)) }
            .filter { $0.booking.state.starts != $0.start }
        guard !plan.isEmpty else { throw BookingRefusal.unchanged }
        return plan
    }
}

/// Moves the planned bookings one after the other; the time of those that are still to be moved counts as free.
private struct Moving {
    let installation: Installation
    let link: Link
    let plan: [(booking: Booking, start: Instant)]
    let reason: String
    let zone: Zone?
    let now: Instant
    let scope: Scope

    private var world: World { installation.world }

    func callAsFunction(
        _ histories: [ID<BookingHistory>], _ tokens: [NewToken], in tx: Transaction
    ) throws -> (moved: [(booking: Booking, token: String)], conflicts: [Occurrence]) {
        // Those that find no place keep their time, and that is known only once each has been asked: so the ones that
        // can move are looked for first, with all others out of the way, then again with the staying ones in it.
        var (going, conflicts) = (plan, [Occurrence]())
        while true {
            let refused = try conflictsAmong(going, in: tx)
            guard !refused.isEmpty else { break }
            conflicts += refused
            let stays = Set(refused.map(\.index))
            going = going.filter { !stays.contains($0.booking.series?.index ?? 0) }
        }
        for place in going { try tx.removeLedger(claim: place.booking.id.text) }
        var moved: [(Booking, String)] = []
        for (offset, place) in going.enumerated() {
            let rest = going[(offset + 1)...].map(\.booking.id.text)
            let booking = try move(place, ignoring: rest, histories[offset], tokens[offset], in: tx)
            moved.append((booking, tokens[offset].text))
        }
        return (moved, conflicts.sorted { $0.index < $1.index })
    }

    /// Which of them cannot be at their new time, if all of them leave their old one.
    private func conflictsAmong(
        _ going: [(booking: Booking, start: Instant)], in tx: Transaction
    ) throws -> [Occurrence] {
        let claims = going.map(\.booking.id.text)
        var before: [(Meeting, Set<String>)] = []
        return try going.compactMap { place in
            let ask = ask(place, ignoring: claims)
            var times = try ask.times(of: link.crew(moving: place.booking), in: tx)
            for (meeting, hosts) in before { times.count(meeting, of: hosts) }
            let reason = times.refusal(at: ask.start, duration: ask.minutes)
            before.append((Meeting(start: ask.start, minutes: ask.minutes), Set(place.booking.hosts.map(\.id.text))))
            guard let reason else { return nil }
            return Occurrence(
                index: place.booking.series?.index ?? 0, start: ask.start, ends: ask.ends, reason: reason)
        }
    }

    private func ask(_ place: (booking: Booking, start: Instant), ignoring claims: [String]) -> CrewAsk {
        let booking = place.booking
        return CrewAsk(
            link: link, booking: booking, start: place.start,
            ends: place.start.adding(seconds: booking.state.ends - booking.state.starts), claims: claims,
            booker: Booker(email: booking.attendee.email, zone: zone ?? world.zones.zone(booking.attendee.zone)),
            people: 1 + booking.guests.count, now: now, zones: world.zones, scope: scope)
    }

    private func takers(
        _ ask: CrewAsk, _ times: OfferedTimes, in tx: Transaction
    ) throws -> (hosts: [LinkHost], turns: [LinkRotation.Turn]) {
        do {
            return try ask.takers(times, in: tx)
        } catch let taken as CrewAsk.NotTaken {
            let place = ask.booking?.series
            throw SeriesRefusal.taken(SeriesPlan(
                zone: times.zone, weeks: place?.weeks ?? 1, count: place?.count ?? 1, occurrences: [
                    Occurrence(index: place?.index ?? 0, start: ask.start, ends: ask.ends, reason: taken.reason),
                ]))
        }
    }

    /// One of them, as if it were moved alone; but for its mail.
    private func move(
        _ place: (booking: Booking, start: Instant), ignoring rest: [String], _ history: ID<BookingHistory>,
        _ token: NewToken, in tx: Transaction
    ) throws -> Booking {
        let (booking, id, ask) = (place.booking, place.booking.id, ask(place, ignoring: rest))
        let scope = scope.about(booking.hosts.map(\.id))
        let step = try booking.state.step(.rescheduled(starts: ask.start, ends: ask.ends), now: now)
        let times = try ask.times(of: link.crew(moving: booking), in: tx)
        let (hosts, turns) = try takers(ask, times, in: tx)
        var moved = booking
        (moved.state, moved.hosts, moved.reason) = (step, hosts, reason)
        moved.resources = ask.resources(times)
        try BookingStore.save(
            moved, over: booking, local: TimeWords.wall(ask.start, in: times.zone), now: now, scope: scope, in: tx)
        if let zone, zone.name != booking.attendee.zone {
            moved.attendee.zone = zone.name
            try BookingStore.speak(zone, of: id, scope: scope, in: tx)
        }
        try tx.add(moved.ledgerRows(link: link, world: world, scope: scope))
        try BookingResourceStore.replace(moved, over: booking, scope: scope, in: tx)
        if link.rotates { try AssignmentStore.move(id, to: ask.start, scope: scope, in: tx) }
        if Set(hosts.map(\.id)) != Set(booking.hosts.map(\.id)) {
            try BookingStore.replace(hostsOf: moved, scope: scope, in: tx)
            try turns.write(moved, world: world, now: now, scope: scope, in: tx)
            for host in booking.hosts where !hosts.contains(where: { $0.id == host.id }) {
                try BookingJobs.tell(
                    .cancelled, "left.\(host.id)", of: moved, world: world, now: now, scope: scope, in: tx)
            }
        }
        try ApprovalStore.end(of: id, version: step.version, scope: scope, in: tx)
        try BookingTokenStore.rotate(token, booking: id, now: now, scope: scope, in: tx)
        try BookingStore.record(
            "rescheduled", of: id, state: step, from: booking.state.starts, to: ask.start, reason: reason, id: history,
            now: now, scope: scope, in: tx)
        let told = BookingJSON(
            moved, link: link, history: try BookingStore.history(of: id, scope: scope, in: tx), zones: world.zones)
        try WebhookEvent.bookingRescheduled.publish(told, world: world, now: now, scope: scope, in: tx)
        return moved
    }
}
