/// The addresses at which a booking is given to another host.
import Database
import Scheduling
import Web

struct ReassignRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/bookings/:id/reassignment", .signedIn(.manageBookings), ask),
            Route(.post, "/calendar/bookings/:id/reassignment", .signedIn(.manageBookings), reassign),
            Route(.post, "/api/v1/bookings/:id/reassignment", .api(.bookingsWrite), call),
        ]
    }

    private func ask(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        guard found.isOpen(now: installation.world.now), found.mayBeGiven else {
            return .redirect(Path("/calendar/bookings/\(found.booking.id)"))
        }
        let from = request.query["from"].flatMap(ID<User>.init)
        var page = try await page(request, found, from: from)
        page.filled.values["host"] = found.link.rotates ? ReassignPage.next : ""
        return .page(page.html)
    }

    private func page(_ request: Request, _ found: OwnBooking, from: ID<User>?) async throws -> ReassignPage {
        let all = found.link.replaceable(found.booking)
        guard let leaving = all.first(where: { $0.id == from }) ?? all.first else { throw ReassignRefusal.together }
        let principal = try request.signedIn()
        let (scope, now, zones) = (found.scope, installation.world.now, installation.world.zones)
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let heirs = try Heirs(choicesFor: found.booking, of: leaving, link: found.link, scope: scope, in: tx)
            return ReassignPage(
                principal: principal, booking: found.booking, link: found.link, zone: viewer.zone,
                clock: viewer.clock, leaving: leaving, others: all.filter { $0.id != leaving.id }, people: heirs.people,
                reasons: try heirs.reasons(now: now, zones: zones, scope: scope, in: tx))
        }
    }

    private func reassign(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation)
        let data = try request.form()
        var fields = Fields(form: data)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        let isNext = data["host"] == ReassignPage.next && found.link.rotates
        let from = data["from"].flatMap(ID<User>.init)
        let host = isNext ? nil : fields.id("host", of: User.self, label: plain("Host"))
        guard fields.errors.isEmpty else { return try await refused(request, found, fields.filled, status: 422) }
        do {
            _ = try await ReassignBooking(installation)(
                found.booking.id, from: from, to: host, reason: reason, scope: found.scope)
        } catch let invalid as Invalid {
            var filled = fields.filled
            filled.errors = invalid.fields
            return try await refused(request, found, filled, status: 422)
        } catch ReassignRefusal.same {
            // Pressed twice: it is theirs, which is what its page says.
        } catch let refusal as any Refusal where refusal is ReassignRefusal || refusal is BookingRefusal {
            return try await refused(request, found, fields.filled, refusal.message, status: refusal.status)
        }
        // Whoever sees some people's alone may have given it out of their sight.
        guard principal.acts == nil else { return .redirect("/calendar/bookings") }
        return .redirect(Path("/calendar/bookings/\(found.booking.id)").adding(query: [("done", "given")]))
    }

    private func refused(
        _ request: Request, _ found: OwnBooking, _ filled: Filled, _ refusal: String? = nil, status: Int
    ) async throws -> Answer {
        guard found.mayBeGiven else { throw ReassignRefusal.together }
        var page = try await page(request, found, from: ID<User>(filled["from"]))
        (page.filled, page.refusal) = (filled, refusal)
        return .page(page.html, status: status)
    }

    private func call(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        let host: ID<User>? = fields.has("host") ? fields.id("host", label: plain("Host")) : nil
        let from: ID<User>? = fields.has("from") ? fields.id("from", label: plain("Whose place it is")) : nil
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await ReassignBooking(installation)(
            found.booking.id, from: from, to: host, reason: reason, key: try request.idempotencyKey(),
            scope: found.scope).answer
    }
}

extension OwnBooking {
    /// Whether one host meets the attendee, in whose place another one can come.
    var mayBeGiven: Bool { !link.replaceable(booking).isEmpty }
}

/// `/calendar/bookings/<id>/reassignment`.
package struct ReassignPage: Page {
    /// The answer that leaves it to the link.
    static let next = "next"

    let principal: Principal
    let booking: Booking
    let link: Link
    let zone: Zone
    let clock: HourClock
    /// In whose place another one comes.
    let leaving: LinkHost
    /// Others of the meeting who could be stood in for instead.
    var others: [LinkHost] = []
    /// Who could be asked.
    let people: [LinkHost]
    /// What keeps some of them.
    let reasons: [ID<User>: Reason]
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let title = plain("Give it to another host")
        let when = TimeWords.dayAndTime(booking.state.starts, in: zone, clock)
        let host = leaving.name
        let name = booking.attendee.name
        return Layout.app(title: title, tab: .bookings, principal, """
            \(Components.crumbs([
                (plain("Bookings"), "/calendar/bookings"), (name, Path("/calendar/bookings/\(booking.id)")),
            ], title))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\
            \(Components.pageHead(title, say("\(name) meets \(host) on \(when). The time stays.")))\
            \(instead)\(Components.form(action: path, csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("from", leaving.id.text))\
                <fieldset class="field" id="f-host"><legend>\(say("Who takes it"))</legend>\
                \(if: link.rotates, then: choice(Self.next, plain("Whose turn it is"), plain("of those who are free")))\
                \(each: people, person)\(error)</fieldset>\
                \(Components.textarea("reason", plain("Message to \(name) and both hosts"), in: filled,
                                      optional: plain("optional")))\
                <p class="second">\(say("All of them get a mail at once."))</p>\
                <p class="line">\(Components.button(plain("Give it over"), .primary))\
                \(Components.link(plain("Back"), to: Path("/calendar/bookings/\(booking.id)"), .quiet))</p>
                """))
            """)
    }

    private var path: Path { Path("/calendar/bookings/\(booking.id)/reassignment") }

    /// Where several of the hosts take turns: for whom else somebody could stand in.
    private var instead: HTML {
        guard !others.isEmpty else { return .empty }
        return """
            <p class="line">\(each: others, { other in
                Components.link(plain("Instead of \(other.name)"), to: path.adding(query: [("from", other.id.text)]))
            })</p>
            """
    }

    private var error: HTML {
        guard let message = filled.error("host") else { return .empty }
        return "<p class=\"field-error\" id=\"f-host-error\">\(Components.icon(.warning))\(message)</p>"
    }

    private func person(_ host: LinkHost) -> HTML {
        choice(host.id.text, host.name, words(reasons[host.id]))
    }

    private func choice(_ value: String, _ label: String, _ note: String) -> HTML {
        """
        <label class="choice"><input type="radio" name="host" value="\(value)"\
        \(if: filled["host"] == value, then: " checked")> <span><bdi>\(label)</bdi>\
        <br><span class="third">\(note)</span></span></label>
        """
    }

    private func words(_ reason: Reason?) -> String {
        switch reason {
        case nil: plain("free")
        case .outsideHours, .dateClosed, .windowTooShort, .windowInSkippedHour: plain("outside their hours")
        case .outOfOffice, .holiday: plain("away")
        case .overLead: plain("far ahead of their share")
        case .hostInactive: plain("cannot sign in")
        default: plain("busy")
        }
    }

    package static var example: ReassignPage {
        ReassignPage(
            principal: .example, booking: .example, link: .example, zone: .utc, clock: .twentyFour,
            leaving: .example, people: [.example], reasons: [:])
    }
}
