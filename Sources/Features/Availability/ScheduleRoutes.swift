/// The pages on which hosts say when they can be booked.
import Database
import Scheduling
import Web

package struct ScheduleRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/schedules", .signedIn(.manageSchedules), list),
            Route(.get, "/calendar/schedules/new", .signedIn(.manageSchedules), new),
            Route(.post, "/calendar/schedules", .signedIn(.manageSchedules), create),
            Route(.get, "/calendar/schedules/:id", .signedIn(.manageSchedules), edit),
            Route(.post, "/calendar/schedules/:id", .signedIn(.manageSchedules), save),
            Route(.post, "/calendar/schedules/:id/default", .signedIn(.manageSchedules), prefer),
            Route(.post, "/calendar/schedules/:id/deletion", .signedIn(.manageSchedules), delete),
        ]
    }

    // MARK: The list

    private func list(_ request: Request) async throws -> Answer {
        .page(try await listPage(request).html)
    }

    private func listPage(_ request: Request) async throws -> SchedulesPage {
        let principal = try request.signedIn()
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            let own = try ScheduleStore.all(of: principal.user, scope: scope, in: tx)
            let others = try ScheduleStore.list(
                of: principal.acts, without: principal.user, limit: 200, after: nil, scope: scope, in: tx)
            let links = try LinkStore.titlesBySchedule(scope: scope, in: tx)
            return SchedulesPage(principal: principal, own: own, others: others, links: links)
        }
    }

    private func prefer(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await SaveSchedule(installation).prefer(try id(request), by: principal)
        return .redirect("/calendar/schedules")
    }

    private func delete(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        do {
            try await SaveSchedule(installation, from: Origin(request)).delete(
                try id(request), by: principal)
            return .redirect("/calendar/schedules")
        } catch let refusal as ScheduleRefusal {
            var page = try await listPage(request)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    // MARK: The editor

    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let (zone, person, people) = try await installation.database.read(scope) { tx in
            let person = try ActedFor(request.query["of"], for: principal, in: tx)
            return (
                try LinkStore.host(person.id, scope: scope, in: tx)?.zone, person,
                try ActedFor.choices(principal, in: tx)
            )
        }
        var page = ScheduleEditorPage(
            principal: principal, owned: nil, links: [], zones: zoneNames(with: zone),
            hours: WeeklyHours(Schedule.defaultWeekly), filled: Filled(values: ["timezone": zone ?? "UTC"]))
        (page.person, page.people) = (person, people)
        return .page(page.html)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        let person = try await installation.database.read(principal.scope) { tx in
            try ActedFor(data["of"], for: principal, in: tx)
        }
        let read = ScheduleFormReading(data, zones: installation.world.zones)
        var page = ScheduleEditorPage(
            principal: principal, owned: nil, links: [], zones: zoneNames(with: nil), hours: read.hours,
            filled: read.filled)
        page.person = person
        if read.step == .copy { return .page(page.copied.html) }
        guard let wish = read.wish else { return .page(page.html, status: 422) }
        if read.step == .look {
            page.changes = []
            return .page(page.html)
        }
        let made = try await SaveSchedule(installation, from: Origin(request)).create(
            wish, owner: person.id, scope: principal.scope(on: [person.id]))
        return .redirect(Path("/calendar/schedules/\(made.schedule.id)").adding(query: [("saved", "new")]))
    }

    private func edit(_ request: Request) async throws -> Answer {
        var page = try await editor(request)
        if request.query["saved"] != nil { page.notice = Components.banner(.notes, say("Saved."), isMet: true) }
        return .page(page.html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await editor(request)
        let data = try request.form()
        let read = ScheduleFormReading(data, zones: installation.world.zones)
        (page.hours, page.filled) = (read.hours, read.filled)
        if read.step == .copy { return .page(page.copied.html) }
        guard let wish = read.wish, let owned = page.owned else { return .page(page.html, status: 422) }
        // Dates that are over are not on the page, and stay as they are.
        let (first, zones) = (page.firstDate, installation.world.zones)
        let change: @Sendable (Schedule) -> Schedule = { stored in
            let past = stored.overrides.filter { $0.key < first }
            var changed = wish.over(stored)
            changed.overrides.merge(past) { now, _ in now }
            return changed
        }
        if read.step == .look {
            page.changes = try await LookFirst(installation)(change(owned.schedule), scope: principal.scope)
            page.zone = wish.zone.flatMap(zones.zone) ?? page.zone
            return .page(page.html)
        }
        do {
            _ = try await SaveSchedule(installation, from: Origin(request)).update(
                owned.schedule.id, version: data["version"].flatMap(Int.init), by: principal, change)
            return .redirect(Path("/calendar/schedules/\(owned.schedule.id)").adding(query: [("saved", "yes")]))
        } catch let refusal as ScheduleRefusal {
            page.conflict = refusal.message
            return .page(page.html, status: refusal.status)
        }
    }

    /// The page of the stored schedule in the path.
    private func editor(_ request: Request) async throws -> ScheduleEditorPage {
        let principal = try request.signedIn()
        let (id, scope) = (try id(request), principal.scope)
        let (owned, links) = try await installation.database.read(scope) { tx in
            (
                try SaveSchedule.found(id, for: principal, in: tx),
                try LinkStore.following(id, scope: scope, in: tx).map(\.rules.title)
            )
        }
        let zone = installation.world.zones.zone(owned.schedule.zone) ?? .utc
        let first = zone.local(at: installation.world.now).date.adding(days: -1)
        var page = ScheduleEditorPage(
            principal: principal, owned: owned, links: links, zones: zoneNames(with: owned.schedule.zone),
            hours: WeeklyHours(owned.schedule.weekly),
            filled: ScheduleFormReading.filled(owned.schedule, from: first))
        (page.zone, page.firstDate, page.now) = (zone, first, installation.world.now)
        return page
    }

    private func id(_ request: Request) throws -> ID<Schedule> {
        guard let id = ID<Schedule>(try request.parameter("id")) else { throw Common.notFound }
        return id
    }

    /// Every zone of the picker, UTC, and the one in use even if it is an old name.
    private func zoneNames(with current: String?) -> [String] {
        let names = installation.world.zones.names
        let further = ["UTC", current].compactMap(\.self).filter { !names.contains($0) }
        return names + Set(further).sorted()
    }
}

/// What the editor's form says: a wish, or every mistake with all that was typed; and which button was pressed.
struct ScheduleFormReading: Sendable {
    enum Step: String { case save, look, copy }

    let step: Step
    let wish: ScheduleWish?
    let filled: Filled
    let hours: WeeklyHours

    init(_ data: FormData, zones: Zones) {
        step = data["then"].flatMap(Step.init) ?? .save
        var fields = Fields(form: data)
        var wish = ScheduleReading.read(&fields, isNew: true, zones: zones)
        wish.overrides = ScheduleReading.overrides(form: &fields)
        var weekly = WeeklyHours(form: data)
        wish.weekly = weekly.weekly()
        for error in weekly.errors { fields.fail(error.field, error.code, error.message) }
        filled = fields.filled
        hours = weekly
        self.wish = fields.errors.isEmpty ? wish : nil
    }

    /// A stored schedule as the fields of the form, without the dates before `first`.
    static func filled(_ schedule: Schedule, from first: LocalDate) -> Filled {
        var values = ["name": schedule.name, "timezone": schedule.zone, "version": String(schedule.version)]
        let ahead = schedule.overrides.filter { $0.key >= first }.sorted { $0.key < $1.key }
        for (index, (date, windows)) in ahead.enumerated() {
            values["overrides.\(index).date"] = date.description
            values["overrides.\(index).times"] = DayTimes.write(windows)
        }
        return Filled(values: values)
    }
}
