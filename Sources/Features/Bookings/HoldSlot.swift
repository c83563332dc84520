/// Holding a slot for ten minutes while its picker types; one hold for each visitor and link.
import Database
import Scheduling

package struct HoldSlot: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Keeps `start` for the visitor; an earlier hold of the visitor on this link is let go.
    /// - Parameters:
    ///   - visitor: who picks, as random bytes out of the signed form; the API makes new ones for each call.
    ///   - duration: in minutes, one of the link's; nil is the usual one.
    ///   - zone: the visitor's, where it is known; without one the hours by their clock are asked when they book.
    ///   - client: the network the visitor comes from; of its holds on this link the newest two live.
    ///   - booking: the booking to be moved, whose own time counts as free and whose length it keeps.
    ///   - host: whom of those who take turns the visitor wants to meet.
    ///   - isPinned: that a host of the link has named them, so that they need not be open to be chosen.
    package func callAsFunction(
        start: Instant, duration: Int? = nil, zone: Zone? = nil, visitor: String, client: [UInt8]? = nil,
        link: ID<Link>, moving booking: Booking? = nil, choosing host: ID<User>? = nil, isPinned: Bool = false,
        scope: Scope
    ) async throws -> (hold: Hold, token: String) {
        let world = installation.world
        let (id, token, now): (ID<Hold>, String, Instant) = (world.id(), world.token(), world.now)
        do {
            let hold = try await installation.write(locking: link, scope: scope) { tx in
                guard var link = try LinkStore.find(link, scope: scope, in: tx) else { throw LinkRefusal.notFound }
                // Who gets the time, and whether one more fits, is for one at a time to find out.
                if link.hasOneAtATime { link = try LinkStore.locked(link.id, scope: scope, in: tx) ?? link }
                let minutes = booking.map { Int(($0.state.ends - $0.state.starts) / 60) }
                    ?? link.rules.length(asked: duration)
                if booking == nil, !isPinned { try link.checkChoice(host) }
                var hold = Hold(
                    id: id, link: link.id, booking: booking?.id, starts: start, ends: start.adding(minutes: minutes),
                    expires: now.adding(minutes: Hold.minutes))
                hold.chosenHost = booking == nil ? host : nil
                try keep(
                    hold, of: Picking(visitor, client, installation), token: token, link: link, zone: zone,
                    moving: booking, now: now, scope: scope, in: tx)
                return hold
            }
            CrashPoint.reach("holding.after_commit")
            return (hold, token)
        } catch let gone as SlotGone {
            throw try await gone.refusal(installation, link: link, scope: scope)
        }
    }

    private func keep(
        _ hold: Hold, of picking: Picking, token: String, link: Link, zone: Zone?, moving booking: Booking?,
        now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        if hold.booking == nil { try link.checkOpen(now: now, scope: scope, in: tx) }
        try booking?.checkHold()
        let visitor = picking.visitor
        let isOneAtATime = link.rotates || link.hasSeats
        var before = try isOneAtATime ? claims(of: visitor, on: link, scope: scope, in: tx) : []
        if isOneAtATime { before += try surplus(of: picking, link, now: now, scope: scope, in: tx).map(\.claim) }
        let (claim, zones) = (hold.claim, installation.world.zones)
        let booker = Booker(
            email: booking?.attendee.email, zone: zone ?? booking.flatMap { zones.zone($0.attendee.zone) })
        let ask = CrewAsk(
            link: link, booking: booking, start: hold.starts, ends: hold.ends, claims: before + [claim],
            booker: booker, chosen: hold.chosenHost, now: now, zones: zones, scope: scope)
        let crew = try ask.lock(in: tx)
        let earlier = try BookingTokenStore.hold(ofVisitor: visitor, link: link.id, scope: scope, in: tx)
        for old in try [earlier].compactMap(\.self) + surplus(of: picking, link, now: now, scope: scope, in: tx) {
            try Self.drop(old, now: now, scope: scope, in: tx)
        }
        let (hosts, resources): ([LinkHost], [BookableResource])
        do {
            let times = try ask.times(of: crew, in: tx)
            (hosts, resources) = (try ask.takers(times, in: tx).hosts, ask.resources(times))
        } catch let taken as CrewAsk.NotTaken {
            throw SlotGone(
                start: hold.starts, minutes: ask.minutes, reason: taken.reason, ignoring: [hold.claim],
                booker: ask.booker, chosen: ask.chosen, now: now, moving: booking)
        }
        try BookingTokenStore.insert(
            hold, visitor: visitor, client: hold.booking == nil ? picking.client : nil,
            tokenHash: sha256(Array(token.utf8)), now: now, scope: scope, in: tx)
        try Seating(installation, link, now: now, scope: scope).take(hold, hosts: hosts, resources: resources, in: tx)
        CrashPoint.reach("holding.before_commit")
    }

    /// Who picks, as the rows know them.
    private struct Picking: Sendable {
        let visitor: [UInt8]
        let client: [UInt8]?
        /// How many holds one client has.
        let most: Int

        init(_ visitor: String, _ client: [UInt8]?, _ installation: Installation) {
            self.visitor = sha256(Array(visitor.utf8))
            self.client = client.map { Array(installation.keyring.mac($0, purpose: "client of a hold").prefix(16)) }
            most = installation.doors.mostHolds
        }
    }

    /// What the client has to let go so that it keeps no more than it may: a script cannot close a host's month.
    private func surplus(
        of picking: Picking, _ link: Link, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [Hold] {
        guard let client = picking.client else { return [] }
        return try BookingTokenStore.holds(
            ofClient: client, except: picking.visitor, link: link.id, now: now, scope: scope, in: tx
        ).dropLast(picking.most - 1)
    }

    /// What the visitor keeps on this link now, and is about to let go.
    private func claims(of visitor: [UInt8], on link: Link, scope: Scope, in tx: Transaction) throws -> [String] {
        let old = try BookingTokenStore.hold(ofVisitor: visitor, link: link.id, scope: scope, in: tx)
        return old.map { [$0.claim] } ?? []
    }

    /// Ten minutes more for somebody who is still typing, up to an hour in all. What has run out stays so.
    /// - Returns: until when it lives; nil where there is none.
    @discardableResult
    package func extend(token: String, link: Link, scope: Scope) async throws -> Instant? {
        let now = installation.world.now
        return try await installation.database.write(scope) { tx in
            guard let hold = try BookingTokenStore.hold(token: token, link: link.id, scope: scope, in: tx) else {
                return nil
            }
            try lock(hold, scope: scope, in: tx)
            try BookingTokenStore.extend(
                hold.id, to: now.adding(minutes: Hold.minutes), most: Hold.mostMinutes, now: now, scope: scope, in: tx)
            if let session = hold.session { try Seating.settle(session, now: now, scope: scope, in: tx) }
            let until = try BookingTokenStore.hold(hold.id, scope: scope, in: tx)?.expires
            return until.flatMap { $0 > now ? $0 : nil }
        }
    }

    /// Lets the hold of a form go: its picker looks at other times.
    func release(token: String, link: Link, scope: Scope) async throws {
        let hold = try await installation.database.read(scope) { tx in
            try BookingTokenStore.hold(token: token, link: link.id, scope: scope, in: tx)
        }
        if let hold { try await release(hold.id, scope: scope) }
    }

    /// Lets a hold go before its time. What the waitlist or an offer keeps is given up on its own page alone.
    package func release(_ id: ID<Hold>, scope: Scope) async throws {
        let now = installation.world.now
        try await installation.database.write(scope) { tx in
            guard let hold = try BookingTokenStore.hold(id, scope: scope, in: tx), !hold.isKept else { return }
            try lock(hold, scope: scope, in: tx)
            try Self.drop(hold, now: now, scope: scope, in: tx)
        }
    }

    /// Its time is free again. Whose it is, is locked by the caller.
    static func drop(_ hold: Hold, now: Instant, scope: Scope, in tx: Transaction) throws {
        // Not by claim: a hold for a move carries its booking's.
        try tx.removeLedger(kind: .hold, ref: hold.id.text)
        try BookingTokenStore.deleteHold(hold.id, scope: scope, in: tx)
        if let session = hold.session { try Seating.settle(session, now: now, scope: scope, in: tx) }
    }

    /// Whose time the hold keeps. A session's seats are for one at a time to change, so the link's row comes first.
    private func lock(_ hold: Hold, scope: Scope, in tx: Transaction) throws {
        var subjects = try tx.subjects(ofClaims: [hold.claim])
        if hold.session != nil || hold.booking != nil {
            _ = try LinkStore.locked(hold.link, scope: scope, in: tx)
            subjects += try SeatStore.subjects(
                of: hold.link, at: nil, booking: hold.booking, holds: [hold.id.text], scope: scope, in: tx)
        }
        try tx.lockSubjects(Set(subjects).sorted())
    }
}
