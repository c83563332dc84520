/// Inviting somebody by mail, sending it again, taking it back.
import Database
import Scheduling
import Web

/// An invitation before it is stored.
struct NewInvitation: Sendable {
    let id: ID<Invitation>
    let email: String
    let role: Role
    let token: MailedToken
    let inviter: ID<User>
    let now: Instant

    var expiresAt: Instant { now.adding(days: Invitation.days) }
}

package struct Invite: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Throws: `MemberRefusal.aboveOwnRole`, `.alreadyMember`, `.alreadyInvited`.
    package func callAsFunction(
        _ email: String, as role: Role, by principal: Principal, from origin: Origin
    ) async throws {
        let (scope, world) = (principal.scope, installation.world)
        let id = world.id(Invitation.self)
        let new = NewInvitation(
            id: id, email: email, role: role, token: MailedToken(installation, bound: Invitation.binding(id)),
            inviter: principal.user, now: world.now)
        let job = world.id(QueuedJob.self)
        let entry = AuditEntry(
            .invited, of: id.text, named: email, after: ["role": .string(role.rawValue)], from: origin, world)
        try await installation.database.write(scope) { tx in
            try MemberStore.lock(scope: scope, in: tx)
            let actor = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
            try MemberRules.give(role, by: actor?.role ?? .viewer)
            if let account = try AccountStore.account(email: email, in: tx),
               try AccountStore.member(account.id, workspace: scope.workspace, in: tx) != nil {
                throw MemberRefusal.alreadyMember(email)
            }
            try InvitationStore.endOld(email: email, now: new.now, scope: scope, in: tx)
            guard try InvitationStore.insert(new, scope: scope, in: tx) else {
                throw MemberRefusal.alreadyInvited(email)
            }
            try AuditStore.record(entry, scope: scope, in: tx)
            try AccountJobs.plan(
                .invitation, subject: id.text, workspace: scope.workspace, now: new.now, notAfter: new.expiresAt,
                job: job, in: tx)
        }
    }

    /// Mails it again, with a new address and seven new days.
    ///
    /// - Throws: `Common.notFound` for one that is not open.
    package func again(_ id: ID<Invitation>, by principal: Principal, from origin: Origin) async throws {
        let (scope, world) = (principal.scope, installation.world)
        let token = MailedToken(installation, bound: Invitation.binding(id))
        let (now, job) = (world.now, world.id(QueuedJob.self))
        let entry = AuditEntry(.invitationSentAgain, of: id.text, from: origin, world)
        try await installation.database.write(scope) { tx in
            let invitation = try open(id, by: principal, in: tx)
            let expires = now.adding(days: Invitation.days)
            try InvitationStore.renew(id, token: token, expiresAt: expires, scope: scope, in: tx)
            var entry = entry
            entry.targetName = invitation.email
            try AuditStore.record(entry, scope: scope, in: tx)
            try AccountJobs.plan(
                .invitation, subject: id.text, version: invitation.sent + 1, workspace: scope.workspace, now: now,
                notAfter: expires, job: job, in: tx)
        }
    }

    /// - Throws: `Common.notFound` for one that is not open.
    package func withdraw(_ id: ID<Invitation>, by principal: Principal, from origin: Origin) async throws {
        let scope = principal.scope
        let entry = AuditEntry(.invitationWithdrawn, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            let invitation = try open(id, by: principal, in: tx)
            _ = try InvitationStore.end(id, as: .withdrawn, scope: scope, in: tx)
            var entry = entry
            entry.targetName = invitation.email
            try AuditStore.record(entry, scope: scope, in: tx)
        }
    }

    /// The open invitation, locked; an admin touches none that makes an owner.
    private func open(_ id: ID<Invitation>, by principal: Principal, in tx: Transaction) throws -> Invitation {
        let scope = principal.scope
        let found = try InvitationStore.find(id, locking: true, scope: scope, in: tx)
        guard let found, found.state == .open else { throw Common.notFound }
        let actor = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
        try MemberRules.give(found.role, by: actor?.role ?? .viewer)
        return found
    }
}
