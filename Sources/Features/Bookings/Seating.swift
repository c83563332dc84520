/// Taking seats and giving them up, inside the transaction of whoever does; the link's row and the hosts are locked.
import Database
import Scheduling

struct Seating: Sendable {
    let installation: Installation
    let link: Link
    let now: Instant
    let scope: Scope

    init(_ installation: Installation, _ link: Link, now: Instant, scope: Scope) {
        (self.installation, self.link, self.now, self.scope) = (installation, link, now, scope)
    }

    /// The booking takes its seats: of the session that starts then, or of a new one of its hosts and rooms.
    func join(_ booking: inout Booking, in tx: Transaction) throws {
        let (starts, ends) = (booking.state.starts, booking.state.ends)
        guard let id = try living(at: starts, in: tx) else {
            booking.session = try open(
                from: starts, to: ends, hosts: booking.hosts, resources: booking.resources, taken: booking.seats,
                expires: nil, in: tx)
            return
        }
        try SeatStore.take(booking.seats, of: id, scope: scope, in: tx)
        try Self.settle(id, now: now, scope: scope, in: tx)
        booking.session = id
        booking.resources = try BookingResourceStore.left(to: id.text, scope: scope, in: tx)
    }

    /// The hold, which is stored, keeps one seat for its visitor.
    func keep(_ hold: Hold, hosts: [LinkHost], resources: [BookableResource], in tx: Transaction) throws {
        let known = try living(at: hold.starts, in: tx)
        if known == nil, let own = try overlapped(by: hold, hosts: hosts, resources: resources, in: tx) {
            return try add(hold, claim: own.text, hosts: hosts, resources: resources, in: tx)
        }
        let id = try known ?? open(
            from: hold.starts, to: hold.ends, hosts: hosts, resources: resources, taken: 0, expires: hold.expires,
            in: tx)
        try SeatStore.put(hold.id, into: id, scope: scope, in: tx)
        try Self.settle(id, now: now, scope: scope, in: tx)
    }

    /// What the hold keeps, which is stored, of everything: a seat where there are some, else the time.
    func take(_ hold: Hold, hosts: [LinkHost], resources: [BookableResource], in tx: Transaction) throws {
        if link.hasSeats { return try keep(hold, hosts: hosts, resources: resources, in: tx) }
        try add(hold, claim: hold.claim, hosts: hosts, resources: resources, in: tx)
    }

    /// The session of the booking to be moved, where it lies across the time of the hold or too near to it. A session
    /// beside it would be in its way, and others could come; so the time is kept in the name of the old one, until the
    /// booking is moved.
    private func overlapped(
        by hold: Hold, hosts: [LinkHost], resources: [BookableResource], in tx: Transaction
    ) throws -> ID<GroupSession>? {
        guard let moving = hold.booking, let booking = try BookingStore.find(moving, scope: scope, in: tx),
            let own = booking.session
        else { return nil }
        let claims = try Self.claims(
            near: link.rules.taken(from: hold.starts, to: hold.ends), of: hosts, resources, link, now: now, in: tx)
        return claims.contains(own.text) ? own : nil
    }

    private func add(
        _ hold: Hold, claim: String, hosts: [LinkHost], resources: [BookableResource], in tx: Transaction
    ) throws {
        let taken = link.rules.taken(from: hold.starts, to: hold.ends)
        try tx.add((hosts.map(\.id.text) + resources.map(\.id.text)).map { subject in
            LedgerRow(
                id: installation.world.id(LedgerEntry.self).text, subject: subject, workspace: scope.workspace,
                kind: .hold, ref: hold.id.text, claim: claim, starts: taken.start, ends: taken.end,
                gapBefore: Int64(link.rules.bufferBefore) * 60, gapAfter: Int64(link.rules.bufferAfter) * 60,
                expires: hold.expires)
        })
    }

    /// The booking gives its seats up.
    /// - Returns: whether others are still there.
    @discardableResult
    static func leave(_ booking: Booking, now: Instant, scope: Scope, in tx: Transaction) throws -> Bool {
        guard let id = booking.session, booking.takesSeats else { return false }
        try SeatStore.take(-booking.seats, of: id, scope: scope, in: tx)
        try settle(id, now: now, scope: scope, in: tx)
        return try SeatStore.find(id, now: now, scope: scope, in: tx).map { $0.taken > 0 } ?? false
    }

