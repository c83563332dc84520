/// What a link says about its slots: length, grid, buffers, notice and how far ahead they can be booked.

/// How the hosts of a link share its bookings.
package enum HostMode: String, CaseIterable, Sendable {
    /// One host.
    case single
    /// Any one of the hosts (round-robin).
    case oneOf
    /// All hosts together (collective).
    case allOf
    /// The hosts without a pool always, and from each pool at least so many as it says (multi-host).
    case pooled
}

/// Hosts of whom some attend: with ``HostMode/pooled`` a link takes `take` of those whose ``Host/pool`` is this id.
package struct Pool: Hashable, Sendable {
    package var id: String
    /// At least 1.
    package var take: Int

    package init(id: String, take: Int = 1) {
        self.id = id
        self.take = take
    }
}

/// How long before its start a slot can still be had.
package enum Notice: Hashable, Sendable {
    /// Elapsed minutes.
    case minutes(Int)
    /// Days by the calendar: the same wall clock n dates later in the host's zone, be it 23 or 25 hours.
    case days(Int)
}

/// Which dates can be booked. Dates are those of the host's zone, for every viewer, and count by the slot's start.
package enum BookingWindow: Hashable, Sendable {
    case unlimited
    /// Until n dates are over at the host's: 1 is what is left of today.
    case rollingDays(Int)
    /// Until n business days are over at the host's: days without weekly hours and whole holidays are skipped.
    case rollingBusinessDays(Int)
    /// The next n dates that have a slot. Dates are those of ``SlotQuestion/dayZone``.
    case bookableDays(Int)
    /// Both dates included.
    case range(from: LocalDate, to: LocalDate)
}

/// The rules of a link. Whole minutes, none negative.
package struct SlotRules: Sendable {
    /// The link's zone: alignment is by its wall clock.
    package var zone: Zone
    package var mode: HostMode
    package var durationMinutes: Int
    /// Between two starts, elapsed; 0 means the duration.
    package var stepMinutes: Int
    /// Moves the first start from the beginning of open time.
    package var offsetMinutes: Int
    /// Then moves it on to a wall-clock time that is a multiple of this since midnight; 0 leaves it.
    package var alignMinutes: Int
    /// Must be free before the slot; may lie outside open time.
    package var bufferBeforeMinutes: Int
    /// Must be free after the slot; may lie outside open time.
    package var bufferAfterMinutes: Int
    package var notice: Notice
    package var window: BookingWindow
    /// How the gaps of own bookings combine with the buffers.
    package var gapRule: GapRule
    /// The pools of ``HostMode/pooled``.
    package var pools: [Pool] = []
    /// How many attendees share one start: above 1 a booking opens a session with seats.
    package var capacity = 1
    /// On the way to the place and back. It is taken like the meeting itself, with the buffers beyond it, and may lie
    /// outside open time.
    package var travelBeforeMinutes = 0
    package var travelAfterMinutes = 0
    /// How many bookings, or how much of them, fit into a day, week or month.
    package var limits: [Limit] = []
    /// The first day of the week, 0 = Sunday … 6 = Saturday, for limits.
    package var weekStart = 1
    /// The hours, seven lists from Sunday on, that a slot must keep to by the booker's clock; nil: any.
    package var bookerHours: [[Window]]?
    /// Whether each date offers its earliest slot only.
    package var firstOfDay = false
    /// Whether slots next to existing meetings are marked, so that they can be offered first.
    package var marksBeside = false

    package init(
        zone: Zone, mode: HostMode = .single, durationMinutes: Int, stepMinutes: Int = 0, offsetMinutes: Int = 0,
        alignMinutes: Int = 0, bufferBeforeMinutes: Int = 0, bufferAfterMinutes: Int = 0,
        notice: Notice = .minutes(0), window: BookingWindow = .unlimited, gapRule: GapRule = .larger
    ) {
        self.zone = zone
        self.mode = mode
        self.durationMinutes = durationMinutes
        self.stepMinutes = stepMinutes
        self.offsetMinutes = offsetMinutes
        self.alignMinutes = alignMinutes
        self.bufferBeforeMinutes = bufferBeforeMinutes
        self.bufferAfterMinutes = bufferAfterMinutes
        self.notice = notice
        self.window = window
        self.gapRule = gapRule
    }

    /// The alignment a link has unless its owner chose one: none for one host; for several, whose days begin at
    /// different minutes, the largest round part of an hour that divides the step.
    package static func defaultAlign(stepMinutes: Int, hosts: Int) -> Int {
        guard hosts > 1 else { return 0 }
        return [60, 30, 20, 15, 10, 5].first { stepMinutes % $0 == 0 } ?? 0
    }
}

extension Notice {
    /// The first instant that keeps the notice.
    func end(from now: Instant, in zone: Zone) -> Instant {
        switch self {
        case .minutes(let minutes): return now.adding(minutes: minutes)
        case .days(let days):
            let local = zone.local(at: now)
            return zone.instant(of: LocalTime(date: local.date.adding(days: days), secondOfDay: local.secondOfDay))
        }
    }
}

extension BookingWindow {
    /// The first instant a slot may start at, and the first one it may not, for a host; nil where there is no bound.
    /// ``bookableDays(_:)`` bounds nothing here, since it depends on the slots.
    func bounds(now: Instant, for host: Availability) -> (from: Instant?, until: Instant?) {
        let zone = host.zone
        switch self {
        case .unlimited, .bookableDays: return (nil, nil)
        case .rollingDays(let days): return (nil, zone.instant(of: zone.local(at: now).date.adding(days: days)))
        case .rollingBusinessDays(let days):
            return (nil, zone.instant(of: host.businessDays(days, from: zone.local(at: now).date)))
        case .range(let from, let to): return (zone.instant(of: from), zone.instant(of: to.adding(days: 1)))
        }
    }
}

extension Availability {
    /// The date after so many business days, the first of them on or after `date`. Business days are dates whose week
    /// day has hours and that are no whole holiday; where no week day has any, all count.
    func businessDays(_ count: Int, from date: LocalDate) -> LocalDate {
        let works = weekly.map { $0.contains(where: \.isValid) }
        let isEveryDay = !works.contains(true)
        var (date, left) = (date, count)
        // A holiday on every business day for years would be bad data; it must not take for ever.
        var look = 8 * max(count, 0) + 366
        while left > 0, look > 0 {
            let off = daysOff.isEmpty ? nil : daysOff[date]
            let isHoliday = off.map { $0.reason == .holiday && $0.from <= 0 } ?? false
            if (isEveryDay || works[date.weekday]) && !isHoliday { left -= 1 }
            date = date.adding(days: 1)
            look -= 1
        }
        return date
    }
}
