/// Limits by day, week and month, in bookings and in minutes.

import Testing

@testable import Scheduling

@Suite struct LimitTests {
    private let monday = Instant(20_605 * 86_400)     // 2026-06-01T00:00:00Z

    /// Two slots on each of 14 days from Monday on: at 09:00 and 10:00.
    private func question(_ limits: Limit...) -> SlotQuestion {
        var rules = SlotRules(zone: .utc, durationMinutes: 60)
        rules.limits = limits
        let host = Host(id: "a", availability: daily(.utc, (540, 660)), busy: [])
        return SlotQuestion(rules: rules, hosts: [host], now: monday, from: monday, to: monday.adding(days: 14))
    }

    private func meeting(day: Int, minutes: Int = 60, isOfLink: Bool = true) -> Meeting {
        Meeting(start: monday.adding(days: day).adding(hours: 12), minutes: minutes, isOfLink: isOfLink)
    }

    /// The days, counted from Monday, that have a slot.
    private func days(_ question: SlotQuestion) -> [Int] {
        Set(question.slots().map { Int(($0.start - monday) / 86_400) }).sorted()
    }

    @Test("A count closes the day, week or month that has it", arguments: [
        (LimitPeriod.day, [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
        (.week, [7, 8, 9, 10, 11, 12, 13]),
        (.month, []),
        (.open, []),
    ])
    func periods(period: LimitPeriod, open: [Int]) {
        var question = question(Limit(.host, per: period, count: 1))
        question.hosts[0].meetings = [meeting(day: 2)]
        #expect(days(question) == open)
        #expect(question.refusal(at: monday.adding(days: 2).adding(hours: 9)) == .limitHost)
        question.rules.limits[0].count = 2
        #expect(days(question) == Array(0...13))
    }

    @Test("Of all that are open, those that have begun count no more")
    func open() {
        var question = question(Limit(.attendee, per: .open, count: 1))
        question.attendeeMeetings = [meeting(day: -1), meeting(day: -40)]
        #expect(days(question) == Array(0...13))
        question.attendeeMeetings.append(meeting(day: 300))
        #expect(days(question).isEmpty)
        (question.now, question.to) = (meeting(day: 300).start, monday.adding(days: 310))
        #expect(question.refusal(at: monday.adding(days: 301).adding(hours: 9)) == .limitAttendee)
        question.now = question.now.adding(minutes: 1)
        #expect(question.refusal(at: monday.adding(days: 301).adding(hours: 9)) == nil)
    }

    @Test("Weeks begin as the workspace says")
    func weekStart() {
        var question = question(Limit(.link, per: .week, count: 1))
        question.linkMeetings = [meeting(day: 2)]
        #expect(days(question) == Array(7...13))
        question.rules.weekStart = 0
        #expect(days(question) == Array(6...13))
        question.rules.weekStart = 3
        #expect(days(question) == [0, 1] + Array(9...13))
    }

    @Test("Minutes count with those of the new booking")
    func minutes() {
        var question = question(Limit(.link, per: .day, minutes: 120))
        question.linkMeetings = [meeting(day: 0, minutes: 60), meeting(day: 1, minutes: 61)]
        #expect(days(question) == [0] + Array(2...13))
        question.rules.limits[0].minutes = 59
        #expect(days(question).isEmpty)
        #expect(question.refusal(at: monday.adding(hours: 9)) == .limitLink)
    }

    @Test("Each scope counts its own bookings", arguments: LimitScope.allCases)
    func scopes(scope: LimitScope) {
        var question = question(Limit(scope, per: .day, count: 1))
        question.linkMeetings = [meeting(day: 0)]
        question.teamMeetings = [meeting(day: 1)]
        question.attendeeMeetings = [meeting(day: 2)]
        question.hosts[0].meetings = [meeting(day: 3), meeting(day: 4, isOfLink: false)]
        let closed: [Int] = switch scope {
        case .link: [0]
        case .team: [1]
        case .attendee: [2]
        case .host: [3, 4]
        case .linkHost: [3]
        }
        #expect(days(question) == (0...13).filter { !closed.contains($0) })
        let refusal = question.refusal(at: monday.adding(days: closed[0]).adding(hours: 9))
        #expect(refusal?.rawValue == "limit_" + scope.rawValue)
    }

    @Test("A host's limit counts the dates of that host's zone, the others stay free")
    func zones() throws {
        let tokyo = try zone("Asia/Tokyo")
        var rules = SlotRules(zone: .utc, mode: .oneOf, durationMinutes: 60)
        rules.limits = [Limit(.host, per: .day, count: 1)]
        // 22:00 UTC on Monday is Tuesday in Tokyo.
        let meeting = Meeting(start: monday.adding(hours: 22), minutes: 60)
        var hosts = ["a", "b"].map { Host(id: $0, availability: daily(tokyo, (540, 600)), busy: []) }
        hosts[0].meetings = [meeting]
        let question = SlotQuestion(rules: rules, hosts: hosts, now: monday, from: monday, to: monday.adding(days: 3))
        #expect(question.slots().map(\.eligible) == [2, 1, 2])
    }

    @Test("A booking counts on the date it starts on, however long it lasts")
    func startDate() {
        var question = question(Limit(.link, per: .day, count: 1))
        question.linkMeetings = [Meeting(start: monday.adding(hours: 23), minutes: 180)]
        #expect(days(question) == Array(1...13))
    }
}
