/// Booking a series: all its meetings in one transaction, or none.
import Database
import Scheduling
import Web

package struct BookSeries: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Books every meeting of the wish, or refuses and leaves nothing behind.
    ///
    /// The reply is that of the first booking, with the series and the token of each. One key stands for the whole.
    /// - Throws: `BookingRefusal` where the first time is gone, `SeriesRefusal.taken` with what stands against others.
    package func callAsFunction(
        _ request: BookingRequest, _ wish: SeriesWish, link: ID<Link>, scope: Scope
    ) async throws -> Reply {
        let draft = SeriesDraft(request, wish, installation, scope)
        do {
            let reply = try await installation.write(locking: link, scope: scope) { tx in
                try write(draft, link: link, scope: scope, in: tx)
            }
            CrashPoint.reach("booking.after_commit")
            return reply
        } catch let gone as SlotGone {
            throw try await gone.refusal(installation, link: link, scope: scope)
        } catch let taken as SeriesTaken {
            throw try await refusal(taken, draft, link: link, scope: scope)
        }
    }

    /// The conflicts with the nearest times of their days.
    private func refusal(
        _ taken: SeriesTaken, _ draft: SeriesDraft, link: ID<Link>, scope: Scope
    ) async throws -> SeriesRefusal {
        let plan = try await PlanSeries(installation)(
            draft.request, draft.wish, lasting: taken.minutes, link: link, scope: scope)
        guard plan.conflicts.isEmpty else { return .taken(plan) }
        // Free again by now; what was found then is said all the same, and the next press books.
        var known = plan
        known.occurrences = plan.occurrences.map { occurrence in
            taken.occurrences.first { $0.index == occurrence.index } ?? occurrence
        }
        return .taken(known)
    }

    private func write(_ draft: SeriesDraft, link id: ID<Link>, scope: Scope, in tx: Transaction) throws -> Reply {
        let request = draft.request
        let replies = ReplyStore(scope: id.text, route: "bookings", keyring: installation.keyring)
        if let reply = try replies.claim(request.key, now: draft.now, in: tx) { return reply }
        if let proof = request.proof { try ProofStore.spend(proof, scope: scope, in: tx) }

        guard let link = try LinkStore.locked(id, scope: scope, in: tx) else { throw LinkRefusal.notFound }
        try link.checkOpen(now: draft.now, scope: scope, in: tx)
        let rules = try link.series(for: draft.wish)
        let hold = try BookingTokenStore.picked(request.holdToken, link: id, scope: scope, in: tx)
        try link.checkChoice(draft.chosen(hold))
        let zone = try link.anchor(installation.world.zones, scope: scope, in: tx)
        let starts = try draft.wish.starts(Recurrence(first: request.start, zone: zone, weeks: rules.weeks))
        try link.checkUses(starts.count, scope: scope, in: tx)
        let taking = TakeSeries(
            draft: draft, link: link, hold: hold, minutes: try request.minutes(on: link, hold: hold), zone: zone,
            installation: installation, scope: scope)
        let series = draft.series(on: link, rules, zone: zone)
        let bookings = try taking.callAsFunction(series, starts, in: tx)
        if !request.isQuiet {
            try SeriesJobs.tell(.booked, of: bookings, series: series.id, version: 1, world: installation.world,
                                now: draft.now, scope: scope, in: tx)
        }
        let reply = Reply(status: 201, body: draft.json(bookings, link: link, installation.world.zones).bytes)
        try replies.store(reply, for: request.key, in: tx)
        CrashPoint.reach("booking.before_commit")
        return reply
    }
}

/// Meetings that cannot be had; thrown inside the transaction, answered outside.
private struct SeriesTaken: Error {
    let occurrences: [Occurrence]
    let minutes: Int
}

/// Takes the times of a series one after the other; each sees those before it as booked.
private struct TakeSeries {
    let draft: SeriesDraft
    let link: Link
    let hold: Hold?
    let minutes: Int
    let zone: Zone
    let installation: Installation
    let scope: Scope

    private var world: World { installation.world }
    private var claims: [String] { hold?.claims ?? [] }
    private var staysSame: Bool { link.rules.series?.host == .same && link.rotates }

