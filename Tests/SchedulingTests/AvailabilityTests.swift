/// Open time: what windows, overrides and trips add up to, and why the rest is closed.

import Testing

@testable import Scheduling

@Suite struct AvailabilityTests {
    private let never = Array(repeating: [Window](), count: 7)

    private func open(_ availability: Availability, _ first: String, _ last: String) throws -> [String] {
        availability.openTime(from: try date(first), through: try date(last)).map { "\($0.start) \($0.end)" }
    }

    @Test("Windows that touch across midnight join")
    func midnight() throws {
        let host = Availability(zone: .utc, weekly: never, overrides: [
            try date("2026-06-03"): [Window(opens: 1_320, closes: 1_440)],
            try date("2026-06-04"): [Window(opens: 0, closes: 60)],
        ])
        #expect(try open(host, "2026-06-01", "2026-06-05") == ["2026-06-03T22:00:00Z 2026-06-04T01:00:00Z"])
    }

    @Test("An override of the next date cuts what spills into it, be it closed or open later")
    func spill() throws {
        var host = daily(.utc, (1_320, 1_560))
        host.overrides[try date("2026-06-03")] = [Window(opens: 600, closes: 660)]
        #expect(try open(host, "2026-06-02", "2026-06-03")
                == ["2026-06-02T22:00:00Z 2026-06-03T00:00:00Z", "2026-06-03T10:00:00Z 2026-06-03T11:00:00Z"])
    }

    @Test("The week starts with Sunday")
    func weekdays() throws {
        var host = Availability(zone: .utc, weekly: never)
        host.weekly[0] = [Window(opens: 0, closes: 60)]
        #expect(try open(host, "2026-06-01", "2026-06-07") == ["2026-06-07T00:00:00Z 2026-06-07T01:00:00Z"])
    }

    @Test("On a trip's dates, both included, its zone holds")
    func trips() throws {
        var host = daily(try zone("Europe/Berlin"), (540, 600))
        host.trips = [Trip(from: try date("2026-06-02"), to: try date("2026-06-03"), zone: try zone("Asia/Tokyo"))]
        #expect(try open(host, "2026-06-01", "2026-06-04") == [
            "2026-06-01T07:00:00Z 2026-06-01T08:00:00Z", "2026-06-02T00:00:00Z 2026-06-02T01:00:00Z",
            "2026-06-03T00:00:00Z 2026-06-03T01:00:00Z", "2026-06-04T07:00:00Z 2026-06-04T08:00:00Z",
        ])
    }

    @Test("A skipped hour opens nothing, one that comes twice opens twice")
    func clockChanges() throws {
        let host = daily(try zone("America/New_York"), (90, 150))
        #expect(try open(host, "2026-03-08", "2026-03-08") == ["2026-03-08T06:30:00Z 2026-03-08T07:00:00Z"])
        #expect(try open(host, "2026-11-01", "2026-11-01")
                == ["2026-11-01T05:30:00Z 2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z 2026-11-01T07:30:00Z"])
    }

    @Test("Windows out of range or order open nothing")
    func invalid() throws {
        let host = daily(.utc, (60, 60), (120, 60), (-60, 30), (1_000, 2_881))
        #expect(try open(host, "2026-06-01", "2026-06-02").isEmpty)
    }

    @Test("A day off closes its date, what spills into it and what an override opens on it")
    func dayOff() throws {
        var host = daily(.utc, (1_320, 1_560))
        host.overrides[try date("2026-06-03")] = [Window(opens: 600, closes: 660)]
        host.daysOff[try date("2026-06-03")] = DayOff(.holiday)
        #expect(try open(host, "2026-06-02", "2026-06-04")
                == ["2026-06-02T22:00:00Z 2026-06-03T00:00:00Z", "2026-06-04T22:00:00Z 2026-06-05T02:00:00Z"])
        host.overrides = [:]
        #expect(try open(host, "2026-06-02", "2026-06-02") == ["2026-06-02T22:00:00Z 2026-06-03T00:00:00Z"])
    }

    @Test("A half day ends at noon, and the night before goes on into it")
    func halfDay() throws {
        var host = daily(.utc, (540, 1_020), (1_320, 1_500))
        host.daysOff[try date("2026-12-24")] = DayOff(.holiday, from: DayOff.noon)
        #expect(try open(host, "2026-12-23", "2026-12-24") == [
            "2026-12-23T09:00:00Z 2026-12-23T17:00:00Z", "2026-12-23T22:00:00Z 2026-12-24T01:00:00Z",
            "2026-12-24T09:00:00Z 2026-12-24T12:00:00Z",
        ])
        host.daysOff[try date("2026-12-24")] = DayOff(.holiday, from: 30)
        #expect(try open(host, "2026-12-23", "2026-12-24").last == "2026-12-23T22:00:00Z 2026-12-24T00:30:00Z")
    }

    @Test("A day off is the day of the zone that holds on it")
    func dayOffOnATrip() throws {
        var host = daily(try zone("Europe/Berlin"), (0, 1_440))
        let day = try date("2026-06-03")
        host.daysOff[day] = DayOff(.outOfOffice)
        #expect(try open(host, "2026-06-03", "2026-06-03").isEmpty)
        host.trips = [Trip(from: day.adding(days: -1), to: day.adding(days: 1), zone: try zone("Asia/Tokyo"))]
        #expect(try open(host, "2026-06-02", "2026-06-04")
                == ["2026-06-01T15:00:00Z 2026-06-02T15:00:00Z", "2026-06-03T15:00:00Z 2026-06-04T15:00:00Z"])
    }

    @Test("Days off say why, before overrides and hours do", arguments: [
        ("2026-12-24T10:00:00Z", nil), ("2026-12-24T11:45:00Z", Reason.holiday), ("2026-12-24T15:00:00Z", .holiday),
        ("2026-12-24T07:00:00Z", .outsideHours), ("2026-12-25T10:00:00Z", .outOfOffice),
        ("2026-12-26T10:00:00Z", .outsideHours), ("2026-12-28T16:45:00Z", .outsideHours),
    ])
    func dayOffReasons(text: String, reason: Reason?) throws {
        var host = Availability(zone: .utc, weekly: never)
        for weekday in 1...5 { host.weekly[weekday] = [Window(opens: 540, closes: 1_020)] }
        host.overrides[try date("2026-12-25")] = []
        host.daysOff = [
            try date("2026-12-24"): DayOff(.holiday, from: DayOff.noon), try date("2026-12-25"): DayOff(.outOfOffice),
        ]
        var rules = SlotRules(zone: .utc, mode: .single, durationMinutes: 30)
        rules.stepMinutes = 15
        let start = try instant(text)
        let question = SlotQuestion(
            rules: rules, hosts: [Host(id: "a", availability: host, busy: [])], now: start.adding(days: -2),
            from: start.adding(days: -1), to: start.adding(days: 1))
        #expect(question.refusal(at: start) == reason)
    }

    @Test("Closed instants have the reason that fits", arguments: [
        ("2026-03-07T15:00:00Z", Reason.outsideHours), ("2026-03-08T06:45:00Z", .outsideHours),
        ("2026-03-08T07:30:00Z", .windowInSkippedHour), ("2026-03-08T08:00:00Z", .outsideHours),
        ("2026-03-09T15:00:00Z", .dateClosed), ("2026-03-10T15:00:00Z", .outsideHours),
    ])
    func reasons(text: String, reason: Reason) throws {
        var host = Availability(zone: try zone("America/New_York"), weekly: never)
        host.overrides[try date("2026-03-08")] = [Window(opens: 120, closes: 180)]
        host.overrides[try date("2026-03-09")] = []
        #expect(host.closedReason(at: try instant(text)) == reason)
    }
}
