/// The addresses at which admins make templates and give their links to people.
import Database
import Scheduling
import Web

package struct TemplateRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/admin/managed-links", .signedIn(.manageTemplates), list),
            Route(.post, "/calendar/admin/managed-links", .signedIn(.manageTemplates), create),
            Route(.get, "/calendar/admin/managed-links/:id", .signedIn(.manageTemplates), edit),
            Route(.post, "/calendar/admin/managed-links/:id", .signedIn(.manageTemplates), save),
            Route(.post, "/calendar/admin/managed-links/:id/deletion", .signedIn(.manageTemplates), delete),
        ]
    }

    private static let home: Path = "/calendar/admin/managed-links"

    private func list(_ request: Request) async throws -> Answer {
        .page(try await listPage(request).html)
    }

    private func listPage(_ request: Request) async throws -> TemplatesPage {
        let principal = try request.signedIn()
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            let templates = try LinkTemplateStore.all(scope: scope, in: tx)
            let links = try LinkStore.all(limit: 200, scope: scope, in: tx).filter { $0.rules.kind == .oneOnOne }
            let made = try LinkTemplateStore.locks(of: links.map(\.id), scope: scope, in: tx)
            let known = Set(templates.map(\.link)).union(made.keys)
            return TemplatesPage(
                principal: principal, templates: templates,
                choices: links.filter { !known.contains($0.id) }.map { link in
                    (link.id.text, "\(link.rules.title), \(link.hostWords)")
                },
                done: request.query["done"])
        }
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(form: try request.form())
        let id = fields.id("link", of: Link.self, label: plain("Link"))
        do {
            try fields.finish()
            guard let id else { throw Invalid("link", plain("There is no such link.")) }
            let made = try await SaveTemplate(installation, from: Origin(request)).create(
                id, TemplateWish(), scope: principal.scope)
            return .redirect(Path("/calendar/admin/managed-links/\(made.link)").adding(query: [("done", "made")]))
        } catch let refusal as any Refusal {
            var page = try await listPage(request)
            let message = refusal.fields.first?.message ?? refusal.message
            page.form = Filled(
                values: fields.typed, errors: [FieldError(field: "link", code: refusal.code, message: message)])
            return .page(page.html, status: refusal.status == 404 ? 422 : refusal.status)
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        .page(try await page(request).html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await page(request)
        let form = try request.form()
        var fields = Fields(form: form)
        let wish = TemplateWish(&fields)
        (page.locked, page.ticked) = (Set(form.all("locked")), Set(form.all("userIds")))
        page.form = fields.filled
        do {
            try fields.finish()
            let change = page.change(wish)
            if !change.isEmpty, form["confirmed"] != change.digest {
                let here = Path("/calendar/admin/managed-links/\(page.template.link)")
                return .page(TemplateChangePage(
                    principal: principal, title: page.template.title, change: change, action: here, back: here,
                    fields: form.pairs.filter { $0.0 != "csrf" && $0.0 != "confirmed" }).html)
            }
            let saved = try await SaveTemplate(installation, from: Origin(request)).update(
                page.template.link, wish, scope: principal.scope)
            return .redirect(Path("/calendar/admin/managed-links/\(saved.link)").adding(query: [("done", "saved")]))
        } catch let invalid as Invalid {
            page.form = Filled(values: fields.typed, errors: invalid.fields)
            return .page(page.html, status: 422)
        } catch let refusal as Common where refusal.status == 409 {
            page.conflict = refusal.message
            return .page(page.html, status: 409)
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        try await SaveTemplate(installation, from: Origin(request)).delete(id, scope: principal.scope)
        return .redirect(Self.home.adding(query: [("done", "deleted")]))
    }

    private func page(_ request: Request) async throws -> TemplatePage {
        let principal = try request.signedIn()
        let scope = principal.scope
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let page = try await installation.database.read(scope) { tx -> TemplatePage? in
            guard let template = try LinkTemplateStore.find(id, scope: scope, in: tx),
                let link = try LinkStore.find(id, scope: scope, in: tx)
            else { return nil }
            let made = try LinkStore.find(Set(template.managed.map(\.link)), scope: scope, in: tx)
            var page = TemplatePage(
                principal: principal, template: template, link: link, made: made.values.sorted { $0.id < $1.id },
                people: try LinkHostStore.everybody(scope: scope, in: tx), address: installation.address)
            page.rooms = try ResourceStore.all(scope: scope, in: tx)
            return page
        }
        guard var page else { throw Common.notFound }
        page.done = request.query["done"]
        return page
    }
}
