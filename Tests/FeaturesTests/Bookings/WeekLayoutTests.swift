/// The geometry of a week: scale, days of 23 and 25 hours, and entries side by side.
import Scheduling
import Testing

@testable import Features

struct WeekLayoutTests {
    private func zone(_ name: String) throws -> Zone { try Stage.zones.zone(name).wanted(name) }
    private func date(_ text: String) throws -> LocalDate { try LocalDate(text).wanted(text) }

    private func entry(_ from: String, _ to: String, _ title: String = "x") throws -> CalendarEntry {
        CalendarEntry(
            starts: try Instant(rfc3339: from).wanted(from), ends: try Instant(rfc3339: to).wanted(to), title: title,
            detail: "", tone: .booked)
    }

    /// Zone, first day, day in the week, an instant, and the minutes from the top at which it stands.
    private static let table: [(zone: String, first: String, day: Int, at: String, top: Int)] = [
        ("Europe/Berlin", "2026-11-23", 0, "2026-11-23T09:00:00+01:00", 540),
        ("Asia/Kathmandu", "2026-11-23", 2, "2026-11-25T09:30:00+05:45", 570),
        // Forward: 02:00 to 03:00 is not there, everything else stands at its own hour.
        ("Europe/Berlin", "2026-03-23", 6, "2026-03-29T01:59:00+01:00", 119),
        ("Europe/Berlin", "2026-03-23", 6, "2026-03-29T03:00:00+02:00", 180),
        ("Europe/Berlin", "2026-03-23", 6, "2026-03-29T09:00:00+02:00", 540),
        ("Europe/Berlin", "2026-03-23", 5, "2026-03-28T02:30:00+01:00", 150),
        // Back: 02:00 to 03:00 comes twice, and all days of the week make room for it.
        ("Europe/Berlin", "2026-10-19", 6, "2026-10-25T02:30:00+02:00", 150),
        ("Europe/Berlin", "2026-10-19", 6, "2026-10-25T02:30:00+01:00", 210),
        ("Europe/Berlin", "2026-10-19", 6, "2026-10-25T09:00:00+01:00", 600),
        ("Europe/Berlin", "2026-10-19", 0, "2026-10-19T02:30:00+02:00", 150),
        ("Europe/Berlin", "2026-10-19", 0, "2026-10-19T09:00:00+02:00", 600),
        // Half an hour, on Lord Howe Island.
        ("Australia/Lord_Howe", "2026-03-30", 6, "2026-04-05T01:45:00+11:00", 105),
        ("Australia/Lord_Howe", "2026-03-30", 6, "2026-04-05T01:45:00+10:30", 135),
        ("Australia/Lord_Howe", "2026-03-30", 0, "2026-03-30T09:00:00+11:00", 570),
        // Midnight itself was skipped.
        ("America/Sao_Paulo", "2018-10-29", 6, "2018-11-04T01:00:00-02:00", 60),
        ("America/Sao_Paulo", "2018-10-29", 6, "2018-11-04T09:00:00-02:00", 540),
    ]

    @Test("an instant stands at the wall clock's hour, on days of 23, 24 and 25 hours", arguments: Self.table.indices)
    func tops(index: Int) throws {
        let row = Self.table[index]
        let axis = WeekAxis(from: try date(row.first), zone: try zone(row.zone))
        #expect(axis.top(of: try Instant(rfc3339: row.at).wanted(row.at), on: row.day) == row.top, "\(row)")
    }

    @Test("the hours of a week are 24, or 25 in the week a clock goes back, each at its place")
    func hours() throws {
        let berlin = try zone("Europe/Berlin")
        let plain = WeekAxis(from: try date("2026-11-23"), zone: berlin)
        #expect(plain.length == 1440 && plain.hours.map(\.top) == (0..<24).map { $0 * 60 })
        let back = WeekAxis(from: try date("2026-10-19"), zone: berlin)
        #expect(back.length == 1500 && back.hours.map(\.top) == (0..<25).map { $0 * 60 })
        #expect(back.hours.map { $0.minuteOfDay / 60 } == [0, 1, 2, 2] + Array(3...23))
        #expect(WeekAxis(from: try date("2026-03-23"), zone: berlin).length == 1440)
    }

    @Test("an entry over the clock's change is as long as it lasts")
    func overTheChange() throws {
        let axis = WeekAxis(from: try date("2026-10-19"), zone: try zone("Europe/Berlin"))
        let night = try entry("2026-10-25T01:00:00+02:00", "2026-10-25T03:00:00+01:00")
        let placed = axis.placed([night], on: 6)
        #expect(placed.map(\.row) == [4] && placed.map(\.rows) == [12])
    }

    @Test("what passes midnight stands in both days, and a minute is not invisible")
    func clipped() throws {
        let axis = WeekAxis(from: try date("2026-11-23"), zone: .utc)
        let late = try entry("2026-11-23T23:00:00Z", "2026-11-24T01:00:00Z")
        #expect(axis.placed([late], on: 0).map { [$0.row, $0.rows] } == [[92, 4]])
        #expect(axis.placed([late], on: 1).map { [$0.row, $0.rows] } == [[0, 4]])
        #expect(axis.placed([late], on: 2).isEmpty)
        let short = try entry("2026-11-23T09:01:00Z", "2026-11-23T09:02:00Z")
        #expect(axis.placed([short], on: 0).map { [$0.row, $0.rows] } == [[36, 1]])
    }

    @Test("what overlaps stands side by side, and what does not has the whole width")
    func lanes() throws {
        let axis = WeekAxis(from: try date("2026-11-23"), zone: .utc)
        let entries = [
            try entry("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "a"),
            try entry("2026-11-23T09:30:00Z", "2026-11-23T10:30:00Z", "b"),
            try entry("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "c"),
            try entry("2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z", "d"),
        ]
        let placed = axis.placed(entries, on: 0)
        #expect(placed.map(\.entry.title) == ["a", "b", "c", "d"])
        #expect(placed.map(\.lane) == [0, 1, 0, 0] && placed.map(\.lanes) == [2, 2, 2, 1])
    }

    @Test("never do two entries share a place, whatever overlaps what")
    func noOverlap() throws {
        let axis = WeekAxis(from: try date("2026-11-23"), zone: .utc)
        let start = axis.begins(0)
        let entropy = Entropy.seeded(26)
        let entries = (0..<60).map { index in
            let bytes = entropy.bytes(2)
            let from = start.adding(minutes: Int(bytes[0]) * 5)
            return CalendarEntry(
                starts: from, ends: from.adding(minutes: 5 + Int(bytes[1])), title: "\(index)", detail: "",
                tone: .booked)
        }
        let placed = axis.placed(entries, on: 0)
        #expect(placed.count == 60)
        for (index, one) in placed.enumerated() {
            #expect(one.lane < one.lanes)
            for other in placed.dropFirst(index + 1) where other.lane == one.lane {
                #expect(other.row >= one.row + one.rows || one.row >= other.row + other.rows)
            }
        }
    }

    @Test("the window shows eight to six, and more where something is")
    func window() throws {
        let axis = WeekAxis(from: try date("2026-11-23"), zone: .utc)
        #expect(HoursGrid.window(axis, []) == (32, 40))
        #expect(HoursGrid.window(axis, [(30, 34), (40, 80)]) == (28, 52))
        #expect(HoursGrid.window(axis, [(0, 96)]) == (0, 96))
    }
}
