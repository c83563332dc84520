/// The fields of a scenario as they stand in its file, and the question they make.

/// A whole scenario; unknown fields (`why`, `expect`) are left alone.
struct ScenarioForm: Decodable {
    private var id: Name
    private var event: EventForm
    private var now: Int64
    private var from: Int64
    private var to: Int64
    private var hosts: [HostForm]
    private var party: Int?
    private var bookerZone: String?
    private var sessions: [SessionForm]?
    private var resources: [NeedForm]?
    private var meetings: MeetingsForm?
    private var explain: [Int64]?

    func scenario(_ place: ScenarioPlace, _ zones: Zones) throws -> Scenario {
        let from = try place("from").instant(from)
        let to = try place("to").instant(to)
        // Bounds the memory an answer takes.
        try place("to").require(to - from <= 3_660 * 86_400, "is more than ten years after from")
        let rules = try event.rules(place("event"), zones)
        try place("hosts").require(rules.mode != .single || hosts.count <= 1, "mode single takes one host")
        let hosts = try place("hosts").each(hosts, most: 10_000) { try $0.host($1, zones) }
        var question = SlotQuestion(rules: rules, hosts: hosts, now: try place("now").instant(now), from: from, to: to)
        question.party = try place("party").number(party, 1...1_000_000)
        question.bookerZone = try bookerZone.map { try place("bookerZone").zone($0, zones) }
        question.sessions = try place("sessions").each(sessions, most: 2_000) { try $0.session($1) }
        let starts = Set(question.sessions.map(\.start))
        try place("sessions").require(starts.count == question.sessions.count, "has two sessions with one start")
        question.resources = try place("resources").each(resources, most: 100) { try $0.need($1, zones) }
        question.linkMeetings = try MeetingsForm.read(meetings?.link, place("meetings")("link"))
        question.teamMeetings = try MeetingsForm.read(meetings?.team, place("meetings")("team"))
        question.attendeeMeetings = try MeetingsForm.read(meetings?.attendee, place("meetings")("attendee"))
        let scenario = Scenario(
            id: id.text, question: question, durations: try event.durations(place("event")),
            explained: try place("explain").each(explain, most: 10_000) { try $1.instant($0) })
        try scenario.checkSize(place)
        return scenario
    }
}

extension Scenario {
    /// Bounds the work: a question about one host may span ten years, one about ten thousand a year; both at once is
    /// refused, and so are more starts than anybody reads.
    fileprivate func checkSize(_ place: ScenarioPlace) throws {
        let rules = question.rules
        var begin = question.from
        if case .bookableDays = rules.window {
            try place("now").require(question.to - question.now <= 3_660 * 86_400, "is more than ten years before to")
            begin = min(begin, question.now)
        }
        let seconds = max(0, question.to - begin)
        let step = rules.stepMinutes == 0 ? (durations + [rules.durationMinutes]).min() ?? 1 : rules.stepMinutes
        let starts = Int(seconds) / (step * 60)
        try place("event")("stepMin").require(starts <= 2_000_000, "gives more than 2000000 starts in that range")
        let hosts = question.hosts.count
        let resources = question.resources.reduce(0) { $0 + $1.resources.count }
        let days = (Int(seconds) / 86_400 + 1) * max(1, hosts + resources)
        try place("to").require(days <= 4_000_000, "is too late: more than 4000000 days for all hosts together")
        if rules.mode == .pooled || rules.marksBeside {
            try place("hosts").require(starts * hosts <= 5_000_000, "are too many for that range and mode")
        }
        let effort = question.picksDays ? days : max(1, hosts)
        try place("explain").require(explained.count * effort <= 4_000_000, "has too many starts for so many hosts")
    }
}

private struct EventForm: Decodable {
    var zone: String
    var mode: String
    var durationMin: Int
    var durationsMin: [Int]?
    var stepMin: Int?
    var offsetMin: Int?
    var alignMin: Int?
    var bufferBeforeMin: Int?
    var bufferAfterMin: Int?
    var gapRule: String?
    var travelBeforeMin: Int?
    var travelAfterMin: Int?
    var minNoticeMin: Int?
    var noticeDays: Int?
    var window: WindowForm?
    var limits: [LimitForm]?
    var weekStart: Int?
    var capacity: Int?
    var pools: [PoolForm]?
    var bookerHours: [[[Int]]]?
    var firstOfDay: Bool?
    var besideFirst: Bool?

    func durations(_ place: ScenarioPlace) throws -> [Int] {
        try place("durationsMin").each(durationsMin, most: 20) { try $1.minutes($0, atLeast: 1) }
    }

