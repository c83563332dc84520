/// The addresses at which a host asks for another time: with times of their own, or leaving the choice.
import Database
import Scheduling
import Web

struct ProposalRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/bookings/:id/proposal", .signedIn(.manageBookings), show),
            Route(.post, "/calendar/bookings/:id/proposal/times", .signedIn(.manageBookings), pick),
            Route(.post, "/calendar/bookings/:id/proposal", .signedIn(.manageBookings), propose),
            Route(.post, "/calendar/bookings/:id/proposal/withdrawal", .signedIn(.manageBookings), withdraw),
            Route(.get, "/calendar/bookings/:id/rebook", .signedIn(.manageBookings), asking),
            Route(.post, "/calendar/bookings/:id/rebook", .signedIn(.manageBookings), rebook),
            Route(.post, "/api/v1/bookings/:id/proposal", .api(.bookingsWrite), call),
            Route(.delete, "/api/v1/bookings/:id/proposal", .api(.bookingsWrite), delete),
        ]
    }

    private var world: World { installation.world }

    private func address(_ found: OwnBooking, done: String? = nil) -> Path {
        Path("/calendar/bookings/\(found.booking.id)").adding(query: done.map { [("done", $0)] } ?? [])
    }

    // MARK: Times of one's own

    private func show(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        guard found.mayBeAsked(now: world.now) else { return .redirect(address(found)) }
        let ask = ProposalAsk(request.query)
        if ask.isReady { return try await form(request, found, ask) }
        return try await picker(request, found, ask, PickerAsk(request.query, zones: world.zones, now: world.now))
    }

    private func picker(
        _ request: Request, _ found: OwnBooking, _ ask: ProposalAsk, _ wanted: PickerAsk, alert: HTML = .empty,
        status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = found.scope
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            var wanted = wanted
            let namesZone = wanted.zone != nil
            wanted.zone = wanted.zone ?? viewer.zone
            let attendee = found.booking.attendee
            var picker = try Picker.load(
                found.link.narrowed(to: found.booking).alone(for: found.booking), wanted,
                for: Booker(email: attendee.email, zone: world.zones.zone(attendee.zone)), moving: found.booking,
                installation: installation, scope: scope, in: tx)
            picker.times.removeAll(where: ask.starts.contains)
            return ProposePage(
                principal: principal, booking: found.booking, picker: picker, ask: ask,
                zones: wanted.choosesZone ? world.zones.names : [], namesZone: namesZone, alert: alert)
        }
        return .page(page.html, status: status)
    }

    private func form(
        _ request: Request, _ found: OwnBooking, _ ask: ProposalAsk, filled: Filled? = nil, refusal: String? = nil,
        status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let viewer = try await installation.database.read(found.scope) { try Viewer(principal, installation, in: $0) }
        let page = ProposeFormPage(
            principal: principal, booking: found.booking, ask: ask, zone: viewer.zone, clock: viewer.clock,
            filled: filled ?? ask.filled, refusal: refusal)
        return .page(page.html, status: status)
    }

    /// A time was pressed: one more of those that are proposed.
    private func pick(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let data = try request.form()
        var ask = ProposalAsk(data)
        let wanted = PickerAsk(data, zones: world.zones, now: world.now)
        guard let start = wanted.start else {
            let alert = BookingRoutes.alert(plain("Pick one of the times below."))
            return try await picker(request, found, ask, wanted, alert: alert, status: 422)
        }
        if !ask.starts.contains(start), ask.starts.count < Proposal.mostTimes { ask.starts.append(start) }
        let base = Path("/calendar/bookings/\(found.booking.id)/proposal")
        guard ask.starts.count < Proposal.mostTimes else { return .redirect(base.adding(query: ask.ready.pairs)) }
        let address = PickerAddress(base: base, zone: wanted.zone?.name, clock: wanted.clock, extra: ask.pairs)
        let zone = try await zone(request, found, wanted.zone)
        return .redirect(address.path([("day", zone.local(at: start).date.description)]))
    }

    private func zone(_ request: Request, _ found: OwnBooking, _ zone: Zone?) async throws -> Zone {
        if let zone { return zone }
        let principal = try request.signedIn()
        return try await installation.database.read(found.scope) { try Viewer(principal, installation, in: $0).zone }
    }

    private func propose(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let data = try request.form()
        var ask = ProposalAsk(data)
        let base = Path("/calendar/bookings/\(found.booking.id)/proposal")
        // Other buttons of the form: nothing is sent, and nothing typed is lost.
        if let drop = data["drop"].flatMap(Int64.init) {
            ask.starts.removeAll { $0.seconds == drop }
            return .redirect(base.adding(query: (ask.starts.isEmpty ? ask : ask.ready).pairs))
        }
        if data["more"] != nil { return .redirect(base.adding(query: ask.pairs)) }
        var fields = Fields(form: data)
        let wish = ProposalReading.wish(&fields)
        if wish.starts.isEmpty, fields.errors.isEmpty {
            fields.fail("starts", "missing", plain("Pick at least one time."))
        }
        guard fields.errors.isEmpty else {
            return try await form(request, found, ask, filled: fields.filled, status: 422)
        }
        do {
            _ = try await ProposeTimes(installation)(found.booking.id, wish, scope: found.scope)
        } catch let refusal as any Refusal where refusal is ProposalRefusal || refusal is BookingRefusal {
            return try await form(
                request, found, ask, filled: fields.filled, refusal: refusal.message, status: refusal.status)
        }
        return .redirect(address(found, done: "proposed"))
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        try await EndProposal(installation).withdraw(found.booking.id, scope: found.scope)
        return .redirect(address(found, done: "withdrawn"))
    }

    // MARK: The choice is theirs

    private func asking(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        guard found.isOpen(now: world.now) else { return .redirect(address(found)) }
        return try await question(request, found, filled: Filled(values: ["until": RebookPage.keep]))
    }

    private func question(
        _ request: Request, _ found: OwnBooking, filled: Filled, refusal: String? = nil, status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let viewer = try await installation.database.read(found.scope) { try Viewer(principal, installation, in: $0) }
        let page = RebookPage(
            principal: principal, booking: found.booking, zone: viewer.zone, clock: viewer.clock, filled: filled,
            refusal: refusal)
        return .page(page.html, status: status)
    }

    private func rebook(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let data = try request.form()
        var fields = Fields(form: data)
        let message = fields.text("message", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        let isFreed = data["until"] == RebookPage.release
        if !isFreed, data["until"] != RebookPage.keep {
            fields.fail("until", "missing", plain("Say what becomes of the meeting until then."))
        }
        guard fields.errors.isEmpty else {
            return try await question(request, found, filled: fields.filled, status: 422)
        }
        do {
            if isFreed {
                // Pressed twice: it is cancelled, which is what the page says.
                if found.booking.state.status != .cancelled {
                    _ = try await CancelBooking(installation, from: Origin(request))(
                        found.booking.id, reason: message, scope: found.scope)
                }
                return .redirect(address(found, done: "freed"))
            }
            _ = try await ProposeTimes(installation)(
                found.booking.id, ProposalWish(message: message), scope: found.scope)
        } catch let refusal as any Refusal where refusal is ProposalRefusal || refusal is BookingRefusal {
            return try await question(
                request, found, filled: fields.filled, refusal: refusal.message, status: refusal.status)
        }
        return .redirect(address(found, done: "asked"))
    }

    // MARK: Programs

    private func call(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        let wish = ProposalReading.wish(&fields)
        try fields.finish()
        return try await ProposeTimes(installation)(
            found.booking.id, wish, key: try request.idempotencyKey(), scope: found.scope).answer
    }

    private func delete(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        try await EndProposal(installation).withdraw(found.booking.id, scope: found.scope)
        return Answer(status: 204)
    }
}

