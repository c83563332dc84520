/// Worked cases of the rules that hang on each other: limits, seats, pools, travel, rooms, and weeks across clock
/// changes. Each row is a question somebody might ask a host, with the answer and its reason.

import Testing

@testable import Scheduling

/// Ada works in Berlin from nine to five, every day; meetings of an hour, every half hour. It is 1 March 2027,
/// midnight there; the clocks go forward on the 28th.
private struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// By Berlin's clocks.
    let at: String
    /// Nil: it can be had.
    let expected: Reason?
    let change: @Sendable (inout SlotQuestion) throws -> Void

    init(
        _ name: String, _ at: String, _ expected: Reason? = nil,
        _ change: @escaping @Sendable (inout SlotQuestion) throws -> Void
    ) {
        (testDescription, self.at, self.expected, self.change) = (name, at, expected, change)
    }
}

@Suite struct WorkedCasesTests {
    @Test("A limit closes what is beyond it and nothing else", arguments: limits)
    fileprivate func limitsHold(_ example: Case) throws { try check(example) }

    @Test("A seat is had while there is one", arguments: seats)
    fileprivate func seatsHold(_ example: Case) throws { try check(example) }

    @Test("Enough of each pool must be free", arguments: pools)
    fileprivate func poolsHold(_ example: Case) throws { try check(example) }

    @Test("Ways, buffers and rooms keep their time", arguments: travel)
    fileprivate func travelHold(_ example: Case) throws { try check(example) }

    @Test("Wall clocks decide where clocks change", arguments: clocks)
    fileprivate func clocksHold(_ example: Case) throws { try check(example) }

    private func check(_ example: Case) throws {
        var question = try base()
        try example.change(&question)
        let start = try berlin(example.at)
        #expect(question.refusal(at: start) == example.expected)
        // The list says the same as the single question.
        #expect(question.slots().contains { $0.start == start } == (example.expected == nil))
    }
}

private func berlin(_ text: String) throws -> Instant { try zone("Europe/Berlin").instant(of: reading(text)) }

private func base() throws -> SlotQuestion {
    let berlinZone = try zone("Europe/Berlin")
    let rules = SlotRules(zone: berlinZone, durationMinutes: 60, stepMinutes: 30)
    let ada = Host(id: "ada", availability: daily(berlinZone, (540, 1_020)), busy: [])
    return SlotQuestion(
        rules: rules, hosts: [ada], now: try berlin("2027-03-01 00:00"), from: try berlin("2027-03-01 00:00"),
        to: try berlin("2027-05-01 00:00"))
}

private func meeting(_ at: String, _ minutes: Int = 60, ofLink: Bool = true) throws -> Meeting {
    Meeting(start: try berlin(at), minutes: minutes, isOfLink: ofLink)
}

private func busy(_ from: String, _ to: String, _ kind: BusyKind = .booking, before: Int = 0, after: Int = 0) throws
    -> Busy {
    Busy(starts: try berlin(from), ends: try berlin(to), kind: kind, gapBefore: Int64(before) * 60,
         gapAfter: Int64(after) * 60)
}