    func rules(_ place: ScenarioPlace, _ zones: Zones) throws -> SlotRules {
        var rules = SlotRules(
            zone: try place("zone").zone(zone, zones), mode: try mode(place("mode")),
            durationMinutes: try place("durationMin").minutes(durationMin, atLeast: 1),
            stepMinutes: try place("stepMin").minutes(stepMin),
            offsetMinutes: try place("offsetMin").minutes(offsetMin),
            alignMinutes: try place("alignMin").minutes(alignMin),
            bufferBeforeMinutes: try place("bufferBeforeMin").minutes(bufferBeforeMin),
            bufferAfterMinutes: try place("bufferAfterMin").minutes(bufferAfterMin),
            notice: try notice(place),
            window: try window?.window(place("window")) ?? .unlimited,
            gapRule: try gapRule.map { try place("gapRule").word($0, GapRule.self) } ?? .larger)
        rules.travelBeforeMinutes = try place("travelBeforeMin").minutes(travelBeforeMin)
        rules.travelAfterMinutes = try place("travelAfterMin").minutes(travelAfterMin)
        rules.limits = try place("limits").each(limits, most: 20) { try $0.limit($1) }
        rules.weekStart = try place("weekStart").number(weekStart ?? 1, 0...6)
        rules.capacity = try place("capacity").number(capacity, 1...1_000_000)
        rules.pools = try place("pools").each(pools, most: 100) { form, place in
            Pool(id: form.id.text, take: try place("take").number(form.take, 1...10_000))
        }
        rules.bookerHours = try bookerHours.map { try HostForm.week($0, place("bookerHours")) }
        rules.firstOfDay = firstOfDay ?? false
        rules.marksBeside = besideFirst ?? false
        return rules
    }

    private func mode(_ place: ScenarioPlace) throws -> HostMode {
        switch mode {
        case "single": return .single
        case "roundRobin": return .oneOf
        case "collective": return .allOf
        case "multiHost": return .pooled
        default: throw place.error("is not single, roundRobin, collective or multiHost")
        }
    }

    private func notice(_ place: ScenarioPlace) throws -> Notice {
        guard let noticeDays else { return .minutes(try place("minNoticeMin").minutes(minNoticeMin)) }
        try place("noticeDays").require((minNoticeMin ?? 0) == 0, "and minNoticeMin cannot both be given")
        return .days(try place("noticeDays").number(noticeDays, 0...366))
    }
}

private struct WindowForm: Decodable {
    var kind: String
    var days: Int?
    var from: String?
    var to: String?

    func window(_ place: ScenarioPlace) throws -> BookingWindow {
        switch kind {
        case "rolling_days": return .rollingDays(try place("days").number(days, 0...3_660))
        case "rolling_business_days": return .rollingBusinessDays(try place("days").number(days, 0...730))
        case "bookable_days": return .bookableDays(try place("days").number(days, 0...3_660))
        case "range":
            guard let from else { throw place("from").error("is missing") }
            guard let to else { throw place("to").error("is missing") }
            return .range(from: try place("from").date(from), to: try place("to").date(to))
        default: throw place("kind").error("is not rolling_days, rolling_business_days, bookable_days or range")
        }
    }
}

private struct LimitForm: Decodable {
    var scope: String
    var per: String
    var count: Int?
    var minutes: Int?

    func limit(_ place: ScenarioPlace) throws -> Limit {
        try place.require(count != nil || minutes != nil, "needs count or minutes")
        return Limit(try place("scope").word(scope, LimitScope.self), per: try place("per").word(per, LimitPeriod.self),
                     count: try count.map { try place("count").number($0, 0...1_000_000) },
                     minutes: try minutes.map { try place("minutes").number($0, 0...1_000_000_000) })
    }
}

private struct PoolForm: Decodable {
    var id: Name
    var take: Int?
}

private struct SessionForm: Decodable {
    var start: Int64
    var end: Int64
    var capacity: Int
    var taken: Int
    var hosts: [Name]

    func session(_ place: ScenarioPlace) throws -> SeatSession {
        SeatSession(
            start: try place("start").instant(start), end: try place("end").instant(end),
            capacity: try place("capacity").number(capacity, 0...1_000_000),
            taken: try place("taken").number(taken, 0...1_000_000),
            hosts: try place("hosts").each(hosts, most: 100) { name, _ in name.text })
    }
}

private struct NeedForm: Decodable {
    struct ResourceForm: Decodable {
        var id: Name
        var seats: Int?
        var zone: String?
        var weekly: [[[Int]]]?
        var overrides: [String: [[Int]]]?
        var busy: [[Int64]]?
        var own: [[Int64]]?
    }

    var id: Name
    var required: Bool?
    var anyOf: [ResourceForm]

    func need(_ place: ScenarioPlace, _ zones: Zones) throws -> ResourceNeed {
        ResourceNeed(id: id.text, isRequired: required ?? true, resources: try place("anyOf").each(anyOf, most: 1_000) {
            form, place in
            try place("zone").require((form.zone == nil) == (form.weekly == nil), "and weekly go together")
            let hours = try form.zone.map { name in
                Availability(zone: try place("zone").zone(name, zones),
                             weekly: try HostForm.week(form.weekly ?? [], place("weekly")),
                             overrides: try HostForm.overrides(form.overrides, place("overrides")))
            }
            return Resource(id: form.id.text, seats: try form.seats.map { try place("seats").number($0, 0...1_000_000) }
                ?? .max, hours: hours, busy: try HostForm.busy(form.busy, form.own, place))
        })
    }
}

