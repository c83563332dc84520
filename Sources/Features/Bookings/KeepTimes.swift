/// Keeping offered times free: one transaction that makes a hold of each, and those that let them go again.
import Database
import Scheduling
import Web

package struct KeepTimes: Sendable {
    static let route = "offers"

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    private var world: World { installation.world }

    /// All that must exist before the transaction begins.
    private struct Draft: Sendable {
        let offer: KeptOffer
        let holds: [ID<Hold>]
        let token: String
    }

    /// Keeps all of the times, or refuses and keeps none. Asked twice with one key it is one offer.
    ///
    /// The reply is the API's: 201 with the offer, and the addresses that nobody is told again.
    /// - Throws: `KeptOfferRefusal`, `LinkRefusal`; `Invalid` for `until`.
    package func callAsFunction(
        _ wish: KeepWish, link id: ID<Link>, key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        // In somebody's place it is theirs, and stays open when their assistant leaves.
        guard let author = scope.behalf ?? scope.actor.person else { throw Common.forbidden }
        let now = world.now
        let starts = Array(Set(wish.starts)).sorted()
        let offer = KeptOffer(
            id: world.id(), link: id, author: author, whom: wish.whom, minutes: wish.minutes ?? 0, zone: wish.zone,
            expires: wish.until, createdAt: now)
        let draft = Draft(offer: offer, holds: starts.map { _ in world.id() }, token: world.token())
        let reply = try await installation.write(locking: id, scope: scope) { tx in
            let replies = ReplyStore(scope: id.text, route: Self.route, keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            // Not before: whoever asks once more, a little later, gets the same answer.
            try wish.checkSpan(now: now)
            // The link's row first: how many are open, and whose turn a time is, is for one at a time to find out.
            guard let link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil else {
                throw LinkRefusal.notFound
            }
            try link.checkOpen(now: now, scope: scope, in: tx)
            guard try LinkOfferStore.countOpen(of: id, now: now, scope: scope, in: tx) < KeptOffer.mostOpen else {
                throw KeptOfferRefusal.tooMany
            }
            let kept = try keep(starts, draft, lasting: link.rules.length(asked: wish.minutes), on: link, scope, tx)
            try KeptOfferJobs.end(kept, world: world, now: now, scope: scope, in: tx)
            let told = KeptOfferJSON(kept, link: link, token: draft.token, installation)
            let reply = Reply(status: 201, body: told.json.bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("keeping.before_commit")
            return reply
        }
        CrashPoint.reach("keeping.after_commit")
        return reply
    }

    private func keep(
        _ starts: [Instant], _ draft: Draft, lasting minutes: Int, on link: Link, _ scope: Scope, _ tx: Transaction
    ) throws -> KeptOffer {
        var offer = draft.offer
        offer.minutes = minutes
        if let last = link.rules.access.expiresAt { offer.expires = min(offer.expires, last) }
        let sealed = installation.keyring.seal(
            Array(draft.token.utf8), bound: KeptOffer.binding(offer.id, scope.workspace))
        try KeptOfferStore.insert(
            offer, tokenHash: sha256(Array(draft.token.utf8)), sealed: sealed, scope: scope, in: tx)
        try lock(starts, of: link, now: offer.createdAt, scope: scope, in: tx)
        for (start, hold) in zip(starts, draft.holds) {
            let time = try keep(start, hold, draft.token, of: offer, link, scope, tx)
            try KeptOfferStore.insert(time, of: offer.id, scope: scope, in: tx)
            offer.times.append(time)
        }
        // It is over with the last of its times, and promises no more.
        let last = offer.times.map(\.expires).max() ?? offer.expires
        if last < offer.expires { try KeptOfferStore.shorten(&offer, to: last, scope: scope, in: tx) }
        return offer
    }

    /// All whose time it may take, in one statement and in ascending order.
    private func lock(_ starts: [Instant], of link: Link, now: Instant, scope: Scope, in tx: Transaction) throws {
        var subjects = Set(link.hosts.map(\.id.text))
        subjects.formUnion(link.rules.needs.flatMap(\.oneOf).map(\.text))
        if link.hasSeats {
            for start in starts {
                subjects.formUnion(try SeatStore.subjects(
                    of: link.id, at: start, booking: nil, holds: [], scope: scope, in: tx))
            }
        }
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: now)
    }

    private func keep(
        _ start: Instant, _ id: ID<Hold>, _ token: String, of offer: KeptOffer, _ link: Link, _ scope: Scope,
        _ tx: Transaction
    ) throws -> KeptOffer.Time {
        let now = offer.createdAt
        let ask = CrewAsk(
            link: link, start: start, ends: start.adding(minutes: offer.minutes), claims: offer.claims, now: now,
            zones: world.zones, scope: scope)
        let when = TimeWords.dayAndTime(start, in: world.zones.zone(offer.zone) ?? .utc)
        let isNear = offer.times.contains { link.rules.isTooNear($0.start, start, minutes: offer.minutes) }
        if link.hasSeats, isNear {
            throw KeptOfferRefusal.notFree(.busyHold, when: when)
        }
        let times = try ask.times(of: link.crew(), in: tx)
        let hosts: [LinkHost]
        do {
            hosts = try ask.takers(times, in: tx).hosts
        } catch let taken as CrewAsk.NotTaken {
            throw KeptOfferRefusal.notFree(taken.reason, when: when)
        }
        guard let until = lastMinute(times, start, offer) else {
            throw KeptOfferRefusal.tooLate(when: when)
        }
        var hold = Hold(id: id, link: link.id, starts: start, ends: ask.ends, expires: until)
        hold.offer = offer.id
        try BookingTokenStore.insert(
            hold, visitor: sha256(Array("\(offer.id)|\(id)".utf8)), client: nil,
            tokenHash: sha256(Array(KeptOffer.holdToken(token, id).utf8)), now: now, scope: scope, in: tx)
        try Seating(installation, link, now: now, scope: scope)
            .take(hold, hosts: hosts, resources: ask.resources(times), in: tx)
        return KeptOffer.Time(start: start, hold: id, expires: until)
    }

    /// Until when the time can still be booked: the link's notice may end it before the offer does.
    private func lastMinute(_ times: OfferedTimes, _ start: Instant, _ offer: KeptOffer) -> Instant? {
        var times = times
        let isInTime: (Instant) -> Bool = { instant in
            times.now = instant
            return instant < start && times.refusal(at: start, duration: offer.minutes) != .tooSoon
        }
        let now = offer.createdAt
        guard !isInTime(offer.expires) else { return offer.expires }
        // The notice may count days by a wall clock, so it is looked for rather than reckoned back.
        var (least, most) = (KeptOffer.leastMinutes, Int((offer.expires - now) / 60))
        guard isInTime(now.adding(minutes: least)) else { return nil }
        while most - least > 1 {
            let middle = (least + most) / 2
            if isInTime(now.adding(minutes: middle)) { least = middle } else { most = middle }
        }
        return now.adding(minutes: least)
    }
}

/// The end of an offer that nobody booked of: its host lets the times go, or its minute comes.
package struct EndKeptOffer: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// The times are free at once; nothing where it is over already.
    package func release(_ id: ID<KeptOffer>, scope: Scope) async throws {
        let now = installation.world.now
        _ = try await end(id, scope: scope) { $0.isOpen(now: now) ? .released : .lapsed }
    }

    /// - Returns: false when it was over already, or is not yet.
    func lapse(_ id: ID<KeptOffer>, scope: Scope) async throws -> Bool {
        let now = installation.world.now
        return try await end(id, scope: scope) { $0.state(now: now) == .lapsed ? .lapsed : nil }
    }

    /// The link ends before the offer would have: nothing of it is kept longer than it can be booked.
    func shorten(_ id: ID<KeptOffer>, to last: Instant, scope: Scope) async throws {
        let (now, world) = (installation.world.now, installation.world)
        try await installation.database.write(scope) { tx in
            guard case (var offer, _, _)? = try locked(id, scope: scope, in: tx), now < last, last < offer.expires
            else { return }
            try KeptOfferStore.shorten(&offer, to: last, scope: scope, in: tx)
            let holds = try BookingTokenStore.holds(of: id, scope: scope, in: tx)
            for session in Set(holds.compactMap(\.session)).sorted() {
                try Seating.settle(session, now: now, scope: scope, in: tx)
            }
            try KeptOfferJobs.end(offer, world: world, now: now, scope: scope, in: tx)
        }
    }

    private func end(
        _ id: ID<KeptOffer>, scope: Scope, as state: @escaping @Sendable (KeptOffer) -> KeptOfferState?
    ) async throws -> Bool {
        let now = installation.world.now
        return try await installation.database.write(scope) { tx in
            guard let (offer, link, subjects) = try locked(id, scope: scope, in: tx), let end = state(offer) else {
                return false
            }
            for hold in try BookingTokenStore.holds(of: id, scope: scope, in: tx) {
                try HoldSlot.drop(hold, now: now, scope: scope, in: tx)
            }
            try KeptOfferStore.end(id, as: end, now: now, scope: scope, in: tx)
            let hosts = subjects.compactMap(ID<User>.init) + link.hosts.map(\.id)
            try Self.tellWaiting(hosts, because: id.text, installation, now: now, scope: scope, in: tx)
            CrashPoint.reach("letting_go.before_commit")
            return true
        }
    }

    /// An open offer with its link, under the lock of all whose time it keeps; nil where it is over.
    private func locked(
        _ id: ID<KeptOffer>, scope: Scope, in tx: Transaction
    ) throws -> (KeptOffer, Link, subjects: [String])? {
        guard let seen = try KeptOfferStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
        // Whoever books a time of it has this row too, so one of the two is first.
        guard let link = try LinkStore.locked(seen.link, scope: scope, in: tx),
            let offer = try KeptOfferStore.find(id, scope: scope, in: tx), offer.state == .open
        else { return nil }
        let subjects = try tx.subjects(ofClaims: offer.claims) + SeatStore.subjects(
            of: offer.link, at: nil, booking: nil, holds: offer.claims, scope: scope, in: tx)
        try tx.lockSubjects(Set(subjects).sorted())
        return (offer, link, subjects)
    }

    /// Whoever waits for time of these hosts may have it now. Those of its link are named in any case: what has run
    /// out may be gone from the ledger, and says no more whose time it was.
    static func tellWaiting(
        _ hosts: [ID<User>], because cause: String, _ installation: Installation, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        for link in try WaitlistStore.links(waitingFor: hosts, scope: scope, in: tx) {
            try WaitlistJobs.look(
                at: link, on: now, because: cause, world: installation.world, now: now, scope: scope, in: tx)
        }
    }
}

