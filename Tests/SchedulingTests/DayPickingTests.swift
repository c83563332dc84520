/// Bookable days, business days and the first slot of a day.

import Testing

@testable import Scheduling

@Suite struct DayPickingTests {
    private let thursday = Instant(20_608 * 86_400)     // 2026-06-04T00:00:00Z

    private func question(_ window: BookingWindow, weekdays: [Int] = Array(1...5)) -> SlotQuestion {
        var hours = Availability(zone: .utc, weekly: Array(repeating: [], count: 7))
        for weekday in weekdays { hours.weekly[weekday] = [Window(opens: 540, closes: 660)] }
        return SlotQuestion(
            rules: SlotRules(zone: .utc, durationMinutes: 60, window: window),
            hosts: [Host(id: "a", availability: hours, busy: [])], now: thursday.adding(hours: 8), from: thursday,
            to: thursday.adding(days: 21))
    }

    private func days(_ question: SlotQuestion) -> [Int] {
        Set(question.slots().map { Int(($0.start - thursday) / 86_400) }).sorted()
    }

    private func fullDay(_ day: Int) -> Busy {
        Busy(starts: thursday.adding(days: day), ends: thursday.adding(days: day + 1), kind: .calendar)
    }

    @Test("Bookable days are dates that have a slot")
    func bookable() {
        var question = question(.bookableDays(3))
        #expect(days(question) == [0, 1, 4])
        question.hosts[0].busy = [fullDay(1)]
        #expect(days(question) == [0, 4, 5])
        #expect(question.refusal(at: thursday.adding(days: 5).adding(hours: 9)) == nil)
        #expect(question.refusal(at: thursday.adding(days: 6).adding(hours: 9)) == .tooFar)
        question.from = thursday.adding(days: 3)
        #expect(days(question) == [4, 5])
    }

    @Test("Business days skip days without hours and whole holidays, today being the first")
    func business() throws {
        var question = question(.rollingBusinessDays(3))
        #expect(days(question) == [0, 1, 4])
        let friday = try date("2026-06-05")
        question.hosts[0].availability.daysOff[friday] = DayOff(.holiday)
        #expect(days(question) == [0, 4, 5])
        question.hosts[0].availability.daysOff[friday] = DayOff(.holiday, from: DayOff.noon)
        #expect(days(question) == [0, 1, 4])
        question.hosts[0].availability.daysOff[friday] = DayOff(.outOfOffice)
        #expect(days(question) == [0, 4])
        #expect(question.refusal(at: thursday.adding(days: 5).adding(hours: 9)) == .tooFar)
    }

    @Test("A host whose hours are all overrides has business days like others have days")
    func overridesOnly() throws {
        var question = question(.rollingBusinessDays(2), weekdays: [])
        for day in 4...8 {
            let date = try date("2026-06-0\(day)")
            question.hosts[0].availability.overrides[date] = [Window(opens: 540, closes: 660)]
        }
        #expect(days(question) == [0, 1])
    }

    @Test("The first slot of a day is the earliest that is free")
    func first() {
        var question = question(.unlimited)
        question.rules.firstOfDay = true
        #expect(clocks(question.slots()).allSatisfy { $0 == "09:00" } && question.slots().count == 15)
        question.hosts[0].busy = [
            Busy(starts: thursday.adding(hours: 9), ends: thursday.adding(hours: 10), kind: .calendar)
        ]
        #expect(clocks(question.slots()).prefix(2) == ["10:00", "09:00"])
        #expect(question.refusal(at: thursday.adding(days: 1).adding(hours: 10)) == .notFirstOfDay)
    }

    @Test("Hours of the booker are by the booker's clock")
    func bookerHours() throws {
        var question = question(.unlimited)
        question.rules.bookerHours = Array(repeating: [Window(opens: 480, closes: 1_320)], count: 7)
        #expect(question.slots().count == 30)
        // 09:00 and 10:00 UTC are 19:00 and 20:00 in Sydney, 05:00 and 06:00 in New York.
        question.bookerZone = try zone("Australia/Sydney")
        #expect(question.slots().count == 30)
        question.bookerZone = try zone("America/New_York")
        #expect(question.slots().isEmpty)
        #expect(question.refusal(at: thursday.adding(hours: 9)) == .outsideBookerHours)
        question.rules.bookerHours = Array(repeating: [Window(opens: 360, closes: 1_320)], count: 7)
        #expect(clocks(question.slots()).allSatisfy { $0 == "10:00" } && question.slots().count == 15)
    }
}
