/// What an operator does at the command line: people, keys, workspaces, and the set-up token.
import Capabilities
import Database
import Scheduling
import Web

/// A person added at the command line.
package struct AddedUser: Sendable {
    package let member: Member
    /// Shown once. Nil for a person who had an account: their password stays theirs.
    package let password: String?
}

package struct Operate: Sendable {
    let database: Database
    let world: World
    let passwords: Passwords

    package init(database: Database, world: World, passwords: Passwords) {
        self.database = database
        self.world = world
        self.passwords = passwords
    }

    /// Adds a person to a workspace. Their first link brings working hours with it.
    ///
    /// An address that has an account becomes a member with that account: name and password stay as they are.
    ///
    /// - Parameters:
    ///   - workspace: an id or a name; nil when there is only one.
    ///   - password: nil makes one.
    ///   - zone: where the person works; nil = the workspace's zone.
    /// - Throws: `AccountRefusal` in words for the console.
    package func addUser(
        email: String, name: String, role: Role, workspace: String?, password: String? = nil, zone: String? = nil
    ) async throws -> AddedUser {
        guard let address = EmailAddress(email) else { throw AccountRefusal.badEmail(email) }
        if let password, let objection = Passwords.objection(to: password) {
            throw AccountRefusal.badPassword(objection)
        }
        let chosen = password ?? String(world.token().prefix(16))
        let hash = try await passwords.hash(chosen)
        let (id, now) = (world.id(User.self), world.now)
        let joined = AuditEntry(
            .joined, named: address.text, after: ["role": .string(role.rawValue)], from: .console, world)
        return try await database.writeUnscoped { tx in
            let place = try AccountStore.workspace(named: workspace, in: tx)
            let old = try AccountStore.account(email: address.text, in: tx)
            let account = old ?? Account(id: id, email: address.text, name: name, zone: zone ?? place.zone)
            if old == nil { try AccountStore.insert(account, passwordHash: hash, now: now, in: tx) }
            if try AccountStore.member(account.id, workspace: place.id, in: tx) != nil {
                throw AccountRefusal.alreadyMember(address.text)
            }
            try AccountStore.addMember(account.id, role: role, workspace: place.id, now: now, in: tx)
            var member = Member(account: account, workspace: place.id, workspaceName: place.name, role: role)
            member.since = now
            var entry = joined
            entry.target = account.id.text
            try AuditStore.record(entry, scope: Scope(workspace: place.id, actor: .system), in: tx)
            return AddedUser(member: member, password: old == nil ? chosen : nil)
        }
    }

    /// A key for a person, in their first workspace unless one is named.
    ///
    /// - Parameter scopes: nil = everything the person may do.
    package func addKey(
        email: String, scopes: [String]?, workspace: String? = nil, name: String? = nil
    ) async throws -> NewKey {
        let title = name ?? plain("Made at the command line")
        let member = try await LookUps(database: database).member(email: email, workspace: workspace)
        let mode = try await LookUps(database: database).mode(of: member.workspace)
        let new = try MakeKey(world: world)(
            KeyWish(name: title, scopes: scopes), owner: member.account.id,
            ownerName: member.account.name, limit: Permission.granted(to: member.role),
            isTest: mode?.isTest ?? false)
        let scope = Scope(workspace: member.workspace, actor: .system)
        try await database.write(scope) { tx in try new.insert(scope: scope, in: tx) }
        return new
    }

    package func addWorkspace(name: String, zone: String = "UTC") async throws -> WorkspaceSummary {
        let (id, now) = (world.id(Workspace.self), world.now)
        let entry = AuditEntry(.workspaceMade, of: id.text, named: name, from: .console, world)
        try await database.writeUnscoped { tx in
            try AccountStore.insert(workspace: id, name: name, zone: zone, now: now, in: tx)
            try AuditStore.record(entry, scope: Scope(workspace: id, actor: .system), in: tx)
        }
        return WorkspaceSummary(id: id, name: name, zone: zone, members: 0, createdAt: now)
    }

    package func workspaces() async throws -> [WorkspaceSummary] {
        try await LookUps(database: database).workspaces()
    }

    /// Deletes a workspace without bookings, with its links, schedules, keys, sessions and files.
    ///
    /// - Throws: `AccountRefusal.workspaceHasBookings`: their history is append-only.
    package func deleteWorkspace(_ named: String) async throws -> WorkspaceSummary {
        let now = world.now
        return try await database.writeUnscoped(isLarge: true) { tx in
            let place = try AccountStore.workspace(named: named, in: tx)
            let bookings = try AccountStore.bookings(in: place.id, in: tx)
            if bookings > 0 { throw AccountRefusal.workspaceHasBookings(name: place.name, count: bookings) }
            for name in try AccountStore.delete(place.id, in: tx).compactMap(FileName.init) {
                try tx.enqueue(RemoveFile.job(name, now: now), now: now, id: world.id())
            }
            return place
        }
    }

    /// A new set-up token while nobody has set this installation up, else nil. The one printed before ends.
    package func setupToken() async throws -> String? {
        let token = world.token()
        return try await database.writeUnscoped { tx in
            if try AccountStore.anyWorkspace(in: tx) { return nil }
            try AccountStore.remember(setupToken: token, in: tx)
            return token
        }
    }
}
