/// The rules of the engine once more, minute by minute and without any cleverness, to compare with.

@testable import Scheduling

/// Answers a question by looking at every minute. Understands whole minutes only, which modern zones keep.
struct MinuteByMinute {
    let question: SlotQuestion

    /// Starts of free slots with the number of hosts who could take them.
    func slots() -> [Instant: Int] {
        let crews = question.rules.mode == .oneOf ? question.hosts.map { [$0] } : [question.hosts]
        var slots: [Instant: Int] = [:]
        for crew in crews {
            for start in gridStarts(crew) where isBookable(start, crew) { slots[start, default: 0] += crew.count }
        }
        return slots
    }

    /// Rule W, read literally.
    private func isOpen(_ host: Host, _ minute: Instant) -> Bool {
        let availability = host.availability
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

    /// Rule G: walks from open interval to open interval.
    private func gridStarts(_ crew: [Host]) -> [Instant] {
        let rules = question.rules
        let step = rules.stepMinutes == 0 ? rules.durationMinutes : rules.stepMinutes
        let zone = rules.zone
        var starts: [Instant] = []
        var minute = question.from.adding(days: -12)
        var intervalStart: Instant?
        var next: Instant?          // the next start of the grid, once it is found
        while minute < question.to {
            guard crew.allSatisfy({ isOpen($0, minute) }) else {
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
            (0..<rules.durationMinutes).allSatisfy { minutes in
                crew.allSatisfy { isOpen($0, start.adding(minutes: minutes)) }
            }
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

    /// Rules N and C, the range and the booking window.
    private func isBookable(_ start: Instant, _ crew: [Host]) -> Bool {
        let rules = question.rules
        let end = start.adding(minutes: rules.durationMinutes)
        guard question.from <= start, end <= question.to else { return false }
        return crew.allSatisfy { host in
            keepsNotice(start, host) && isInWindow(start, host) && host.busy.allSatisfy { busy in
                let before = gap(rules.bufferBeforeMinutes, busy.gapAfter)
                let after = gap(rules.bufferAfterMinutes, busy.gapBefore)
                return busy.ends <= busy.starts || end.adding(seconds: after) <= busy.starts
                    || busy.ends <= start.adding(seconds: -before)
            }
        }
    }

    private func gap(_ minutes: Int, _ seconds: Int64) -> Int64 {
        let own = Int64(minutes) * 60
        return question.rules.gapRule == .sum ? own + seconds : max(own, seconds)
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
        switch question.rules.window {
        case .unlimited: return true
        case .rollingDays(let days): return date < zone.local(at: question.now).date.adding(days: days)
        case .range(let from, let to): return from <= date && date <= to
        }
    }
}
