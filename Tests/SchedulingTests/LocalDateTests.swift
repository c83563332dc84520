/// Days of the calendar and wall-clock readings.

import Testing

@testable import Scheduling

@Suite struct LocalDateTests {
    @Test("Every day from 1600 to 2400 follows the one before")
    func everyDay() throws {
        var expected = try #require(LocalDate(year: 1_600, month: 1, day: 1))
        for year in 1_600...2_400 {
            for month in 1...12 {
                for day in 1...LocalDate.days(inMonth: month, of: year) {
                    let date = try #require(LocalDate(year: year, month: month, day: day))
                    guard date == expected, date.year == year, date.month == month, date.day == day else {
                        Issue.record("\(year)-\(month)-\(day) is \(date)")
                        return
                    }
                    expected = date.adding(days: 1)
                }
            }
        }
    }

    @Test("The week day is known", arguments: [
        ("1970-01-01", 4), ("2026-03-08", 0), ("2000-02-29", 2), ("1600-01-01", 6), ("0001-01-01", 1),
        ("9999-12-31", 5),
    ])
    func weekday(text: String, weekday: Int) throws {
        #expect(try date(text).weekday == weekday)
        #expect(try date(text).description == text)
    }

    @Test("A date beyond four digits is written as the nearest that has them, whatever it was computed from")
    func beyondFourDigits() throws {
        #expect(try date("0000-01-01").adding(days: -1).description == "0000-01-01")
        #expect(try date("9999-12-31").adding(days: 1).description == "9999-12-31")
        #expect(LocalDate(daysSince1970: -1 << 40).description == "0000-01-01")
        #expect(LocalDate(daysSince1970: 1 << 40).description == "9999-12-31")
    }

    @Test("Only days that exist, written YYYY-MM-DD, are read", arguments: [
        "2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-01-00", "2026-13-01", "26-01-01", "2026-1-1",
        "2026-01-01 ", "2026/01/01", "", "12026-01-01", "-026-01-01", "2026-01-0١",
    ])
    func refuses(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test("Numbers out of range make no date")
    func numbers() {
        #expect(LocalDate(year: 10_000, month: 1, day: 1) == nil)
        #expect(LocalDate(year: -1, month: 1, day: 1) == nil)
        #expect(LocalDate(year: 2_026, month: Int.max, day: 1) == nil)
        #expect(LocalDate(year: 2_026, month: 1, day: Int.min) == nil)
    }

    @Test("A reading before 1970 keeps its face")
    func reading() {
        let time = LocalTime(secondsSince1970: -1)
        #expect(time.date.description == "1969-12-31")
        #expect([time.hour, time.minute, time.second] == [23, 59, 59])
        #expect(time.secondsSince1970 == -1)
    }
}
