/// Tests of dates and times as people read them.

import Scheduling
import Testing
@testable import Web

@Suite struct DateWordsTests {
    let day = LocalDate(year: 2026, month: 12, day: 3) ?? LocalDate(daysSince1970: 0)

    private func time(_ hour: Int, _ minute: Int) -> LocalTime {
        LocalTime(date: day, secondOfDay: hour * 3600 + minute * 60)
    }

    @Test("a day is said in three lengths")
    func saysDays() {
        #expect(day.dayWords == "Thursday 3 December")
        #expect(day.dayWordsWithYear == "Thursday 3 December 2026")
        #expect(day.monthWords == "December 2026")
        #expect(day.shortDayWords == "Thu 3 Dec")
        #expect(day.dayOfMonthWords == "3 December")
    }

    @Test("times on both clocks", arguments: [
        (0, 0, "00:00", "12:00\u{a0}AM"), (9, 5, "09:05", "9:05\u{a0}AM"), (12, 0, "12:00", "12:00\u{a0}PM"),
        (23, 59, "23:59", "11:59\u{a0}PM"),
    ])
    func saysTimes(hour: Int, minute: Int, long: String, short: String) {
        #expect(time(hour, minute).words(.twentyFour) == long)
        #expect(time(hour, minute).words(.twelve) == short)
    }

    @Test("a range has an en dash and names its half of the day once")
    func saysRanges() {
        #expect(DateWords.range(from: time(10, 30), to: time(11, 0), .twentyFour) == "10:30–11:00")
        #expect(DateWords.range(from: time(10, 30), to: time(11, 0), .twelve) == "10:30–11:00\u{a0}AM")
        #expect(DateWords.range(from: time(11, 30), to: time(12, 0), .twelve) == "11:30\u{a0}AM–12:00\u{a0}PM")
    }

    @Test("the week begins where the reader's week begins")
    func ordersWeeks() {
        #expect(DateWords.week.map(DateWords.shortWeekday) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
        Language.$current.withValue(.pseudo) { #expect(DateWords.week.first == 6) }
    }

    @Test("lengths keep their unit", arguments: [
        (30, "30\u{a0}min"), (90, "90\u{a0}min"), (120, "2\u{a0}h"), (150, "2\u{a0}h 30\u{a0}min"),
    ])
    func saysLengths(minutes: Int, words: String) {
        #expect(DateWords.duration(minutes: minutes) == words)
    }
}
