/// Where starts are laid.

import Testing

@testable import Scheduling

@Suite struct GridTests {
    private func starts(_ rules: SlotRules, _ open: (String, String), from: String? = nil) throws -> [String] {
        let open = Span(start: try instant(open.0), end: try instant(open.1))
        let first = try from.map { try instant($0) } ?? open.start
        var starts: [Instant] = []
        let grid = Grid(rules)
        grid.forEachStretch(of: open, within: Span(start: first, end: open.end)) { origin, stretch in
            guard origin < stretch.end else { return }
            grid.forRow(from: origin, Span(start: max(origin, stretch.start), end: stretch.end)) { start, count in
                for number in 0..<count { starts.append(start.adding(seconds: Int64(number) * grid.step)) }
            }
        }
        for start in starts { #expect(grid.contains(start, in: open)) }
        return starts.map { String($0.description.dropFirst(11).prefix(5)) }
    }

    @Test("The offset moves the first start, then alignment moves it on")
    func offset() throws {
        let open = ("2026-06-01T09:05:00Z", "2026-06-01T11:00:00Z")
        var rules = SlotRules(zone: .utc, durationMinutes: 30, offsetMinutes: 10)
        #expect(try starts(rules, open) == ["09:15", "09:45", "10:15"])
        rules.alignMinutes = 20
        #expect(try starts(rules, open) == ["09:20", "09:50", "10:20"])
        rules.offsetMinutes = 0
        rules.alignMinutes = 60
        #expect(try starts(rules, open) == ["10:00", "10:30"])
    }

    @Test("Alignment is by the link's wall clock")
    func zones() throws {
        let rules = SlotRules(zone: try zone("Asia/Kathmandu"), durationMinutes: 60, alignMinutes: 60)
        #expect(try starts(rules, ("2026-06-01T09:00:00Z", "2026-06-01T12:00:00Z")) == ["09:15", "10:15"])
    }

    @Test("Alignment looks again where the clock changes")
    func changes() throws {
        // Berlin's clock jumps from 02:00 to 03:00 at 01:00Z, so 03:00 comes half an hour after 01:30.
        var rules = SlotRules(zone: try zone("Europe/Berlin"), durationMinutes: 60, alignMinutes: 180)
        #expect(try starts(rules, ("2026-03-29T00:30:00Z", "2026-03-29T03:30:00Z")) == ["01:00", "02:00"])
        // Lord Howe's falls back from 02:00 to 01:30 at 15:00Z; the next full hour is the second 02:00.
        rules = SlotRules(zone: try zone("Australia/Lord_Howe"), durationMinutes: 30, alignMinutes: 60)
        #expect(try starts(rules, ("2026-04-04T14:45:00Z", "2026-04-04T16:30:00Z")) == ["15:30", "16:00"])
    }

    @Test("Midnight is a multiple of everything")
    func midnight() throws {
        let rules = SlotRules(zone: .utc, durationMinutes: 60, alignMinutes: 700)
        #expect(try starts(rules, ("2026-06-01T23:30:00Z", "2026-06-02T02:00:00Z")) == ["00:00", "01:00"])
    }

    @Test("Starts do not depend on where one begins to look")
    func look() throws {
        let rules = SlotRules(zone: .utc, durationMinutes: 50)
        let open = ("2026-06-01T09:00:00Z", "2026-06-01T14:00:00Z")
        #expect(try starts(rules, open, from: "2026-06-01T10:00:00Z") == ["10:40", "11:30", "12:20", "13:10"])
        #expect(try starts(rules, open, from: "2026-06-01T10:40:00Z") == ["10:40", "11:30", "12:20", "13:10"])
        #expect(try starts(rules, open, from: "2026-06-01T10:40:01Z") == ["11:30", "12:20", "13:10"])
    }

    @Test("Open time without end begins anew each midnight from the eighth date on")
    func endless() throws {
        let rules = SlotRules(zone: .utc, durationMinutes: 50, stepMinutes: 420)
        let open = ("2026-06-01T05:00:00Z", "2026-06-20T00:00:00Z")
        let all = try starts(rules, open, from: "2026-06-07T17:00:00Z")
        #expect(all.prefix(6) == ["22:00", "00:00", "07:00", "14:00", "21:00", "00:00"])
    }

    @Test("A slot fits up to the very end of open time")
    func end() throws {
        let rules = SlotRules(zone: .utc, durationMinutes: 30, stepMinutes: 15)
        #expect(try starts(rules, ("2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z")) == ["09:00", "09:15", "09:30"])
        #expect(try starts(rules, ("2026-06-01T09:00:00Z", "2026-06-01T09:29:59Z")).isEmpty)
    }
}
