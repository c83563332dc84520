/// Cancelling several meetings of a series at once: those to come, or the later ones. Everybody gets one mail.
import Database
import Scheduling
import Web

package struct CancelSeries: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Cancels those that can still be cancelled; what has begun, or is too near for its attendee, stays.
    /// - Parameter hosts: whose bookings alone are meant; nil means all.
    /// - Returns: the series, with the ids of what was cancelled.
    package func callAsFunction(
        _ id: ID<Booking>, _ part: SeriesPart, reason: String = "", by hosts: Set<ID<User>>? = nil,
        key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let (world, now) = (installation.world, installation.world.now)
        let ids: [ID<BookingHistory>] = LinkSeries.places.map { _ in world.id() }
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: "series-cancel", keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (seen, link) = try BookingStore.withLink(id, scope: scope, in: tx)
            let members = try SeriesMembers(of: seen, seenBy: hosts, scope: scope, in: tx)
            let meant = try SeriesMembers.locked(
                members.toCome(part, from: seen, now: now), link: link, now: now, scope: scope, in: tx)
            let refusals = meant.map { booking in
                scope.actor == .attendee
                    ? link.rules.changes.cancelRefusal(starts: booking.state.firstStart, now: now) : nil
            }
            let open = zip(meant, refusals).filter { $0.1 == nil }.map(\.0)
            guard !open.isEmpty else {
                throw refusals.compactMap(\.self).first ?? SeriesRefusal.nothingLeft as any Refusal
            }
            let cancelled = try zip(open, ids).map { booking, history in
                try cancel(booking, link, reason: reason, history, now: now, scope: scope, in: tx)
            }
            let version = try SeriesStore.countUp(members.series.id, scope: scope, in: tx)
            // What nobody had confirmed is in nobody's calendar, but it is one of them all the same.
            try SeriesJobs.tell(.cancelled, of: cancelled, series: members.series.id, version: version, world: world,
                                now: now, scope: scope, in: tx)
            let reply = try SeriesMembers.reply(
                seen, changed: cancelled.map(\.id), seenBy: hosts, zones: world.zones, scope: scope, in: tx)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("cancelling.before_commit")
            return reply
        }
        CrashPoint.reach("cancelling.after_commit")
        return reply
    }

    /// One of them, as if it were cancelled alone; but for its mail.
    private func cancel(
        _ booking: Booking, _ link: Link, reason: String, _ historyID: ID<BookingHistory>, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> Booking {
        let (world, scope) = (installation.world, scope.about(booking.hosts.map(\.id)))
        var cancelled = booking
        (cancelled.state, cancelled.reason) = (try booking.state.step(.cancelled, now: now), reason)
        let zone = world.zones.zone(booking.anchorZone) ?? .utc
        let local = cancelled.state.starts == booking.state.starts
            ? booking.anchorLocal : TimeWords.wall(cancelled.state.starts, in: zone)
        try BookingStore.save(cancelled, over: booking, local: local, now: now, scope: scope, in: tx)
        try tx.removeLedger(claim: booking.id.text)
        try ApprovalStore.end(of: booking.id, version: cancelled.state.version, scope: scope, in: tx)
        if link.rotates, link.rules.rotation.creditsCancelled {
            try AssignmentStore.credit(booking, scope: scope, in: tx)
        }
        try FreedTime(installation, now: now, scope: scope).by(booking, link: link, in: tx)
        try BookingStore.record(
            "cancelled", of: booking.id, state: cancelled.state, from: booking.state.starts,
            to: booking.state.waiting?.kept?.start, reason: reason, id: historyID, now: now, scope: scope, in: tx)
        var deed = AuditEntry(.bookingCancelled, of: booking.id.text, from: origin, world)
        deed.targetName = "\(link.rules.title), \(booking.attendee.name)"
        try AuditStore.recordDeed(deed, scope: scope, in: tx)
        let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
        let told = BookingJSON(cancelled, link: link, history: history, zones: world.zones)
        try WebhookEvent.bookingCancelled.publish(told, world: world, now: now, scope: scope, in: tx)
        return cancelled
    }
}

extension LinkSeries {
    /// The places a series has at most.
    static let places = 0..<counts.upperBound
}
