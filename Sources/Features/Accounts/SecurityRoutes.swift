/// A person's own security: where they are signed in, their password, and their other workspaces.
import Database
import Scheduling
import Web

package struct SecurityRoutes: Sendable {
    let installation: Installation
    let reset: ResetPassword

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        reset = ResetPassword(installation, passwords: passwords)
    }

    package var routes: [Route] {
        [
            Route(.get, "/settings/security", .signedIn(nil), show),
            Route(.post, "/settings/security/password", .signedIn(nil), bodyLimit: 16_384, change),
            Route(.post, "/settings/security/sessions/:id/end", .signedIn(nil), end),
            Route(.post, "/settings/security/other-sessions/end", .signedIn(nil), endOthers),
            Route(.post, "/settings/security/workspaces/:id/entry", .signedIn(nil), enter),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        var page = try await page(try request.signedIn())
        page.notice = request.query["done"].flatMap(SecurityPage.Notice.init(rawValue:))
        return .page(page.html)
    }

    private func page(_ principal: Principal) async throws -> SecurityPage {
        let (scope, now) = (principal.scope, installation.world.now)
        let (sessions, places, own) = try await installation.database.read(scope) { tx in
            (try AccountStore.sessions(of: principal.user, in: tx).filter { $0.lives(at: now) },
             try AccountStore.memberships(of: principal.user, in: tx).filter { $0.state == .active },
             try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)?.account)
        }
        return SecurityPage(
            principal: principal, sessions: sessions, places: places,
            zone: own.flatMap { installation.world.zones.zone($0.zone) } ?? .utc, clock: own?.clock ?? .twentyFour)
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        do {
            try await reset.change(
                from: form["current"] ?? "", to: form["password"] ?? "", by: principal, remote: request.remote,
                origin: Origin(request))
            return done(.password)
        } catch let refusal as AccountRefusal {
            var page = try await page(principal)
            page.form = Filled(errors: refusal.fields)
            if refusal.fields.isEmpty { page.refusal = refusal.message }
            return .page(page.html, status: refusal.status)
        }
    }

    private func end(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Session>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let entry = AuditEntry(
            .sessionEnded, of: principal.user.text, named: id.text, from: Origin(request), installation.world)
        try await installation.database.write(scope) { tx in
            guard try AccountStore.end(id, of: principal.user, in: tx) else { throw Common.notFound }
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return id.text == principal.sessionID ? .redirect("/sign-in") : done(.ended)
    }

    private func endOthers(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, own) = (principal.scope, principal.sessionID.flatMap(ID<Session>.init))
        let entry = AuditEntry(
            .sessionEnded, of: principal.user.text, named: plain("All others"), from: Origin(request),
            installation.world)
        try await installation.database.write(scope) { tx in
            try AccountStore.endEverywhere(of: principal.user, except: own, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return done(.ended)
    }

    /// Goes over into another workspace of the same person, with a session of its own.
    private func enter(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Workspace>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, origin) = (Scope(workspace: id, actor: .user(principal.user)), Origin(request))
        let entry = AuditEntry(.signedIn, of: principal.user.text, from: origin, installation.world)
        let own = principal.sessionID.flatMap(ID<Session>.init)
        let end = try await installation.database.read(scope) { tx in
            try own.flatMap { try AccountStore.expiry(of: $0, of: principal.user, in: tx) }
        }
        let new = reset.signIn.newSession(account: principal.user, workspace: id, end: end)
        try await installation.database.write(scope) { tx in
            let place = try AccountStore.member(principal.user, workspace: id, in: tx)
            guard let place, place.state == .active else { throw Common.notFound }
            if let own { _ = try AccountStore.end(own, of: principal.user, in: tx) }
            try new.insert(from: origin, scope: scope, in: tx)
            try AuditStore.record(entry, scope: scope, in: tx)
        }
        return .redirect("/calendar").signingIn(new)
    }

    private func done(_ notice: SecurityPage.Notice) -> Answer {
        .redirect(("/settings/security" as Path).adding(query: [("done", notice.rawValue)]))
    }
}
