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
            let found = try BookingListStore.list(filter, scope: scope, in: tx)
            let titles = try BookingListStore.titles(of: found.map(\.link), scope: scope, in: tx)
            let next = found.map { BookingRowModel(booking: $0, title: titles[$0.link] ?? "") }
            filter.to = zone.instant(of: zone.local(at: now).date.adding(days: 1))
            let leftToday = try BookingListStore.count(filter, atMost: 200, scope: scope, in: tx)
            let links = try LinkStore.all(host: principal.user, limit: Self.rows, scope: scope, in: tx)
            let hasHours = try !ScheduleStore.all(of: principal.user, scope: scope, in: tx).isEmpty
            return OverviewPage(
                principal: principal, next: next, leftToday: leftToday, links: links, hasHours: hasHours,
                address: address, zone: zone, clock: member?.account.clock ?? .twentyFour, now: now)
        }
        return .page(page.html)
    }
}
