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
