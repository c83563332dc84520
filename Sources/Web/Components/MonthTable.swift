/// The month of a booking page: free days are tinted links, the rest are plain figures.

import Scheduling

extension Components {
    /// A month with the number of free times of each day.
    package struct Month: Sendable {
        package let year: Int
        package let month: Int
        /// Free times by day; days without any need not be there.
        package let free: [LocalDate: Int]
        /// Days of which nothing is left, and on which one can wait for a place.
        package let full: Set<LocalDate>
        package let chosen: LocalDate?
        package let today: LocalDate?
        /// Where the month before and the month after are; nil where there is nothing to see.
        package let before: Path?
        package let after: Path?
        /// Five weeks from this day's week are shown instead of the month, whose end is near.
        package let from: LocalDate?

        package init(year: Int, month: Int, free: [LocalDate: Int], full: Set<LocalDate> = [],
                     chosen: LocalDate? = nil, today: LocalDate? = nil, before: Path? = nil, after: Path? = nil,
                     from: LocalDate? = nil) {
            self.year = year
            self.month = month
            self.free = free
            self.full = full
            self.chosen = chosen
            self.today = today
            self.before = before
            self.after = after
            self.from = from
        }

        /// Nil for a month that no calendar has.
        fileprivate var first: LocalDate? { LocalDate(year: year, month: month, day: 1) }
    }

    /// The name of the month with the ways to its neighbours, and its days.
    ///
    /// - Parameter address: where the times of a day are shown.
    package static func month(_ month: Month, address: (LocalDate) -> Path) -> HTML {
        guard let first = month.first else { return .empty }
        let name = month.from == nil ? first.monthWords
            : plain("[months] \(DateWords.month(first.month)) – \(first.adding(days: 31).monthWords)")
        let weeks = month.from.map(fiveWeeks) ?? weeks(first)
        return """
            <div class="month-head"><h2 id="month">\(name)</h2>\
            \(neighbour(month.before, first.adding(days: -1), .left, end: true))\
            \(neighbour(month.after, first.adding(days: 31), .right, end: month.before == nil))</div>\
            <table class="month" aria-labelledby="month"><thead><tr>\(each: DateWords.week, { day in
                "<th scope=\"col\"><abbr title=\"\(DateWords.weekday(day))\">\(DateWords.shortWeekday(day))</abbr></th>"
            })</tr></thead><tbody>\(each: weeks, { week in
                "<tr>\(each: week, { day in cell(day, in: month, address: address) })</tr>"
            })</tbody></table>
            """
    }

    private static func neighbour(_ path: Path?, _ date: LocalDate, _ arrow: Icon, end: Bool) -> HTML {
        guard let path else { return .empty }
        return iconLink(date.monthWords, to: path, arrow, flip: true, end: end)
    }

    private static func cell(_ date: LocalDate?, in month: Month, address: (LocalDate) -> Path) -> HTML {
        guard let date else { return "<td></td>" }
        let today: HTML = date == month.today ? " class=\"today\"" : .empty
        guard let free = month.free[date], free > 0 else {
            guard month.full.contains(date) else { return "<td\(today)>\(date.day)</td>" }
            let label = plain("\(date.dayOfMonthWords), full, with a waitlist")
            return """
                <td\(today)><a class="full" href="\(address(date))"\
                \(attribute("aria-current", date == month.chosen ? "date" : nil)) aria-label="\(label)">\
                \(date.day)</a></td>
                """
        }
        let amount: HTML = free > 10 ? " class=\"many\"" : free > 5 ? " class=\"some\"" : .empty
        let day = date.dayOfMonthWords
        let label = plain(Sentence("%1|one:%2, one time|other:%2, %1 times", [.number(free), .text(day)]))
        return """
            <td\(today)><a\(amount) href="\(address(date))"\
            \(attribute("aria-current", date == month.chosen ? "date" : nil)) aria-label="\(label)">\(date.day)</a></td>
            """
    }

    /// Six rows at most; nil before the first and after the last day.
    private static func weeks(_ first: LocalDate) -> [[LocalDate?]] {
        var days: [LocalDate?] = Array(repeating: nil, count: lead(first))
        days += (0..<LocalDate.days(inMonth: first.month, of: first.year)).map { first.adding(days: $0) }
        while days.count % 7 > 0 { days.append(nil) }
        return stride(from: 0, to: days.count, by: 7).map { Array(days[$0..<$0 + 7]) }
    }

    /// How far a day is into its week.
    private static func lead(_ date: LocalDate) -> Int { (date.weekday - Language.current.firstWeekday + 7) % 7 }

    private static func fiveWeeks(from date: LocalDate) -> [[LocalDate?]] {
        let start = date.adding(days: -lead(date))
        return (0..<5).map { week in (0..<7).map { start.adding(days: 7 * week + $0) } }
    }
}
