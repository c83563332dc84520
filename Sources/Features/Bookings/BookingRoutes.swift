/// The addresses strangers book at: the month, the hold, the details, the booking.
import Database
import Scheduling
import Web

package struct BookingRoutes: Sendable {
    let installation: Installation
    let codes: AccessCode

    package init(_ installation: Installation) {
        self.installation = installation
        codes = AccessCode(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/book/:slug", .open, month),
            Route(.post, "/book/:slug/code", .open, enter),
            Route(.post, "/book/:slug/holds", .open, pick),
            Route(.post, "/book/:slug/holds/extension", .token, keep),
            Route(.post, "/book/:slug/times", .token, back),
            Route(.get, "/book/:slug/details", .token, details),
            Route(.post, "/book/:slug/bookings", .token, bodyLimit: AnswerFile.bodyBytes, uploads: AnswerFile.limits,
                  place: AnswerDrafts(installation), before: askedFiles, book),
            Route(.get, "/book/:slug/booked", .token, booked),
        ] + ringRoutes + singleUseRoutes
    }

    private var zones: Zones { installation.world.zones }

    private func month(_ request: Request) async throws -> Answer {
        do {
            return try await opened(request)
        } catch let refusal as LinkRefusal where refusal.status == 404 {
            // Of somebody who has left: for a while that is said, and where to turn.
            guard let leaver = try await Leaver.find(slug: try request.parameter("slug"), installation) else {
                throw refusal
            }
            return .page(LeaverPage(leaver: leaver).html, status: LeaverPage.status)
        }
    }

    private func opened(_ request: Request) async throws -> Answer {
        if let answer = try await LinkMarkdown(installation, codes: codes).answer(request) { return answer }
        let slug = try request.parameter("slug")
        // An address it had before leads to the one it has, for good, with all that was asked.
        if let path = try await OpenLink(installation).moved(slug) {
            return .redirect(path.adding(query: request.query.pairs), status: 308)
        }
        let reader = try await keptReader(request, slug: slug)
        return try await visiting(request, request.query, as: reader) { visit in
            guard let start = visit.ask.start, request.query["day"] == nil else { return try await page(visit) }
            if let reader { return try await straight(as: reader, visit) }
            return try await straight(to: start, visit)
        }
    }

    /// `?start=`: to the details when the time is free; nothing is held by looking.
    func straight(to start: Instant, _ visit: Visit) async throws -> Answer {
        let (link, scope, zones, now) = (visit.link, visit.scope, zones, installation.world.now)
        let (minutes, booker) = (link.rules.length(asked: visit.ask.duration), Booker(zone: visit.ask.zone))
        let host = visit.ask.host
        let (refused, zone) = try await installation.database.read(scope) { tx in
            var times = try OfferedTimes(
                link: link, from: start, to: start.adding(minutes: minutes), booker: booker, now: now, zones: zones,
                scope: scope, in: tx)
            times.chosen = host
            return (times.refusal(at: start, duration: minutes), times.zone)
        }
        var visit = visit
        guard let refused else {
            return details(of: start, form: FormToken(world: installation.world), visit)
        }
        let slot = SlotGone(
            start: start, minutes: minutes, reason: refused, booker: booker, chosen: host, now: now)
        let gone = try await slot.refusal(installation, link: link.id, scope: scope)
        visit.ask.day = (visit.ask.zone ?? zone).local(at: gone.alternatives.first ?? start).date
        visit.ask.month = visit.ask.day?.firstOfMonth
        visit.ask.start = nil
        let words = GoneWords(start: start, gone, zone: visit.ask.zone ?? zone, clock: visit.ask.clock)
        return try await page(visit, alert: words.straight)
    }

    private func details(of start: Instant, form: FormToken, _ visit: Visit) -> Answer {
        let address = PickerAddress(
            base: visit.link.path("details"), zone: visit.ask.zone?.name, clock: visit.ask.clock,
            extra: visit.carried.pairs)
        return .redirect(address.path([
            ("start", String(start.seconds)), ("form", form.text(keyring: installation.keyring)),
        ]))
    }

    /// The picker, with the first times in the first HTML.
    func page(
        _ visit: Visit, form: FormToken? = nil, alert: HTML = .empty, status: Int = 200
    ) async throws -> Answer {
        let (link, ask, scope, now) = (visit.link, visit.ask, visit.scope, installation.world.now)
        let known = try await Picker.known(link, ask, now: now, installation: installation)
        let (picker, name, others, away, isSomebodyThere) = try await installation.database.read(scope) { tx in
            let picker = try known
                ?? Picker.load(link, ask, now: now, installation: installation, scope: scope, in: tx)
            let more = picker.hasNothing ? try link.others(now: picker.now, scope: scope, in: tx) : []
            let today = picker.hostZone.local(at: picker.now).date
            return (
                picker, try LinkStore.workspaceName(scope: scope, in: tx), more,
                try AwayNote.load(link, today: today, showing: picker.shown, scope: scope, in: tx),
                link.rules.kind != .instant ? nil
                    : try TalkNow(link, now: picker.now, zones: zones, scope: scope).isSomebodyThere(in: tx)
            )
        }
        let token = (form ?? FormToken(world: installation.world)).text(keyring: installation.keyring)
        var page = BookingPage(
            picker: picker, workspaceName: name, form: token, zones: ask.choosesZone ? zones.names : [],
            namesZone: ask.zone != nil, carried: visit.carried, others: others, away: away,
            tags: tags(of: link), alert: alert + (visit.refused.map(Self.alert) ?? .empty))
        page.isSomebodyThere = isSomebodyThere
        // Whoever wanted a time and cannot have it is told so; the site around the frame as well.
        if status >= 400 { page.event = .error(status == 409 ? "slot_taken" : "invalid") }
        return .page(page.html, status: status)
    }

    /// Nobody is shown what is behind a code, or was meant for one person.
    private func tags(of link: Link) -> HTML {
        guard link.rules.access.code == nil, link.servedAt == nil else { return .empty }
        let host = link.hosts.isEmpty ? nil : plain("\(link.rules.lengthWords) with \(link.hostWords)")
        return OpenGraph.tags(
            title: link.rules.title,
            description: link.rules.description.isEmpty ? host ?? "" : link.rules.description,
            image: installation.url(OpenGraph.picture(ofLink: link.rules.slug)), address: installation.url(link.path))
    }

    /// A time was pressed: hold it, then ask for the details.
    func pick(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data) { visit in
            guard let start = visit.ask.start else {
                return try await page(visit, alert: Self.alert(plain("Pick one of the times below.")), status: 422)
            }
            var token = FormToken(data["form"], keyring: installation.keyring) ?? FormToken(world: installation.world)
            do {
                let held = try await HoldSlot(installation)(
                    start: start, duration: visit.ask.duration, zone: visit.ask.zone, visitor: token.visitor,
                    client: request.client, link: visit.link.id, choosing: visit.ask.host,
                    isPinned: visit.singleUse != nil, scope: visit.scope)
                token.hold = held.token
            } catch let refusal as BookingRefusal {
                return try await gone(start, refusal, form: token, visit)
            }
            return details(of: start, form: token, visit)
        }
    }

    private func gone(
        _ start: Instant, _ refusal: BookingRefusal, form: FormToken, _ visit: Visit
    ) async throws -> Answer {
        var visit = visit
        let zone = visit.ask.zone ?? refusal.zone ?? .utc
        visit.ask.day = zone.local(at: refusal.alternatives.first ?? start).date
        visit.ask.month = visit.ask.day?.firstOfMonth
        let words = GoneWords(start: start, refusal, zone: zone, clock: visit.ask.clock)
        return try await page(visit, form: form, alert: words.alert, status: refusal.status)
    }

    /// What is said above the times when the wanted one cannot be had; takes the focus.
    static func alert(_ words: String) -> HTML {
        """
        <div class="banner fails" role="alert" tabindex="-1" autofocus>\(Components.icon(.warning))<p>\(words)</p></div>
        """
    }
}

