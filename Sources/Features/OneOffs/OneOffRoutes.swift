/// The addresses at which a host picks the times of a one-off, looks at it, and takes it back.
import Database
import Scheduling
import Web

package struct OneOffRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/one-off", .signedIn(.manageLinks), list),
            Route(.get, "/calendar/one-off/new", .signedIn(.manageLinks), new),
            Route(.post, "/calendar/one-off", .signedIn(.manageLinks), create),
            Route(.get, "/calendar/one-off/:id", .signedIn(.manageLinks), show),
            Route(.post, "/calendar/one-off/:id/withdrawal", .signedIn(.manageLinks), withdraw),
        ]
    }

    private var now: Instant { installation.world.now }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, now)
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let all = try OneOffStore.page(of: principal.acts, most: OneOffListPage.most, scope: scope, in: tx)
            let links = try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx)
            return OneOffListPage(
                principal: principal, all: all, titles: links.mapValues(\.rules.title), zone: viewer.zone,
                clock: viewer.clock, now: now)
        }
        return .page(page.html)
    }

    /// Nothing is stored: what was picked is in the address. A day, a time and a length in it are one more.
    private func new(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await page(principal, request.query)
        guard request.query["at"] != nil else { return .page(page.html) }
        var fields = Fields(form: request.query)
        let picked = OneOffReading.picked(&fields, zone: page.zone, now: now, among: page.times)
        guard let picked, fields.errors.isEmpty else {
            page.picking = fields.filled
            return .page(page.html, status: 422)
        }
        return .redirect(page.path(page.times + [picked]))
    }

    private func page(_ principal: Principal, _ data: FormData) async throws -> OneOffFormPage {
        let scope = principal.scope
        let (viewer, person, persons, host, usual) = try await installation.database.read(scope) { tx in
            let person = try ActedFor(data["of"], for: principal, in: tx)
            return (
                try Viewer(principal, installation, in: tx), person, try ActedFor.choices(principal, in: tx),
                try LinkHostStore.people([person.id], scope: scope, in: tx)[person.id],
                try ScheduleStore.usual(of: [person.id], scope: scope, in: tx)[person.id]
            )
        }
        let day = data["day"].flatMap(LocalDate.init) ?? viewer.zone.local(at: now).date
        var page = OneOffFormPage(
            principal: principal, person: person, persons: persons, times: OneOffReading.times(data), day: day,
            zone: viewer.zone, clock: viewer.clock,
            form: FormToken(world: installation.world).text(keyring: installation.keyring))
        // Whoever has no hours yet has no day to be shown; times by hand can be picked all the same.
        if let host, let usual {
            let rules = OneOff.rules(title: "", slug: "one-off", place: "", minutes: 30)
            let link = Link(
                id: installation.world.id(), rules: rules, schedule: usual.id, hosts: [host], questions: [],
                version: 0, createdAt: now)
            page.strip = try await ExplainDay(installation)(
                link, on: day, minutes: 30, reads: principal.reads, scope: scope).whole
        }
        return page
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        var page = try await page(principal, data)
        var fields = Fields(form: data)
        let wish = OneOffReading.read(&fields, times: page.times, zone: page.zone.name, now: now)
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "one-off")
        }
        do {
            let reply = try await MakeOneOff(installation, from: Origin(request))(
                wish, of: page.person.id, key: key, scope: principal.scope(on: [page.person.id]))
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/calendar/one-off/\(id)"))
        } catch let refusal as OneOffRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    private func show(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (one, link) = try await Self.own(request, installation)
        let (scope, now) = (principal.scope, now)
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let token = try OneOffStore.token(of: one.id, keyring: installation.keyring, scope: scope, in: tx)
            let free = try OneOffTimes(one.times, of: one.author, without: [one.id.text], now: now, in: tx)
            return OneOffHostPage(
                principal: principal, one: one, link: link,
                url: token.map { installation.url(Path("/one-off/\($0)")) }, free: Set(one.times.filter(free.isFree)),
                zone: viewer.zone, clock: viewer.clock, now: now)
        }
        return .page(page.html)
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (one, _) = try await Self.own(request, installation)
        try await EndOneOff(installation, from: Origin(request)).withdraw(
            one.id, scope: principal.scope(on: [one.author]))
        return .redirect(Path("/calendar/one-off/\(one.id)"))
    }

    /// The one of the path, when this person may see its host's.
    static func own(_ request: Request, _ installation: Installation) async throws -> (OneOff, Link) {
        let principal = try request.signedIn()
        guard let id = ID<OneOff>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let (found, link) = try await installation.database.read(scope) { tx in
            let one = try OneOffStore.find(id, scope: scope, in: tx)
            return (one, try one.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) })
        }
        guard let one = found, !one.isSheet, let link, principal.acts(on: [one.author]) else {
            throw Common.notFound
        }
        return (one, link)
    }
}

/// Reads what a host picks: the same rules for the page and the API.
enum OneOffReading {
    /// What an address or a form says was picked; nothing of it is believed.
    static func times(_ data: FormData) -> [OneOff.Time] {
        let given = data.all("times").compactMap { OneOff.Time($0) }
        return Array(given.reduce(into: [OneOff.Time]()) { if !$0.contains($1) { $0.append($1) } }
            .prefix(OneOff.mostTimes))
    }