extension HoldSlot {
    /// What somebody books with: its time becomes theirs. Of a kept offer the others are let go with it, so that the
    /// first to pick is the only one. Whose time it all is, is locked by the caller.
    static func dropPicked(_ hold: Hold, now: Instant, scope: Scope, in tx: Transaction) throws {
        for one in [hold] + hold.beside { try drop(one, now: now, scope: scope, in: tx) }
    }
}

extension Booking {
    /// The offer it came of is over with it. Of a link that it uses up nothing else stays kept either.
    func take(
        offerOf hold: Hold?, on link: Link, _ installation: Installation, scope: Scope, in tx: Transaction
    ) throws {
        if let hold, let offer = hold.offer {
            try KeptOfferStore.end(offer, as: .taken, booking: id, now: createdAt, scope: scope, in: tx)
            // Of a rotation each time may have been another host's.
            try EndKeptOffer.tellWaiting(
                (hosts + link.hosts).map(\.id), because: offer.text, installation, now: createdAt, scope: scope, in: tx)
        }
        guard let most = link.rules.access.mostUses,
            try LinkUseStore.uses(of: link.id, scope: scope, in: tx) >= most
        else { return }
        try LinkOfferStore.look(at: link.id, world: installation.world, now: createdAt, scope: scope, in: tx)
    }
}

extension LinkRules {
    /// Whether sessions at the two starts would lie across each other, or nearer than the link's buffers: others can
    /// come to both, so that they are two also where only one of them will be picked.
    fileprivate func isTooNear(_ one: Instant, _ other: Instant, minutes: Int) -> Bool {
        let (first, second) = (min(one, other), max(one, other))
        let taken = taken(from: first, to: first.adding(minutes: minutes))
        let next = self.taken(from: second, to: second.adding(minutes: minutes))
        return next.start < taken.end.adding(minutes: max(bufferBefore, bufferAfter))
    }
}
