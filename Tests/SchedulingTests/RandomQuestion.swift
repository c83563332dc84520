/// Random questions to the engine: awkward zones and dates, odd windows, trips, overrides and busy time.

@testable import Scheduling

/// Makes questions of two to four days, most of them around a change of the clock.
struct QuestionMaker {
    var random: Seeded

    private static let zoneNames = [
        "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
        "Pacific/Chatham", "Antarctica/Troll", "Africa/Cairo", "America/Havana", "Africa/Casablanca", "Asia/Tokyo",
        "Asia/Beirut", "Pacific/Apia", "America/Vancouver", "UTC",
    ]
    private static let firstDates = [
        "2026-03-06", "2026-03-28", "2026-04-03", "2026-04-23", "2026-09-25", "2026-10-03", "2026-10-24",
        "2026-10-31", "2027-02-27", "2011-12-28",
    ]

    mutating func question() throws -> SlotQuestion {
        let first = try date(random.pick(Self.firstDates)).adding(days: random.number(0...1))
        let from = Instant(Int64(first.daysSince1970) * 86_400).adding(minutes: random.number(-12...12) * 60)
        let mode = random.pick(HostMode.allCases)
        let rules = try rules(mode, first)
        let hosts = try (0..<(mode == .single ? 1 : random.number(1...4))).map { try host("h\($0)", from, first) }
        var question = SlotQuestion(
            rules: rules, hosts: hosts, now: from.adding(minutes: random.number(-4_000...600)), from: from,
            to: from.adding(hours: random.number(24...96)))
        if mode == .pooled { pool(&question) }
        if random.chance(60) { try furnish(&question) }
        return question
    }

    /// Some always attend, the others are in one or two pools.
    private mutating func pool(_ question: inout SlotQuestion) {
        let names = ["x", "y"].prefix(random.number(1...2))
        for place in question.hosts.indices where random.chance(75) {
            question.hosts[place].pool = random.pick(Array(names))
        }
        question.rules.pools = names.map { Pool(id: $0, take: random.pick([1, 1, 1, 2])) }
        if random.chance(30) { question.rules.pools.removeLast() }
    }

    /// Each of the rarer rules now and then.
    private mutating func furnish(_ question: inout SlotQuestion) throws {
        let from = question.from
        if random.chance(30) {
            question.rules.travelBeforeMinutes = random.number(0...30)
            question.rules.travelAfterMinutes = random.number(0...30)
        }
        if random.chance(40) { limit(&question) }
        if random.chance(20) {
            question.rules.bookerHours = (0..<7).map { _ in [Window(opens: random.number(0...40) * 10, closes: 1_300)] }
            if random.chance(70) { question.bookerZone = try zone(random.pick(Self.zoneNames)) }
        }
        if random.chance(25) { question.resources = try (0..<random.number(1...2)).map { try need("n\($0)", from) } }
        if random.chance(30) { seat(&question) }
        if random.chance(15) { question.rules.firstOfDay = true }
        if random.chance(20) { question.rules.marksBeside = true }
        if random.chance(10) {
            let host = random.number(0...question.hosts.count - 1)
            question.hosts[host].barred = [
                random.pick([.calendarStale, .overLead, .hostInactive, .notPinned, .locationUnavailable])
            ]
        }
    }

    private mutating func limit(_ question: inout SlotQuestion) {
        let from = question.from
        question.rules.weekStart = random.number(0...6)
        question.rules.limits = (0..<random.number(1...3)).map { _ in
            var limit = Limit(random.pick(LimitScope.allCases), per: random.pick(LimitPeriod.allCases))
            if random.chance(60) { limit.count = random.number(0...4) }
            if limit.count == nil || random.chance(30) { limit.minutes = random.number(0...300) }
            return limit
        }
        let counted = { (random: inout Seeded) in
            (0..<random.number(0...5)).map { _ in
                Meeting(start: from.adding(minutes: random.number(-3_000...6_000)), minutes: random.number(10...90),
                        isOfLink: random.chance(70))
            }
        }
        question.linkMeetings = counted(&random)
        question.teamMeetings = counted(&random)
        question.attendeeMeetings = counted(&random)
        for place in question.hosts.indices { question.hosts[place].meetings = counted(&random) }
    }