    func callAsFunction(
        _ series: Series, _ starts: [(index: Int, start: Instant)], in tx: Transaction
    ) throws -> [Booking] {
        try lock(in: tx)
        try SeriesStore.insert(series, scope: scope, in: tx)
        let one = try one(starts, in: tx)
        var (crew, bookings, conflicts) = (one.map { [$0.host] } ?? link.hosts, [Booking](), [Occurrence]())
        for (place, ids) in zip(starts, draft.ids) {
            do {
                let (booking, taken) = try take(place, ids, crew, isFirst: bookings.isEmpty, in: tx)
                // Whose turn it was, and why, was found out for all of them.
                let turns = place.index == 0 ? one.map { [$0] } ?? taken : taken
                if staysSame, bookings.isEmpty { crew = booking.hosts }
                bookings.append(try store(booking, turns, ids, place, series, beside: bookings.first?.id, in: tx))
            } catch let taken as CrewAsk.NotTaken {
                if place.index == 0 { throw gone(taken.reason, at: place.start) }
                conflicts.append(Occurrence(
                    index: place.index, start: place.start, ends: place.start.adding(minutes: minutes),
                    reason: taken.reason))
            }
        }
        guard conflicts.isEmpty else { throw SeriesTaken(occurrences: conflicts, minutes: minutes) }
        return bookings
    }

    /// All who may take any of the meetings, in one statement and in ascending order; the link's row is locked.
    private func lock(in tx: Transaction) throws {
        var subjects = Set(link.hosts.map(\.id.text))
        subjects.formUnion(link.rules.needs.flatMap(\.oneOf).map(\.text))
        subjects.formUnion(try tx.subjects(ofClaims: claims))
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: draft.now)
    }

    private func ask(_ place: (index: Int, start: Instant)) -> CrewAsk {
        let request = draft.request
        return CrewAsk(
            link: place.index == 0 ? link : link.inSeries, start: place.start,
            ends: place.start.adding(minutes: minutes), claims: claims,
            booker: Booker(email: request.attendee.email, zone: world.zones.zone(request.attendee.zone)),
            people: 1 + request.guests.count, chosen: draft.chosen(hold), now: draft.now, zones: world.zones,
            scope: scope)
    }

    private func one(_ starts: [(index: Int, start: Instant)], in tx: Transaction) throws -> LinkRotation.Turn? {
        guard staysSame, !link.hasPools, draft.chosen(hold) == nil else { return nil }
        let eligible = try starts.map { place in
            try ask(place).times(of: link.hosts, in: tx).eligible(at: place.start, duration: minutes)
        }
        return try SeriesCrew.one(
            link, eligible, from: draft.request.start, now: draft.now, zones: world.zones, scope: scope, in: tx)
    }

    private func take(
        _ place: (index: Int, start: Instant), _ ids: SeriesDraft.IDs, _ crew: [LinkHost], isFirst: Bool,
        in tx: Transaction
    ) throws -> (Booking, [LinkRotation.Turn]) {
        let ask = ask(place)
        let times = try ask.times(of: crew, in: tx)
        do {
            var (hosts, turns) = try ask.takers(times, in: tx)
            if staysSame, !isFirst {
                turns = turns.map { LinkRotation.Turn(host: $0.host, ground: .kept, judged: $0.judged, pool: $0.pool) }
            }
            var booking = draft.booking(ids, on: link, hosts: hosts, starts: ask.start, ends: ask.ends, zone: zone)
            (booking.resources, booking.chosenHost) = (ask.resources(times), ask.chosen)
            return (booking, turns)
        } catch let taken as CrewAsk.NotTaken {
            if place.index == 0 { try ask.refuseGuests(taken.reason, in: tx) }
            throw taken
        }
    }

    private func gone(_ reason: Reason, at start: Instant) -> SlotGone {
        SlotGone(
            start: start, minutes: minutes, reason: reason, hold: hold, asked: draft.request.holdToken != nil,
            booker: ask((0, start)).booker, chosen: draft.chosen(hold), now: draft.now)
    }

    /// Everything that a booking is, as for one that is booked alone; but its mail, which is one for all.
    private func store(
        _ booking: Booking, _ turns: [LinkRotation.Turn], _ ids: SeriesDraft.IDs,
        _ place: (index: Int, start: Instant), _ series: Series, beside first: ID<Booking>?, in tx: Transaction
    ) throws -> Booking {
        let scope = scope.about(booking.hosts.map(\.id))
        var booking = booking
        booking.series = SeriesPlace(series: series.id, index: place.index, count: series.count, weeks: series.weeks)
        if let hold, place.index == 0 { try HoldSlot.dropPicked(hold, now: draft.now, scope: scope, in: tx) }
        let (request, now) = (draft.request, draft.now)
        try booking.insert(
            on: link, utm: request.utm, beside: first, world: world, now: now, scope: scope, in: tx)
        let picked = place.index == 0 ? hold : nil
        try booking.take(offerOf: picked, on: link, installation, scope: scope, in: tx)
        try SeriesStore.add(booking.id, at: place.index, to: series.id, scope: scope, in: tx)
        try BookingSearchStore.index(booking, isNew: true, title: link.rules.title, scope: scope, in: tx)
        try tx.add(booking.ledgerRows(link: link, world: world, scope: scope))
        try turns.write(booking, world: world, now: now, scope: scope, in: tx)
        try BookingTokenStore.insert(ids.token, booking: booking.id, now: now, scope: scope, in: tx)
        try BookingStore.record(
            "booked", of: booking.id, state: booking.state, to: place.start, id: ids.history, now: now, scope: scope,
            in: tx)
        if !request.note.isEmpty, case .user(let author) = scope.actor {
            _ = try BookingNoteStore.add(
                request.note, to: booking.id, by: author, id: ids.note, now: now, scope: scope, in: tx)
        }
        if !request.isQuiet {
            let told = BookingJSON(booking, link: link, zones: world.zones)
            try WebhookEvent.bookingCreated.publish(told, world: world, now: now, scope: scope, in: tx)
        }
        return booking
    }
}

