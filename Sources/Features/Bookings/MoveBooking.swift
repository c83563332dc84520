/// Moving a booking: the same booking, another time, one transaction; the old time is free again at once.
import Database
import Scheduling
import Web

package struct MoveBooking: Sendable {
    let installation: Installation
    /// The proposal that a move answers.
    var accepting: ID<Proposal>?
    /// Whose token came with the wish, and who is told the new one.
    var asker = TokenHolder.attendee

    package init(_ installation: Installation) { self.installation = installation }

    /// Moves the booking to `start`, or refuses and leaves it as it was.
    /// - Parameter zone: the one the attendee chose the time in; from now on the booking speaks it.
    /// - Returns: the API's booking with the attendee's new token; the old one has ended.
    package func callAsFunction(
        _ id: ID<Booking>, to start: Instant, reason: String = "", speaking zone: Zone? = nil, key: RequestKey? = nil,
        scope: Scope
    ) async throws -> Reply {
        let world = installation.world
        let token = NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace)
        let ids = HandOver.IDs(world)
        do {
            let reply = try await installation.database.write(scope) { tx in
                try write(id, to: start, reason: reason, zone: zone, key: key, token: token, ids: ids, scope: scope,
                          in: tx)
            }
            CrashPoint.reach("moving.after_commit")
            return reply
        } catch let gone as GoneWhileMoving {
            throw try await gone.slot.refusal(installation, link: gone.link, scope: scope)
        }
    }

    private func write(
        _ id: ID<Booking>, to start: Instant, reason: String, zone: Zone?, key: RequestKey?, token: NewToken,
        ids: HandOver.IDs, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let now = ids.now
        let replies = ReplyStore(scope: id.text, route: "reschedule", keyring: installation.keyring)
        if let reply = try replies.claim(key, now: now, in: tx) { return reply }
        let (booking, ask, crew, sheet) = try locked(id, to: start, speaking: zone, now: now, scope: scope, in: tx)
        let (link, before) = (ask.link, booking.state)
        let isProposed = try booking.isProposed(start, by: accepting, now: now)
        let event: BookingEvent = isProposed ? .rescheduled(starts: start, ends: ask.ends)
            : link.moving(booking, to: start, ends: ask.ends, by: scope.actor, now: now)
        let step = try before.step(event, now: now)
        // Whoever is asked for another time may choose one, whatever the link says.
        if scope.actor == .attendee, booking.question(now: now) == nil,
            let refusal = link.rules.changes.moveRefusal(starts: before.firstStart, now: now) { throw refusal }

        let times = try ask.times(of: crew, in: tx)
        // What is theirs already is not asked for again, however near it has come.
        let isTheirs = isProposed || step.status == .confirmed && step.confirmed == before.confirmed
        try sheet?.take(booking, now: now, scope: scope, in: tx)
        let (hosts, turns) = isTheirs || sheet != nil ? (booking.hosts, []) : try takers(ask, times, in: tx)
        let kept = isProposed ? try keptTime(of: booking, at: start, now: now, in: tx) : [:]

        var moved = booking
        (moved.state, moved.hosts, moved.reason) = (step, hosts, reason)
        moved.proposal = nil
        moved.resources = ask.resources(times)
        try BookingStore.save(moved, over: booking, local: TimeWords.wall(start, in: times.zone), now: now,
                              scope: scope, in: tx)
        if let zone, zone.name != booking.attendee.zone {
            moved.attendee.zone = zone.name
            try BookingStore.speak(zone, of: id, scope: scope, in: tx)
        }
        try take(&moved, over: booking, link: link, kept: kept, ids, scope: scope, in: tx)
        try BookingResourceStore.replace(moved, over: booking, scope: scope, in: tx)
        try FreedTime(installation, now: now, scope: scope).by(booking, link: link, in: tx)
        let handOver = HandOver(installation, from: booking, to: moved, link: link, ids: ids)
        try handOver.write(turns, scope: scope, in: tx)
        try BookingTokenStore.give(token, to: asker, of: booking, installation, now: now, scope: scope, in: tx)
        try BookingStore.record(
            "rescheduled", of: id, state: step, from: before.starts, to: start, reason: reason, id: ids.history,
            now: now, scope: scope, in: tx)
        try tell(moved, over: booking, handOver, scope: scope, in: tx)

        let history = try BookingStore.history(of: id, scope: scope, in: tx)
        let told = BookingJSON(moved, link: link, history: history, zones: installation.world.zones)
        try moved.event(after: booking)?.publish(told, world: installation.world, now: now, scope: scope, in: tx)
        let reader = scope.actor == .attendee ? asker : nil
        let reply = Reply(status: 200, body: told.told(to: reader).json(token: token.text).bytes)
        try replies.store(reply, for: key, in: tx)
        CrashPoint.reach("moving.before_commit")
        return reply
    }
}

