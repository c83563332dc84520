/// Days and weeks, true to scale: lists of days that a wide screen lays out as a calendar.
import Scheduling
import Web

/// What all of these pages know.
package struct CalendarFrame: Sendable {
    let principal: Principal
    let person: CalendarPerson
    let day: LocalDate
    let today: LocalDate
    let now: Instant
    let zone: Zone
    let clock: HourClock
    let entries: [CalendarEntry]
    var marks = DayMarks()
    /// Whose calendar can be looked at; empty for those who see only their own.
    var people: [(id: ID<User>, name: String)] = []

    /// The list was everybody's, and is again when it is gone back to.
    var wasEveryone = false

    var host: String? { person.isViewer ? (wasEveryone ? Whose.everyone.word : nil) : person.id.text }

    func page(
        _ view: CalendarView, title: String, answer: HTML, before: (String, LocalDate), after: (String, LocalDate),
        _ content: HTML
    ) -> HTML {
        let now = switch view {
        case .list, .day: plain("Today")
        case .week: plain("This week")
        case .month: plain("This month")
        }
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

    /// What the signs mean, as far as they occur.
    private var key: HTML {
        let tones = Set(entries.map(\.tone))
        return """
            <ul class="key" role="list">\
            \(if: tones.contains(.booked), then: "<li><i class=\"taken\"></i>\(say("Booking"))</li>")\
            \(if: tones.contains(.pending),
              then: "<li><i class=\"wait\"></i>\(say("Waits for an answer or a payment"))</li>")\
            \(if: tones.contains(.over), then: "<li><i class=\"busy\"></i>\(say("Over"))</li>")\
            \(if: tones.contains(.other), then: "<li><i class=\"busy\"></i>\(say("Busy from elsewhere"))</li>")\
            \(if: tones.contains(.off) || marks.hasDaysOff,
              then: "<li><i class=\"rule\"></i>\(say("Away"))</li>")</ul>
            """
    }

    /// - Parameter brief: there is room for one line: its beginning and the name.
    func entry(_ entry: CalendarEntry, at place: HTML, on day: LocalDate, brief: Bool) -> HTML {
        let (start, end) = (zone.local(at: entry.starts), zone.local(at: entry.ends))
        let isWhole = start.date < day && end.date > day
        let times: HTML = """
            <time dir="ltr">\(start.words(clock))<span class="until">–\(end.words(clock))</span></time>
            """
        let inside: HTML = """
            \(if: isWhole, then: "<span>\(say("all day"))</span>", else: times) <b dir="auto">\(entry.title)</b>\
            \(if: !entry.detail.isEmpty, then: " <span class=\"what\" dir=\"auto\">\(entry.detail)</span>")
            """
        let style: HTML = "event \(entry.tone.style)\(if: brief, then: " brief")\(place)"
        guard let path = entry.path else { return "<li class=\"\(style)\">\(inside)</li>" }
        return """
            <li class="\(style)"><a href="\(path)">\(inside)</a></li>
            """
    }

    /// Out of office, trips and holidays of a date, in words.
    func marks(on date: LocalDate) -> HTML {
        guard !marks[date].isEmpty else { return .empty }
        return """
            <ul class="marks" role="list">\(each: marks[date], { mark in
                "<li\(if: mark.offFrom != nil, then: " class=\"off\"")><span>\(mark.words)</span></li>"
            })</ul>
            """
    }

    func meetings(from: Instant, to: Instant) -> Int {
        entries.count { $0.booking != nil && $0.starts < to && $0.ends > from }
    }
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

/// `/calendar/bookings?view=day`.
package struct DayPage: Page {
    let frame: CalendarFrame

    package var html: HTML {
        let grid = HoursGrid(frame: frame, first: frame.day, count: 1)
        return frame.page(
            .day, title: frame.day.dayWordsWithYear, answer: grid.answer,
            before: (plain("The day before"), frame.day.adding(days: -1)),
            after: (plain("The day after"), frame.day.adding(days: 1)), grid.html(frame.day.dayWordsWithYear))
    }

    package static var example: DayPage { DayPage(frame: .example) }
}

/// `/calendar/bookings?view=week`.
package struct WeekPage: Page {
    let frame: CalendarFrame

    package var html: HTML {
        let first = frame.day.startOfWeek(Language.current.firstWeekday)
        let grid = HoursGrid(frame: frame, first: first, count: 7)
        let last = first.adding(days: 6)
        let title = plain("\(first.dayOfMonthWords) to \(last.dayOfMonthWords) \(last.year)")
        return frame.page(
            .week, title: title, answer: grid.answer,
            before: (plain("The week before"), first.adding(days: -7)),
            after: (plain("The week after"), first.adding(days: 7)), grid.html(title))
    }

    package static var example: WeekPage { WeekPage(frame: .example) }
}

/// The hours of some days from top to bottom, with what happens in them.
struct HoursGrid: Sendable {
    let frame: CalendarFrame
    let first: LocalDate
    let count: Int

    func html(_ title: String) -> HTML {
        let axis = WeekAxis(from: first, days: count, zone: frame.zone)
        let days = axis.days.indices.map { axis.placed(frame.entries, on: $0) }
        let (top, rows) = Self.window(axis, days.joined().map { ($0.row, $0.row + $0.rows) })
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(title)">\
            <div class="calendar-week\(if: count == 1, then: " one")">\
            <ol class="hours" aria-hidden="true">\(each: hours(axis, top, rows), \.self)</ol>\
            \(each: axis.days.indices, { index in day(axis, index, days[index], top, rows) })</div></div>
            """
    }

    /// How much there is, whose, and on which clock.
    var answer: HTML {
        let (start, end) = (frame.zone.instant(of: first), frame.zone.instant(of: first.adding(days: count)))
        let (meetings, city) = (frame.meetings(from: start, to: end), TimeWords.city(frame.zone))
        let whose: HTML = frame.person.isViewer ? .empty : "\(say("The time of \(frame.person.name).")) "
        return whose + say(Sentence(
            "%1|one:One meeting. Times are %2 time.|other:%1 meetings. Times are %2 time.",
            [.number(meetings), .text(city)]))
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
        let isFree = entries.isEmpty && frame.marks[date].isEmpty
        return """
            <section class="calendar-day\(if: isToday, then: " today")" aria-labelledby="d-\(date.description)">\
            <h2 id="d-\(date.description)"\(if: isToday, then: " aria-current=\"date\"")>\(heading(date))</h2>\
            \(frame.marks(on: date))\
            <div class="day-grid">\(hatch(axis, date, top, rows))<div class="ground \(Self.place(0, rows))"></div>\
            \(if: isToday && now >= 0 && now < rows, then: "<div class=\"now \(Self.place(now, 1))\"></div>")\
            \(if: isFree, then: "<p class=\"nothing third\">\(say("Nothing"))</p>")\
            \(if: !entries.isEmpty, then: """
                <ol class="entries" role="list">\(each: entries, { placed in
                    frame.entry(
                        placed.entry, at: " \(Self.place(placed, top))", on: date, brief: placed.rows <= Self.briefRows)
                })</ol>
                """)</div></section>
            """
    }

    /// In a week, each day leads to its own page.
    private func heading(_ date: LocalDate) -> HTML {
        let words: HTML = """
            <b>\(date.day)</b> \(DateWords.shortWeekday(date.weekday))<span class="hidden">, \(date.dayWords)</span>
            """
        guard count > 1 else { return words }
        return "<a href=\"\(CalendarView.day.path(host: frame.host, day: date))\">\(words)</a>"
    }

    /// The hours in which the person is away; the words stand above them.
    private func hatch(_ axis: WeekAxis, _ date: LocalDate, _ top: Int, _ rows: Int) -> HTML {
        guard let from = frame.marks.offFrom(date) else { return .empty }
        let begins = (axis.hours.first { $0.minuteOfDay >= from }?.top ?? 0) / 15
        let row = max(0, begins - top)
        return "<div class=\"hatch \(Self.place(row, rows - row))\"></div>"
    }

    /// Up to half an hour there is room for one line.
    private static let briefRows = 2

    private static func place(_ row: Int, _ rows: Int) -> HTML { "r-\(max(0, row)) s-\(max(1, rows))" }

    /// The twelve columns of a day are shared by up to twelve lanes.
    static func place(_ placed: PlacedEntry, _ top: Int) -> HTML {
        let lanes = [1, 2, 3, 4, 6, 12].first { $0 >= placed.lanes } ?? 12
        let width = 12 / lanes
        return "\(place(placed.row - top, placed.rows)) c-\(min(placed.lane, lanes - 1) * width + 1) w-\(width)"
    }
}
