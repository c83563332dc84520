/// Rules as other programs write them: what they mean, and which are none.
import Testing

@testable import ICalendar
@testable import Scheduling

@Suite struct RecurrenceRuleTests {
    /// The rule, its first instance, and the days that follow it.
    @Test("rules give the days they say", arguments: [
        ("FREQ=DAILY;INTERVAL=10", "20260105", "2026-01-15 2026-01-25 2026-02-04"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE", "20260105", "2026-01-07 2026-01-19 2026-01-21"),
        // Which Sunday belongs to the week of a Tuesday hangs on the day that weeks begin with.
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "20260106", "2026-01-11 2026-01-20 2026-01-25"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "20260106", "2026-01-18 2026-01-20 2026-02-01"),
        ("FREQ=MONTHLY;BYDAY=1FR", "20260102", "2026-02-06 2026-03-06 2026-04-03"),
        ("FREQ=MONTHLY;BYDAY=-2MO", "20260119", "2026-02-16 2026-03-23 2026-04-20"),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", "20260129", "2026-02-26 2026-03-29 2026-04-28"),
        // A day that a month has not is left out, not moved.
        ("FREQ=MONTHLY", "20260131", "2026-03-31 2026-05-31 2026-07-31"),
        ("FREQ=YEARLY", "20240229", "2028-02-29 2032-02-29 2036-02-29"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "20260213", "2026-03-13 2026-11-13 2027-08-13"),
        ("FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "20260107", "2026-02-05 2026-03-05 2026-04-07"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "20260129", "2026-02-26 2026-03-30 2026-04-29"),
        // So-manieth week days and plain ones together are all of them.
        ("FREQ=MONTHLY;BYDAY=-1TH,TU", "20260106", "2026-01-13 2026-01-20 2026-01-27"),
        ("FREQ=YEARLY;BYDAY=20MO", "20260518", "2027-05-17 2028-05-15 2029-05-14"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "20260511", "2027-05-17 2028-05-15 2029-05-14"),
        // What a rule leaves open comes from the first instance (RFC 5545 §3.3.10): its day of the week.
        ("FREQ=YEARLY;BYWEEKNO=20", "20260513", "2027-05-19 2028-05-17 2029-05-16"),
        // The first week of 2026 begins in December of the year before.
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=TU", "20251230", "2027-01-05 2028-01-04 2029-01-02"),
        ("FREQ=YEARLY;BYYEARDAY=1,100,-1", "20260101", "2026-04-10 2026-12-31 2027-01-01"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "20241105",
         "2028-11-07 2032-11-02 2036-11-04"),
        ("FREQ=DAILY;BYMONTH=1;BYDAY=SA", "20260103", "2026-01-10 2026-01-17 2026-01-24"),
        ("freq=weekly;byday=mo, we;x-other=1", "20260105", "2026-01-07 2026-01-12 2026-01-14"),
    ])
    func days(rule: String, start: String, following: String) throws {
        let file = calendar("UID:a\r\nDTSTART;VALUE=DATE:\(start)\r\nRRULE:\(rule)")
        let found = try times(file, Asked(from: "2020-01-01T00:00:00Z", until: "2040-01-01T00:00:00Z"))
        #expect(found.dropFirst().prefix(3).map { String($0.prefix(10)) }.joined(separator: " ") == following)
    }

    @Test("rules within a day give the times they say", arguments: [
        ("FREQ=HOURLY;INTERVAL=3;COUNT=4", "09:00 12:00 15:00 18:00"),
        ("FREQ=MINUTELY;INTERVAL=90;COUNT=3", "09:00 10:30 12:00"),
        ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;COUNT=4", "09:00 09:30 10:00 10:30"),
        ("FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0,20,40;COUNT=3", "09:00 09:20 09:40"),
        ("FREQ=HOURLY;BYMINUTE=15,45;BYSETPOS=-1;COUNT=3", "09:00 09:45 10:45"),
        ("FREQ=SECONDLY;INTERVAL=1800;COUNT=3", "09:00 09:30 10:00"),
        ("FREQ=DAILY;BYSECOND=60;COUNT=2;BYHOUR=9;BYMINUTE=0", "09:00 09:00:59"),
    ])
    func hours(rule: String, expected: String) throws {
        let file = calendar("UID:a\r\nDTSTART;TZID=Europe/Berlin:20260601T090000\r\nRRULE:\(rule)")
        let found = try times(file).map { String($0.dropFirst(11).prefix { $0 != "–" }) }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test("what is no rule is none, and the event is known as broken", arguments: [
        "", "COUNT=3", "FREQ=OFTEN", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=0MO", "FREQ=DAILY;BYSETPOS=0", "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;BYMONTHDAY=32", "FREQ=DAILY;INTERVAL=99999999999999999999", "FREQ", "RSCALE=HEBREW;FREQ=YEARLY",
    ])
    func noRules(rule: String) {
        #expect(RecurrenceRule(rule) == nil)
        let file = CalendarFile(calendar("UID:a\r\nDTSTART:20260601T090000Z\r\nRRULE:\(rule)"), zones: zones)
        #expect(file.events.first?.isBroken == true)
    }
}
