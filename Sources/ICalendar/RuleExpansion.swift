/// The wall-clock readings a rule gives: by masks of days, in order, with bounded work.
import Scheduling

/// How much work is left: one step for each period that is looked at and each reading that is given. A file of a
/// stranger cannot cost more than its steps, whatever its rules say.
package struct ExpansionSteps {
    package private(set) var left: Int
    /// Whether something was left out for want of steps.
    package private(set) var areUsedUp = false

    package init(_ steps: Int) { left = steps }

    /// - Returns: false when there are none left.
    @inline(__always)
    mutating func take(_ count: Int = 1) -> Bool {
        left -= count
        if left < 0 { areUsedUp = true }
        return left >= 0
    }
}

/// A rule with what its series' first instance adds to it (§3.3.10: what a rule leaves open comes from DTSTART).
///
/// All readings are in the form of ``LocalTime/secondsSince1970``, all days counted from 1970-01-01.
final class RuleExpansion: Sendable {
    let rule: RecurrenceRule
    /// The first instance of the series: always one, whether or not it fits the rule, and counted by COUNT.
    let start: Int64
    let startDay: Int
    let civil: (year: Int, month: Int, day: Int)
    /// What the rule says or DTSTART adds.
    let months: UInt16, monthDays: UInt32
    /// Bit n for week day n, 0 = Sunday: those without an ordinal.
    let weekdays: UInt8
    let ordinals: [RecurrenceRule.Weekday]
    let ordinalsAreOfYears: Bool
    /// Of a day, or in an hourly rule of an hour and so on: seconds after its beginning, ascending.
    private let times: [Int32]

    init(_ rule: RecurrenceRule, start: Int64) {
        (self.rule, self.start) = (rule, start)
        startDay = Int(floorDivide(start, 86_400))
        let date = LocalDate(daysSince1970: startDay)
        civil = (date.year, date.month, date.day)
        let weekly = rule.weekdays.filter { $0.ordinal == nil || !rule.takesOrdinals }
        var (months, monthDays) = (rule.months, rule.monthDays)
        var weekdays = weekly.reduce(into: UInt8(0)) { $0 |= 1 << $1.day }
        let hasNoDay = rule.weekdays.isEmpty && monthDays | rule.monthDaysFromEnd == 0 && rule.yearDays.isEmpty
        switch rule.frequency {
        case .yearly where hasNoDay && !rule.weeks.isEmpty, .weekly where hasNoDay: weekdays = 1 << date.weekday
        case .yearly where hasNoDay:
            if months == 0 { months = 1 << civil.month }
            monthDays = 1 << civil.day
        case .monthly where hasNoDay && rule.weeks.isEmpty: monthDays = 1 << civil.day
        default: break
        }
        (self.months, self.monthDays, self.weekdays) = (months, monthDays, weekdays)
        ordinals = rule.takesOrdinals ? rule.weekdays.filter { $0.ordinal != nil } : []
        ordinalsAreOfYears = rule.frequency == .yearly && rule.months == 0
        times = rule.times(start: start)
    }

    /// The readings after the first instance, ascending.
    /// - Parameters:
    ///   - from, through: the first and the last that is wanted.
    ///   - readings: what they are put into, in place of what is there.
    func read(from: Int64, through: Int64, steps: inout ExpansionSteps, into readings: inout [Int64]) {
        var given = Given(start: start, from: from, through: through, left: .max, readings: readings)
        readings = []
        given.readings.removeAll(keepingCapacity: true)
        // Those before the window are counted too where they count.
        var first = max(from, start)
        if case .count(let count) = rule.end { (first, given.left) = (start, count - 1) }
        if given.left > 0, through > start, steps.take(times.count) {
            if rule.unit < 86_400 {
                readWithinDays(from: first, &given, &steps)
            } else {
                readPeriods(from: first, &given, &steps)
            }
        }
        readings = given.readings
    }
}

/// The readings that were found.
private struct Given {
    let start: Int64
    let from: Int64
    let through: Int64
    /// How many more the rule counts.
    var left: Int
    var readings: [Int64]

    /// - Returns: false when there are no more.
    @inline(__always)
    mutating func add(_ reading: Int64) -> Bool {
        if reading > through { return false }
        if reading > start {
            left -= 1
            if reading >= from { readings.append(reading) }
        }
        return left > 0
    }
}