    /// Makes the ledger say what the session's seats and holds do: with neither it is closed and its time is free.
    static func settle(_ id: ID<GroupSession>, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard let session = try SeatStore.find(id, now: now, scope: scope, in: tx), session.closedAt == nil else {
            return
        }
        guard session.isWanted else {
            try tx.countUp(session.hosts.map(\.id.text))
            try tx.removeLedger(claim: id.text)
            return try SeatStore.close(id, now: now, scope: scope, in: tx)
        }
        let last = session.taken > 0 ? nil : session.holds.map(\.expires).max()
        try SeatStore.setLedger(expires: last, of: id, scope: scope, in: tx)
        try tx.countUp(session.hosts.map(\.id.text))
    }

    /// The session that starts then. One that nobody wants any more is closed: another may come in its place.
    private func living(at start: Instant, in tx: Transaction) throws -> ID<GroupSession>? {
        guard let session = try SeatStore.open(of: link.id, at: start, now: now, scope: scope, in: tx) else {
            return nil
        }
        if session.isWanted { return session.id }
        try Self.settle(session.id, now: now, scope: scope, in: tx)
        return nil
    }

    private func open(
        from starts: Instant, to ends: Instant, hosts: [LinkHost], resources: [BookableResource], taken: Int,
        expires: Instant?, in tx: Transaction
    ) throws -> ID<GroupSession> {
        let id: ID<GroupSession> = installation.world.id()
        let session = GroupSession(
            id: id, link: link.id, uid: "\(id)@\(installation.host)", starts: starts, ends: ends,
            capacity: link.rules.seats.capacity, taken: taken, hosts: hosts)
        try SeatStore.insert(session, now: now, scope: scope, in: tx)
        try tx.add(session.ledgerRows(
            link: link, resources: resources, expires: expires, world: installation.world, scope: scope))
        return id
    }
}

extension Seating {
    /// Who owns time of these that overlaps a span, or is nearer to it than the larger of the gaps that both ask for.
    static func claims(
        near span: Span, of hosts: [LinkHost], _ resources: [BookableResource], _ link: Link, now: Instant,
        in tx: Transaction
    ) throws -> Set<String> {
        let day: Int64 = 86_400
        let rows = try tx.ledger(
            of: hosts.map(\.id.text) + resources.map(\.id.text), from: span.start.adding(seconds: -day),
            to: span.end.adding(seconds: day), now: now)
        let (before, after) = (Int64(link.rules.bufferBefore) * 60, Int64(link.rules.bufferAfter) * 60)
        return Set(rows.filter { row in
            row.starts < span.end.adding(seconds: max(after, row.gapBefore))
                && span.start < row.ends.adding(seconds: max(before, row.gapAfter))
        }.compactMap(\.claim))
    }

    /// Moves the booking's seats, or its time, from where it was to where it is now.
    func move(_ moved: inout Booking, from before: Booking, in tx: Transaction) throws {
        let hasOthers = try Self.leave(before, now: now, scope: scope, in: tx)
        if before.session == nil { try tx.removeLedger(claim: before.id.text) }
        moved.session = nil
        if link.hasSeats {
            try join(&moved, in: tx)
        } else {
            try tx.add(moved.ledgerRows(link: link, world: installation.world, scope: scope))
        }
        if moved.session != before.session {
            try SeatStore.put(moved.id, into: moved.session, scope: scope, in: tx)
        }
        guard link.rotates else { return }
        if hasOthers {
            try passOn(before, in: tx)
        } else if try Self.isShared(moved, scope: scope, in: tx) {
            // Those who were there first count for its hosts.
            try AssignmentStore.credit(moved, scope: scope, in: tx)
        } else {
            try AssignmentStore.move(moved.id, to: moved.state.starts, scope: scope, in: tx)
        }
    }

    /// The booking gives its seats up for good.
    func giveUp(_ booking: Booking, in tx: Transaction) throws {
        if try Self.leave(booking, now: now, scope: scope, in: tx) {
            try passOn(booking, in: tx)
        } else if link.rotates, link.rules.rotation.creditsCancelled {
            try AssignmentStore.credit(booking, scope: scope, in: tx)
        }
    }

    /// Whether others are in its session.
    static func isShared(_ booking: Booking, scope: Scope, in tx: Transaction) throws -> Bool {
        try others(booking, scope: scope, in: tx).first != nil
    }

    private static func others(_ booking: Booking, scope: Scope, in tx: Transaction) throws -> [ID<Booking>] {
        guard let id = booking.session else { return [] }
        return try SeatStore.bookings(of: id, scope: scope, in: tx).filter { $0 != booking.id }
    }

    /// A session counts once for its hosts: while others are there, whoever leaves passes the assignments on.
    private func passOn(_ booking: Booking, in tx: Transaction) throws {
        guard link.rotates, let other = try Self.others(booking, scope: scope, in: tx).first else { return }
        try AssignmentStore.pass(from: booking.id, to: other, scope: scope, in: tx)
    }
}
