/// Making a poll: one transaction with its link, the times it keeps, and the mails to those who are invited.
import Database
import Scheduling
import Web

/// What a host wants of one.
package struct PollWish: Hashable, Sendable {
    package var title: String
    package var place: String
    package var zone: String
    package var kind: PollKind
    package var moments: [PollMoment]
    package var rules: PollRules
    /// Addresses, each once.
    package var invited: [String]
}

package struct MakePoll: Sendable {
    private static let route = "polls"

    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// All that must exist before the transaction begins.
    private struct Draft: Sendable {
        let poll: Poll
        let lastAt: Instant
        let rules: LinkRules
        let ids: NewLinkIDs
        let token: String
        let voters: [(PollVoter, MailedToken)]
    }

    /// Asked twice with one key it is one. The host is somebody for whom the actor may act. The reply is the API's: 201
    /// with its open address, not told again there.
    /// - Throws: `PollHostRefusal`.
    package func callAsFunction(
        _ wish: PollWish, of author: ID<User>, key: RequestKey?, scope: Scope
    ) async throws -> Reply {
        let now = installation.world.now
        let counted = installation.doors.take(invitations: wish.invited.count, by: author, now: now)
        if case .full(let seconds) = counted { throw PollHostRefusal.invitedOften(seconds: seconds) }
        for _ in 0..<4 {
            let draft = draft(wish, author: author, scope: scope)
            do {
                let reply = try await installation.database.write(scope) { tx in
                    try write(draft, key, scope: scope, in: tx)
                }
                CrashPoint.reach("polling.after_commit")
                return reply
            } catch DatabaseError.unique {
                // Another link has the same letters: six others are drawn.
                continue
            }
        }
        throw Common.unavailable(retryAfter: 1)
    }

    private func draft(_ wish: PollWish, author: ID<User>, scope: Scope) -> Draft {
        let (world, ids) = (installation.world, NewLinkIDs(installation.world))
        let (now, zone) = (world.now, world.zones.zone(wish.zone) ?? .utc)
        var poll = Poll(
            id: world.id(), link: ids.link, author: author, zone: wish.zone, kind: wish.kind, rules: wish.rules,
            createdAt: now)
        poll.options = Set(wish.moments).map { PollOption(id: world.id(), moment: $0) }
            .sorted { $0.moment.end(in: zone) < $1.moment.end(in: zone) }
        var rules = OneOff.rules(
            title: wish.title, slug: Slug.proposed(from: "", entropy: world.entropy), place: wish.place,
            minutes: poll.options.first?.moment.time?.minutes ?? 60)
        // The host alone says who comes.
        rules.access.mostGuests = 0
        let voters = wish.invited.map { email in
            let voter = PollVoter(
                id: world.id(), poll: poll.id, name: "", email: email, invited: true, createdAt: now)
            return (voter, MailedToken(installation, bound: PollVoter.binding(voter.id, scope.workspace)))
        }
        return Draft(
            poll: poll, lastAt: poll.options.map { $0.moment.end(in: zone) }.max() ?? now, rules: rules, ids: ids,
            token: world.token(), voters: voters)
    }

    private func write(_ draft: Draft, _ key: RequestKey?, scope: Scope, in tx: Transaction) throws -> Reply {
        let (poll, world, keyring) = (draft.poll, installation.world, installation.keyring)
        let replies = ReplyStore(scope: scope.actor.text, route: Self.route, keyring: keyring)
        if let reply = try replies.claim(key, now: poll.createdAt, in: tx) { return reply }
        let undecided = try PollStore.undecided(of: poll.author, scope: scope, in: tx)
        guard undecided.count(where: { !$0.isPast(world) }) < Poll.mostOpen else { throw PollHostRefusal.tooMany }
        var wish = LinkWish(rules: draft.rules)
        wish.hosts = [HostWish(poll.author)]
        let link = try SaveLink(installation, from: origin).insert(
            wish, host: poll.author, ids: draft.ids, now: poll.createdAt, scope: scope, in: tx)
        try AdHocStore.mark(link.id, Poll.key(poll.id), scope: scope, in: tx)
        try tx.lockSubjects([poll.author.text])
        // Whoever is switched off meanwhile has their row locked, so what is read here is how it ended.
        try Polls.checkHost(poll.author, scope: scope, in: tx)
        try tx.dropExpiredHolds(of: [poll.author.text], now: poll.createdAt)
        let zone = world.zones.zone(poll.zone) ?? .utc
        let freedom = try PollFreedom(poll, zone: zone, now: poll.createdAt, in: tx)
        if let busy = poll.options.first(where: { !freedom.isAlive($0.id) }) {
            throw PollHostRefusal.notFree(when: busy.moment.words(in: zone))
        }
        let sealed = keyring.seal(Array(draft.token.utf8), bound: Poll.binding(poll.id, scope.workspace))
        try PollStore.insert(
            poll, lastAt: draft.lastAt, tokenHash: sha256(Array(draft.token.utf8)), sealed: sealed, scope: scope,
            in: tx)
        try tx.add(poll.placeholders(world, scope: scope))
        for (voter, token) in draft.voters {
            _ = try PollVoterStore.insert(voter, token: token, scope: scope, in: tx)
            try PollJobs.tell(.invited, voter.id, world: world, now: poll.createdAt, scope: scope, in: tx)
        }
        try PollJobs.end(poll, world: world, now: poll.createdAt, scope: scope, in: tx)
        try AuditStore.recordDeed(
            AuditEntry(.pollMade, of: poll.id.text, named: link.rules.title, from: origin, world), scope: scope, in: tx)
        let told = PollJSON(poll, link: link, voters: draft.voters.map(\.0), now: poll.createdAt, zones: world.zones)
            .json(url: installation.url(Path("/poll/\(draft.token)")))
        let reply = Reply(status: 201, body: told.bytes)
        try replies.store(reply, for: key, in: tx)
        CrashPoint.reach("polling.before_commit")
        return reply
    }
}

