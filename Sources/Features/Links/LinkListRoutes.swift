/// The list of links, and what is done to one without opening it: copy, switch, delete.
import Database
import Scheduling
import Web

extension LinkRoutes {
    /// More than anybody scrolls through; the search is done over all of them.
    private static let mostListed = 1000

    func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, installation.world.now)
        let filter = LinkFilter(hosts: principal.acts, limit: Self.mostListed)
        let links = try await installation.database.read(scope) { tx in
            let uses = try LinkUseStore.uses(scope: scope, in: tx)
            return try LinkStore.all(filter, scope: scope, in: tx).map { link in
                (link: link, state: LinkState(link, uses: uses[link.id] ?? 0, now: now))
            }
        }
        var page = LinksPage(principal: principal, links: links, address: installation.address)
        page.search = String((request.query["q"] ?? "").prefix(100))
        page.show = request.query["show"].flatMap(LinksPage.Show.init(rawValue:)) ?? .all
        switch request.query["done"] {
        case "deleted": page.notice = Components.banner(.notes, say("The link is deleted. Its bookings stay."))
        case "on": page.notice = Components.banner(.notes, say("The link is switched on."))
        case "off": page.notice = Components.banner(.notes, say("The link is switched off."))
        default: break
        }
        return .page(page.html)
    }

    func copy(_ request: Request) async throws -> Answer {
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        let principal = try request.signedIn()
        let made = try await DuplicateLink(installation, from: Origin(request))(
            link, by: principal)
        return .redirect(Path("/settings/booking-links/\(made.id)").adding(query: [("saved", "copy")]))
    }

    private enum Position: String, CaseIterable { case on, off }

    func turn(_ request: Request) async throws -> Answer {
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        var fields = Fields(form: try request.form())
        let position = fields.choice("active", otherwise: Position.off, label: plain("Switch"))
        try fields.finish()
        if link.rules.active != (position == .on) {
            _ = try await SaveLink(installation, from: Origin(request)).update(
                link.id, version: nil, scope: try request.signedIn().scope(on: link)
            ) { link in
                var wish = LinkWish(rules: link.rules)
                wish.rules.active = position == .on
                return wish
            }
        }
        return .redirect(Path("/calendar/event-types").adding(query: [("done", position.rawValue)]))
    }

    func askToDelete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        let (scope, now) = (principal.scope, installation.world.now)
        let upcoming = try await installation.database.read(scope) { tx in
            try LinkUseStore.upcoming(of: link.id, now: now, scope: scope, in: tx)
        }
        return .page(DeleteLinkPage(principal: principal, link: link, upcoming: upcoming).html)
    }

    func delete(_ request: Request) async throws -> Answer {
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        try await DeleteLink(installation, from: Origin(request))(
            link.id, scope: try request.signedIn().scope(on: link))
        return .redirect(Path("/calendar/event-types").adding(query: [("done", "deleted")]))
    }
}
