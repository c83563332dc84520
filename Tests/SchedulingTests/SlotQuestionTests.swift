/// Questions to the engine: several hosts, refusals and their reasons.

import Testing

@testable import Scheduling

@Suite struct SlotQuestionTests {
    private let midnight = Instant(20_605 * 86_400)     // 2026-06-01T00:00:00Z

    private func at(_ hour: Int, _ minute: Int = 0) -> Instant { midnight.adding(minutes: hour * 60 + minute) }

    private func host(_ id: String, _ windows: (Int, Int)..., busy: [Busy] = []) -> Host {
        let day = windows.map { Window(opens: $0.0 * 60, closes: $0.1 * 60) }
        return Host(id: id, availability: Availability(zone: .utc, weekly: Array(repeating: day, count: 7)), busy: busy)
    }

    private func question(_ mode: HostMode, _ hosts: [Host], minutes: Int = 60) -> SlotQuestion {
        SlotQuestion(rules: SlotRules(zone: .utc, mode: mode, durationMinutes: minutes), hosts: hosts, now: at(0),
                     from: at(0), to: at(24))
    }

    private func busy(_ start: Int, _ end: Int, _ kind: BusyKind = .calendar) -> Busy {
        Busy(starts: at(start), ends: at(end), kind: kind)
    }

    @Test("Of several hosts each lends its own slots, and the free ones are counted")
    func oneOf() {
        let hosts = [host("a", (9, 11)), host("b", (10, 12), busy: [busy(11, 12)]), host("c", (10, 11))]
        let question = question(.oneOf, hosts)
        #expect(clocks(question.slots()) == ["09:00", "10:00"])
        #expect(question.slots().map(\.eligible) == [1, 3])
        #expect(question.eligibleHosts(at: at(10)) == ["a", "b", "c"])
        #expect(question.eligibleHosts(at: at(9)) == ["a"])
        #expect(question.eligibleHosts(at: at(11)).isEmpty)
    }

    @Test("Two hosts' free time never joins")
    func neverJoins() {
        #expect(question(.oneOf, [host("a", (9, 10)), host("b", (10, 11))], minutes: 90).slots().isEmpty)
    }

    @Test("All hosts must be open and free, and the grid begins where the last of them comes")
    func allOf() {
        let question = question(.allOf, [host("a", (9, 17)), host("b", (10, 13), busy: [busy(11, 12)])])
        #expect(clocks(question.slots()) == ["10:00", "12:00"])
        #expect(question.slots().map(\.eligible) == [2, 2])
        #expect(question.eligibleHosts(at: at(10)) == ["a", "b"])
        #expect(question.eligibleHosts(at: at(11)).isEmpty)
        #expect(question.refusal(at: at(9)) == .outsideHours)
        #expect(question.refusal(at: at(11)) == .busyCalendar)
    }

    @Test("The reason is the first thing in the way")
    func reasons() {
        var question = question(.single, [host("a", (9, 12), (14, 15), busy: [busy(10, 11, .timeOff)])])
        question.rules.notice = .minutes(30)
        question.now = at(9)
        #expect(question.refusal(at: at(9)) == .tooSoon)
        #expect(question.refusal(at: at(13)) == .outsideHours)
        #expect(question.refusal(at: at(11, 30)) == .outsideHours)
        #expect(question.refusal(at: at(9, 45)) == .notOnGrid)
        #expect(question.refusal(at: at(10)) == .busyTimeOff)
        #expect(question.refusal(at: at(11)) == nil)
        #expect(question.refusal(at: at(23, 30)) == .tooFar)
        question.rules.durationMinutes = 90
        #expect(question.refusal(at: at(14)) == .windowTooShort)
    }

    @Test("Of several hosts the nearest one's reason is told")
    func nearest() {
        let hosts = [host("a", (14, 15)), host("b", (9, 12), busy: [busy(9, 10, .dispatch)]), host("c")]
        #expect(question(.oneOf, hosts).refusal(at: at(9)) == .busyDispatch)
        #expect(question(.oneOf, hosts).refusal(at: at(9, 30)) == .notOnGrid)
        #expect(question(.oneOf, [hosts[2], hosts[0]]).refusal(at: at(9)) == .outsideHours)
    }

    @Test("Without hosts nothing is free", arguments: HostMode.allCases)
    func nobody(mode: HostMode) {
        #expect(question(mode, []).slots().isEmpty)
        #expect(question(mode, []).refusal(at: at(9)) == .hostInactive)
    }

    @Test("An empty or reversed range has no slots")
    func emptyRange() {
        var question = question(.single, [host("a", (0, 24))])
        question.to = question.from
        #expect(question.slots().isEmpty)
        question.to = question.from.adding(hours: -5)
        #expect(question.slots().isEmpty)
        question.to = question.from.adding(days: -50)
        #expect(question.slots().isEmpty)
        #expect(question.refusal(at: at(9)) == .tooFar)
    }

    @Test("The reasons are the closed set of the API")
    func closedSet() {
        #expect(Reason.allCases.map(\.rawValue).joined(separator: " ") == """
            outside_hours date_closed out_of_office holiday busy_booking busy_hold busy_calendar busy_time_off \
            busy_dispatch busy_focus busy_allocation busy_review busy_resource buffer too_soon too_far limit_link \
            limit_host limit_link_host limit_team limit_attendee not_first_of_day outside_booker_hours \
            location_unavailable over_lead not_pinned full pool_empty not_on_grid window_too_short \
            window_in_skipped_hour calendar_stale host_inactive
            """)
    }
}
