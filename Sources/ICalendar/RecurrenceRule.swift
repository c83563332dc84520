/// A repetition rule, the value of RRULE (RFC 5545 §3.3.10).
import Scheduling

/// ```swift
/// RecurrenceRule("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")     // the last Friday of three months
/// ```
/// Reading is forgiving where real files are: parts of unknown names are skipped, letters may be small. What RFC 5545
/// forbids but still has one plain meaning (BYMONTHDAY in a weekly rule) narrows the rule.
package struct RecurrenceRule: Hashable, Sendable {
    package enum Frequency: String, Sendable {
        case yearly = "YEARLY", monthly = "MONTHLY", weekly = "WEEKLY", daily = "DAILY"
        case hourly = "HOURLY", minutely = "MINUTELY", secondly = "SECONDLY"
    }

    package enum End: Hashable, Sendable {
        case never
        /// So many instances, the first of the series and excluded ones counted; at least 1.
        case count(Int)
        /// Instances up to and with this time; a date means the whole of it.
        case until(EventTime)
    }

    /// A day of the week, alone or as the so-manieth of a month or year.
    package struct Weekday: Hashable, Sendable {
        /// 0 = Sunday … 6 = Saturday.
        package let day: Int
        /// 1…53 from the front, −1…−53 from the back; nil for each.
        package let ordinal: Int?
    }

    package let frequency: Frequency
    /// Every so manieth year, month …; 1…1,000,000.
    package private(set) var interval = 1
    package private(set) var end = End.never
    /// Bit n for month n; none for all. The same for hours, minutes and seconds.
    package private(set) var months: UInt16 = 0
    package private(set) var hours: UInt32 = 0
    package private(set) var minutes: UInt64 = 0
    package private(set) var seconds: UInt64 = 0
    /// Bit n for day n of the month, and for the n-th from its end.
    package private(set) var monthDays: UInt32 = 0
    package private(set) var monthDaysFromEnd: UInt32 = 0
    /// Days of the year, negative ones from its end; never 0.
    package private(set) var yearDays: [Int] = []
    /// Weeks of the year by ISO 8601, but beginning on ``weekStart``; negative ones from its end.
    package private(set) var weeks: [Int] = []
    package private(set) var weekdays: [Weekday] = []
    /// Which instances of each period are meant, negative ones from its end; ascending as asked, never 0.
    package private(set) var positions: [Int] = []
    /// 0 = Sunday … 6 = Saturday.
    package private(set) var weekStart = 1

    package init(_ frequency: Frequency, interval: Int = 1, end: End = .never) {
        precondition(1...Self.longestInterval ~= interval, "an interval is 1…1,000,000")
        (self.frequency, self.interval, self.end) = (frequency, interval, end)
    }

    private static let longestInterval = 1_000_000
    /// Beyond any use: a list names each hour, day or week once.
    private static let longestText = 4_096

    /// Reads the value of an RRULE.
    /// - Returns: nil where it has no FREQ, says a number that cannot be, or has more than 4,096 octets.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.longestText else { return nil }
        var parts: [(name: String, value: Substring)] = []
        for part in String(text).uppercased().split(separator: ";") {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            parts.append((halves[0].trimmed, Substring(halves[1].trimmed)))
        }
        guard let word = parts.first(where: { $0.name == "FREQ" })?.value,
              let frequency = Frequency(rawValue: String(word))
        else { return nil }
        self.frequency = frequency
        for part in parts {
            guard read(part.name, part.value) else { return nil }
        }
    }
}

extension RecurrenceRule {
    private mutating func read(_ name: String, _ value: Substring) -> Bool {
        switch name {
        case "INTERVAL": read(value, 1...Self.longestInterval) { $0.interval = $1 }
        case "COUNT": read(value, 1...Int(Int32.max)) { $0.end = .count($1) }
        case "UNTIL": readUntil(value)
        case "WKST": readWeekStart(value)
        case "BYDAY": readWeekdays(value)
        case "BYMONTH": each(value, 1...12) { $0.months |= 1 << $1 }
        case "BYHOUR": each(value, 0...23) { $0.hours |= 1 << $1 }
        case "BYMINUTE": each(value, 0...59) { $0.minutes |= 1 << $1 }
        // A leap second is the one before it, where there are none (§3.3.12).
        case "BYSECOND": each(value, 0...60) { $0.seconds |= 1 << min($1, 59) }
        case "BYMONTHDAY": eachSigned(value, 31) { rule, day in
            if day > 0 { rule.monthDays |= 1 << day } else { rule.monthDaysFromEnd |= 1 << -day }
        }
        case "BYYEARDAY": eachSigned(value, 366) { $0.yearDays.append($1) }
        case "BYWEEKNO": eachSigned(value, 53) { $0.weeks.append($1) }
        case "BYSETPOS": eachSigned(value, 366) { $0.positions.append($1) }
        // Another calendar than the Gregorian (RFC 7529) cannot be read as if it were this one.
        case "RSCALE": value == "GREGORIAN"
        default: true
        }
    }

    private mutating func read(
        _ value: Substring, _ range: ClosedRange<Int>, _ set: (inout Self, Int) -> Void
    ) -> Bool {
        guard let number = Int(value), range ~= number else { return false }
        set(&self, number)
        return true
    }

    private mutating func each(
        _ value: Substring, _ range: ClosedRange<Int>, _ add: (inout Self, Int) -> Void
    ) -> Bool {
        let words = value.split(separator: ",")
        for word in words {
            guard read(Substring(word.trimmed), range, add) else { return false }
        }
        return !words.isEmpty
    }

    /// Numbers from −most to most, without 0.
    private mutating func eachSigned(_ value: Substring, _ most: Int, _ add: (inout Self, Int) -> Void) -> Bool {
        var hasNone = false
        return each(value, -most...most) { rule, number in
            if number == 0 { hasNone = true } else { add(&rule, number) }
        } && !hasNone
    }

    private mutating func readUntil(_ value: Substring) -> Bool {
        guard let time = EventTime(value, zone: nil) else { return false }
        end = .until(time)
        return true
    }

    private mutating func readWeekStart(_ value: Substring) -> Bool {
        guard let day = Self.dayNames.firstIndex(of: String(value)) else { return false }
        weekStart = day
        return true
    }

    private static let dayNames = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]

    private mutating func readWeekdays(_ value: Substring) -> Bool {
        for word in value.split(separator: ",") {
            let word = word.trimmed
            guard let day = Self.dayNames.firstIndex(of: String(word.suffix(2))) else { return false }
            let ordinal = Int(word.dropLast(2))
            guard word.count == 2 || ordinal.map({ $0 != 0 && abs($0) <= 53 }) == true else { return false }
            weekdays.append(Weekday(day: day, ordinal: ordinal))
        }
        return !weekdays.isEmpty
    }
}

extension StringProtocol {
    /// Without spaces and tabs at its ends.
    var trimmed: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let front = drop(while: isSpace)
        return String(front[..<(front.lastIndex { !isSpace($0) }.map { front.index(after: $0) } ?? front.startIndex)])
    }
}
