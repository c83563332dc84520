/// Asking the attendee for another time: one transaction that keeps the times and plans the mail.
import Database
import Scheduling
import Web

package struct ProposeTimes: Sendable {
    static let route = "proposal"

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    private var world: World { installation.world }

    /// Asks, and keeps the times that are named until the answer; the booking stays as it is.
    ///
    /// The same question asked twice is one question, and one mail.
    /// - Throws: `ProposalRefusal`; `BookingRefusal` for a booking that is over or has begun.
    package func callAsFunction(
        _ id: ID<Booking>, _ wish: ProposalWish, key: RequestKey? = nil, scope: Scope
    ) async throws -> Reply {
        guard let author = scope.actor.person else { throw Common.forbidden }
        let (proposal, now): (ID<Proposal>, Instant) = (world.id(), world.now)
        let reply = try await installation.database.write(scope) { tx in
            let replies = ReplyStore(scope: id.text, route: Self.route, keyring: installation.keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            let (booking, link) = try locked(id, scope: scope, now: now, in: tx)
            let asked = try ask(
                wish, by: author, proposal, of: booking, link: link, now: now, scope: scope, in: tx)
            let history = try BookingStore.history(of: id, scope: scope, in: tx)
            let told = BookingJSON(asked, link: link, history: history, zones: world.zones)
            if asked.proposal?.id == proposal {
                try WebhookEvent.bookingProposed.publish(
                    proposal.text, version: 1, data: told.json(token: nil), world: world, now: now, scope: scope,
                    in: tx)
            }
            let reply = Reply(status: 200, body: told.json(token: nil).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("proposing.before_commit")
            return reply
        }
        CrashPoint.reach("proposing.after_commit")
        return reply
    }

    /// The booking as it is with the question.
    private func ask(
        _ wish: ProposalWish, by author: ID<User>, _ id: ID<Proposal>, of booking: Booking, link: Link, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws -> Booking {
        let state = booking.state
        guard state.status == .confirmed || booking.isWaiting else { throw BookingRefusal.over(state.status) }
        guard now < state.firstStart else { throw BookingRefusal.meetingStarted }
        let starts = Set(wish.starts).sorted()
        if starts.isEmpty, booking.isWaiting { throw ProposalRefusal.nothingConfirmed }
        if !starts.isEmpty, booking.session != nil { throw ProposalRefusal.seated }
        if let open = booking.question(now: now) {
            guard open.times.map(\.start) == starts else { throw ProposalRefusal.asked }
            return booking
        }
        if let old = booking.proposal { try ProposalStore.close(old, as: .lapsed, now: now, scope: scope, in: tx) }
        let last = (starts + [state.firstStart] + [state.waiting?.until].compactMap(\.self)).min() ?? state.firstStart
        let expires = starts.isEmpty ? last : min(now.adding(hours: wish.hours), last)
        guard expires - now >= Int64(Proposal.leastMinutes) * 60 else { throw ProposalRefusal.tooLate }
        let seconds = state.ends - state.starts
        let proposal = Proposal(
            id: id, booking: booking.id, author: author, authorName: "", behalf: scope.behalf, about: state.starts,
            times: starts.map { Span(start: $0, end: $0.adding(seconds: seconds)) }, message: wish.message,
            expires: expires, createdAt: now)
        let rows = try proposal.times.flatMap { time in
            try taken(time, by: proposal, of: booking, link: link, now: now, scope: scope, in: tx)
        }
        try ProposalStore.insert(proposal, scope: scope, in: tx)
        try tx.add(rows)
        for holder in booking.holders {
            try ProposalJobs.tell(
                .proposed, proposal, to: holder.rawValue, world: world, now: now, scope: scope, in: tx)
        }
        var asked = booking
        asked.proposal = proposal
        return asked
    }

    /// What keeps a time for the attendee: rows like those of a hold, under the booking's claim.
    private func taken(
        _ time: Span, by proposal: Proposal, of booking: Booking, link: Link, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> [LedgerRow] {
        let attendee = booking.attendee
        let ask = CrewAsk(
            link: link, booking: booking, start: time.start, ends: time.end,
            booker: Booker(email: attendee.email, zone: world.zones.zone(attendee.zone)),
            people: 1 + booking.guests.count, now: now, zones: world.zones, scope: scope)
        let times = try ask.times(of: booking.hosts, in: tx)
        let isOwn = time.start == booking.state.starts || time.start == booking.state.confirmed?.start
        if let reason = isOwn ? .notOnGrid : times.refusal(at: time.start, duration: ask.minutes) {
            let zone = world.zones.zone(booking.anchorZone) ?? .utc
            throw ProposalRefusal.taken(reason, when: TimeWords.dayAndTime(time.start, in: zone))
        }
        let span = link.rules.taken(from: time.start, to: time.end)
        return (booking.hosts.map(\.id.text) + ask.resources(times).map(\.id.text)).map { subject in
            LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: subject, workspace: scope.workspace, kind: .hold,
                ref: proposal.id.text, claim: booking.id.text, starts: span.start, ends: span.end,
                gapBefore: Int64(link.rules.bufferBefore) * 60, gapAfter: Int64(link.rules.bufferAfter) * 60,
                expires: proposal.expires)
        }
    }

    /// The booking under the lock of its hosts, of what its link may take beside them, and of what is held for it.
    private func locked(
        _ id: ID<Booking>, scope: Scope, now: Instant, in tx: Transaction
    ) throws -> (Booking, Link) {
        let (seen, link) = try BookingStore.withLink(id, counting: true, scope: scope, in: tx)
        let subjects = Set(seen.hosts.map(\.id.text) + seen.resources.map(\.id.text))
            .union(link.rules.needs.flatMap(\.oneOf).map(\.text)).union(try tx.subjects(ofClaims: [id.text])).sorted()
        try tx.lockSubjects(subjects)
        try tx.dropExpiredHolds(of: subjects, now: now)
        return (try BookingStore.again(seen, scope: scope, in: tx), link.alone(for: seen))
    }
}

/// The end of a proposal that nobody accepts: the host takes it back, or none of its times suits.
package struct EndProposal: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// The host takes back what they asked; nothing where nothing is open.
    package func withdraw(_ id: ID<Booking>, scope: Scope) async throws {
        let now = installation.world.now
        try await installation.database.write(scope) { tx in
            let (booking, _) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            guard let proposal = booking.proposal else { return }
            let state: ProposalState = proposal.isOpen(now: now) ? .withdrawn : .lapsed
            try ProposalStore.close(proposal, as: state, now: now, scope: scope, in: tx)
        }
    }

    /// None of the times suits the attendee: they are free again, and the hosts are told. Said twice it is said once.
    /// - Throws: `ProposalRefusal.over` when it is over in another way.
    package func refuse(
        _ id: ID<Proposal>, of booking: ID<Booking>, reply: String, scope: Scope
    ) async throws {
        let (now, world) = (installation.world.now, installation.world)
        try await installation.database.write(scope) { tx in
            let (booking, link) = try BookingStore.locked(booking, now: now, scope: scope, in: tx)
            guard let proposal = booking.question(now: now), proposal.id == id else {
                let before = try ProposalStore.find(id, scope: scope, in: tx)
                guard before?.booking == booking.id, before?.state == .refused else { throw ProposalRefusal.over }
                return
            }
            try ProposalStore.close(proposal, as: .refused, reply: reply, now: now, scope: scope, in: tx)
            for host in booking.hosts {
                try ProposalJobs.tell(
                    .refused, proposal, to: host.id.text, world: world, now: now, scope: scope, in: tx)
            }
            var told = booking
            told.proposal = nil
            let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
            try WebhookEvent.bookingProposalRefused.publish(
                proposal.id.text, version: 1,
                data: BookingJSON(told, link: link, history: history, zones: world.zones).json(token: nil),
                world: world, now: now, scope: scope, in: tx)
            CrashPoint.reach("refusing.before_commit")
        }
    }
}
