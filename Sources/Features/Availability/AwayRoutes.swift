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
                page.meetings = try await meetings(during: away, zone: page.zone, try request.signedIn(), page.person)
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
        var fields = Fields(form: FormData(data.pairs.filter { $0.0 != other && $0.0 != "user" && $0.0 != "of" }))
        let wish = TimeAwayReading.read(&fields, today: page.today, zones: installation.world.zones)
        page.form.errors = fields.errors
        guard let wish else { return .page(page.html, status: 422) }
        do {
            let away = try await SaveTimeAway(installation, from: Origin(request)).create(
                wish, user: page.person.id, scope: principal.scope(on: [page.person.id]))
            return .redirect(Path("/calendar/schedules/away").adding(
                query: page.person.query + [("saved", away.id.text)]))
        } catch let invalid as Invalid {
            page.form.errors = invalid.fields
            return .page(page.html, status: 422)
        }
    }

    private func remove(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<TimeAway>(try request.parameter("id")) else { throw Common.notFound }
        let person = try await person(request, principal)
        // The page shows one person's days alone.
        try await SaveTimeAway(installation, from: Origin(request)).delete(id, of: person.id, by: principal)
        return .redirect(Path("/calendar/schedules/away").adding(query: person.query + [("saved", "removed")]))
    }

    // MARK: Holidays

    private func showHolidays(_ request: Request) async throws -> Answer {
        var page = try await holidaysPage(request)
        if request.query["saved"] != nil {
            let words = page.form["country"].isEmpty ? say("Saved. Public holidays are open for booking.")
                : say("Saved. The holidays are closed for booking.")
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
            choice, shown: page.years, user: page.person.id, scope: principal.scope(on: [page.person.id]))
        return .redirect(Path("/calendar/schedules/holidays").adding(
            query: page.person.query + [("saved", "yes")]))
    }

    private func holidaysPage(_ request: Request) async throws -> HolidaysPage {
        let (principal, text) = (try request.signedIn(), try Self.asked(request))
        let installation = installation
        return try await installation.database.read(principal.scope) { tx in
            let person = try ActedFor(text, for: principal, in: tx)
            let zone = try Self.zone(of: person.id, installation, scope: principal.scope, in: tx)
            let choice = try TimeAwayStore.holidays(of: person.id, scope: principal.scope, in: tx)
            var page = HolidaysPage(
                principal: principal, person: person, today: zone.local(at: installation.world.now).date)
            page.people = try ActedFor.choices(principal, in: tx)
            page.form = HolidaysPage.filled(choice)
            page.home = choice == nil ? installation.world.zones.country(of: zone.name) : nil
            page.worked = choice?.worked ?? []
            return page
        }
    }

    /// The zone of their hours, else their own.
    private static func zone(
        of user: ID<User>, _ installation: Installation, scope: Scope, in tx: Transaction
    ) throws -> Zone {
        let home = try ScheduleStore.all(of: user, scope: scope, in: tx).first?.zone
        let named = try home ?? LinkStore.host(user, scope: scope, in: tx)?.zone
        return named.flatMap(installation.world.zones.zone) ?? .utc
    }

    // MARK: Reading

    /// Whose days it is about, as the address or the form says it.
    private static func asked(_ request: Request) throws -> String? {
        request.method == .get ? request.query["of"] : try request.form()["of"]
    }

    private func person(_ request: Request, _ principal: Principal) async throws -> ActedFor {
        let text = try Self.asked(request)
        return try await installation.database.read(principal.scope) { try ActedFor(text, for: principal, in: $0) }
    }

    private func page(_ request: Request) async throws -> AwayPage {
        let principal = try request.signedIn()
        let (scope, text, now) = (principal.scope, try Self.asked(request), installation.world.now)
        let installation = installation
        return try await installation.database.read(scope) { tx in
            let person = try ActedFor(text, for: principal, in: tx)
            let user = person.id
            let zone = try Self.zone(of: user, installation, scope: scope, in: tx)
            let today = zone.local(at: now).date
            let choice = try TimeAwayStore.holidays(of: user, scope: scope, in: tx)
            var page = AwayPage(
                principal: principal, today: today, zone: zone, zones: installation.world.zones.names,
                away: try TimeAwayStore.ahead(of: user, from: today, scope: scope, in: tx),
                // What they wrote down in another workspace is theirs alone to read.
                elsewhere: person.isOwn ? try TimeAwayStore.elsewhere(of: user, from: today, scope: scope, in: tx) : [],
                colleagues: try TimeAwayStore.colleagues(of: user, scope: scope, in: tx), person: person)
            page.form = Filled(values: ["kind": TimeAway.Kind.outOfOffice.rawValue, "timezone": zone.name])
            page.people = try ActedFor.choices(principal, in: tx)
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

    /// The person's bookings on days that were just closed. Nothing is cancelled by itself.
    private func meetings(
        during away: TimeAway, zone: Zone, _ principal: Principal, _ person: ActedFor
    ) async throws -> [BookingRowModel] {
        guard away.kind == .outOfOffice else { return [] }
        let scope = principal.scope
        var filter = BookingFilter()
        filter.host = person.id
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
