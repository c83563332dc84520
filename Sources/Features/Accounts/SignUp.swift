/// Opening a workspace: by whoever proves an address, or as a further one of somebody who is signed in.
import Database
import Scheduling
import Web

/// Who may open workspaces; `WORKESTRA_SIGNUP`. Invitations work in all three.
package enum SignUpMode: String, CaseIterable, Sendable {
    /// The operator alone.
    case closed
    /// Also owners and admins of a workspace: whoever came in by invitation and was trusted with people.
    case invite
    /// Everybody.
    case open
}

/// What the second step of signing up asks for.
package struct NewWorkspace: Sendable {
    package let name: String
    package let password: String
    package let zone: String
    package let workspace: String
}

package struct SignUp: Sendable {
    /// As many workspaces one person owns at most, so that nobody fills the installation by hand or by script.
    package static let mostOwned = 10

    let installation: Installation
    let signIn: SignIn

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        signIn = SignIn(database: installation.database, world: installation.world, passwords: passwords)
    }

    private var database: Database { installation.database }

    /// Mails a link to the address, or, where it has an account, a word about that. The page says the same.
    package func ask(_ email: String) async throws {
        let world = installation.world
        let (id, job, now) = (world.id(PendingSignUp.self), world.id(QueuedJob.self), world.now)
        let token = MailedToken(installation, bound: PendingSignUp.binding(id))
        let name = SignInLimits.name(email: email, device: "sign-up")
        try await database.writeUnscoped { tx in
            guard try SignInTryStore.mayAsk(name, now: now, in: tx) else { return }
            if let account = try AccountStore.account(email: email, in: tx) {
                try AccountJobs.plan(
                    .signUpKnown, subject: account.id.text, version: Int(now.seconds), now: now, job: job, in: tx)
            } else {
                try SignUpStore.insert(id, email: email, token: token, now: now, in: tx)
                try AccountJobs.plan(
                    .signUp, subject: id.text, now: now, notAfter: PendingSignUp.end(from: now), job: job, in: tx)
            }
        }
    }

    /// - Throws: `AccountRefusal.signUpOver` for a token that opens nothing, whatever the reason.
    package func find(_ token: String) async throws -> FoundSignUp {
        try await PendingSignUp.open(token, at: installation.world.now) { hash in
            try await database.lookUp { tx in try SignUpStore.find(hash: hash, in: tx) }
        }
    }

    /// Makes account, workspace and owner in one transaction, and signs in.
    ///
    /// - Throws: `AccountRefusal.signUpOver`, `.emailTaken` when the address got an account meanwhile.
    package func callAsFunction(_ new: NewWorkspace, by token: String, from origin: Origin) async throws -> NewSession {
        let found = try await find(token)
        let hash = try await signIn.passwords.hash(new.password)
        let (world, now) = (installation.world, installation.world.now)
        let owner = Account(id: world.id(), email: found.whom, name: new.name, zone: new.zone)
        let workspace = world.id(Workspace.self)
        var made = signIn.newSession(account: owner.id, workspace: workspace)
        made.device = world.token()
        let (session, entry) = (made, AuditEntry(.joined, of: owner.id.text, named: new.name, from: origin, world))
        let scope = Scope(workspace: workspace, actor: .user(owner.id))
        try await database.writeUnscoped { tx in
            guard try SignUpStore.use(found.id, now: now, in: tx) else { throw AccountRefusal.signUpOver }
            try AccountStore.insert(workspace: workspace, name: new.workspace, zone: new.zone, now: now, in: tx)
            try AccountStore.insert(owner, passwordHash: hash, now: now, in: tx)
            try AccountStore.addMember(owner.id, role: .owner, workspace: workspace, now: now, in: tx)
            try session.insert(from: origin, scope: scope, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return session
    }

    /// A further workspace of somebody who is signed in, who becomes its owner and goes over into it.
    ///
    /// - Throws: `AccountRefusal.tooManyWorkspaces` for whoever owns ``mostOwned``, also when asked ten times at once.
    package func further(_ name: String, by principal: Principal, from origin: Origin) async throws -> NewSession {
        let (world, now) = (installation.world, installation.world.now)
        let workspace = world.id(Workspace.self)
        let own = principal.sessionID.flatMap(ID<Session>.init)
        let end = try await database.lookUp { tx in
            try own.flatMap { try AccountStore.expiry(of: $0, of: principal.user, in: tx) }
        }
        let session = signIn.newSession(account: principal.user, workspace: workspace, end: end)
        let entry = AuditEntry(.joined, of: principal.user.text, named: principal.name, from: origin, world)
        let scope = Scope(workspace: workspace, actor: .user(principal.user))
        try await database.writeUnscoped { tx in
            guard let account = try AccountStore.account(principal.user, in: tx) else { throw Common.unauthorized }
            try tx.lockSubjects([account.id.text])
            guard try AccountStore.owned(by: account.id, in: tx) < Self.mostOwned else {
                throw AccountRefusal.tooManyWorkspaces
            }
            try AccountStore.insert(workspace: workspace, name: name, zone: account.zone, now: now, in: tx)
            try AccountStore.addMember(account.id, role: .owner, workspace: workspace, now: now, in: tx)
            if let own { _ = try AccountStore.end(own, of: principal.user, in: tx) }
            try session.insert(from: origin, scope: scope, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return session
    }
}
