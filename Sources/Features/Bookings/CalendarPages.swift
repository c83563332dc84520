/// The week, true to scale, and the month: lists of days that a wide screen lays out as a calendar.
import Scheduling
import Web

/// What both pages know.
package struct CalendarFrame: Sendable {
    let principal: Principal
    let person: CalendarPerson
    let day: LocalDate
    let today: LocalDate
    let now: Instant
    let zone: Zone
    let clock: HourClock
    let entries: [CalendarEntry]
    /// Whose calendar can be looked at; empty for those who see only their own.
    var people: [(id: ID<User>, name: String)] = []

    fileprivate var host: ID<User>? { person.isViewer ? nil : person.id }

    fileprivate func page(
        _ view: CalendarView, title: String, answer: HTML, before: (String, LocalDate), after: (String, LocalDate),
        _ content: HTML
    ) -> HTML {
        let now = view == .week ? plain("This week") : plain("This month")
        return Layout.app(title: title, tab: .bookings, principal, """
            \(Components.pageHead(title, answer, actions: """
                \(Components.iconLink(before.0, to: view.path(host: host, day: before.1), .left, flip: true))\
                \(Components.link(now, to: view.path(host: host, day: nil)))\
                \(Components.iconLink(after.0, to: view.path(host: host, day: after.1), .right, flip: true))\
                \(CalendarView.segments(view, host: host, day: day))
                """))\
            \(choice(view))\(content)\(key)
            """)
    }

    /// For admins: whose week.
    private func choice(_ view: CalendarView) -> HTML {
        guard people.count > 1 else { return .empty }
        return """
            <form class="line whose" method="get" action="\(Path("/calendar/bookings"))">\
            \(Components.hidden("view", view.rawValue))\(Components.hidden("date", day.description))\
            \(Components.select("host", plain("Whose time"), people.map { ($0.id.text, $0.name) },
                                in: Filled(values: ["host": person.id.text])))\
            \(Components.button(plain("Show")))</form>
            """
    }

    private var key: HTML {
        """
        <ul class="key" role="list"><li><i class="taken"></i>\(say("Booking"))</li>\
        <li><i class="wait"></i>\(say("Waits for an answer or a payment"))</li>\
        <li><i class="busy"></i>\(say("Over, or busy from elsewhere"))</li>\
        <li><i class="rule"></i>\(say("Away"))</li></ul>
        """
    }

    fileprivate func entry(_ entry: CalendarEntry, at place: HTML, on day: LocalDate, short: Bool = false) -> HTML {
        let (start, end) = (zone.local(at: entry.starts), zone.local(at: entry.ends))
        let times = short ? start.words(clock) : TimeWords.range(entry.starts, entry.ends, in: zone, clock)
        let isWhole = start.date < day && end.date > day
        let inside: HTML = """
            <b><bdi>\(entry.title)</bdi></b> <span><time>\(isWhole ? plain("all day") : times)</time>\
            \(if: !short && !entry.detail.isEmpty, then: ", \(entry.detail)")</span>
            """
        guard let booking = entry.booking else {
            return "<li class=\"event \(entry.tone.style)\(place)\">\(inside)</li>"
        }
        return """
            <li class="event \(entry.tone.style)\(place)">\
            <a href="\(Path("/calendar/bookings/\(booking)"))">\(inside)</a></li>
            """
    }

    fileprivate var meetings: Int { entries.count { $0.booking != nil } }
}

extension CalendarEntry.Tone {
    fileprivate var style: String {
        switch self {
        case .booked: "booked"
        case .pending: "pending"
        case .over, .other: "other"
        case .off: "off"
        }
    }
}

