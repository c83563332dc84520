/// “I’m out today”: one form for all meetings of a day, and a page that says what became of each.
import Database
import Scheduling
import Web

package struct OutTodayRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/out-today", .signedIn(.manageBookings), show),
            Route(.post, "/calendar/out-today", .signedIn(.manageBookings), act),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(request, request.query).html)
    }

    private func page(_ request: Request, _ data: FormData, filled: Filled? = nil) async throws -> OutTodayPage {
        let principal = try request.signedIn()
        let (viewer, person) = try await installation.database.read(principal.scope) { tx in
            let person = try ActedFor(data["of"], for: principal, in: tx)
            // Their day is what is out.
            return (try Viewer(of: person.id, principal, installation, in: tx), person)
        }
        let today = viewer.zone.local(at: installation.world.now).date
        let asked = data["day"].flatMap(LocalDate.init) ?? today
        let day = max(today, min(asked, today.adding(days: TimeAwayReading.furthest)))
        let meetings = try await OutToday(installation).meetings(
            of: person.id, on: day, zone: viewer.zone, scope: principal.scope)
        var usual = Filled(values: ["closes": "on"])
        for meeting in meetings { usual.values["deed.\(meeting.booking.id)"] = meeting.deeds[0].rawValue }
        return OutTodayPage(
            principal: principal, person: person, day: day, today: today, meetings: meetings, zone: viewer.zone,
            clock: viewer.clock, form: FormToken(world: installation.world).text(keyring: installation.keyring),
            filled: filled ?? usual)
    }

    private func act(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        var fields = Fields(form: data)
        let named = data.all("booking").compactMap(ID<Booking>.init)
        var deeds: [ID<Booking>: (deed: OutDeed, message: String)] = [:]
        for id in named.prefix(OutToday.most) {
            let deed = fields.choice("deed.\(id)", otherwise: OutDeed.keep, label: plain("What to do"))
            let message = fields.text(
                "message.\(id)", 0...BookingLimits.reason, label: plain("Message"), lines: true)
            deeds[id] = (deed, message)
        }
        guard fields.errors.isEmpty else {
            return .page(try await page(request, data, filled: fields.filled).html, status: 422)
        }
        let page = try await page(request, data)
        // Sent twice: what is not on the day any more was dealt with by the first press.
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "out today")
        }
        let wish = OutToday.Wish(day: page.day, closes: data["closes"] != nil, deeds: deeds)
        let outcomes = try await OutToday(installation, from: Origin(request))(
            wish, meetings: page.meetings, of: page.person.id, key: key, scope: principal.scope(on: [page.person.id]))
        let gone = Set(deeds.keys).subtracting(page.meetings.map(\.booking.id)).count
        return .page(OutTodayDonePage(
            principal: principal, person: page.person, day: page.day, outcomes: outcomes, isClosed: wish.closes,
            gone: gone, zone: page.zone, clock: page.clock).html)
    }
}

