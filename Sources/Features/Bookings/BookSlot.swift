/// Booking a slot: the one place where a stranger's wish becomes a meeting.
import Database
import Scheduling
import Web

/// What a booker asks for; every text is already bounded and checked.
package struct BookingRequest: Sendable {
    package var start: Instant
    /// In minutes, one of the link's; nil is that of the hold, or the usual one.
    package var duration: Int?
    package var attendee: Attendee
    package var answers: [Answered]
    package var guests: [String] = []
    /// Where to meet, out of the link's places; nil is its first.
    package var location: Location?
    package var holdToken: String?
    /// Whom of those who take turns they want to meet; nil is whom the hold keeps by choice, else whose turn it is.
    package var host: ID<User>?
    package var source = BookingSource.page
    package var utm: [String: String] = [:]
    package var key: RequestKey?
    /// Nobody is mailed: a made-up meeting of the demo.
    package var isQuiet = false
    /// For the other hosts, by the one who books; "" for none.
    package var note = ""
    /// What a link against bots asked for, solved; used up by the booking.
    package var proof: Proof?
    /// More meetings after the first.
    package var series: SeriesWish?
    /// The response to a routing form that led here.
    package var response: ID<FormResponseID>?
    /// Who books for the attendee; nil where they book for themselves.
    package var bookedBy: BookedBy?
    /// The call it is the answer to: it begins now.
    var ring: RingTaken?
    /// The single-use link it uses up.
    var singleUse: ID<SingleUse>?
    /// The time of a one-off that it takes.
    var oneOff: OneOffPick?
    /// The time that a host has picked by hand; no engine is asked about it.
    var handPicked: HandPicked?

    package init(start: Instant, attendee: Attendee, answers: [Answered] = []) {
        self.start = start
        self.attendee = attendee
        self.answers = answers
    }
}

