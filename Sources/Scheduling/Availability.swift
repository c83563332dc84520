/// When a host works: weekly hours, date overrides and trips, and the open time that follows from them (rule W).

/// A stretch of a day by the wall clock: `Window(opens: 540, closes: 1020)` is 09:00–17:00.
package struct Window: Hashable, Sendable {
    /// Minutes since the date's midnight, 0…2 880.
    package var opens: Int
    /// Minutes since the date's midnight, greater than `opens`. 1 440 is 24:00; up to 2 880 reaches into the next day.
    package var closes: Int

    package init(opens: Int, closes: Int) {
        self.opens = opens
        self.closes = closes
    }

    /// Whether the numbers are in range and in order. Others never open anything.
    package var isValid: Bool { 0 <= opens && opens < closes && closes <= Window.latestClose }

    /// 24:00 of the next day.
    package static let latestClose = 2_880
}

/// Dates, both included, on which a host keeps another zone's clock.
package struct Trip: Hashable, Sendable {
    package var from: LocalDate
    package var to: LocalDate
    package var zone: Zone

    package init(from: LocalDate, to: LocalDate, zone: Zone) {
        self.from = from
        self.to = to
        self.zone = zone
    }
}

/// A date on which a host does not work, from a minute of it onwards.
package struct DayOff: Hashable, Sendable {
    /// ``Reason/outOfOffice`` or ``Reason/holiday``.
    package var reason: Reason
    /// Minutes since the date's midnight: 0 for the whole date, 720 for a half day that ends at noon.
    package var from: Int

    package init(_ reason: Reason, from: Int = 0) {
        self.reason = reason
        self.from = from
    }

    /// Noon, when a half day ends.
    package static let noon = 720
}

/// A host's working hours.
///
/// A window belongs to a date, and is open at every instant whose wall clock, in the zone that holds on that date,
/// reads within it. So a window in an hour that is skipped opens nothing, and one in an hour that comes twice opens
/// twice. A date override replaces all of its date: also what the day before would spill into it past midnight. A day
/// off closes its date from a minute on, whatever windows or overrides say.
package struct Availability: Sendable {
    /// The zone at home.
    package var zone: Zone
    /// Seven lists; `[0]` is Sunday.
    package var weekly: [[Window]]
    /// Other windows for a date; none closes it.
    package var overrides: [LocalDate: [Window]]
    /// The first trip that covers a date counts.
    package var trips: [Trip]
    /// Dates that are off, wholly or from a minute on.
    package var daysOff: [LocalDate: DayOff]

    package init(zone: Zone, weekly: [[Window]], overrides: [LocalDate: [Window]] = [:], trips: [Trip] = [],
                 daysOff: [LocalDate: DayOff] = [:]) {
        precondition(weekly.count == 7, "a week has seven days")
        self.zone = zone
        self.weekly = weekly
        self.overrides = overrides
        self.trips = trips
        self.daysOff = daysOff
    }
}

extension Availability {
    /// The open time of the windows that belong to the dates from `first` to `last`, joined.
    func openTime(from first: LocalDate, through last: LocalDate) -> [Span] {
        guard first <= last else { return [] }
        let dates = first.daysSince1970...last.daysSince1970
        var open = Joiner(capacity: min(2 * dates.count, 1_000))
        var special = SpecialDates(self, first: dates.lowerBound, last: dates.upperBound + 1)
        var zones = ZoneOfDates(self)
        var walk = ZoneWalk(zone)
        var weekday = first.weekday
        for day in dates {
            if let other = zones.change(on: day) { walk = ZoneWalk(other) }
            let (windows, latest) = special.hours(on: day)
            addWindows(windows ?? weekly[weekday], of: day, until: latest, &walk, &open)
            weekday = weekday == 6 ? 0 : weekday + 1
        }
        return open.joined()
    }

    @inline(__always)
    private func addWindows(
        _ windows: [Window], of day: Int, until latest: Int, _ walk: inout ZoneWalk, _ open: inout Joiner
    ) {
        let midnight = Int64(day) * 86_400
        for window in windows where window.isValid && window.opens < latest {
            walk.forEachSpan(reading: midnight + Int64(window.opens) * 60,
                             midnight + Int64(min(window.closes, latest)) * 60) { open.add($0) }
        }
    }

    /// Why an instant that is not in the open time is not.
    func closedReason(at instant: Instant) -> Reason {
        let zone = zone(on: self.zone.local(at: instant).date)
        let date = zone.local(at: instant).date
        if let off = daysOff[date], zone.local(at: instant).secondOfDay >= off.from * 60 { return off.reason }
        if let reading = readingWithoutJump(at: instant, in: zone),
           windows(of: date).contains(where: { date.reading(minute: $0.opens) <= reading
                                               && reading < date.reading(minute: $0.closes) }) {
            return .windowInSkippedHour
        }
        return overrides[date]?.isEmpty == true ? .dateClosed : .outsideHours
    }

