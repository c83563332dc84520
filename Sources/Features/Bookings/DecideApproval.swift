/// Deciding about a booking that waits for its host: one decision, whoever is first, and everybody is told once.
import Database
import Scheduling
import Web

package struct DecideApproval: Sendable {
    static let route = "approval"

    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    private var world: World { installation.world }

    /// Decides, or refuses and leaves everything as it was.
    /// - Parameter version: the one that was looked at; nil decides about whatever there is.
    /// - Throws: `ApprovalRefusal`; `BookingRefusal.changedMeanwhile` for another version than the one seen.
    package func callAsFunction(
        _ id: ID<Booking>, _ decision: Decision, seen version: Int? = nil, key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let (historyID, now): (ID<BookingHistory>, Instant) = (world.id(), world.now)
        let action: AuditAction = decision == .approved ? .bookingApproved : .bookingDeclined
        let entry = AuditEntry(action, of: id.text, from: origin, world)
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: Self.route, keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            guard booking.isWaiting else { throw ApprovalRefusal.notWaiting(booking.state.status) }
            if let version, version != booking.state.version { throw BookingRefusal.changedMeanwhile }
            let told = try write(decision, booking, link, historyID, now: now, scope: scope, in: tx)
            var deed = entry
            deed.targetName = "\(link.rules.title), \(booking.attendee.name)"
            try AuditStore.recordDeed(deed, scope: scope, in: tx)
            let reply = Reply(status: 200, body: told.json(token: nil).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("deciding.before_commit")
            return reply
        }
        CrashPoint.reach("deciding.after_commit")
        return reply
    }

    /// The end of a wish that nobody answered. A newer one has a deadline, and a job, of its own.
    /// - Returns: false when nothing had run out.
    func expire(_ id: ID<Booking>, scope: Scope) async throws -> Bool {
        let (historyID, now): (ID<BookingHistory>, Instant) = (world.id(), world.now)
        return try await installation.database.write(scope) { tx in
            guard let seen = try BookingStore.find(id, scope: scope, in: tx), seen.hasRunOut(at: now) else {
                return false
            }
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            guard booking.hasRunOut(at: now) else { return false }
            _ = try write(.expired, booking, link, historyID, now: now, scope: scope, in: tx)
            CrashPoint.reach("expiring.before_commit")
            return true
        }
    }

    private func write(
        _ decision: Decision, _ booking: Booking, _ link: Link, _ historyID: ID<BookingHistory>, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws -> BookingJSON {
        let (event, word) = decision.event
        var decided = booking
        decided.state = try step(booking.state, event, now: now)
        if case .declined(let reason) = decision { decided.reason = reason }
        let (before, after) = (booking.state, decided.state)
        let zone = world.zones.zone(booking.anchorZone) ?? .utc
        let local = before.starts == after.starts
            ? booking.anchorLocal : TimeWords.wall(after.starts, in: zone)
        try BookingStore.save(decided, over: booking, local: local, now: now, scope: scope, in: tx)
        try settle(decision, booking, decided, link, now: now, scope: scope, in: tx)
        let freed = FreedTime(installation, now: now, scope: scope)
        if decision != .approved {
            try freed.by(booking, link: link, in: tx)
        } else if before.waiting?.kept != nil {
            _ = try freed.look(for: booking.hosts, because: "\(booking.id)|\(after.version)", in: tx)
        }
        if decision != .approved, after.status == .confirmed {
            decided.resources = try BookingResourceStore.left(to: booking.id.text, scope: scope, in: tx)
            try BookingResourceStore.replace(decided, over: booking, scope: scope, in: tx)
        }
        try ApprovalStore.end(of: booking.id, version: after.version, scope: scope, in: tx)
        // Of a wish to move: where it was, and where it is now.
        let from = decision == .approved ? before.waiting?.kept?.start : before.starts
        let to = decision == .approved || before.waiting?.kept != nil ? after.starts : nil
        try BookingStore.record(
            word, of: booking.id, state: after, from: from, to: to, reason: decision.reason, id: historyID, now: now,
            scope: scope, in: tx)
        try BookingJobs.tell(decision.news, of: decided, world: world, now: now, scope: scope, in: tx)
        let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
        let told = BookingJSON(decided, link: link, history: history, zones: world.zones)
        for event in decision.webhooks(wasMove: before.waiting?.kept != nil) {
            try event.publish(told, world: world, now: now, scope: scope, in: tx)
        }
        return told
    }

    private func step(_ state: BookingState, _ event: BookingEvent, now: Instant) throws -> BookingState {
        do {
            return try state.step(event, now: now)
        } catch BookingRefusal.over(.expired) where state.status == .pendingApproval {
            throw ApprovalRefusal.tooLate
        }
    }

    /// Whose the time is from now on. Rows stay as they were written: the rules of today could ask for more.
    private func settle(
        _ decision: Decision, _ booking: Booking, _ decided: Booking, _ link: Link, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        let id = booking.id
        if booking.session != nil {
            // A place is taken from the first moment on.
            guard decision != .approved else { return }
            return try Seating(installation, link, now: now, scope: scope).giveUp(booking, in: tx)
        }
        guard decision != .approved else {
            try tx.removeLedger(kind: .booking, ref: id.text)
            return try tx.changeLedger(of: id.text, from: .pending, to: .booking)
        }
        try tx.removeLedger(kind: .pending, ref: id.text)
        guard link.rotates else { return }
        if decided.state.status == .confirmed {
            try AssignmentStore.move(id, to: decided.state.starts, scope: scope, in: tx)
        } else if link.rules.rotation.creditsCancelled {
            try AssignmentStore.credit(booking, scope: scope, in: tx)
        }
    }
}

extension Decision {
    fileprivate var reason: String {
        if case .declined(let reason) = self { reason } else { "" }
    }

    /// Programs are told of an unanswered wish as of a declined one; its status says which it was.
    fileprivate func webhooks(wasMove: Bool) -> [WebhookEvent] {
        guard self == .approved else { return [.bookingDeclined] }
        return wasMove ? [.bookingConfirmed, .bookingRescheduled] : [.bookingConfirmed]
    }
}

extension Booking {
    fileprivate func hasRunOut(at now: Instant) -> Bool { state.waiting.map { $0.until <= now } ?? false }
}
