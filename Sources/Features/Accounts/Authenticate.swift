/// Who is asking: from the session cookie of a page or the Bearer key of an API call to a principal.
import Database
import Scheduling
import Web

/// Given to the site as its authenticator. A cookie says nothing under `/api` and a key says nothing elsewhere, so
/// neither can be used where the other's checks (CSRF here, scopes there) are made.
package struct Authenticate: Sendable {
    /// The plain name; the browser knows it as `__Host-workestra_session` on https.
    package static let cookieName = "workestra_session"

    let database: Database
    let world: World
    let csrfKey: [UInt8]

    /// - Parameter keyring: the installation's; form tokens are derived from it.
    package init(database: Database, world: World, keyring: Keyring) {
        self.database = database
        self.world = world
        csrfKey = keyring.mac([], purpose: "csrf")
    }

    package init(_ installation: Installation) {
        self.init(database: installation.database, world: installation.world, keyring: installation.keyring)
    }

    package func callAsFunction(_ request: Request) async throws -> Principal? {
        if request.route.hasPrefix("/api/") {
            guard let text = request.bearer else { return nil }
            return try await key(text)
        }
        guard let token = request.cookie(Self.cookieName) else { return nil }
        return try await session(token)
    }

    /// The cookie of a new session.
    package static func cookie(_ new: NewSession) -> Cookie {
        Cookie(cookieName, new.token, maxAge: Int(Session.lifeSeconds))
    }

    private func session(_ token: String) async throws -> Principal? {
        guard isToken(token), let found = try await LookUps(database: database).session(token),
              found.session.lives(at: world.now)
        else { return nil }
        let (member, now) = (found.member, world.now)
        if now - found.session.seenAt >= Session.seenEverySeconds {
            let scope = Scope(workspace: member.workspace, actor: .user(member.account.id))
            try await database.write(scope) { tx in
                try AccountStore.seen(found.session.id, at: now, scope: scope, in: tx)
            }
        }
        return Principal(
            kind: .session, workspace: member.workspace, workspaceName: member.workspaceName,
            user: member.account.id, name: member.account.name,
            permissions: Permission.granted(to: member.role, everyoneReads: found.mode.everyoneReads),
            isTest: found.mode.isTest, leads: try await leads(member), assists: found.assists,
            sessionID: found.session.id.text, csrf: CSRF.token(session: token, key: csrfKey))
    }

    private func key(_ text: String) async throws -> Principal? {
        guard let prefix = [APIKey.textPrefix, APIKey.testPrefix].first(where: text.hasPrefix),
              isToken(text.dropFirst(prefix.count)), let found = try await LookUps(database: database).key(text),
              found.mode.isTest == (prefix == APIKey.testPrefix)
        else { return nil }
        let (key, member, now) = (found.key, found.member, world.now)
        if let end = key.expiresAt, end <= now { return nil }
        if key.usedAt.map({ now - $0 >= Session.seenEverySeconds }) ?? true {
            let scope = Scope(workspace: member.workspace, actor: .key(key.id.text, member.account.id))
            try await database.write(scope) { tx in
                try AccountStore.used(key.id, at: now, scope: scope, in: tx)
            }
        }
        return Principal(
            kind: .key(key.id.text), workspace: member.workspace, workspaceName: member.workspaceName,
            user: member.account.id, name: member.account.name,
            permissions: Permission.granted(
                toKeyWith: key.scopes, role: member.role, everyoneReads: found.mode.everyoneReads),
            isTest: found.mode.isTest, leads: try await leads(member), assists: found.assists)
    }

    /// Only managers are asked for their teams: everybody else sees their own, or all.
    private func leads(_ member: Member) async throws -> Set<ID<User>> {
        guard member.role == .manager else { return [] }
        return try await LookUps(database: database).led(by: member.account.id, in: member.workspace)
    }

    /// 43 characters: what was never a token of ours is not worth a query.
    private func isToken(_ text: some StringProtocol) -> Bool { text.utf8.count == 43 }
}

extension Principal {
    /// The workspace and the actor for every store call made on behalf of this principal.
    package var scope: Scope {
        switch kind {
        case .session: Scope(workspace: workspace, actor: .user(user))
        case .key(let id): Scope(workspace: workspace, actor: .key(id, user))
        }
    }
}
