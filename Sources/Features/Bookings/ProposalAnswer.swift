/// The page behind a booking's token on which its attendee answers a proposal, and the same for programs.
import Database
import Scheduling
import Web

extension TokenRoutes {
    /// Looking changes nothing; each answer is one press.
    var answers: [Route] {
        [
            Route(.get, "/booking/:token/proposal", .token, proposed),
            Route(.post, "/booking/:token/proposal", .token, answer),
            Route(.post, "/api/v1/public/bookings/:token/proposal", .token, call),
        ]
    }

    private func proposed(_ request: Request) async throws -> Answer {
        try await withHeld(request) { held in
            let wanted = request.query["start"].flatMap(Int64.init).flatMap(Instant.init(bounded:))
            return try await page(held, wanted: wanted, clock: Self.clock(request.query))
        }
    }

    private func page(
        _ held: HeldBooking, wanted: Instant? = nil, clock: HourClock, filled: Filled = .empty, refusal: String? = nil,
        status: Int = 200
    ) async throws -> Answer {
        let name = try await workspaceName(held)
        let zone = zones.zone(held.booking.attendee.zone) ?? .utc
        guard let question = held.booking.question(now: now), !question.times.isEmpty else {
            let last = try await installation.database.read(held.scope) { tx in
                try ProposalStore.all(of: held.booking.id, scope: held.scope, in: tx).last
            }
            guard let last, last.state != .accepted else { return .redirect(Path("/booking/\(held.token)")) }
            if held.booking.question(now: now) != nil { return .redirect(Path("/book/reschedule/\(held.token)")) }
            let page = AnsweredPage(
                booking: held.booking, link: held.link, proposal: last, workspaceName: name, token: held.token,
                zone: zone, clock: clock)
            return .page(page.html, status: refusal == nil ? 200 : status)
        }
        let page = AnswerPage(
            booking: held.booking, link: held.link, proposal: question, workspaceName: name, token: held.token,
            form: FormToken(world: installation.world).text(keyring: installation.keyring), zone: zone, clock: clock,
            wanted: wanted, filled: filled, refusal: refusal)
        return .page(page.html, status: status)
    }

    private func answer(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let clock = Self.clock(data)
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "proposal form")
        }
        // The first press of a double click has ended this token; the second shows what the first did.
        if let moved = try await TokenAPI(installation).replayed(request, key, route: "reschedule") {
            return .redirect(BookingRoutes.booked(moved, clock: clock))
        }
        return try await withHeld(request) { held in
            var fields = Fields(form: data)
            let id = data["proposal"].flatMap(ID<Proposal>.init)
            let words = fields.text("words", 0...BookingLimits.reason, label: plain("Message"), lines: true)
            let isNone = data["answer"] == "none"
            let start = isNone ? Instant(0) : BookingReading.start(&fields)
            guard let id, fields.errors.isEmpty else {
                return try await page(held, clock: clock, filled: fields.filled, status: 422)
            }
            do {
                guard isNone else {
                    return .redirect(BookingRoutes.booked(
                        try await accept(id, start, held, key: key), clock: clock))
                }
                try await EndProposal(installation).refuse(id, of: held.booking.id, reply: words, scope: held.scope)
                return .redirect(Path("/booking/\(held.token)/proposal").adding(query: clock.pairs))
            } catch let refusal as any Refusal where refusal is ProposalRefusal || refusal is BookingRefusal {
                let now = try await HeldBooking.find(request, installation)
                return try await page(
                    now, clock: clock, filled: fields.filled, refusal: refusal.message, status: refusal.status)
            }
        }
    }

    private func accept(
        _ id: ID<Proposal>, _ start: Instant, _ held: HeldBooking, key: RequestKey?
    ) async throws -> Reply {
        var move = MoveBooking(installation)
        (move.accepting, move.asker) = (id, held.holder)
        return try await move(held.booking.id, to: start, key: key, scope: held.scope)
    }

    /// `{"start"}` takes a time, `{"declined": true, "reason"}` says that none suits.
    private func call(_ request: Request) async throws -> Answer {
        let (key, body) = (try request.idempotencyKey(), try request.json())
        if let reply = try await TokenAPI(installation).replayed(request, key, route: "reschedule") {
            return reply.answer
        }
        let held = try await HeldBooking.find(request, installation)
        var fields = Fields(json: body)
        let isNone = fields.flag("declined")
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        let start = isNone ? nil : BookingReading.start(&fields)
        try fields.finish()
        guard let question = held.booking.question(now: now) else { throw ProposalRefusal.over }
        guard let start else {
            try await EndProposal(installation).refuse(
                question.id, of: held.booking.id, reply: reason, scope: held.scope)
            return .json(try await HeldBooking.find(request, installation).json(zones: zones))
        }
        return try await accept(question.id, start, held, key: key).answer
    }
}

