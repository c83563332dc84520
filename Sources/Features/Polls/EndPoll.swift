/// Closing a poll, opening it again, and deleting it; and the end of those of a host who leaves.
import Database
import Scheduling
import Web

package struct EndPoll: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Nobody votes any more; what it keeps it keeps until its host decides. Nothing where it is closed already.
    package func close(_ id: ID<Poll>, scope: Scope) async throws {
        let world = installation.world
        let (now, entry) = (world.now, AuditEntry(.pollClosed, of: id.text, from: origin, world))
        try await change(id, entry, scope: scope) { poll, _, tx in
            guard poll.state == .open else { return false }
            try PollStore.close(id, now: now, scope: scope, in: tx)
            return true
        }
    }

    /// At its deadline, by a job: its host is told to decide.
    /// - Returns: false when it was closed already, decided, or opened anew.
    func lapse(_ id: ID<Poll>, version: Int, scope: Scope) async throws -> Bool {
        let world = installation.world
        let (now, entry) = (world.now, AuditEntry(.pollClosed, of: id.text, from: origin, world))
        return try await change(id, entry, scope: scope) { poll, _, tx in
            guard poll.state == .open, poll.version == version, poll.state(now: now) == .closed else { return false }
            try PollStore.close(id, now: now, scope: scope, in: tx)
            try PollJobs.tellHost(of: poll, world: world, now: now, scope: scope, in: tx)
            return true
        }
    }

    /// Votes are taken again, until `deadline` or without an end.
    /// - Throws: `PollHostRefusal.decided`.
    package func reopen(_ id: ID<Poll>, until deadline: Instant?, scope: Scope) async throws {
        let world = installation.world
        let (now, entry) = (world.now, AuditEntry(.pollReopened, of: id.text, from: origin, world))
        try await change(id, entry, scope: scope) { poll, _, tx in
            guard poll.state != .finalized else { throw PollHostRefusal.decided }
            guard poll.state(now: now) == .closed else { return false }
            try Polls.checkHost(poll.author, scope: scope, in: tx)
            try PollStore.reopen(id, until: deadline, scope: scope, in: tx)
            try PollJobs.tellAgain(PollVoterStore.ids(of: id, scope: scope, in: tx), now: now, in: tx)
            var again = poll
            (again.rules.deadline, again.version) = (deadline, poll.version + 1)
            try PollJobs.end(again, world: world, now: now, scope: scope, in: tx)
            return true
        }
    }

    /// It is gone with all that was said, and what it kept is free. A meeting that came of it stays.
    /// - Throws: `PollHostRefusal.telling` while those who do not come are still to hear of it.
    package func delete(_ id: ID<Poll>, scope: Scope) async throws {
        let (now, installation) = (installation.world.now, installation)
        let entry = AuditEntry(.pollDeleted, of: id.text, from: origin, installation.world)
        try await change(id, entry, scope: scope) { poll, _, tx in
            let voters = try PollVoterStore.ids(of: id, scope: scope, in: tx)
            guard try !PollJobs.isTelling(voters, in: tx) else { throw PollHostRefusal.telling }
            try tx.lockSubjects([poll.author.text])
            try tx.removeLedger(claim: id.text)
            try PollStore.delete(id, scope: scope, in: tx)
            if poll.rules.holds, poll.state != .finalized {
                try EndKeptOffer.tellWaiting(
                    [poll.author], because: id.text, installation, now: now, scope: scope, in: tx)
            }
            return true
        }
    }

    /// Whoever votes or decides has the row of its link too, so one of the two is first.
    @discardableResult
    func change(
        _ id: ID<Poll>, _ entry: AuditEntry, scope: Scope,
        _ body: @escaping @Sendable (Poll, Link?, Transaction) throws -> Bool
    ) async throws -> Bool {
        try await installation.database.write(scope) { tx in
            guard let seen = try PollStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            let link = try LinkStore.locked(seen.link, scope: scope, in: tx)
            guard let poll = try PollStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            guard try body(poll, link, tx) else { return false }
            try AuditStore.recordDeed(
                entry.about(link?.rules.title ?? ""), scope: scope.about([poll.author]), in: tx)
            return true
        }
    }
}

package enum Polls {
    /// Before ``end(of:now:scope:in:)``, and before the person is locked: links come first in the order of locks.
    package static func lock(of person: ID<User>, scope: Scope, in tx: Transaction) throws {
        for poll in try PollStore.undecided(of: person, scope: scope, in: tx) {
            _ = try LinkStore.locked(poll.link, scope: scope, in: tx)
        }
    }

    /// Whoever is no host any more keeps nobody's time and decides nothing: their open ones close in the same
    /// transaction. The person is locked.
    package static func end(
        of person: ID<User>, _ installation: Installation, from origin: Origin, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        // Some are decided by now, and one may have been made. From here on nobody makes another.
        for poll in try PollStore.undecided(of: person, scope: scope, in: tx) {
            try PollStore.close(poll.id, now: now, scope: scope, in: tx)
            try PollStore.letGo(poll.id, scope: scope, in: tx)
            try tx.removeLedger(claim: poll.id.text)
            if poll.rules.holds {
                try EndKeptOffer.tellWaiting(
                    [person], because: poll.id.text, installation, now: now, scope: scope, in: tx)
            }
            guard poll.state == .open else { continue }
            let title = try LinkStore.find(poll.link, scope: scope, in: tx)?.rules.title ?? ""
            try AuditStore.recordDeed(
                AuditEntry(.pollClosed, of: poll.id.text, named: title, from: origin, installation.world),
                scope: scope.about([person]), in: tx)
        }
    }

    /// - Throws: `PollHostRefusal.hostLeft` for whoever can be booked no more.
    static func checkHost(_ person: ID<User>, scope: Scope, in tx: Transaction) throws {
        guard try AccountStore.member(person, workspace: scope.workspace, in: tx)?.canHost == true else {
            throw PollHostRefusal.hostLeft
        }
    }
}
