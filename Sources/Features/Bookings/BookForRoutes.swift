/// The addresses at which a host books a time for somebody else: link, time, details.
import Database
import Scheduling
import Web

struct BookForRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/bookings/new", .signedIn(.manageBookings), choose),
            Route(.post, "/calendar/bookings/new", .signedIn(.manageBookings), pick),
            Route(.post, "/calendar/bookings", .signedIn(.manageBookings), book),
        ]
    }

    private var zones: Zones { installation.world.zones }

    /// Without a link the choice of links; with one its times; with a time the details.
    private func choose(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let link = try await link(request.query["link"], principal) else {
            return try await links(principal)
        }
        let ask = PickerAsk(request.query, zones: zones, now: installation.world.now)
        guard let start = ask.start, let form = FormToken(request.query["form"], keyring: installation.keyring) else {
            return try await times(principal, link, ask)
        }
        return .page(try await details(principal, link, form, ask, start: start).html)
    }

    private func links(_ principal: Principal) async throws -> Answer {
        let scope = principal.scope
        let links = try await installation.database.read(scope) { tx in
            try LinkStore.all(LinkFilter(hosts: principal.acts), scope: scope, in: tx)
        }
        let open = links.filter(\.rules.active)
        let isOwn = { (link: Link) in link.hosts.contains { $0.id == principal.user } }
        // One's own first: most people book for themselves.
        return .page(BookForPage(principal: principal, links: open.filter(isOwn) + open.filter { !isOwn($0) }).html)
    }

    /// A link the person may book on; one of somebody else's is not found.
    private func link(_ text: String?, _ principal: Principal) async throws -> Link? {
        guard let text else { return nil }
        let scope = principal.scope
        guard let id = ID<Link>(text),
            let link = try await installation.database.read(scope, { try LinkStore.find(id, scope: scope, in: $0) }),
            principal.acts(on: link)
        else { throw Common.notFound }
        return link
    }

    private func viewer(_ principal: Principal) async throws -> Viewer {
        try await installation.database.read(principal.scope) { try Viewer(principal, installation, in: $0) }
    }

    private func times(
        _ principal: Principal, _ link: Link, _ ask: PickerAsk, form: FormToken? = nil, alert: HTML = .empty,
        status: Int = 200
    ) async throws -> Answer {
        let scope = principal.scope
        let token = (form ?? FormToken(world: installation.world)).text(keyring: installation.keyring)
        let page = try await installation.database.read(scope) { tx in
            var ask = ask
            let namesZone = ask.zone != nil
            ask.zone = try ask.zone ?? Viewer(principal, installation, in: tx).zone
            return BookForTimesPage(
                principal: principal,
                picker: try Picker.load(link, ask, for: Booker(), installation: installation, scope: scope, in: tx),
                form: token,
                zones: ask.choosesZone ? zones.names : [], namesZone: namesZone, alert: alert)
        }
        return .page(page.html, status: status)
    }

    /// A time was pressed: hold it, then ask for the details.
    private func pick(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        guard let link = try await link(data["link"], principal) else { throw Common.notFound }
        var ask = PickerAsk(data, zones: zones, now: installation.world.now)
        guard let start = ask.start else {
            let alert = BookingRoutes.alert(plain("Pick one of the times below."))
            return try await times(principal, link, ask, alert: alert, status: 422)
        }
        var token = FormToken(data["form"], keyring: installation.keyring) ?? FormToken(world: installation.world)
        do {
            token.hold = try await HoldSlot(installation)(
                start: start, duration: ask.duration, visitor: token.visitor, link: link.id, scope: principal.scope
            ).token
        } catch let refusal as BookingRefusal {
            let viewer = try await viewer(principal)
            let zone = ask.zone ?? viewer.zone
            ask.day = zone.local(at: refusal.alternatives.first ?? start).date
            ask.month = ask.day?.firstOfMonth
            let words = GoneWords(start: start, refusal, zone: zone, clock: viewer.clock)
            return try await times(principal, link, ask, form: token, alert: words.alert, status: refusal.status)
        }
        return .redirect(Path("/calendar/bookings/new").adding(query: [
            ("link", link.id.text), ("start", String(start.seconds)),
            ("duration", String(link.rules.length(asked: ask.duration))),
            ("form", token.text(keyring: installation.keyring)),
        ]))
    }

    private func details(
        _ principal: Principal, _ link: Link, _ form: FormToken, _ ask: PickerAsk, start: Instant
    ) async throws -> BookForDetailsPage {
        let viewer = try await viewer(principal)
        return BookForDetailsPage(
            principal: principal, link: link, start: start, minutes: link.rules.length(asked: ask.duration),
            zone: viewer.zone, clock: viewer.clock,
            form: form.text(keyring: installation.keyring), zones: zones.names)
    }

    private func book(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        guard let link = try await link(data["link"], principal) else { throw Common.notFound }
        guard let form = FormToken(data["form"], keyring: installation.keyring) else {
            return .redirect(Path("/calendar/bookings/new").adding(query: [("link", link.id.text)]))
        }
        var fields = Fields(form: data)
        let start = BookingReading.start(&fields)
        let viewer = try await viewer(principal)
        let read = BookingReading.read(
            &fields, link: link, zone: viewer.zone, zones: zones, language: request.language)
        let note = fields.text("note", 0...BookingNote.longest, label: plain("Note"), lines: true)
        let ask = PickerAsk(data, zones: zones, now: installation.world.now)
        let series = SeriesReading.read(&fields, link: link, start: start)
        var page = try await details(principal, link, form, ask, start: start)
        page.filled = fields.filled
        var wish = BookingRequest(start: start, attendee: read.attendee, answers: read.answers)
        (wish.guests, wish.location, wish.note) = (read.guests, read.location, note)
        (wish.duration, wish.holdToken) = (page.minutes, form.hold)
        wish.source = .host
        wish.key = RequestKey(text: form.key, request: "booking for somebody")
        let scope = principal.scope(on: link)
        page.plan = try await series?.plan(
            wish, lasting: page.minutes, on: link.id, &page.filled, installation, scope: scope)
        guard page.filled.errors.isEmpty else { return .page(page.html, status: 422) }
        // The dates are looked at before anything is booked.
        if let series, !series.isSeen { return .page(page.html) }
        wish.series = series?.wish
        do {
            let reply = try await BookSlot(installation)(wish, link: link.id, scope: scope)
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/calendar/bookings/\(id)").adding(query: [("done", "booked")]))
        } catch let refusal as BookingRefusal {
            page.refusal = refusal.words(in: viewer.zone, clock: viewer.clock)
            return .page(page.html, status: refusal.status)
        } catch let refusal as any Refusal where refusal is LinkRefusal || refusal is SeriesRefusal {
            if case .taken(let plan)? = refusal as? SeriesRefusal { page.plan = plan }
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }
}
