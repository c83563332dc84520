/// The addresses at which a host makes single-use links, mails them, and takes them back.
import Database
import Scheduling
import Web

package struct SingleUseRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/single-use", .signedIn(.manageLinks), list),
            Route(.post, "/calendar/single-use", .signedIn(.manageLinks), create),
            Route(.get, "/calendar/single-use/new", .signedIn(.manageLinks), new),
            Route(.get, "/calendar/single-use/:id", .signedIn(.manageLinks), show),
            Route(.post, "/calendar/single-use/:id/mail", .signedIn(.manageLinks), mail),
            Route(.post, "/calendar/single-use/:id/withdrawal", .signedIn(.manageLinks), withdraw),
        ]
    }

    private var now: Instant { installation.world.now }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, now)
        let state = request.query["show"].flatMap(SingleUseState.init(rawValue:))
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let all = try SingleUseStore.page(
                of: principal.acts, state: state, most: SingleUseListPage.most, now: now, scope: scope, in: tx)
            let links = try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx)
            return SingleUseListPage(
                principal: principal, all: all, titles: links.mapValues(\.rules.title),
                show: state, zone: viewer.zone, clock: viewer.clock, now: now)
        }
        return .page(page.html)
    }

    /// Without a link the choice of links; with one the form.
    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let text = request.query["link"] else {
            let scope = principal.scope
            let links = try await installation.database.read(scope) { tx in
                try LinkStore.all(LinkFilter(hosts: principal.acts), scope: scope, in: tx)
            }
            return .page(SingleUseChoicePage(
                principal: principal, links: links.filter { $0.rules.active && $0.canBeGiven }).html)
        }
        let link = try await ownLink(text, principal, installation)
        return .page(form(principal, link).html)
    }

    private func form(_ principal: Principal, _ link: Link) -> SingleUseFormPage {
        SingleUseFormPage(
            principal: principal, link: link,
            form: FormToken(world: installation.world).text(keyring: installation.keyring))
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        let link = try await ownLink(data["link"] ?? "", principal, installation)
        var fields = Fields(form: data)
        let wish = SingleUseWish.read(&fields, link: link, now: now)
        var page = form(principal, link)
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "single use")
        }
        do {
            let reply = try await MakeSingleUse(installation, from: Origin(request))(
                wish, link: link.id, key: key, scope: principal.scope(on: link))
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/calendar/single-use/\(id)"))
        } catch let refusal as any Refusal where refusal is SingleUseRefusal || refusal is LinkRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    private func show(_ request: Request) async throws -> Answer {
        try await page(request)
    }

    private func page(_ request: Request, alert: HTML = .empty, status: Int = 200) async throws -> Answer {
        let principal = try request.signedIn()
        let (one, link) = try await Self.own(request, installation)
        let scope = principal.scope
        let now = now
        let (viewer, token, refusal) = try await installation.database.read(scope) { tx in
            (
                try Viewer(principal, installation, in: tx),
                try SingleUseStore.token(of: one.id, keyring: installation.keyring, scope: scope, in: tx),
                try one.refusal(link, now: now, scope: scope, in: tx)
            )
        }
        var page = SingleUsePage(
            principal: principal, link: link, one: one,
            url: token.map { installation.url(Path("/single-use/\($0)")) }, zone: viewer.zone, clock: viewer.clock,
            now: now)
        page.isClosed = refusal == .closed
        page.alert = alert
        if request.query["done"] == "mailed" {
            let address: HTML = "<bdi>\(one.email)</bdi>"
            page.alert = Components.banner(.notes, say("A mail is on its way to \(address)."))
        }
        return .page(page.html, status: status)
    }

    private func mail(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (one, link) = try await Self.own(request, installation)
        var fields = Fields(form: try request.form())
        let seen = fields.integer("mails", 0...SingleUse.mostMails, label: plain("Mails"))
        try fields.finish()
        do {
            try await MakeSingleUse(installation, from: Origin(request)).mail(
                one.id, seen: seen, scope: principal.scope(on: link))
        } catch let refusal as SingleUseRefusal {
            return try await page(request, alert: BookingRoutes.alert(refusal.message), status: refusal.status)
        }
        return .redirect(one.path.adding(query: [("done", "mailed")]))
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (one, link) = try await Self.own(request, installation)
        try await MakeSingleUse(installation, from: Origin(request)).withdraw(
            one.id, scope: principal.scope(on: link))
        return .redirect(one.path)
    }

    /// The one of the path, when this person may see its link, which may be deleted by now.
    static func own(_ request: Request, _ installation: Installation) async throws -> (SingleUse, Link) {
        let principal = try request.signedIn()
        guard let id = ID<SingleUse>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let (found, link) = try await installation.database.read(scope) { tx in
            let one = try SingleUseStore.find(id, scope: scope, in: tx)
            return (one, try one.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) })
        }
        guard let one = found, let link, principal.acts(on: link) else { throw Common.notFound }
        return (one, link)
    }
}

