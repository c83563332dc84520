/// What a host takes off a poll: somebody's answers, or one of its options.
import Database
import Scheduling
import Web

/// What is to go.
package enum PollPart: Hashable, Sendable {
    /// Somebody who was asked or has answered, with all they said.
    case voter(ID<PollVoter>)
    case option(ID<PollOption>)
}

extension EndPoll {
    /// It is gone for good, and nobody is told. With somebody's answers go the options that they proposed and nobody
    /// else has answered; their own address leads nowhere any more.
    /// - Throws: `PollHostRefusal.decided` and `.lastOption`; `Common.notFound` for what the poll does not have.
    package func remove(_ part: PollPart, from id: ID<Poll>, scope: Scope) async throws {
        let (installation, now) = (installation, installation.world.now)
        let entry = AuditEntry(.pollChanged, of: id.text, from: origin, installation.world)
        try await change(id, entry, scope: scope) { poll, _, tx in
            switch part {
            case .voter(let voter):
                guard try PollVoterStore.find(voter, scope: scope, in: tx)?.poll == id else { throw Common.notFound }
                try PollVoterStore.delete(voter, scope: scope, in: tx)
                let said = try PollVoterStore.all(of: id, scope: scope, in: tx).flatMap(\.votes.keys)
                for option in poll.options
                where option.proposer == voter && option.id != poll.chosen && !said.contains(option.id) {
                    try PollStore.delete(option.id, scope: scope, in: tx)
                }
            case .option(let option):
                guard poll.state != .finalized else { throw PollHostRefusal.decided }
                guard poll.option(option) != nil else { throw Common.notFound }
                guard poll.options.count > 1 else { throw PollHostRefusal.lastOption }
                try PollStore.delete(option, scope: scope, in: tx)
                guard poll.rules.holds else { return true }
                var less = poll
                less.options.removeAll { $0.id == option }
                try tx.lockSubjects([poll.author.text])
                try tx.removeLedger(claim: id.text)
                try tx.add(less.placeholders(installation.world, scope: scope))
                try EndKeptOffer.tellWaiting(
                    [poll.author], because: option.text, installation, now: now, scope: scope, in: tx)
            }
            return true
        }
    }
}