/// `/calendar/out-today`.
package struct OutTodayPage: Page {
    let principal: Principal
    /// Who is out.
    let person: ActedFor
    let day: LocalDate
    let today: LocalDate
    let meetings: [OutToday.Meeting]
    let zone: Zone
    let clock: HourClock
    let form: String
    var filled = Filled.empty

    package var html: HTML {
        let own = day == today ? plain("I’m out today") : plain("I’m out on \(day.dayWords)")
        let title = person.isOwn ? own : plain("\(person.name): out on \(day.dayWords)")
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([
                (plain("Schedules"), "/calendar/schedules"),
                (plain("Time away"), Path("/calendar/schedules/away").adding(query: person.query)),
            ], title))\(Components.pageHead(title, answer))\(otherDay)\
            \(Components.form(action: "/calendar/out-today", csrf: principal, kept: true, """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\(person.field)\
                \(Components.hidden("day", day.description))\
                \(Components.checkbox("closes", closing, in: filled))\
                \(each: meetings, row)\
                <p class="line">\(Components.button(button, .primary))\
                \(Components.link(plain("Back"), to: "/calendar/bookings", .quiet))</p>
                """))
            """)
    }

    private var closing: String {
        person.isOwn ? plain("Nobody can book me on \(day.dayWords)")
            : plain("Nobody can book \(person.name) on \(day.dayWords)")
    }

    private var button: String { meetings.isEmpty ? plain("Close the day") : plain("Do all of this") }

    private var answer: HTML {
        guard !meetings.isEmpty else { return say("Nothing is booked from now on. You can still close the day.") }
        return say("""
            \(meetings.count)|one:One meeting is still to come. Say what becomes of it.|\
            other:%1 meetings are still to come. Say what becomes of each.
            """)
    }

    private var otherDay: HTML {
        """
        <form class="line" action="/calendar/out-today">\(person.field)\(Components.field(
            "day", plain("Another day"), in: Filled(values: ["day": day.description]), typing: .date))\
        \(Components.button(plain("Show")))</form>
        """
    }

    private func row(_ meeting: OutToday.Meeting) -> HTML {
        let (booking, id) = (meeting.booking, meeting.booking.id)
        let time = TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock)
        let name = booking.attendee.name
        let options = meeting.deeds.map { ($0.rawValue, words($0, meeting)) }
        return """
            <section class="stack near" aria-labelledby="m-\(id.text)"><h2 id="m-\(id.text)"><time>\(time)</time> · \
            <bdi>\(name)</bdi></h2>\
            <p class="second">\(meeting.link.rules.title)\(if: booking.isWaiting, then: " · \(say("waits for you"))")\
            \(if: meeting.free == 0, then: " · \(say("no other host is free"))")</p>\
            \(Components.hidden("booking", id.text))\
            \(Components.select("deed.\(id)", plain("What to do"), options, in: filled))\
            \(Components.textarea("message.\(id)", plain("Message to \(name)"), in: filled,
                                  optional: plain("optional")))</section>
            """
    }

    private func words(_ deed: OutDeed, _ meeting: OutToday.Meeting) -> String {
        switch deed {
        case .give:
            plain("\(meeting.free ?? 0)|one:Give it to the one who is free|other:Give it to the next of %1 free")
        case .ask: plain("Ask for another time")
        case .cancel: plain("Cancel it")
        case .keep: plain("Keep it")
        }
    }

    package static var example: OutTodayPage {
        OutTodayPage(
            principal: .example, person: ActedFor(.example), day: Zone.utc.local(at: Booking.example.state.starts).date,
            today: Zone.utc.local(at: Booking.example.state.starts).date,
            meetings: [.init(booking: .example, link: .example)], zone: .utc, clock: .twentyFour, form: "example",
            filled: Filled(values: ["closes": "on"]))
    }
}

/// What became of each meeting, and of the day.
package struct OutTodayDonePage: Page {
    let principal: Principal
    /// Who is out.
    let person: ActedFor
    let day: LocalDate
    let outcomes: [OutToday.Outcome]
    let isClosed: Bool
    /// Meetings that were not there any more.
    let gone: Int
    let zone: Zone
    let clock: HourClock

    package var html: HTML {
        let title = person.isOwn ? plain("Out on \(day.dayWords)") : plain("\(person.name): out on \(day.dayWords)")
        let failed = outcomes.filter { $0.refusal != nil }.count
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([
                (plain("Schedules"), "/calendar/schedules"),
                (plain("Time away"), Path("/calendar/schedules/away").adding(query: person.query)),
            ], title))\(Components.pageHead(title, closed))\
            \(if: failed > 0, then: Components.banner(.fails, say("""
                \(failed)|one:One meeting could not be dealt with. It stays as it was.|\
                other:%1 meetings could not be dealt with. They stay as they were.
                """), isMet: true))\
            <ul class="rows" role="list">\(each: outcomes, row)</ul>\
            \(if: gone > 0, then: "<p class=\"second\">\(say("""
                \(gone)|one:One more had changed before.|other:%1 more had changed before.
                """))</p>")\
            <p class="line">\(Components.link(plain("Your bookings"), to: "/calendar/bookings", .primary))\
            \(Components.link(plain("Time away"), to: Path("/calendar/schedules/away").adding(query: person.query)))</p>
            """)
    }

    private var closed: HTML {
        isClosed ? say("The day is closed: nothing more can be booked.") : say("The day stays open for bookings.")
    }

    private func row(_ outcome: OutToday.Outcome) -> HTML {
        let booking = outcome.meeting.booking
        let time = TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock)
        let path = Path("/calendar/bookings/\(booking.id)")
        // Whoever sees some people's alone may have given it out of their sight.
        let isLinked = outcome.refusal != nil || outcome.deed != .give || principal.acts == nil
        let name: HTML = isLinked
            ? "<a href=\"\(path)\"><bdi>\(booking.attendee.name)</bdi></a>" : "<bdi>\(booking.attendee.name)</bdi>"
        return """
            <li class="row"><div class="stack tight"><b><time>\(time)</time> · \(name)</b>\
            <span class="second">\(words(outcome))</span></div></li>
            """
    }

    private func words(_ outcome: OutToday.Outcome) -> HTML {
        if let refusal = outcome.refusal { return say("Not done: \(refusal)") }
        return switch outcome.deed {
        case .keep: say("Kept.")
        case .ask: say("Asked for another time; it stays until they choose.")
        case .give: say("Given to another host. A mail tells everybody who takes part.")
        case .cancel: say("Cancelled. A mail tells them.")
        }
    }

    package static var example: OutTodayDonePage {
        OutTodayDonePage(
            principal: .example, person: ActedFor(.example), day: Zone.utc.local(at: Booking.example.state.starts).date,
            outcomes: [
                .init(meeting: .init(booking: .example, link: .example), deed: .ask),
                .init(
                    meeting: .init(booking: .example, link: .example), deed: .give, refusal: "No other host is free."),
            ], isClosed: true, gone: 1, zone: .utc, clock: .twentyFour)
    }
}
