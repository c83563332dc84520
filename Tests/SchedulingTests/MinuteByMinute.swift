/// The rules of the engine once more, minute by minute and without any cleverness, to compare with.

@testable import Scheduling

/// Answers a question by looking at every minute and at every choice of hosts. Understands whole minutes only, which
/// modern zones keep.
struct MinuteByMinute {
    let question: SlotQuestion
    private let begin: Instant
    /// For each host, whether it is open at each minute from `begin` on.
    private let open: [[Bool]]

    init(_ question: SlotQuestion) {
        self.question = question
        // Days before now and before the range decide about bookable days and the first slot of a day.
        let begin = min(question.from, question.now).adding(days: -14)
        let minutes = max(0, Int(question.to.adding(days: 1) - begin) / 60)
        self.begin = begin
        open = question.hosts.map { host in
            (0..<minutes).map { Self.isOpen(host.availability, begin.adding(minutes: $0)) }
        }
    }

    /// Starts of free slots with the number of hosts who could take them.
    func slots() -> [Instant: Int] {
        let all = offered()
        guard question.picksDays else { return all.filter { question.from <= $0.key } }
        let zone = question.dayZone
        var firsts: [LocalDate: Instant] = [:]
        for start in all.keys.sorted(by: >) { firsts[zone.local(at: start).date] = start }
        var dates = firsts.keys.sorted()
        if case .bookableDays(let most) = question.rules.window { dates = Array(dates.prefix(most)) }
        return all.filter { start, _ in
            let date = zone.local(at: start).date
            return question.from <= start && dates.contains(date)
                && (!question.rules.firstOfDay || firsts[date] == start)
        }
    }

    /// All but the picking of days; from as far back as that needs.
    private func offered() -> [Instant: Int] {
        var takers: [Instant: Set<Int>] = [:]
        for crew in crews() {
            for start in gridStarts(crew) where isBookable(start, crew) {
                takers[start, default: []].formUnion(crew)
            }
        }
        for session in question.sessions { takers[session.start] = nil }
        for session in question.sessions where canJoin(session) { takers[session.start] = Set(0..<session.hosts.count) }
        return takers.mapValues(\.count)
    }

    private var earliest: Instant {
        guard question.picksDays else { return question.from }
        if case .bookableDays = question.rules.window { return min(question.from, question.now) }
        let zone = question.dayZone
        return min(question.from, zone.instant(of: zone.local(at: question.from).date))
    }

    /// Every choice of hosts who could come together.
    private func crews() -> [[Int]] {
        let all = Array(question.hosts.indices)
        switch question.rules.mode {
        case .oneOf: return all.map { [$0] }
        case .single, .allOf: return all.isEmpty ? [] : [all]
        case .pooled:
            var crews = [all.filter { question.hosts[$0].pool == nil }]
            for pool in question.rules.pools {
                let members = all.filter { question.hosts[$0].pool == pool.id }
                crews = crews.flatMap { crew in choices(of: pool.take, from: members[...]).map { crew + $0 } }
            }
            return crews.filter { !$0.isEmpty }
        }
    }

    private func choices(of count: Int, from members: ArraySlice<Int>) -> [[Int]] {
        if count == 0 { return [[]] }
        guard let first = members.first else { return [] }
        return choices(of: count - 1, from: members.dropFirst()).map { [first] + $0 }
            + choices(of: count, from: members.dropFirst())
    }

    /// Rule W, read literally.
    private static func isOpen(_ availability: Availability, _ minute: Instant) -> Bool {
        let utc = LocalTime(secondsSince1970: minute.seconds).date
        return (-4...2).contains { days in
            let date = utc.adding(days: days)
            let trip = availability.trips.first { $0.from <= date && date <= $0.to }
            let zone = trip?.zone ?? availability.zone
            let reading = (minute.seconds + Int64(zone.offset(at: minute)) - Int64(date.daysSince1970) * 86_400) / 60
            let isCut = availability.overrides[date.adding(days: 1)] != nil
            let windows = availability.overrides[date] ?? availability.weekly[date.weekday]
            if let off = availability.daysOff[date], reading >= off.from { return false }
            if let next = availability.daysOff[date.adding(days: 1)], reading >= 1_440 + next.from { return false }
            return windows.contains { $0.opens <= reading && reading < (isCut ? min($0.closes, 1_440) : $0.closes) }
                && minute.seconds + Int64(zone.offset(at: minute)) >= Int64(date.daysSince1970) * 86_400
        }
    }