/// `/booking/<token>/proposal`: each time is one press.
package struct AnswerPage: Page {
    let booking: Booking
    let link: Link
    let proposal: Proposal
    let workspaceName: WorkspaceName
    let token: String
    let form: String
    let zone: Zone
    let clock: HourClock
    /// The one that was pressed in the mail; it stands first.
    var wanted: Instant?
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let host: HTML = "<bdi>\(author)</bdi>"
        let until: HTML = "<time>\(TimeWords.dayAndTime(proposal.expires, in: zone, clock))</time>"
        return Layout.publicPage(
            title: plain("Another time: \(link.rules.title)"), workspaceName: workspaceName,
            foot: FindPage.foot(link), """
                \(refusal.map { Components.banner(.fails, "\($0)", isMet: true) })\
                <header class="stack near"><h1 class="display">\(say("\(host) proposes another time"))</h1>\
                <p class="second lead">\(say("""
                    Take one until \(until): they are kept for you. Times are \(TimeWords.city(zone)) time.
                    """))</p>\
                \(if: !proposal.message.isEmpty, then: "<p class=\"lines\"><bdi>\(proposal.message)</bdi></p>")\
                </header>\
                <section class="stack near" aria-labelledby="offers"><h2 class="label" id="offers">\
                \(say("The times"))</h2>\(each: ordered, offer)</section>\
                \(Components.facts([now]))\(none)
                """)
    }

    private var author: String {
        booking.hosts.first { $0.id == proposal.behalf ?? proposal.author }?.name ?? proposal.authorName
    }

    private var ordered: [Span] {
        proposal.times.filter { $0.start == wanted } + proposal.times.filter { $0.start != wanted }
    }

    private func offer(_ time: Span) -> HTML {
        let day = zone.local(at: time.start).date.dayWords
        let range = TimeWords.range(time.start, time.end, in: zone, clock)
        let isFirst = time.start == wanted || proposal.times.count == 1
        return Components.form(action: Path("/booking/\(token)/proposal"), style: "line", """
            \(hidden)\(Components.hidden("start", String(time.start.seconds)))\
            \(Components.button(plain("Take \(day), \(range)"), isFirst ? .primary : .plain, icon: .check))
            """)
    }

    private var hidden: HTML {
        """
        \(Components.hidden("form", form))\(Components.hidden("proposal", proposal.id.text))\
        \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))
        """
    }

    private var now: (Icon, HTML) {
        let standing = booking.standing ?? booking
        let time: HTML = "<time>\(TimeWords.dayAndTime(standing.state.starts, in: zone, clock))</time>"
        return (.calendar, booking.state.confirmed == nil ? say("You asked for \(time).")
            : say("Until you take one, the meeting stays on \(time)."))
    }

    private var none: HTML {
        let isOpen = filled.error("words") != nil || !filled["words"].isEmpty
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.x))\(say("None of these suits"))</summary>\
            \(Components.form(action: Path("/booking/\(token)/proposal"), """
                \(Components.mistakes(filled))\(hidden)\(Components.hidden("answer", "none"))\
                <p class="second">\(say("\(author) gets a mail at once. The meeting stays as it is."))</p>\
                \(Components.textarea("words", plain("Message to \(author)"), in: filled, optional: plain("optional")))\
                <p>\(Components.button(plain("None of these suits")))</p>
                """))</details>\
            <p class="line">\(Components.link(
                plain("See all free times"), to: Path("/book/reschedule/\(token)").adding(query: clock.pairs),
                icon: .calendar))</p>
            """
    }

    package static var example: AnswerPage {
        AnswerPage(
            booking: .example, link: .example, proposal: .example, workspaceName: "Nordhavn Instruments",
            token: "example", form: "example", zone: .utc, clock: .twentyFour)
    }
}

/// The same address when nothing is open: how it ended, and the way to the booking.
package struct AnsweredPage: Page {
    let booking: Booking
    let link: Link
    let proposal: Proposal
    let workspaceName: WorkspaceName
    let token: String
    let zone: Zone
    let clock: HourClock

    package var html: HTML {
        Layout.publicPage(
            title: plain("Another time: \(link.rules.title)"), workspaceName: workspaceName,
            foot: FindPage.foot(link), """
                <header class="stack near"><h1 class="display">\(title)</h1>\
                <p class="second lead">\(stands)</p></header>\
                <p class="line">\(Components.link(
                    plain("See the booking"), to: Path("/booking/\(token)").adding(query: clock.pairs), .primary))\
                \(if: booking.isUpcoming, then: Components.link(
                    plain("See all free times"), to: Path("/book/reschedule/\(token)").adding(query: clock.pairs)))</p>
                """)
    }

    private var title: HTML {
        let host: HTML = "<bdi>\(proposal.asker)</bdi>"
        return switch proposal.state {
        case .refused: say("\(host) knows that none of the times suits")
        case .withdrawn: say("\(host) has taken these times back")
        case .open, .lapsed: say("The time to answer is over")
        case .accepted, .ended: say("Your booking has changed since")
        }
    }

    private var stands: HTML {
        guard booking.isUpcoming else { return say("Your booking’s page shows how it stands.") }
        let time: HTML = "<time>\(TimeWords.dayAndTime(booking.state.starts, in: zone, clock))</time>"
        return booking.isWaiting ? say("You asked for \(time), \(TimeWords.city(zone)) time.")
            : say("Your meeting is on \(time), \(TimeWords.city(zone)) time.")
    }

    package static var example: AnsweredPage {
        var proposal = Proposal.example
        proposal.state = .refused
        return AnsweredPage(
            booking: .example, link: .example, proposal: proposal, workspaceName: "Nordhavn Instruments",
            token: "example", zone: .utc, clock: .twentyFour)
    }
}

extension Proposal {
    static var example: Proposal {
        let state = Booking.example.state
        let times = (1...2).map { Span(start: state.starts.adding(days: $0), end: state.ends.adding(days: $0)) }
        return Proposal(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 3, count: 10)), booking: Booking.example.id,
            author: LinkHost.example.id, authorName: LinkHost.example.name, about: state.starts, times: times,
            message: "A customer needs me that morning.", expires: state.starts, createdAt: Booking.example.createdAt)
    }
}

extension BookedPage {
    /// What the host asks for, above everything else, while it is open.
    var question: HTML {
        guard let proposal = booking.question(now: now) else { return .empty }
        let host: HTML = "<bdi>\(proposal.asker)</bdi>"
        let words = proposal.times.isEmpty ? say("\(host) asks you to choose another time.")
            : say("\(host) proposes another time.")
        let path = proposal.times.isEmpty ? Path("/book/reschedule/\(token)") : Path("/booking/\(token)/proposal")
        let label = proposal.times.isEmpty ? plain("Choose another time") : plain("See the times")
        let message: HTML = proposal.message.isEmpty ? .empty
            : "<br><span class=\"lines\"><bdi>\(proposal.message)</bdi></span>"
        return Components.banner(
            .notes, "\(words)\(message)",
            actions: Components.link(label, to: path.adding(query: clock.pairs), .primary))
    }
}
