/// A whole session cancelled or moved by its host: all its bookings with it in one transaction, everybody is told.
import Database
import Scheduling
import Web

package struct ChangeSession: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    private var world: World { installation.world }

    /// Cancels the session and all its bookings.
    /// - Throws: `SessionRefusal`; nothing is changed then.
    package func cancel(
        _ id: ID<GroupSession>, reason: String = "", key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let now = world.now
        return try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: "session-cancellation", keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (session, link) = try Self.locked(id, now: now, scope: scope, in: tx)
            for booking in try Self.living(session, scope: scope, in: tx) {
                var next = booking
                next.state = try booking.state.step(.cancelled, now: now)
                next.reason = reason
                try BookingStore.save(next, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
                try SeatStore.take(-booking.seats, of: id, scope: scope, in: tx)
                if link.rotates, link.rules.rotation.creditsCancelled {
                    try AssignmentStore.credit(booking, scope: scope, in: tx)
                }
                var deed = AuditEntry(.bookingCancelled, of: booking.id.text, from: origin, world)
                deed.targetName = "\(link.rules.title), \(booking.attendee.name)"
                try AuditStore.recordDeed(deed, scope: scope, in: tx)
                try tell(.cancelled, next, from: booking, link: link, now: now, scope: scope, in: tx)
            }
            try dropHolds(of: session, now: now, scope: scope, in: tx)
            try lookForWaiting(session, now: now, scope: scope, in: tx)
            try SheetStore.of(link.id, scope: scope, in: tx)?.keepFree(world, now: now, scope: scope, in: tx)
            let reply = try answer(session, link: link, now: now, scope: scope, in: tx)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("session.before_commit")
            return reply
        }
    }

    /// Moves the session with all its bookings to `start`; its hosts stay.
    /// - Throws: `SessionRefusal`, or `BookingRefusal` with the nearest free times.
    package func move(
        _ id: ID<GroupSession>, to start: Instant, reason: String = "", key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let now = world.now
        do {
            return try await installation.database.write(scope) { tx in
                let replies = ReplyStore(scope: id.text, route: "session-reschedule", keyring: installation.keyring)
                if let reply = try replies.claim(key, now: now, in: tx) { return reply }
                let (session, link) = try Self.locked(id, to: start, now: now, scope: scope, in: tx)
                guard try SheetStore.of(link.id, scope: scope, in: tx) == nil else { throw SessionRefusal.sheet }
                guard try !Self.living(session, scope: scope, in: tx).contains(where: \.isWaiting) else {
                    throw SessionRefusal.asked
                }
                let (zone, rooms) = try refuseTaken(session, link: link, to: start, now: now, scope: scope, in: tx)
                try write(
                    session, link: link, to: start, in: zone, rooms, reason: reason, now: now, scope: scope, in: tx)
                try lookForWaiting(session, now: now, scope: scope, in: tx)
                let reply = try answer(session, link: link, now: now, scope: scope, in: tx)
                try replies.store(reply, for: key, in: tx)
                CrashPoint.reach("session.before_commit")
                return reply
            }
        } catch let gone as SessionGone {
            throw try await gone.slot.refusal(installation, link: gone.link, scope: scope)
        }
    }

    private func write(
        _ session: GroupSession, link: Link, to start: Instant, in zone: Zone, _ rooms: [BookableResource],
        reason: String, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let ends = start.adding(seconds: session.ends - session.starts)
        try dropHolds(of: session, settles: false, now: now, scope: scope, in: tx)
        try tx.removeLedger(claim: session.id.text)
        if let dead = try SeatStore.open(of: link.id, at: start, now: now, scope: scope, in: tx) {
            try Seating.settle(dead.id, now: now, scope: scope, in: tx)
        }
        try SeatStore.move(session.id, from: start, to: ends, scope: scope, in: tx)
        var moved = session
        (moved.starts, moved.ends) = (start, ends)
        try tx.add(moved.ledgerRows(link: link, resources: rooms, expires: nil, world: world, scope: scope))
        for booking in try Self.living(session, scope: scope, in: tx) {
            var next = booking
            next.state = try booking.state.step(.rescheduled(starts: start, ends: ends), now: now)
            (next.reason, next.resources) = (reason, rooms)
            try BookingStore.save(
                next, over: booking, local: TimeWords.wall(start, in: zone), now: now, scope: scope, in: tx)
            try BookingResourceStore.replace(next, over: booking, scope: scope, in: tx)
            if link.rotates { try AssignmentStore.move(booking.id, to: start, scope: scope, in: tx) }
            let token = NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace)
            try BookingTokenStore.give(
                token, to: .attendee, of: booking, installation, now: now, scope: scope, in: tx)
            try tell(.moved, next, from: booking, link: link, now: now, scope: scope, in: tx)
        }
    }

    /// The time must be free for the hosts the session has, their own session aside.
    /// - Returns: the zone of the link's hours, and the rooms it has there.
    private func refuseTaken(
        _ session: GroupSession, link: Link, to start: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> (Zone, [BookableResource]) {
        guard start != session.starts else { throw BookingRefusal.unchanged }
        let ends = start.adding(seconds: session.ends - session.starts)
        let minutes = Int((ends - start) / 60)
        let times = try OfferedTimes(
            link: link, crew: session.hosts, from: start, to: ends, ignoring: [session.id.text],
            people: link.hasSeats ? 1 : session.capacity, now: now, zones: world.zones, scope: scope, in: tx)
        guard times.session(at: start) == nil else { throw SessionRefusal.joins }
        let reason = times.refusal(at: start, duration: minutes)
        let isFree = Set(session.hosts.map(\.id.text)).isSubset(of: times.eligible(at: start, duration: minutes))
        if reason != nil || !isFree {
            let slot = SlotGone(
                start: start, minutes: minutes, reason: reason ?? .busyBooking, ignoring: [session.id.text], now: now)
            throw SessionGone(slot: slot, link: link.id)
        }
        guard !link.rules.needs.isEmpty else { return (times.zone, []) }
        let answer = times.question(from: start, to: ends, duration: minutes).explanation(at: start)
        let had = try BookingResourceStore.left(to: session.id.text, scope: scope, in: tx)
        return (times.zone, times.needs.taken(answer, keeping: had))
    }
}

