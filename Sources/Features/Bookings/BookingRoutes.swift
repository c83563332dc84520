/// The addresses strangers book at: the month, the hold, the details, the booking.
import Database
import Scheduling
import Web

package struct BookingRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/book/:slug", .open, month),
            Route(.post, "/book/:slug/holds", .open, pick),
            Route(.get, "/book/:slug/details", .token, details),
            Route(.post, "/book/:slug/bookings", .token, book),
        ]
    }

    private var zones: Zones { installation.world.zones }

    private func month(_ request: Request) async throws -> Answer {
        let slug = try request.parameter("slug")
        let (link, scope) = try await OpenLink(installation).find(slug: slug)
        // An address it had before leads to the one it has, for good, with all that was asked.
        guard slug == link.rules.slug else {
            return .redirect(link.path.adding(query: request.query.pairs), status: 308)
        }
        return try await page(link, PickerAsk(request.query, zones: zones), scope: scope)
    }

    /// The picker, with the first times in the first HTML.
    private func page(
        _ link: Link, _ ask: PickerAsk, form: FormToken? = nil, alert: HTML = .empty, status: Int = 200, scope: Scope
    ) async throws -> Answer {
        let (picker, name) = try await installation.database.read(scope) { tx in
            (
                try Picker.load(link, ask, installation: installation, scope: scope, in: tx),
                try LinkStore.workspaceName(scope: scope, in: tx)
            )
        }
        let token = (form ?? FormToken(world: installation.world)).text(keyring: installation.keyring)
        let page = BookingPage(
            picker: picker, workspaceName: name, form: token, zones: ask.choosesZone ? zones.names : [],
            namesZone: ask.zone != nil, alert: alert)
        return .page(page.html, status: status)
    }

    /// A time was pressed: hold it, then ask for the details.
    private func pick(_ request: Request) async throws -> Answer {
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        let form = try request.form()
        var ask = PickerAsk(form, zones: zones)
        guard let start = ask.start else {
            let alert = Self.alert(plain("Pick one of the times below."))
            return try await page(link, ask, alert: alert, status: 422, scope: scope)
        }
        var token = FormToken(form["form"], keyring: installation.keyring) ?? FormToken(world: installation.world)
        do {
            let held = try await HoldSlot(installation)(
                start: start, visitor: token.visitor, link: link.id, scope: scope)
            token.hold = held.token
        } catch let refusal as BookingRefusal {
            let zone = ask.zone ?? scopeZone(refusal)
            ask.day = zone.local(at: refusal.alternatives.first ?? start).date
            ask.month = ask.day?.firstOfMonth
            return try await page(
                link, ask, form: token, alert: Self.alert(refusal.words(in: zone, clock: ask.clock)),
                status: refusal.status, scope: scope)
        }
        let address = PickerAddress(
            base: Path("/book/\(link.rules.slug)/details"), zone: ask.zone?.name, clock: ask.clock)
        return .redirect(address.path([
            ("start", String(start.seconds)), ("form", token.text(keyring: installation.keyring)),
        ]))
    }

    private func scopeZone(_ refusal: BookingRefusal) -> Zone { refusal.zone ?? .utc }

    /// What is said above the times when the wanted one cannot be had; takes the focus.
    static func alert(_ words: String) -> HTML {
        """
        <div class="banner fails" role="alert" tabindex="-1" autofocus>\(Components.icon(.warning))<p>\(words)</p></div>
        """
    }

    private func details(_ request: Request) async throws -> Answer {
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        let ask = PickerAsk(request.query, zones: zones)
        guard let form = FormToken(request.query["form"], keyring: installation.keyring), let start = ask.start else {
            return .redirect(link.path)
        }
        // Back from the confirmation: this form has done its work, so show what it led to.
        if let booked = try await alreadyBooked(form, link: link, scope: scope) { return .redirect(booked) }
        return .page(try await detailsPage(link, form, start: start, ask: ask, scope: scope).html)
    }

    private func detailsPage(
        _ link: Link, _ form: FormToken, start: Instant, ask: PickerAsk, scope: Scope
    ) async throws -> DetailsPage {
        let now = installation.world.now
        let (name, hold, schedule) = try await installation.database.read(scope) { tx in
            (
                try LinkStore.workspaceName(scope: scope, in: tx),
                try form.hold.flatMap {
                    try BookingTokenStore.hold(token: $0, link: link.id, scope: scope, in: tx)
                },
                try ScheduleStore.find(link.schedule, scope: scope, in: tx)
            )
        }
        let zone = ask.zone ?? schedule.flatMap { zones.zone($0.zone) } ?? .utc
        let isHeld = hold.map { $0.starts == start && $0.expires > now } ?? false
        return DetailsPage(
            link: link, workspaceName: name, start: start, zone: zone, clock: ask.clock,
            form: form.text(keyring: installation.keyring), heldUntil: isHeld ? hold?.expires : nil)
    }

    private func book(_ request: Request) async throws -> Answer {
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        let data = try request.form()
        guard let form = FormToken(data["form"], keyring: installation.keyring) else { return .redirect(link.path) }
        let ask = PickerAsk(data, zones: zones)
        var fields = Fields(form: data)
        let start = BookingReading.start(&fields)
        let read = BookingReading.read(
            &fields, link: link, zone: ask.zone, zones: zones, language: request.language)
        var page = try await detailsPage(link, form, start: start, ask: ask, scope: scope)
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }

        var wish = BookingRequest(start: start, attendee: read.attendee, answers: read.answers)
        wish.holdToken = form.hold
        wish.key = RequestKey(text: form.key, request: Self.formRequest)
        do {
            let reply = try await BookSlot(installation)(wish, link: link.id, scope: scope)
            return .redirect(Self.booked(reply))
        } catch let refusal as BookingRefusal {
            page.gone = (refusal.words(in: page.zone, clock: page.clock), refusal.alternatives)
            return .page(page.html, status: refusal.status)
        }
    }

    /// A form's key stands for the one booking it leads to, whatever was corrected between two presses.
    private static let formRequest = "booking form"

    private func alreadyBooked(_ form: FormToken, link: Link, scope: Scope) async throws -> Path? {
        let replies = ReplyStore(scope: link.id.text, route: "bookings", keyring: installation.keyring)
        let key = RequestKey(text: form.key, request: Self.formRequest)
        return try await installation.database.read(scope) { tx in
            try replies.stored(key, in: tx).map(Self.booked)
        }
    }

    /// The page of the booking a reply tells of.
    static func booked(_ reply: Reply) -> Path {
        let token = (try? JSON(reading: reply.body))?["token"]?.string ?? ""
        return Path("/booking/\(token)")
    }
}
