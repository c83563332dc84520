/// The addresses of calls: the visitor's form and the page they wait on; the hosts' list, its stream and the answers.
import Database
import Scheduling
import Web

extension BookingRoutes {
    var ringRoutes: [Route] {
        [
            Route(.get, "/book/:slug/now", .open, callForm),
            Route(.post, "/book/:slug/rings", .token, call),
            Route(.get, "/book/:slug/rings/:token", .token, wait),
            Route(.post, "/book/:slug/rings/:token/cancellation", .token, hangUp),
            Route(.post, "/book/:slug/rings/:token/message", .token, leaveMessage),
        ]
    }

    private var now: Instant { installation.world.now }

    private func callForm(_ request: Request) async throws -> Answer {
        try await visiting(request, request.query) { visit in
            guard visit.link.rules.kind == .instant else {
                return .redirect(visit.link.path.adding(query: visit.carried.pairs))
            }
            var page = try await callPage(visit, FormToken(world: installation.world))
            let kept = Kept(visit.link, installation).values(visit.carried[Kept.name])
            page.filled = Filled(values: visit.carried.values(for: visit.link).merging(kept) { $1 })
            return .page(page.html)
        }
    }

    private func callPage(_ visit: Visit, _ form: FormToken) async throws -> DetailsPage {
        var page = try await detailsPage(visit, form, start: Instant(now.seconds / 60 * 60))
        let (link, scope, now, zones) = (visit.link, visit.scope, now, installation.world.zones)
        let isSomebodyThere = try await installation.database.read(scope) { tx in
            try TalkNow(link, now: now, zones: zones, scope: scope).isSomebodyThere(in: tx)
        }
        page.call = isSomebodyThere ? .rings : .leavesMessage
        return page
    }

    private func call(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data) { visit in
            guard visit.link.rules.kind == .instant, let form = FormToken(data["form"], keyring: installation.keyring)
            else { return .redirect(visit.link.path) }
            var fields = Fields(form: data)
            let read = BookingReading.read(
                &fields, link: visit.link, zone: visit.ask.zone, zones: installation.world.zones,
                language: Language.current)
            var page = try await callPage(visit, form)
            page.filled = fields.filled
            guard page.filled.errors.isEmpty else { return .page(page.html, status: 422) }
            var wish = BookingRequest(start: page.start, attendee: read.attendee, answers: read.answers)
            // What a call asks for is what a booking would.
            wish.proof = Proof(data["proof"], visit.link.id, installation)
            let keeper = Doorkeeper(installation, request)
            if let answer = try await atDoor(wish, data, page, visit, keeper) { return answer }
            var call = RingWish(attendee: read.attendee, location: read.location)
            (call.answers, call.guests, call.utm) = (read.answers, read.guests, visit.carried.utm)
            do {
                try keeper.count(read.attendee.email, on: visit.link)
                let token = try await StartRing(installation)(
                    call, key: form.key, proof: wish.proof, link: visit.link.id, scope: visit.scope)
                return .redirect(
                    Path("/book/\(visit.link.rules.slug)/rings/\(token)").adding(query: visit.carried.passPairs))
            } catch let refusal as RingRefusal {
                page.refused = refusal.message
                return .page(page.html, status: refusal.status)
            } catch let refusal as DoorRefusal {
                page.refused = refusal.message
                return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
            }
        }
    }

    /// The call of the path, on the link of the path.
    private func called(_ request: Request, _ visit: Visit) async throws -> Ring {
        let hash = sha256(Array(try request.parameter("token").utf8))
        let (link, scope) = (visit.link.id, visit.scope)
        let ring = try await installation.database.read(scope) { tx in
            try RingStore.find(tokenHash: hash, scope: scope, in: tx)
        }
        guard let ring, ring.link == link else { throw Common.notFound }
        return ring
    }

    private func wait(_ request: Request) async throws -> Answer {
        try await visiting(request, request.query, byToken: true) { visit in
            let ring = try await called(request, visit)
            if let booking = ring.booking, let token = try await token(of: booking, visit.scope) {
                return .redirect(Path("/booking/\(token)"))
            }
            return .page(try await waitPage(request, ring, visit).html)
        }
    }

    private func token(of booking: ID<Booking>, _ scope: Scope) async throws -> String? {
        let keyring = installation.keyring
        return try await installation.database.read(scope) { tx in
            try BookingTokenStore.current(of: booking, keyring: keyring, scope: scope, in: tx)
        }
    }

    private func waitPage(_ request: Request, _ ring: Ring, _ visit: Visit) async throws -> WaitPage {
        let scope = visit.scope
        let name = try await installation.database.read(scope) { tx in
            try LinkStore.workspaceName(scope: scope, in: tx)
        }
        return WaitPage(
            link: visit.link, ring: ring, workspaceName: name, now: now, token: try request.parameter("token"),
            pass: visit.carried.passPairs, kept: Kept(visit.link, installation).pairs(ring.wish.typed))
    }

    private func hangUp(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data, byToken: true) { visit in
            let (ring, scope) = (try await called(request, visit), visit.scope)
            try await installation.database.write(scope) { tx in
                try RingStore.cancel(ring.id, scope: scope, in: tx)
            }
            return .redirect(try await waitPage(request, ring, visit).path)
        }
    }

    /// To all hosts of the link, by mail; once.
    private func leaveMessage(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await visiting(request, data, byToken: true) { visit in
            let (ring, scope, link) = (try await called(request, visit), visit.scope, visit.link)
            var fields = Fields(form: data)
            let text = fields.text("message", 1...Ring.longestMessage, label: plain("Message"), lines: true)
            var page = try await waitPage(request, ring, visit)
            page.filled = fields.filled
            guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
            try await LeaveRingMessage(installation)(text, on: ring.id, link: link, scope: scope)
            return .redirect(page.path)
        }
    }
}

