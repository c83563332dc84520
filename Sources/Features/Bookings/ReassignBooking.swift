/// Giving a booking to another host: the same time, one transaction; everybody who takes part is told.
import Database
import Scheduling
import Web

package struct ReassignBooking: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Gives the booking to `host`, or to whose turn it is among the others of its rotation.
    ///
    /// A host who is named takes it also outside their hours; busy or away they never do.
    /// - Parameter leaving: whom they stand in for, where several of a pool attend.
    /// - Throws: `ReassignRefusal`; `Invalid` for a host of elsewhere.
    package func callAsFunction(
        _ id: ID<Booking>, from leaving: ID<User>? = nil, to host: ID<User>?, reason: String = "",
        key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        let ids = HandOver.IDs(installation.world)
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: "reassignment", keyring: installation.keyring)
            if let reply = try replies.claim(key, now: ids.now, in: tx) { return reply }
            let told = try write(id, from: leaving, to: host, reason: reason, ids: ids, scope: scope, in: tx)
            try WebhookEvent.bookingReassigned.publish(
                told, world: installation.world, now: ids.now, scope: scope, in: tx)
            let reply = Reply(status: 200, body: told.json(token: nil).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("reassigning.before_commit")
            return reply
        }
        CrashPoint.reach("reassigning.after_commit")
        return reply
    }

    private func write(
        _ id: ID<Booking>, from leaving: ID<User>?, to host: ID<User>?, reason: String, ids: HandOver.IDs,
        scope: Scope, in tx: Transaction
    ) throws -> BookingJSON {
        let now = ids.now
        let (seen, link) = try BookingStore.withLink(id, scope: scope, in: tx)
        let heirs = try Heirs(of: seen, link: link, leaving: leaving, named: host, scope: scope, in: tx)
        let subjects = Set((heirs.people + seen.hosts).map(\.id.text)).union(try tx.subjects(ofClaims: [id.text]))
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: now)
        let booking = try BookingStore.again(seen, scope: scope, in: tx)
        var given = booking
        given.state = try booking.state.step(.changed, now: now)
        let (heir, turns) = try heirs.chosen(now: now, zones: installation.world.zones, scope: scope, in: tx)
        (given.hosts, given.reason) = (booking.hosts.map { $0.id == heirs.leaving.id ? heir : $0 }, reason)
        given.proposal = nil

        try BookingStore.save(given, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
        // Rows of who stays are left as they were written: the gaps of today could ask for time others have.
        try tx.removeLedger(claim: id.text, of: heirs.leaving.id.text)
        let rows = given.ledgerRows(link: link, world: installation.world, scope: scope)
        try tx.add(rows.filter { $0.subject == heir.id.text })
        let handOver = HandOver(installation, from: booking, to: given, link: link, ids: ids)
        try handOver.write(turns, scope: scope, in: tx)
        try BookingStore.record(
            "reassigned", of: id, state: given.state, reason: reason, id: ids.history, now: now, scope: scope, in: tx)
        try handOver.tell(.reassigned, scope: scope, in: tx)
        let history = try BookingStore.history(of: id, scope: scope, in: tx)
        return BookingJSON(given, link: link, history: history, zones: installation.world.zones)
    }
}

/// Who could take a booking over.
struct Heirs: Sendable {
    let booking: Booking
    let link: Link
    /// Whom they stand in for.
    let leaving: LinkHost
    let people: [LinkHost]
    let isNamed: Bool

    /// - Parameters:
    ///   - leaving: whom they stand in for; nil where that is clear.
    ///   - host: the one who is named; nil for the others of the rotation.
    init(
        of booking: Booking, link: Link, leaving: ID<User>? = nil, named host: ID<User>?, scope: Scope,
        in tx: Transaction
    ) throws {
        guard booking.session == nil else { throw ReassignRefusal.seats }
        (self.booking, self.link, isNamed) = (booking, link, host != nil)
        self.leaving = try link.leaving(booking, leaving, for: host)
        if let host {
            guard !booking.hosts.contains(where: { $0.id == host }) else { throw ReassignRefusal.same }
            let isOne = !link.rotates || link.heirs(of: self.leaving.id).contains { $0.id == host }
            guard isOne, let person = try LinkHostStore.people([host], scope: scope, in: tx)[host] else {
                throw Invalid("host", plain("There is no such host of this link."))
            }
            people = [person]
        } else {
            guard link.rotates else { throw Invalid("host", code: "missing", plain("Name who takes it over.")) }
            people = link.heirs(of: self.leaving.id).filter { host in
                link.share(of: host.id).isActive && !booking.hosts.contains { $0.id == host.id }
            }
        }
    }

    /// All who can be named for one of the hosts who can be stood in for, to be chosen from.
    init(choicesFor booking: Booking, of leaving: LinkHost, link: Link, scope: Scope, in tx: Transaction) throws {
        (self.booking, self.link, self.leaving, isNamed) = (booking, link, leaving, false)
        let all = link.rotates ? link.heirs(of: leaving.id) : try LinkHostStore.everybody(scope: scope, in: tx)
        people = all.filter { host in
            link.share(of: host.id).isActive && !booking.hosts.contains { $0.id == host.id }
        }
    }

