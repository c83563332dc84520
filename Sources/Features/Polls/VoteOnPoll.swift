/// Voting: what somebody says to the options of a poll, again and again until it is closed, and what they propose.
import Database
import Scheduling
import Web

/// What somebody sends; every text is already bounded and checked.
package struct PollBallot: Hashable, Sendable {
    package var name: String
    package var email: String
    package var zone: String
    package var language: String
    package var votes: [ID<PollOption>: PollAnswer]
}

package struct VoteOnPoll: Sendable {
    private static let route = "poll votes"

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    private var world: World { installation.world }

    /// A first answer at the open address: from then on the voter has an address of their own, which is mailed too.
    /// - Returns: 201 with that address; asked twice with one key it is one.
    /// - Throws: `PollRefusal`; `.known` where the address is somebody's who has their own page, and is mailed it.
    package func first(_ ballot: PollBallot, on poll: Poll, key: RequestKey?, scope: Scope) async throws -> Reply {
        let (now, world) = (world.now, world)
        var voter = PollVoter(
            id: world.id(), poll: poll.id, name: ballot.name, email: ballot.email, invited: false, createdAt: now)
        (voter.zone, voter.language, voter.votes) = (ballot.zone, ballot.language, ballot.votes)
        let text = world.token()
        let token = MailedToken(text, installation, bound: PollVoter.binding(voter.id, scope.workspace))
        let (new, replies) = (
            voter, ReplyStore(scope: poll.link.text, route: Self.route, keyring: installation.keyring))
        do {
            let reply = try await write(new, token: token, text: text, on: poll, replies, key, now: now, scope: scope)
            CrashPoint.reach("voting.after_commit")
            return reply
        } catch PollRefusal.known {
            // Refused and rolled back; what is mailed is written by itself.
            try await installation.database.write(scope) { tx in
                guard let known = try PollVoterStore.find(email: new.email, of: poll.id, scope: scope, in: tx) else {
                    return
                }
                try PollJobs.tell(.address, known.id, world: world, now: now, scope: scope, in: tx)
            }
            throw PollRefusal.known
        }
    }

    private func write(
        _ new: PollVoter, token: MailedToken, text: String, on poll: Poll, _ replies: ReplyStore, _ key: RequestKey?,
        now: Instant, scope: Scope
    ) async throws -> Reply {
        let (world, installation) = (world, installation)
        return try await installation.write(locking: poll.link, scope: scope) { tx in
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            try Self.locked(poll, now: now, votes: new.votes, scope: scope, in: tx)
            let known = try PollVoterStore.find(email: new.email, of: poll.id, scope: scope, in: tx)
            guard known == nil else { throw PollRefusal.known }
            guard try PollVoterStore.count(of: poll.id, scope: scope, in: tx) < Poll.mostVoters else {
                throw PollRefusal.full
            }
            _ = try PollVoterStore.insert(new, token: token, scope: scope, in: tx)
            try PollVoterStore.vote(new, now: now, scope: scope, in: tx)
            try PollJobs.tell(.voted, new.id, world: world, now: now, scope: scope, in: tx)
            let reply = Reply(status: 201, body: Self.told(new, token: text, installation).bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("voting.before_commit")
            return reply
        }
    }

    /// What a voter says at their own address; the last word counts.
    /// - Throws: `PollRefusal`.
    package func again(_ ballot: PollBallot, by voter: PollVoter, on poll: Poll, scope: Scope) async throws -> JSON {
        let (now, world, installation) = (world.now, world, installation)
        var said = voter
        (said.name, said.zone, said.language) = (ballot.name, ballot.zone, ballot.language)
        said.votes = ballot.votes
        let new = said
        return try await installation.write(locking: poll.link, scope: scope) { tx in
            try Self.locked(poll, now: now, votes: new.votes, scope: scope, in: tx)
            guard let before = try PollVoterStore.find(new.id, scope: scope, in: tx) else { throw PollRefusal.unknown }
            try PollVoterStore.vote(new, now: now, scope: scope, in: tx)
            if before.votedAt == nil {
                try PollJobs.tell(.voted, new.id, world: world, now: now, scope: scope, in: tx)
            }
            var told = new
            told.votes = before.votes.merging(new.votes) { $1 }
            return Self.told(told, token: nil, installation)
        }
    }

    /// One more option, by a voter who has answered. It is not kept from anybody.
    /// - Throws: `PollRefusal`.
    package func propose(_ moment: PollMoment, by voter: PollVoter, on poll: Poll, scope: Scope) async throws {
        let (now, zone) = (world.now, world.zones.zone(poll.zone) ?? .utc)
        let option = PollOption(id: world.id(), moment: moment, proposer: voter.id)
        try await installation.write(locking: poll.link, scope: scope) { tx in
            let poll = try Self.locked(poll, now: now, votes: [:], scope: scope, in: tx)
            guard poll.rules.takesProposals else { throw PollRefusal.unknown }
            // Pressed twice, or proposed by two, it is one.
            guard !poll.options.contains(where: { $0.moment == moment }) else { return }
            guard poll.options.count < Poll.mostOptions,
                poll.options.count(where: { $0.proposer == voter.id }) < Poll.mostProposals
            else { throw PollRefusal.proposedOften }
            var more = poll
            more.options = [option]
            guard try PollFreedom(more, zone: zone, now: now, in: tx).isAlive(option.id) else {
                throw PollRefusal.gone
            }
            try PollStore.add(option, of: poll.id, lastAt: moment.end(in: zone), now: now, scope: scope, in: tx)
            var proposer = voter
            proposer.votes = [option.id: .yes]
            try PollVoterStore.vote(proposer, now: now, scope: scope, in: tx)
        }
    }

    /// Whoever closes, decides or deletes it has the row of its link too, so one of the two is first.
    @discardableResult
    private static func locked(
        _ poll: Poll, now: Instant, votes: [ID<PollOption>: PollAnswer], scope: Scope, in tx: Transaction
    ) throws -> Poll {
        _ = try LinkStore.locked(poll.link, scope: scope, in: tx)
        guard let poll = try PollStore.find(poll.id, scope: scope, in: tx) else { throw PollRefusal.unknown }
        try poll.checkOpen(now: now)
        guard votes.keys.allSatisfy({ poll.option($0) != nil }) else { throw PollRefusal.unknown }
        return poll
    }

    private static func told(_ voter: PollVoter, token: String?, _ installation: Installation) -> JSON {
        JSON(present: [
            ("name", .string(voter.name)), ("votes", PollJSON.votes(voter)),
            ("url", token.map { .string(installation.url(Path("/poll/\($0)"))) }),
        ])
    }

    /// What somebody gets who is turned away: an answer like any other, the same for one key, and nothing is kept.
    func decoy(_ ballot: PollBallot, on poll: Poll, key: RequestKey?) -> Reply {
        var voter = PollVoter(
            id: world.id(), poll: poll.id, name: ballot.name, email: ballot.email, invited: false,
            createdAt: world.now)
        voter.votes = ballot.votes
        let token = key.map { key in
            let code = installation.keyring.mac(Array("\(poll.id)|\(key.text)".utf8), purpose: "poll decoy")
            return base64URL(code)
        }
        return Reply(status: 201, body: Self.told(voter, token: token ?? world.token(), installation).bytes)
    }
}
