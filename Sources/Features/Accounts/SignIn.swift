/// Signing in and out: from an address and a password to a session.
import Database
import Scheduling

/// A session just made; the token goes into the cookie and is known nowhere else.
package struct NewSession: Sendable {
    package let token: String
    package let session: Session
    package let workspace: ID<Workspace>
    package let account: ID<User>
}

package struct SignIn: Sendable {
    let database: Database
    let world: World
    let passwords: Passwords
    let limits: SignInLimits

    package init(database: Database, world: World, passwords: Passwords, limits: SignInLimits = SignInLimits()) {
        self.database = database
        self.world = world
        self.passwords = passwords
        self.limits = limits
    }

    /// Checks the password and starts a session in the person's first workspace.
    ///
    /// - Parameter remote: the network address of the browser, for the pause after six failures.
    /// - Throws: `AccountRefusal.noMatch` or `.paused`, the same for unknown addresses and after the same work.
    package func callAsFunction(
        email: String, password: String, remote: String, userAgent: String
    ) async throws -> NewSession {
        let triesLeft = try limits.begin(email, from: remote, now: world.now)
        let found = try await LookUps(database: database).signIn(email: email)
        let fits = try await passwords.verify(password, against: found?.passwordHash)
        guard fits, let found, let workspace = found.workspaces.first else {
            throw refusal(triesLeft: triesLeft)
        }
        let scope = Scope(workspace: workspace, actor: .user(found.account))
        let rehash = try await betterHash(of: password, than: found.passwordHash)
        let new = newSession(account: found.account, workspace: workspace)
        try await database.write(scope) { tx in
            if let (old, better) = rehash {
                try AccountStore.rehash(found.account, from: old, to: better, in: tx)
            }
            try new.insert(userAgent: userAgent, scope: scope, in: tx)
        }
        limits.succeeded(email, from: remote)
        return new
    }

    /// A session of somebody who has just proved who they are; not stored yet.
    package func newSession(account: ID<User>, workspace: ID<Workspace>) -> NewSession {
        let now = world.now
        let session = Session(
            id: world.id(), createdAt: now, seenAt: now, expiresAt: now.adding(seconds: Session.lifeSeconds))
        return NewSession(token: world.token(), session: session, workspace: workspace, account: account)
    }

    /// Ends the session; its cookie is worth nothing from this moment on.
    package func out(_ session: ID<Session>, scope: Scope) async throws {
        try await database.write(scope) { tx in try AccountStore.end(session, scope: scope, in: tx) }
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

extension NewSession {
    /// Writes the session and throws away this person's dead ones.
    package func insert(userAgent: String, scope: Scope, in tx: Transaction) throws {
        try AccountStore.dropDead(of: account, now: session.createdAt, scope: scope, in: tx)
        try AccountStore.insert(
            session, tokenHash: sha256(Array(token.utf8)), account: account,
            userAgent: String(userAgent.prefix(200)), scope: scope, in: tx)
    }
}
