/// Cancelling a booking: the time is free at once, everybody is told, the row stays for the record.
import Database
import Scheduling
import Web

package struct CancelBooking: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin
    /// Whose token came with the wish, where an attendee's did.
    var asker = TokenHolder.attendee

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Cancels the booking, or refuses: it has started, or is over already.
    /// - Parameter quietly: nobody is told but its hosts.
    package func callAsFunction(
        _ id: ID<Booking>, reason: String = "", quietly: Bool = false, key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let (historyID, now): (ID<BookingHistory>, Instant) = (installation.world.id(), installation.world.now)
        let entry = AuditEntry(.bookingCancelled, of: id.text, from: origin, installation.world)
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: "cancel", keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            let scope = scope.about(booking.hosts.map(\.id))
            var cancelled = booking
            cancelled.state = try booking.state.step(.cancelled, now: now)
            if scope.actor == .attendee,
                let refusal = link.rules.changes.cancelRefusal(starts: booking.state.firstStart, now: now) {
                throw refusal
            }
            cancelled.reason = reason
            let zone = installation.world.zones.zone(booking.anchorZone) ?? .utc
            let local = cancelled.state.starts == booking.state.starts
                ? booking.anchorLocal : TimeWords.wall(cancelled.state.starts, in: zone)
            try BookingStore.save(cancelled, over: booking, local: local, now: now, scope: scope, in: tx)
            try tx.removeLedger(claim: id.text)
            try ApprovalStore.end(of: id, version: cancelled.state.version, scope: scope, in: tx)
            if booking.session != nil {
                try Seating(installation, link, now: now, scope: scope).giveUp(booking, in: tx)
            } else if link.rotates, link.rules.rotation.creditsCancelled {
                try AssignmentStore.credit(booking, scope: scope, in: tx)
            }
            try FreedTime(installation, now: now, scope: scope).by(booking, link: link, in: tx)
            try BookingStore.record(
                "cancelled", of: id, state: cancelled.state, from: booking.state.starts,
                to: booking.state.waiting?.kept?.start, reason: reason, id: historyID, now: now, scope: scope, in: tx)
            var deed = entry
            deed.targetName = "\(link.rules.title), \(booking.attendee.name)"
            try AuditStore.recordDeed(deed, scope: scope, in: tx)
            try BookingJobs.tell(
                .cancelled, of: cancelled, hostsAlone: quietly, world: installation.world, now: now, scope: scope,
                in: tx)
            let history = try BookingStore.history(of: id, scope: scope, in: tx)
            let told = BookingJSON(cancelled, link: link, history: history, zones: installation.world.zones)
            try WebhookEvent.bookingCancelled.publish(told, world: installation.world, now: now, scope: scope, in: tx)
            let reader = scope.actor == .attendee ? asker : nil
            let reply = Reply(status: 200, body: told.told(to: reader).json(token: nil).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("cancelling.before_commit")
            return reply
        }
        CrashPoint.reach("cancelling.after_commit")
        return reply
    }
}

extension BookingStore {
    /// The booking and its link, whose row is locked if its bookings hang on each other: first of all locks.
    /// - Parameter counting: whether limits are to be kept, too.
    static func withLink(
        _ id: ID<Booking>, counting: Bool = false, scope: Scope, in tx: Transaction
    ) throws -> (Booking, Link) {
        guard let booking = try find(id, scope: scope, in: tx),
            let link = try LinkStore.find(booking.link, scope: scope, in: tx)
        else { throw BookingRefusal.unknownToken }
        let isLocked = booking.session != nil || (counting ? link.hasOneAtATime : link.rotates)
        guard isLocked, let locked = try LinkStore.locked(link.id, scope: scope, in: tx) else {
            return (booking, link)
        }
        return (booking, locked)
    }

    /// The booking once its hosts are locked. Who has others by now was given away in between.
    static func again(_ seen: Booking, scope: Scope, in tx: Transaction) throws -> Booking {
        guard let booking = try find(seen.id, scope: scope, in: tx) else { throw BookingRefusal.unknownToken }
        guard booking.hosts.map(\.id) == seen.hosts.map(\.id) else { throw BookingRefusal.changedMeanwhile }
        return booking
    }

    /// The booking and its link, read again under the lock of its hosts and of those who are held for it.
    static func locked(
        _ id: ID<Booking>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> (Booking, Link) {
        let (seen, link) = try withLink(id, scope: scope, in: tx)
        let held = try tx.subjects(ofClaims: [id.text])
        let seated = seen.session == nil ? [] : try SeatStore.subjects(
            of: link.id, at: nil, booking: id, holds: [], scope: scope, in: tx)
        let subjects = Set(seen.hosts.map(\.id.text) + seen.resources.map(\.id.text) + held + seated).sorted()
        try tx.lockSubjects(subjects)
        try tx.dropExpiredHolds(of: subjects, now: now)
        return (try again(seen, scope: scope, in: tx), link)
    }

    /// Writes the changed booking over the one that was read; a hold for moving it ends with that.
    static func save(
        _ next: Booking, over before: Booking, local: String, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let saved = try update(
            before, to: next.state, anchorLocal: local, reason: next.reason, now: now, scope: scope, in: tx)
        guard saved else { throw BookingRefusal.changedMeanwhile }
        for session in try BookingTokenStore.deleteHolds(of: next.id, scope: scope, in: tx) {
            try Seating.settle(session, now: now, scope: scope, in: tx)
        }
        try ProposalStore.follow(next, over: before, now: now, scope: scope, in: tx)
    }
}
