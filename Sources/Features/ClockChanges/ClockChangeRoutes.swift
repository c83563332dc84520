/// `/calendar/clock-changes`: what governments did to meetings that were agreed already.
import Database
import Scheduling
import Web

package struct ClockChangeRoutes: Sendable {
    /// How many are shown at a time.
    private static let most = 50

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/clock-changes", .signedIn(.viewBookings), list),
            Route(.post, "/calendar/clock-changes/:id/move", .signedIn(.manageBookings), move),
            Route(.post, "/calendar/clock-changes/:id/keep", .signedIn(.manageBookings), keep),
        ]
    }

    private func list(_ request: Request) async throws -> Answer { .page(try await page(request).html) }

    private func page(_ request: Request) async throws -> ClockChangesPage {
        let principal = try request.signedIn()
        let (scope, now, zones) = (principal.scope, installation.world.now, installation.world.zones)
        return try await installation.database.read(scope) { tx in
            let open = try ClockChangeStore.open(
                of: principal.reads, now: now, zones: zones, limit: Self.most + 1, scope: scope, in: tx)
            let shown = Array(open.prefix(Self.most))
            let bookings = try BookingStore.all(shown.map(\.booking), scope: scope, in: tx)
            let titles = try BookingListStore.titles(of: bookings.map(\.link), scope: scope, in: tx)
            let byID = Dictionary(bookings.map { ($0.id, $0) }) { first, _ in first }
            let rows = shown.compactMap { change in
                byID[change.booking].map {
                    ClockChangesPage.Row(change: change, attendee: $0.attendee.name, title: titles[$0.link] ?? "")
                }
            }
            return ClockChangesPage(
                principal: principal, rows: rows, clock: try Viewer(principal, installation, in: tx).clock,
                hasMore: open.count > Self.most)
        }
    }

    /// What was agreed by the clock is what counts: the booking is moved as any other, and everybody is told once.
    private func move(_ request: Request) async throws -> Answer {
        guard let (change, scope) = try await change(request), let start = change.agreedInstant else {
            return Self.done
        }
        do {
            _ = try await MoveBooking(installation)(change.booking, to: start, scope: scope)
            return Self.done
        } catch let refusal as BookingRefusal {
            var page = try await page(request)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    /// The instant is what counts: nothing moves, nobody is told.
    private func keep(_ request: Request) async throws -> Answer {
        guard let (change, scope) = try await change(request) else { return Self.done }
        try await installation.database.write(scope) { try ClockChangeStore.keep(change, scope: scope, in: $0) }
        return Self.done
    }

    /// The change of the path's booking; nil when it was decided meanwhile, as by a second press.
    private func change(_ request: Request) async throws -> (ClockChange, Scope)? {
        let found = try await OwnBooking.find(request, installation)
        let booking = found.booking
        guard booking.state.starts > installation.world.now,
            let zone = installation.world.zones.zone(booking.anchorZone)
        else { return nil }
        let change = ClockChange(
            booking: booking.id, starts: booking.state.starts, zone: zone, agreed: booking.anchorLocal)
        return change.isChanged ? (change, found.scope) : nil
    }

    private static let done = Answer.redirect("/calendar/clock-changes")
}
