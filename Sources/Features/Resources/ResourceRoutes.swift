/// The addresses at which an admin says which rooms, desks, equipment and vehicles there are.
import Database
import Scheduling
import Web

package struct ResourceRoutes: Sendable {
    let installation: Installation
    private var save: SaveResource { SaveResource(installation) }
    private static let home: Path = "/calendar/admin/resources"

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/admin/resources", .signedIn(.manageResources), list),
            Route(.get, "/calendar/admin/resources/new", .signedIn(.manageResources), new),
            Route(.post, "/calendar/admin/resources", .signedIn(.manageResources), create),
            Route(.get, "/calendar/admin/resources/:id", .signedIn(.manageResources), edit),
            Route(.post, "/calendar/admin/resources/:id", .signedIn(.manageResources), change),
            Route(.post, "/calendar/admin/resources/:id/deletion", .signedIn(.manageResources), delete),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let all = try await installation.database.read(scope) { tx in try ResourceStore.all(scope: scope, in: tx) }
        return .page(ResourcesPage(principal: principal, resources: all, done: request.query["done"]).html)
    }

    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, id): (Scope, ID<BookableResource>) = (principal.scope, installation.world.id())
        let zone = try await installation.database.read(scope) { tx in
            try ResourceStore.zoneName(scope: scope, in: tx)
        }
        return .page(ResourcePage(
            principal: principal, resource: nil, form: BookableResource(id: id, name: "", zone: zone).filled,
            hours: WeeklyHours(Schedule.defaultWeekly)).html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        let read = ResourceFormReading(
            form, over: BookableResource(id: installation.world.id(), name: "", zone: form["timezone"] ?? "UTC"),
            zones: installation.world.zones)
        do {
            let made = try await save.create(try read.wanted(), scope: principal.scope)
            return .redirect(made.path.adding(query: [("done", "made")]))
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            return .page(ResourcePage(
                principal: principal, resource: nil, form: read.typed(refusal), hours: read.hours).html,
                         status: refusal.status)
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        var page = try await page(request, try await resource(of: request, installation))
        page.done = request.query["done"]
        return .page(page.html)
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (stored, form, zones) = (
            try await resource(of: request, installation), try request.form(), installation.world.zones)
        let read = ResourceFormReading(form, over: stored, zones: zones)
        do {
            let wanted = try read.wanted()
            _ = try await save.update(
                stored.id, version: form["version"].flatMap(Int.init), scope: principal.scope
            ) { now in
                var wanted = wanted
                wanted.version = now.version
                return wanted
            }
            return .redirect(stored.path.adding(query: [("done", "saved")]))
        } catch let refusal as any Refusal where !refusal.fields.isEmpty || refusal is ResourceRefusal {
            var page = try await page(request, stored)
            (page.form, page.hours) = (read.typed(refusal), read.hours)
            if refusal.fields.isEmpty { page.refusal = refusal.message }
            return .page(page.html, status: refusal.status)
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let stored = try await resource(of: request, installation)
        do {
            try await save.delete(stored.id, scope: try request.signedIn().scope)
            return .redirect(Self.home.adding(query: [("done", "deleted")]))
        } catch let refusal as ResourceRefusal {
            var page = try await page(request, stored)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    private func page(_ request: Request, _ resource: BookableResource) async throws -> ResourcePage {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, installation.world.now)
        let (upcoming, own) = try await installation.database.read(scope) { tx in
            (
                try ResourceStore.upcoming(of: resource.id, now: now, scope: scope, in: tx),
                try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)?.account
            )
        }
        var page = ResourcePage(
            principal: principal, resource: resource, form: resource.filled,
            hours: WeeklyHours(resource.hours ?? Schedule.defaultWeekly))
        page.upcoming = upcoming
        page.zone = own.flatMap { installation.world.zones.zone($0.zone) } ?? .utc
        page.clock = own?.clock ?? .twentyFour
        return page
    }
}

/// What the form says: a resource, or every mistake with all that was typed.
struct ResourceFormReading: Sendable {
    private let read: BookableResource
    private let filled: Filled
    let hours: WeeklyHours

    init(_ form: FormData, over base: BookableResource, zones: Zones) {
        var (fields, resource) = (Fields(form: form), base)
        // A form sends all it has; an unticked box is what it does not send.
        (resource.name, resource.isActive) = ("", false)
        resource.read(&fields, zones: zones)
        var weekly = WeeklyHours(form: form)
        if form["hoursFrom"] == "own" {
            resource.hours = weekly.weekly()
            if let hours = resource.hours, hours.allSatisfy(\.isEmpty) {
                fields.fail("hoursFrom", "missing", BookableResource.noHours)
            }
            for error in weekly.errors { fields.fail(error.field, error.code, error.message) }
        } else {
            resource.hours = nil
        }
        (read, hours) = (resource, weekly)
        var filled = fields.filled
        filled.values["hoursFrom"] = form["hoursFrom"] ?? "always"
        self.filled = filled
    }

    func wanted() throws -> BookableResource {
        guard filled.errors.isEmpty else { throw Invalid(filled.errors) }
        return read
    }

    func typed(_ refusal: any Refusal) -> Filled {
        var typed = filled
        typed.errors = refusal.fields
        return typed
    }
}

extension BookableResource {
    /// As the fields of its form.
    var filled: Filled {
        var values = [
            "name": name, "kind": kind.rawValue, "seats": seats.map { String($0) } ?? "", "place": place,
            "timezone": zone, "hoursFrom": hours == nil ? "always" : "own", "version": String(version),
        ]
        if isActive { values["active"] = "on" }
        return Filled(values: values)
    }
}
