/// Notice, booking windows and the defaults of a link.

import Testing

@testable import Scheduling

@Suite struct SlotRulesTests {
    @Test("Notice in minutes is elapsed, notice in days keeps the wall clock of the host")
    func notice() throws {
        let newYork = try zone("America/New_York")
        let now = try instant("2026-10-31T10:00:00-04:00")
        #expect(Notice.minutes(1_440).end(from: now, in: newYork) == (try instant("2026-11-01T09:00:00-05:00")))
        #expect(Notice.days(1).end(from: now, in: newYork) == (try instant("2026-11-01T10:00:00-05:00")))
        #expect(Notice.days(0).end(from: now, in: newYork) == now)
    }

    @Test("Rolling days end when that many dates are over at the host's, today being the first")
    func rolling() throws {
        let tokyo = try zone("Asia/Tokyo")
        let now = try instant("2026-06-01T23:30:00+09:00")
        let today = BookingWindow.rollingDays(1).bounds(now: now, for: daily(tokyo))
        #expect(today.until == (try instant("2026-06-02T00:00:00+09:00")))
        let month = BookingWindow.rollingDays(30).bounds(now: now, for: daily(tokyo))
        #expect(month.until == (try instant("2026-07-01T00:00:00+09:00")))
    }

    @Test("A range includes both of its dates in the host's zone")
    func range() throws {
        let berlin = try zone("Europe/Berlin")
        let bounds = BookingWindow.range(from: try date("2026-03-28"), to: try date("2026-03-29"))
            .bounds(now: Instant(0), for: daily(berlin))
        #expect(bounds.from == (try instant("2026-03-28T00:00:00+01:00")))
        #expect(bounds.until == (try instant("2026-03-30T00:00:00+02:00")))
    }

    @Test("A booking window bounds the starts and says so", arguments: [
        (BookingWindow.rollingDays(2), ["2026-06-02T23:00:00Z"], Reason.tooFar as Reason?),
        (.rollingDays(0), [], .tooFar),
        (.unlimited, ["2026-06-02T23:00:00Z", "2026-06-03T23:00:00Z"], nil),
    ])
    func window(window: BookingWindow, starts: [String], reason: Reason?) throws {
        let host = Host(id: "a", availability: daily(.utc, (1_380, 1_500)), busy: [])
        let question = SlotQuestion(
            rules: SlotRules(zone: .utc, durationMinutes: 120, window: window), hosts: [host],
            now: try instant("2026-06-01T23:30:00Z"), from: try instant("2026-06-01T00:00:00Z"),
            to: try instant("2026-06-04T02:00:00Z"))
        #expect(question.slots().map(\.start.description) == starts)
        #expect(question.refusal(at: try instant("2026-06-03T23:00:00Z")) == reason)
        #expect(question.refusal(at: try instant("2026-06-01T23:00:00Z")) == .tooSoon)
    }

    @Test("A slot at the very midnight a booking window ends is outside it")
    func windowEnd() throws {
        let host = Host(id: "a", availability: daily(.utc, (1_410, 1_500)), busy: [])
        let question = SlotQuestion(
            rules: SlotRules(zone: .utc, durationMinutes: 30, window: .rollingDays(1)), hosts: [host],
            now: try instant("2026-06-01T00:30:00Z"), from: try instant("2026-06-01T12:00:00Z"),
            to: try instant("2026-06-03T00:00:00Z"))
        #expect(question.slots().map(\.start.description) == ["2026-06-01T23:30:00Z"])
        #expect(question.refusal(at: try instant("2026-06-02T00:00:00Z")) == .tooFar)
    }

    @Test("Several hosts share the largest round part of an hour that divides the step")
    func align() {
        #expect(SlotRules.defaultAlign(stepMinutes: 30, hosts: 1) == 0)
        #expect([60, 45, 50, 40, 30, 120, 7].map { SlotRules.defaultAlign(stepMinutes: $0, hosts: 2) }
                == [60, 15, 10, 20, 30, 60, 0])
    }
}
