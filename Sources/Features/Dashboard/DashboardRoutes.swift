/// `/calendar`: the first page after signing in.
import Database
import Scheduling
import Web

package struct DashboardRoutes: Sendable {
    /// How many of the next meetings and of the links stand on the overview.
    private static let rows = 5

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [Route(.get, "/calendar", .signedIn(.viewBookings), overview)]
    }

    /// A person's own day, also for admins: what others do is in the lists.
    private func overview(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now, zones) = (principal.scope, installation.world.now, installation.world.zones)
        let address = installation.address
        let page = try await installation.database.read(scope) { tx in
            let member = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
            let zone = member.flatMap { zones.zone($0.account.zone) } ?? .utc
            var filter = BookingFilter(.upcoming, now: now)
            filter.host = principal.user
            filter.limit = Self.rows
            let next = try BookingStore.list(filter, scope: scope, in: tx).compactMap { booking in
                try LinkStore.find(booking.link, scope: scope, in: tx).map { link in
                    BookingRowModel(booking: booking, link: link)
                }
            }
            filter.to = zone.instant(of: zone.local(at: now).date.adding(days: 1))
            filter.limit = 200
            let leftToday = try BookingStore.list(filter, scope: scope, in: tx).count
            let links = try LinkStore.all(host: principal.user, limit: Self.rows, scope: scope, in: tx)
            let hasHours = try !ScheduleStore.all(of: principal.user, scope: scope, in: tx).isEmpty
            return OverviewPage(
                principal: principal, next: next, leftToday: leftToday, links: links, hasHours: hasHours,
                address: address, zone: zone, clock: member?.account.clock ?? .twentyFour, now: now)
        }
        return .page(page.html)
    }
}
