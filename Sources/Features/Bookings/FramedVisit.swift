/// A link's pages in a frame of somebody's site: who may show them, and what becomes of pages that are never framed.
import Database
import Scheduling
import Web

extension BookingRoutes {
    /// Answers as the address asks, framed or not; refusals are pages of the frame, too.
    ///
    /// A page behind the token of a booking is never framed. Whatever leads to one leads to `booked` instead, which
    /// shows the booking and opens that page in a tab of its own.
    func framing(
        _ request: Request, _ data: FormData, _ link: Link, _ answer: () async throws -> Answer
    ) async throws -> Answer {
        // What stands behind a token of one call is as little framed as a booking.
        guard request.parameters["token"] == nil else { return try await answer() }
        let origins = link.rules.look.origins
        let frame = Frame(data, of: link.rules.slug, in: origins, ours: installation.address)
        return try await Frame.around(frame, in: origins) {
            let answer = try await answer()
            return frame == nil ? answer : inside(answer, data, link)
        }
    }

    /// The answer, or the frame's own way to where it leads.
    private func inside(_ answer: Answer, _ data: FormData, _ link: Link) -> Answer {
        guard let path = answer.path else { return answer }
        if path.text.hasPrefix(link.path.text) {
            return path.text.contains("embed=1") ? answer
                : .redirect(path.adding(query: Frame.current?.pairs ?? []), status: answer.status)
        }
        if path.text.hasPrefix("/booking/"), let form = data["form"] {
            let carried = Carried(data, link: link).unseenPairs.filter { Frame.words.contains($0.0) }
            let clock = PickerAsk(data, zones: installation.world.zones, now: installation.world.now).clock
            return .redirect(link.path("booked").adding(query: carried + clock.pairs + [("form", form)]))
        }
        return .page(FrameOnwardPage(
            title: link.rules.title, workspaceName: WorkspaceName(link.hostWords), path: path).html)
    }

    /// What became of a form, in the frame in which it was sent; outside of one the booking's own page.
    func booked(_ request: Request) async throws -> Answer {
        let (link, scope) = try await bookedLink(request)
        let data = request.query
        return try await link.spoken(among: installation.languages) {
            try await framing(request, data, link) {
                let clock = PickerAsk(data, zones: installation.world.zones, now: installation.world.now).clock
                let onward = Answer.redirect(link.path.adding(query: Carried(data, link: link).pairs))
                guard let form = FormToken(data["form"], keyring: installation.keyring) else { return onward }
                // Outside of a frame what the form led to is as good as it is: a token that ended stays so.
                guard Frame.current != nil else {
                    return try await alreadyBooked(form, on: link, clock: clock, scope: scope)
                        .map { .redirect($0) } ?? onward
                }
                return try await bookedPage(form, link, clock: clock, scope: scope).map { .page($0.html) } ?? onward
            }
        }
    }

    /// Also of a link that is over since: whoever booked sees their booking.
    private func bookedLink(_ request: Request) async throws -> (Link, Scope) {
        if let token = request.parameters["single"] {
            let found = try await OpenSingleUse(installation)(token)
            return (found.link, found.scope)
        }
        return try await OpenLink(installation).find(slug: try request.parameter("slug"), evenClosed: true)
    }

    private func bookedPage(
        _ form: FormToken, _ link: Link, clock: HourClock, scope: Scope
    ) async throws -> FramedBookedPage? {
        guard let found = try await bookingToken(form, on: link, scope: scope) else { return nil }
        guard let holder = TokenHolder(rawValue: found.row.participant) else { return nil }
        let (keyring, zones) = (installation.keyring, installation.world.zones)
        return try await installation.database.read(scope) { tx in
            // The frame goes on with a moved booking as whoever sent the form, unless their address was put right.
            guard try BookingTokenStore.ending(of: found.token, scope: scope, in: tx) != "corrected",
                let booking = try BookingStore.find(found.row.booking, scope: scope, in: tx),
                let token = try BookingTokenStore.current(
                    of: booking.id, holder: holder, keyring: keyring, scope: scope, in: tx)
            else { return nil }
            let zone = zones.zone(booking.attendee.zone) ?? .utc
            let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
            return FramedBookedPage(
                booking: booking, wasMoved: history.contains { $0.event == "rescheduled" }, link: link,
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                token: token, zone: zone, clock: clock)
        }
    }
}