/// What a host has put together so far; it travels in addresses and hidden fields, and nothing of it is believed.
struct ProposalAsk: Sendable {
    var starts: [Instant]
    var message = ""
    var hours: String
    /// The times are chosen; what is left is the message.
    var isReady: Bool

    init(_ data: FormData) {
        let given = data.all("starts").compactMap { Int64($0).flatMap(Instant.init(bounded:)) }
        starts = Array(given.reduce(into: [Instant]()) { if !$0.contains($1) { $0.append($1) } }
            .prefix(Proposal.mostTimes))
        message = String((data["message"] ?? "").prefix(BookingLimits.reason))
        hours = data["answerWithinHours"].flatMap { Int($0) == nil ? nil : $0 } ?? String(Proposal.usualHours)
        isReady = data["ready"] != nil && !starts.isEmpty
    }

    var ready: ProposalAsk {
        var ask = self
        ask.isReady = true
        return ask
    }

    var pairs: [(String, String)] {
        starts.map { ("starts", String($0.seconds)) } + (message.isEmpty ? [] : [("message", message)])
            + (hours == String(Proposal.usualHours) ? [] : [("answerWithinHours", hours)])
            + (isReady ? [("ready", "1")] : [])
    }

    var hidden: HTML { "\(each: pairs, { Components.hidden($0.0, $0.1) })" }

    var filled: Filled { Filled(values: ["message": message, "answerWithinHours": hours]) }
}

extension OwnBooking {
    /// Whether its attendee can be asked for another time.
    func mayBeAsked(now: Instant) -> Bool {
        (booking.state.status == .confirmed || booking.isWaiting) && now < booking.state.firstStart
    }
}

extension Link {
    /// The link as it is for a booking that keeps its hosts.
    func narrowed(to booking: Booking) -> Link {
        guard rotates, !hasPools else { return self }
        var link = self
        link.hosts = booking.hosts
        return link
    }
}
