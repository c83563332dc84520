/// The addresses at which hosts see and cancel bookings.
import Database
import Scheduling
import Web

package struct HostRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/bookings", .signedIn(.viewBookings), list),
            Route(.get, "/calendar/bookings/:id", .signedIn(.viewBookings), show),
            Route(.post, "/calendar/bookings/:id/cancellation", .signedIn(.manageBookings), cancel),
        ]
    }

    private static let pageLength = 50

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let now = installation.world.now
        let bucket = request.query["show"].flatMap(BookingBucket.init(rawValue:)) ?? .upcoming
        var filter = BookingFilter(bucket, now: now)
        filter.readable = principal.reads
        filter.limit = Self.pageLength + 1
        filter.after = request.query["cursor"].flatMap { try? BookingCursor.read($0) }
        let wanted = filter
        let (rows, zone) = try await installation.database.read(scope) { tx in
            let rows = try BookingStore.list(wanted, scope: scope, in: tx).compactMap { booking in
                try LinkStore.find(booking.link, scope: scope, in: tx).map {
                    BookingRowModel(booking: booking, link: $0)
                }
            }
            return (rows, try LinkStore.host(principal.user, scope: scope, in: tx)?.zone)
        }
        let viewer = zone.flatMap(installation.world.zones.zone) ?? .utc
        let shown = Array(rows.prefix(Self.pageLength))
        let later = rows.count > shown.count ? shown.last.map { last in
            bucket.path.adding(query: [("cursor", BookingCursor.write(last.booking))])
        } : nil
        let page = BookingsPage(
            principal: principal, bucket: bucket, rows: shown, zone: viewer, clock: .twentyFour,
            today: viewer.local(at: now).date, later: later)
        return .page(page.html)
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(request).html)
    }

    private func page(_ request: Request) async throws -> HostBookingPage {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation, toRead: true)
        let zone = try await installation.database.read(found.scope) { tx in
            try LinkStore.host(principal.user, scope: found.scope, in: tx)?.zone
        }
        return HostBookingPage(
            principal: principal, booking: found.booking, link: found.link, history: found.history,
            zone: zone.flatMap(installation.world.zones.zone) ?? .utc, clock: .twentyFour, now: installation.world.now)
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else {
            var page = try await page(request)
            page.filled = fields.filled
            return .page(page.html, status: 422)
        }
        do {
            _ = try await CancelBooking(installation)(found.booking.id, reason: reason, scope: found.scope)
        } catch let refusal as BookingRefusal where refusal != .over(.cancelled) {
            var page = try await page(request)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        } catch BookingRefusal.over {
            // Pressed twice: it is cancelled, which is what the page says.
        }
        return .redirect(Path("/calendar/bookings/\(found.booking.id)"))
    }
}

extension BookingFilter {
    init(_ bucket: BookingBucket, now: Instant) {
        self.init()
        switch bucket {
        case .upcoming:
            statuses = [.confirmed, .pendingApproval, .pendingPayment]
            from = now
        case .past:
            statuses = [.confirmed, .completed, .noShow]
            to = now
            newestFirst = true
        case .cancelled:
            statuses = [.cancelled, .declined, .expired]
            newestFirst = true
        }
    }
}
