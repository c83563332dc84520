/// The pages of trips, out of office and holidays.
import Database
import Scheduling
import Web

package struct AwayRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/schedules/away", .signedIn(.manageSchedules), show),
            Route(.post, "/calendar/schedules/away", .signedIn(.manageSchedules), add),
            Route(.post, "/calendar/schedules/away/:id/deletion", .signedIn(.manageSchedules), remove),
            Route(.get, "/calendar/schedules/holidays", .signedIn(.manageSchedules), showHolidays),
            Route(.post, "/calendar/schedules/holidays", .signedIn(.manageSchedules), holidays),
        ] + OutTodayRoutes(installation).routes
    }

    private func show(_ request: Request) async throws -> Answer {
        var page = try await page(request)
        switch request.query["saved"] {
        case "removed": page.notice = .removed
        case let text?:
            if let id = ID<TimeAway>(text), let away = page.away.first(where: { $0.id == id }) {
                page.notice = .added(away)
                page.meetings = try await meetings(during: away, zone: page.zone, try request.signedIn())
            }
        case nil: break
        }
        return .page(page.html)
    }

    private func add(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        var page = try await page(request)
        page.form = Filled(values: Fields(form: data).typed)
        // A form sends all it has; what belongs to the other kind means nothing.
        let other = data["kind"] == TimeAway.Kind.trip.rawValue ? "redirectTo" : "timezone"
        var fields = Fields(form: FormData(data.pairs.filter { $0.0 != other && $0.0 != "user" }))
        let wish = TimeAwayReading.read(&fields, today: page.today, zones: installation.world.zones)
        page.form.errors = fields.errors
        guard let wish else { return .page(page.html, status: 422) }
        do {
            let away = try await SaveTimeAway(installation, from: Origin(request)).create(
                wish, user: principal.user, scope: principal.scope)
            return .redirect(Path("/calendar/schedules/away").adding(query: [("saved", away.id.text)]))
        } catch let invalid as Invalid {
            page.form.errors = invalid.fields
            return .page(page.html, status: 422)
        }
    }

    private func remove(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<TimeAway>(try request.parameter("id")) else { throw Common.notFound }
        // On this page everybody has their own days alone.
        try await SaveTimeAway(installation, from: Origin(request)).delete(
            id, sees: principal.user, scope: principal.scope)
        return .redirect(Path("/calendar/schedules/away").adding(query: [("saved", "removed")]))
    }

    // MARK: Holidays

    private func showHolidays(_ request: Request) async throws -> Answer {
        var page = try await holidaysPage(request)
        if request.query["saved"] != nil {
            let words = page.form["country"].isEmpty ? say("Saved. You work on public holidays.")
                : say("Saved. Your holidays are closed for booking.")
            page.notice = Components.banner(.notes, words, isMet: true)
        } else if let home = page.home, page.calendar.country(home) != nil {
            // Where their clock is, they probably live: shown, not saved.
            page.form.values["country"] = home
            page.notice = Components.banner(
                .notes, say("Proposed from your time zone. Nothing is closed before you save."))
        }
        return .page(page.html)
    }

    private func holidays(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        var page = try await holidaysPage(request)
        var fields = Fields(form: data)
        let choice = TimeAwayReading.holidays(&fields)
        page.form = fields.filled
        page.worked = Set(data.all("worked").compactMap(LocalDate.init))
        if data["then"] == "show" {
            // Another country: its regions and days, and nothing saved.
            if fields.errors.contains(where: { $0.field == "region" }) { page.form.values["region"] = "" }
            page.form.errors = fields.errors.filter { $0.field == "country" }
            page.notice = Components.banner(.notes, say("Nothing is saved yet. These are the days."), isMet: true)
            return .page(page.html)
        }
        guard let choice else { return .page(page.html, status: 422) }
        try await SaveTimeAway(installation, from: Origin(request)).set(
            choice, shown: page.years, user: principal.user, scope: principal.scope)
        return .redirect(Path("/calendar/schedules/holidays").adding(query: [("saved", "yes")]))
    }

    private func holidaysPage(_ request: Request) async throws -> HolidaysPage {
        let principal = try request.signedIn()
        let installation = installation
        return try await installation.database.read(principal.scope) { tx in
            let zone = try Self.zone(of: principal, installation, in: tx)
            let choice = try TimeAwayStore.holidays(of: principal.user, scope: principal.scope, in: tx)
            var page = HolidaysPage(principal: principal, today: zone.local(at: installation.world.now).date)
            page.form = HolidaysPage.filled(choice)
            page.home = choice == nil ? installation.world.zones.country(of: zone.name) : nil
            page.worked = choice?.worked ?? []
            return page
        }
    }

    /// The zone of their hours, else their own.
    private static func zone(
        of principal: Principal, _ installation: Installation, in tx: Transaction
    ) throws -> Zone {
        let (user, scope) = (principal.user, principal.scope)
        let home = try ScheduleStore.all(of: user, scope: scope, in: tx).first?.zone
        let named = try home ?? LinkStore.host(user, scope: scope, in: tx)?.zone
        return named.flatMap(installation.world.zones.zone) ?? .utc
    }

    // MARK: Reading

    private func page(_ request: Request) async throws -> AwayPage {
        let principal = try request.signedIn()
        let (scope, user, now) = (principal.scope, principal.user, installation.world.now)
        let installation = installation
        return try await installation.database.read(scope) { tx in
            let zone = try Self.zone(of: principal, installation, in: tx)
            let today = zone.local(at: now).date
            let choice = try TimeAwayStore.holidays(of: user, scope: scope, in: tx)
            var page = AwayPage(
                principal: principal, today: today, zone: zone, zones: installation.world.zones.names,
                away: try TimeAwayStore.ahead(of: user, from: today, scope: scope, in: tx),
                elsewhere: try TimeAwayStore.elsewhere(of: user, from: today, scope: scope, in: tx),
                colleagues: try TimeAwayStore.colleagues(of: user, scope: scope, in: tx))
            page.form = Filled(values: ["kind": TimeAway.Kind.outOfOffice.rawValue, "timezone": zone.name])
            page.holidays = choice.map { choice in
                let calendar = HolidayCalendar.shared
                let days = calendar.holidays(
                    country: choice.country, region: choice.region, from: today, through: today.adding(days: 366))
                let next = days.first { !choice.worked.contains($0.date) }
                return (calendar.country(choice.country)?.name ?? choice.country, next)
            }
            return page
        }
    }

    /// One's own bookings on days that were just closed. Nothing is cancelled by itself.
    private func meetings(
        during away: TimeAway, zone: Zone, _ principal: Principal
    ) async throws -> [BookingRowModel] {
        guard away.kind == .outOfOffice else { return [] }
        let scope = principal.scope
        var filter = BookingFilter()
        filter.host = principal.user
        filter.statuses = [.confirmed, .pendingApproval, .pendingPayment]
        filter.from = max(zone.instant(of: away.from), installation.world.now)
        filter.to = zone.instant(of: away.to.adding(days: 1))
        filter.limit = 100
        let wanted = filter
        return try await installation.database.read(scope) { tx in
            let found = try BookingListStore.list(wanted, scope: scope, in: tx)
            let titles = try BookingListStore.titles(of: found.map(\.link), scope: scope, in: tx)
            return found.map { BookingRowModel(booking: $0, title: titles[$0.link] ?? "") }
        }
    }
}
