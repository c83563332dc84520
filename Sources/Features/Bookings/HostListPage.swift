/// The list of bookings: buckets, search and filters, each of them an address.
import Scheduling
import Web

/// One row of the list.
package struct BookingRowModel: Sendable {
    package let booking: Booking
    /// The link's.
    package let title: String
    /// The session that the row stands for, with those of its people who are on this page of the list.
    var session: GroupSession?
    var people: [Booking] = []

    package init(booking: Booking, title: String) {
        self.booking = booking
        self.title = title
    }
}

/// `/calendar/bookings`.
package struct BookingsPage: Page {
    let principal: Principal
    let ask: HostListAsk
    var rows: [BookingRowModel]
    let zone: Zone
    let clock: HourClock
    let today: LocalDate
    var now = Instant(0)
    var earlier: String?
    var later: String?
    /// By bucket, counted no further than `mostCounted`; empty where counting would take long.
    var counts: [BookingBucket: Int] = [:]
    var links: [(id: ID<Link>, title: String)] = []
    /// Whom the list can be narrowed to; empty for those who see only their own.
    var hosts: [(id: ID<User>, name: String)] = []
    /// Offers whose times are kept now, above what is booked.
    var kept: [KeptOffer] = []

    static let mostCounted = 99

    package var html: HTML {
        let tabs = BookingBucket.allCases.map { bucket in
            Components.Choice(
                bucket.label, ask.path { $0.bucket = bucket }, isCurrent: bucket == ask.bucket,
                count: counts[bucket].map { min($0, Self.mostCounted) },
                isMore: counts[bucket] ?? 0 > Self.mostCounted)
        }
        return Layout.app(title: plain("Bookings"), tab: .bookings, principal, """
            \(Components.pageHead(plain("Bookings"), answer, actions: actions))\
            <div class="stack">\(Components.tabs(label: plain("Which bookings"), tabs))\(filters)\(chips)</div>\
            <div class="stack far" id="list">\(keptTimes)\(list)\(pages)\(file)</div>
            """)
    }

    private var actions: HTML {
        """
        \(CalendarView.segments(.list, host: asked, day: nil))\
        \(if: principal.may(.manageBookings), then: Components.link(
            plain("Book for someone"), to: "/calendar/bookings/new", .primary, icon: .plus))
        """
    }

    private var keptTimes: HTML {
        KeptOfferList(
            offers: kept, titles: Dictionary(links) { first, _ in first }, zone: zone, clock: clock).html
    }

    // MARK: Whose

    /// Whether the person may see more than their own.
    private var mayChoose: Bool { principal.reads?.count != 1 }

    /// Somebody else the list is about.
    private var asked: String? {
        guard let whose = ask.whose, whose != .mine(principal.user) else { return nil }
        return whose.word
    }

    private var other: ID<User>? {
        guard case .one(let host)? = ask.whose else { return nil }
        return host
    }

    private var answer: HTML {
        let city = TimeWords.city(zone)
        switch ask.whose ?? ask.usual {
        case .mine: return say("Bookings with you. Times are \(city) time.")
        case .everyone: return say("Bookings with everyone here. Times are \(city) time.")
        case .one(let host):
            let name = hosts.first { $0.id == host }?.name ?? plain("one host")
            return say("Bookings with \(name). Times are \(city) time.")
        }
    }

    /// All of the list, not only this page of it.
    private var file: HTML {
        guard !rows.isEmpty else { return .empty }
        let isOnePage = earlier == nil && later == nil
        let known = isOnePage ? rows.count : counts[ask.bucket].flatMap { $0 > Self.mostCounted ? nil : $0 }
        let words = known.map { plain("\($0)|one:Download this one as CSV|other:Download these %1 as CSV") }
            ?? plain("Download all of these as CSV")
        return "<p>\(Components.link(words, to: ask.path(base: "/calendar/bookings.csv"), icon: .download))</p>"
    }

    // MARK: Narrowing

    private var filters: HTML {
        let filled = Filled(values: [
            "q": ask.search, "link": ask.link?.text ?? "", "host": (ask.whose ?? ask.usual).word,
            "source": ask.source?.rawValue ?? "", "from": ask.from?.description ?? "", "to": ask.to?.description ?? "",
        ])
        let open = ask.source != nil || ask.from != nil || ask.to != nil
        return """
            <form class="filters" role="search" method="get" action="\(Path("/calendar/bookings"))">\
            \(if: ask.bucket != .upcoming, then: Components.hidden("show", ask.bucket.rawValue))\
            \(Components.field("q", plain("Name, e-mail or answer"), in: filled, typing: .search, optional: ""))\
            \(if: links.count > 1, then: Components.select(
                "link", plain("Link"), [("", plain("All links"))] + links.map { ($0.id.text, $0.title) }, in: filled))\
            \(if: hosts.count > 1, then: Components.select(
                "host", plain("Host"), people, in: filled))\
            <p>\(Components.button(plain("Filter"), icon: .filter))</p>\
            <details class="more"\(if: open, then: " open")><summary class="button quiet">\(say("More filters"))\
            </summary><div class="filters">\
            \(Components.field("from", plain("From"), in: filled, typing: .date, optional: ""))\
            \(Components.field("to", plain("To"), in: filled, typing: .date, optional: ""))\
            \(Components.select("source", plain("Booked by way of"), sources, in: filled))</div></details></form>
            """
    }

    private var people: [(String, String)] {
        [("me", plain("Mine")), ("all", plain("Everyone"))]
            + hosts.filter { $0.id != principal.user }.map { ($0.id.text, $0.name) }
    }

    private var sources: [(String, String)] {
        [("", plain("Any way"))] + BookingSource.allCases.map { ($0.rawValue, BookingWords.source($0)) }
    }

    /// What narrows the list, each with a way to take it off.
    private var chips: HTML {
        var chips: [(String, Path)] = []
        if !ask.search.isEmpty { chips.append((plain("“\(ask.search)”"), ask.path { $0.search = "" })) }
        if let link = ask.link {
            let title = links.first { $0.id == link }?.title ?? plain("A link")
            chips.append((title, ask.path { $0.link = nil }))
        }
        if let other {
            let name = hosts.first { $0.id == other }?.name ?? plain("A host")
            chips.append((name, ask.path { $0.whose = nil }))
        }
        if let from = ask.from {
            chips.append((plain("From \(from.dayWordsWithYear)"), ask.path { $0.from = nil }))
        }
        if let to = ask.to { chips.append((plain("To \(to.dayWordsWithYear)"), ask.path { $0.to = nil })) }
        if let source = ask.source { chips.append((BookingWords.source(source), ask.path { $0.source = nil })) }
        guard !chips.isEmpty else { return .empty }
        return """
            <ul class="chips" role="list" aria-label="\(plain("Filters in use"))">\(each: chips, { chip in """
                <li><a class="chip" href="\(chip.1)"><span>\(chip.0)</span>\
                <span class="hidden">\(say(", take this filter off"))</span>\(Components.icon(.x))</a></li>
                """ })</ul>
            """
    }

    // MARK: The rows

    private var list: HTML {
        guard !rows.isEmpty else { return nothing }
        var days: [(LocalDate, [BookingRowModel])] = []
        for row in rows {
            let day = zone.local(at: row.booking.state.starts).date
            if days.last?.0 != day { days.append((day, [])) }
            days[days.count - 1].1.append(row)
        }
        return """
            \(each: days, { day, rows in """
                <section class="stack near" aria-label="\(day.dayWordsWithYear)"><h2 class="label">\(name(day))</h2>\
                <ul class="rows" role="list">\(each: rows, row)</ul></section>
                """ })
            """
    }

    private var pages: HTML {
        guard earlier != nil || later != nil else { return .empty }
        // In the order of the list: what comes before this page, and what comes after it.
        return """
            <nav class="pages" aria-label="\(plain("Pages"))"><span class="line">\
            \(earlier.map { cursor in
                Components.link(plain("Previous page"), to: ask.path { $0.before = cursor })
            })\
            \(later.map { cursor in Components.link(plain("Show more"), to: ask.path { $0.after = cursor }) })\
            </span></nav>
            """
    }

    private func name(_ day: LocalDate) -> String {
        if day == today { return plain("Today, \(day.dayWords)") }
        return day.year == today.year ? day.dayWords : day.dayWordsWithYear
    }

    /// Somebody else's may be what is looked for.
    private var further: HTML {
        guard mayChoose, ask.host == principal.user else { return .empty }
        return Components.link(plain("Look through everyone’s"), to: ask.path { $0.whose = .everyone }, .primary)
    }

    private var nothing: HTML {
        let all = Components.link(plain("Take all filters off"), to: ask.only().path())
        guard !ask.isNarrowed else {
            return Components.empty(
                plain("Nothing matches"),
                say("No booking here fits the search and the filters. Take one off, or look under another heading."),
                action: "<p class=\"line\">\(further)\(all)</p>")
        }
        return switch ask.bucket {
        case .upcoming, .all:
            Components.empty(
                plain("No bookings yet"),
                say("Send your link to one person, or open it yourself to see what they see."),
                action: Components.link(plain("Your links"), to: "/calendar/event-types", .primary))
        case .pending:
            Components.empty(
                plain("Nothing waits"), say("Times that somebody asks you for appear here until you answer."))
        case .past: Components.empty(plain("Nothing took place yet"), say("Meetings appear here once they are over."))
        case .noShow:
            Components.empty(plain("No no-shows"), say("Mark a booking when its attendee did not come: it moves here."))
        case .cancelled:
            Components.empty(plain("Nothing cancelled"), say("Cancelled meetings appear here with their reason."))
        }
    }

    private func row(_ row: BookingRowModel) -> HTML {
        if let session = row.session { return SessionRow(row: row, session: session, zone: zone, clock: clock).html }
        let state = row.booking.state
        let hosts = row.booking.hosts.map(\.name).joined(separator: ", ")
        let times = TimeWords.range(state.starts, state.ends, in: zone, clock)
        return """
            <li class="booking-row">\
            <time class="when"><bdi dir="ltr">\(times)</bdi></time>\
            <div class="stack tight"><a class="row-link" href="\(Path("/calendar/bookings/\(row.booking.id)"))">\
            <b><bdi>\(row.booking.attendee.name)</bdi></b></a>\
            <span class="meta third">\(row.booking.attendee.email)</span></div>\
            <div class="stack tight"><span><bdi>\(row.title)</bdi></span>\
            <span class="meta third">\(row.booking.location.openWords)\
            \(if: mayChoose && ask.host == nil, then: " · <bdi>\(hosts)</bdi>")\
            \(if: row.booking.question(now: now) != nil, then: " · \(say("Asked for another time"))")</span></div>\
            \(Components.state(BookingWords.mark(state.status), BookingWords.state(state.status)))</li>
            """
    }

    package static var example: BookingsPage {
        BookingsPage(
            principal: .example, ask: HostListAsk(), rows: [BookingRowModel(booking: .example, title: "Introduction")],
            zone: .utc, clock: .twentyFour, today: Zone.utc.local(at: Booking.example.state.starts).date,
            counts: [.upcoming: 1])
    }
}

extension HostListAsk {
    /// The bucket, and whose, without any filter.
    fileprivate func only() -> HostListAsk {
        var ask = HostListAsk()
        (ask.bucket, ask.usual) = (bucket, usual)
        if case .one? = whose { return ask }
        ask.whose = whose
        return ask
    }
}

extension BookingWords {
    /// The surface a booking came from.
    static func source(_ source: BookingSource) -> String {
        switch source {
        case .page: plain("Booking page")
        case .embed: plain("Embedded page")
        case .api: plain("API")
        case .agent: plain("Assistant program")
        case .poll: plain("Poll")
        case .deal: plain("Deal")
        case .candidate: plain("Candidate")
        case .slack: plain("Slack")
        case .host: plain("Host, for somebody else")
        case .routingForm: plain("Routing form")
        case .singleUse: plain("Single-use link")
        case .oneOff: plain("One-off offer")
        case .sheet: plain("Sign-up sheet")
        }
    }
}