/// Rows of a start and minutes; a host's have a third number, 0 for a booking of another link.
private struct MeetingsForm: Decodable {
    var link: [[Int64]]?
    var team: [[Int64]]?
    var attendee: [[Int64]]?

    static func read(_ rows: [[Int64]]?, ofHost: Bool = false, _ place: ScenarioPlace) throws -> [Meeting] {
        try place.each(rows, most: 100_000) { row, place in
            try place.require(row.count == 2 || ofHost && row.count == 3, "needs a start and minutes")
            let minutes = try place[1].minutes(Int(row[1]))
            return Meeting(start: try place[0].instant(row[0]), minutes: minutes,
                           isOfLink: row.count < 3 || row[2] != 0)
        }
    }
}

private struct HostForm: Decodable {
    var id: Name
    var zone: String
    var weekly: [[[Int]]]
    var overrides: [String: [[Int]]]?
    var daysOff: [String: DayOffForm]?
    var trips: [TripForm]?
    var busy: [[Int64]]?
    var own: [[Int64]]?
    var pool: Name?
    var barred: [String]?
    var meetings: [[Int64]]?

    func host(_ place: ScenarioPlace, _ zones: Zones) throws -> Host {
        var hours = Availability(zone: try place("zone").zone(zone, zones),
                                 weekly: try Self.week(weekly, place("weekly")),
                                 overrides: try Self.overrides(overrides, place("overrides")))
        hours.trips = try place("trips").each(trips, most: 1_000) { try $0.trip($1, zones) }
        for (text, form) in daysOff ?? [:] {
            let place = place("daysOff")
            hours.daysOff[try place.date(text)] = try form.dayOff(place(text))
        }
        var host = Host(id: id.text, availability: hours, busy: try Self.busy(busy, own, place))
        host.pool = pool?.text
        host.barred = try place("barred").each(barred, most: 10) { try $1.word($0, Reason.self) }
        host.meetings = try MeetingsForm.read(meetings, ofHost: true, place("meetings"))
        return host
    }

    static func week(_ days: [[[Int]]], _ place: ScenarioPlace) throws -> [[Window]] {
        try place.require(days.count == 7, "needs seven lists, Sunday first")
        return try place.each(days) { try windows($0, $1) }
    }

    static func overrides(_ dates: [String: [[Int]]]?, _ place: ScenarioPlace) throws -> [LocalDate: [Window]] {
        var overrides: [LocalDate: [Window]] = [:]
        for (text, pairs) in dates ?? [:] { overrides[try place.date(text)] = try windows(pairs, place(text)) }
        return overrides
    }

    private static func windows(_ pairs: [[Int]], _ place: ScenarioPlace) throws -> [Window] {
        try place.each(pairs, most: 100) { pair, place in
            try place.require(pair.count == 2, "needs two numbers, opens and closes")
            let window = Window(opens: pair[0], closes: pair[1])
            try place.require(window.isValid, "needs 0 <= opens < closes <= \(Window.latestClose)")
            return window
        }
    }

    /// Foreign time and own, in order of time like the rows of the ledger.
    static func busy(_ foreign: [[Int64]]?, _ own: [[Int64]]?, _ place: ScenarioPlace) throws -> [Busy] {
        let foreign = try busy(foreign, .calendar, numbers: 2, place("busy"))
        let rows = try foreign + busy(own, .booking, numbers: 4, place("own"))
        return rows.sorted { $0.starts < $1.starts }
    }

    private static func busy(
        _ rows: [[Int64]]?, _ kind: BusyKind, numbers: Int, _ place: ScenarioPlace
    ) throws -> [Busy] {
        try place.each(rows) { row, place in
            try place.require(row.count == numbers, "needs \(numbers) numbers")
            let gaps = row.dropFirst(2)
            try place.require(gaps.allSatisfy { 0...31_622_400 ~= $0 }, "has a gap that is not between 0 and 31622400")
            return Busy(starts: try place[0].instant(row[0]), ends: try place[1].instant(row[1]), kind: kind,
                        gapBefore: gaps.first ?? 0, gapAfter: gaps.last ?? 0)
        }
    }
}

private struct DayOffForm: Decodable {
    var reason: String
    var fromMin: Int?

    func dayOff(_ place: ScenarioPlace) throws -> DayOff {
        let reason = try place("reason").word(reason, Reason.self)
        try place("reason").require(reason == .outOfOffice || reason == .holiday, "is not out_of_office or holiday")
        return DayOff(reason, from: try place("fromMin").number(fromMin, 0...1_440))
    }
}

private struct TripForm: Decodable {
    var from: String
    var to: String
    var zone: String

    func trip(_ place: ScenarioPlace, _ zones: Zones) throws -> Trip {
        Trip(from: try place("from").date(from), to: try place("to").date(to),
             zone: try place("zone").zone(zone, zones))
    }
}

/// An id written as text or as a whole number.
private struct Name: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        text = try (try? value.decode(Int64.self)).map { String($0) } ?? value.decode(String.self)
    }
}
