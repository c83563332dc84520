/// Changing a member: role and grants, switched off and on, removed; each with its row in the log.
import Database
import Scheduling
import Web

package struct ChangeMember: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Throws: `Common.notFound` for people of elsewhere, `MemberRefusal`.
    package func set(
        role: Role, grants: Set<Grant>, of user: ID<User>, by principal: Principal, from origin: Origin
    ) async throws {
        let entry = AuditEntry(.memberChanged, of: user.text, from: origin, installation.world)
        try await change(user, entry, by: principal) { target, actor, scope, tx in
            // Whoever keeps a role gives none.
            if role != target.role { try MemberRules.give(role, by: actor) }
            try MemberRules.keepOwner(target, becomes: role, owners: MemberStore.owners(scope: scope, in: tx))
            // A viewer could not take them back, and they keep time.
            if role == .viewer { try endKept(of: user, from: origin, now: entry.at, scope: scope, in: tx) }
            try log(MemberStore.set(role: role, grants: grants, of: user, scope: scope, in: tx), origin, scope, tx)
            return (target.logged, Member.json(role, grants))
        }
    }

    /// From the commit on, the person's sessions and keys of this workspace open nothing.
    ///
    /// - Throws: `MemberRefusal.hasDuties` while people can still book the person.
    package func switchOff(_ user: ID<User>, by principal: Principal, from origin: Origin) async throws {
        try await end(user, as: .off, .memberSwitchedOff, by: principal, from: origin)
    }

    /// The same, and the person is no member any more; what they did stays.
    package func remove(_ user: ID<User>, by principal: Principal, from origin: Origin) async throws {
        try await end(user, as: .left, .memberRemoved, by: principal, from: origin)
    }

    package func switchOn(_ user: ID<User>, by principal: Principal, from origin: Origin) async throws {
        let entry = AuditEntry(.memberSwitchedOn, of: user.text, from: origin, installation.world)
        try await change(user, entry, by: principal) { target, _, scope, tx in
            try MemberStore.set(state: .active, of: user, now: entry.at, scope: scope, in: tx)
            return (["state": .string(target.state.rawValue)], ["state": "active"])
        }
    }

    private func end(
        _ user: ID<User>, as state: MemberState, _ action: AuditAction, by principal: Principal, from origin: Origin
    ) async throws {
        let entry = AuditEntry(action, of: user.text, from: origin, installation.world)
        try await change(user, entry, by: principal) { target, _, scope, tx in
            try MemberRules.keepOwner(target, becomes: nil, owners: MemberStore.owners(scope: scope, in: tx))
            // First, since it locks links and then the person, as everybody does; what is booked meanwhile is a duty.
            try endKept(of: user, from: origin, now: entry.at, scope: scope, in: tx)
            let duties = try MemberStore.duties(of: user, now: entry.at, scope: scope, in: tx)
            guard duties.isEmpty else { throw MemberRefusal.hasDuties(name: target.account.name, duties) }
            try log(MemberStore.set(state: state, of: user, now: entry.at, scope: scope, in: tx), origin, scope, tx)
            let world = installation.world
            let kept = try KeptOfferStore.open(people: [user], now: entry.at, scope: scope, in: tx)
            for link in Set(kept.map(\.link)).sorted() {
                try LinkOfferStore.look(at: link, world: world, now: entry.at, scope: scope, in: tx)
            }
            try AccountStore.endAll(of: user, scope: scope, in: tx)
            try AccountStore.revokeKeys(of: user, now: entry.at, scope: scope, in: tx)
            return (["state": .string(target.state.rawValue)], ["state": .string(state.rawValue)])
        }
    }

    /// What keeps the time of somebody who is no host any more.
    private func endKept(
        of user: ID<User>, from origin: Origin, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        try Polls.lock(of: user, scope: scope, in: tx)
        try OneOffs.end(of: user, installation, from: origin, now: now, scope: scope, in: tx)
        try Polls.end(of: user, installation, from: origin, now: now, scope: scope, in: tx)
    }

    /// Says of each assistant who ended with the change that they did.
    private func log(_ ended: [Assistant], _ origin: Origin, _ scope: Scope, _ tx: Transaction) throws {
        for one in ended {
            let entry = AuditEntry(
                .assistantStopped, of: one.account.text, named: one.words, from: origin, installation.world)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
    }

    /// One change under the lock of the workspace, with the actor's role as it is now.
    private func change(
        _ user: ID<User>, _ entry: AuditEntry, by principal: Principal,
        _ body: @escaping @Sendable (Member, Role, Scope, Transaction) throws -> (before: JSON, after: JSON)
    ) async throws {
        let scope = principal.scope
        try await installation.database.write(scope) { tx in
            try MemberStore.lock(scope: scope, in: tx)
            guard let target = try AccountStore.member(user, workspace: scope.workspace, in: tx) else {
                throw Common.notFound
            }
            let actor = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
            guard let actor, actor.state == .active, Permission.granted(to: actor.role).contains(.manageMembers) else {
                throw Common.forbidden
            }
            try MemberRules.touch(target.role, by: actor.role)
            var entry = entry
            (entry.before, entry.after) = try body(target, actor.role, scope, tx)
            entry.targetName = target.account.name
            try AuditStore.record(entry, scope: scope, in: tx)
        }
    }
}

extension Member {
    fileprivate var logged: JSON { Member.json(role, grants) }

    fileprivate static func json(_ role: Role, _ grants: Set<Grant>) -> JSON {
        let names = Grant.allCases.filter(grants.contains).map { JSON.string($0.rawValue) }
        return ["role": .string(role.rawValue), "grants": .array(names)]
    }
}
