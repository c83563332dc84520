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
            let next = try BookingRowModel.rows(found, titles: titles, scope: scope, in: tx)
            let (leftToday, figures) = try figures(principal, zone, now, in: tx)
            let links = try LinkStore.all(host: principal.user, scope: scope, in: tx)
            let hasHours = try !ScheduleStore.all(of: principal.user, scope: scope, in: tx).isEmpty
            var page = OverviewPage(
                principal: principal, next: next, leftToday: leftToday, links: Array(links.prefix(Self.rows)),
                hasHours: hasHours, address: address, zone: zone, clock: member?.account.clock ?? .twentyFour, now: now)
            page.main = links.last { $0.rules.active && $0.rules.access.expiresAt.map { now < $0 } ?? true }
            page.figures = figures
            page.hasClockChanges = try !ClockChangeStore.open(
                of: [principal.user], now: now, zones: zones, limit: 20, scope: scope, in: tx).isEmpty
            // Whoever hosts such a link is told here that somebody calls.
            let isAsked = principal.may(.manageBookings)
            if isAsked, links.contains(where: { $0.rules.kind == .instant && $0.rules.active }) {
                page.rings = try RingRow.load(principal.user, now: now, scope: scope, in: tx)
            }
            page.busy = try busy(principal, zone, page.clock, now, in: tx)
            return page
        }
        return .page(page.html)
    }

    /// How many of today's meetings have not ended, and how the person's meetings stand; one statement.
    private func figures(
        _ principal: Principal, _ zone: Zone, _ now: Instant, in tx: Transaction
    ) throws -> (leftToday: Int, figures: OverviewPage.Figures) {
        func own(_ bucket: BookingBucket, _ change: (inout BookingFilter) -> Void = { _ in }) -> BookingFilter {
            var filter = BookingFilter(bucket, now: now)
            filter.host = principal.user
            change(&filter)
            return filter
        }
        let today = zone.local(at: now).date
        let monday = today.startOfWeek(Language.current.firstWeekday)
        let counts = try BookingListStore.counts(
            [
                own(.upcoming) { $0.to = zone.instant(of: today.adding(days: 1)) },
                own(.upcoming) { filter in
                    filter.statuses = [.confirmed, .completed]
                    (filter.from, filter.to) = (zone.instant(of: monday), zone.instant(of: monday.adding(days: 7)))
                },
                own(.upcoming), own(.pending), own(.noShow) { $0.from = now.adding(days: -30) },
            ],
            atMost: OverviewPage.Figures.most + 1, scope: principal.scope, in: tx)
        return (counts[0], OverviewPage.Figures(
            thisWeek: counts[1], ahead: counts[2], waiting: counts[3], missed: counts[4]))
    }

    /// What keeps somebody busy today besides their meetings here.
    private func busy(
        _ principal: Principal, _ zone: Zone, _ clock: HourClock, _ now: Instant, in tx: Transaction
    ) throws -> [String] {
        let day = zone.local(at: now).date
        let marks = try DayMarks.load(
            of: principal.user, day...day, zones: installation.world.zones, scope: principal.scope, in: tx)
        let person = CalendarPerson(id: principal.user, name: principal.name, isViewer: true)
        let entries = try CalendarRead.entries(
            of: person, from: now, to: zone.instant(of: day.adding(days: 1)), now: now, scope: principal.scope, in: tx)
        return marks[day].map(\.words) + entries.filter { $0.booking == nil }.prefix(Self.rows).map { entry in
            plain("\(entry.title), \(TimeWords.range(entry.starts, entry.ends, in: zone, clock))")
        }
    }
}
