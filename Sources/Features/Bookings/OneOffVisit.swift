/// The page of a one-off: its times, the form that picks one, and the same for apps of strangers.
import Database
import Scheduling
import Web

package struct OneOffVisit: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/one-off/:token", .token, show),
            Route(.post, "/one-off/:token/bookings", .token, book),
            Route(.get, "/api/v1/public/one-offs/:token", .token, read),
            Route(.post, "/api/v1/public/one-offs/:token/bookings", .token, bookByAPI),
        ]
    }

    private var zones: Zones { installation.world.zones }
    private var now: Instant { installation.world.now }

    /// A form's key stands for the one booking it leads to.
    private static let formRequest = "one-off form"

    struct Found: Sendable {
        let one: OneOff
        let link: Link
        let scope: Scope
        let workspaceName: WorkspaceName
        /// Of its times, those that can be picked.
        let free: Set<OneOff.Time>
        /// The one that was picked, as long as the meeting stands there.
        var taken: OneOff.Time?
    }

    /// - Throws: `OneOffRefusal.unknown`.
    private func find(_ request: Request) async throws -> Found {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).oneOff(token: token) else {
            throw OneOffRefusal.unknown
        }
        let (scope, now) = (Scope(workspace: found.workspace, actor: .visitor), now)
        return try await installation.database.read(scope) { tx in
            guard let one = try OneOffStore.find(found.one, scope: scope, in: tx), !one.isSheet,
                let link = try LinkStore.find(one.link, scope: scope, in: tx)
            else { throw OneOffRefusal.unknown }
            let free = try OneOffTimes(one.times, of: one.author, without: [one.id.text], now: now, in: tx)
            return Found(
                one: one, link: link, scope: scope, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                free: Set(one.times.filter(free.isFree)),
                taken: try one.booking.flatMap { try BookingStore.find($0, scope: scope, in: tx) }.flatMap { meeting in
                    guard meeting.state.status != .cancelled else { return nil }
                    return one.times.first { $0.start == meeting.state.starts && $0.ends == meeting.state.ends }
                })
        }
    }

    // MARK: The page

    private func show(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        let page = page(found, request, request.query, form: FormToken(world: installation.world))
        return .page(page.html, status: page.status)
    }

    private func page(_ found: Found, _ request: Request, _ data: FormData, form: FormToken) -> OneOffPage {
        let ask = PickerAsk(data, zones: zones, now: now)
        return OneOffPage(
            found: found, token: (try? request.parameter("token")) ?? "", ask: ask,
            zone: ask.zone ?? zones.zone(found.one.zone) ?? .utc, zones: ask.choosesZone ? zones.names : [],
            form: form.text(keyring: installation.keyring), now: now)
    }

    private func book(_ request: Request) async throws -> Answer {
        let (found, data) = (try await find(request), try request.form())
        guard let form = FormToken(data["form"], keyring: installation.keyring) else {
            return .redirect(Path("/one-off/\(try request.parameter("token"))"))
        }
        var page = page(found, request, data, form: form)
        let key = RequestKey(text: form.key, request: Self.formRequest)
        if let booked = try await booked(key, found) { return .redirect(booked) }
        if page.over != nil { return .page(page.html, status: page.status) }
        var fields = Fields(form: data)
        let time = fields.parsed("time", label: plain("Time"), { OneOff.Time($0) }, plain("Pick one of the times."))
        let read = BookingReading.read(
            &fields, link: found.link, zone: page.zone, zones: zones, language: Language.current)
        page.filled = fields.filled
        guard let time, fields.errors.isEmpty else { return .page(page.html, status: 422) }
        var wish = BookingRequest(start: time.start, attendee: read.attendee)
        (wish.guests, wish.location, wish.key) = (read.guests, read.location, key)
        (wish.oneOff, wish.source) = (OneOffPick(id: found.one.id, time: time), .oneOff)
        wish.duration = time.minutes
        let isProgram = !(data[Decoy.field] ?? "").isEmpty
        let isBlocked = try await Doorkeeper(installation, request).isBlocked(wish, scope: found.scope)
        if isProgram || isBlocked {
            return .page(DecoyPage(
                link: found.link, workspaceName: found.workspaceName, start: time.start, email: wish.attendee.email,
                zone: page.zone, clock: page.clock).html)
        }
        do {
            return .redirect(BookingRoutes.booked(try await take(wish, found, request), clock: page.clock))
        } catch OneOffRefusal.gone {
            page = self.page(try await find(request), request, data, form: form)
            page.filled = fields.filled
            page.alert = BookingRoutes.alert(OneOffRefusal.gone.message)
            return .page(page.html, status: OneOffRefusal.gone.status)
        } catch is OneOffRefusal {
            page = self.page(try await find(request), request, data, form: form)
            return .page(page.html, status: page.status)
        } catch let refusal as DoorRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
        }
    }

    private func booked(_ key: RequestKey, _ found: Found) async throws -> Path? {
        let replies = ReplyStore(scope: found.link.id.text, route: "bookings", keyring: installation.keyring)
        return try await installation.database.read(found.scope) { tx in
            try replies.stored(key, in: tx).map { BookingRoutes.booked($0) }
        }
    }

    private func take(_ wish: BookingRequest, _ found: Found, _ request: Request) async throws -> Reply {
        let keeper = Doorkeeper(installation, request)
        if let decoy = try await keeper.admit(wish, code: nil, to: found.link, scope: found.scope) { return decoy }
        return try await keeper.book(wish, on: found.link, scope: found.scope)
    }

    // MARK: For apps

    private func read(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        try found.one.checkOpen(now: now)
        let (one, link, zone) = (found.one, found.link, zones.zone(found.one.zone))
        return .json([
            "title": .string(link.rules.title), "place": .string(link.rules.firstLocation.openWords),
            "hosts": .array(link.hosts.map { ["name": .string($0.name)] }), "timezone": .string(one.zone),
            "expiresAt": .string(one.expires.rfc3339()),
            "times": .array(one.times.map { time in
                [
                    "start": .string(time.start.rfc3339(in: zone)), "end": .string(time.ends.rfc3339(in: zone)),
                    "durationMinutes": .int(Int64(time.minutes)), "free": .bool(found.free.contains(time)),
                ]
            }),
        ])
    }

    private func bookByAPI(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let minutes = fields.optionalInteger("duration", OneOff.lengths)
        let time = found.one.times.first { $0.start == start && (minutes ?? $0.minutes) == $0.minutes }
        if time == nil, fields.errors.isEmpty {
            fields.fail("start", "invalid", plain("This is none of the times. Pick one of the list."))
        }
        let read = BookingReading.read(
            &fields, link: found.link, zone: nil, zones: zones, language: request.language)
        if read.bookedBy != nil {
            fields.fail("bookedBy.email", "invalid", plain("Whoever picks a time books for themselves."))
        }
        var wish = BookingRequest(start: start, attendee: read.attendee)
        (wish.guests, wish.location) = (read.guests, read.location)
        wish.utm = BookingReading.utm(&fields)
        try fields.finish()
        wish.key = try request.idempotencyKey()
        wish.source = .oneOff
        wish.oneOff = time.map { OneOffPick(id: found.one.id, time: $0) }
        wish.duration = time?.minutes
        return try await take(wish, found, request).answer
    }
}