// MARK: Years, months, weeks and days

extension RuleExpansion {
    private func readPeriods(from: Int64, _ given: inout Given, _ steps: inout ExpansionSteps) {
        let lastDay = Int(floorDivide(given.through, 86_400))
        var period = firstPeriod(at: Int(floorDivide(from, 86_400)))
        guard rule.positions.isEmpty, ordinals.isEmpty || !ordinalsAreOfYears else {
            return readWhole(from: period, lastDay, &given, &steps)
        }
        while steps.take() {
            if rule.frequency == .yearly {
                let year = civil.year + period * rule.interval
                guard year <= 9_999, LocalDate.days(year: year, month: 1, day: 1) <= lastDay else { return }
                for month in 1...12 where months == 0 || months >> UInt16(month) & 1 == 1 {
                    guard add(candidates(inMonth: month, of: year), &given, &steps) else { return }
                }
            } else {
                let days = self.days(ofPeriod: period)
                guard days.first <= lastDay, add(days, &given, &steps) else { return }
            }
            period += 1
        }
    }

    /// Where a period has to be known as a whole: to count its instances, or the week days of a year.
    private func readWhole(
        from first: Int, _ lastDay: Int, _ given: inout Given, _ steps: inout ExpansionSteps
    ) {
        var (period, days): (Int, [Days]) = (first, [])
        while steps.take() {
            days.removeAll(keepingCapacity: true)
            if rule.frequency == .yearly {
                let year = civil.year + period * rule.interval
                guard year <= 9_999 else { return }
                for month in 1...12 { days.append(candidates(inMonth: month, of: year)) }
                if ordinalsAreOfYears, !ordinals.isEmpty { addOrdinals(of: year, to: &days) }
            } else {
                days.append(self.days(ofPeriod: period))
            }
            guard days[0].first <= lastDay, addChosen(days, &given, &steps) else { return }
            period += 1
        }
    }

    /// Of a month, a week or a day; beyond any calendar after the year 9999.
    private func days(ofPeriod period: Int) -> Days {
        switch rule.frequency {
        case .monthly:
            let number = civil.year * 12 + civil.month - 1 + period * rule.interval
            return number < 120_000 ? candidates(inMonth: number % 12 + 1, of: number / 12) : (.max, 0)
        case .weekly: return week(from: weekBegin(startDay) + 7 * period * rule.interval)
        default:
            let day = startDay + period * rule.interval
            return (day, fits(day) ? 1 : 0)
        }
    }

    /// The number of the period that holds a day, 0 for that of the first instance; a later one where the interval
    /// passes over it.
    private func firstPeriod(at day: Int) -> Int {
        let distance = switch rule.frequency {
        case .yearly: LocalDate(daysSince1970: day).year - civil.year
        case .monthly: monthNumber(LocalDate(daysSince1970: day)) - (civil.year * 12 + civil.month - 1)
        case .weekly: (weekBegin(day) - weekBegin(startDay)) / 7
        default: day - startDay
        }
        return max(0, (distance + rule.interval - 1) / rule.interval)
    }

    private func monthNumber(_ date: LocalDate) -> Int { date.year * 12 + date.month - 1 }
}

// MARK: Times

extension RuleExpansion {
    private func add(_ days: Days, _ given: inout Given, _ steps: inout ExpansionSteps) -> Bool {
        var rest = days.mask
        while rest != 0 {
            let midnight = Int64(days.first + rest.trailingZeroBitCount) * 86_400
            rest &= rest - 1
            guard steps.take(times.count) else { return false }
            for time in times where !given.add(midnight + Int64(time)) { return false }
        }
        return true
    }

    /// BYSETPOS: of all days and times of the period in order.
    private func addChosen(_ days: [Days], _ given: inout Given, _ steps: inout ExpansionSteps) -> Bool {
        guard !rule.positions.isEmpty else { return days.allSatisfy { add($0, &given, &steps) } }
        let total = days.reduce(0) { $0 + $1.mask.nonzeroBitCount } * times.count
        for place in places(of: total) {
            guard steps.take(days.count) else { return false }
            let midnight = Int64(Self.day(place / times.count, of: days)) * 86_400
            guard given.add(midnight + Int64(times[place % times.count])) else { return false }
        }
        return true
    }

