/// Signing in and out: from an address and a password to a session.
import Database
import Scheduling
import Web

/// A session just made; the token goes into the cookie and is known nowhere else.
package struct NewSession: Sendable {
    package let token: String
    package let session: Session
    package let workspace: ID<Workspace>
    package let account: ID<User>
    /// What this browser is known by from now on; nil where nobody gave a password.
    package var device: String?
}

package struct SignIn: Sendable {
    let database: Database
    package let world: World
    package let passwords: Passwords
    let limits: SignInLimits

    package init(database: Database, world: World, passwords: Passwords) {
        self.database = database
        self.world = world
        self.passwords = passwords
        limits = SignInLimits(database)
    }

    /// Checks the password and starts a session in the person's first workspace.
    ///
    /// - Parameters:
    ///   - remote: the network address of the browser, for the pause after six failures.
    ///   - device: the cookie by which a browser that signed in before is known.
    ///   - wanted: the workspace to enter, if the person is a member of it.
    /// - Throws: `AccountRefusal.noMatch` or `.paused`, the same for unknown addresses and after the same work.
    package func callAsFunction(
        email: String, password: String, remote: String, userAgent: String, device: String? = nil,
        into wanted: ID<Workspace>? = nil
    ) async throws -> NewSession {
        let origin = Origin(remote: remote, userAgent: userAgent)
        let checked = try await check(email: email, password: password, origin: origin, remote: remote, device: device)
        let places = checked.found.workspaces
        guard let workspace = places.first(where: { $0 == wanted }) ?? places.first else {
            throw refusal(triesLeft: checked.triesLeft)
        }
        var new = newSession(account: checked.found.account, workspace: workspace)
        new.device = checked.device
        let (ready, entry) = (new, AuditEntry(.signedIn, of: new.account.text, from: origin, world))
        let scope = Scope(workspace: workspace, actor: .user(new.account))
        try await database.write(scope) { tx in
            try checked.settle(now: entry.at, in: tx)
            try ready.insert(from: origin, scope: scope, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return new
    }

    /// Checks the password of an account that need not be a member anywhere yet, as an invitation does.
    ///
    /// - Throws: as signing in does.
    package func check(
        email: String, password: String, origin: Origin, remote: String, device: String?
    ) async throws -> CheckedPassword {
        let lookUps = LookUps(database: database)
        let known = try await lookUps.device(device, email: email)
        let name = known.fits
            ? SignInLimits.name(email: email, device: device ?? "")
            : SignInLimits.name(email: email, remote: remote)
        let triesLeft = try await limits.begin(name, now: world.now)
        let found = try await lookUps.signIn(email: email)
        let fits = try await passwords.verify(password, against: found?.passwordHash)
        guard fits, let found, found.isActive else {
            if triesLeft == 0 { try await notePause(found, email: email, name: name, origin: origin) }
            throw refusal(triesLeft: triesLeft)
        }
        let rehash = try await betterHash(of: password, than: found.passwordHash)
        return CheckedPassword(
            found: found, triesLeft: triesLeft, name: name, rehash: rehash,
            device: known.isKnown ? device ?? "" : world.token())
    }

    /// A session of somebody who has just proved who they are; not stored yet.
    /// - Parameter end: no later than this: one session in place of another lives no longer than that would have.
    package func newSession(account: ID<User>, workspace: ID<Workspace>, end: Instant? = nil) -> NewSession {
        let (now, latest) = (world.now, world.now.adding(seconds: Session.lifeSeconds))
        let session = Session(
            id: world.id(), createdAt: now, seenAt: now, expiresAt: min(end ?? latest, latest))
        return NewSession(token: world.token(), session: session, workspace: workspace, account: account)
    }

    /// Ends the session; its cookie is worth nothing from this moment on.
    package func out(_ session: ID<Session>, scope: Scope) async throws {
        try await database.write(scope) { tx in try AccountStore.end(session, scope: scope, in: tx) }
    }

    /// Writes the pause into the log of the person's workspaces. An unknown address costs the same commit.
    private func notePause(_ found: FoundSignIn?, email: String, name: String, origin: Origin) async throws {
        let now = world.now
        let entries = (found?.workspaces ?? []).map { workspace in
            (Scope(workspace: workspace, actor: .visitor),
             AuditEntry(.signInPaused, of: found?.account.text ?? "", named: email, from: origin, world))
        }
        let paused = SignInTry(
            tries: SignInLimits.tries, last: now, pausedUntil: now.adding(seconds: SignInLimits.pauseSeconds))
        try await database.writeUnscoped { tx in
            try SignInTryStore.save(paused, name: name, in: tx)
            for (scope, entry) in entries { try AuditStore.record(entry, scope: scope, in: tx) }
        }
    }

    private func refusal(triesLeft: Int) -> AccountRefusal {
        triesLeft > 0
            ? .noMatch(triesLeft: triesLeft)
            : .paused(until: world.now.adding(seconds: SignInLimits.pauseSeconds))
    }

    private func betterHash(of password: String, than stored: String?) async throws -> (old: String, new: String)? {
        guard let stored, passwords.needsRehash(stored) else { return nil }
        return (stored, try await passwords.hash(password))
    }
}

/// Somebody who has just given the right password.
package struct CheckedPassword: Sendable {
    package let found: FoundSignIn
    let triesLeft: Int
    fileprivate let name: String
    fileprivate let rehash: (old: String, new: String)?
    package let device: String

    /// Forgets the failures, remembers the browser, and stores a better hash where there is one.
    package func settle(now: Instant, in tx: Transaction) throws {
        if let (old, better) = rehash { try AccountStore.rehash(found.account, from: old, to: better, in: tx) }
        try SignInTryStore.forget(name, in: tx)
        try SignInTryStore.remember(device: sha256(Array(device.utf8)), of: found.account, now: now, in: tx)
    }
}

extension NewSession {
    /// Writes the session and throws away this person's dead ones.
    package func insert(from origin: Origin, scope: Scope, in tx: Transaction) throws {
        try AccountStore.dropDead(of: account, now: session.createdAt, scope: scope, in: tx)
        try AccountStore.insert(
            session, tokenHash: sha256(Array(token.utf8)), account: account, from: origin, scope: scope, in: tx)
    }
}

extension Answer {
    /// The same answer with the cookies of a new session.
    package func signingIn(_ new: NewSession) -> Answer {
        let known = new.device.map { device in
            setting(cookie: Cookie(KnownDevice.cookieName, device, maxAge: KnownDevice.cookieSeconds))
        }
        return (known ?? self).setting(cookie: Authenticate.cookie(new))
    }
}

extension Request {
    /// What this browser is known by, if it has signed in before.
    package var device: String? { cookie(KnownDevice.cookieName) }
}
