/// The overview: what is next, what can be booked, and what to do when there is neither.
import Scheduling
import Web

package struct OverviewPage: Page {
    package var principal: Principal
    /// The next meetings, soonest first; a running one counts.
    package var next: [BookingRowModel]
    /// How many of today's meetings have not ended.
    package var leftToday: Int
    /// The person's links, newest first.
    package var links: [Link]
    /// The one to send first: the oldest that can be booked, so that it stays the same.
    package var main: Link?
    package var hasHours: Bool
    package var address: String
    package var zone: Zone
    package var clock: HourClock
    package var now: Instant
    package var figures: Figures?
    /// What keeps the person busy today besides meetings, in words.
    package var busy: [String] = []
    /// Who calls; nil for somebody who cannot be called.
    package var rings: [RingRow]?
    /// Meetings of theirs show another time on the clock than was agreed.
    package var hasClockChanges = false

    /// How the person's meetings stand.
    package struct Figures: Hashable, Sendable {
        package var thisWeek: Int
        package var ahead: Int
        package var waiting: Int
        /// In the last thirty days.
        package var missed: Int

        /// Counted no further than this.
        package static let most = 200
    }

    package static var example: OverviewPage {
        let booking = Booking.example
        return OverviewPage(
            principal: .example, next: [BookingRowModel(booking: booking, title: Link.example.rules.title)],
            leftToday: 1, links: [.example], main: .example, hasHours: true, address: "https://meet.example",
            zone: .utc, clock: .twentyFour, now: booking.state.starts.adding(minutes: -28),
            figures: Figures(thisWeek: 4, ahead: 12, waiting: 0, missed: 1), busy: [plain("Away")])
    }

    package var html: HTML {
        Layout.app(title: plain("Overview"), tab: .overview, principal, """
            \(rings.map { RingPart(principal, $0).html })\
            \(health)\(waiting)\(Components.pageHead(zone.local(at: now).date.dayWords, answer, actions: actions))\
            \(today)\(figures.map(numbers))
            <div class="split">
            <section class="stack near" aria-labelledby="next">\
            \(Components.sectionHead(plain("Next"), id: "next",
                                     more: next.isEmpty ? nil : (plain("All bookings"), "/calendar/bookings")))\
            \(meetings)</section>
            <section class="stack near" aria-labelledby="links">\
            \(Components.sectionHead(plain("Your links"), id: "links",
                                     more: links.isEmpty ? nil : (plain("All links"), "/calendar/event-types")))\
            \(offers)</section>
            </div>
            """)
    }

    // MARK: The sentence that answers

    private var answer: HTML {
        guard let first = next.first else {
            return links.contains(where: \.rules.active)
                ? say("Nothing is booked. Your times are open.")
                : say("Nothing is booked, and there is no link to book you on yet.")
        }
        let starts = first.booking.state.starts
        if starts <= now { return say("\(left); one is on now, until \(time(first.booking.state.ends)).") }
        if leftToday > 0 { return say("\(left); the next one starts at \(time(starts)).") }
        return say("No more meetings today. The next one is \(TimeWords.dayAndTime(starts, in: zone, clock)).")
    }

    private var left: String {
        plain("\(leftToday)|one:One meeting left today|other:%1 meetings left today")
    }

    private func time(_ instant: Instant) -> String { zone.local(at: instant).words(clock) }

    // MARK: What is wrong, what keeps busy, and how much there is

    /// At most one: clocks that were changed, or what keeps everybody from booking.
    private var health: HTML {
        if hasClockChanges {
            return Components.banner(
                .warns, say("The rules of a time zone have changed: some meetings show another time than was agreed."),
                actions: Components.link(plain("See which"), to: "/calendar/clock-changes"))
        }
        guard !links.isEmpty else { return .empty }
        if !hasHours {
            return Components.banner(
                .warns, say("You have no working hours, so nobody can book a time with you."),
                actions: Components.link(plain("Set working hours"), to: "/calendar/schedules"))
        }
        guard !links.contains(where: \.rules.active) else { return .empty }
        return Components.banner(
            .warns, say("All your links are switched off, so nobody can book a time with you."),
            actions: Components.link(plain("Your links"), to: "/calendar/event-types"))
    }

    /// People who wait for an answer.
    private var waiting: HTML {
        guard let count = figures?.waiting, count > 0 else { return .empty }
        let most = min(count, Figures.most)
        return Components.banner(
            .notes, say("\(most)|one:One person waits for your answer.|other:%1 people wait for your answer."),
            actions: Components.link(
                plain("Approve or decline"), to: Path("/calendar/bookings").adding(query: [("show", "pending")])))
    }

    private var today: HTML {
        guard !busy.isEmpty else { return .empty }
        return """
            <section class="line" aria-labelledby="busy"><h2 class="label" id="busy">\
            \(say("Also today"))</h2><ul class="line" role="list">\(each: busy, { words in
                "<li class=\"tag\"><bdi>\(words)</bdi></li>"
            })</ul></section>
            """
    }

    private func numbers(_ figures: Figures) -> HTML {
        let pairs = [
            (plain("this week"), figures.thisWeek), (plain("ahead"), figures.ahead),
            (plain("waiting for an answer"), figures.waiting), (plain("no-shows in 30 days"), figures.missed),
        ]
        return """
            <dl class="figures" aria-label="\(plain("Your meetings"))">\(each: pairs, { words, number in """
                <div><dt>\(words)</dt><dd>\(min(number, Figures.most))\(if: number > Figures.most, then: "+")</dd></div>
                """ })</dl>
            """
    }

    // MARK: Meetings

    private var meetings: HTML {
        guard next.isEmpty else { return "<ul class=\"rows\" role=\"list\">\(each: next, meeting)</ul>" }
        guard let link = main else {
            return Components.empty(plain("No bookings yet"), say("They appear here once you have a link."))
        }
        let copy = plain("Copy “\(link.rules.title)”")
        return Components.empty(
            plain("No bookings yet"), say("Send your link to one person, or open it yourself to see what they see."),
            action: """
                <p class="line">\(Components.copyButton(url(link), label: copy, .primary))\
                \(Components.link(plain("Open it as a booker"), to: link.path, icon: .eye))</p>
                """)
    }

    private func meeting(_ row: BookingRowModel) -> HTML {
        let state = row.booking.state
        let times = TimeWords.range(state.starts, state.ends, in: zone, clock)
        return """
            <li class="row meeting"><p class="when">\
            <span class="third">\(zone.local(at: state.starts).date.shortDayWords)</span> \
            <time dir="ltr" datetime="\(state.starts.rfc3339(in: zone))">\(times)</time></p>\
            <p class="cut"><a class="row-link" href="\(row.path)">\
            <bdi>\(row.name)</bdi></a><br><span class="third">\(row.note)</span></p>\
            \(Components.state(BookingWords.mark(state.status), BookingWords.state(state.status)))</li>
            """
    }

    // MARK: Links

    private var offers: HTML {
        guard links.isEmpty else { return "<ul class=\"rows\" role=\"list\">\(each: links, offer)</ul>" }
        guard principal.may(.manageLinks) else {
            return Components.empty(plain("No links yet"), say("An owner or admin can make one for you."))
        }
        return Components.empty(
            plain("No links yet"), say("A link is an address where others pick a time with you. It takes two minutes."),
            action: Components.link(
                plain("Make your first link"), to: hasHours ? "/setup/link" : "/setup/hours", .primary))
    }

    private func offer(_ link: Link) -> HTML {
        let name: HTML = principal.may(.manageLinks)
            ? "<a class=\"row-link\" href=\"\(Path("/settings/booking-links/\(link.id)"))\">\(link.rules.title)</a>"
            : "<b>\(link.rules.title)</b>"
        let facts = "\(link.rules.lengthWords) · \(link.path.text)"
        return """
            <li class="row link-line"><p class="cut">\(name)<br><span class="third">\(facts)</span></p>\
            \(if: link.rules.active,
              then: Components.copyButton(url(link), label: plain("Copy link"), of: link.rules.title),
              else: "<span class=\"tag\">\(say("Switched off"))</span>")</li>
            """
    }

    /// Links are copied where each stands under its name.
    private var actions: HTML {
        guard !next.isEmpty, main != nil, principal.may(.manageBookings) else { return .empty }
        return Components.link(plain("Book for someone"), to: "/calendar/bookings/new", .primary, icon: .plus)
    }

    private func url(_ link: Link) -> String { address + link.path.text }
}