/// `/one-off/<token>`: its times and the form in one, or that it is over.
package struct OneOffPage: Page {
    let found: OneOffVisit.Found
    let token: String
    let ask: PickerAsk
    let zone: Zone
    /// To choose from; none while nobody chooses.
    let zones: [String]
    let form: String
    let now: Instant
    var filled = Filled.empty
    var alert: HTML = .empty

    /// Why nothing can be picked; nil where something can.
    var over: OneOffRefusal? {
        do throws(OneOffRefusal) {
            try found.one.checkOpen(now: now)
            return nil
        } catch {
            return error
        }
    }

    var status: Int { over?.status ?? 200 }

    var clock: HourClock { ask.clock }

    private var zoneChoice: HTML {
        ZoneChoice(
            address: PickerAddress(base: "/one-off/\(token)", zone: zone.name, clock: clock), ask: ask, zone: zone,
            zones: zones, now: now
        ).html
    }

    package var html: HTML {
        let link = found.link
        let host: HTML = "<bdi>\(link.hostWords)</bdi>"
        let until = TimeWords.dayAndTime(found.one.expires, in: zone, clock)
        let answer = over.map { "\($0.message)" as HTML }
            ?? say("\(host) offers you these times. Pick one by \(until); \(TimeWords.city(zone)) time.")
        return Layout.publicPage(
            title: link.rules.title, workspaceName: found.workspaceName, shape: .column,
            zone: ask.zone != nil || (over != nil && found.taken == nil) ? nil : zone.name,
            head: "<meta name=\"robots\" content=\"noindex\">\n",
            foot: [(plain("Find your booking"), "/book/find")], """
            <header class="stack near"><h1 class="display"><bdi>\(link.rules.title)</bdi></h1>\
            <p class="second lead">\(answer)</p></header>\(alert)\
            \(over == nil ? zoneChoice + body : taken)\
            <p class="second">\(over == nil
                ? say("Questions, or none of these suits? Ask \(host).") : say("Questions? Ask \(host)."))</p>
            """)
    }

    /// Which of them it was, and not whose.
    private var taken: HTML {
        guard over == .taken, let time = found.taken else { return .empty }
        let day = zone.local(at: time.start).date.dayWords
        let range = TimeWords.range(time.start, time.ends, in: zone, clock)
        return Components.facts([(.calendar, "\(day), <time>\(range)</time>")]) + zoneChoice
    }

    private var body: HTML {
        guard !found.free.isEmpty else {
            return "\(times)\(Components.banner(.warns, say("None of these times is free any more.")))"
        }
        let location = found.link.rules.firstLocation
        let place = location.text.isEmpty
            ? HTML.empty : Components.facts([(location.kind == .video ? .video : .pin, "\(location.openWords)")])
        return """
            \(place)\(Components.form(action: Path("/one-off/\(token)/bookings"), """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\(Decoy.html)\
                \(Components.hidden("timezone", zone.name))\(Components.hidden("clock", clock.rawValue))\
                \(times)\
                \(Components.field("attendee.name", plain("Name"), in: filled, autocomplete: "name"))\
                \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email,
                                   autocomplete: "email"))\
                <p>\(Components.button(plain("Book this time"), .primary))</p>
                """))
            """
    }

    private var times: HTML {
        let mistake: HTML = filled.error("time").map { message in
            "<p class=\"field-error\" id=\"f-time-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        return """
            <fieldset class="field" id="f-time" tabindex="-1"\
            \(if: filled.error("time") != nil, then: " aria-describedby=\"f-time-error\"")>\
            <legend>\(say("Times"))</legend>\
            \(each: found.one.times, choice)\(mistake)</fieldset>
            """
    }

    private func choice(_ time: OneOff.Time) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let range = TimeWords.range(time.start, time.ends, in: zone, clock)
        let words: HTML = "\(day), <time>\(range)</time>"
        guard found.free.contains(time) else {
            return "<p class=\"choice third\"><s>\(words)</s> \(say("no longer free"))</p>"
        }
        return """
            <label class="choice"><input type="radio" name="time" value="\(time.text)"\
            \(if: filled["time"] == time.text, then: " checked")> \
            <span>\(words)<br><span class="third">\(DateWords.duration(minutes: time.minutes))</span></span></label>
            """
    }

    package static var example: OneOffPage {
        let one = OneOff.example
        return OneOffPage(
            found: OneOffVisit.Found(
                one: one, link: .example, scope: Scope(workspace: Principal.example.workspace, actor: .visitor),
                workspaceName: "Nordhavn Instruments", free: Set(one.times.prefix(1))),
            token: "example", ask: PickerAsk(zone: .utc), zone: .utc, zones: [], form: "example", now: one.createdAt)
    }
}