private let limits: [Case] = [
    .init("two a day: the second fits", "2027-03-02 14:00") {
        $0.rules.limits = [Limit(.host, per: .day, count: 2)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00")]
    },
    .init("two a day: the third does not", "2027-03-02 14:00", .limitHost) {
        $0.rules.limits = [Limit(.host, per: .day, count: 2)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00"), try meeting("2027-03-02 11:00")]
    },
    .init("meetings of other links count for the host", "2027-03-02 14:00", .limitHost) {
        $0.rules.limits = [Limit(.host, per: .day, count: 1)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00", ofLink: false)]
    },
    .init("meetings of other links do not count for this link's host limit", "2027-03-02 14:00") {
        $0.rules.limits = [Limit(.linkHost, per: .day, count: 1)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00", ofLink: false)]
    },
    .init("one a day of this link for each host", "2027-03-02 14:00", .limitLinkHost) {
        $0.rules.limits = [Limit(.linkHost, per: .day, count: 1)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00")]
    },
    .init("late in the evening before is another day", "2027-03-02 14:00") {
        $0.rules.limits = [Limit(.link, per: .day, count: 1)]
        $0.linkMeetings = [try meeting("2027-03-01 23:30")]
    },
    .init("the week ends on Sunday", "2027-03-07 10:00", .limitLink) {
        $0.rules.limits = [Limit(.link, per: .week, count: 1)]
        $0.linkMeetings = [try meeting("2027-03-01 09:00")]
    },
    .init("Monday is a new week", "2027-03-08 10:00") {
        $0.rules.limits = [Limit(.link, per: .week, count: 1)]
        $0.linkMeetings = [try meeting("2027-03-01 09:00")]
    },
    .init("unless weeks begin on Tuesday", "2027-03-08 10:00", .limitLink) {
        $0.rules.limits = [Limit(.link, per: .week, count: 1)]
        $0.rules.weekStart = 2
        $0.linkMeetings = [try meeting("2027-03-02 09:00")]
    },
    .init("the month of 28 days is over in April", "2027-04-01 10:00") {
        $0.rules.limits = [Limit(.team, per: .month, count: 1)]
        $0.teamMeetings = [try meeting("2027-03-31 16:00")]
    },
    .init("the last hour of the month is still the month", "2027-03-31 16:00", .limitTeam) {
        $0.rules.limits = [Limit(.team, per: .month, count: 1)]
        $0.teamMeetings = [try meeting("2027-03-01 09:00")]
    },
    .init("minutes: what is left is exactly enough", "2027-03-02 14:00") {
        $0.rules.limits = [Limit(.host, per: .day, minutes: 120)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00")]
    },
    .init("minutes: one too few", "2027-03-02 14:00", .limitHost) {
        $0.rules.limits = [Limit(.host, per: .day, minutes: 119)]
        $0.hosts[0].meetings = [try meeting("2027-03-02 09:00")]
    },
    .init("one open booking for each attendee, and one is to come", "2027-03-02 14:00", .limitAttendee) {
        $0.rules.limits = [Limit(.attendee, per: .open, count: 1)]
        $0.attendeeMeetings = [try meeting("2027-04-20 10:00")]
    },
    .init("one that is over leaves room", "2027-03-02 14:00") {
        $0.rules.limits = [Limit(.attendee, per: .open, count: 1)]
        $0.attendeeMeetings = [try meeting("2027-02-20 10:00")]
    },
    .init("of several limits the first that is reached is named", "2027-03-02 14:00", .limitLink) {
        $0.rules.limits = [Limit(.link, per: .day, count: 1), Limit(.host, per: .day, count: 9)]
        $0.linkMeetings = [try meeting("2027-03-02 09:00")]
    },
]

private func grace(_ question: inout SlotQuestion) throws {
    question.rules.mode = .oneOf
    question.hosts.append(Host(id: "grace", availability: question.hosts[0].availability, busy: []))
}

private func session(_ at: String, _ taken: Int, of capacity: Int = 5, minutes: Int = 60) throws -> SeatSession {
    let start = try berlin(at)
    return SeatSession(
        start: start, end: start.adding(minutes: minutes), capacity: capacity, taken: taken, hosts: ["ada"])
}

private let seats: [Case] = [
    .init("an empty class can be opened", "2027-03-02 10:00") { $0.rules.capacity = 5 },
    .init("one seat is left", "2027-03-02 10:00") {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 4)]
    },
    .init("none is left", "2027-03-02 10:00", .full) {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 5)]
    },
    .init("two come, one seat is left", "2027-03-02 10:00", .full) {
        $0.rules.capacity = 5
        $0.party = 2
        $0.sessions = [try session("2027-03-02 10:00", 4)]
    },
    .init("more than the class ever had", "2027-03-02 10:00", .full) {
        $0.rules.capacity = 5
        $0.party = 6
    },
    .init("the room was made smaller since", "2027-03-02 10:00", .full) {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 5, of: 3)]
    },
    .init("a class keeps its host from half an hour later", "2027-03-02 10:30", .busyBooking) {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 1)]
    },
    .init("right after the class another can be opened", "2027-03-02 11:00") {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 1)]
    },
    .init("a class goes on where hours have been closed since", "2027-03-02 20:00") {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 20:00", 1)]
    },
    .init("notice holds for joining as for opening", "2027-03-01 10:00", .tooSoon) {
        $0.rules.capacity = 5
        $0.rules.notice = .days(1)
        $0.sessions = [try session("2027-03-01 10:00", 1)]
    },
    .init("the link is used up for the day, but a seat is none of its bookings' times", "2027-03-02 10:00") {
        $0.rules.capacity = 5
        $0.rules.limits = [Limit(.link, per: .day, count: 1)]
        $0.linkMeetings = [try meeting("2027-03-02 10:00")]
        $0.sessions = [try session("2027-03-02 10:00", 1)]
    },
    .init("a class of other length starts there", "2027-03-02 10:00", .full) {
        $0.rules.capacity = 5
        $0.sessions = [try session("2027-03-02 10:00", 1, minutes: 90)]
    },
]