/// `/calendar/bookings?view=week`.
package struct WeekPage: Page {
    let frame: CalendarFrame

    private var first: LocalDate { frame.day.startOfWeek(Language.current.firstWeekday) }

    package var html: HTML {
        let axis = WeekAxis(from: first, zone: frame.zone)
        let days = axis.days.indices.map { axis.placed(frame.entries, on: $0) }
        let (top, rows) = Self.window(axis, days.joined().map { ($0.row, $0.row + $0.rows) })
        let last = first.adding(days: 6)
        let title = plain("\(first.dayOfMonthWords) to \(last.dayOfMonthWords) \(last.year)")
        return frame.page(
            .week, title: title, answer: answer,
            before: (plain("The week before"), first.adding(days: -7)),
            after: (plain("The week after"), first.adding(days: 7)), """
            <div class="scroll" tabindex="0" role="region" aria-label="\(title)"><div class="calendar-week">\
            <ol class="hours" aria-hidden="true">\(each: hours(axis, top, rows), \.self)</ol>\
            \(each: axis.days.indices, { index in day(axis, index, days[index], top, rows) })</div></div>
            """)
    }

    private var answer: HTML {
        let (count, city) = (frame.meetings, TimeWords.city(frame.zone))
        let whose: HTML = frame.person.isViewer ? .empty : "\(say("The time of \(frame.person.name).")) "
        return whose + say(Sentence(
            "%1|one:One meeting. Times are %2 time.|other:%1 meetings. Times are %2 time.",
            [.number(count), .text(city)]))
    }

    /// The hours on show, in quarters: eight to six, and further where something is.
    static func window(_ axis: WeekAxis, _ spans: [(Int, Int)]) -> (top: Int, rows: Int) {
        let hours = axis.hours
        let eight = hours.first { $0.minuteOfDay == 480 }?.top ?? 480
        let six = hours.last { $0.minuteOfDay == 1080 }?.top ?? 1080
        let first = spans.map { $0.0 * 15 }.min() ?? eight
        let last = spans.map { $0.1 * 15 }.max() ?? six
        let top = hours.last { $0.top <= min(first, eight) }?.top ?? 0
        let bottom = hours.first { $0.top >= max(last, six) }?.top ?? axis.length
        return (top / 15, (bottom - top) / 15)
    }

    private func hours(_ axis: WeekAxis, _ top: Int, _ rows: Int) -> [HTML] {
        axis.hours.filter { $0.top / 15 >= top && $0.top / 15 < top + rows }.map { hour in
            let words = DateWords.time(minuteOfDay: hour.minuteOfDay, frame.clock)
            return "<li class=\"\(Self.place(hour.top / 15 - top, 4))\">\(words)</li>"
        }
    }

    private func day(
        _ axis: WeekAxis, _ index: Int, _ entries: [PlacedEntry], _ top: Int, _ rows: Int
    ) -> HTML {
        let date = axis.days[index]
        let isToday = date == frame.today
        let now = axis.top(of: frame.now, on: index) / 15 - top
        return """
            <section class="calendar-day\(if: isToday, then: " today")" aria-labelledby="d-\(date.description)">\
            <h2 id="d-\(date.description)"\(if: isToday, then: " aria-current=\"date\"")><b>\(date.day)</b> \
            \(DateWords.shortWeekday(date.weekday))<span class="hidden">, \(date.dayWords)</span></h2>\
            <div class="day-grid"><div class="ground \(Self.place(0, rows))"></div>\
            \(if: isToday && now >= 0 && now < rows, then: "<div class=\"now \(Self.place(now, 1))\"></div>")\
            \(if: entries.isEmpty, then: "<p class=\"nothing third\">\(say("Nothing"))</p>")\
            \(if: !entries.isEmpty, then: """
                <ol class="entries" role="list">\(each: entries, { placed in
                    frame.entry(placed.entry, at: " \(Self.place(placed, top))", on: date)
                })</ol>
                """)</div></section>
            """
    }

    private static func place(_ row: Int, _ rows: Int) -> HTML { "r-\(max(0, row)) s-\(max(1, rows))" }

    /// The twelve columns of a day are shared by up to twelve lanes.
    static func place(_ placed: PlacedEntry, _ top: Int) -> HTML {
        let lanes = [1, 2, 3, 4, 6, 12].first { $0 >= placed.lanes } ?? 12
        let width = 12 / lanes
        return "\(place(placed.row - top, placed.rows)) c-\(min(placed.lane, lanes - 1) * width + 1) w-\(width)"
    }

    package static var example: WeekPage { WeekPage(frame: .example) }
}