    /// One more, out of a day, a time of day and a length.
    static func picked(
        _ fields: inout Fields, zone: Zone, now: Instant, among times: [OneOff.Time]
    ) -> OneOff.Time? {
        let date = fields.date("day", label: plain("Day"))
        let minutes = fields.integer("minutes", OneOff.lengths, label: plain("Length in minutes"))
        let at = fields.parsed(
            "at", label: plain("Start"), ClockText.minutes, plain("Write a time such as 9:30 or 14:00."))
        guard let date, let at, at < 1_440 else {
            if let at, at >= 1_440 { fields.fail("at", "invalid", plain("Write a time such as 9:30 or 14:00.")) }
            return nil
        }
        let time = OneOff.Time(start: zone.instant(of: LocalTime(date: date, secondOfDay: at * 60)), minutes: minutes)
        check([time], "at", &fields, now: now)
        if times.count >= OneOff.mostTimes {
            fields.fail("at", "too_many", plain("At most \(OneOff.mostTimes) times. Take one off first."))
        }
        return time
    }

    private static func check(_ times: [OneOff.Time], _ name: String, _ fields: inout Fields, now: Instant) {
        if times.contains(where: { $0.start <= now || $0.start > now.adding(days: OneOff.mostAhead) }) {
            fields.fail(name, "out_of_range", plain("Pick times between now and a year from now."))
        }
    }

    static func read(
        _ fields: inout Fields, times: [OneOff.Time], zone: String, now: Instant
    ) -> OneOffWish {
        let name = fields.isForm ? "at" : "times"
        if times.isEmpty { fields.fail(name, "missing", plain("Pick at least one time first.")) }
        check(times, name, &fields, now: now)
        let title = fields.text("title", 1...120, label: plain("Title"))
        let place = fields.optionalText("place", atMost: OneOff.longestPlace, label: plain("Where")) ?? ""
        let reserves = fields.flag("reserves", label: plain("Keep these times from others"))
        var expires = now.adding(days: OneOff.mostDays)
        if fields.isForm {
            expires = now.adding(days: fields.integer("days", 1...OneOff.mostDays, label: plain("How long")))
        } else if let until = fields.instant("expiresAt", label: plain("Until")) {
            expires = until
            if !(now.adding(minutes: 1)...now.adding(days: OneOff.mostDays)).contains(until) {
                fields.fail(
                    "expiresAt", "out_of_range", plain("One is open for a minute to \(OneOff.mostDays) days."))
            }
        }
        // Nobody can pick what has begun.
        if let last = times.map(\.start).max(), last > now { expires = min(expires, last) }
        return OneOffWish(
            title: title, place: place, times: times, expires: expires, reserves: reserves, zone: zone)
    }
}

/// The same for keys of the workspace.
package struct OneOffAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/one-offs", .api(.linksRead), list),
            Route(.post, "/api/v1/one-offs", .api(.linksWrite), create),
            Route(.get, "/api/v1/one-offs/:id", .api(.linksRead), read),
            Route(.delete, "/api/v1/one-offs/:id", .api(.linksWrite), withdraw),
        ]
    }

    private func json(_ one: OneOff, _ link: Link) -> JSON {
        OneOffJSON(one, link: link, now: installation.world.now, zones: installation.world.zones).json()
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let (after, scope) = (try page.after(OneOff.self), principal.scope)
        let (all, links) = try await installation.database.read(scope) { tx in
            let all = try OneOffStore.page(of: principal.acts, after: after, most: page.limit + 1, scope: scope, in: tx)
            return (all, try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx))
        }
        let rows = all.compactMap { one in links[one.link].map { (one, $0) } }
        return page.answer(rows, each: { json($0.0, $0.1) }, cursor: \.0.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let now = installation.world.now
        var fields = Fields(json: try request.json())
        let times = fields.list("times", atMost: OneOff.mostTimes, label: plain("Times")) { time in
            let start = BookingReading.start(&time)
            return OneOff.Time(
                start: start,
                minutes: time.integer("durationMinutes", OneOff.lengths, label: plain("Length in minutes")))
        }
        let zone = BookingReading.timezone(&fields, otherwise: nil, zones: installation.world.zones)
        let wish = OneOffReading.read(&fields, times: times, zone: zone, now: now)
        let host = fields.optionalText("hostId", atMost: 40, label: plain("Host"))
        try fields.finish()
        let person = try await ActedFor.host(host, for: principal, in: installation.database)
        return try await MakeOneOff(installation, from: Origin(request))(
            wish, of: person.id, key: try request.idempotencyKey(), scope: principal.scope(on: [person.id])).answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let (one, link) = try await OneOffRoutes.own(request, installation)
        return .json(json(one, link))
    }

    private func withdraw(_ request: Request) async throws -> Answer {
        let (one, _) = try await OneOffRoutes.own(request, installation)
        try await EndOneOff(installation, from: Origin(request)).withdraw(
            one.id, scope: try request.signedIn().scope(on: [one.author]))
        return .empty()
    }
}