/// One as the API tells it to its host.
package struct PollJSON: Sendable {
    let poll: Poll
    let link: Link
    let voters: [PollVoter]
    let now: Instant
    let zones: Zones

    package init(_ poll: Poll, link: Link, voters: [PollVoter], now: Instant, zones: Zones) {
        (self.poll, self.link, self.voters) = (poll, link, voters)
        (self.now, self.zones) = (now, zones)
    }

    /// - Parameters:
    ///   - url: its open address, told once by the call that makes it.
    ///   - freedom: where it was looked whether its options can be had.
    ///   - tellsAddresses: whether the reader may know the e-mail addresses of voters.
    package func json(
        url: String? = nil, freedom: PollFreedom? = nil, tellsAddresses: Bool = true
    ) -> JSON {
        let rules = poll.rules
        return JSON(present: [
            ("id", .string(poll.id.text)), ("state", .string(poll.state(now: now).rawValue)),
            ("title", .string(link.rules.title)), ("place", .string(link.rules.firstLocation.text)),
            ("timezone", .string(poll.zone)), ("open", .bool(rules.anyone)), ("hidesVotes", .bool(rules.hidesVotes)),
            ("takesProposals", .bool(rules.takesProposals)), ("holds", .bool(rules.holds)),
            ("deadline", JSON(rules.deadline?.rfc3339())),
            ("options", .array(poll.options.map { option in
                Self.option(option, poll, zones, tally: PollTally(of: option.id, voters), more: [
                    ("free", freedom.map { .bool($0.isAlive(option.id)) }), ("busy", freedom.map {
                        .bool($0.state(of: option.id) == .busy)
                    }),
                    ("proposedBy", option.proposer.map { .string($0.text) }),
                ])
            })),
            ("voters", .array(voters.map { Self.voter($0, tellsAddress: tellsAddresses) })),
            ("hostId", .string(poll.author.text)),
            ("chosenOptionId", JSON(poll.chosen?.text)), ("bookingId", JSON(poll.booking?.text)),
            ("createdAt", .string(poll.createdAt.rfc3339())), ("closedAt", JSON(poll.closedAt?.rfc3339())),
            ("url", url.map { .string($0) }),
        ])
    }

    /// An option as everybody is told of it.
    /// - Parameter tally: nil where nobody is to see what others said.
    static func option(
        _ option: PollOption, _ poll: Poll, _ zones: Zones, tally: PollTally?, more: [(String, JSON?)] = []
    ) -> JSON {
        let (zone, time) = (zones.zone(poll.zone), option.moment.time)
        return JSON(present: [
            ("id", .string(option.id.text)), ("start", time.map { .string($0.start.rfc3339(in: zone)) }),
            ("end", time.map { .string($0.ends.rfc3339(in: zone)) }),
            ("durationMinutes", time.map { .int(Int64($0.minutes)) }),
            ("date", option.moment.day.map { .string($0.description) }),
            ("votes", tally.map { tally in
                [
                    "yes": .int(Int64(tally.yes)), "ifNeedBe": .int(Int64(tally.ifNeedBe)),
                    "no": .int(Int64(tally.no)),
                ]
            }),
        ] + more)
    }

    static func votes(_ voter: PollVoter) -> JSON {
        .array(voter.votes.sorted { $0.key.text < $1.key.text }.map { option, answer in
            ["optionId": .string(option.text), "answer": .string(answer.rawValue)]
        })
    }

    private static func voter(_ voter: PollVoter, tellsAddress: Bool) -> JSON {
        JSON(present: [
            ("id", .string(voter.id.text)), ("name", .string(voter.name)),
            ("email", tellsAddress ? .string(voter.email) : nil), ("invited", .bool(voter.invited)),
            ("votedAt", JSON(voter.votedAt?.rfc3339())), ("votes", votes(voter)),
        ])
    }
}
