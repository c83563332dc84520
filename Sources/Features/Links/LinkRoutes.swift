/// The addresses at which hosts make and change links.
import Database
import Scheduling
import Web

package struct LinkRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/event-types", .signedIn(.viewBookings), list),
            Route(.get, "/settings/booking-links", .signedIn(.viewBookings)) { _ in
                .redirect("/calendar/event-types")
            },
            Route(.get, "/settings/booking-links/new", .signedIn(.manageLinks), new),
            Route(.post, "/settings/booking-links", .signedIn(.manageLinks), create),
            Route(.get, "/settings/booking-links/:id", .signedIn(.manageLinks), edit),
            Route(.post, "/settings/booking-links/:id", .signedIn(.manageLinks), save),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let links = try await installation.database.read(scope) { tx in
            try LinkStore.all(host: principal.sees, scope: scope, in: tx)
        }
        return .page(LinksPage(principal: principal, links: links, address: installation.address).html)
    }

    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var rules = LinkRules(title: "", slug: "")
        rules.active = true
        let usual = try await usualHours(of: principal.user, scope: principal.scope)
        let hours = usual.map { WeeklyHours($0.weekly) }
        return .page(page(principal, nil, LinkFields.filled(rules), hours, usual?.zone).html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        let usual = try await usualHours(of: principal.user, scope: principal.scope)
        let read = LinkFormReading(data, entropy: installation.world.entropy)
        let page = page(principal, nil, read.filled, read.hours, usual?.zone)
        guard let wish = read.wish else { return .page(page.html, status: 422) }
        do {
            let link = try await SaveLink(installation).create(wish, host: principal.user, scope: principal.scope)
            return .redirect(Path("/settings/booking-links/\(link.id)").adding(query: [("saved", "new")]))
        } catch let invalid as Invalid {
            var refused = read.filled
            refused.errors = invalid.fields
            return .page(self.page(principal, nil, refused, read.hours, usual?.zone).html, status: 422)
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (link, schedule) = try await found(request, principal)
        let filled = LinkFields.filled(link, hasOwnHours: schedule?.link != nil)
        var page = page(principal, link, filled, schedule.map { WeeklyHours($0.weekly) }, schedule?.zone)
        switch request.query["saved"] {
        case "new":
            let words = say("The link is there. Copy it and send it to one person, or open it as a booker.")
            page.notice = Components.banner(.notes, words)
        case .some: page.notice = Components.banner(.notes, say("Saved."))
        case nil: break
        }
        return .page(page.html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (link, schedule) = try await found(request, principal)
        let data = try request.form()
        let read = LinkFormReading(data, entropy: installation.world.entropy)
        var page = page(principal, link, read.filled, read.hours, schedule?.zone)
        guard let wish = read.wish else { return .page(page.html, status: 422) }
        do {
            _ = try await SaveLink(installation).update(
                link.id, version: data["version"].flatMap(Int.init), scope: principal.scope
            ) { link in wish.keepingUnasked(of: link) }
            return .redirect(Path("/settings/booking-links/\(link.id)").adding(query: [("saved", "yes")]))
        } catch let invalid as Invalid {
            var refused = read.filled
            refused.errors = invalid.fields
            return .page(self.page(principal, link, refused, read.hours, schedule?.zone).html, status: 422)
        } catch let refusal as Common {
            page.conflict = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    private func page(
        _ principal: Principal, _ link: Link?, _ filled: Filled, _ hours: WeeklyHours?, _ zone: String?
    ) -> LinkEditorPage {
        LinkEditorPage(
            principal: principal, link: link, address: installation.address, filled: filled,
            hours: hours ?? WeeklyHours(Schedule.defaultWeekly), zone: zone ?? "UTC")
    }

    private func usualHours(of user: ID<User>, scope: Scope) async throws -> Schedule? {
        try await installation.database.read(scope) { tx in
            try ScheduleStore.all(of: user, scope: scope, in: tx).first
        }
    }

    private func found(_ request: Request, _ principal: Principal) async throws -> (Link, Schedule?) {
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, sees) = (principal.scope, principal.sees)
        let found = try await installation.database.read(scope) { tx -> (Link, Schedule?)? in
            guard let link = try LinkStore.find(id, scope: scope, in: tx),
                sees == nil || link.hosts.contains(where: { $0.id == sees })
            else { return nil }
            return (link, try ScheduleStore.find(link.schedule, scope: scope, in: tx))
        }
        guard let found else { throw Common.notFound }
        return found
    }
}

extension LinkWish {
    /// The form does not ask for everything a link has; what it leaves out stays as it is.
    fileprivate func keepingUnasked(of link: Link) -> LinkWish {
        var wish = self
        wish.rules.align = link.rules.align
        wish.rules.offset = link.rules.offset
        return wish
    }
}

/// What the editor's form says: a wish, or every mistake with all that was typed.
struct LinkFormReading: Sendable {
    let wish: LinkWish?
    let filled: Filled
    let hours: WeeklyHours

    private enum HoursFrom: String, CaseIterable { case schedule, own }

    init(_ data: FormData, entropy: Entropy) {
        var fields = Fields(form: data)
        // A form sends everything it has; an unticked box is what it does not send.
        var base = LinkRules(title: "", slug: "")
        base.active = false
        base.slug = Slug.proposed(from: data["title"] ?? "", entropy: entropy)
        var wish = try? LinkReading.read(&fields, over: base, entropy: entropy)
        if data["slug"]?.isEmpty ?? true { wish?.mayVarySlug = true }
        var weekly = WeeklyHours(form: data)
        if fields.choice("hoursFrom", otherwise: HoursFrom.schedule, label: plain("Hours")) == .own {
            wish?.hours = weekly.weekly()
        } else {
            wish?.followsSchedule = true
        }
        for error in weekly.errors { fields.fail(error.field, error.code, error.message) }
        filled = fields.filled
        hours = weekly
        self.wish = fields.errors.isEmpty ? wish : nil
    }
}
