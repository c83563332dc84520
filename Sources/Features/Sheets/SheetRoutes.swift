/// The addresses at which a host makes sheets, sees who signed up, closes and deletes them.
import Database
import Scheduling
import Web

package struct SheetRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/sheets", .signedIn(.manageLinks), list),
            Route(.get, "/calendar/sheets/new", .signedIn(.manageLinks), new),
            Route(.post, "/calendar/sheets", .signedIn(.manageLinks), create),
            Route(.get, "/calendar/sheets/:id", .signedIn(.manageLinks), show),
            Route(.get, "/calendar/sheets/:id/sign-ups.csv", .signedIn(.manageLinks), file),
            Route(.post, "/calendar/sheets/:id/closing", .signedIn(.manageLinks), close),
            Route(.post, "/calendar/sheets/:id/reopening", .signedIn(.manageLinks), reopen),
            Route(.post, "/calendar/sheets/:id/deletion", .signedIn(.manageLinks), delete),
        ]
    }

    private var now: Instant { installation.world.now }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, now)
        let page = try await installation.database.read(scope) { tx in
            let all = try OneOffStore.page(
                of: principal.acts, sheets: true, most: SheetListPage.most, scope: scope, in: tx)
            let links = try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx)
            return SheetListPage(
                principal: principal, all: all, titles: links.mapValues(\.rules.title),
                signUps: try SheetStore.counts(of: all.map(\.link), scope: scope, in: tx), now: now)
        }
        return .page(page.html)
    }

    // MARK: Making one

    private func new(_ request: Request) async throws -> Answer {
        .page(try await page(try request.signedIn(), request.query, times: []).html)
    }

    private func page(
        _ principal: Principal, _ data: FormData, times: [OneOff.Time]
    ) async throws -> SheetFormPage {
        let (scope, now) = (principal.scope, now)
        let form = FormToken(data["form"], keyring: installation.keyring) ?? FormToken(world: installation.world)
        let text = form.text(keyring: installation.keyring)
        return try await installation.database.read(scope) { tx in
            let person = try ActedFor(data["of"], for: principal, in: tx)
            let viewer = try Viewer(principal, installation, in: tx)
            return SheetFormPage(
                principal: principal, person: person, persons: try ActedFor.choices(principal, in: tx), times: times,
                troubles: try SheetTroubles(times, of: person.id, now: now, in: tx), zone: viewer.zone,
                clock: viewer.clock, today: viewer.zone.local(at: now).date, form: text)
        }
    }

    /// One form for all: a press adds times, takes one off, or makes it; only the last changes anything.
    private func create(_ request: Request) async throws -> Answer {
        let (principal, data) = (try request.signedIn(), try request.form())
        var times = SheetReading.times(data)
        var fields = Fields(form: data)
        if let off = data["off"] {
            times.removeAll { $0.sheetText == off }
            return .page(try await filled(principal, data, times, fields).html)
        }
        let zone = try await page(principal, data, times: times).zone
        guard data["deed"] == "make" else {
            guard data["from"]?.isEmpty == false else {
                return .page(try await filled(principal, data, times, fields).html)
            }
            let run = SheetReading.added(&fields, zone: zone, now: now, among: times)
            guard fields.errors.isEmpty else {
                return .page(try await filled(principal, data, times, fields).html, status: 422)
            }
            var page = try await filled(
                principal, data, (times + run).sorted { $0.start < $1.start }, fields)
            for name in ["from", "until", "label"] { page.filled.values[name] = "" }
            return .page(page.html)
        }
        let wish = SheetReading.read(&fields, times: times, zone: zone, now: now)
        var page = try await filled(principal, data, times, fields)
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "sheet")
        }
        do {
            let reply = try await MakeOneOff(installation, from: Origin(request))(
                wish, of: page.person.id, key: key, scope: principal.scope(on: [page.person.id]))
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/calendar/sheets/\(id)"))
        } catch let refusal as OneOffRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        } catch let refusal as SheetHostRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    private func filled(
        _ principal: Principal, _ data: FormData, _ times: [OneOff.Time], _ fields: Fields
    ) async throws -> SheetFormPage {
        var page = try await page(principal, data, times: times)
        page.filled = fields.filled
        return page
    }

    // MARK: One of them

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(of: request).html)
    }

    private func page(of request: Request) async throws -> SheetHostPage {
        let principal = try request.signedIn()
        let found = try await OwnSheet.find(request, installation)
        let (scope, now) = (principal.scope, now)
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let token = try OneOffStore.token(
                of: found.one.id, keyring: installation.keyring, scope: scope, in: tx)
            return SheetHostPage(
                principal: principal, found: found, url: token.map { installation.url(found.one.publicPath($0)) },
                zone: viewer.zone, clock: viewer.clock, now: now)
        }
    }

    /// One line for each sign-up.
    private func file(_ request: Request) async throws -> Answer {
        let found = try await OwnSheet.find(request, installation)
        let zone = installation.world.zones.zone(found.one.zone) ?? .utc
        // At most as many as a sheet has places.
        var bytes = BookingCSV.mark + BookingCSV.line([
            plain("Start"), plain("End"), plain("Time zone"), plain("What for"), plain("Attendee"), plain("E-mail"),
            plain("State"), plain("Booked at"),
        ])
        for one in found.people {
            bytes += BookingCSV.line([
                one.starts.rfc3339(in: zone), one.ends.rfc3339(in: zone), zone.name,
                found.one.time(at: one.starts)?.label ?? "", one.name, one.email, one.status.rawValue,
                one.at.rfc3339(in: zone),
            ])
        }
        return .file(bytes, type: "text/csv; charset=utf-8", name: "sign-ups.csv")
    }

    private func close(_ request: Request) async throws -> Answer {
        try await deed(request) { one, scope in
            try await ChangeSheet(installation, from: Origin(request)).close(one.id, scope: scope)
            return one.path
        }
    }

    private func reopen(_ request: Request) async throws -> Answer {
        try await deed(request) { one, scope in
            try await ChangeSheet(installation, from: Origin(request)).reopen(one.id, scope: scope)
            return one.path
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        try await deed(request) { one, scope in
            try await ChangeSheet(installation, from: Origin(request)).delete(one.id, scope: scope)
            return "/calendar/sheets"
        }
    }

    private func deed(
        _ request: Request, _ deed: (OneOff, Scope) async throws -> Path
    ) async throws -> Answer {
        let one = try await OwnSheet.one(request, installation)
        do {
            return .redirect(try await deed(one, try request.signedIn().scope(on: [one.author])))
        } catch let refusal as SheetHostRefusal {
            var page = try await page(of: request)
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }
}

/// The sheet of a path with all that its host sees of it.
struct OwnSheet: Sendable {
    let one: OneOff
    let link: Link
    /// How many places each time has left, by its start.
    let left: [Instant: Int]
    let people: [SheetSignUp]

    /// - Throws: `Common.notFound` unless this person may see its host's.
    static func one(_ request: Request, _ installation: Installation) async throws -> OneOff {
        let principal = try request.signedIn()
        guard let id = ID<OneOff>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let found = try await installation.database.read(scope) { try OneOffStore.find(id, scope: scope, in: $0) }
        guard let one = found, one.isSheet, principal.acts(on: [one.author]) else { throw Common.notFound }
        return one
    }

    /// - Throws: `Common.notFound` unless this person may see its host's.
    static func find(_ request: Request, _ installation: Installation) async throws -> OwnSheet {
        let one = try await one(request, installation)
        let (scope, now) = (try request.signedIn().scope, installation.world.now)
        return try await installation.database.read(scope) { tx in
            guard let link = try LinkStore.find(one.link, scope: scope, in: tx) else { throw Common.notFound }
            return OwnSheet(
                one: one, link: link, left: try SheetPlaces(one, now: now, scope: scope, in: tx).left,
                people: try SheetStore.people(on: link.id, scope: scope, in: tx))
        }
    }
}

/// What stands in the way of times that a host is about to offer.
struct SheetTroubles: Sendable {
    /// Own bookings, holds and sessions, or the clock: it cannot be made.
    private(set) var taken: Set<Instant> = []
    /// Another calendar says busy: the host knows better.
    private(set) var busy: Set<Instant> = []

    init(_ times: [OneOff.Time], of host: ID<User>, now: Instant, in tx: Transaction) throws {
        guard let first = times.map(\.start).min(), let last = times.map(\.ends).max() else { return }
        let free = try OneOffTimes(times, of: host, without: [], now: now, in: tx)
        let others = try tx.ledger(of: [host.text], from: first, to: last, now: now).filter { $0.claim == nil }
        for time in times {
            if !free.isFree(time) { taken.insert(time.start) }
            if others.contains(where: { $0.starts < time.ends && time.start < $0.ends }) { busy.insert(time.start) }
        }
    }

    init(taken: Set<Instant> = [], busy: Set<Instant> = []) { (self.taken, self.busy) = (taken, busy) }
}

/// The same for keys of the workspace.
package struct SheetAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/sheets", .api(.linksRead), list),
            Route(.post, "/api/v1/sheets", .api(.linksWrite), create),
            Route(.get, "/api/v1/sheets/:id", .api(.linksRead), read),
            Route(.delete, "/api/v1/sheets/:id", .api(.linksWrite), delete),
        ]
    }

    private var zones: Zones { installation.world.zones }

    /// Without who signed up and what is left: a list may be long.
    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let (after, scope, now, zones) = (try page.after(OneOff.self), principal.scope, installation.world.now, zones)
        let (all, links) = try await installation.database.read(scope) { tx in
            let all = try OneOffStore.page(
                of: principal.acts, sheets: true, after: after, most: page.limit + 1, scope: scope, in: tx)
            return (all, try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx))
        }
        let rows = all.compactMap { one in links[one.link].map { (one, $0) } }
        return page.answer(rows, each: { one, link in
            SheetJSON(one, link: link, left: [:], now: now, zones: zones).json(tellsLeft: false)
        }, cursor: \.0.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(json: try request.json())
        let times = SheetReading.times(of: &fields)
        let zone = zones.zone(BookingReading.timezone(&fields, otherwise: nil, zones: zones)) ?? .utc
        let wish = SheetReading.read(&fields, times: times, zone: zone, now: installation.world.now)
        let host = fields.optionalText("hostId", atMost: 40, label: plain("Host"))
        try fields.finish()
        let person = try await ActedFor.host(host, for: principal, in: installation.database)
        return try await MakeOneOff(installation, from: Origin(request))(
            wish, of: person.id, key: try request.idempotencyKey(), scope: principal.scope(on: [person.id])).answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let (found, principal) = (try await OwnSheet.find(request, installation), try request.signedIn())
        let scope = principal.scope
        let signUps = !principal.may(.bookingsRead) ? nil : try await installation.database.read(scope) { tx in
            try BookingStore.all(found.people.map(\.id), scope: scope, in: tx)
        }
        return .json(SheetJSON(
            found.one, link: found.link, left: found.left, now: installation.world.now, zones: zones
        ).json(signUps: signUps))
    }

    private func delete(_ request: Request) async throws -> Answer {
        let one = try await OwnSheet.one(request, installation)
        try await ChangeSheet(installation, from: Origin(request)).delete(
            one.id, scope: try request.signedIn().scope(on: [one.author]))
        return .empty()
    }
}