package struct BookSlot: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Books `request.start` on the link, or refuses and leaves nothing behind.
    ///
    /// The reply is the API's: 201 with the booking and its token. A repeated key gets the first reply again.
    /// - Throws: `BookingRefusal.slotTaken` and its kin, each with the nearest free times; `LinkRefusal`.
    package func callAsFunction(_ request: BookingRequest, link: ID<Link>, scope: Scope) async throws -> Reply {
        if let series = request.series {
            return try await BookSeries(installation)(request, series, link: link, scope: scope)
        }
        let draft = BookingDraft(request, installation: installation, scope: scope)
        do {
            let reply = try await installation.write(locking: link, scope: scope) { tx in
                try write(draft, link: link, scope: scope, in: tx)
            }
            CrashPoint.reach("booking.after_commit")
            return reply
        } catch let gone as SlotGone {
            throw try await gone.refusal(installation, link: link, scope: scope)
        }
    }

    /// In the transaction of whoever books; with a key of its own it is asked once.
    func write(_ draft: BookingDraft, link id: ID<Link>, scope: Scope, in tx: Transaction) throws -> Reply {
        let request = draft.request
        let replies = ReplyStore(scope: id.text, route: "bookings", keyring: installation.keyring)
        if let reply = try replies.claim(request.key, now: draft.now, in: tx) { return reply }
        if let proof = request.proof { try ProofStore.spend(proof, scope: scope, in: tx) }

        // Of all who answer one goes on.
        try request.ring?.take(installation.world, scope: scope, in: tx)
        // The link's row first, then its hosts: with the row locked, the bookings that use it up are counted for good.
        guard var link = try LinkStore.locked(id, scope: scope, in: tx) else { throw LinkRefusal.notFound }
        let way = try GivenWay(request, link, now: draft.now, scope: scope, in: tx)
        if way.oneOff?.isSheet == true, let pick = request.oneOff { link = link.seating(pick.time) }
        let hold = try BookingTokenStore.picked(request.holdToken, link: id, scope: scope, in: tx)
        var (booking, turns) = try take(draft, on: link, hold: hold, by: way, scope: scope, in: tx)
        let scope = scope.about(booking.hosts.map(\.id))
        if let hold { try HoldSlot.dropPicked(hold, now: draft.now, scope: scope, in: tx) }
        if link.hasSeats { try Seating(installation, link, now: draft.now, scope: scope).join(&booking, in: tx) }
        try booking.insert(
            on: link, utm: request.utm, world: installation.world, now: draft.now, scope: scope, in: tx)
        if !request.note.isEmpty, case .user(let author) = scope.actor {
            _ = try BookingNoteStore.add(
                request.note, to: booking.id, by: author, id: draft.noteID, now: draft.now, scope: scope, in: tx)
        }
        try way.end(with: booking, installation, scope: scope, in: tx)
        try WaitlistStore.take(booking, hold: hold, scope: scope, in: tx)
        try booking.take(offerOf: hold, on: link, installation, scope: scope, in: tx)
        try BookingSearchStore.index(booking, isNew: true, title: link.rules.title, scope: scope, in: tx)
        if let response = request.response { try BookingStore.connect(response, to: booking.id, scope: scope, in: tx) }
        try request.ring?.connect(to: booking.id, installation.world, scope: scope, in: tx)
        if booking.session == nil {
            try tx.add(booking.ledgerRows(link: link, world: installation.world, scope: scope))
        }
        try turns.write(booking, world: installation.world, now: draft.now, scope: scope, in: tx)
        try BookingTokenStore.give(
            draft.token, to: booking.bookedBy == nil ? .attendee : .booker, of: booking, isNew: true, installation,
            now: draft.now, scope: scope, in: tx)
        try BookingStore.record(
            "booked", of: booking.id, state: booking.state, to: request.start, id: draft.historyID, now: draft.now,
            scope: scope, in: tx)
        if !request.isQuiet {
            if booking.isWaiting {
                try ApprovalJobs.ask(booking, installation, now: draft.now, scope: scope, in: tx)
            } else {
                try BookingJobs.tell(
                    .booked, of: booking, world: installation.world, now: draft.now, scope: scope, in: tx)
            }
        }

        let told = BookingJSON(booking, link: link, zones: installation.world.zones)
        if !request.isQuiet {
            for event in booking.isWaiting ? [WebhookEvent.bookingCreated, .bookingPending] : [.bookingCreated] {
                try event.publish(told, world: installation.world, now: draft.now, scope: scope, in: tx)
            }
        }
        let reply = Reply(status: 201, body: told.told(to: way.reader).json(token: draft.token.text).bytes)
        try replies.store(reply, for: request.key, in: tx)
        CrashPoint.reach("booking.before_commit")
        return reply
    }

    /// Locks the hosts and finds out who takes it; a hold has only kept somebody's time for it.
    private func take(
        _ draft: BookingDraft, on link: Link, hold: Hold?, by way: GivenWay, scope: Scope, in tx: Transaction
    ) throws -> (Booking, [LinkRotation.Turn]) {
        if let one = way.oneOff, let pick = draft.request.oneOff {
            try one.take(pick.time, now: draft.now, scope: scope, in: tx)
            let zone = installation.world.zones.zone(one.zone) ?? .utc
            let hosts = link.hosts.filter { $0.id == one.author }
            return (draft.booking(on: link, hosts: hosts, ends: pick.time.ends, zone: zone, by: scope.actor), [])
        }
        if let picked = way.handPicked {
            try picked.take(now: draft.now, in: tx)
            let hosts = link.hosts.filter { $0.id == picked.host }
            return (
                draft.booking(on: link, hosts: hosts, ends: picked.time.ends, zone: picked.zone, by: scope.actor), []
            )
        }
        let (single, minutes) = (way.single, try draft.request.minutes(on: link, hold: hold))
        let (start, now, attendee, zones) = (
            draft.request.start, draft.now, draft.request.attendee, installation.world.zones)
        let ends = start.adding(minutes: minutes)
        let ask = CrewAsk(
            link: link, start: start, ends: ends, claims: hold?.claims ?? [],
            booker: Booker(email: attendee.email, zone: zones.zone(attendee.zone)),
            people: 1 + draft.request.guests.count,
            chosen: single?.pinned(on: link) ?? draft.request.host ?? hold?.chosen(on: link, given: single != nil),
            now: now, zones: zones, scope: scope)
        if single?.pinned(on: link) == nil { try link.checkChoice(ask.chosen) }
        do {
            if let ring = draft.request.ring {
                let (times, hosts, turns) = try ask.takeNow(ring.host, in: tx)
                var booking = draft.booking(on: link, hosts: hosts, ends: ends, zone: times.zone, by: scope.actor)
                booking.resources = ask.resources(times)
                return (booking, turns)
            }
            let times = try ask.times(of: ask.lock(in: tx), in: tx)
            let (hosts, turns) = try ask.takers(times, in: tx)
            var booking = draft.booking(on: link, hosts: hosts, ends: ends, zone: times.zone, by: scope.actor)
            (booking.resources, booking.chosenHost) = (ask.resources(times), ask.chosen)
            // The host gave the address to one person: whoever else books with it asks.
            if let single, !single.isContact(attendee.email) {
                let until = link.rules.approval.deadline(from: now, before: start)
                booking.state = .asked(starts: start, ends: ends, until: until)
            }
            return (booking, turns)
        } catch let taken as CrewAsk.NotTaken {
            try ask.refuseGuests(taken.reason, in: tx)
            throw SlotGone(
                start: start, minutes: minutes, reason: taken.reason, hold: hold,
                asked: draft.request.holdToken != nil, booker: ask.booker, chosen: ask.chosen,
                people: ask.people, now: now)
        }
    }

}

