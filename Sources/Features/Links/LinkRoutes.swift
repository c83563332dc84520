/// The addresses at which hosts make and change links; those of the list are beside it.
import Database
import Scheduling
import Web

package struct LinkRoutes: Sendable {
    let installation: Installation
    /// Asks for a link's times, for the day beside the editor.
    let times: LinkTimes

    package init(_ installation: Installation, times: @escaping LinkTimes) {
        self.installation = installation
        self.times = times
    }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/event-types", .signedIn(.viewBookings), list),
            Route(.get, "/settings/booking-links", .signedIn(.viewBookings), list),
            Route(.get, "/settings/booking-links/new", .signedIn(.manageLinks), new),
            Route(.post, "/settings/booking-links", .signedIn(.manageLinks), create),
            Route(.get, "/settings/booking-links/:id", .signedIn(.manageLinks), edit),
            Route(.post, "/settings/booking-links/:id", .signedIn(.manageLinks), save),
            Route(.post, "/settings/booking-links/:id/copy", .signedIn(.manageLinks), copy),
            Route(.post, "/settings/booking-links/:id/switch", .signedIn(.manageLinks), turn),
            Route(.get, "/settings/booking-links/:id/delete", .signedIn(.manageLinks), askToDelete),
            Route(.post, "/settings/booking-links/:id/delete", .signedIn(.manageLinks), delete),
        ]
    }

    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let place = try await LinkPlace.new(of: request.query["of"], principal, installation)
        var filled = LinkFields.filled(LinkRules(title: "", slug: ""))
        filled.values["hoursFrom"] = place.schedules.first?.id.text ?? "schedule"
        filled.values["locations.0.kind"] = LocationKind.video.rawValue
        filled.values.merge(LinkFields.hosts([HostWish(place.person?.id ?? principal.user)])) { $1 }
        return .page(page(principal, place, filled, place.hours).html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        let place = try await LinkPlace.new(of: data["of"], principal, installation)
        let host = place.person?.id ?? principal.user
        let read = LinkFormReading(
            data, zone: place.zone(installation), entropy: installation.world.entropy,
            languages: installation.languages)
        if data["preview"] != nil { return try await previewed(principal, place, data, read) }
        guard let wish = read.wish else {
            return .page(page(principal, place, read).html, status: 422)
        }
        try principal.refuseOtherHosts(wish)
        do {
            let link = try await SaveLink(installation, from: Origin(request)).create(
                wish, host: host, scope: principal.scope(on: [wish.host ?? host]))
            return .redirect(Path("/settings/booking-links/\(link.id)").adding(query: [("saved", "new")]))
        } catch let invalid as Invalid {
            return try await refused(invalid, principal, place, read)
        }
    }

    private func edit(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        let filled = LinkFields.filled(
            link, hasOwnHours: place.schedule?.link != nil, zone: place.zone(installation))
        var page = page(principal, place, filled, place.hours)
        switch request.query["saved"] {
        case "new":
            let words = say("The link is there. Copy it and send it to one person, or open it as a booker.")
            page.notice = Components.banner(.notes, words)
        case "copy":
            let words = say("This is the copy. It is switched off until you tick “Can be booked” and save.")
            page.notice = Components.banner(.notes, words)
        case .some: page.notice = Components.banner(.notes, say("Saved."), isMet: true)
        case nil: break
        }
        if let told = request.query["told"].flatMap(Int.init), (0...1000).contains(told) {
            let words = say("""
                \(told)|one:One booking is changed, and its people get a mail.|\
                other:%1 bookings are changed, and their people get a mail.
                """)
            page.notice = Components.banner(.notes, told == 0 ? say("No booking had to be changed.") : words)
        }
        let day = request.query["day"].flatMap { LocalDate($0) }
        page.preview = try await LinkPreview.make(link, hours: nil, on: day, self, scope: principal.scope)
        return .page(page.html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let place = try await LinkPlace.find(request, installation)
        guard let link = place.link else { throw Common.notFound }
        let data = try request.form()
        let read = LinkFormReading(
            data, over: link.rules, keeping: place.locks?.sections ?? [], of: link,
            zone: place.zone(installation), entropy: installation.world.entropy, languages: installation.languages)
        if data["preview"] != nil { return try await previewed(principal, place, data, read) }
        var page = page(principal, place, read)
        guard let wish = read.wish else { return .page(page.html, status: 422) }
        try principal.refuseOtherHosts(wish, of: link)
        if let change = place.change(wish, confirmed: data, principal) { return .page(change.html) }
        do {
            _ = try await SaveLink(installation, from: Origin(request)).update(
                link.id, version: data["version"].flatMap(Int.init), scope: principal.scope(on: link)
            ) { _ in wish }
            return .redirect(Path("/settings/booking-links/\(link.id)").adding(query: [("saved", "yes")]))
        } catch let invalid as Invalid {
            return try await refused(invalid, principal, place, read)
        } catch let refusal as any Refusal where refusal.status == 409 {
            page.conflict = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    /// The form with what is wrong; where the slug is taken, with three that are free.
    private func refused(
        _ invalid: Invalid, _ principal: Principal, _ place: LinkPlace, _ read: LinkFormReading
    ) async throws -> Answer {
        var page = page(principal, place, read)
        // The schedule is chosen in a field of another name.
        page.filled.errors = invalid.fields.map { field in
            FieldError(
                field: field.field == "scheduleId" ? "hoursFrom" : field.field, code: field.code,
                message: field.message)
        }
        if invalid.fields.contains(where: { $0.code == "taken" }), let slug = read.wish?.rules.slug {
            let (save, now) = (SaveLink(installation), installation.world.now)
            page.proposals = try await installation.database.read(principal.scope) { tx in
                try save.proposals(for: slug, now: now, in: tx)
            }
        }
        return .page(page.html, status: 422)
    }

    /// The same form with the day under its rules; nothing is saved.
    private func previewed(
        _ principal: Principal, _ place: LinkPlace, _ data: FormData, _ read: LinkFormReading
    ) async throws -> Answer {
        var page = page(principal, place, read)
        guard let wish = read.wish else { return .page(page.html, status: 422) }
        let day = [data["preview"], data["day"]].lazy.compactMap { $0.flatMap { LocalDate($0) } }.first
        if let typed = place.typed(wish, principal: principal, installation) {
            page.preview = try await LinkPreview.make(
                typed, hours: wish.hours, stored: place.link, isAsked: true, on: day, self, scope: principal.scope)
        }
        return .page(page.html)
    }

    /// With all that was typed.
    private func page(_ principal: Principal, _ place: LinkPlace, _ read: LinkFormReading) -> LinkEditorPage {
        var page = page(principal, place, read.filled, read.hours)
        // Hours that the template keeps are not in the form that came.
        if !(place.locks?.sections.contains(.limits) ?? false) { page.bookerHours = read.bookerHours }
        return page
    }

    private func page(
        _ principal: Principal, _ place: LinkPlace, _ filled: Filled, _ hours: WeeklyHours
    ) -> LinkEditorPage {
        var page = LinkEditorPage(
            principal: principal, link: place.link, address: installation.address, filled: filled, hours: hours,
            zone: place.schedule?.zone ?? "UTC")
        if let hours = place.link?.rules.rhythm.bookerHours {
            page.bookerHours = WeeklyHours(hours, prefix: LinkFields.bookerPrefix)
        }
        page.schedules = place.schedules.map { ($0.id.text, $0.name) }
        page.state = place.link.map { LinkState($0, uses: place.uses, now: installation.world.now) }
        page.outdated = place.outdated
        page.people = place.people
        (page.person, page.persons) = (place.person, place.persons)
        page.locks = place.locks
        page.madeFromIt = place.template?.managed.count
        return page
    }
}
