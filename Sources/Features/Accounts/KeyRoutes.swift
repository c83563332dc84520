/// Keys on pages: list, make, revoke under `/calendar/admin/keys`.
import Database
import Scheduling
import Web

package struct KeyRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/admin/keys", .signedIn(.manageKeys), list),
            Route(.post, "/calendar/admin/keys", .signedIn(.manageKeys), create),
            Route(.post, "/calendar/admin/keys/:id/revocation", .signedIn(.manageKeys), revoke),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        .page(try await page(try request.signedIn()).html)
    }

    /// Answers with the page itself and no redirect: the key's text is in this one answer only.
    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        var fields = Fields(form: form)
        do {
            let wish = KeyWish(name: fields.text("name", 1...120, label: plain("Name")), scopes: form.all("scopes"))
            try fields.finish()
            let new = try MakeKey(world: installation.world)(
                wish, owner: principal.user, ownerName: principal.name, limit: principal.permissions,
                isTest: principal.isTest, from: Origin(request))
            let scope = principal.scope
            try await installation.database.write(scope) { tx in try new.insert(scope: scope, in: tx) }
            return .page(try await page(principal, new: new).html, status: 201)
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            let ticks = form.all("scopes").map { ("scope.\($0)", "on") }
            let typed = Dictionary([("name", form["name"] ?? "")] + ticks, uniquingKeysWith: { first, _ in first })
            let filled = Filled(values: typed, errors: refusal.fields)
            return .page(try await page(principal, form: filled).html, status: 422)
        }
    }

    private func revoke(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await RevokeKey(installation)(try request.parameter("id"), by: principal, from: Origin(request))
        return .redirect("/calendar/admin/keys")
    }

    private func page(_ principal: Principal, new: NewKey? = nil, form: Filled = .empty) async throws -> KeysPage {
        let scope = principal.scope
        let (keys, zone) = try await installation.database.read(scope) { tx in
            (try AccountStore.keys(owner: principal.ownKeys, scope: scope, in: tx),
             try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)?.account.zone)
        }
        return KeysPage(
            principal: principal, keys: keys, zone: zone.flatMap(installation.world.zones.zone), new: new, form: form)
    }
}