extension BookingRequest {
    /// How long the meeting lasts.
    func minutes(on link: Link, hold: Hold?) throws -> Int {
        let minutes = duration ?? hold.map { Int(($0.ends - $0.starts) / 60) } ?? link.rules.duration
        guard link.rules.lengths.contains(minutes) else { throw Invalid("duration", link.rules.otherLengthRefused) }
        return minutes
    }
}

/// All that must exist before the transaction begins: ids, the token and the time.
struct BookingDraft: Sendable {
    let request: BookingRequest
    let id: ID<Booking>
    let uid: String
    let historyID: ID<BookingHistory>
    let noteID: ID<BookingNote>
    let token: NewToken
    let now: Instant

    init(_ request: BookingRequest, installation: Installation, scope: Scope) {
        let world = installation.world
        self.request = request
        id = world.id()
        uid = "\(id)-\(world.token().prefix(10))@\(installation.host)"
        historyID = world.id()
        noteID = world.id()
        token = NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace)
        now = world.now
    }

    func booking(on link: Link, hosts: [LinkHost], ends: Instant, zone: Zone, by actor: Actor) -> Booking {
        var booking = Booking(
            id: id, link: link.id, uid: uid,
            state: link.firstState(from: request.start, to: ends, by: actor, now: now),
            anchorZone: zone.name, anchorLocal: TimeWords.wall(request.start, in: zone),
            attendee: request.attendee, location: request.location ?? link.rules.firstLocation, hosts: hosts,
            answers: request.answers, source: request.source, utm: request.utm, reason: "", createdAt: now,
            guests: request.guests)
        booking.bookedBy = request.bookedBy
        return booking
    }
}

/// The time cannot be had; thrown inside the transaction, answered outside with the nearest free times.
package struct SlotGone: Error {
    package var start: Instant
    /// How long the meeting would have lasted.
    package var minutes: Int
    package var reason: Reason
    package var hold: Hold?
    /// Whether the booker came with a hold, alive or not.
    package var asked = false
    package var ignoring: [String] = []
    package var booker = Booker()
    /// Whom they wanted to meet.
    package var chosen: ID<User>?
    /// How many would attend.
    package var people = 1
    package var now: Instant
    /// The booking to be moved: its own time is none of the nearest.
    package var moving: Booking?

    /// Reads the nearest free times and makes the refusal of them.
    package func refusal(
        _ installation: Installation, link id: ID<Link>, scope: Scope
    ) async throws -> BookingRefusal {
        let claims = ignoring + (hold?.claims ?? [])
        return try await installation.database.read(scope) { tx in
            guard let link = try LinkStore.find(id, scope: scope, in: tx) else { throw LinkRefusal.notFound }
            var times = try OfferedTimes(
                link: link, moving: moving, from: start.adding(days: -8), to: start.adding(days: 8), ignoring: claims,
                people: people, booker: booker, now: now, zones: installation.world.zones, scope: scope, in: tx)
            times.chosen = chosen
            let nearest = times.nearest(to: start, duration: minutes, except: moving?.state.starts)
            // A session of another length is none that could be joined.
            let left = times.session(at: start).map { $0.ends == start.adding(minutes: minutes) ? $0.seatsLeft : 0 }
                ?? link.rules.seats.capacity
            return reason == .full ? .full(left: left, zone: times.zone, alternatives: nearest)
                : words(zone: times.zone, nearest: nearest)
        }
    }

    private func words(zone: Zone, nearest: [Instant]) -> BookingRefusal {
        let held = hold.map { $0.expires > now } ?? false
        switch reason {
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .tooFar, .notOnGrid, .windowTooShort,
            .windowInSkippedHour, .tooSoon, .notFirstOfDay, .outsideBookerHours:
            if asked && !held && reason == .tooSoon { return .holdExpired(zone: zone, alternatives: nearest) }
            return .notOffered(reason, zone: zone, alternatives: nearest)
        case .limitLink, .limitHost, .limitLinkHost, .limitTeam, .limitAttendee:
            return .limitReached(reason, zone: zone, alternatives: nearest)
        default:
            if asked && !held { return .holdExpired(zone: zone, alternatives: nearest) }
            return .slotTaken(start: start, zone: zone, alternatives: nearest)
        }
    }
}

extension Booking {
    /// The exclusive rows that make hosts and resources busy for the time it has; their claim is the booking's id.
    func ledgerRows(link: Link, world: World, scope: Scope) -> [LedgerRow] {
        let taken = link.rules.taken(from: state.starts, to: state.ends)
        return (hosts.map(\.id.text) + resources.map(\.id.text)).map { subject in
            LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: subject, workspace: scope.workspace,
                kind: isWaiting ? .pending : .booking, ref: id.text, claim: id.text, starts: taken.start,
                ends: taken.end,
                gapBefore: Int64(link.rules.bufferBefore) * 60, gapAfter: Int64(link.rules.bufferAfter) * 60,
                expires: nil)
        }
    }
}
