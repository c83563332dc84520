/// Saying yes to an invitation: a new account, or a further place for one that is there.
import Database
import Scheduling
import Web

/// An open invitation as its page shows it.
package struct OpenInvitation: Sendable {
    package let workspace: ID<Workspace>
    package let invitation: Invitation
    /// The address has an account: its password joins it.
    package let hasAccount: Bool
}

/// What a new person says of themselves.
package struct NewPerson: Sendable {
    package let name: String
    package let password: String
    package let zone: String
}

package struct AcceptInvitation: Sendable {
    let installation: Installation
    let signIn: SignIn

    package init(_ installation: Installation, signIn: SignIn) {
        self.installation = installation
        self.signIn = signIn
    }

    /// - Throws: `MemberRefusal.invitationOver` for a token that opens nothing, whatever the reason.
    package func find(_ token: String) async throws -> OpenInvitation {
        guard let (workspace, id) = try await LookUps(database: installation.database).invitation(token) else {
            throw MemberRefusal.invitationOver
        }
        let (scope, now) = (Scope(workspace: workspace, actor: .visitor), installation.world.now)
        return try await installation.database.read(scope) { tx in
            guard let found = try InvitationStore.find(id, scope: scope, in: tx), found.isOpen(at: now) else {
                throw MemberRefusal.invitationOver
            }
            let account = try AccountStore.account(email: found.email, in: tx)
            return OpenInvitation(workspace: workspace, invitation: found, hasAccount: account != nil)
        }
    }

    /// Makes the account and the place, and signs in.
    ///
    /// - Throws: `AccountRefusal.emailTaken` when the address got an account meanwhile.
    package func asNew(_ person: NewPerson, _ open: OpenInvitation, from origin: Origin) async throws -> NewSession {
        let (world, now) = (installation.world, installation.world.now)
        let hash = try await signIn.passwords.hash(person.password)
        let account = Account(id: world.id(), email: open.invitation.email, name: person.name, zone: person.zone)
        var session = signIn.newSession(account: account.id, workspace: open.workspace)
        session.device = world.token()
        return try await join(open, session, name: person.name, from: origin) { tx in
            try AccountStore.insert(account, passwordHash: hash, now: now, in: tx)
        }
    }

    /// Adds the place to the account of the address, whose password was given.
    ///
    /// - Throws: `AccountRefusal.noMatch`, `.paused` as signing in does.
    package func asKnown(
        password: String, _ open: OpenInvitation, remote: String, device: String?, from origin: Origin
    ) async throws -> NewSession {
        let checked = try await signIn.check(
            email: open.invitation.email, password: password, origin: origin, remote: remote, device: device)
        let now = installation.world.now
        var session = signIn.newSession(account: checked.found.account, workspace: open.workspace)
        session.device = checked.device
        return try await join(open, session, name: open.invitation.email, from: origin) { tx in
            try checked.settle(now: now, in: tx)
        }
    }

    /// An invitation is worth what its inviter could still give today.
    private static func check(_ invitation: Invitation, scope: Scope, in tx: Transaction) throws {
        let inviter = try AccountStore.member(invitation.inviter, workspace: scope.workspace, in: tx)
        guard let inviter, inviter.state == .active,
            Permission.granted(to: inviter.role).contains(.manageMembers), invitation.role <= inviter.role
        else { throw MemberRefusal.invitationOver }
    }

    private func join(
        _ open: OpenInvitation, _ session: NewSession, name: String, from origin: Origin,
        _ before: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> NewSession {
        let scope = Scope(workspace: open.workspace, actor: .user(session.account))
        let (id, now) = (open.invitation.id, installation.world.now)
        let entry = AuditEntry(
            .joined, of: session.account.text, named: name,
            after: ["role": .string(open.invitation.role.rawValue)], from: origin, installation.world)
        // A link's address may be taken between the look and the write.
        return try await SaveLink.again { try await installation.database.write(scope) { tx in
            try MemberStore.lock(scope: scope, in: tx)
            let current = try InvitationStore.find(id, locking: true, scope: scope, in: tx)
            guard let current, current.isOpen(at: now) else { throw MemberRefusal.invitationOver }
            try Self.check(current, scope: scope, in: tx)
            try before(tx)
            _ = try InvitationStore.end(id, as: .accepted, scope: scope, in: tx)
            if try AccountStore.member(session.account, workspace: scope.workspace, in: tx) == nil {
                try AccountStore.addMember(
                    session.account, role: current.role, workspace: scope.workspace, now: now, in: tx)
                try giveLinks(to: session.account, as: current.role, from: origin, scope: scope, in: tx)
            }
            try session.insert(from: origin, scope: scope, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
            return session
        } }
    }

    /// Whoever can be booked gets a link of each template that is for new members.
    private func giveLinks(
        to user: ID<User>, as role: Role, from origin: Origin, scope: Scope, in tx: Transaction
    ) throws {
        guard Permission.granted(to: role).contains(.manageLinks) else { return }
        try SaveTemplate(installation, from: origin).giveToNew(user, scope: scope, in: tx)
    }
}
