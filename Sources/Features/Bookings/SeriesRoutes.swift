/// The pages of a series: all its meetings, and changing several of them; for attendees by token, for hosts signed in.
import Database
import Scheduling
import Web

package struct SeriesRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/booking/:token/series", .token, show),
            Route(.post, "/booking/:token/series/cancellation", .token, cancel),
            Route(.post, "/booking/:token/series/reschedule", .token, move),
            Route(.get, "/calendar/bookings/:id/series", .signedIn(.viewBookings), hostShow),
            Route(.post, "/calendar/bookings/:id/series/cancellation", .signedIn(.manageBookings), hostCancel),
            Route(.post, "/calendar/bookings/:id/series/reschedule", .signedIn(.manageBookings), hostMove),
        ]
    }

    private var zones: Zones { installation.world.zones }
    private var now: Instant { installation.world.now }

    // MARK: By token

    private func show(_ request: Request) async throws -> Answer {
        let held = try await HeldBooking.find(request, installation)
        return try await held.link.spoken(among: installation.languages) {
            var page = try await page(held, Self.clock(request.query))
            page.done = SeriesDone(request.query)
            return .page(page.html)
        }
    }

    private static func clock(_ said: FormData) -> HourClock {
        said["clock"].flatMap(HourClock.init(rawValue:)) ?? .usual
    }

    private func page(_ held: HeldBooking, _ clock: HourClock) async throws -> SeriesPage {
        let (scope, keyring) = (held.scope, installation.keyring)
        let (members, name, tokens) = try await installation.database.read(scope) { tx in
            let members = try SeriesMembers(of: held.booking, scope: scope, in: tx)
            var tokens: [ID<Booking>: String] = [:]
            for booking in members.bookings {
                tokens[booking.id] = try BookingTokenStore.current(
                    of: booking.id, keyring: keyring, scope: scope, in: tx)
            }
            return (members, try LinkStore.workspaceName(scope: scope, in: tx), tokens)
        }
        return SeriesPage(
            booking: held.booking, link: held.link, bookings: members.bookings, tokens: tokens, workspaceName: name,
            token: held.token, form: FormToken(world: installation.world).text(keyring: keyring),
            zone: zones.zone(held.booking.attendee.zone) ?? .utc, clock: clock, now: now)
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let held = try await HeldBooking.find(request, installation)
        return try await held.link.spoken(among: installation.languages) {
            let clock = Self.clock(data)
            var fields = Fields(form: data)
            let part = SeriesAPI.part(&fields)
            let reason = BookingReading.reasonToCancel(&fields, link: held.link)
            guard fields.errors.isEmpty else {
                var page = try await page(held, clock)
                page.filled = fields.filled
                return .page(page.html, status: 422)
            }
            do {
                let reply = try await CancelSeries(installation)(
                    held.booking.id, part, reason: reason, key: key(data, "cancel series"), scope: held.scope)
                return .redirect(Self.address(held.token, clock, SeriesDone(.cancelled, reply)))
            } catch let refusal as any Refusal {
                return try await refused(held, refusal, clock)
            }
        }
    }

    /// A form's key stands for one change, whatever was corrected between two presses.
    private func key(_ data: FormData, _ name: String) -> RequestKey? {
        FormToken(data["form"], keyring: installation.keyring).map { RequestKey(text: $0.key, request: name) }
    }

    private func refused(_ held: HeldBooking, _ refusal: any Refusal, _ clock: HourClock) async throws -> Answer {
        guard refusal is SeriesRefusal || refusal is BookingRefusal || refusal is ChangeRefusal else { throw refusal }
        var page = try await page(held, clock)
        page.refusal = refusal.message
        return .page(page.html, status: refusal.status)
    }

    private static func address(_ token: String, _ clock: HourClock, _ done: SeriesDone) -> Path {
        Path("/booking/\(token)/series").adding(query: clock.pairs + done.pairs)
    }

    /// From the page that asks whether one meeting shall be moved.
    private func move(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let clock = Self.clock(data)
        let key = key(data, "move series")
        if let moved = try await TokenAPI(installation).replayed(request, key, route: "series-reschedule") {
            return .redirect(Self.address(Self.token(moved), clock, SeriesDone(.moved, moved)))
        }
        let held = try await HeldBooking.find(request, installation)
        return try await held.link.spoken(among: installation.languages) {
            let ask = PickerAsk(data, zones: zones, now: now)
            var fields = Fields(form: data)
            let (part, start) = (SeriesAPI.part(&fields), BookingReading.start(&fields))
            let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
            let leaves = fields.flag("leaveTaken")
            guard fields.errors.isEmpty else {
                var page = try await page(held, clock)
                page.filled = fields.filled
                return .page(page.html, status: 422)
            }
            do {
                let reply = try await MoveSeries(installation)(
                    held.booking.id, part, to: start, reason: reason, leavingTaken: leaves, speaking: ask.zone,
                    key: key, scope: held.scope)
                let token = Self.token(reply)
                return .redirect(Self.address(token.isEmpty ? held.token : token, clock, SeriesDone(.moved, reply)))
            } catch SeriesRefusal.taken(let plan) {
                var page = try await page(held, clock)
                page.conflict = SeriesConflict(plan: plan, part: part, start: start, reason: reason, zone: ask.zone)
                return .page(page.html, status: 409)
            } catch let refusal as any Refusal {
                return try await refused(held, refusal, clock)
            }
        }
    }

    /// The token of the first meeting that was moved.
    private static func token(_ reply: Reply) -> String {
        let all = (try? JSON(reading: reply.body))?["occurrences"]?.array ?? []
        return all.compactMap { $0["token"]?.string }.first ?? ""
    }

    // MARK: For hosts

    private func hostShow(_ request: Request) async throws -> Answer {
        var page = try await hostPage(request)
        page.done = SeriesDone(request.query)
        return .page(page.html)
    }

    private func hostPage(_ request: Request) async throws -> HostSeriesPage {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation, toRead: true)
        let (scope, now) = (found.scope, now)
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let members = try SeriesMembers(of: found.booking, scope: scope, in: tx)
            let seen = members.bookings.filter { booking in
                booking.hosts.contains { principal.reads?.contains($0.id) ?? true }
            }
            return HostSeriesPage(
                principal: principal, booking: found.booking, link: found.link, bookings: seen, zone: viewer.zone,
                clock: viewer.clock, now: now)
        }
    }

    private func hostCancel(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let part = SeriesAPI.part(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else {
            var page = try await hostPage(request)
            page.filled = fields.filled
            return .page(page.html, status: 422)
        }
        return try await hostDoing(request, found, .cancelled) { acts in
            try await CancelSeries(installation, from: Origin(request))(
                found.booking.id, part, reason: reason, by: acts, scope: found.scope)
        }
    }

    private func hostMove(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let (part, start) = (SeriesAPI.part(&fields), BookingReading.start(&fields))
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        let leaves = fields.flag("leaveTaken")
        guard fields.errors.isEmpty else {
            var page = try await hostPage(request)
            page.filled = fields.filled
            return .page(page.html, status: 422)
        }
        do {
            return try await hostDoing(request, found, .moved) { acts in
                try await MoveSeries(installation)(
                    found.booking.id, part, to: start, reason: reason, leavingTaken: leaves, by: acts,
                    scope: found.scope)
            }
        } catch SeriesRefusal.taken(let plan) {
            var page = try await hostPage(request)
            page.conflict = SeriesConflict(plan: plan, part: part, start: start, reason: reason, zone: nil)
            return .page(page.html, status: 409)
        }
    }

    private func hostDoing(
        _ request: Request, _ found: OwnBooking, _ deed: SeriesDone.Deed, _ body: (Set<ID<User>>?) async throws -> Reply
    ) async throws -> Answer {
        do {
            let reply = try await body(found.whose)
            return .redirect(Path("/calendar/bookings/\(found.booking.id)/series")
                .adding(query: SeriesDone(deed, reply).pairs))
        } catch let refusal as any Refusal where refusal is BookingRefusal || refusal.code == "conflict" {
            var page = try await hostPage(request)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }
}

/// What a redirect says was done, and to how many meetings.
struct SeriesDone: Sendable {
    enum Deed: String, Sendable { case cancelled, moved }

    let deed: Deed
    let count: Int

    init(_ deed: Deed, _ reply: Reply) {
        self.deed = deed
        count = (try? JSON(reading: reply.body))?["changed"]?.array?.count ?? 0
    }

    init?(_ query: Query) {
        guard let deed = query["done"].flatMap(Deed.init(rawValue:)), let count = query["n"].flatMap(Int.init),
            LinkSeries.places.contains(count)
        else { return nil }
        (self.deed, self.count) = (deed, count)
    }

    var pairs: [(String, String)] { [("done", deed.rawValue), ("n", String(count))] }

    var words: HTML {
        switch deed {
        case .cancelled:
            say("""
                \(count)|one:One meeting is cancelled. A mail tells everybody.|other:%1 meetings are cancelled. One \
                mail tells everybody.
                """)
        case .moved:
            say("""
                \(count)|one:One meeting is moved. A mail tells everybody.|other:%1 meetings are moved. One mail tells \
                everybody.
                """)
        }
    }
}