/// `/calendar/bookings?view=month`.
package struct MonthPage: Page {
    let frame: CalendarFrame

    /// Entries written into a day; the rest is a number.
    private static let most = 3

    private var first: LocalDate { frame.day.firstOfMonth }

    package var html: HTML {
        frame.page(
            .month, title: first.monthWords, answer: answer,
            before: (plain("The month before"), first.adding(days: -1).firstOfMonth),
            after: (plain("The month after"), first.adding(days: 31).firstOfMonth), """
            <table class="calendar-month"><caption class="hidden">\(first.monthWords)</caption><thead><tr>\
            \(each: DateWords.week, { day in
                "<th scope=\"col\"><abbr title=\"\(DateWords.weekday(day))\">\(DateWords.shortWeekday(day))</abbr></th>"
            })</tr></thead><tbody>\(each: weeks, { week in
                "<tr>\(each: week, cell)</tr>"
            })</tbody></table>
            """)
    }

    private var answer: HTML {
        let (start, end) = (frame.zone.instant(of: first), frame.zone.instant(of: first.adding(days: 31).firstOfMonth))
        let count = frame.entries.count { $0.booking != nil && $0.starts < end && $0.ends > start }
        return say("\(count)|one:One meeting.|other:%1 meetings.")
    }

    /// The first and the last day drawn: whole weeks.
    static func span(_ month: LocalDate) -> (from: LocalDate, days: Int) {
        let start = month.startOfWeek(Language.current.firstWeekday)
        let last = month.adding(days: LocalDate.days(inMonth: month.month, of: month.year) - 1)
        let end = last.startOfWeek(Language.current.firstWeekday).adding(days: 7)
        return (start, end.daysSince1970 - start.daysSince1970)
    }

    private var weeks: [[LocalDate]] {
        let (start, days) = Self.span(first)
        return stride(from: 0, to: days, by: 7).map { week in (0..<7).map { start.adding(days: week + $0) } }
    }

    private func cell(_ date: LocalDate) -> HTML {
        let (start, end) = (frame.zone.instant(of: date), frame.zone.instant(of: date.adding(days: 1)))
        let entries = frame.entries.filter { $0.starts < end && $0.ends > start }
        let style = (date == frame.today ? " today" : "") + (date.month == first.month ? "" : " outside")
            + (entries.isEmpty ? " free" : "")
        let host = frame.person.isViewer ? nil : frame.person.id
        let more = entries.count - Self.most
        return """
            <td class="calendar-cell\(style)">\
            <a class="day-number" href="\(CalendarView.week.path(host: host, day: date))" \
            aria-label="\(plain("The week of \(date.dayWords)"))">\(date.day)</a>\
            <span class="weekday third" aria-hidden="true">\(DateWords.shortWeekday(date.weekday))</span>\
            \(if: !entries.isEmpty, then: """
                <ol class="entries" role="list">\(each: entries.prefix(Self.most), { entry in
                    frame.entry(entry, at: .empty, on: date, short: true)
                })</ol>
                """)\
            \(if: more > 0, then: "<p class=\"meta third\">\(say("\(more)|one:one more|other:%1 more"))</p>")</td>
            """
    }

    package static var example: MonthPage { MonthPage(frame: .example) }
}

extension CalendarFrame {
    static var example: CalendarFrame {
        let booking = Booking.example
        let day = Zone.utc.local(at: booking.state.starts).date
        return CalendarFrame(
            principal: .example, person: CalendarPerson(id: LinkHost.example.id, name: "Ingrid", isViewer: true),
            day: day, today: day, now: booking.createdAt, zone: .utc, clock: .twentyFour,
            entries: [CalendarEntry(
                starts: booking.state.starts, ends: booking.state.ends, title: booking.attendee.name,
                detail: "Introduction", tone: .booked, booking: booking.id)])
    }
}
