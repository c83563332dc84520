/// The addresses at which hosts make, try and read routing forms.
import Capabilities
import Database
import Scheduling
import Web

package struct RoutingFormRoutes: Sendable {
    let installation: Installation
    let answer: AnswerForm
    private var save: SaveRoutingForm { SaveRoutingForm(installation) }

    package init(_ installation: Installation, owners: [OwnerSource: any ContactOwners] = [:]) {
        self.installation = installation
        answer = AnswerForm(installation, owners: owners)
    }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/routing-forms", .signedIn(.viewBookings), list),
            Route(.get, "/settings/routing-forms", .signedIn(.viewBookings), list),
            Route(.get, "/settings/routing-forms/new", .signedIn(.manageLinks), new),
            Route(.post, "/settings/routing-forms", .signedIn(.manageLinks), create),
            Route(.get, "/settings/routing-forms/:id", .signedIn(.manageLinks), edit),
            Route(.post, "/settings/routing-forms/:id", .signedIn(.manageLinks), change),
            Route(.get, "/settings/routing-forms/:id/routes", .signedIn(.manageLinks), showRoutes),
            Route(.post, "/settings/routing-forms/:id/routes", .signedIn(.manageLinks), changeRoutes),
            Route(.get, "/settings/routing-forms/:id/test", .signedIn(.manageLinks), bench),
            Route(.post, "/settings/routing-forms/:id/test", .signedIn(.manageLinks), tryOut),
            Route(.post, "/settings/routing-forms/:id/samples", .signedIn(.manageLinks), dropSample),
            Route(.post, "/settings/routing-forms/:id/deletion", .signedIn(.manageLinks), delete),
        ] + responseRoutes
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let forms = try await installation.database.read(scope) { tx in
            try RoutingFormStore.all(scope: scope, in: tx).filter { principal.acts(on: [$0.owner]) }.map { form in
                (form: form, responses: try FormResponseStore.count(of: form.id, scope: scope, in: tx))
            }
        }
        return .page(RoutingFormsPage(
            principal: principal, forms: forms, address: installation.address, done: request.query["done"]).html)
    }

    // MARK: What it asks

    private func new(_ request: Request) async throws -> Answer {
        let filled = Filled(values: ["active": "on", "questions.0.kind": "text"])
        return .page(FormQuestionsPage(
            principal: try request.signedIn(), form: nil, address: installation.address, filled: filled).html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (world, scope) = (installation.world, principal.scope)
        var fields = Fields(form: try request.form())
        var form = RoutingForm(id: world.id(), owner: principal.user, title: "")
        form.isActive = false
        form.fallback = .message(AnswerForm.thanks)
        RoutingReading.readQuestions(&fields, into: &form, ids: NewLinkIDs(world))
        guard fields.errors.isEmpty else {
            let page = FormQuestionsPage(
                principal: principal, form: nil, address: installation.address, filled: fields.filled)
            return .page(page.html, status: 422)
        }
        let (made, save, now) = (form, save, world.now)
        let entry = AuditEntry(.formMade, of: form.id.text, named: form.title, from: Origin(request), world)
        do {
            _ = try await installation.database.write(scope) { tx in
                try save.insert(made, for: principal, entry: entry, now: now, scope: scope, in: tx)
            }
        } catch let refusal as FormRefusal {
            let page = FormQuestionsPage(
                principal: principal, form: nil, address: installation.address, filled: fields.filled,
                conflict: refusal.message)
            return .page(page.html, status: refusal.status)
        }
        return .redirect(made.settings.adding(query: [("done", "made")]))
    }

    private func edit(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        return .page(FormQuestionsPage(
            principal: try request.signedIn(), form: form, address: installation.address, filled: form.questionValues,
            done: request.query["done"]).html)
    }

    private func change(_ request: Request) async throws -> Answer {
        let stored = try await routingForm(of: request, installation)
        let (data, ids) = (try request.form(), NewLinkIDs(installation.world))
        return try await saved(request, stored, data, then: stored.settings) { form, fields in
            // A form sends all it has; an unticked box is what it does not send.
            (form.title, form.isActive) = ("", false)
            RoutingReading.readQuestions(&fields, into: &form, ids: ids)
        } again: { filled, conflict in
            FormQuestionsPage(
                principal: try request.signedIn(), form: stored, address: installation.address, filled: filled,
                conflict: conflict).html
        }
    }

    // MARK: Where it leads

    private func showRoutes(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        var page = try await routesPage(request, form, form.routeValues)
        page.done = request.query["done"]
        return .page(page.html)
    }

    private func changeRoutes(_ request: Request) async throws -> Answer {
        let stored = try await routingForm(of: request, installation)
        return try await saved(
            request, stored, try request.form(), then: Path("/settings/routing-forms/\(stored.id)/routes")
        ) { form, fields in
            form.routes = []
            RoutingReading.readRoutes(&fields, into: &form)
        } again: { filled, conflict in
            var page = try await routesPage(request, stored, filled)
            page.conflict = conflict
            return page.html
        }
    }

    private func routesPage(_ request: Request, _ form: RoutingForm, _ filled: Filled) async throws -> FormRoutesPage {
        let principal = try request.signedIn()
        let scope = principal.scope
        let (links, people) = try await installation.database.read(scope) { tx in
            (
                try form.links(for: principal, scope: scope, in: tx),
                try LinkHostStore.everybody(scope: scope, in: tx).map { ($0.id.text, $0.name) }
            )
        }
        return FormRoutesPage(
            principal: principal, form: form, address: installation.address, links: links, people: people,
            filled: filled)
    }

    /// Reads a part of a form over what is stored, writes it, and shows the part again.
    private func saved(
        _ request: Request, _ stored: RoutingForm, _ data: FormData, then path: Path,
        _ read: @escaping @Sendable (inout RoutingForm, inout Fields) -> Void,
        again: (Filled, String?) async throws -> HTML
    ) async throws -> Answer {
        var (fields, probe) = (Fields(form: data), stored)
        read(&probe, &fields)
        var filled = fields.filled
        guard fields.errors.isEmpty else { return .page(try await again(filled, nil), status: 422) }
        let entry = AuditEntry(
            .formChanged, of: stored.id.text, named: stored.title, from: Origin(request), installation.world)
        do {
            let principal = try request.signedIn()
            _ = try await save.update(
                stored.id, version: data["version"].flatMap { Int($0) }, for: principal, entry: entry,
                scope: principal.scope(on: [stored.owner])
            ) { form in
                var (form, fields) = (form, Fields(form: data))
                read(&form, &fields)
                return form
            }
            return .redirect(path.adding(query: [("done", "saved")]))
        } catch let invalid as Invalid {
            filled.errors = invalid.fields
            return .page(try await again(filled, nil), status: 422)
        } catch let refusal as FormRefusal {
            return .page(try await again(filled, refusal.message), status: refusal.status)
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let entry = AuditEntry(
            .formDeleted, of: form.id.text, named: form.title, from: Origin(request), installation.world)
        try await save.delete(form.id, entry: entry, scope: try request.signedIn().scope(on: [form.owner]))
        return .redirect(Path("/calendar/routing-forms").adding(query: [("done", "deleted")]))
    }
}

extension RoutingFormRoutes {
    // MARK: The test bench

    private func bench(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        var page = FormBenchPage(principal: try request.signedIn(), form: form, address: installation.address)
        page.done = request.query["done"]
        if let index = request.query["sample"].flatMap({ Int($0) }), form.samples.indices.contains(index) {
            let sample = form.samples[index]
            let values = sample.answers.flatMap(\.formValues) + [("name", sample.name)]
            page.filled = Filled(values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
            page.result = try await result(of: sample.answers, form, request)
        }
        return .page(page.html)
    }

    private func tryOut(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let data = try request.form()
        var fields = Fields(form: data)
        var reading = AnswerReading(form.questions)
        let answers = reading.read(&fields)
        let keeps = data["keep"] != nil
        let name = fields.text("name", (keeps ? 1 : 0)...120, label: plain("Name of the sample"))
        var page = FormBenchPage(principal: try request.signedIn(), form: form, address: installation.address)
        if keeps, form.samples.count >= RoutingForm.mostSamples {
            fields.fail("name", "too_many", plain("A form keeps at most \(RoutingForm.mostSamples) samples."))
        }
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        if keeps {
            _ = try await save.update(
                form.id, version: nil, for: page.principal, entry: nil, scope: page.principal.scope
            ) { form in
                var form = form
                form.samples = form.samples.filter { $0.name != name } + [FormSample(name: name, answers: answers)]
                form.samples = form.samples.suffix(RoutingForm.mostSamples)
                return form
            }
            return .redirect(Path("/settings/routing-forms/\(form.id)/test").adding(query: [("done", "kept")]))
        }
        page.result = try await result(of: answers, form, request)
        return .page(page.html)
    }

    private func dropSample(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let data = try request.form()
        let index = data["drop"].flatMap { Int($0) }
        let principal = try request.signedIn()
        _ = try await save.update(
            form.id, version: data["version"].flatMap { Int($0) }, for: principal, entry: nil, scope: principal.scope
        ) { form in
            var form = form
            if let index, form.samples.indices.contains(index) { form.samples.remove(at: index) }
            return form
        }
        return .redirect(Path("/settings/routing-forms/\(form.id)/test"))
    }

    private func result(
        of answers: [Answered], _ form: RoutingForm, _ request: Request
    ) async throws -> FormBenchPage.Result {
        let scope = Scope(workspace: try request.signedIn().workspace, actor: .visitor)
        let way = try await answer.way(for: answers, of: form, scope: scope)
        let target: String = try await installation.database.read(scope) { tx in
            let link = try way.action.link.flatMap { try LinkStore.find($0, scope: scope, in: tx)?.rules.title }
            let person = try way.action.user.flatMap { try LinkStore.host($0, scope: scope, in: tx)?.name }
            return switch way.action {
            case .message(let message): message.heading
            case .url(let url): url.text
            case .link, .member, .owner: [person, link].compactMap(\.self).joined(separator: ", ")
            }
        }
        return FormBenchPage.Result(tried: way.tried, action: way.action, target: target)
    }
}

/// The form of the path, where the person may change it.
/// - Throws: `Common.notFound` for one of elsewhere, of somebody else, or a deleted one.
func routingForm(of request: Request, _ installation: Installation) async throws -> RoutingForm {
    let principal = try request.signedIn()
    let scope = principal.scope
    guard let id = ID<RoutingForm>(try request.parameter("id")),
        let form = try await installation.database.read(scope, { tx in
            try RoutingFormStore.find(id, scope: scope, in: tx)
        }), principal.acts(on: [form.owner])
    else { throw Common.notFound }
    return form
}

extension RoutingForm {
    private var actions: [RouteAction] { routes.map(\.action) + [fallback] }

    /// The links a route can lead to, and those its routes lead to already, whatever became of them.
    func links(for person: Principal, scope: Scope, in tx: Transaction) throws -> [(String, String)] {
        let open = try LinkStore.all(LinkFilter(), scope: scope, in: tx).filter { $0.canBeNamed(by: person) }
        let missing = Set(actions.compactMap(\.link)).subtracting(open.map(\.id))
        let others = try LinkStore.find(missing, scope: scope, in: tx).values.sorted { $0.id < $1.id }
        return open.map { ($0.id.text, $0.rules.title) } + others.map { link in
            (link.id.text, link.deletedAt == nil ? link.rules.title : plain("\(link.rules.title) (deleted)"))
        }
    }
}
