/// Sessions with seats, meetings beside which slots are, and several lengths.

import Testing

@testable import Scheduling

@Suite struct SeatSessionTests {
    private let nine = Instant(20_605 * 86_400 + 9 * 3_600)

    private func question(capacity: Int, sessions: SeatSession...) -> SlotQuestion {
        var rules = SlotRules(zone: .utc, durationMinutes: 60)
        rules.capacity = capacity
        let host = Host(id: "a", availability: daily(.utc, (540, 720)), busy: [])
        var question = SlotQuestion(rules: rules, hosts: [host], now: nine, from: nine.adding(hours: -9),
                                    to: nine.adding(hours: 15))
        question.sessions = sessions
        return question
    }

    private func session(_ minutes: Int, taken: Int, length: Int = 60) -> SeatSession {
        let start = nine.adding(minutes: minutes)
        return SeatSession(
            start: start, end: start.adding(minutes: length), capacity: 4, taken: taken, hosts: ["a"])
    }

    @Test("A session is offered while seats are left and keeps its hosts from everything else")
    func seats() {
        var question = question(capacity: 4, sessions: session(30, taken: 3))
        #expect(clocks(question.slots()) == ["09:30", "11:00"])
        #expect(question.slots().map(\.seatsLeft) == [1, 4])
        #expect(question.eligibleHosts(at: nine.adding(minutes: 30)) == ["a"])
        #expect(question.refusal(at: nine) == .busyBooking)
        question.party = 2
        #expect(clocks(question.slots()) == ["11:00"])
        #expect(question.refusal(at: nine.adding(minutes: 30)) == .full)
        question.party = 5
        #expect(question.slots().isEmpty && question.refusal(at: nine.adding(hours: 2)) == .full)
    }

    @Test("The ledger's own row of a session is no obstacle to joining it")
    func row() {
        var question = question(capacity: 4, sessions: session(0, taken: 1))
        question.hosts[0].busy = [Busy(starts: nine, ends: nine.adding(hours: 1), kind: .session)]
        #expect(clocks(question.slots()) == ["09:00", "10:00", "11:00"])
    }

    @Test("Joining keeps notice and window, and what the attendee and their clock allow")
    func bounds() {
        var question = question(capacity: 4, sessions: session(0, taken: 1))
        question.rules.notice = .minutes(30)
        #expect(question.refusal(at: nine) == .tooSoon)
        question.rules.notice = .minutes(0)
        question.rules.limits = [Limit(.link, per: .day, count: 0)]
        #expect(clocks(question.slots()) == ["09:00"])
        question.rules.limits = [Limit(.attendee, per: .day, count: 0)]
        #expect(question.refusal(at: nine) == .limitAttendee && question.slots().isEmpty)
    }

    @Test("A session of another length is not joined and not doubled")
    func length() {
        var question = question(capacity: 4, sessions: session(0, taken: 1, length: 30))
        #expect(clocks(question.slots()) == ["10:00", "11:00"])
        #expect(question.refusal(at: nine) == .full)
        question.rules.mode = .oneOf
        question.hosts.append(Host(id: "b", availability: daily(.utc, (540, 720)), busy: []))
        #expect(question.slots().map(\.eligible) == [2, 2])
    }

    @Test("Slots are marked that leave no hole beside a meeting")
    func beside() {
        var question = question(capacity: 1)
        question.rules.marksBeside = true
        question.rules.durationMinutes = 30
        let marked = { clocks(question.slots().filter(\.isBeside)) }
        #expect(marked().isEmpty)
        question.hosts[0].busy = [Busy(starts: nine.adding(hours: 1), ends: nine.adding(minutes: 85), kind: .booking)]
        #expect(marked() == ["09:30", "10:30"])
        question.rules.bufferBeforeMinutes = 10
        #expect(marked() == ["09:30", "11:00"])
        question.hosts[0].busy[0].kind = .timeOff
        #expect(marked().isEmpty)
    }

    @Test("Several lengths are answered at once, each with its own step")
    func lengths() {
        let answers = question(capacity: 1).slots(lasting: [60, 90, 60])
        #expect(answers.mapValues { clocks($0) } == [60: ["09:00", "10:00", "11:00"], 90: ["09:00", "10:30"]])
    }
}
