/// A day of the proleptic Gregorian calendar and a wall-clock reading, both without a zone.

/// A calendar day, kept as the number of days since 1970-01-01.
///
/// ```swift
/// LocalDate("2026-03-08")?.adding(days: 1).weekday     // 1, a Monday
/// ```
package struct LocalDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before.
    package let daysSince1970: Int

    package init(daysSince1970: Int) {
        self.daysSince1970 = daysSince1970
    }

    /// The day with these numbers; nil unless it exists. Years run from 0 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard 0...9_999 ~= year, 1...12 ~= month, 1...LocalDate.days(inMonth: month, of: year) ~= day else {
            return nil
        }
        daysSince1970 = LocalDate.days(year: year, month: month, day: day)
    }

    /// Reads exactly `YYYY-MM-DD`; nil unless that day exists.
    package init?(_ text: String) {
        var reader = TextReader(text)
        guard let date = reader.date(), reader.isAtEnd else { return nil }
        self = date
    }

    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var day: Int { civil.day }

    /// 0 = Sunday … 6 = Saturday. 1970-01-01 was a Thursday.
    package var weekday: Int { floorModulo(daysSince1970 + 4, 7) }

    /// The date so many days later; earlier by negative ones.
    package func adding(days: Int) -> LocalDate { LocalDate(daysSince1970: daysSince1970 + days) }

    /// 0000-01-01 and 9999-12-31, the ends of RFC 3339.
    private static let (firstWritten, lastWritten) = (-719_528, 2_932_896)

    package static func < (a: LocalDate, b: LocalDate) -> Bool { a.daysSince1970 < b.daysSince1970 }

    /// `YYYY-MM-DD`; a date before the year 0 or after 9999 is written as the nearest that four digits can say.
    package var description: String {
        let written = min(max(daysSince1970, LocalDate.firstWritten), LocalDate.lastWritten)
        let (year, month, day) = LocalDate(daysSince1970: written).civil
        var text: [UInt8] = []
        text.reserveCapacity(10)
        text.appendTwoDigits(year / 100)
        text.appendTwoDigits(year % 100)
        text.append(UInt8(ascii: "-"))
        text.appendTwoDigits(month)
        text.append(UInt8(ascii: "-"))
        text.appendTwoDigits(day)
        return String(decoding: text, as: UTF8.self)
    }
}

extension LocalDate {
    /// How many days a month has, 28…31.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days since 1970-01-01 of a day whose numbers are in range. The year is counted from March, so that the leap
    /// day is its last: then the days before a month are (153 m + 2) / 5 (Howard Hinnant, chrono-compatible dates).
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Year, month and day: the inverse of ``days(year:month:day:)``.
    private var civil: (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }
}

/// What a wall clock shows: a day and the seconds since its midnight, in no particular zone.
package struct LocalTime: Hashable, Sendable {
    package let date: LocalDate
    /// Seconds since midnight by the clock's face, 0…86 399. 86 400 (24:00) is accepted and means the next midnight.
    package let secondOfDay: Int

    package init(date: LocalDate, secondOfDay: Int) {
        self.date = date
        self.secondOfDay = secondOfDay
    }

    package var hour: Int { secondOfDay / 3_600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }

    /// The clock's reading counted as if it stood in UTC; the form all zone arithmetic uses.
    package init(secondsSince1970 wall: Int64) {
        let day = floorDivide(wall, 86_400)
        date = LocalDate(daysSince1970: Int(day))
        secondOfDay = Int(wall - day * 86_400)
    }

    package var secondsSince1970: Int64 { Int64(date.daysSince1970) * 86_400 + Int64(secondOfDay) }
}

/// Division that rounds down, so that days before 1970 count like those after. `divisor` is positive.
@inline(__always)
package func floorDivide<Number: FixedWidthInteger>(_ number: Number, _ divisor: Number) -> Number {
    let quotient = number / divisor
    return number % divisor < 0 ? quotient - 1 : quotient
}

/// The remainder that goes with ``floorDivide(_:_:)``: 0 ..< divisor.
@inline(__always)
package func floorModulo<Number: FixedWidthInteger>(_ number: Number, _ divisor: Number) -> Number {
    let remainder = number % divisor
    return remainder < 0 ? remainder + divisor : remainder
}
