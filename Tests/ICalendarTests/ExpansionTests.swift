/// When events of other calendars take place: a worked case for each rule, with its reason.
import Testing

@testable import ICalendar
@testable import Scheduling

@Suite struct ExpansionTests {
    private static let daily = "UID:a\r\nDTSTART;TZID=Europe/Berlin:20260326T090000\r\nDURATION:PT1H"

    @Test("a rule keeps its time of day when the clock changes, and an end the elapsed time")
    func wallTime() throws {
        let file = calendar("\(Self.daily)\r\nRRULE:FREQ=WEEKLY;COUNT=2", zones: "")
        #expect(try times(file) == ["2026-03-26 09:00–10:00", "2026-04-02 09:00–10:00"])
    }

    @Test("a day of a duration is one of the calendar, 24 hours are elapsed ones", arguments: [
        ("P1D", "2026-03-28 12:00–2026-03-29 12:00"), ("PT24H", "2026-03-28 12:00–2026-03-29 13:00"),
        ("P1DT2H", "2026-03-28 12:00–2026-03-29 14:00"), ("-PT1H", "2026-03-28 12:00–12:00"),
    ])
    func durations(duration: String, expected: String) throws {
        let file = calendar("UID:a\r\nDTSTART;TZID=Europe/Berlin:20260328T120000\r\nDURATION:\(duration)")
        #expect(try times(file) == [expected])
    }