/// All that must exist before the transaction begins: ids, tokens and the time.
private struct SeriesDraft: Sendable {
    struct IDs: Sendable {
        let booking: ID<Booking>
        let uid: String
        let history: ID<BookingHistory>
        let note: ID<BookingNote>
        let token: NewToken
    }

    let request: BookingRequest
    let wish: SeriesWish
    let seriesID: ID<Series>
    let ids: [IDs]
    let now: Instant
    private let actor: Actor

    init(_ request: BookingRequest, _ wish: SeriesWish, _ installation: Installation, _ scope: Scope) {
        let world = installation.world
        (self.request, self.wish, seriesID, now) = (request, wish, world.id(), world.now)
        actor = scope.actor
        ids = (0..<min(wish.count, LinkSeries.counts.upperBound)).map { _ in
            let id: ID<Booking> = world.id()
            return IDs(
                booking: id, uid: "\(id)-\(world.token().prefix(10))@\(installation.host)", history: world.id(),
                note: world.id(),
                token: NewToken(world: world, keyring: installation.keyring, workspace: scope.workspace))
        }
    }

    /// Whom the attendee wants to meet each time.
    func chosen(_ hold: Hold?) -> ID<User>? { request.host ?? hold?.chosenHost }

    func series(on link: Link, _ rules: LinkSeries, zone: Zone) -> Series {
        Series(
            id: seriesID, link: link.id, weeks: rules.weeks, count: wish.count, anchorZone: zone.name,
            anchorLocal: TimeWords.wall(request.start, in: zone), createdAt: now)
    }

    func booking(
        _ ids: IDs, on link: Link, hosts: [LinkHost], starts: Instant, ends: Instant, zone: Zone
    ) -> Booking {
        Booking(
            id: ids.booking, link: link.id, uid: ids.uid,
            state: link.firstState(from: starts, to: ends, by: actor, now: now),
            anchorZone: zone.name, anchorLocal: TimeWords.wall(starts, in: zone), attendee: request.attendee,
            location: request.location ?? link.rules.firstLocation, hosts: hosts, answers: request.answers,
            source: request.source, utm: request.utm, reason: "", createdAt: now, guests: request.guests)
    }

    /// The first booking as a single one is told, and all of them with their tokens.
    func json(_ bookings: [Booking], link: Link, _ zones: Zones) -> JSON {
        guard let first = bookings.first else { return .null }
        let tokens = Dictionary(ids.map { ($0.booking, $0.token.text) }) { first, _ in first }
        let told = BookingJSON(first, link: link, zones: zones).json(token: tokens[first.id])
        let all = JSON.array(bookings.map { SeriesJSON.occurrence($0, token: tokens[$0.id], zones) })
        return .object((told.members ?? []) + [("occurrences", all)])
    }
}

extension Link {
    /// Whether so many bookings more fit into what the link takes in all. Its row is locked.
    fileprivate func checkUses(_ count: Int, scope: Scope, in tx: Transaction) throws {
        guard let most = rules.access.mostUses else { return }
        let left = most - (try LinkUseStore.uses(of: id, scope: scope, in: tx))
        guard count <= left else { throw SeriesRefusal.usesLeft(left) }
    }
}