extension BookingRoutes {
    func details(_ request: Request) async throws -> Answer {
        try await visiting(request, request.query, byHold: true) { visit in
            guard let form = FormToken(request.query["form"], keyring: installation.keyring),
                let start = visit.ask.start
            else { return .redirect(visit.link.path.adding(query: visit.carried.pairs)) }
            // Back from the confirmation: this form has done its work, so show what it led to.
            if let booked = try await alreadyBooked(form, on: visit.link, clock: visit.ask.clock, scope: visit.scope) {
                return .redirect(booked)
            }
            var page = try await detailsPage(visit, form, start: start)
            let kept = Kept(visit.link, installation).values(visit.carried[Kept.name])
            let known = visit.carried.values(for: visit.link).merging(kept) { $1 }
            page.filled = Filled(values: (visit.singleUse?.prefilled ?? [:]).merging(known) { $1 })
            page.event = page.slotSelected
            return .page(page.html)
        }
    }

    func detailsPage(_ visit: Visit, _ form: FormToken, start: Instant) async throws -> DetailsPage {
        let (link, scope, now) = (visit.link, visit.scope, installation.world.now)
        let (name, hold, schedule, seats) = try await installation.database.read(scope) { tx in
            (
                try LinkStore.workspaceName(scope: scope, in: tx),
                try form.hold.flatMap {
                    try BookingTokenStore.hold(token: $0, link: link.id, scope: scope, in: tx)
                },
                try ScheduleStore.find(link.schedule, scope: scope, in: tx),
                try SeatWords.load(link, at: start, hold: form.hold, now: now, scope: scope, in: tx)
            )
        }
        let zone = visit.ask.zone ?? schedule.flatMap { zones.zone($0.zone) } ?? .utc
        let isHeld = hold.map { $0.starts == start && $0.expires > now } ?? false
        var page = DetailsPage(
            link: link, workspaceName: name, start: start, minutes: link.rules.length(asked: visit.ask.duration),
            zone: zone, clock: visit.ask.clock,
            form: form.text(keyring: installation.keyring), heldUntil: isHeld ? hold?.expires : nil,
            namesZone: visit.ask.zone != nil || link.rules.look.locksZone, carried: visit.carried)
        page.hostZone = schedule.flatMap { zones.zone($0.zone) }
        page.seats = seats
        if isHeld, let hold, hold.isKept {
            (page.heldUntil, page.canHoldLonger) = (hold.toldUntil, false)
        }
        page.chosen = (link.choosable + (visit.singleUse == nil ? [] : link.canPin)).first { $0.id == visit.ask.host }
        page.contact = visit.singleUse
        if link.rules.door.botDefence == .proofOfWork { page.challenge = Challenge(link.id, installation) }
        return page
    }

