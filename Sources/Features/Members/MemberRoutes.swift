/// The addresses at which the people of a workspace are looked after: members and invitations.
import Database
import Scheduling
import Web

package struct MemberRoutes: Sendable {
    let installation: Installation
    let change: ChangeMember
    let invite: Invite

    package init(_ installation: Installation) {
        self.installation = installation
        change = ChangeMember(installation)
        invite = Invite(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/admin/members", .signedIn(.manageMembers), list),
            Route(.get, "/calendar/admin/members/:id", .signedIn(.manageMembers), show),
            Route(.post, "/calendar/admin/members/:id", .signedIn(.manageMembers), save),
            Route(.post, "/calendar/admin/members/:id/deactivation", .signedIn(.manageMembers), switchOff),
            Route(.post, "/calendar/admin/members/:id/reactivation", .signedIn(.manageMembers), switchOn),
            Route(.post, "/calendar/admin/members/:id/removal", .signedIn(.manageMembers), remove),
            Route(.post, "/calendar/admin/invitations", .signedIn(.manageMembers), send),
            Route(.post, "/calendar/admin/invitations/:id/resend", .signedIn(.manageMembers), sendAgain),
            Route(.post, "/calendar/admin/invitations/:id/withdrawal", .signedIn(.manageMembers), withdraw),
        ] + HandOverRoutes(installation).routes + AssistantRoutes(installation).routes
    }

    // MARK: Members

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await page(principal)
        page.notice = request.query["done"].flatMap(MembersPage.Notice.init(rawValue:))
        return .page(page.html)
    }

    private func page(_ principal: Principal, form: Filled = .empty) async throws -> MembersPage {
        let scope = principal.scope
        let (members, invitations) = try await installation.database.read(scope) { tx in
            (try AccountStore.members(of: scope.workspace, in: tx), try InvitationStore.open(scope: scope, in: tx))
        }
        return MembersPage(
            principal: principal, role: members.first { $0.account.id == principal.user }?.role ?? .viewer,
            members: members, invitations: invitations, now: installation.world.now, form: form)
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await member(request).html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let form = try request.form()
        var fields = Fields(form: form)
        let role = fields.choice("role", of: Role.self, otherwise: .viewer, label: plain("Role"))
        let grants = Set(form.all("grants").compactMap(Grant.init(rawValue:)))
        do {
            try fields.finish()
            let principal = try request.signedIn()
            try await change.set(
                role: role, grants: grants, of: try id(request), by: principal, from: Origin(request))
            return .redirect(("/calendar/admin/members" as Path).adding(query: [("done", "saved")]))
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            var page = try await member(request)
            let ticks = grants.map { ("grant.\($0.rawValue)", "on") }
            let typed = Dictionary([("role", form["role"] ?? "")] + ticks) { first, _ in first }
            page.form = Filled(values: typed, errors: refusal.fields)
            return .page(page.html, status: refusal.status)
        }
    }

    private func switchOff(_ request: Request) async throws -> Answer {
        try await act(request, "off") { try await change.switchOff($0, by: $1, from: $2) }
    }

    private func switchOn(_ request: Request) async throws -> Answer {
        try await act(request, "on") { try await change.switchOn($0, by: $1, from: $2) }
    }

    private func remove(_ request: Request) async throws -> Answer {
        try await act(request, "removed") { try await change.remove($0, by: $1, from: $2) }
    }

    private func act(
        _ request: Request, _ done: String, _ change: (ID<User>, Principal, Origin) async throws -> Void
    ) async throws -> Answer {
        do {
            try await change(try id(request), try request.signedIn(), Origin(request))
            return .redirect(("/calendar/admin/members" as Path).adding(query: [("done", done)]))
        } catch let refusal as MemberRefusal {
            var page = try await member(request)
            page.refusal = refusal
            return .page(page.html, status: refusal.status)
        }
    }

    private func id(_ request: Request) throws -> ID<User> {
        guard let id = ID<User>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }

    private func member(_ request: Request) async throws -> MemberPage {
        let principal = try request.signedIn()
        let (id, scope, now) = (try id(request), principal.scope, installation.world.now)
        let found = try await installation.database.read(scope) { tx -> (Member, Role, MemberDuties)? in
            guard let member = try AccountStore.member(id, workspace: scope.workspace, in: tx) else { return nil }
            let actor = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
            let duties = try MemberStore.duties(of: id, now: now, scope: scope, in: tx)
            return (member, actor?.role ?? .viewer, duties)
        }
        guard let (member, role, duties) = found else { throw Common.notFound }
        return MemberPage(principal: principal, role: role, member: member, duties: duties)
    }

    // MARK: Invitations

    private func send(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(form: try request.form())
        let email = fields.email("email", label: plain("E-mail"))
        let role = fields.choice("role", of: Role.self, otherwise: .member, label: plain("Role"))
        do {
            try fields.finish()
            try await invite(email, as: role, by: principal, from: Origin(request))
            return .redirect(("/calendar/admin/members" as Path).adding(query: [("done", "invited")]))
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            let form = Filled(values: fields.typed, errors: refusal.fields)
            return .page(try await page(principal, form: form).html, status: refusal.status)
        }
    }

    private func sendAgain(_ request: Request) async throws -> Answer {
        try await invite.again(try invitation(request), by: try request.signedIn(), from: Origin(request))
        return .redirect(("/calendar/admin/members" as Path).adding(query: [("done", "invited")]))
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        try await invite.withdraw(try invitation(request), by: try request.signedIn(), from: Origin(request))
        return .redirect(("/calendar/admin/members" as Path).adding(query: [("done", "withdrawn")]))
    }

    private func invitation(_ request: Request) throws -> ID<Invitation> {
        guard let id = ID<Invitation>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }
}