extension Doorkeeper {
    /// A call counts like a booking: so many within the hour.
    func count(_ email: String, on link: Link) throws {
        let counted = installation.doors.take(
            client: client, email: email, link: link.id, now: installation.world.now)
        guard case .counted = counted else { throw counted.refusal }
    }
}

package struct RingHostRoutes: Sendable {
    let installation: Installation
    private let board: RingBoard

    package init(_ installation: Installation) {
        (self.installation, board) = (installation, RingBoard(installation))
    }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/rings", .signedIn(.viewBookings), show),
            Route(.get, "/calendar/rings/stream", .signedIn(.viewBookings), stream),
            Route(.post, "/calendar/rings/:id/acceptance", .signedIn(.manageBookings), accept),
            Route(.post, "/calendar/rings/:id/pass", .signedIn(.manageBookings), pass),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(try request.signedIn()).html)
    }

    private func page(_ principal: Principal, refused: String? = nil) async throws -> RingsPage {
        let (scope, now) = (principal.scope, installation.world.now)
        return try await installation.database.read(scope) { tx in
            RingsPage(
                principal: principal,
                rows: principal.may(.manageBookings)
                    ? try RingRow.load(principal.user, now: now, scope: scope, in: tx) : [],
                refused: refused)
        }
    }

    /// Tells a page when to look again. A browser asks for it as a stream; whoever follows the address sees the page.
    private func stream(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard (request.headers["accept"] ?? "").contains("text/event-stream") else {
            return .redirect("/calendar/rings")
        }
        return .events(try board.listen(principal.user))
    }

    private func accept(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        do {
            let booking = try await AnswerRing(installation).accept(
                try id(request), by: principal.user, scope: principal.scope)
            return .redirect(Path("/calendar/bookings/\(booking)"))
        } catch let refusal as RingRefusal {
            return .page(try await page(principal, refused: refusal.message).html, status: refusal.status)
        }
    }

    private func pass(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await AnswerRing(installation).pass(try id(request), by: principal.user, scope: principal.scope)
        return .redirect("/calendar/rings")
    }

    private func id(_ request: Request) throws -> ID<Ring> {
        guard let id = ID<Ring>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }
}