    /// “Hold it longer”: everything typed comes back, and the hold lives on.
    func keep(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data, byHold: true) { visit in
            guard let form = FormToken(data["form"], keyring: installation.keyring), let start = visit.ask.start else {
                return .redirect(visit.link.path)
            }
            if let hold = form.hold {
                try await HoldSlot(installation).extend(token: hold, link: visit.link, scope: visit.scope)
            }
            var page = try await detailsPage(visit, form, start: start)
            page.filled = Fields(form: data).filled
            return .page(page.html)
        }
    }

    /// “Back to times”: the time that was held is free again, for them too, and what was typed comes along.
    func back(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data) { visit in
            guard let form = FormToken(data["form"], keyring: installation.keyring), let start = visit.ask.start else {
                return .redirect(visit.link.path)
            }
            let page = try await detailsPage(visit, form, start: start)
            if let hold = form.hold {
                try await HoldSlot(installation).release(token: hold, link: visit.link, scope: visit.scope)
            }
            let kept = Kept(visit.link, installation).pairs(Kept.typed(data))
            let address = PickerAddress(
                base: visit.link.path, zone: visit.ask.zone?.name, clock: visit.ask.clock,
                extra: kept + visit.carried.unseenPairs)
            return .redirect(address.day(page.zone.local(at: start).date))
        }
    }

    func book(_ request: Request) async throws -> Answer {
        let (data, taken) = AddressHints.taking(try request.form())
        return try await visiting(request, data, byHold: true) { visit in
            guard let form = FormToken(data["form"], keyring: installation.keyring) else {
                return .redirect(visit.link.path)
            }
            if let booked = try await bookedBefore(request, form, visit) { return booked }
            let (data, files) = try await takeFiles(request, visit.singleUse?.completing(data) ?? data, visit)
            var fields = Fields(form: data)
            let start = BookingReading.start(&fields)
            let read = BookingReading.read(
                &fields, link: visit.link, zone: visit.ask.zone, zones: zones, language: Language.current,
                takesFiles: true)
            var page = try await detailsPage(visit, form, start: start)
            (page.filled, page.hints) = (fields.filled, taken ?? visit.hints(data, email: read.attendee.email))
            let series = SeriesReading.read(&fields, link: visit.link, start: start)
            BookingReading.refuseSeriesForOthers(&fields, series?.wish, read.bookedBy)
            page.filled.errors = files.mistakes(with: fields.filled.errors)
            var first = BookingRequest(start: start, attendee: read.attendee)
            (first.holdToken, first.guests, first.host) = (form.hold, read.guests, visit.ask.host)
            page.plan = try await series?.plan(
                first, lasting: page.minutes, on: visit.link.id, &page.filled, installation, scope: visit.scope)
            // What was put in place of the typed is looked at before it is sent.
            if taken != nil || files.isRemoval { return .page(page.html) }
            guard page.filled.errors.isEmpty, page.hints.isEmpty else { return .page(page.html, status: 422) }
            if let series, !series.isSeen { return .page(page.html) }
            var wish = BookingRequest(start: start, attendee: read.attendee, answers: read.answers)
            (wish.bookedBy, wish.series) = (read.bookedBy, series?.wish)
            wish.cameBy(visit.carried[CameByForm.name], scope: visit.scope, keyring: installation.keyring)
            (wish.guests, wish.location, wish.utm) = (read.guests, read.location, visit.carried.utm)
            (wish.duration, wish.holdToken, wish.host) = (page.minutes, form.hold, visit.ask.host)
            wish.key = RequestKey(text: form.key, request: Self.formRequest)
            wish.proof = Proof(data["proof"], visit.link.id, installation)
            if let one = visit.singleUse { (wish.singleUse, wish.source) = (one.id, .singleUse) }
            let keeper = Doorkeeper(installation, request)
            if let answer = try await atDoor(wish, data, page, visit, keeper) { return answer }
            do {
                let reply = try await keeper.book(wish, on: visit.link, scope: visit.scope)
                return .redirect(Self.after(reply, visit))
            } catch let refusal as BookingRefusal {
                let words = GoneWords(start: start, refusal, zone: page.zone, clock: page.clock)
                (page.gone, page.event) = (words, .error(refusal.code))
                return .page(page.html, status: refusal.status)
            } catch let refusal as KeptOfferRefusal {
                (page.refused, page.event) = (refusal.message, .error(refusal.code))
                return .page(page.html, status: refusal.status)
            } catch let refusal as SeriesRefusal {
                if case .taken(let plan) = refusal { page.plan = plan }
                (page.refused, page.event) = (refusal.message, .error(refusal.code))
                return .page(page.html, status: refusal.status)
            } catch let refusal as DoorRefusal {
                (page.refused, page.event) = (refusal.message, .error(refusal.code))
                return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
            } catch let invalid as Invalid {
                // The link changed while they typed.
                page.filled.errors = invalid.fields
                return .page(page.html, status: 422)
            }
        }
    }

    /// A form's key stands for the one booking it leads to, whatever was corrected between two presses.
    private static let formRequest = "booking form"

    func alreadyBooked(
        _ form: FormToken, on link: Link, clock: HourClock, scope: Scope
    ) async throws -> Path? {
        try await reply(to: form, on: link, scope: scope).map { Self.booked($0, clock: clock) }
    }

    /// What a form that has booked was answered.
    func reply(to form: FormToken, on link: Link, scope: Scope) async throws -> Reply? {
        let replies = ReplyStore(scope: link.id.text, route: "bookings", keyring: installation.keyring)
        let key = RequestKey(text: form.key, request: Self.formRequest)
        return try await installation.database.read(scope) { tx in try replies.stored(key, in: tx) }
    }

    /// The booking a form led to.
    func bookingID(_ form: FormToken, on link: Link, scope: Scope) async throws -> ID<Booking>? {
        try await bookingToken(form, on: link, scope: scope)?.row.booking
    }

    /// The token a form led to, and whose it is.
    func bookingToken(
        _ form: FormToken, on link: Link, scope: Scope
    ) async throws -> (token: String, row: FoundToken)? {
        guard let token = try await reply(to: form, on: link, scope: scope).map(Self.token) else { return nil }
        return try await LookUps(database: installation.database).bookingToken(token).map { (token, $0) }
    }

    /// A link that is over refuses everybody but whose form led to a booking on it: they see that booking.
    func lastUse(_ data: FormData, of link: Link, scope: Scope) async throws -> Path? {
        let now = installation.world.now
        do {
            try await installation.database.read(scope) { tx in
                try link.checkOpen(now: now, scope: scope, in: tx)
            }
            return nil
        } catch let closed as LinkRefusal {
            let form = FormToken(data["form"], keyring: installation.keyring)
            let clock = PickerAsk(data, zones: zones, now: installation.world.now).clock
            guard let form, let booked = try await alreadyBooked(form, on: link, clock: clock, scope: scope) else {
                throw closed
            }
            return booked
        }
    }

    /// Where somebody goes who has just booked: to the confirmation, or where the host wants them next.
    static func after(_ reply: Reply, _ visit: Visit) -> Path {
        // Where a host is asked first, people must read that before they go on.
        guard visit.link.rules.look.redirect.flatMap(WebURL.init) != nil, !visit.link.rules.approval.isRequired,
            !isWish(reply)
        else {
            return booked(reply, clock: visit.ask.clock)
        }
        return Path("/booking/\(token(of: reply))/next")
    }

    /// The page of the booking a reply tells of.
    static func booked(_ reply: Reply, clock: HourClock = .usual) -> Path {
        Path("/booking/\(token(of: reply))").adding(query: clock == .usual ? [] : [("clock", clock.rawValue)])
    }

    private static func isWish(_ reply: Reply) -> Bool {
        (try? JSON(reading: reply.body))?["status"]?.string == BookingStatus.pendingApproval.rawValue
    }

    private static func token(of reply: Reply) -> String {
        (try? JSON(reading: reply.body))?["token"]?.string ?? ""
    }
}