    private func isOpen(_ crew: [Int], _ minute: Instant) -> Bool {
        let place = Int(minute - begin) / 60
        return crew.allSatisfy { open[$0].indices.contains(place) && open[$0][place] }
    }

    /// Rule G: walks from open interval to open interval.
    private func gridStarts(_ crew: [Int]) -> [Instant] {
        let rules = question.rules
        let step = rules.stepMinutes == 0 ? rules.durationMinutes : rules.stepMinutes
        let zone = rules.zone
        var starts: [Instant] = []
        var minute = begin
        var intervalStart: Instant?
        var next: Instant?          // the next start of the grid, once it is found
        while minute < question.to {
            guard isOpen(crew, minute) else {
                (intervalStart, next) = (nil, nil)
                minute = minute.adding(minutes: 1)
                continue
            }
            let opened = intervalStart ?? minute
            intervalStart = opened
            let local = zone.local(at: minute)
            let age = local.date.daysSince1970 - zone.local(at: opened).date.daysSince1970
            let isMidnight = zone.instant(of: local.date) == minute
            if minute == opened || age >= Grid.horizon && isMidnight {
                next = aligned(minute.adding(minutes: rules.offsetMinutes))
            }
            if minute == next {
                starts.append(minute)
                next = minute.adding(minutes: step)
            }
            minute = minute.adding(minutes: 1)
        }
        return starts.filter { start in
            (0..<rules.durationMinutes).allSatisfy { isOpen(crew, start.adding(minutes: $0)) }
        }
    }

    private func aligned(_ start: Instant) -> Instant {
        var start = start
        while question.rules.alignMinutes > 0,
              question.rules.zone.local(at: start).secondOfDay % (question.rules.alignMinutes * 60) != 0 {
            start = start.adding(minutes: 1)
        }
        return start
    }

    /// Rules N and C, the range, the booking window, limits, resources and the booker's hours.
    private func isBookable(_ start: Instant, _ crew: [Int]) -> Bool {
        let end = start.adding(minutes: question.rules.durationMinutes)
        guard earliest <= start, end <= question.to, question.party <= question.rules.capacity else { return false }
        return keepsLimits(start, [.link, .team, .attendee], nil) && suitsBooker(start, end)
            && question.resources.allSatisfy { need in
                !need.isRequired || need.resources.contains { isFree($0, start, end) }
            }
            && crew.map { question.hosts[$0] }.allSatisfy { host in
                host.barred.isEmpty && keepsNotice(start, host) && isInWindow(start, host)
                    && host.busy.allSatisfy { isClear(start, end, of: $0) }
                    && keepsLimits(start, [.host, .linkHost], host)
                    && question.sessions.filter { $0.hosts.contains(host.id) }.allSatisfy {
                        isClear(start, end, of: Busy(starts: $0.start, ends: $0.end, kind: .session))
                    }
            }
    }

    private func isClear(_ start: Instant, _ end: Instant, of busy: Busy) -> Bool {
        let rules = question.rules
        let before = gap(rules.bufferBeforeMinutes, busy.gapAfter) + Int64(rules.travelBeforeMinutes) * 60
        let after = gap(rules.bufferAfterMinutes, busy.gapBefore) + Int64(rules.travelAfterMinutes) * 60
        return busy.ends <= busy.starts || end.adding(seconds: after) <= busy.starts
            || busy.ends <= start.adding(seconds: -before)
    }

    private func gap(_ minutes: Int, _ seconds: Int64) -> Int64 {
        let own = Int64(minutes) * 60
        return question.rules.gapRule == .sum ? own + seconds : max(own, seconds)
    }

