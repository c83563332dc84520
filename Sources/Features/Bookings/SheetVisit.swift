/// The address of a sheet: its times with what is left of them, the form that takes some, the same for apps.
import Database
import Scheduling
import Web

package struct SheetVisit: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/sheet/:token", .token, show),
            Route(.post, "/sheet/:token/sign-ups", .token, limit: .crowd, signUp),
            Route(.get, "/api/v1/public/sheets/:token", .token, read),
            Route(.post, "/api/v1/public/sheets/:token/sign-ups", .token, limit: .crowd, signUpByAPI),
        ]
    }

    private var zones: Zones { installation.world.zones }
    private var now: Instant { installation.world.now }

    /// A form's key stands for the sign-ups it leads to.
    private static let formRequest = "sheet form"

    struct Found: Sendable {
        let one: OneOff
        let link: Link
        let scope: Scope
        let workspaceName: WorkspaceName
        let places: SheetPlaces
        /// First names of those who come, by the start of their time; none where the host keeps them back.
        let names: [Instant: [String]]

        func has(_ time: OneOff.Time) -> Bool { places.has(time) }

        /// How many places a time has left.
        func left(_ time: OneOff.Time) -> Int { places.left[time.start] ?? 0 }
    }

    /// - Throws: `SheetRefusal.unknown`.
    private func find(_ request: Request) async throws -> Found {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).oneOff(token: token) else {
            throw SheetRefusal.unknown
        }
        let (scope, now) = (Scope(workspace: found.workspace, actor: .visitor), now)
        return try await installation.database.read(scope) { tx in
            guard let one = try OneOffStore.find(found.one, scope: scope, in: tx), one.isSheet,
                let link = try LinkStore.find(one.link, scope: scope, in: tx)
            else { throw SheetRefusal.unknown }
            return Found(
                one: one, link: link, scope: scope, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                places: try SheetPlaces(one, now: now, scope: scope, in: tx),
                names: link.rules.seats.showsNames
                    ? try SheetStore.firstNames(on: link.id, scope: scope, in: tx) : [:])
        }
    }

    // MARK: The page

    private func show(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        let page = page(found, request, request.query, form: FormToken(world: installation.world))
        return .page(page.html, status: page.status)
    }

    private func page(_ found: Found, _ request: Request, _ data: FormData, form: FormToken) -> SheetPage {
        let ask = PickerAsk(data, zones: zones, now: now)
        return SheetPage(
            found: found, token: (try? request.parameter("token")) ?? "", ask: ask,
            zone: ask.zone ?? zones.zone(found.one.zone) ?? .utc, zones: ask.choosesZone ? zones.names : [],
            form: form.text(keyring: installation.keyring), now: now)
    }

    private func signUp(_ request: Request) async throws -> Answer {
        let (found, data) = (try await find(request), try request.form())
        guard let form = FormToken(data["form"], keyring: installation.keyring) else {
            return .redirect(Path("/sheet/\(try request.parameter("token"))"))
        }
        var page = page(found, request, data, form: form)
        var fields = Fields(form: data)
        let starts = fields.texts("times", 0...OneOff.mostOpen, length: 40).map { OneOff.Time($0)?.start }
        let times = Self.times(starts, of: found.one, "times", &fields)
        let read = BookingReading.read(
            &fields, link: found.link, zone: page.zone, zones: zones, language: Language.current)
        (page.filled, page.picked) = (fields.filled, Set(data.all("times")))
        let key = Self.key(form, read.attendee.email, times)
        if let before = try await stored(key, found) { return told(before, page) }
        if page.isOver { return .page(page.html, status: page.status) }
        guard let first = times.first, fields.errors.isEmpty else { return .page(page.html, status: 422) }
        var wish = wish(first, read.attendee, read.location)
        wish.key = key
        let isProgram = !(data[Decoy.field] ?? "").isEmpty
        let isBlocked = try await Doorkeeper(installation, request).isBlocked(wish, scope: found.scope)
        if isProgram || isBlocked {
            return .page(DecoyPage(
                link: found.link, workspaceName: found.workspaceName, start: first.start, email: wish.attendee.email,
                zone: page.zone, clock: page.clock).html)
        }
        do {
            return told(try await take(wish, times, found, request), page)
        } catch let refusal as SheetRefusal {
            let typed = (page.filled, page.picked)
            page = self.page(try await find(request), request, data, form: form)
            (page.filled, page.picked) = typed
            if case .full(let start) = refusal { page.gone = start }
            if case .closed = refusal { return .page(page.html, status: refusal.status) }
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        } catch let refusal as DoorRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
        }
    }

    /// One sign-up has a page of its own. Of several there is a list, which has no address: what is in the bar of the
    /// browser is passed on to others.
    private func told(_ reply: Reply, _ page: SheetPage) -> Answer {
        let signUps = (try? JSON(reading: reply.body))?["signUps"]?.array ?? []
        var page = page
        page.done = signUps.compactMap { one in
            guard let token = one["token"]?.string,
                let start = one["start"]?.string.flatMap(Instant.init(rfc3339:)),
                let time = page.found.one.time(at: start)
            else { return nil }
            return SheetPage.Done(time: time, token: token)
        }
        guard page.done.count == 1 else { return .page(page.html) }
        return .redirect(Path("/booking/\(page.done[0].token)").adding(query: page.clock.pairs))
    }

    /// A form's key stands for what was sent with it: another person or another time on the same form is another.
    private static func key(_ form: FormToken, _ email: String, _ times: [OneOff.Time]) -> RequestKey {
        let said = ([Account.folded(email)] + times.map(\.text)).joined(separator: "|")
        let hash = sha256(Array(said.utf8)).prefix(8).map { String($0, radix: 16) }.joined()
        return RequestKey(text: "\(form.key)-\(hash)", request: formRequest)
    }

    private func stored(_ key: RequestKey, _ found: Found) async throws -> Reply? {
        let replies = ReplyStore(scope: found.link.id.text, route: "bookings", keyring: installation.keyring)
        return try await installation.database.read(found.scope) { try replies.stored(key, in: $0) }
    }

    // MARK: Both

    private func wish(_ time: OneOff.Time, _ attendee: Attendee, _ location: Location) -> BookingRequest {
        var wish = BookingRequest(start: time.start, attendee: attendee)
        (wish.location, wish.source, wish.duration) = (location, .sheet, time.minutes)
        return wish
    }

    /// The times that somebody picked, each once, or what is wrong with them.
    private static func times(
        _ starts: [Instant?], of one: OneOff, _ name: String, _ fields: inout Fields
    ) -> [OneOff.Time] {
        let most = one.perAddress ?? 1
        let times = one.times.filter { starts.contains($0.start) }
        if starts.isEmpty {
            fields.fail(name, "missing", plain("Pick one of the times."))
        } else if starts.contains(where: { start in !times.contains { $0.start == start } }) {
            fields.fail(name, "invalid", plain("This is none of the times. Pick one of the list."))
        } else if times.count > most {
            fields.fail(name, "too_many", SheetRefusal.enough(most: most).message)
        }
        return times
    }

    private func take(
        _ wish: BookingRequest, _ times: [OneOff.Time], _ found: Found, _ request: Request
    ) async throws -> Reply {
        let keeper = Doorkeeper(installation, request)
        if try await keeper.admit(wish, code: nil, to: found.link, scope: found.scope) != nil {
            let booked = times.map { time in
                var link = found.link.seating(time)
                link.rules.duration = time.minutes
                return Decoy.reply(
                    self.wish(time, wish.attendee, found.link.rules.firstLocation), link, installation)
            }
            return Reply(status: 201, body: TakePlaces.json(booked).bytes)
        }
        let limits = (most: DoorLimits.votesOfClient, times: times.count)
        return try await keeper.book(wish, on: found.link, limits, scope: found.scope) {
            try await TakePlaces(installation)(wish, times: times, of: found.one, scope: found.scope)
        }
    }

    // MARK: For apps

    private func read(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        guard found.one.isOpen(now: now) else { throw SheetRefusal.closed }
        let (one, link, zone) = (found.one, found.link, zones.zone(found.one.zone))
        return .json([
            "title": .string(link.rules.title), "note": .string(link.rules.description),
            "place": .string(link.rules.firstLocation.openWords),
            "hosts": .array(link.hosts.map { ["name": .string($0.name)] }), "timezone": .string(one.zone),
            "closesAt": .string(one.expires.rfc3339()), "perAddress": .int(Int64(one.perAddress ?? 1)),
            "times": .array(one.times.map { time in
                JSON(present: SheetJSON.members(time, zone) + [
                    ("placesLeft", .int(Int64(found.left(time)))),
                    ("names", link.rules.seats.showsNames
                        ? .array((found.names[time.start] ?? []).map { .string($0) }) : nil),
                ])
            }),
        ])
    }

    private func signUpByAPI(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        var fields = Fields(json: try request.json())
        let starts = fields.texts("starts", 0...Sheet.mostTimes, length: 40, label: plain("Times"))
        let times = Self.times(starts.map { Instant(rfc3339: $0) }, of: found.one, "starts", &fields)
        let read = BookingReading.read(
            &fields, link: found.link, zone: nil, zones: zones, language: request.language)
        if read.bookedBy != nil {
            fields.fail("bookedBy.email", "invalid", plain("Whoever picks a time books for themselves."))
        }
        let utm = BookingReading.utm(&fields)
        try fields.finish()
        guard let first = times.first else { throw SheetRefusal.unknown }
        var wish = wish(first, read.attendee, read.location)
        (wish.utm, wish.key) = (utm, try request.idempotencyKey())
        return try await take(wish, times, found, request).answer
    }
}

