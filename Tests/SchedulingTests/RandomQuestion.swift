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
        let hosts = try (0..<(mode == .single ? 1 : random.number(1...3))).map { try host("h\($0)", from, first) }
        return SlotQuestion(rules: rules, hosts: hosts, now: from.adding(minutes: random.number(-4_000...600)),
                            from: from, to: from.adding(hours: random.number(24...96)))
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
