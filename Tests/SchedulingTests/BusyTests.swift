/// Busy time with the gaps both sides ask for.

import Testing

@testable import Scheduling

@Suite struct BusyTests {
    private let nine = Instant(9 * 3_600)

    private func starts(_ busy: Busy, before: Int = 0, after: Int = 0, gaps: GapRule = .larger) -> [String] {
        let rules = SlotRules(zone: .utc, durationMinutes: 30, stepMinutes: 5, bufferBeforeMinutes: before,
                              bufferAfterMinutes: after, gapRule: gaps)
        let host = Host(id: "a", availability: daily(.utc, (540, 720)), busy: [busy])
        let question = SlotQuestion(rules: rules, hosts: [host], now: Instant(0), from: Instant(0), to: Instant(86_400))
        return clocks(question.slots())
    }

    /// 10:00–10:30, 15 minutes wanted after it and 20 before it.
    private var own: Busy {
        Busy(starts: nine.adding(minutes: 60), ends: nine.adding(minutes: 90), kind: .booking, gapBefore: 1_200,
             gapAfter: 900)
    }

    @Test("Between own bookings the larger of both gaps stays free")
    func larger() {
        #expect(starts(own, before: 10).filter { $0 > "10:00" }.first == "10:45")
        #expect(starts(own, before: 25).filter { $0 > "10:00" }.first == "10:55")
        #expect(starts(own, after: 10).filter { $0 < "10:00" }.last == "09:10")
        #expect(starts(own, after: 30).filter { $0 < "10:00" }.last == "09:00")
    }

    @Test("Or their sum")
    func sum() {
        #expect(starts(own, before: 10, gaps: .sum).filter { $0 > "10:00" }.first == "10:55")
        #expect(starts(own, after: 10, gaps: .sum).filter { $0 < "10:00" }.last == "09:00")
    }

    @Test("Foreign time has no gap of its own, the link's buffers hold on their own side")
    func foreign() {
        let event = Busy(starts: own.starts, ends: own.ends, kind: .calendar)
        #expect(starts(event, before: 30).filter { $0 > "10:00" }.first == "11:00")
        #expect(starts(event, before: 30).filter { $0 < "10:00" }.last == "09:30")
        #expect(starts(event, after: 30, gaps: .sum).filter { $0 > "10:00" }.first == "10:30")
    }

    @Test("Busy time of no or negative length blocks nothing, whatever its gaps")
    func empty() {
        for end in [own.starts, own.starts.adding(minutes: -30)] {
            let empty = Busy(starts: own.starts, ends: end, kind: .booking, gapBefore: 3_600, gapAfter: 3_600)
            #expect(starts(empty, before: 30, after: 30).count == 31)
        }
    }

    @Test("The kind is named when times meet, the buffer when only gaps do", arguments: BusyKind.allCases)
    func reasons(kind: BusyKind) {
        let busy = Busy(starts: own.starts, ends: own.ends, kind: kind, gapBefore: 600, gapAfter: 600)
        let near = Busy(starts: own.starts.adding(hours: 5), ends: own.ends.adding(hours: 5), kind: .hold)
        let host = Host(id: "a", availability: daily(.utc, (540, 1_440)), busy: [near, busy])
        let rules = SlotRules(zone: .utc, durationMinutes: 30, stepMinutes: 1)
        let question = SlotQuestion(rules: rules, hosts: [host], now: Instant(0), from: Instant(0), to: Instant(86_400))
        let reason = { (minutes: Int) in question.refusal(at: nine.adding(minutes: minutes)) }
        #expect(reason(45) == Reason(busy: kind))
        #expect(reason(25) == .buffer)
        #expect(reason(99) == .buffer)
        #expect(reason(20) == nil)
        #expect(reason(100) == nil)
    }

    @Test("Travel is taken like the meeting, with the buffers beyond it, and may lie outside open time")
    func travel() {
        let starts = { (before: Int, after: Int, gap: Int) in
            var rules = SlotRules(zone: .utc, durationMinutes: 30, stepMinutes: 5, bufferBeforeMinutes: gap)
            (rules.travelBeforeMinutes, rules.travelAfterMinutes) = (before, after)
            let host = Host(id: "a", availability: daily(.utc, (540, 720)), busy: [own])
            return clocks(SlotQuestion(
                rules: rules, hosts: [host], now: Instant(0), from: Instant(0), to: Instant(86_400)).slots())
        }
        // 10:00–10:30 asks for 20 minutes before and 15 after it.
        #expect(starts(25, 10, 0).filter { $0 > "10:00" }.first == "11:10")
        #expect(starts(25, 10, 0).filter { $0 < "10:00" }.last == "09:00")
        #expect(starts(25, 0, 30).filter { $0 > "10:00" }.first == "11:25")
        #expect(starts(25, 0, 0).first == "09:00" && starts(0, 60, 0).last == "11:30")
    }
}
