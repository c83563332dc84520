/// What a link says about its slots: length, grid, buffers, notice and how far ahead they can be booked.

/// How the hosts of a link share its bookings.
package enum HostMode: String, CaseIterable, Sendable {
    /// One host.
    case single
    /// Any one of the hosts (round-robin).
    case oneOf
    /// All hosts together (collective).
    case allOf
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
    /// The first instant a slot may start at, and the first one it may not; nil where there is no bound.
    func bounds(now: Instant, in zone: Zone) -> (from: Instant?, until: Instant?) {
        switch self {
        case .unlimited: (nil, nil)
        case .rollingDays(let days): (nil, zone.instant(of: zone.local(at: now).date.adding(days: days)))
        case .range(let from, let to): (zone.instant(of: from), zone.instant(of: to.adding(days: 1)))
        }
    }
}