    private func isFree(_ resource: Resource, _ start: Instant, _ end: Instant) -> Bool {
        guard question.party <= resource.seats else { return false }
        let isOpen = (0..<Int(end - start) / 60).allSatisfy { minute in
            resource.hours.map { Self.isOpen($0, start.adding(minutes: minute)) } ?? true
        }
        return isOpen && resource.busy.allSatisfy { isClear(start, end, of: $0) }
    }

    private func suitsBooker(_ start: Instant, _ end: Instant) -> Bool {
        guard let weekly = question.rules.bookerHours else { return true }
        let hours = Availability(zone: question.bookerZone ?? question.rules.zone, weekly: weekly)
        return (0..<Int(end - start) / 60).allSatisfy { Self.isOpen(hours, start.adding(minutes: $0)) }
    }

    private func canJoin(_ session: SeatSession) -> Bool {
        earliest <= session.start && session.end <= question.to
            && Int(session.end - session.start) == question.rules.durationMinutes * 60
            && session.capacity - session.taken >= question.party
            && keepsLimits(session.start, [.attendee], nil) && suitsBooker(session.start, session.end)
            && question.hosts.filter { session.hosts.contains($0.id) }
                .allSatisfy { keepsNotice(session.start, $0) && isInWindow(session.start, $0) }
    }
}

extension MinuteByMinute {
    private func keepsLimits(_ start: Instant, _ scopes: [LimitScope], _ host: Host?) -> Bool {
        let zone = host?.availability.zone ?? question.dayZone
        return question.rules.limits.filter { scopes.contains($0.scope) }.allSatisfy { limit in
            let all = switch limit.scope {
            case .link: question.linkMeetings
            case .team: question.teamMeetings
            case .attendee: question.attendeeMeetings
            case .host: host?.meetings ?? []
            case .linkHost: host?.meetings.filter(\.isOfLink) ?? []
            }
            let date = zone.local(at: start).date
            let counted = all.filter { meeting in
                limit.per == .open ? meeting.start >= question.now
                    : isSamePeriod(zone.local(at: meeting.start).date, date, limit.per)
            }
            let minutes = counted.reduce(question.rules.durationMinutes) { $0 + $1.minutes }
            return counted.count + 1 <= limit.count ?? .max && minutes <= limit.minutes ?? .max
        }
    }

    private func isSamePeriod(_ one: LocalDate, _ other: LocalDate, _ period: LimitPeriod) -> Bool {
        switch period {
        case .day: return one == other
        case .month: return (one.year, one.month) == (other.year, other.month)
        case .open: return true
        case .week:
            let begin = { (date: LocalDate) in
                var date = date
                while date.weekday != question.rules.weekStart { date = date.adding(days: -1) }
                return date
            }
            return begin(one) == begin(other)
        }
    }

    private func keepsNotice(_ start: Instant, _ host: Host) -> Bool {
        let zone = host.availability.zone
        switch question.rules.notice {
        case .minutes(let minutes): return start - question.now >= Int64(minutes) * 60
        case .days(let days):
            let now = zone.local(at: question.now)
            let then = LocalTime(date: now.date.adding(days: days), secondOfDay: now.secondOfDay)
            return start >= zone.instant(of: then)
        }
    }

    private func isInWindow(_ start: Instant, _ host: Host) -> Bool {
        let zone = host.availability.zone
        let date = zone.local(at: start).date
        let today = zone.local(at: question.now).date
        switch question.rules.window {
        case .unlimited, .bookableDays: return true
        case .rollingDays(let days): return date < today.adding(days: days)
        case .range(let from, let to): return from <= date && date <= to
        case .rollingBusinessDays(let days):
            let hours = host.availability
            let between = stride(from: today.daysSince1970, to: date.daysSince1970, by: 1)
                .map { LocalDate(daysSince1970: $0) }
                .filter { day in
                    let isOff = hours.daysOff[day].map { $0.reason == .holiday && $0.from == 0 } ?? false
                    let isClosed = hours.weekly[day.weekday].isEmpty && hours.weekly.contains { !$0.isEmpty }
                    return !isOff && !isClosed
                }
            return between.count < days
        }
    }
}