/// The booking in the frame it was made in: what it is, and the way to its own page, which is never framed.
package struct FramedBookedPage: Page {
    let booking: Booking
    /// Whether it has another time than it was booked for.
    let wasMoved: Bool
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let zone: Zone
    let clock: HourClock

    /// The booking's own page.
    var path: Path { Path("/booking/\(token)").adding(query: clock.pairs) }

    package var html: HTML {
        Layout.publicPage(
            title: plain("\(BookingWords.state(status)): \(link.rules.title)"), workspaceName: workspaceName,
            event: event, """
                <header class="stack near">\
                <p>\(Components.state(BookingWords.mark(status), BookingWords.state(status)))</p>\
                <h1 class="display">\(heading)</h1>\
                <p class="second lead">\(say("\(TimeWords.city(zone)) time."))</p></header>\
                \(Components.pairs(facts))\(thanks)\(onward)\
                <p class="line" data-frame-waits>\
                \(Components.newTab(plain("Open your booking"), to: path, icon: .calendar))</p>
                """)
    }

    private var status: BookingStatus { booking.state.status }
    private var isOver: Bool { [.cancelled, .declined, .expired].contains(status) }

    private var heading: HTML {
        let day = zone.local(at: booking.state.starts).date.dayWordsWithYear
        let range = TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock)
        let when: HTML = "\(day),<br><time>\(range)</time>"
        return isOver ? "<s>\(when)</s>" : when
    }

    private var facts: [(String, HTML)] {
        let hosts = booking.hosts.map(\.name).joined(separator: ", ")
        let mail: [(String, HTML)] = status != .confirmed ? []
            : [(plain("Invitation"), say("On its way to \(booking.attendee.email)"))]
        return [
            (plain("What"), "\(link.rules.title)"), (plain("With"), "<bdi>\(hosts)</bdi>"),
            (plain("Where"), "\(booking.location.openWords)"),
        ] + mail
    }

    private var thanks: HTML {
        guard status == .confirmed, !link.rules.look.confirmation.isEmpty else { return .empty }
        return "<p class=\"lines\" dir=\"auto\">\(link.rules.look.confirmation)</p>"
    }

    /// Where the host wants people next; the whole window goes there, since the other site decides who frames it.
    private var onward: HTML {
        guard status == .confirmed, link.rules.look.redirect.flatMap(WebURL.init) != nil else { return .empty }
        let next = Path("/booking/\(token)/next")
        return "<p class=\"line\"><a class=\"button primary\" href=\"\(next)\" target=\"_top\">\(say("Go on"))</a></p>"
    }

    /// What the booking is now; a frame that waits tells each change when it sees it.
    private var event: FrameEvent {
        let data: JSON = [
            "bookingId": .string(booking.id.text), "status": .string(status.rawValue),
            "start": .string(booking.state.starts.rfc3339(in: zone)),
            "end": .string(booking.state.ends.rfc3339(in: zone)), "version": .int(Int64(booking.state.version)),
        ]
        let kind: FrameEvent.Kind = if isOver { .cancelled } else if booking.isWaiting || status == .pendingPayment {
            .bookingPending
        } else { wasMoved ? .rescheduled : .bookingConfirmed }
        return FrameEvent(kind, data)
    }

    package static var example: FramedBookedPage {
        FramedBookedPage(
            booking: .example, wasMoved: false, link: .example, workspaceName: "Nordhavn Instruments", token: "example",
            zone: .utc, clock: .twentyFour)
    }
}

extension DetailsPage {
    /// That a time was picked: which, and nothing of whoever picked it.
    var slotSelected: FrameEvent {
        FrameEvent(.slotSelected, [
            "start": .string(start.rfc3339(in: zone)), "end": .string(start.adding(minutes: minutes).rfc3339(in: zone)),
        ])
    }
}

/// Where the way leads to a page that is not framed: it opens in a tab.
package struct FrameOnwardPage: Page {
    let title: String
    let workspaceName: WorkspaceName
    let path: Path

    package var html: HTML {
        Layout.publicPage(title: title, workspaceName: workspaceName, shape: .slim, """
            <h1 class="display"><bdi>\(title)</bdi></h1>\
            <p class="line">\(Components.newTab(plain("Go on"), to: path, .primary))</p>
            """)
    }

    package static var example: FrameOnwardPage {
        FrameOnwardPage(title: "Intro call", workspaceName: "Nordhavn Instruments", path: "/book/intro")
    }
}
