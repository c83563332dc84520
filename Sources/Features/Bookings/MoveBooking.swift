/// Moving a booking: the same booking, another time, one transaction; the old time is free again at once.
import Database
import Scheduling
import Web

package struct MoveBooking: Sendable {
    let installation: Installation

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
        let (historyID, now): (ID<BookingHistory>, Instant) = (world.id(), world.now)
        do {
            let reply = try await installation.database.write(scope) { tx in
                try write(id, to: start, reason: reason, zone: zone, key: key, token: token, historyID: historyID,
                          now: now, scope: scope, in: tx)
            }
            CrashPoint.reach("moving.after_commit")
            return reply
        } catch let gone as GoneWhileMoving {
            throw try await gone.slot.refusal(installation, link: gone.link, scope: scope)
        }
    }

    private func write(
        _ id: ID<Booking>, to start: Instant, reason: String, zone: Zone?, key: RequestKey?, token: NewToken,
        historyID: ID<BookingHistory>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let replies = ReplyStore(scope: id.text, route: "reschedule", keyring: installation.keyring)
        if let reply = try replies.claim(key, now: now, in: tx) { return reply }
        let (booking, link) = try BookingStore.locked(id, counting: true, now: now, scope: scope, in: tx)
        let before = booking.state
        let ends = start.adding(seconds: before.ends - before.starts)
        let step = try before.step(.rescheduled(starts: start, ends: ends), now: now)
        if scope.actor == .attendee,
            let refusal = link.rules.changes.moveRefusal(starts: before.starts, now: now) { throw refusal }

        let zones = installation.world.zones
        let booker = Booker(email: booking.attendee.email, zone: zone ?? zones.zone(booking.attendee.zone))
        let times = try OfferedTimes(
            link: link, from: start, to: ends, ignoring: [id.text], booker: booker, now: now, zones: zones,
            scope: scope, in: tx)
        let minutes = Int((ends - start) / 60)
        if let refused = times.refusal(at: start, duration: minutes) {
            let slot = SlotGone(
                start: start, minutes: minutes, reason: refused, ignoring: [id.text], booker: booker, now: now,
                moving: before)
            throw GoneWhileMoving(slot: slot, link: link.id)
        }

        var moved = booking
        moved.state = step
        moved.reason = reason
        try BookingStore.save(moved, over: booking, local: TimeWords.wall(start, in: times.zone), now: now,
                              scope: scope, in: tx)
        if let zone, zone.name != booking.attendee.zone {
            moved.attendee.zone = zone.name
            try BookingStore.speak(zone, of: id, scope: scope, in: tx)
        }
        try tx.removeLedger(claim: id.text)
        try tx.add(moved.ledgerRows(link: link, world: installation.world, scope: scope))
        try BookingTokenStore.rotate(token, booking: id, now: now, scope: scope, in: tx)
        try BookingStore.record(
            "rescheduled", of: id, state: step, from: before.starts, to: start, reason: reason, id: historyID, now: now,
            scope: scope, in: tx)
        try BookingJobs.tell(.moved, of: moved, world: installation.world, now: now, scope: scope, in: tx)

        let history = try BookingStore.history(of: id, scope: scope, in: tx)
        let told = BookingJSON(moved, link: link, history: history, zones: installation.world.zones)
        try WebhookEvent.bookingRescheduled.publish(told, world: installation.world, now: now, scope: scope, in: tx)
        let reply = Reply(status: 200, body: told.json(token: token.text).bytes)
        try replies.store(reply, for: key, in: tx)
        CrashPoint.reach("moving.before_commit")
        return reply
    }
}

private struct GoneWhileMoving: Error {
    var slot: SlotGone
    var link: ID<Link>
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
