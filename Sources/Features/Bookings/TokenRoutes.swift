/// The addresses behind a booking's token: look at it, move it, cancel it. No GET here changes anything.
import Database
import Scheduling
import Web

package struct TokenRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/booking/:token", .token, show),
            Route(.get, "/booking/:token/meeting.ics", .token, calendarFile),
            Route(.get, "/booking/:token/next", .token, next),
            Route(.get, "/booking/:token/again", .token, again),
            Route(.post, "/booking/:token/address", .token, correct),
            Route(.post, "/booking/:token/guests", .token, changeGuests),
            Route(.post, "/booking/:token/current-link", .token, mailCurrentLink),
            Route(.get, "/book/reschedule/:token", .token, moving),
            Route(.post, "/book/reschedule/:token/holds", .token, pick),
            Route(.post, "/book/reschedule/:token", .token, move),
            Route(.get, "/book/cancel/:token", .token, cancelling),
            Route(.post, "/book/cancel/:token", .token, cancel),
        ] + answers
    }

    var zones: Zones { installation.world.zones }
    var now: Instant { installation.world.now }

    // MARK: Looking

    /// The clock somebody has chosen, as it goes from page to page.
    static func clock(_ said: FormData) -> HourClock {
        said["clock"].flatMap(HourClock.init(rawValue:)) ?? .usual
    }

    private func show(_ request: Request) async throws -> Answer {
        let clock = Self.clock(request.query)
        return try await withHeld(request) { held in try await booked(held, clock: clock) }
    }

    /// Right after booking: on to where the host wants people, by a page that says so.
    private func next(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            guard let url = Onward.url(held.booking, link: held.link, zones: zones) else {
                return .redirect(Path("/booking/\(held.token)"))
            }
            let name = try await workspaceName(held)
            return .page(NextPage(link: held.link, workspaceName: name, token: held.token, url: url).html)
        }
    }

    /// Every page here begins by finding the booking; a token that has ended gets its own page.
    func withHeld(
        _ request: Request, _ answer: (HeldBooking) async throws -> Answer
    ) async throws -> Answer {
        do {
            let held = try await HeldBooking.find(request, installation)
            return try await held.link.spoken(among: installation.languages) { try await answer(held) }
        } catch BookingRefusal.tokenUsed {
            return .page(try await ended(try request.parameter("token")).html, status: 410)
        }
    }

    /// What is told of a token that has ended: of whose meeting it was, and why.
    private func ended(_ token: String) async throws -> MovedTokenPage {
        guard let found = try await LookUps(database: installation.database).bookingToken(token) else {
            throw BookingRefusal.unknownToken
        }
        let scope = Scope(workspace: found.workspace, actor: .attendee)
        return try await installation.database.read(scope) { tx in
            MovedTokenPage(
                token: token, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                isCorrected: try BookingTokenStore.ending(of: token, scope: scope, in: tx) == "corrected")
        }
    }

    /// The link once more, with the details of this booking: sealed, since an address is seen by many.
    private func again(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            guard !held.link.isHandPicked else { throw Common.notFound }
            let attendee = held.booking.attendee
            var values = [("attendee.name", attendee.name), ("attendee.email", attendee.email)]
            if let phone = attendee.phone { values.append(("attendee.phone", phone)) }
            if !held.booking.guests.isEmpty { values.append(("guests", held.booking.guests.joined(separator: "\n"))) }
            values += held.booking.answers.flatMap(\.formValues)
            let place = held.link.rules.locations.firstIndex { $0.kind == held.booking.location.kind }
            if let place { values.append(("location", String(place))) }
            if held.booking.location.kind == .attendeeChoice {
                values.append(("location.text", held.booking.location.text))
            }
            let kept = Kept(held.link, installation).pairs(values)
            return .redirect(held.link.path.adding(query: kept + [("timezone", attendee.zone)]
                + Self.clock(request.query).pairs))
        }
    }

    private func seats(_ held: HeldBooking) async throws -> SeatWords? {
        guard held.booking.session != nil, held.booking.takesSeats else { return nil }
        let (scope, now) = (held.scope, now)
        return try await installation.database.read(scope) { tx in
            try SeatWords.load(
                held.link, at: held.booking.state.starts, booking: held.booking, now: now, scope: scope, in: tx)
        }
    }

    private func booked(
        _ held: HeldBooking, refusal: (any Refusal)? = nil, clock: HourClock = .usual, filled: Filled? = nil,
        hint: NearMiss.Hint? = nil, guests: (filled: Filled, hints: AddressHints)? = nil
    ) async throws -> Answer {
        let zone = zones.zone(held.booking.attendee.zone) ?? .utc
        var page = BookedPage(
            booking: held.booking, link: held.link, workspaceName: try await workspaceName(held), token: held.token,
            zone: zone, hostZone: zones.zone(held.booking.anchorZone) ?? zone, clock: clock, now: now,
            refusal: refusal?.message)
        page.last = held.history.last
        page.seats = try await seats(held)
        page.kept = try await keptFiles(held)
        page.form = FormToken(world: installation.world).text(keyring: installation.keyring)
        page.filled = filled ?? Filled(values: ["email": held.booking.attendee.email])
        page.hint = hint
        page.guestsFilled = guests?.filled ?? Filled(values: ["guests": held.booking.guests.joined(separator: "\n")])
        if let guests {
            page.guestHints = guests.hints
            let isAsked = !guests.filled.errors.isEmpty || !guests.hints.isEmpty
            if refusal == nil { return .page(page.html, status: isAsked ? 422 : 200) }
        }
        if let filled, !filled.errors.isEmpty || hint?.isAsked == true { return .page(page.html, status: 422) }
        return .page(page.html, status: refusal?.status ?? 200)
    }

    func workspaceName(_ held: HeldBooking) async throws -> WorkspaceName {
        try await installation.database.read(held.scope) { tx in
            try LinkStore.workspaceName(scope: held.scope, in: tx)
        }
    }

    private func calendarFile(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            let kept = try await installation.database.read(held.scope) { tx in
                try BookingResourceStore.kept(by: held.booking, scope: held.scope, in: tx)
            }
            let told = TellableBooking(
                booking: held.booking, link: held.link, history: held.history, token: held.token,
                workspaceName: try await workspaceName(held), keptResources: kept)
            guard let event = told.calendarFile(installation) else { throw Common.notFound }
            return .file(Array(event.text().utf8), type: "text/calendar; charset=utf-8", name: "meeting.ics")
        }
    }

    private func mailCurrentLink(_ request: Request) async throws -> Answer {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).bookingToken(token) else {
            throw BookingRefusal.unknownToken
        }
        guard found.retired else { return .redirect(Path("/booking/\(token)")) }
        let scope = Scope(workspace: found.workspace, actor: .attendee)
        let now = now
        try await installation.database.write(scope) { tx in
            guard let booking = try BookingStore.find(found.booking, scope: scope, in: tx) else { return }
            try BookingJobs.remind(of: booking, world: installation.world, now: now, scope: scope, in: tx)
        }
        var page = try await ended(token)
        page.isSent = true
        return .page(page.html)
    }

    /// A new address for a new booking: the mail goes out again, and this token ends.
    private func correct(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let clock = Self.clock(data)
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "address form")
        }
        if let corrected = try await TokenAPI(installation).replayed(request, key, route: CorrectAddress.route) {
            return .redirect(BookingRoutes.booked(corrected, clock: Self.clock(data)))
        }
        return try await withHeld(request) { held in
            var fields = Fields(form: data)
            let email = fields.email("email", label: plain("E-mail"))
            guard fields.errors.isEmpty else { return try await booked(held, clock: clock, filled: fields.filled) }
            if let meant = data["meant"] {
                return try await booked(held, clock: clock, filled: Filled(values: ["email": meant]), hint: .taken)
            }
            if data["sure"] != email, let meant = NearMiss.suggestion(for: email) {
                return try await booked(held, clock: clock, filled: fields.filled, hint: .asks(meant))
            }
            do {
                let reply = try await CorrectAddress(installation)(
                    held.booking.id, to: email, key: key, scope: held.scope)
                // Who booked for somebody stays at their own address; the answer's is the attendee's.
                if held.holder == .booker { return .redirect(Path("/booking/\(held.token)")) }
                return .redirect(BookingRoutes.booked(reply, clock: clock))
            } catch let refusal as ChangeRefusal {
                for mistake in refusal.fields { fields.fail(mistake.field, mistake.code, mistake.message) }
                return try await booked(held, refusal: refusal, clock: clock, filled: fields.filled)
            } catch let refusal as BookingRefusal {
                return try await booked(held, refusal: refusal, clock: clock)
            } catch let refusal as SheetRefusal {
                fields.fail("email", refusal.code, refusal.message)
                return try await booked(held, refusal: refusal, clock: clock, filled: fields.filled)
            }
        }
    }

    /// The same checks as at booking; nothing is sent before somebody has seen what was put right.
    private func changeGuests(_ request: Request) async throws -> Answer {
        let (data, taken) = AddressHints.taking(try request.form())
        let clock = Self.clock(data)
        return try await withHeld(request) { held in
            var fields = Fields(form: data)
            let guests = BookingReading.guests(&fields, link: held.link, attendee: held.booking.attendee.email)
            let version = data["version"].flatMap(Int.init) ?? held.booking.state.version
            let hints = taken ?? AddressHints(data, email: "")
            guard fields.errors.isEmpty, hints.isEmpty, taken == nil else {
                return try await booked(held, clock: clock, guests: (fields.filled, hints))
            }
            do {
                _ = try await ChangeGuests(installation)(
                    held.booking.id, to: guests, version: version, scope: held.scope)
                return .redirect(Path("/booking/\(held.token)").adding(query: clock.pairs))
            } catch let refusal as BookingRefusal {
                return try await booked(held, refusal: refusal, clock: clock, guests: (fields.filled, AddressHints()))
            } catch let refusal as ChangeRefusal {
                return try await booked(held, refusal: refusal, clock: clock)
            }
        }
    }

    // MARK: Moving

    private func moving(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            let ask = PickerAsk(request.query, zones: zones, now: now)
            guard held.isOpen(now: now) else { return try await booked(held, clock: ask.clock) }
            if let refusal = held.moveRefusal(now: now) {
                return try await booked(held, refusal: refusal, clock: ask.clock)
            }
            guard ask.start != nil else { return try await picker(held, ask) }
            return try await confirmation(held, ask)
        }
    }

    private func picker(
        _ held: HeldBooking, _ ask: PickerAsk, alert: HTML = .empty, status: Int = 200
    ) async throws -> Answer {
        if let choice = try await sheetChoice(held) {
            return .page(try await sheetPage(held, ask, choice, alert: alert).html, status: status)
        }
        var ask = ask
        let namesZone = ask.zone != nil
        ask.zone = ask.zone ?? zones.zone(held.booking.attendee.zone)
        if ask.month == nil {
            // It opens where the meeting stands now.
            ask.day = (ask.zone ?? .utc).local(at: held.booking.state.starts).date
            ask.month = ask.day?.firstOfMonth
        }
        let wanted = ask
        let (picker, name) = try await installation.database.read(held.scope) { tx in
            (
                try Picker.load(
                    held.link, wanted, moving: held.booking, installation: installation, scope: held.scope, in: tx),
                try LinkStore.workspaceName(scope: held.scope, in: tx)
            )
        }
        let page = MovePage(
            booking: held.booking, picker: picker, workspaceName: name, token: held.token,
            zones: ask.choosesZone ? zones.names : [], namesZone: namesZone, alert: alert)
        return .page(page.html, status: status)
    }

    private func confirmation(_ held: HeldBooking, _ ask: PickerAsk, filled: Filled = .empty, status: Int = 200)
        async throws -> Answer {
        let zone = ask.zone ?? zones.zone(held.booking.attendee.zone) ?? .utc
        let sheet = try await sheetChoice(held)
        var page = ConfirmMovePage(
            booking: held.booking, link: held.link, workspaceName: try await workspaceName(held), token: held.token,
            form: FormToken(world: installation.world).text(keyring: installation.keyring),
            start: ask.start ?? held.booking.state.starts, zone: zone, clock: ask.clock, filled: filled)
        page.ends = sheet?.times.first { $0.start == page.start }?.ends
        return .page(page.html, status: status)
    }

    /// A time was pressed: hold it, then ask once.
    private func pick(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            if let refusal = held.moveRefusal(now: now) { return try await booked(held, refusal: refusal) }
            let ask = PickerAsk(try request.form(), zones: zones, now: now)
            guard let start = ask.start, held.booking.source != .sheet else {
                let alert = BookingRoutes.alert(plain("Pick one of the times below."))
                return try await picker(held, ask, alert: alert, status: 422)
            }
            do {
                _ = try await HoldSlot(installation)(
                    start: start, visitor: held.booking.id.text, link: held.link.id, moving: held.booking,
                    scope: held.scope)
            } catch let refusal as BookingRefusal {
                return try await gone(held, refusal, ask)
            }
            let address = PickerAddress(
                base: Path("/book/reschedule/\(held.token)"), zone: ask.zone?.name, clock: ask.clock)
            return .redirect(address.path([("start", String(start.seconds))]))
        }
    }

    /// The picker again, at the day of the nearest free time.
    private func gone(_ held: HeldBooking, _ refusal: BookingRefusal, _ ask: PickerAsk) async throws -> Answer {
        let zone = ask.zone ?? zones.zone(held.booking.attendee.zone) ?? .utc
        var ask = ask
        ask.day = refusal.alternatives.first.map { zone.local(at: $0).date }
        ask.month = ask.day?.firstOfMonth
        let alert = GoneWords(start: ask.start, refusal, zone: zone, clock: ask.clock).alert
        ask.start = nil
        return try await picker(held, ask, alert: alert, status: refusal.status)
    }

    private func move(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "move form")
        }
        // The first press of a double click has ended this token; the second shows what the first did.
        if let moved = try await TokenAPI(installation).replayed(request, key, route: "reschedule") {
            return .redirect(BookingRoutes.booked(moved, clock: Self.clock(data)))
        }
        return try await withHeld(request) { held in
            let ask = PickerAsk(data, zones: zones, now: now)
            var fields = Fields(form: data)
            let start = BookingReading.start(&fields)
            let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
            guard fields.errors.isEmpty else {
                return try await confirmation(held, ask, filled: fields.filled, status: 422)
            }
            do {
                var move = MoveBooking(installation)
                move.asker = held.holder
                let reply = try await move(
                    held.booking.id, to: start, reason: reason, speaking: ask.zone, key: key, scope: held.scope)
                return .redirect(BookingRoutes.booked(reply, clock: ask.clock))
            } catch let refusal as BookingRefusal {
                if refusal.zone != nil || refusal == .unchanged { return try await gone(held, refusal, ask) }
                return try await booked(held, refusal: refusal, clock: ask.clock)
            } catch let refusal as ChangeRefusal {
                return try await booked(held, refusal: refusal, clock: ask.clock)
            } catch let refusal as SheetRefusal {
                let alert = BookingRoutes.alert(refusal.message)
                return try await picker(held, ask, alert: alert, status: refusal.status)
            }
        }
    }

    // MARK: Cancelling

    private func cancelling(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            let clock = Self.clock(request.query)
            guard held.isOpen(now: now) else { return try await booked(held, clock: clock) }
            if let refusal = held.cancelRefusal(now: now) {
                return try await booked(held, refusal: refusal, clock: clock)
            }
            return .page(try await question(held, clock: clock).html)
        }
    }

    private func question(_ held: HeldBooking, clock: HourClock, filled: Filled = .empty) async throws -> CancelPage {
        let booking = held.booking
        let refusal = held.link.rules.changes.moveRefusal(starts: booking.state.firstStart, now: now)
        return CancelPage(
            booking: booking, link: held.link, workspaceName: try await workspaceName(held), token: held.token,
            form: FormToken(world: installation.world).text(keyring: installation.keyring),
            zone: zones.zone(booking.attendee.zone) ?? .utc, clock: clock,
            moves: refusal == nil || booking.question(now: now) != nil, filled: filled)
    }

    private func cancel(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            let data = try request.form()
            let clock = Self.clock(data)
            var fields = Fields(form: data)
            let reason = BookingReading.reasonToCancel(&fields, link: held.link)
            guard fields.errors.isEmpty else {
                return .page(try await question(held, clock: clock, filled: fields.filled).html, status: 422)
            }
            do {
                _ = try await CancelBooking(installation)(held.booking.id, reason: reason, scope: held.scope)
            } catch BookingRefusal.over(.cancelled) {
                // Pressed twice: it is cancelled, which is what the page says.
            } catch let refusal as BookingRefusal {
                return try await booked(held, refusal: refusal, clock: clock)
            } catch let refusal as ChangeRefusal {
                return try await booked(held, refusal: refusal, clock: clock)
            }
            return .redirect(Path("/booking/\(held.token)").adding(query: clock.pairs))
        }
    }
}
