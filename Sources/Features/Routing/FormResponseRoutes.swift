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
        let principal = try request.signedIn()
        let scope = principal.scope
        let zone = try await installation.database.read(scope) { try Viewer(principal, installation, in: $0).zone }
        // Twice through all of them, a portion at a time: first for the columns, then for the lines.
        var csv = FormCSV(form, zone: zone)
        try await portions(of: form.id, scope: scope) { csv.learn($0) }
        try await portions(of: form.id, scope: scope) { csv.add($0) }
        let entry = AuditEntry(
            .exported, of: form.id.text, named: form.title, from: Origin(request), installation.world)
        try await installation.database.write(scope) { tx in
            try AuditStore.recordDeed(entry, scope: scope, in: tx)
        }
        return .file(csv.bytes, type: "text/csv; charset=utf-8", name: "responses.csv")
    }

    private func portions(
        of form: ID<RoutingForm>, scope: Scope, _ body: ([FormResponse]) -> Void
    ) async throws {
        var last: ID<FormResponseID>?
        repeat {
            let after = last
            let some = try await installation.database.read(scope) { tx in
                try FormResponseStore.all(of: form, limit: FormCSV.portion, after: after, scope: scope, in: tx)
            }
            body(some)
            last = some.count == FormCSV.portion ? some.last?.id : nil
        } while last != nil
    }

    private func reroute(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let principal = try request.signedIn()
        let scope = principal.scope(on: [form.owner])
        var fields = Fields(form: try request.form())
        let link: ID<Link>? = fields.id("linkId", label: plain("Link"))
        try fields.finish()
        guard let id = ID<FormResponseID>(try request.parameter("response")), let link else { throw Common.notFound }
        let entry = AuditEntry(.responseLed, of: id.text, from: Origin(request), installation.world)
        try await installation.database.write(scope) { tx in
            guard let response = try FormResponseStore.find(id, scope: scope, in: tx), response.form == form.id,
                let found = try LinkStore.find(link, scope: scope, in: tx), found.canBeNamed(by: principal)
            else { throw Common.notFound }
            guard response.rerouted != link else { return }
            try FormResponseStore.reroute(id, to: link, scope: scope, in: tx)
            let words = plain("\(form.title), to \(found.rules.title)")
            try AuditStore.recordDeed(entry.about(words), scope: scope, in: tx)
        }
        let path = Path("/settings/routing-forms/\(form.id)/responses").adding(query: [("done", "rerouted")])
        return .redirect(path.fragment(id.text))
    }
}

/// Responses as a file for spreadsheets, in which no cell is a formula; they come in portions.
struct FormCSV {
    /// How many are read at once.
    static let portion = 500

    private let form: RoutingForm
    private let zone: Zone
    private var columns: [(id: ID<Question>, label: String)]
    private var known: Set<ID<Question>>
    private var lines: [UInt8] = []

    init(_ form: RoutingForm, zone: Zone) {
        (self.form, self.zone) = (form, zone)
        columns = form.questions.map { ($0.id, $0.label) }
        known = Set(columns.map(\.id))
    }

    /// What was asked before has columns of its own, behind those of what is asked now.
    mutating func learn(_ responses: [FormResponse]) {
        for answer in responses.flatMap(\.answers) where known.insert(answer.question).inserted {
            columns.append((answer.question, answer.label))
        }
    }

    mutating func add(_ responses: [FormResponse]) {
        for response in responses {
            let words = Dictionary(response.answers.map { ($0.question, $0.words) }) { first, _ in first }
            lines += BookingCSV.line([
                response.id.text, response.createdAt.rfc3339(in: zone), response.route ?? "",
                response.booking?.text ?? "", response.rerouted?.text ?? "",
            ] + columns.map { (words[$0.id] ?? "").replacing("\n", with: ", ") })
        }
    }

    var bytes: [UInt8] {
        BookingCSV.line(["id", "answered", "route", "booking", "led to"] + columns.map(\.label)) + lines
    }
}