    /// The day off that ends an open span there, if the host would go on working without it.
    func dayOff(ending instant: Instant) -> Reason? {
        let reason = closedReason(at: instant)
        guard reason == .outOfOffice || reason == .holiday else { return nil }
        var always = self
        always.daysOff = [:]
        let date = zone.local(at: instant).date
        let open = always.openTime(from: date.adding(days: -3), through: date.adding(days: 2))
        return open.span(at: instant) == nil ? nil : reason
    }

    /// What the clock would show had it not jumped ahead earlier on that date; nil if it did not.
    private func readingWithoutJump(at instant: Instant, in zone: Zone) -> Int64? {
        let period = zone.period(at: instant)
        guard let jump = period.from, zone.local(at: jump).date == zone.local(at: instant).date else { return nil }
        let before = zone.offset(at: jump.adding(seconds: -1))
        return before < period.offset ? instant.seconds + Int64(before) : nil
    }

    private func windows(of date: LocalDate) -> [Window] { overrides[date] ?? weekly[date.weekday] }

    private func zone(on date: LocalDate) -> Zone {
        trips.first { $0.from <= date && date <= $0.to }?.zone ?? zone
    }
}

extension LocalDate {
    /// A clock reading on this date, in the form of ``LocalTime/secondsSince1970``; minutes may pass 1 440.
    fileprivate func reading(minute: Int) -> Int64 { Int64(daysSince1970) * 86_400 + Int64(minute) * 60 }
}

/// The dates within a range that have an override or are off, in order, so that walking the dates looks nothing up.
private struct SpecialDates {
    private struct Entry {
        var day: Int
        var windows: [Window]?
        var off: Int?
    }

    private var entries: [Entry] = []
    private var place = 0

    init(_ hours: Availability, first: Int, last: Int) {
        if hours.overrides.isEmpty && hours.daysOff.isEmpty { return }
        for (date, windows) in hours.overrides where first...last ~= date.daysSince1970 {
            entries.append(Entry(day: date.daysSince1970, windows: windows, off: hours.daysOff[date]?.from))
        }
        for (date, off) in hours.daysOff where first...last ~= date.daysSince1970 && hours.overrides[date] == nil {
            entries.append(Entry(day: date.daysSince1970, windows: nil, off: off.from))
        }
        entries.sort { $0.day < $1.day }
    }

    /// The windows that replace a date's weekly ones, and the minute of it at which the last of its windows ends, past
    /// midnight included. To be asked for ascending dates.
    @inline(__always)
    mutating func hours(on day: Int) -> (windows: [Window]?, latest: Int) {
        while place < entries.count, entries[place].day < day { place += 1 }
        guard place < entries.count, entries[place].day <= day + 1 else { return (nil, Window.latestClose) }
        return nearHours(on: day)
    }

    private func nearHours(on day: Int) -> (windows: [Window]?, latest: Int) {
        let own = entries[place].day == day ? entries[place] : nil
        let nextPlace = own == nil ? place : place + 1
        let next = nextPlace < entries.count && entries[nextPlace].day == day + 1 ? entries[nextPlace] : nil
        var latest = next?.windows == nil ? Window.latestClose : 1_440
        if let off = own?.off {
            latest = min(latest, max(off, 0))
        } else if let off = next?.off {
            latest = min(latest, 1_440 + max(off, 0))
        }
        return (own?.windows, latest)
    }
}

/// Which zone holds on ascending dates, looked up only where it may change.
private struct ZoneOfDates {
    private let hours: Availability
    /// The first day that must be looked at.
    private var next: Int
    private var zone: Zone

    init(_ hours: Availability) {
        self.hours = hours
        zone = hours.zone
        next = hours.trips.isEmpty ? .max : .min
    }

    /// The zone, if it is another one than the day before.
    @inline(__always)
    mutating func change(on day: Int) -> Zone? { day < next ? nil : look(on: day) }

    /// The first trip that covers a date counts, until it ends or one before it in the list begins.
    private mutating func look(on day: Int) -> Zone? {
        var holds = hours.zone
        next = .max
        for trip in hours.trips where trip.from <= trip.to && trip.to.daysSince1970 >= day {
            if trip.from.daysSince1970 <= day {
                holds = trip.zone
                next = min(next, trip.to.daysSince1970 + 1)
                break
            }
            next = min(next, trip.from.daysSince1970)
        }
        defer { zone = holds }
        return holds === zone ? nil : holds
    }
}
