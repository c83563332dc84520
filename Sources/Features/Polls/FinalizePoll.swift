/// Deciding a poll: one of its options becomes a booking with those whom the host names, and everybody else is told.
import Database
import Scheduling
import Web

package struct FinalizePoll: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Of all who press at once one makes the booking: `BookSlot` holds the lock of the poll's link.
    /// - Throws: `PollHostRefusal.decided`, `.gone`; `Common.notFound` where it was deleted meanwhile.
    package func callAsFunction(
        _ decision: PollDecision, of poll: ID<Poll>, key: RequestKey?, scope: Scope
    ) async throws {
        let found = try await installation.database.read(scope) { tx in
            let poll = try PollStore.find(poll, scope: scope, in: tx)
            let link = try poll.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) }
            return (poll, link, try poll.map { try PollVoterStore.all(of: $0.id, scope: scope, in: tx) } ?? [])
        }
        guard let poll = found.0, let link = found.1 else { throw Common.notFound }
        let voters = found.2
        // A host among the voters has the meeting anyway.
        let hosts = Set(link.hosts.map { Account.folded($0.email) })
        let coming = decision.voters.compactMap { id in voters.first { $0.id == id } }
            .filter { !hosts.contains(Account.folded($0.email)) }
        guard let first = coming.first else {
            throw Invalid("voterIds", plain("Choose at least one who comes, besides the host."))
        }
        var request = BookingRequest(
            start: decision.time.start, attendee: first.attendee(otherwise: poll.zone, link, installation))
        request.guests = coming.dropFirst().map(\.email)
        (request.source, request.key) = (.poll, key)
        // The hosts hear of the meeting as hosts.
        let told = coming + voters.filter { hosts.contains(Account.folded($0.email)) }
        request.handPicked = handPicked(decision, poll, coming: Set(told.map(\.id)), scope: scope)
        _ = try await BookSlot(installation)(request, link: link.id, scope: scope)
    }

    private func handPicked(
        _ decision: PollDecision, _ poll: Poll, coming: Set<ID<PollVoter>>, scope: Scope
    ) -> HandPicked {
        let (installation, now, id) = (installation, installation.world.now, poll.id)
        let entry = AuditEntry(.pollFinalized, of: id.text, from: origin, installation.world)
        return HandPicked(
            time: decision.time, host: poll.author, zone: installation.world.zones.zone(poll.zone) ?? .utc,
            claim: id.text, gone: PollHostRefusal.gone,
            check: { link, tx in
                guard let poll = try PollStore.find(id, scope: scope, in: tx), poll.link == link.id,
                    poll.option(decision.option) != nil
                else { throw Common.notFound }
                guard poll.state != .finalized else { throw PollHostRefusal.decided }
            },
            end: { booking, tx in
                guard let poll = try PollStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
                // With the host's time locked: whoever leaves meanwhile has done so by now, or waits.
                try Polls.checkHost(poll.author, scope: scope, in: tx)
                try PollStore.finalize(id, decision.option, as: booking.id, now: now, scope: scope, in: tx)
                try tx.removeLedger(claim: id.text)
                let voters = try PollVoterStore.all(of: id, scope: scope, in: tx)
                for voter in voters where !coming.contains(voter.id) {
                    try PollJobs.tell(.decided, voter.id, world: installation.world, now: now, scope: scope, in: tx)
                }
                if poll.rules.holds {
                    try EndKeptOffer.tellWaiting(
                        [poll.author], because: id.text, installation, now: now, scope: scope, in: tx)
                }
                try publish(poll, voters, as: decision, booking, now: now, scope: scope, in: tx)
                let title = try LinkStore.find(poll.link, scope: scope, in: tx)?.rules.title ?? ""
                try AuditStore.recordDeed(entry.about(title), scope: scope.about([poll.author]), in: tx)
            })
    }

    private func publish(
        _ poll: Poll, _ voters: [PollVoter], as decision: PollDecision, _ booking: Booking, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws {
        guard let link = try LinkStore.find(poll.link, scope: scope, in: tx) else { return }
        var poll = poll
        (poll.state, poll.chosen, poll.booking, poll.closedAt) = (.finalized, decision.option, booking.id, now)
        try WebhookEvent.pollFinalized.publish(
            poll.id.text, version: poll.version,
            // Who comes is told with the booking; what the others said is kept elsewhere without their addresses.
            data: PollJSON(poll, link: link, voters: voters, now: now, zones: installation.world.zones)
                .json(tellsAddresses: false),
            world: installation.world, now: now, scope: scope, in: tx)
    }
}

extension PollVoter {
    fileprivate func attendee(otherwise zone: String, _ link: Link, _ installation: Installation) -> Attendee {
        Attendee(
            name: String(words.unicodeScalars.prefix(BookingLimits.name)), email: email, zone: self.zone ?? zone,
            language: language ?? installation.language(link.rules.look.language).code)
    }
}