private func team(_ question: inout SlotQuestion, take: Int = 1, _ pool: String...) throws {
    question.rules.mode = .pooled
    question.rules.pools = [Pool(id: "x", take: take)]
    for id in pool {
        var host = Host(id: id, availability: question.hosts[0].availability, busy: [])
        host.pool = "x"
        question.hosts.append(host)
    }
}

private let pools: [Case] = [
    .init("the chair and one of two", "2027-03-02 10:00") { try team(&$0, "bo", "cy") },
    .init("one of them is busy", "2027-03-02 10:00") {
        try team(&$0, "bo", "cy")
        $0.hosts[1].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("both are", "2027-03-02 10:00", .poolEmpty) {
        try team(&$0, "bo", "cy")
        for place in 1...2 { $0.hosts[place].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")] }
    },
    .init("two are wanted and one is busy", "2027-03-02 10:00", .poolEmpty) {
        try team(&$0, take: 2, "bo", "cy")
        $0.hosts[1].busy = [try busy("2027-03-02 10:30", "2027-03-02 10:45")]
    },
    .init("the chair is busy, whoever else is free", "2027-03-02 10:00", .busyCalendar) {
        try team(&$0, "bo", "cy")
        $0.hosts[0].busy = [try busy("2027-03-02 09:30", "2027-03-02 10:01", .calendar)]
    },
    .init("somebody switched off takes nothing", "2027-03-02 10:00", .poolEmpty) {
        try team(&$0, "bo")
        $0.hosts[1].barred = [.hostInactive]
    },
    .init("two of three, and one is too far ahead", "2027-03-02 10:00") {
        try team(&$0, take: 2, "bo", "cy", "di")
        $0.hosts[1].barred = [.overLead]
    },
    .init("one is on leave, the other opens later", "2027-03-02 10:00", .poolEmpty) {
        try team(&$0, "bo", "cy")
        $0.hosts[1].busy = [try busy("2027-03-01 00:00", "2027-03-08 00:00", .timeOff)]
        $0.hosts[2].availability = daily($0.hosts[2].availability.zone, (660, 1_020))
    },
    .init("the grid begins with whoever comes last", "2027-03-02 09:20") {
        try team(&$0, "bo")
        $0.hosts[1].availability = daily($0.hosts[1].availability.zone, (560, 1_020))
    },
    .init("and has no start before", "2027-03-02 09:30", .notOnGrid) {
        try team(&$0, "bo")
        $0.hosts[1].availability = daily($0.hosts[1].availability.zone, (560, 1_020))
    },
    .init("in turn, one of two is enough", "2027-03-02 10:00") {
        try grace(&$0)
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("together, both must be free", "2027-03-02 10:00", .busyBooking) {
        try grace(&$0)
        $0.rules.mode = .allOf
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
]

private func room(_ id: String, seats: Int = 10, _ taken: Busy...) -> Resource {
    Resource(id: id, seats: seats, busy: taken)
}

private let travel: [Case] = [
    .init("half an hour of travel after a meeting fits", "2027-03-02 11:30") {
        $0.rules.travelBeforeMinutes = 30
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("one that begins right after does not: free itself, but too near", "2027-03-02 11:00", .buffer) {
        $0.rules.travelBeforeMinutes = 30
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("the way may begin before opening hours", "2027-03-02 09:00") { $0.rules.travelBeforeMinutes = 45 },
    .init("and end after closing", "2027-03-02 16:00") { $0.rules.travelAfterMinutes = 45 },
    .init("the way back runs into a meeting", "2027-03-02 10:00", .buffer) {
        $0.rules.travelAfterMinutes = 31
        $0.hosts[0].busy = [try busy("2027-03-02 11:30", "2027-03-02 12:00")]
    },
    .init("a buffer lies beyond the way", "2027-03-02 11:30", .buffer) {
        ($0.rules.travelBeforeMinutes, $0.rules.bufferBeforeMinutes) = (30, 10)
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("and both fit half an hour later", "2027-03-02 12:00") {
        ($0.rules.travelBeforeMinutes, $0.rules.bufferBeforeMinutes) = (30, 10)
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00")]
    },
    .init("of two gaps the larger holds", "2027-03-02 11:30") {
        $0.rules.bufferBeforeMinutes = 20
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00", after: 30)]
    },
    .init("or both, where the workspace adds them", "2027-03-02 11:30", .buffer) {
        ($0.rules.bufferBeforeMinutes, $0.rules.gapRule) = (20, .sum)
        $0.hosts[0].busy = [try busy("2027-03-02 10:00", "2027-03-02 11:00", after: 30)]
    },
    .init("the room is taken", "2027-03-02 10:00", .busyResource) {
        $0.resources = [ResourceNeed(id: "n", resources: [
            room("blue", try busy("2027-03-02 10:30", "2027-03-02 11:00"))])]
    },
    .init("another of the set is free", "2027-03-02 10:00") {
        $0.resources = [ResourceNeed(id: "n", resources: [
            room("blue", try busy("2027-03-02 10:30", "2027-03-02 11:00")), room("red")])]
    },
    .init("but too small for three", "2027-03-02 10:00", .busyResource) {
        $0.party = 3
        $0.rules.capacity = 9
        $0.resources = [ResourceNeed(id: "n", resources: [
            room("blue", try busy("2027-03-02 10:30", "2027-03-02 11:00")), room("red", seats: 2)])]
    },
    .init("what is not required stands in nobody's way", "2027-03-02 10:00") {
        $0.resources = [ResourceNeed(id: "n", isRequired: false, resources: [
            room("beamer", try busy("2027-03-02 10:30", "2027-03-02 11:00"))])]
    },
]

private let clocks: [Case] = [
    .init("nine o'clock stays nine o'clock after the change", "2027-03-28 09:00") { _ in },
    .init("a whole day of notice is 23 hours", "2027-03-28 12:00") {
        $0.now = try berlin("2027-03-27 12:00")
        $0.rules.notice = .days(1)
    },
    .init("24 hours of notice are not over by then", "2027-03-28 12:00", .tooSoon) {
        $0.now = try berlin("2027-03-27 12:00")
        $0.rules.notice = .minutes(24 * 60)
    },
    .init("a limit counts the short day as one", "2027-03-28 16:00", .limitLink) {
        $0.rules.limits = [Limit(.link, per: .day, count: 1)]
        $0.linkMeetings = [try meeting("2027-03-28 00:30")]
    },
    .init("the hour that is not there is never offered", "2027-03-28 03:00", .windowInSkippedHour) {
        $0.hosts[0].availability = daily($0.hosts[0].availability.zone, (120, 180))
    },
    .init("the same hour a week before is", "2027-03-21 02:00") {
        $0.hosts[0].availability = daily($0.hosts[0].availability.zone, (120, 180))
    },
    .init("three weeks on the calendar end with the last date", "2027-03-21 16:00") {
        $0.rules.window = .rollingDays(21)
    },
    .init("and not an hour later", "2027-03-22 09:00", .tooFar) { $0.rules.window = .rollingDays(21) },
    .init("a date range includes its last evening", "2027-03-31 16:00") {
        $0.rules.window = .range(from: try date("2027-03-10"), to: try date("2027-03-31"))
    },
]
