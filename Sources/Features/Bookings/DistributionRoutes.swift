/// The addresses at which one sees how a link's bookings fell to its hosts.
import Database
import Scheduling
import Web

struct DistributionRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/settings/booking-links/:id/distribution", .signedIn(.manageLinks), show),
            Route(.get, "/api/v1/links/:id/distribution", .api(.linksRead), read),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await link(request, principal)
        var fields = Fields(form: request.query)
        let ask = DistributionAsk(&fields, hosts: link.hosts.filter { link.isRotating($0.id) })
        var filled = fields.filled
        for host in link.hosts where filled["weight.\(host.id)"].isEmpty {
            filled.values["weight.\(host.id)"] = String(link.share(of: host.id).weight)
        }
        let (scope, shown) = (principal.scope, filled)
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            return DistributionPage(
                principal: principal, distribution: try distribution(link, ask, scope: scope, in: tx),
                clock: viewer.clock, zone: viewer.zone, filled: shown)
        }
        return .page(page.html, status: fields.errors.isEmpty ? 200 : 422)
    }

    private func read(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await link(request, principal)
        var fields = Fields(form: request.query)
        let ask = DistributionAsk(&fields, hosts: link.hosts.filter { link.isRotating($0.id) })
        try fields.finish()
        let scope = principal.scope
        let found = try await installation.database.read(scope) { tx in
            try distribution(link, ask, scope: scope, in: tx)
        }
        return .json(found.json(sees: principal.acts))
    }

    private func distribution(
        _ link: Link, _ ask: DistributionAsk, scope: Scope, in tx: Transaction
    ) throws -> Distribution {
        try Distribution(
            link, ask, now: installation.world.now, zones: installation.world.zones, scope: scope, in: tx)
    }

    /// The link of the path, when this person may see it and its hosts take turns.
    private func link(_ request: Request, _ principal: Principal) async throws -> Link {
        let link = try await ownLink(try request.parameter("id"), principal, installation)
        guard link.rotates else { throw Common.notFound }
        return link
    }
}
