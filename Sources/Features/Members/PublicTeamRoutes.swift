/// The addresses of teams that everybody may ask for; who is shown the team is the team's own rule.
import Database
import Scheduling
import Web

package struct PublicTeamRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/team/:slug", .open, page),
            Route(.get, "/api/v1/public/teams/:slug", .open, json),
        ]
    }

    private func page(_ request: Request) async throws -> Answer {
        let asked = try request.parameter("slug")
        let slug = asked.lowercased()
        guard let team = try await PublicTeam.find(slug, installation) else { throw TeamRefusal.notFound }
        guard asked == slug else { return .redirect(team.path.adding(query: request.query.pairs), status: 308) }
        // What members alone see is framed nowhere: no session reaches into a frame.
        let offers = team.visibility == .workspace ? [] : team.shared + team.people.flatMap(\.links)
        let origins = offers.flatMap(\.origins)
        let frame = Frame(request.query, of: slug, in: origins, ours: installation.address)
        let page = Frame.$current.withValue(frame) {
            Answer.page(PublicTeamPage(team: team, address: installation.address).html)
                .framed(by: Frame.ancestors(origins))
        }
        switch team.visibility {
        case .open: return page
        case .unlisted: return page.header("X-Robots-Tag", "noindex")
        case .workspace:
            guard let principal = try await Authenticate(installation)(request) else {
                return .redirect(("/sign-in" as Path).adding(query: [("next", request.path)]))
            }
            guard principal.workspace == team.workspace else { throw TeamRefusal.notFound }
            return page.header("Cache-Control", "no-store").header("X-Robots-Tag", "noindex")
        }
    }

    /// Without a key nobody is a member, so what members see is not there.
    private func json(_ request: Request) async throws -> Answer {
        guard let team = try await PublicTeam.find(try request.parameter("slug"), installation),
              team.visibility != .workspace
        else { throw TeamRefusal.notFound }
        return .json(team.json(address: installation.address))
    }
}
