/// The API's routing forms: with the scopes of links, and of bookings for what people answered.
import Database
import Scheduling
import Web

package struct RoutingFormAPI: Sendable {
    let installation: Installation
    private var save: SaveRoutingForm { SaveRoutingForm(installation) }

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/routing-forms", .api(.linksRead), list),
            Route(.post, "/api/v1/routing-forms", .api(.linksWrite), create),
            Route(.get, "/api/v1/routing-forms/:id", .api(.linksRead), read),
            Route(.patch, "/api/v1/routing-forms/:id", .api(.linksWrite), change),
            Route(.delete, "/api/v1/routing-forms/:id", .api(.linksWrite), delete),
            Route(.get, "/api/v1/routing-forms/:id/responses", .api(.bookingsRead), responses),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (ask, scope) = (try PageAsk(request.query), principal.scope)
        let after = try ask.after(RoutingForm.self)
        // A few hundred at most: they are read at once, and cut here, the newest first.
        let forms = try await installation.database.read(scope) { tx in
            try RoutingFormStore.all(after: after, scope: scope, in: tx)
        }.filter { principal.acts(on: [$0.owner]) }
        return ask.answer(Array(forms.prefix(ask.limit + 1)), each: \.json, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (world, scope) = (installation.world, principal.scope)
        var fields = Fields(json: try request.json())
        var form = RoutingForm(id: world.id(), owner: principal.user, title: "")
        form.fallback = .message(AnswerForm.thanks)
        RoutingReading.readQuestions(&fields, into: &form, ids: NewLinkIDs(world))
        RoutingReading.readRoutes(&fields, into: &form)
        try fields.finish()
        let (made, save, now) = (form, save, world.now)
        let entry = AuditEntry(.formMade, of: form.id.text, named: form.title, from: Origin(request), world)
        return try await installation.once(request, route: "POST /api/v1/routing-forms", scope: scope) { tx in
            try save.insert(made, for: principal, entry: entry, now: now, scope: scope, in: tx).json
        }
    }

    private func read(_ request: Request) async throws -> Answer {
        .json(try await routingForm(of: request, installation).json)
    }

    private func change(_ request: Request) async throws -> Answer {
        let (stored, body) = (try await routingForm(of: request, installation), try request.json())
        let ids = NewLinkIDs(installation.world)
        var (fields, probe) = (Fields(json: body), stored)
        let version = fields.has("version") ? fields.integer("version", 1...Int(Int32.max)) : nil
        RoutingReading.readQuestions(&fields, into: &probe, ids: ids)
        RoutingReading.readRoutes(&fields, into: &probe)
        try fields.finish()
        let entry = AuditEntry(
            .formChanged, of: stored.id.text, named: stored.title, from: Origin(request), installation.world)
        let principal = try request.signedIn()
        let saved = try await save.update(
            stored.id, version: version, for: principal, entry: entry, scope: principal.scope(on: [stored.owner])
        ) { form in
            var (form, fields) = (form, Fields(json: body))
            RoutingReading.readQuestions(&fields, into: &form, ids: ids)
            RoutingReading.readRoutes(&fields, into: &form)
            return form
        }
        return .json(saved.json)
    }

    private func delete(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let entry = AuditEntry(
            .formDeleted, of: form.id.text, named: form.title, from: Origin(request), installation.world)
        try await save.delete(form.id, entry: entry, scope: try request.signedIn().scope(on: [form.owner]))
        return .empty()
    }

    private func responses(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        let (ask, scope) = (try PageAsk(request.query), try request.signedIn().scope)
        let after = try ask.after(FormResponseID.self)
        let found = try await installation.database.read(scope) { tx in
            try FormResponseStore.all(of: form.id, limit: ask.limit + 1, after: after, scope: scope, in: tx)
        }
        return ask.answer(found, each: \.json, cursor: \.id.text)
    }
}
