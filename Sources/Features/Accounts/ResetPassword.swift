/// A new password: by a mailed link when the old one is forgotten, or by the old one.
import Database
import Scheduling
import Web

package struct ResetPassword: Sendable {
    let installation: Installation
    let signIn: SignIn

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        signIn = SignIn(database: installation.database, world: installation.world, passwords: passwords)
    }

    private var database: Database { installation.database }

    /// Mails a link if the address has an account. Whether it has one is told by nothing: the same commit is made for
    /// every address, and what is too much is dropped without a word.
    package func ask(for email: String) async throws {
        let world = installation.world
        let (id, job, now) = (world.id(PasswordReset.self), world.id(QueuedJob.self), world.now)
        let token = MailedToken(installation, bound: PasswordReset.binding(id))
        let name = SignInLimits.name(email: email, device: "reset")
        try await database.writeUnscoped { tx in
            guard try SignInTryStore.mayAsk(name, now: now, in: tx),
                  let account = try AccountStore.account(email: email, in: tx),
                  try AccountStore.signIn(email: email, in: tx)?.isActive ?? false
            else { return }
            try PasswordResetStore.insert(id, of: account.id, token: token, now: now, in: tx)
            try AccountJobs.plan(
                .passwordReset, subject: id.text, now: now,
                notAfter: PasswordReset.end(from: now), job: job, in: tx)
        }
    }

    /// - Throws: `AccountRefusal.resetOver` for a token that opens nothing, whatever the reason.
    package func find(_ token: String) async throws -> FoundReset {
        try await PasswordReset.open(token, at: installation.world.now) { hash in
            try await database.lookUp { tx in try PasswordResetStore.find(hash: hash, in: tx) }
        }
    }

    /// Sets the password, ends every session, forgets every known browser, and signs this one in.
    ///
    /// - Returns: nil for somebody who is a member nowhere.
    package func callAsFunction(_ password: String, by token: String, from origin: Origin) async throws -> NewSession? {
        let reset = try await find(token)
        if let objection = Passwords.objection(to: password) { throw AccountRefusal.badPassword(objection) }
        let hash = try await signIn.passwords.hash(password)
        let world = installation.world
        let places = try await LookUps(database: database).signIn(email: reset.whom.email)?.workspaces ?? []
        var made = places.first.map { signIn.newSession(account: reset.whom.id, workspace: $0) }
        made?.device = world.token()
        let (session, changed) = (made, Changed(reset.whom, places, origin, world))
        try await database.writeUnscoped { tx in
            guard try PasswordResetStore.use(reset, now: changed.now, in: tx) else { throw AccountRefusal.resetOver }
            try changed.settle(hash, keeping: nil, in: tx)
            guard let session else { return }
            try SignInTryStore.remember(
                device: sha256(Array((session.device ?? "").utf8)), of: session.account, now: changed.now, in: tx)
            let scope = Scope(workspace: session.workspace, actor: .user(session.account))
            try session.insert(from: origin, scope: scope, in: tx)
        }
        return session
    }

    /// Changes the password of somebody who is signed in and knows the old one; this browser stays signed in.
    ///
    /// - Throws: `AccountRefusal.wrongCurrent`, `.badPassword`, `.paused`.
    package func change(
        from old: String, to new: String, by principal: Principal, remote: String, origin: Origin
    ) async throws {
        let world = installation.world
        let member = try await LookUps(database: database).member(of: principal.user, in: principal.workspace)
        guard let member else { throw Common.unauthorized }
        let name = SignInLimits.name(email: member.account.email, device: "change")
        _ = try await SignInLimits(database).begin(name, now: world.now)
        let found = try await LookUps(database: database).signIn(email: member.account.email)
        guard try await signIn.passwords.verify(old, against: found?.passwordHash) else {
            throw AccountRefusal.wrongCurrent
        }
        if let objection = Passwords.objection(to: new) { throw AccountRefusal.badPassword(objection) }
        let hash = try await signIn.passwords.hash(new)
        let changed = Changed(member.account, found?.workspaces ?? [], origin, world)
        let kept = principal.sessionID.flatMap(ID<Session>.init)
        try await database.writeUnscoped { tx in
            try SignInTryStore.forget(name, in: tx)
            try changed.settle(hash, keeping: kept, in: tx)
        }
    }
}

/// What follows from every new password, whichever way it came.
private struct Changed: Sendable {
    let account: Account
    let entries: [(Scope, AuditEntry)]
    let job: ID<QueuedJob>
    let now: Instant

    init(_ account: Account, _ places: [ID<Workspace>], _ origin: Origin, _ world: World) {
        self.account = account
        entries = places.map { workspace in
            (Scope(workspace: workspace, actor: .user(account.id)),
             AuditEntry(.passwordChanged, of: account.id.text, from: origin, world))
        }
        (job, now) = (world.id(), world.now)
    }

    func settle(_ hash: String, keeping session: ID<Session>?, in tx: Transaction) throws {
        try PasswordResetStore.set(password: hash, of: account.id, in: tx)
        try PasswordResetStore.endAll(of: account.id, now: now, in: tx)
        try AccountStore.endEverywhere(of: account.id, except: session, in: tx)
        try SignInTryStore.forgetDevices(of: account.id, in: tx)
        for (scope, entry) in entries { try AuditStore.record(entry, scope: scope, in: tx) }
        try AccountJobs.plan(
            .passwordChanged, subject: account.id.text, version: Int(now.seconds), now: now, job: job, in: tx)
    }
}
