/// What becomes of a call: it begins, a host takes it or passes, the visitor leaves or writes a message.
import Database
import Scheduling
import Web

struct StartRing: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// Rings for every host who could talk now; for nobody where nobody can.
    /// - Parameter key: of the form: sent twice, it is one call.
    /// - Returns: the token of the page on which the visitor waits.
    func callAsFunction(
        _ wish: RingWish, key: String, proof: Proof? = nil, link id: ID<Link>, scope: Scope
    ) async throws -> String {
        let (world, keyring) = (installation.world, installation.keyring)
        let (ring, now, zones): (ID<Ring>, Instant, Zones) = (world.id(), world.now, world.zones)
        let token = keyring.hexMAC("\(id)|\(key)", purpose: "call of a visitor")
        let hash = sha256(Array(token.utf8))
        do {
            try await installation.database.write(scope) { tx in
                guard try RingStore.find(tokenHash: hash, scope: scope, in: tx) == nil else { return }
                guard let link = try LinkStore.find(id, scope: scope, in: tx), link.rules.kind == .instant else {
                    throw LinkRefusal.notFound
                }
                try link.checkOpen(now: now, scope: scope, in: tx)
                if let proof { try ProofStore.spend(proof, scope: scope, in: tx) }
                guard try RingStore.count(of: id, now: now, scope: scope, in: tx) < Ring.most else {
                    throw RingRefusal.crowded
                }
                let talk = TalkNow(link, now: now, zones: zones, scope: scope)
                let times = try talk.times(
                    of: talk.crew(in: tx), for: wish.booker(zones), people: 1 + wish.guests.count, in: tx)
                let called = talk.called(times).compactMap { ID<User>($0) }
                let hosts = Dictionary(called.map { ($0, false) }) { first, _ in first }
                try RingStore.insert(
                    Ring(
                        id: ring, link: id, wish: wish, state: hosts.isEmpty ? .missed : .ringing, createdAt: now,
                        expires: now.adding(seconds: Ring.seconds), hosts: hosts),
                    tokenHash: hash, scope: scope, in: tx)
                CrashPoint.reach("ringing.before_commit")
            }
        } catch DatabaseError.unique {
            // The same form in the same moment: one call.
        }
        return token
    }
}

struct AnswerRing: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// Books the meeting that begins now.
    /// - Throws: ``RingRefusal``; `Common.notFound` for a call that is not this host's.
    func accept(_ id: ID<Ring>, by host: ID<User>, scope: Scope) async throws -> ID<Booking> {
        let (ring, taker) = try await found(id, host, scope: scope)
        if let booking = ring.booking(of: host) { return booking }
        try check(ring, takenBy: taker)
        let wish = ring.wish
        var request = BookingRequest(
            start: Instant(installation.world.now.seconds / 60 * 60), attendee: wish.attendee, answers: wish.answers)
        (request.guests, request.location, request.utm) = (wish.guests, wish.location, wish.utm)
        request.ring = RingTaken(ring: id, host: host)
        do {
            _ = try await BookSlot(installation)(request, link: ring.link, scope: scope)
        } catch is BookingRefusal {
            throw RingRefusal.notFree
        } catch RingRefusal.over {
            // Somebody was faster; the row says who.
            let (now, taker) = try await found(id, host, scope: scope)
            // Or they pressed twice.
            if let booking = now.booking(of: host) { return booking }
            try check(now, takenBy: taker)
            throw RingRefusal.over
        }
        guard let booking = try await found(id, host, scope: scope).0.booking else { throw RingRefusal.over }
        return booking
    }

    func pass(_ id: ID<Ring>, by host: ID<User>, scope: Scope) async throws {
        _ = try await found(id, host, scope: scope)
        try await installation.database.write(scope) { tx in
            try RingStore.pass(id, by: host, scope: scope, in: tx)
        }
    }

    private func found(_ id: ID<Ring>, _ host: ID<User>, scope: Scope) async throws -> (Ring, takenBy: String) {
        let found = try await installation.database.read(scope) { tx -> (Ring, String)? in
            guard let ring = try RingStore.find(id, scope: scope, in: tx), ring.hosts[host] != nil else { return nil }
            let taker = try ring.host.flatMap { try LinkStore.host($0, scope: scope, in: tx) }
            return (ring, taker?.name ?? plain("somebody else"))
        }
        guard let found else { throw Common.notFound }
        return found
    }

    private func check(_ ring: Ring, takenBy name: String) throws {
        if ring.state == .accepted { throw RingRefusal.taken(by: name) }
        guard ring.isRinging(now: installation.world.now) else { throw RingRefusal.over }
    }
}

/// What a visitor writes whom nobody answered.
struct LeaveRingMessage: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// Mails it to all hosts of the link who are there; once, whatever else is written.
    func callAsFunction(_ text: String, on ring: ID<Ring>, link: Link, scope: Scope) async throws {
        let (world, now) = (installation.world, installation.world.now)
        let hosts = link.hosts.filter { link.share(of: $0.id).isActive }
        try await installation.database.write(scope) { tx in
            guard try RingStore.leave(text, on: ring, scope: scope, in: tx) else { return }
            for host in hosts {
                let job = SendRingMessage.job(ring, to: host.id, now: now, scope: scope)
                try tx.enqueue(job, now: now, id: world.id())
            }
            CrashPoint.reach("ring_message.before_commit")
        }
    }
}

/// A call that a host takes.
package struct RingTaken: Hashable, Sendable {
    let ring: ID<Ring>
    let host: ID<User>

    /// - Throws: ``RingRefusal/over`` when it rings no more.
    func take(_ world: World, scope: Scope, in tx: Transaction) throws {
        let isTaken = try RingStore.take(ring, by: host, world: world, scope: scope, in: tx)
        guard isTaken else { throw RingRefusal.over }
    }

    /// - Throws: ``RingRefusal/over`` when its time ran out while locks were waited for.
    func connect(to booking: ID<Booking>, _ world: World, scope: Scope, in tx: Transaction) throws {
        let isInTime = try RingStore.connect(ring, to: booking, world: world, scope: scope, in: tx)
        guard isInTime else { throw RingRefusal.over }
    }
}

extension Ring {
    /// What came of it for a host; nothing for those who did not take it.
    func booking(of host: ID<User>) -> ID<Booking>? { state == .accepted && self.host == host ? booking : nil }
}

extension CrewAsk {
    /// The host who takes a call, locked, with their turn.
    /// - Throws: ``NotTaken`` where they are busy or away.
    func takeNow(
        _ host: ID<User>, in tx: Transaction
    ) throws -> (times: OfferedTimes, hosts: [LinkHost], turns: [LinkRotation.Turn]) {
        let crew = link.hosts.filter { $0.id == host && link.share(of: host).isActive }
        let subjects = (crew.map(\.id.text) + link.rules.needs.flatMap(\.oneOf).map(\.text)).sorted()
        try tx.lockSubjects(subjects)
        try tx.dropExpiredHolds(of: subjects, now: now)
        let talk = TalkNow(link, now: now, zones: zones, scope: scope)
        let times = try talk.times(of: crew, for: booker, people: people, in: tx)
        guard talk.free(times) == [host.text] else { throw NotTaken(reason: .busyBooking) }
        let stand = try LinkRotation(link, for: start, now: now, zones: zones, scope: scope, in: tx)
        return (times, crew, stand.turn(among: [host.text], preferred: (host.text, .accepted)).map { [$0] } ?? [])
    }
}