    /// The day that comes after so many others; there must be one.
    private static func day(_ place: Int, of days: [Days]) -> Int {
        var rest = place
        for (first, mask) in days {
            guard rest >= mask.nonzeroBitCount else {
                let left = (0..<rest).reduce(mask) { mask, _ in mask & (mask - 1) }
                return first + left.trailingZeroBitCount
            }
            rest -= mask.nonzeroBitCount
        }
        preconditionFailure("a place lies within its period")
    }

    /// The positions that a period of so many instances has, from 0, ascending, each once.
    private func places(of total: Int) -> [Int] {
        let all = rule.positions.map { $0 > 0 ? $0 - 1 : total + $0 }.filter { 0..<total ~= $0 }.sorted()
        return all.enumerated().filter { $0.offset == 0 || all[$0.offset - 1] != $0.element }.map(\.element)
    }
}

// MARK: Hours, minutes and seconds

extension RuleExpansion {
    /// Jumps over whole days, hours and minutes that the rule leaves out.
    private func readWithinDays(from: Int64, _ given: inout Given, _ steps: inout ExpansionSteps) {
        let unit = Int64(rule.unit), step = unit * Int64(rule.interval)
        let base = floorDivide(start, unit) * unit
        let next = { (at: Int64) in base + floorDivide(max(0, at - base) + step - 1, step) * step }
        let chosen = rule.positions.isEmpty ? times : places(of: times.count).map { times[$0] }
        var at = base + max(0, floorDivide(from - base, step)) * step
        var (day, dayFits) = (Int.min, false)
        while at <= given.through, steps.take() {
            let today = Int(floorDivide(at, 86_400))
            if today != day { (day, dayFits) = (today, fits(today)) }
            if !dayFits {
                at = next((Int64(today) + 1) * 86_400)
            } else if !Self.has(UInt64(rule.hours), floorModulo(at, 86_400) / 3_600) {
                at = next((floorDivide(at, 3_600) + 1) * 3_600)
            } else if unit < 3_600, !Self.has(rule.minutes, floorModulo(at, 3_600) / 60) {
                at = next((floorDivide(at, 60) + 1) * 60)
            } else if unit == 1, !Self.has(rule.seconds, floorModulo(at, 60)) {
                at += step
            } else {
                guard steps.take(chosen.count) else { return }
                for time in chosen where !given.add(at + Int64(time)) { return }
                at += step
            }
        }
    }

    /// No bit at all means every number.
    private static func has(_ mask: UInt64, _ number: Int64) -> Bool { mask == 0 || mask >> UInt64(number) & 1 == 1 }
}

extension RecurrenceRule {
    /// Seconds of the period for hourly rules and quicker ones; a day for all others.
    fileprivate var unit: Int {
        switch frequency {
        case .hourly: 3_600
        case .minutely: 60
        case .secondly: 1
        default: 86_400
        }
    }

    /// Only months and years have so-manieth week days, and years only where they are not counted by weeks.
    fileprivate var takesOrdinals: Bool {
        frequency == .monthly || frequency == .yearly && weeks.isEmpty
    }

    /// The times of a day, or of the hour or minute of a quicker rule.
    fileprivate func times(start: Int64) -> [Int32] {
        let second = floorModulo(start, 86_400)
        let hours = unit < 86_400 ? [0] : Self.numbers(UInt64(self.hours), else: second / 3_600)
        let minutes = unit < 3_600 ? [0] : Self.numbers(self.minutes, else: second / 60 % 60)
        let seconds = unit == 1 ? [0] : Self.numbers(self.seconds, else: second % 60)
        if hours.count * minutes.count * seconds.count == 1 { return [hours[0] * 3_600 + minutes[0] * 60 + seconds[0]] }
        return hours.flatMap { hour in
            minutes.flatMap { minute in seconds.map { hour * 3_600 + minute * 60 + $0 } }
        }
    }

    private static func numbers(_ mask: UInt64, else number: Int64) -> [Int32] {
        guard mask != 0 else { return [Int32(number)] }
        return (0..<60).filter { mask >> UInt64($0) & 1 == 1 }
    }
}
