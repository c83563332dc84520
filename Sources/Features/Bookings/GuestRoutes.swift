/// The address in a guest's mail: what they are invited to, and a way to say that they will not come.
import Scheduling
import Web

package struct GuestRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/booking/guest/:token", .token, show),
            Route(.post, "/booking/guest/:token/decline", .token, decline),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        let found = try await GuestsBooking.find(request, installation)
        return try await found.link.spoken(among: installation.languages) { page(found) }
    }

    /// Takes this guest off, and nobody else.
    private func decline(_ request: Request) async throws -> Answer {
        let found = try await GuestsBooking.find(request, installation)
        return try await found.link.spoken(among: installation.languages) {
            do {
                try await ChangeGuests(installation).decline(found.guest, found.booking.id, scope: found.scope)
                return .redirect(Path("/booking/guest/\(found.token)"))
            } catch let refusal as BookingRefusal {
                return page(found, refusal)
            }
        }
    }

    private func page(_ found: GuestsBooking, _ refusal: BookingRefusal? = nil) -> Answer {
        let zone = installation.world.zones.zone(found.booking.attendee.zone) ?? .utc
        let page = GuestPage(
            booking: found.booking, link: found.link, workspaceName: found.workspaceName, token: found.token,
            guest: found.guest, zone: zone, now: installation.world.now, refusal: refusal?.message)
        return .page(page.html, status: refusal?.status ?? 200)
    }
}
