/// The addresses at which people name who acts for them, and stop it; and at which admins do so for others.
import Database
import Scheduling
import Web

struct AssistantRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/settings/assistants", .signedIn(nil), show),
            Route(.post, "/settings/assistants", .signedIn(nil), name),
            Route(.post, "/settings/assistants/:id/end", .signedIn(nil), stop),
            Route(.post, "/settings/assisted/:id/end", .signedIn(nil), leave),
            Route(.get, "/calendar/admin/members/:id/assistants", .signedIn(.manageMembers), show),
            Route(.post, "/calendar/admin/members/:id/assistants", .signedIn(.manageMembers), name),
            Route(.post, "/calendar/admin/members/:id/assistants/:assistant/end", .signedIn(.manageMembers), stop),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        var page = try await page(request)
        page.notice = request.query["done"].flatMap(AssistantsPage.Notice.init(rawValue:))
        return .page(page.html)
    }

    /// Whether somebody is at their own; else the path names the member.
    private func isOwn(_ request: Request) -> Bool { request.route.hasPrefix("/settings/") }

    private func account(_ request: Request) throws -> ID<User> {
        isOwn(request) ? try request.signedIn().user : try user(request, "id")
    }

    private func user(_ request: Request, _ parameter: String) throws -> ID<User> {
        guard let id = ID<User>(try request.parameter(parameter)) else { throw Common.notFound }
        return id
    }

    private func page(_ request: Request) async throws -> AssistantsPage {
        let principal = try request.signedIn()
        let (account, scope) = (try account(request), principal.scope)
        let isOwn = isOwn(request)
        return try await installation.database.read(scope) { tx in
            let owner = try NameAssistant.owner(account, for: principal, in: tx)
            let assistants = try AssistantStore.assistants(of: account, scope: scope, in: tx)
            let choices = try AccountStore.working(
                in: scope.workspace, without: assistants.map(\.assistant) + [account],
                atMost: AssistantsPage.mostChoices, in: tx)
            var page = AssistantsPage(
                principal: principal, owner: owner, isOwn: isOwn, assistants: assistants, choices: choices)
            if isOwn { page.assisted = try AssistantStore.assisted(by: account, scope: scope, in: tx) }
            return page
        }
    }

    private func name(_ request: Request) async throws -> Answer {
        var fields = Fields(form: try request.form())
        let assistant = fields.id("userId", of: User.self, label: plain("Person"))
        do {
            try fields.finish()
            guard let assistant else { throw Common.unexpected }
            _ = try await NameAssistant(installation, from: Origin(request))(
                assistant, of: try account(request), by: try request.signedIn())
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            var page = try await page(request)
            page.form = Filled(values: fields.typed, errors: refusal.fields)
            return .page(page.html, status: refusal.status)
        }
        return try done(request, .named)
    }

    /// Pressed twice it is stopped, which is what the page says.
    private func stop(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let assistant = try user(request, isOwn(request) ? "id" : "assistant")
        let account = try account(request)
        for person in [assistant, account] { try await check(person, principal) }
        _ = try await NameAssistant(installation, from: Origin(request)).stop(
            assistant, of: account, by: principal)
        return try done(request, .stopped)
    }

    /// An assistant no longer wants to be one.
    private func leave(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let account = try user(request, "id")
        try await check(account, principal)
        _ = try await NameAssistant(installation, from: Origin(request)).stop(
            principal.user, of: account, by: principal)
        return .redirect(AssistantsPage.path(nil).adding(query: [("done", AssistantsPage.Notice.left.rawValue)]))
    }

    /// Somebody of elsewhere is not found, whoever acts for whom.
    private func check(_ person: ID<User>, _ principal: Principal) async throws {
        let member = try await installation.database.read(principal.scope) { tx in
            try AccountStore.member(person, workspace: principal.workspace, in: tx)
        }
        if member == nil { throw Common.notFound }
    }

    private func done(_ request: Request, _ notice: AssistantsPage.Notice) throws -> Answer {
        let id = isOwn(request) ? nil : try account(request)
        return .redirect(AssistantsPage.path(id).adding(query: [("done", notice.rawValue)]))
    }
}