extension ChangeSession {
    /// The session and its link, read under the lock of the link's row and of its hosts.
    private static func locked(
        _ id: ID<GroupSession>, to start: Instant? = nil, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> (GroupSession, Link) {
        guard let seen = try SeatStore.find(id, now: now, scope: scope, in: tx),
            let link = try LinkStore.locked(seen.link, scope: scope, in: tx),
            let session = try SeatStore.find(id, now: now, scope: scope, in: tx)
        else { throw SessionRefusal.notFound }
        guard session.closedAt == nil, session.taken > 0 else { throw SessionRefusal.closed }
        guard now < session.starts else { throw BookingRefusal.meetingStarted }
        let others = try SeatStore.subjects(of: link.id, at: start, booking: nil, holds: [], scope: scope, in: tx)
        let held = try living(session, scope: scope, in: tx).flatMap { booking in
            try SeatStore.subjects(of: link.id, at: nil, booking: booking.id, holds: [], scope: scope, in: tx)
        }
        let rooms = link.rules.needs.flatMap(\.oneOf).map(\.text)
        let subjects = Set(session.hosts.map(\.id.text) + others + held + rooms).sorted()
        try tx.lockSubjects(subjects)
        try tx.dropExpiredHolds(of: subjects, now: now)
        return (session, link)
    }

    private static func living(_ session: GroupSession, scope: Scope, in tx: Transaction) throws -> [Booking] {
        let ids = try SeatStore.bookings(of: session.id, scope: scope, in: tx)
        return try BookingStore.all(ids, scope: scope, in: tx).filter(\.state.status.ownsTime)
    }

    /// Whoever was about to take a seat looks again.
    private func dropHolds(
        of session: GroupSession, settles: Bool = true, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        for hold in session.holds {
            try BookingTokenStore.deleteHold(hold.id, scope: scope, in: tx)
            try WaitlistStore.withdraw(hold.id, scope: scope, in: tx)
        }
        if settles { try Seating.settle(session.id, now: now, scope: scope, in: tx) }
    }

    /// Its old time is free for whoever waits for it.
    private func lookForWaiting(
        _ session: GroupSession, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        _ = try FreedTime(installation, now: now, scope: scope).look(
            for: session.hosts, because: "\(session.id)|\(session.starts.seconds)|\(session.version)", in: tx)
    }

    /// History, mails and webhooks of one of its bookings; its hosts are told once, of the whole.
    private func tell(
        _ news: BookingNews, _ booking: Booking, from before: Booking, link: Link, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        let isMove = news == .moved
        try BookingStore.record(
            isMove ? "rescheduled" : "cancelled", of: booking.id, state: booking.state, from: before.state.starts,
            to: isMove ? booking.state.starts : nil, reason: booking.reason, id: world.id(), now: now, scope: scope,
            in: tx)
        try ApprovalStore.end(of: booking.id, version: booking.state.version, scope: scope, in: tx)
        let guests = booking.isKnownToGuests ? booking.guests.indices.map { "guest.\($0)" } : []
        for recipient in booking.askers(of: news) + booking.toldHosts(of: news) + guests {
            try BookingJobs.tell(news, recipient, of: booking, world: world, now: now, scope: scope, in: tx)
        }
        let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
        let told = BookingJSON(booking, link: link, history: history, zones: world.zones)
        let event: WebhookEvent = isMove ? .bookingRescheduled : .bookingCancelled
        try event.publish(told, world: world, now: now, scope: scope, in: tx)
    }

    private func answer(
        _ session: GroupSession, link: Link, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> Reply {
        let id = session.id
        // Where nobody came, only asked, no calendar has ever seen it.
        if session.sequence > 0 {
            try SessionJobs.tell(id, of: nil, world: world, now: now, scope: scope, in: tx)
        }
        guard let session = try SeatStore.find(id, now: now, scope: scope, in: tx) else {
            throw SessionRefusal.notFound
        }
        let ids = try SeatStore.bookings(of: id, scope: scope, in: tx)
        let bookings = try BookingStore.all(ids, scope: scope, in: tx)
        return Reply(status: 200, body: SessionJSON(session, link, bookings, zones: world.zones).json.bytes)
    }
}

private struct SessionGone: Error {
    var slot: SlotGone
    var link: ID<Link>
}

/// What the product says no to about sessions.
package enum SessionRefusal: Refusal {
    case notFound
    /// Nobody comes any more.
    case closed
    /// People meet at the new time already.
    case joins
    /// Somebody waits for the host's answer.
    case asked
    /// It is a time of a sign-up sheet.
    case sheet

    package var status: Int { self == .notFound ? 404 : 409 }
    package var code: String { self == .notFound ? "not_found" : "conflict" }

    package var message: String {
        switch self {
        case .notFound: plain("There is no such session.")
        case .closed: plain("Nobody comes to this session any more. There is nothing to change.")
        case .asked: plain("Somebody asks for a place here. Approve or decline that first, then move everybody.")
        case .sheet: plain("This is a time of a sign-up sheet. Move people one by one, or cancel them all.")
        case .joins: plain("Another session of this link starts then. Pick another time, or move people one by one.")
        }
    }
}
