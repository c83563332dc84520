/// The addresses at which hosts read what was answered, take it as a file, and lead somebody elsewhere.
import Database
import Scheduling
import Web

extension RoutingFormRoutes {
    var responseRoutes: [Route] {
        [
            Route(.get, "/settings/routing-forms/:id/responses", .signedIn(.manageLinks), responses),
            Route(.get, "/settings/routing-forms/:id/responses.csv", .signedIn(.manageLinks), file),
            Route(.post, "/settings/routing-forms/:id/responses/:response/route", .signedIn(.manageLinks), reroute),
        ]
    }

    private func responses(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let principal = try request.signedIn()
        let (scope, shown) = (principal.scope, FormResponsesPage.shown)
        let after = request.query["after"].flatMap { ID<FormResponseID>($0) }
        let (address, keyring) = (installation.address, installation.keyring)
        var page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let found = try FormResponseStore.all(of: form.id, limit: shown + 1, after: after, scope: scope, in: tx)
            let links = try LinkStore.all(LinkFilter(active: true), scope: scope, in: tx)
                .filter { $0.canBeNamed(by: principal) }
            var page = FormResponsesPage(
                principal: principal, form: form, address: address, responses: Array(found.prefix(shown)),
                zone: viewer.zone, clock: viewer.clock, links: links.map { ($0.id.text, $0.rules.title) })
            for response in page.responses {
                guard let link = links.first(where: { $0.id == response.rerouted }) else { continue }
                let pass = CameByForm.text(response.id, workspace: scope.workspace, keyring: keyring)
                let query = [(CameByForm.name, pass)] + response.prefill(link, nameQuestion: form.nameQuestion)
                page.addresses[response.id] = address + link.path.adding(query: query).text
            }
            page.next = found.count > shown ? page.responses.last?.id : nil
            return page
        }
        page.done = request.query["done"]
        return .page(page.html)
    }

    /// All of them, one to a line; of the questions those that are asked now, and what was asked before.
    private func file(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let scope = try request.signedIn().scope
        let (responses, zone) = try await installation.database.read(scope) { tx in
            (
                try FormResponseStore.all(of: form.id, limit: FormCSV.most, scope: scope, in: tx),
                try Viewer(try request.signedIn(), installation, in: tx).zone
            )
        }
        let entry = AuditEntry(
            .exported, of: form.id.text, named: form.title, from: Origin(request), installation.world)
        try await installation.database.write(scope) { tx in
            try AuditStore.recordDeed(entry, scope: scope, in: tx)
        }
        return .file(
            FormCSV.bytes(responses, form, zone: zone), type: "text/csv; charset=utf-8", name: "responses.csv")
    }

    private func reroute(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let principal = try request.signedIn()
        let scope = principal.scope(on: [form.owner])
        var fields = Fields(form: try request.form())
        let link: ID<Link>? = fields.id("linkId", label: plain("Link"))
        try fields.finish()
        guard let id = ID<FormResponseID>(try request.parameter("response")), let link else { throw Common.notFound }
        try await installation.database.write(scope) { tx in
            guard let response = try FormResponseStore.find(id, scope: scope, in: tx), response.form == form.id,
                let found = try LinkStore.find(link, scope: scope, in: tx), found.canBeNamed(by: principal)
            else { throw Common.notFound }
            try FormResponseStore.reroute(id, to: link, scope: scope, in: tx)
        }
        let path = Path("/settings/routing-forms/\(form.id)/responses").adding(query: [("done", "rerouted")])
        return .redirect(path.fragment(id.text))
    }
}

/// Responses as a file for spreadsheets, in which no cell is a formula.
enum FormCSV {
    static let most = 10_000

    static func bytes(_ responses: [FormResponse], _ form: RoutingForm, zone: Zone) -> [UInt8] {
        var columns = form.questions.map { ($0.id, $0.label) }
        for answer in responses.flatMap(\.answers) where !columns.contains(where: { $0.0 == answer.question }) {
            columns.append((answer.question, answer.label))
        }
        let head = ["id", "answered", "route", "booking"] + columns.map(\.1)
        let rows = responses.map { response in
            let words = Dictionary(response.answers.map { ($0.question, $0.words) }) { first, _ in first }
            return [
                response.id.text, response.createdAt.rfc3339(in: zone), response.route ?? "",
                response.booking?.text ?? "",
            ] + columns.map { (words[$0.0] ?? "").replacing("\n", with: ", ") }
        }
        return ([head] + rows).flatMap(BookingCSV.line)
    }
}
