/// The month: a table of weeks on a wide screen, a list of the days with something on a narrow one.
import Scheduling
import Web

/// `/calendar/bookings?view=month`.
package struct MonthPage: Page {
    let frame: CalendarFrame

    /// Entries written into a day; the rest is a number.
    private static let most = 3

    private var first: LocalDate { frame.day.firstOfMonth }
    private var next: LocalDate { first.adding(days: 31).firstOfMonth }

    package var html: HTML {
        let days = entriesByDay
        return frame.page(
            .month, title: first.monthWords, answer: answer,
            before: (plain("The month before"), first.adding(days: -1).firstOfMonth),
            after: (plain("The month after"), next), """
            <table class="calendar-month"><caption class="hidden">\(first.monthWords)</caption><thead><tr>\
            \(each: DateWords.week, { day in
                "<th scope=\"col\"><abbr title=\"\(DateWords.weekday(day))\">\(DateWords.shortWeekday(day))</abbr></th>"
            })</tr></thead><tbody>\(each: weeks, { week in
                "<tr>\(each: week, { cell($0, days[$0] ?? []) })</tr>"
            })</tbody></table>
            """)
    }

    /// The month's own; the days before and after it are counted in theirs.
    private var answer: HTML {
        let count = frame.meetings(from: frame.zone.instant(of: first), to: frame.zone.instant(of: next))
        let whose: HTML = frame.person.isViewer ? .empty : "\(say("The time of \(frame.person.name).")) "
        return whose + say(Sentence(
            "%1|one:One meeting in %2. Times are %3 time.|other:%1 meetings in %2. Times are %3 time.",
            [.number(count), .text(first.monthWords), .text(TimeWords.city(frame.zone))]))
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

    /// What happens on each day drawn; what lasts longer is on several.
    private var entriesByDay: [LocalDate: [CalendarEntry]] {
        let (start, count) = Self.span(first)
        let end = start.adding(days: count - 1)
        return frame.entries.reduce(into: [:]) { days, entry in
            let from = max(start, frame.zone.local(at: entry.starts).date)
            let to = min(end, frame.zone.local(at: entry.ends.adding(seconds: -1)).date)
            guard from <= to else { return }
            for day in from.daysSince1970...to.daysSince1970 {
                days[LocalDate(daysSince1970: day), default: []].append(entry)
            }
        }
    }

    private func cell(_ date: LocalDate, _ entries: [CalendarEntry]) -> HTML {
        let isFree = entries.isEmpty && frame.marks[date].isEmpty
        let off = frame.marks.offFrom(date)
        let style = (date == frame.today ? " today" : "") + (date.month == first.month ? "" : " outside")
            + (isFree ? " free" : "") + (off.map { $0 > 0 ? " off half" : " off" } ?? "")
        let day = CalendarView.day.path(host: frame.host, day: date)
        let more = entries.count - Self.most
        return """
            <td class="calendar-cell\(style)">\
            <a class="day-number" href="\(day)" aria-label="\(date.dayWords)">\(date.day)</a>\
            <span class="weekday third" aria-hidden="true">\(DateWords.shortWeekday(date.weekday))</span>\
            \(frame.marks(on: date))\
            \(if: !entries.isEmpty, then: """
                <ol class="entries" role="list">\(each: entries.prefix(Self.most), { entry in
                    frame.entry(entry, at: .empty, on: date, brief: true)
                })</ol>
                """)\
            \(if: more > 0, then: """
                <p class="meta"><a class="more-link" href="\(day)">\
                \(say("\(more)|one:one more|other:%1 more"))</a></p>
                """)</td>
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
