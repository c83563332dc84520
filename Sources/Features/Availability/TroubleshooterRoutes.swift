/// The address of the troubleshooter: why a time of a link is not offered.
import Database
import Scheduling
import Web

package struct TroubleshooterRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] { [Route(.get, "/calendar/troubleshooter", .signedIn(.manageLinks), show)] }

    private func show(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let links = try await installation.database.read(scope) { tx in
            try LinkStore.all(LinkFilter(hosts: principal.acts), scope: scope, in: tx)
        }
        var page = TroubleshooterPage(principal: principal, links: links)
        // One that is on no list any more, or of somebody else, is not found.
        let asked = request.query["link"].flatMap { $0.isEmpty ? nil : $0 }
        if let asked { page.link = try await ownLink(asked, principal, installation) } else { page.link = links.first }
        guard let link = page.link else { return .page(page.html) }

        let today = Zone.utc.local(at: installation.world.now).date
        var fields = Fields(form: request.query)
        let typed = fields.optionalText("day", atMost: 20) == nil ? nil : fields.date("day", label: plain("Day"))
        if let typed, abs(typed.daysSince1970 - today.daysSince1970) > Self.farthest {
            fields.fail("day", "out_of_range", plain("Choose a day within three years."))
        }
        let minutes = link.rules.length(asked: request.query["duration"].flatMap { Int($0) })
        page.filled = Filled(
            values: [
                "link": link.id.text, "day": request.query["day"] ?? "", "duration": String(minutes),
            ], errors: fields.errors)
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let day = try await ExplainDay(installation)(
            link, on: typed, minutes: minutes, reads: principal.reads, scope: scope)
        page.day = day
        page.filled.values["day"] = day.date.description
        return .page(page.html)
    }

    /// Three years: farther than any window, near enough for every calendar.
    private static let farthest = 3 * 366
}