extension MoveBooking {
    /// The ledger's rows. What is confirmed stays beside a wish, and alone when the wish is taken back.
    private func take(
        _ moved: inout Booking, over before: Booking, link: Link, kept: [String: LedgerRow], _ ids: HandOver.IDs,
        scope: Scope, in tx: Transaction
    ) throws {
        if link.hasSeats || before.session != nil, !moved.takesBack(before) {
            return try Seating(installation, link, now: ids.now, scope: scope).move(&moved, from: before, in: tx)
        }
        let id = moved.id.text
        if moved.isWaiting || moved.takesBack(before) {
            try tx.removeLedger(kind: .pending, ref: id)
        } else {
            try tx.removeLedger(claim: id)
        }
        if moved.takesBack(before) {
            moved.resources = try BookingResourceStore.left(to: id, scope: scope, in: tx)
        } else {
            let rows = moved.ledgerRows(link: link, world: installation.world, scope: scope)
            try tx.add(rows.map { row in kept[row.subject].map(row.asWritten) ?? row })
        }
        if link.rotates { try AssignmentStore.move(moved.id, to: moved.state.starts, scope: scope, in: tx) }
    }

    /// What a proposal keeps of a time, by whose it is: it stands as it was written, since the gaps of today could ask
    /// for time others have.
    private func keptTime(
        of booking: Booking, at start: Instant, now: Instant, in tx: Transaction
    ) throws -> [String: LedgerRow] {
        guard let proposal = booking.proposal, let first = proposal.times.first, let last = proposal.times.last else {
            return [:]
        }
        let subjects = try tx.subjects(ofClaims: [booking.id.text])
        let rows = try tx.ledger(of: subjects, from: first.start, to: last.end, now: now)
            .filter { $0.ref == proposal.id.text }
        // Travel before is the same for all times of one proposal.
        let travel = rows.map(\.starts).min().map { first.start - $0 } ?? 0
        let own = rows.filter { $0.starts == start.adding(seconds: -travel) }
        return Dictionary(own.map { ($0.subject, $0) }) { row, _ in row }
    }

    private func tell(
        _ moved: Booking, over before: Booking, _ handOver: HandOver, scope: Scope, in tx: Transaction
    ) throws {
        let now = handOver.ids.now
        guard !moved.isWaiting else { return try ApprovalJobs.ask(moved, installation, now: now, scope: scope, in: tx) }
        try ApprovalStore.end(of: moved.id, version: moved.state.version, scope: scope, in: tx)
        guard moved.takesBack(before) else { return try handOver.tell(.moved, scope: scope, in: tx) }
        try BookingJobs.tell(.stays, of: moved, world: installation.world, now: now, scope: scope, in: tx)
    }

    /// The booking, read again under the lock of all who may take it.
    private func locked(
        _ id: ID<Booking>, to start: Instant, speaking zone: Zone?, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> (Booking, CrewAsk, crew: [LinkHost], sheet: SheetMove?) {
        let (seen, link) = try BookingStore.withLink(id, counting: true, scope: scope, in: tx)
        let zones = installation.world.zones
        let sheet = accepting != nil ? nil : try SheetMove.find(seen, to: start, now: now, scope: scope, in: tx)
        var ask = CrewAsk(
            link: try sheet.map { link.seating($0.time) }
                ?? link.alone(for: seen, at: start, scope: scope, in: tx),
            booking: seen, start: start,
            ends: sheet?.time.ends ?? start.adding(seconds: seen.state.ends - seen.state.starts),
            booker: Booker(email: seen.attendee.email, zone: zone ?? zones.zone(seen.attendee.zone)),
            people: 1 + seen.guests.count, now: now, zones: zones, scope: scope)
        let crew = try ask.lock(in: tx)
        let booking = try BookingStore.again(seen, scope: scope, in: tx)
        ask.booking = booking
        return (booking, ask, crew, sheet)
    }

    private func takers(
        _ ask: CrewAsk, _ times: OfferedTimes, in tx: Transaction
    ) throws -> (hosts: [LinkHost], turns: [LinkRotation.Turn]) {
        do {
            return try ask.takers(times, in: tx)
        } catch let taken as CrewAsk.NotTaken {
            let slot = SlotGone(
                start: ask.start, minutes: ask.minutes, reason: taken.reason, booker: ask.booker,
                people: ask.people, now: ask.now,
                moving: ask.booking)
            throw GoneWhileMoving(slot: slot, link: ask.link.id)
        }
    }
}

extension Booking {
    /// Whether it is again where it was confirmed before another time was asked for.
    fileprivate func takesBack(_ before: Booking) -> Bool {
        !isWaiting && before.isWaiting && before.state.confirmed == state.confirmed
    }

    /// What programs are told: nothing of a wish that is taken back.
    fileprivate func event(after before: Booking) -> WebhookEvent? {
        if isWaiting { return .bookingPending }
        return takesBack(before) ? nil : .bookingRescheduled
    }
}

private struct GoneWhileMoving: Error {
    var slot: SlotGone
    var link: ID<Link>
}

extension LedgerRow {
    /// The same time with the travel and the gaps of `other`.
    fileprivate func asWritten(_ other: LedgerRow) -> LedgerRow {
        LedgerRow(
            id: id, subject: subject, workspace: workspace, kind: kind, ref: ref, claim: claim, starts: other.starts,
            ends: other.ends, gapBefore: other.gapBefore, gapAfter: other.gapAfter, expires: expires)
    }
}

extension BookingState {
    /// The state after `event`, its refusals in the words of the product.
    func step(_ event: BookingEvent, now: Instant) throws -> BookingState {
        do {
            return try applying(event, now: now).state
        } catch .started {
            throw BookingRefusal.meetingStarted
        } catch .unchanged {
            throw BookingRefusal.unchanged
        } catch .notStarted {
            throw BookingRefusal.notStarted
        } catch .notPossible(let status) {
            throw BookingRefusal.over(status)
        }
    }
}
