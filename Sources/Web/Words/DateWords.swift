/// Dates and times of day as pages say them, in the reader's language.

import Scheduling

/// How the hours of a day are counted.
package enum HourClock: String, CaseIterable, Sendable {
    case twelve = "12"
    case twentyFour = "24"
}

extension LocalDate {
    /// `Thursday 3 December`.
    package var dayWords: String {
        plain("[day] \(weekdayName) \(day) \(monthName)")
    }

    /// `Thursday 3 December 2026`.
    package var dayWordsWithYear: String {
        plain("[day with year] \(weekdayName) \(day) \(monthName) \(year)")
    }

    /// `3 December`.
    package var dayOfMonthWords: String {
        plain("[day of month] \(day) \(monthName)")
    }

    /// `Thu 3 Dec`.
    package var shortDayWords: String {
        plain("[short day] \(DateWords.shortWeekday(weekday)) \(day) \(DateWords.shortMonth(month))")
    }

    /// `December 2026`.
    package var monthWords: String {
        plain("[month] \(monthName) \(year)")
    }

    private var weekdayName: String { DateWords.weekday(weekday) }
    private var monthName: String { DateWords.month(month) }
}

extension LocalTime {
    /// `10:30`, or `10:30 AM` on a twelve-hour clock.
    package func words(_ clock: HourClock) -> String {
        DateWords.time(minuteOfDay: secondOfDay / 60, clock)
    }
}

/// The names of days and months and the shapes of times.
package enum DateWords {
    /// `10:30`, or `10:30 AM` (with a no-break space) on a twelve-hour clock.
    ///
    /// - Parameter minuteOfDay: minutes since midnight; 1440 and more are read on the next day.
    package static func time(minuteOfDay: Int, _ clock: HourClock) -> String {
        switch clock {
        case .twentyFour: figures(minuteOfDay, clock)
        case .twelve: plain("[time] \(figures(minuteOfDay, clock))\u{a0}\(half(minuteOfDay))")
        }
    }

    /// `10:30–11:00` with an en dash; on a twelve-hour clock `10:30–11:00 AM`, and `11:30 AM–12:00 PM` across noon.
    package static func range(from start: LocalTime, to end: LocalTime, _ clock: HourClock) -> String {
        let (first, last) = (start.secondOfDay / 60, end.secondOfDay / 60)
        let sameHalf = clock == .twelve && start.date == end.date && half(first) == half(last)
        let opening = sameHalf ? figures(first, clock) : time(minuteOfDay: first, clock)
        return "\(opening)–\(time(minuteOfDay: last, clock))"
    }

    /// `Thursday`; 0 = Sunday.
    package static func weekday(_ index: Int) -> String {
        plain(Sentence(stringLiteral: weekdays[index]))
    }

    /// `Thu`; 0 = Sunday.
    package static func shortWeekday(_ index: Int) -> String {
        plain(Sentence(stringLiteral: "[short day name] \(weekdays[index].prefix(3))"))
    }

    /// `December`; 1 = January.
    package static func month(_ number: Int) -> String {
        plain(Sentence(stringLiteral: months[number - 1]))
    }

    /// `Dec`; 1 = January.
    package static func shortMonth(_ number: Int) -> String {
        plain(Sentence(stringLiteral: "[short month] \(months[number - 1].prefix(3))"))
    }

    /// The seven weekdays in the order of the reader's calendar: `[1, 2, 3, 4, 5, 6, 0]` where weeks begin on Monday.
    package static var week: [Int] {
        (0..<7).map { (Language.current.firstWeekday + $0) % 7 }
    }

    /// `30 min`, `90 min`, `2 h`, `2 h 30 min`, with no-break spaces.
    package static func duration(minutes: Int) -> String {
        switch (minutes / 60, minutes % 60) {
        case _ where minutes <= 90: plain("\(minutes)\u{a0}min")
        case (let hours, 0): plain("\(hours)\u{a0}h")
        case (let hours, let rest): plain("\(hours)\u{a0}h \(rest)\u{a0}min")
        }
    }

    private static func figures(_ minuteOfDay: Int, _ clock: HourClock) -> String {
        let (hour, minute) = (minuteOfDay / 60 % 24, minuteOfDay % 60)
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        switch clock {
        case .twentyFour: return hour < 10 ? "0\(hour):\(minutes)" : "\(hour):\(minutes)"
        case .twelve: return "\(hour % 12 == 0 ? 12 : hour % 12):\(minutes)"
        }
    }

    private static func half(_ minuteOfDay: Int) -> String {
        minuteOfDay / 720 % 2 == 0 ? plain("AM") : plain("PM")
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
                                 "October", "November", "December"]
}
