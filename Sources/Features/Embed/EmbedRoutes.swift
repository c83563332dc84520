/// The addresses at which hosts find what they put into their own websites. No address here changes anything.
import Web

package struct EmbedRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/settings/booking-links/:id/embed", .signedIn(.manageLinks), ofLink),
            Route(.get, "/settings/routing-forms/:id/embed", .signedIn(.manageLinks), ofForm),
        ]
    }

    private func ofLink(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await ownLink(try request.parameter("id"), principal, installation)
        return answer(EmbedPage(
            principal: principal, tab: .links, name: link.rules.title, path: link.path,
            settings: Path("/settings/booking-links/\(link.id)"), origins: link.rules.look.origins,
            snippets: EmbedSnippets(address: installation.address, path: link.path, label: link.rules.title)))
    }

    private func ofForm(_ request: Request) async throws -> Answer {
        let form = try await routingForm(of: request, installation)
        return answer(EmbedPage(
            principal: try request.signedIn(), tab: .forms, name: form.title, path: form.path, settings: form.settings,
            origins: form.origins,
            snippets: EmbedSnippets(address: installation.address, path: form.path, label: form.title)))
    }

    private func answer(_ page: EmbedPage) -> Answer { Answer.page(page.html).showingFrames() }
}
