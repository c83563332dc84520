/// Which days of a month, a week or a year a rule means, as masks of bits.
import Scheduling

extension RuleExpansion {
    /// Up to 31 days, beginning with `first`: bit n for the n-th after it.
    typealias Days = (first: Int, mask: UInt32)

    /// The first day of the week a day is in.
    func weekBegin(_ day: Int) -> Int { day - floorModulo(day + 4 - rule.weekStart, 7) }

    /// The days of a month that fit; without so-manieth week days of the year.
    func candidates(inMonth month: Int, of year: Int) -> Days {
        let first = LocalDate.days(year: year, month: month, day: 1)
        guard months == 0 || months >> UInt16(month) & 1 == 1 else { return (first, 0) }
        let length = LocalDate.days(inMonth: month, of: year)
        let whole = UInt32.max >> UInt32(32 - length)
        var mask = whole
        if monthDays | rule.monthDaysFromEnd != 0 {
            mask = monthDays >> 1
            if rule.monthDaysFromEnd != 0 {
                for back in 1...length where rule.monthDaysFromEnd >> UInt32(back) & 1 == 1 {
                    mask |= 1 << UInt32(length - back)
                }
            }
        }
        if weekdays != 0 || !ordinals.isEmpty {
            var those: UInt32 = 0
            if weekdays != 0 { those = Self.repeated(weekdays, firstWeekday: floorModulo(first + 4, 7)) }
            // Those of a year are added afterwards, to all that may be.
            if !ordinals.isEmpty {
                if ordinalsAreOfYears { those = weekdays == 0 ? 0 : those } else { those |= ofMonth(first, length) }
            }
            mask &= those
        }
        return (first, narrowed(mask & whole, first))
    }

    /// The so-manieth week days of a month.
    private func ofMonth(_ first: Int, _ length: Int) -> UInt32 {
        ordinals.reduce(into: 0) { mask, weekday in
            guard let day = Self.place(of: weekday, first: first, length: length) else { return }
            mask |= 1 << UInt32(day)
        }
    }

    /// The so-manieth week days of a year, where the other parts of the rule let them be.
    func addOrdinals(of year: Int, to days: inout [Days]) {
        let first = days[0].first, length = LocalDate.isLeap(year) ? 366 : 365
        for weekday in ordinals {
            guard let place = Self.place(of: weekday, first: first, length: length) else { continue }
            let date = LocalDate(daysSince1970: first + place)
            guard fitsMonthDays(date), fitsRare(first + place) else { continue }
            days[date.month - 1].mask |= 1 << UInt32(date.day - 1)
        }
    }

    /// How many days after the first of a month or year its n-th such week day is; nil if it has not so many.
    private static func place(of weekday: RecurrenceRule.Weekday, first: Int, length: Int) -> Int? {
        guard let ordinal = weekday.ordinal else { return nil }
        let place = if ordinal > 0 {
            floorModulo(weekday.day - (first + 4), 7) + 7 * (ordinal - 1)
        } else {
            length - 1 - floorModulo(first + length - 1 + 4 - weekday.day, 7) + 7 * (ordinal + 1)
        }
        return 0..<length ~= place ? place : nil
    }

    /// A mask of week days written out over a month that begins on one of them.
    private static func repeated(_ weekdays: UInt8, firstWeekday: Int) -> UInt32 {
        let week = (UInt32(weekdays) >> UInt32(firstWeekday) | UInt32(weekdays) << UInt32(7 - firstWeekday)) & 0x7F
        return week | week << 7 | week << 14 | week << 21 | week << 28
    }

    /// The days of a week that fit.
    func week(from first: Int) -> Days {
        var mask: UInt32 = 0x7F
        if weekdays != 0 { mask = Self.repeated(weekdays, firstWeekday: rule.weekStart) & 0x7F }
        guard months != 0 || monthDays | rule.monthDaysFromEnd != 0 else { return (first, narrowed(mask, first)) }
        for place in 0..<7 where !fits(first + place) { mask &= ~(1 << UInt32(place)) }
        return (first, mask)
    }

    /// Without the days that BYYEARDAY and BYWEEKNO leave out.
    private func narrowed(_ mask: UInt32, _ first: Int) -> UInt32 {
        guard !rule.yearDays.isEmpty || !rule.weeks.isEmpty else { return mask }
        var (mask, rest) = (mask, mask)
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest - 1
            if !fitsRare(first + place) { mask &= ~(1 << UInt32(place)) }
        }
        return mask
    }
}

// MARK: One day

extension RuleExpansion {
    /// Whether a day passes every part of the rule that speaks of days; week days without their ordinals.
    func fits(_ day: Int) -> Bool {
        guard months != 0 || monthDays | rule.monthDaysFromEnd != 0 || weekdays != 0 || !rule.yearDays.isEmpty
            || !rule.weeks.isEmpty
        else { return true }
        let date = LocalDate(daysSince1970: day)
        return (months == 0 || months >> UInt16(date.month) & 1 == 1) && fitsMonthDays(date)
            && (weekdays == 0 || weekdays >> UInt8(date.weekday) & 1 == 1) && fitsRare(day)
    }

    private func fitsMonthDays(_ date: LocalDate) -> Bool {
        guard monthDays | rule.monthDaysFromEnd != 0 else { return true }
        let back = LocalDate.days(inMonth: date.month, of: date.year) - date.day + 1
        return monthDays >> UInt32(date.day) & 1 == 1 || rule.monthDaysFromEnd >> UInt32(back) & 1 == 1
    }

    /// BYYEARDAY and BYWEEKNO.
    private func fitsRare(_ day: Int) -> Bool {
        if !rule.yearDays.isEmpty {
            let year = LocalDate(daysSince1970: day).year
            let number = day - LocalDate.days(year: year, month: 1, day: 1) + 1
            let length = LocalDate.isLeap(year) ? 366 : 365
            guard rule.yearDays.contains(number) || rule.yearDays.contains(number - length - 1) else { return false }
        }
        guard !rule.weeks.isEmpty else { return true }
        let (number, count) = week(of: day)
        return rule.weeks.contains(number) || rule.weeks.contains(number - count - 1)
    }

    /// The number of a day's week, and how many its year has: a week is of the year that has four days of it.
    private func week(of day: Int) -> (number: Int, count: Int) {
        let middle = weekBegin(day) + 3
        let year = LocalDate(daysSince1970: middle).year
        let first = LocalDate.days(year: year, month: 1, day: 1)
        let last = weekBegin(LocalDate.days(year: year, month: 12, day: 28)) + 3
        return ((middle - first) / 7 + 1, (last - first) / 7 + 1)
    }
}