    /// Who takes it, their time being locked.
    func chosen(
        now: Instant, zones: Zones, scope: Scope, in tx: Transaction
    ) throws -> (LinkHost, [LinkRotation.Turn]) {
        let reasons = try reasons(now: now, zones: zones, scope: scope, in: tx)
        let free = people.filter { reasons[$0.id] == nil }
        guard let first = free.first else {
            throw isNamed ? ReassignRefusal.notFree(people.first?.name ?? "") : .nobodyFree
        }
        guard link.rotates else { return (first, []) }
        let stays = Set(booking.hosts.map(\.id.text)).subtracting([leaving.id.text])
        let stand = try LinkRotation(
            link, pool: link.hasPools ? link.share(of: leaving.id).pool : nil, for: booking.state.starts,
            without: booking.id, keeping: stays, now: now, zones: zones, scope: scope, in: tx)
        let named: (host: String, ground: Rotation.Ground)? = isNamed ? (first.id.text, .pinned) : nil
        guard let turn = stand.turn(among: free.map(\.id.text), preferred: named) else {
            throw ReassignRefusal.nobodyFree
        }
        return (turn.host, [turn])
    }

    /// What keeps each of them from the time of the booking; nobody who could take it is in it.
    func reasons(now: Instant, zones: Zones, scope: Scope, in tx: Transaction) throws -> [ID<User>: Reason] {
        let (starts, ends) = (booking.state.starts, booking.state.ends)
        let times = try OfferedTimes(
            link: link, moving: booking, crew: people, from: starts, to: ends, now: now, zones: zones, scope: scope,
            in: tx)
        var question = times.question(from: starts, to: ends, duration: Int((ends - starts) / 60))
        // It is booked: notice, window and grid have been kept, or were set aside.
        question.rules.mode = .oneOf
        (question.rules.notice, question.rules.window) = (.minutes(0), .unlimited)
        let pairs = question.explanation(at: starts).hosts.compactMap { host -> (ID<User>, Reason)? in
            let causes = host.causes.map(\.reason).filter { !passes($0) }
            guard let id = ID<User>(host.id), let reason = causes.first else { return nil }
            return (id, reason)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    private func passes(_ reason: Reason) -> Bool {
        switch reason {
        case .notOnGrid, .tooSoon, .tooFar: true
        case .outsideHours, .dateClosed, .windowTooShort, .windowInSkippedHour, .overLead: isNamed
        default: false
        }
    }
}

extension Link {
    /// Those of a booking's hosts in whose place another one can come.
    func replaceable(_ booking: Booking) -> [LinkHost] {
        if booking.session != nil { return [] }
        if hasPools { return booking.hosts.filter { share(of: $0.id).pool != nil } }
        return booking.hosts.count == 1 && rules.kind.mode != .allOf ? booking.hosts : []
    }

    /// Those who take turns with a host.
    func heirs(of host: ID<User>) -> [LinkHost] {
        guard hasPools else { return hosts }
        return share(of: host).pool.map(hosts(of:)) ?? []
    }

    /// Whom `heir` stands in for: the one who is named, or the only one of whom it can be said.
    fileprivate func leaving(_ booking: Booking, _ named: ID<User>?, for heir: ID<User>?) throws -> LinkHost {
        let all = replaceable(booking)
        guard !all.isEmpty else { throw ReassignRefusal.together }
        if let named {
            guard let host = all.first(where: { $0.id == named }) else {
                throw Invalid("from", plain("This host does not take turns in the meeting. Name one who does."))
            }
            return host
        }
        let able = heir.map { heir in all.filter { heirs(of: $0.id).contains { $0.id == heir } } } ?? all
        if able.count == 1 || all.count == 1 { return able.first ?? all[0] }
        if able.isEmpty { throw Invalid("host", plain("There is no such host in these pools.")) }
        throw Invalid("from", code: "missing", plain("Name whose place it is; several take turns in this meeting."))
    }
}

/// What the product says no to about giving a booking to another host.
package enum ReassignRefusal: Refusal, Hashable {
    case together
    /// Of a session, whose hosts are those of all its people.
    case seats
    case same
    case notFree(String)
    case nobodyFree

    package var status: Int { 409 }
    package var code: String { "conflict" }

    package var message: String {
        switch self {
        case .together: plain("All hosts of this link meet together. Move or cancel the meeting instead.")
        case .seats: plain("The people of this time meet its host together. Move or cancel the meeting instead.")
        case .same: plain("The meeting is theirs already. Choose somebody else.")
        case .notFree(let name): plain("\(name) is busy or away at this time. Choose somebody else, or move it.")
        case .nobodyFree: plain("No other host is free at this time. Name one, move the meeting, or cancel it.")
        }
    }
}
