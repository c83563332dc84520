/// The first act of an installation: the workspace and its owner, made in one transaction with the set-up token.
import Database
import Scheduling

/// What the first screen of the set-up asks for.
package struct Founding: Sendable, Equatable {
    package let name: String
    package let email: String
    package let password: String
    package let workspaceName: String

    package init(name: String, email: String, password: String, workspaceName: String) {
        self.name = name
        self.email = email
        self.password = password
        self.workspaceName = workspaceName
    }
}

package struct FoundWorkspace: Sendable {
    let database: Database
    let world: World
    let signIn: SignIn

    package init(database: Database, world: World, signIn: SignIn) {
        self.database = database
        self.world = world
        self.signIn = signIn
    }

    /// - Returns: the owner's session: whoever holds the console's token is signed in at once.
    /// - Throws: `AccountRefusal.setupIsOver` when a workspace exists, `.setupTokenWrong` for any token but the newest,
    ///   `.badPassword`.
    package func callAsFunction(_ founding: Founding, token: String, userAgent: String) async throws -> NewSession {
        // Asked before hashing: a stranger's guesses cost nothing.
        if try await LookUps(database: database).anyWorkspace() { throw AccountRefusal.setupIsOver }
        guard try await LookUps(database: database).setupToken(token) else { throw AccountRefusal.setupTokenWrong }
        if let objection = Passwords.objection(to: founding.password) { throw AccountRefusal.badPassword(objection) }
        let hash = try await signIn.passwords.hash(founding.password)
        let owner = Account(id: world.id(), email: founding.email, name: founding.name, zone: "UTC")
        let (workspace, now) = (world.id(Workspace.self), world.now)
        let session = signIn.newSession(account: owner.id, workspace: workspace)
        let origin = Origin(remote: "", userAgent: userAgent)
        let entries = [
            AuditEntry(.workspaceMade, of: workspace.text, named: founding.workspaceName, from: origin, world),
            AuditEntry(
                .joined, of: owner.id.text, named: owner.email, after: ["role": .string(Role.owner.rawValue)],
                from: origin, world),
        ]
        try await database.writeUnscoped { tx in
            guard try AccountStore.consume(setupToken: token, in: tx) else { throw AccountRefusal.setupTokenWrong }
            if try AccountStore.anyWorkspace(in: tx) { throw AccountRefusal.setupIsOver }
            try AccountStore.insert(
                workspace: workspace, name: founding.workspaceName, zone: owner.zone, now: now, in: tx)
            try AccountStore.insert(owner, passwordHash: hash, now: now, in: tx)
            try AccountStore.addMember(owner.id, role: .owner, workspace: workspace, now: now, in: tx)
            let scope = Scope(workspace: workspace, actor: .user(owner.id))
            for entry in entries { try AuditStore.record(entry, scope: scope, in: tx) }
            try session.insert(from: origin, scope: scope, in: tx)
        }
        return session
    }
}
