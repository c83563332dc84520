/// The addresses of a session for its hosts: look, move everybody, cancel for everybody.
import Database
import Scheduling
import Web

struct SessionRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/sessions/:id", .signedIn(.viewBookings), show),
            Route(.post, "/calendar/sessions/:id/cancellation", .signedIn(.manageBookings), cancel),
            Route(.get, "/calendar/sessions/:id/move", .signedIn(.manageBookings), moving),
            Route(.post, "/calendar/sessions/:id/move", .signedIn(.manageBookings), pick),
            Route(.post, "/calendar/sessions/:id/reschedule", .signedIn(.manageBookings), move),
        ]
    }

    private var world: World { installation.world }
    private func address(_ found: OwnSession) -> Path { Path("/calendar/sessions/\(found.session.id)") }

    private func show(_ request: Request) async throws -> Answer {
        var page = try await page(request)
        page.done = switch request.query["done"] {
        case "moved": plain("Moved. New invitations are on their way to everybody.")
        case "cancelled": plain("Cancelled. A mail tells everybody, and the time is free again.")
        default: nil
        }
        return .page(page.html)
    }

    private func page(_ request: Request) async throws -> SessionPage {
        let principal = try request.signedIn()
        let found = try await OwnSession.find(request, installation, toRead: true)
        let (viewer, waiting) = try await installation.database.read(found.scope) { tx in
            let waiting = try WaitlistStore.waiting(
                for: found.session.starts, of: found.link.id, scope: found.scope, in: tx)
            return (try Viewer(principal, installation, in: tx), waiting.count)
        }
        return SessionPage(
            principal: principal, session: found.session, link: found.link, bookings: found.bookings,
            zone: viewer.zone, clock: viewer.clock, now: world.now, waiting: waiting)
    }

    /// What is refused is said on the session's own page.
    private func refused(_ request: Request, _ refusal: any Refusal) async throws -> Answer {
        var page = try await page(request)
        page.refusal = refusal.message
        return .page(page.html, status: refusal.status)
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        var fields = Fields(form: try request.form())
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else {
            var page = try await page(request)
            page.filled = fields.filled
            return .page(page.html, status: 422)
        }
        // Pressed twice: it is cancelled, which is what the page says.
        guard found.session.closedAt == nil else { return .redirect(address(found)) }
        do {
            _ = try await ChangeSession(installation, from: Origin(request)).cancel(
                found.session.id, reason: reason, scope: found.scope)
        } catch let refusal as any Refusal where refusal.status == 409 {
            return try await refused(request, refusal)
        }
        return .redirect(address(found).adding(query: [("done", "cancelled")]))
    }

    private func moving(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        guard found.isOpen(now: world.now) else { return .redirect(address(found)) }
        let ask = PickerAsk(request.query, zones: world.zones, now: world.now)
        guard let start = ask.start else { return try await picker(request, found, ask) }
        return try await question(request, found, start)
    }

    private func picker(
        _ request: Request, _ found: OwnSession, _ ask: PickerAsk, alert: HTML = .empty, status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try await installation.database.read(found.scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            var ask = ask
            let namesZone = ask.zone != nil
            ask.zone = ask.zone ?? viewer.zone
            ask.duration = Int((found.session.ends - found.session.starts) / 60)
            // As many as there are now come along, so a session that others are in is no place for them.
            var picker = try Picker.load(
                found.link, ask, for: Booker(), people: max(1, found.session.taken),
                installation: installation, scope: found.scope, in: tx)
            picker.seatsLeft = [:]
            return SessionMovePage(
                principal: principal, session: found.session, picker: picker,
                zones: ask.choosesZone ? world.zones.names : [], namesZone: namesZone, alert: alert)
        }
        return .page(page.html, status: status)
    }

    private func question(
        _ request: Request, _ found: OwnSession, _ start: Instant, filled: Filled = .empty, status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let viewer = try await installation.database.read(found.scope) { try Viewer(principal, installation, in: $0) }
        let page = SessionConfirmMovePage(
            principal: principal, session: found.session, link: found.link, count: found.bookings.count, start: start,
            zone: viewer.zone, clock: viewer.clock, filled: filled)
        return .page(page.html, status: status)
    }

    /// A time was pressed: ask once, with the message to all.
    private func pick(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        let ask = PickerAsk(try request.form(), zones: world.zones, now: world.now)
        guard let start = ask.start else {
            let alert = BookingRoutes.alert(plain("Pick one of the times below."))
            return try await picker(request, found, ask, alert: alert, status: 422)
        }
        let path = Path("/calendar/sessions/\(found.session.id)/move")
        return .redirect(path.adding(query: [("start", String(start.seconds))]))
    }

    private func move(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        var fields = Fields(form: try request.form())
        let start = BookingReading.start(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else {
            return try await question(request, found, start, filled: fields.filled, status: 422)
        }
        // Pressed twice: it is there already.
        if found.session.starts == start { return .redirect(address(found)) }
        do {
            _ = try await ChangeSession(installation, from: Origin(request)).move(
                found.session.id, to: start, reason: reason, scope: found.scope)
        } catch let refusal as BookingRefusal where refusal.zone != nil {
            var ask = PickerAsk(zone: nil)
            let principal = try request.signedIn()
            let viewer = try await installation.database.read(found.scope) {
                try Viewer(principal, installation, in: $0)
            }
            ask.day = refusal.alternatives.first.map { viewer.zone.local(at: $0).date }
            ask.month = ask.day?.firstOfMonth
            let alert = BookingRoutes.alert(refusal.words(in: viewer.zone, clock: viewer.clock))
            return try await picker(request, found, ask, alert: alert, status: refusal.status)
        } catch let refusal as any Refusal where refusal.status == 409 {
            return try await refused(request, refusal)
        }
        return .redirect(address(found).adding(query: [("done", "moved")]))
    }
}

extension OwnSession {
    /// Whether it can still be moved or cancelled.
    func isOpen(now: Instant) -> Bool { session.closedAt == nil && session.taken > 0 && now < session.starts }
}
