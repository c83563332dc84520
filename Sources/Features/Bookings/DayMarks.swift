/// What a date is besides its meetings: out of office, a trip, a holiday, each with its words.
import Database
import Scheduling
import Web

/// One such thing on one date.
package struct DayMark: Hashable, Sendable {
    package var words: String
    /// The minute from which nobody works that day, 720 for an afternoon off; nil where the date is worked.
    package var offFrom: Int?
}

/// The marks of some dates, in the order in which they are shown.
package struct DayMarks: Sendable {
    private var byDate: [LocalDate: [DayMark]] = [:]

    package subscript(date: LocalDate) -> [DayMark] { byDate[date] ?? [] }
    package var hasDaysOff: Bool { byDate.values.contains { $0.contains { $0.offFrom != nil } } }

    /// The minute from which the date is off; nil when it is worked.
    package func offFrom(_ date: LocalDate) -> Int? { self[date].compactMap(\.offFrom).min() }

    package mutating func add(_ mark: DayMark, on date: LocalDate) {
        guard !self[date].contains(mark) else { return }
        byDate[date, default: []].append(mark)
    }

    private mutating func add(
        _ mark: DayMark, from start: LocalDate, to end: LocalDate, within days: ClosedRange<LocalDate>
    ) {
        guard start <= days.upperBound, end >= days.lowerBound else { return }
        let (first, last) = (max(start, days.lowerBound), min(end, days.upperBound))
        for day in first.daysSince1970...last.daysSince1970 { add(mark, on: LocalDate(daysSince1970: day)) }
    }

    package init() {}

    /// All that one person has entered between two dates; from other workspaces without words.
    package static func load(
        of user: ID<User>, _ days: ClosedRange<LocalDate>, zones: Zones, scope: Scope, in tx: Transaction
    ) throws -> DayMarks {
        var marks = DayMarks()
        for away in try TimeAwayStore.ahead(of: user, from: days.lowerBound, scope: scope, in: tx) {
            let mark = mark(away.kind, zone: away.zone, reason: away.reason, zones)
            marks.add(mark, from: away.from, to: away.to, within: days)
        }
        for away in try TimeAwayStore.elsewhere(of: user, from: days.lowerBound, scope: scope, in: tx) {
            marks.add(mark(away.kind, zone: away.zone, reason: "", zones), from: away.from, to: away.to, within: days)
        }
        let choice = try TimeAwayStore.holidays(of: user, scope: scope, in: tx)
        if let choice { marks.addHolidays(choice, within: days) }
        let all = try TimeAwayStore.away(of: [user.text], from: days.lowerBound, through: days.upperBound, in: tx)
        for other in all[user.text]?.holidays ?? [] where other != choice {
            for (date, off) in other.daysOff(from: days.lowerBound, through: days.upperBound)
            where (marks.offFrom(date) ?? 1440) > off.from {
                marks.add(DayMark(words: plain("Holiday"), offFrom: off.from), on: date)
            }
        }
        return marks
    }

    private static func mark(_ kind: TimeAway.Kind, zone: String?, reason: String, _ zones: Zones) -> DayMark {
        switch kind {
        case .outOfOffice:
            return DayMark(words: reason.isEmpty ? plain("Away") : plain("Away: \(reason)"), offFrom: 0)
        case .trip:
            let city = zone.flatMap(zones.zone).map(TimeWords.city) ?? zone ?? ""
            let words = plain("Trip, on \(city) time")
            return DayMark(words: reason.isEmpty ? words : plain("\(words): \(reason)"), offFrom: nil)
        }
    }

    private mutating func addHolidays(_ choice: HolidayChoice, within days: ClosedRange<LocalDate>) {
        let holidays = HolidayCalendar.shared.holidays(
            country: choice.country, region: choice.region, from: days.lowerBound, through: days.upperBound)
        for holiday in holidays {
            let works = choice.worked.contains(holiday.date)
            let words = works ? plain("\(holiday.bothNames), not taken") : holiday.bothNames
            add(DayMark(words: words, offFrom: works ? nil : 0), on: holiday.date)
        }
        for (date, off) in choice.daysOff(from: days.lowerBound, through: days.upperBound) where off.from > 0 {
            add(DayMark(words: plain("Afternoon off"), offFrom: off.from), on: date)
        }
    }
}