/// One as the API tells it to its host.
package struct SheetJSON: Sendable {
    let one: OneOff
    let link: Link
    /// By start; of one that has just been made, all places are.
    let left: [Instant: Int]
    let now: Instant
    let zones: Zones

    package init(_ one: OneOff, link: Link, left: [Instant: Int], now: Instant, zones: Zones) {
        (self.one, self.link, self.left, self.now, self.zones) = (one, link, left, now, zones)
    }

    /// - Parameters:
    ///   - url: its address, told once by the call that makes it.
    ///   - signUps: who has signed up; nil where that is not told.
    ///   - tellsLeft: whether it was looked how many places are left.
    package func json(url: String? = nil, signUps: [Booking]? = nil, tellsLeft: Bool = true) -> JSON {
        let zone = zones.zone(one.zone)
        return JSON(present: [
            ("id", .string(one.id.text)), ("state", .string(state)), ("title", .string(link.rules.title)),
            ("note", .string(link.rules.description)), ("place", .string(link.rules.firstLocation.text)),
            ("timezone", .string(one.zone)), ("reserves", .bool(one.reserves)),
            ("perAddress", .int(Int64(one.perAddress ?? 1))), ("showsNames", .bool(link.rules.seats.showsNames)),
            ("closesAt", .string(one.expires.rfc3339())), ("hostId", .string(one.author.text)),
            ("createdAt", .string(one.createdAt.rfc3339())), ("closedAt", JSON(one.endedAt?.rfc3339())),
            ("times", .array(one.times.map { time in
                let places = left[time.start] ?? (left.isEmpty ? time.places : 0)
                return JSON(present: Self.members(time, zone) + [
                    ("placesLeft", tellsLeft ? .int(Int64(places)) : nil),
                ])
            })),
            ("signUps", signUps.map { bookings in
                .array(bookings.map { BookingJSON($0, link: link, zones: zones).json(token: nil) })
            }),
            ("url", url.map { .string($0) }),
        ])
    }

    private var state: String { one.isOpen(now: now) ? "open" : "closed" }

    static func members(_ time: OneOff.Time, _ zone: Zone?) -> [(String, JSON?)] {
        [
            ("start", .string(time.start.rfc3339(in: zone))), ("end", .string(time.ends.rfc3339(in: zone))),
            ("durationMinutes", .int(Int64(time.minutes))), ("label", .string(time.label)),
            ("places", .int(Int64(time.places))),
        ]
    }
}