    private mutating func need(_ id: String, _ from: Instant) throws -> ResourceNeed {
        ResourceNeed(id: id, isRequired: random.chance(75), resources: try (0..<random.number(1...2)).map { number in
            var resource = Resource(id: "\(id)-\(number)", busy: (0..<random.number(0...8)).map { _ in busy(from) })
            if random.chance(30) { resource.seats = random.number(1...3) }
            if random.chance(30) {
                resource.hours = daily(try zone(random.pick(Self.zoneNames)), (300, 1_200))
            }
            return resource
        })
    }

    private mutating func seat(_ question: inout SlotQuestion) {
        question.rules.capacity = random.number(1...4)
        question.party = random.number(1...3)
        var starts: Set<Instant> = []
        for _ in 0..<random.number(0...4) {
            let start = question.from.adding(minutes: random.number(0...280) * 15)
            guard starts.insert(start).inserted else { continue }
            let minutes = random.chance(80) ? question.rules.durationMinutes : 25
            question.sessions.append(SeatSession(
                start: start, end: start.adding(minutes: minutes), capacity: question.rules.capacity,
                taken: random.number(0...4), hosts: question.hosts.map(\.id).filter { _ in random.chance(60) }))
            if question.sessions[question.sessions.count - 1].hosts.isEmpty {
                question.sessions[question.sessions.count - 1].hosts = [question.hosts[0].id]
            }
        }
    }

    private mutating func rules(_ mode: HostMode, _ first: LocalDate) throws -> SlotRules {
        var rules = SlotRules(zone: try zone(random.pick(Self.zoneNames)), mode: mode, durationMinutes: random.pick(
            [15, 20, 30, 45, 50, 60, 90]))
        rules.stepMinutes = random.pick([0, 0, 10, 15, 25, 30, 60])
        rules.offsetMinutes = random.pick([0, 0, 5, 10])
        rules.alignMinutes = random.pick([0, 0, 5, 15, 30, 60])
        rules.bufferBeforeMinutes = random.pick([0, 0, 5, 15, 30])
        rules.bufferAfterMinutes = random.pick([0, 0, 5, 10, 45])
        rules.notice = random.chance(50) ? .minutes(random.number(0...3_000)) : .days(random.number(0...3))
        rules.window = random.pick([.unlimited, .unlimited, .rollingDays(random.number(1...6)),
                                    .rollingBusinessDays(random.number(0...5)), .bookableDays(random.number(0...4)),
                                    .range(from: first.adding(days: 1), to: first.adding(days: random.number(1...3)))])
        rules.gapRule = random.pick(GapRule.allCases)
        return rules
    }

    private mutating func host(_ id: String, _ from: Instant, _ first: LocalDate) throws -> Host {
        let weekly = (0..<7).map { _ in windows() }
        var availability = Availability(zone: try zone(random.pick(Self.zoneNames)), weekly: weekly)
        if random.chance(15) { availability.weekly = Array(repeating: [Window(opens: 0, closes: 1_440)], count: 7) }
        for _ in 0..<random.number(0...3) {
            availability.overrides[first.adding(days: random.number(-1...4))] = windows()
        }
        if random.chance(30) {
            let start = first.adding(days: random.number(-1...2))
            availability.trips = [Trip(from: start, to: start.adding(days: random.number(0...3)),
                                       zone: try zone(random.pick(Self.zoneNames)))]
        }
        for _ in 0..<random.pick([0, 0, 1, 2]) {
            availability.daysOff[first.adding(days: random.number(-1...4))] = DayOff(
                random.pick([.outOfOffice, .holiday]), from: random.pick([0, 0, DayOff.noon, 5]))
        }
        return Host(id: id, availability: availability, busy: (0..<random.number(0...12)).map { _ in busy(from) })
    }

    private mutating func windows() -> [Window] {
        (0..<random.pick([0, 1, 1, 2, 2])).map { _ in
            let opens = random.number(0...280) * 5
            return Window(opens: opens, closes: min(opens + random.number(1...180) * 5, Window.latestClose))
        }
    }

    mutating func busy(_ from: Instant) -> Busy {
        let starts = from.adding(minutes: random.number(-600...5_800))
        var busy = Busy(starts: starts, ends: starts.adding(minutes: random.number(-10...240)),
                        kind: random.pick(BusyKind.allCases))
        if busy.kind == .booking || random.chance(30) {
            busy.gapBefore = Int64(random.number(0...30)) * 60
            busy.gapAfter = Int64(random.number(0...30)) * 60
        }
        return busy
    }
}