    @Test("a whole day has 23 hours in spring and 25 in autumn, in the calendar's zone", arguments: [
        ("20260329", "Europe/Berlin", Int64(23)), ("20261025", "Europe/Berlin", 25),
        ("20260329", "America/New_York", 24),
    ])
    func wholeDays(date: String, zone: String, hours: Int64) throws {
        let file = CalendarFile(calendar("UID:a\r\nDTSTART;VALUE=DATE:\(date)"), zones: zones)
        let window = Span(start: Instant(1_767_225_600), end: Instant(1_798_761_600))
        var expansion = try Expansion(within: window, of: #require(zones.zone(zone)), steps: 100)
        let day = try #require(expansion.occurrences(of: file.series[0]).first)
        #expect(day.ends - day.starts == hours * 3_600)
    }

    @Test("the end of a date is not part of it")
    func datesEnd() throws {
        let file = calendar("UID:a\r\nDTSTART;VALUE=DATE:20260301\r\nDTEND;VALUE=DATE:20260303")
        #expect(try times(file) == ["2026-03-01 00:00–2026-03-03 00:00"])
    }

    @Test("an hour that the clock skips is read with the offset before, one that comes twice means its first pass",
          arguments: [("20260329T023000", "2026-03-29 03:30–04:00"), ("20261025T023000", "2026-10-25 02:30–02:00")])
    func skipped(start: String, expected: String) throws {
        let file = calendar("UID:a\r\nDTSTART;TZID=Europe/Berlin:\(start)\r\nDURATION:PT30M")
        #expect(try times(file) == [expected])
    }

    @Test("an end that comes before its start in a skipped hour is read off the clock")
    func endInSkippedHour() throws {
        let file = calendar(
            "UID:a\r\nDTSTART;TZID=Europe/Berlin:20260329T023000\r\nDTEND;TZID=Europe/Berlin:20260329T030000")
        #expect(try times(file) == ["2026-03-29 03:30–04:00"])
    }

    @Test("exceptions count, and one that is a date leaves out that day", arguments: [
        "EXDATE;TZID=Europe/Berlin:20260327T090000", "EXDATE:20260327T080000Z", "EXDATE;VALUE=DATE:20260327",
        "EXDATE:20260327T080000Z,20300101T080000Z",
    ])
    func exceptions(exception: String) throws {
        let file = calendar("\(Self.daily)\r\nRRULE:FREQ=DAILY;COUNT=3\r\n\(exception)")
        #expect(try times(file) == ["2026-03-26 09:00–10:00", "2026-03-28 09:00–10:00"])
    }

    @Test("a series ends with its last instance, on the day, at the time or at the instant", arguments: [
        ("20260327", 2), ("20260327T090000", 2), ("20260327T080000Z", 2), ("20260327T075959Z", 1),
        ("20260327T085959", 1), ("20260326T080000Z", 1), ("20250101T000000Z", 1),
    ])
    func until(until: String, count: Int) throws {
        #expect(try times(calendar("\(Self.daily)\r\nRRULE:FREQ=DAILY;UNTIL=\(until)")).count == count)
    }

    @Test("more times are added, also with a length of their own, and none twice")
    func extras() throws {
        let file = calendar("""
            \(Self.daily)\r\nRRULE:FREQ=DAILY;COUNT=2\r\nRDATE;TZID=Europe/Berlin:20260327T090000,20260330T150000\r
            RDATE;VALUE=PERIOD:20260331T080000Z/PT2H,20260401T080000Z/20260401T083000Z
            """)
        #expect(try times(file) == [
            "2026-03-26 09:00–10:00", "2026-03-27 09:00–10:00", "2026-03-30 15:00–16:00", "2026-03-31 10:00–12:00",
            "2026-04-01 10:00–10:30",
        ])
    }

    @Test("the first instance is one even where the rule does not give it, and is counted")
    func firstInstance() throws {
        let file = calendar("\(Self.daily)\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2")
        #expect(try times(file) == ["2026-03-26 09:00–10:00", "2026-03-30 09:00–10:00"])
    }

    @Test("a moved instance is where it was moved to, a cancelled one nowhere")
    func changed() throws {
        let file = calendar(
            "\(Self.daily)\r\nRRULE:FREQ=DAILY;COUNT=3",
            "UID:a\r\nRECURRENCE-ID:20260327T080000Z\r\nDTSTART:20260327T140000Z\r\nDTEND:20260327T150000Z",
            "UID:a\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260328T090000\r\nDTSTART:20260328T080000Z\r\nSTATUS:CANCELLED")
        #expect(try times(file) == ["2026-03-26 09:00–10:00", "2026-03-27 15:00–16:00"])
    }

    @Test("of two editions of one instance the later one counts, in whichever order they come")
    func editions() throws {
        let old = "UID:a\r\nSEQUENCE:1\r\nDTSTART:20260327T140000Z\r\nDTEND:20260327T150000Z"
        let new = "UID:a\r\nSEQUENCE:2\r\nDTSTART:20260327T160000Z\r\nDTEND:20260327T170000Z"
        #expect(try times(calendar(old, new)) == ["2026-03-27 17:00–18:00"])
        #expect(try times(calendar(new, old)) == ["2026-03-27 17:00–18:00"])
    }

    @Test("an instance moved into the window from outside is found, one moved out of it is not")
    func movedAcross() throws {
        let file = calendar(
            "UID:a\r\nDTSTART:20260101T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=MONTHLY;COUNT=3",
            "UID:a\r\nRECURRENCE-ID:20260101T080000Z\r\nDTSTART:20260210T080000Z\r\nDURATION:PT1H",
            "UID:a\r\nRECURRENCE-ID:20260201T080000Z\r\nDTSTART:20270210T080000Z\r\nDURATION:PT1H")
        let asked = Asked(from: "2026-02-01T00:00:00Z", until: "2026-03-01T00:00:00Z")
        #expect(try times(file, asked) == ["2026-02-10 09:00–10:00"])
    }

    @Test("a change of this and all that follow moves them by the clock, and lasts as long as it says")
    func onward() throws {
        let file = calendar(
            "\(Self.daily)\r\nRRULE:FREQ=DAILY;COUNT=5",
            "UID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260328T090000\r\n"
                + "DTSTART;TZID=Europe/Berlin:20260328T110000\r\nDURATION:PT2H",
            "UID:a\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260329T090000\r\n"
                + "DTSTART;TZID=Europe/Berlin:20260329T180000\r\nDURATION:PT1H")
        #expect(try times(file) == [
            "2026-03-26 09:00–10:00", "2026-03-27 09:00–10:00", "2026-03-28 11:00–13:00", "2026-03-29 18:00–19:00",
            "2026-03-30 11:00–13:00",
        ])
    }

    @Test("a cancellation of this and all that follow ends the series")
    func onwardCancelled() throws {
        let file = calendar(
            "\(Self.daily)\r\nRRULE:FREQ=DAILY",
            "UID:a\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260328T090000\r\n"
                + "DTSTART;TZID=Europe/Berlin:20260328T090000\r\nSTATUS:CANCELLED")
        #expect(try times(file) == ["2026-03-26 09:00–10:00", "2026-03-27 09:00–10:00"])
    }

    @Test("a changed instance whose series is not in the file is there all the same")
    func orphan() throws {
        let file = calendar("UID:a\r\nRECURRENCE-ID:20260327T080000Z\r\nDTSTART:20260327T140000Z\r\nDURATION:PT1H")
        #expect(try times(file) == ["2026-03-27 15:00–16:00"])
    }

    @Test("a reading without a zone is of the calendar's")
    func floating() throws {
        let file = calendar("UID:a\r\nDTSTART:20260601T090000\r\nDURATION:PT1H")
        #expect(try times(file, Asked(zone: "Asia/Tokyo")) == ["2026-06-01 09:00–10:00"])
    }

    @Test("what begins before the window and lasts into it is found, what ends with its beginning is not")
    func edges() throws {
        let file = calendar(
            "UID:a\r\nDTSTART:20260101T000000Z\r\nDTEND:20260201T120000Z",
            "UID:b\r\nDTSTART:20260131T230000Z\r\nDURATION:PT1H",
            "UID:c\r\nDTSTART:20260201T000000Z", "UID:d\r\nDTSTART:20260301T000000Z\r\nDURATION:PT1H")
        let asked = Asked(from: "2026-02-01T00:00:00Z", until: "2026-03-01T00:00:00Z", zone: "UTC")
        #expect(try times(file, asked) == ["2026-01-01 00:00–2026-02-01 12:00", "2026-02-01 00:00–00:00"])
    }

    @Test("a rule that nothing fits, or that fits everything, ends", arguments: [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1;BYSECOND=0,1,2,3,4,5,6,7",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=1000000", "FREQ=DAILY;COUNT=2147483647",
        "FREQ=SECONDLY;INTERVAL=1000000;BYHOUR=3;BYMINUTE=3;BYSECOND=3;COUNT=2147483647",
    ])
    func hostile(rule: String) throws {
        let file = calendar("UID:a\r\nDTSTART:00010101T000000Z\r\nRRULE:\(rule)")
        #expect(try times(file).count <= 100_000)
    }

    @Test("work is counted: a rule that counts from long ago uses up its steps and says so")
    func steps() throws {
        let file = calendar("UID:a\r\nDTSTART:19700101T000000Z\r\nRRULE:FREQ=MINUTELY;COUNT=2000000000")
        let series = CalendarFile(file, zones: zones).series[0]
        let window = Span(start: Instant(1_767_225_600), end: Instant(1_767_312_000))
        var expansion = Expansion(within: window, of: .utc, steps: 1_000)
        #expect(expansion.occurrences(of: series).isEmpty)
        #expect(expansion.steps.areUsedUp)
    }
}
