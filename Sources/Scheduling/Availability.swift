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
        var spans: [Span] = []
        var override = overrides[first]
        var off = daysOff[first]
        for day in first.daysSince1970...last.daysSince1970 {
            let date = LocalDate(daysSince1970: day)
            let nextOverride = overrides[date.adding(days: 1)]
            let nextOff = daysOff.isEmpty ? nil : daysOff[date.adding(days: 1)]
            let latest = latestClose(off, nextOverride == nil ? Window.latestClose : 1_440, nextOff)
            let zone = zone(on: date)
            for window in override ?? weekly[date.weekday] where window.isValid && window.opens < latest {
                zone.forEachSpan(reading: date.reading(minute: window.opens),
                                 date.reading(minute: min(window.closes, latest))) { spans.append($0) }
            }
            (override, off) = (nextOverride, nextOff)
        }
        return spans.joined()
    }

    /// The minute of a date at which the last of its windows ends, past midnight included.
    private func latestClose(_ off: DayOff?, _ latest: Int, _ nextOff: DayOff?) -> Int {
        if let off { return min(latest, max(off.from, 0)) }
        return nextOff.map { min(latest, 1_440 + max($0.from, 0)) } ?? latest
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