/// The same for keys of the workspace.
package struct SingleUseAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/single-use-links", .api(.linksRead), list),
            Route(.post, "/api/v1/single-use-links", .api(.linksWrite), create),
            Route(.get, "/api/v1/single-use-links/:id", .api(.linksRead), read),
            Route(.delete, "/api/v1/single-use-links/:id", .api(.linksWrite), withdraw),
        ] + PublicSingleUseAPI(installation: installation).routes
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        var fields = Fields(form: request.query)
        let state = fields.has("state") ? fields.choice("state", otherwise: SingleUseState.unused) : nil
        try fields.finish()
        let (after, scope, now) = (try page.after(SingleUse.self), principal.scope, installation.world.now)
        let all = try await installation.database.read(scope) { tx in
            try SingleUseStore.page(
                of: principal.acts, state: state, after: after, most: page.limit + 1, now: now, scope: scope, in: tx)
        }
        return page.answer(all, each: { SingleUseJSON($0, now: now).json() }, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        guard let id: ID<Link> = fields.id("linkId", label: plain("Link")) else { throw Invalid(fields.errors) }
        let scope = principal.scope
        let found = try await installation.database.read(scope) { try LinkStore.find(id, scope: scope, in: $0) }
        // One of elsewhere is as unknown as one that never was.
        guard let link = found, link.deletedAt == nil, link.adHoc == nil, principal.acts(on: link) else {
            throw Invalid("linkId", plain("There is no such link."))
        }
        let wish = SingleUseWish.read(&fields, link: link, now: installation.world.now)
        try fields.finish()
        return try await MakeSingleUse(installation, from: Origin(request))(
            wish, link: link.id, key: try request.idempotencyKey(), scope: principal.scope(on: link)).answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let (one, _) = try await SingleUseRoutes.own(request, installation)
        return .json(SingleUseJSON(one, now: installation.world.now).json())
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        let (one, link) = try await SingleUseRoutes.own(request, installation)
        try await MakeSingleUse(installation, from: Origin(request)).withdraw(
            one.id, scope: try request.signedIn().scope(on: link))
        return .empty()
    }
}

/// The same surface for apps of strangers.
private struct PublicSingleUseAPI: Sendable {
    let installation: Installation

    var routes: [Route] {
        [
            Route(.get, "/api/v1/public/single-use/:token", .token, read),
            Route(.get, "/api/v1/public/single-use/:token/slots", .token, slots),
            Route(.post, "/api/v1/public/single-use/:token/bookings", .token, book),
        ]
    }

    private func found(_ request: Request) async throws -> OpenSingleUse.Found {
        let found = try await OpenSingleUse(installation)(try request.parameter("token"))
        if let refusal = found.refusal { throw refusal }
        return found
    }

    private func read(_ request: Request) async throws -> Answer {
        let found = try await found(request)
        let schedule = try await installation.database.read(found.scope) { tx in
            try ScheduleStore.find(found.link.schedule, scope: found.scope, in: tx)
        }
        let one = found.one
        return .json([
            "contact": ["name": .string(one.name), "email": .string(one.email)],
            "answers": SingleUseJSON(one, now: installation.world.now).answers,
            "expiresAt": JSON(one.expires?.rfc3339()), "link": LinkJSON(found.link).open(zone: schedule?.zone ?? "UTC"),
        ])
    }

    private func slots(_ request: Request) async throws -> Answer {
        let (found, zones, now) = (try await found(request), installation.world.zones, installation.world.now)
        var asked = try SlotsAsk(request.query, link: found.link, zones: zones)
        asked.host = found.one.pinned(on: found.link)
        let ask = asked
        return .json(try await installation.database.read(found.scope) { tx in
            try ask.body(found.link, ignoring: [], now: now, zones: zones, scope: found.scope, in: tx)
        })
    }

    private func book(_ request: Request) async throws -> Answer {
        let found = try await OpenSingleUse(installation)(try request.parameter("token"))
        let (link, one, zones) = (found.link, found.one, installation.world.zones)
        var fields = Fields(json: one.completing(try request.json()))
        let start = BookingReading.start(&fields)
        let minutes = PublicAPI.duration(&fields, link: link)
        let read = BookingReading.read(
            &fields, link: link, zone: nil, zones: zones, language: request.language, takesFiles: true)
        if read.bookedBy != nil {
            fields.fail("bookedBy.email", "invalid", plain("This address is one person’s, who books for themselves."))
        }
        var wish = BookingRequest(start: start, attendee: read.attendee, answers: read.answers)
        (wish.duration, wish.guests, wish.location) = (minutes, read.guests, read.location)
        wish.holdToken = fields.optionalText("holdToken", atMost: 100)
        wish.utm = BookingReading.utm(&fields)
        (wish.singleUse, wish.source) = (one.id, .singleUse)
        let host = fields.optionalText("host", atMost: ChooseHost.longest, label: plain("Host"))
        try fields.finish()
        wish.host = try await ChooseHost(installation)(host, of: link)
        if let pinned = one.pinned(on: link) { wish.host = pinned }
        wish.key = try request.idempotencyKey()
        let keeper = Doorkeeper(installation, request)
        // Whoever asks again for what they have booked gets that.
        if let refusal = found.refusal, try await !keeper.isRepeated(wish.key, link: link, scope: found.scope) {
            throw refusal
        }
        if let decoy = try await keeper.admit(wish, code: nil, to: link, scope: found.scope) { return decoy.answer }
        return try await keeper.book(wish, on: link, scope: found.scope).answer
    }
}

extension SingleUse {
    /// The body as if it named the contact, where it names nobody else.
    fileprivate func completing(_ body: JSON) -> JSON {
        guard let members = body.members else { return body }
        let given = body["attendee"]
        if let given, given != .null, given.members == nil { return body }
        let other = (given?["email"]?.string ?? "").filter { !$0.isWhitespace }
        guard other.isEmpty || isContact(other) else { return body }
        let rest = (given?.members ?? []).filter { $0.0 != "name" && $0.0 != "email" }
        let attendee = JSON.object([("name", .string(name)), ("email", .string(email))] + rest)
        return .object(members.filter { $0.0 != "attendee" } + [("attendee", attendee)])
    }
}
