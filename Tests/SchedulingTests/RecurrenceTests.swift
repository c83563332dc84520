/// Series over clock changes: worked cases, each with its reason, and whole years that keep their time of day.
import Testing

@testable import Scheduling

private struct Case: CustomTestStringConvertible, Sendable {
    /// The reason.
    let testDescription: String
    let zone: String
    let first: String
    var weeks = 1
    let index: Int
    /// What the clock shows then, and how far it is ahead of UTC.
    let shows: String
    let offset: Int
}

struct RecurrenceTests {
    @Test("A meeting of a series is where a person with a wall calendar would put it", arguments: cases)
    fileprivate func worked(_ example: Case) throws {
        let zone = try zone(example.zone)
        let series = Recurrence(
            first: zone.instant(of: try reading(example.first)), zone: zone, weeks: example.weeks)
        let start = series.start(example.index)
        #expect(try zone.local(at: start) == reading(example.shows))
        #expect(zone.offset(at: start) == example.offset)
    }

    private static let cases = [
        Case(testDescription: "Forward: the clock says ten, UTC is an hour earlier", zone: "Europe/Berlin",
             first: "2027-03-22 10:00", index: 1, shows: "2027-03-29 10:00", offset: 7_200),
        Case(testDescription: "Back: the clock says ten, UTC is an hour later", zone: "Europe/Berlin",
             first: "2027-10-25 10:00", index: 1, shows: "2027-11-01 10:00", offset: 3_600),
        Case(testDescription: "A time the clock skips is taken with the offset before the jump", zone: "Europe/Berlin",
             first: "2027-03-21 02:30", index: 1, shows: "2027-03-28 03:30", offset: 7_200),
        Case(testDescription: "The week after a skipped time has the old one: nothing drifts", zone: "Europe/Berlin",
             first: "2027-03-21 02:30", index: 2, shows: "2027-04-04 02:30", offset: 7_200),
        Case(testDescription: "A time that comes twice means its first pass", zone: "Europe/Berlin",
             first: "2027-10-24 02:30", index: 1, shows: "2027-10-31 02:30", offset: 7_200),
        Case(testDescription: "America changes on other days than Europe", zone: "America/New_York",
             first: "2027-03-07 09:00", weeks: 2, index: 1, shows: "2027-03-21 09:00", offset: -14_400),
        Case(testDescription: "Half an hour is a clock change, too", zone: "Australia/Lord_Howe",
             first: "2027-03-30 09:00", index: 1, shows: "2027-04-06 09:00", offset: 37_800),
        Case(testDescription: "Where clocks never change, a year is 52 times seven days", zone: "Asia/Tokyo",
             first: "2027-01-04 18:00", index: 51, shows: "2027-12-27 18:00", offset: 32_400),
        Case(testDescription: "A leap day is a day like any other", zone: "Europe/Berlin",
             first: "2028-02-22 12:00", index: 1, shows: "2028-02-29 12:00", offset: 3_600),
        Case(testDescription: "A year ends between two meetings", zone: "Europe/Berlin",
             first: "2027-12-27 08:15", index: 1, shows: "2028-01-03 08:15", offset: 3_600),
        Case(testDescription: "Every twelve weeks, over both changes of a year", zone: "Europe/Berlin",
             first: "2027-01-11 08:00", weeks: 12, index: 4, shows: "2027-12-13 08:00", offset: 3_600),
        Case(testDescription: "A day that begins at one has no midnight", zone: "Africa/Cairo",
             first: "2027-04-23 00:00", index: 1, shows: "2027-04-30 01:00", offset: 10_800),
        Case(testDescription: "The south changes the other way round", zone: "Pacific/Auckland",
             first: "2027-03-29 09:00", index: 1, shows: "2027-04-05 09:00", offset: 43_200),
    ]

    @Test("The first meeting is the instant that was chosen, even on the second pass of its hour")
    func secondPass() throws {
        let zone = try zone("Europe/Berlin")
        let first = zone.instant(of: try reading("2027-10-31 02:30")).adding(minutes: 60)
        let series = Recurrence(first: first, zone: zone, weeks: 1)
        #expect(series.start(0) == first)
        #expect(try zone.local(at: series.start(1)) == reading("2027-11-07 02:30"))
    }

    @Test("52 weeks cross two clock changes at the same time of day and on the same day of the week",
          arguments: ["Europe/Berlin", "America/New_York", "Australia/Sydney", "America/St_Johns"])
    func aYear(in name: String) throws {
        let zone = try zone(name)
        let series = Recurrence(first: zone.instant(of: try reading("2027-01-05 10:00")), zone: zone, weeks: 1)
        let locals = (0..<52).map { zone.local(at: series.start($0)) }
        #expect(Set(locals.map(\.secondOfDay)) == [36_000])
        #expect(Set(locals.map(\.date.weekday)) == [2])
        #expect(zip(locals, locals.dropFirst()).allSatisfy {
            $1.date.daysSince1970 - $0.date.daysSince1970 == 7
        })
        // The control: in elapsed time they are not a week apart everywhere.
        let gaps = Set((1..<52).map { series.start($0) - series.start($0 - 1) })
        #expect(gaps.count == 3)
    }
}
