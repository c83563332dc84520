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
        let end = last.daysSince1970 + 1
        var day = first.daysSince1970
        var open = Joiner(capacity: min(2 * (end - day), 1_000))
        var special = SpecialDates(self, first: day, last: end)
        var zones = ZoneOfDates(self)
        var walk = ZoneWalk(zone)
        let week = Week(weekly)
        while day < end {
            if let other = zones.change(on: day) { walk = ZoneWalk(other) }
            // Dates in a row with nothing special about them are laid together.
            let next = min(end, special.next(from: day) - 1, zones.next, walk.endOfClearDays(from: day))
            if next > day {
                week.lay(day..<next, offset: walk.offset, in: &open)
                day = next
            } else {
                addDay(day, special.hours(on: day), walk, &open)
                day += 1
            }
        }
        return open.joined()
    }

    private func addDay(
        _ day: Int, _ hours: (windows: [Window]?, latest: Int), _ walk: ZoneWalk, _ open: inout Joiner
    ) {
        let windows = hours.windows ?? weekly[LocalDate(daysSince1970: day).weekday]
        for window in windows where window.isValid && window.opens < hours.latest {
            let cut = Window(opens: window.opens, closes: min(window.closes, hours.latest))
            walk.addSpans(of: cut, on: day, to: &open)
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

/// The weekly windows in one row, in seconds, those that open nothing left out.
private struct Week {
    /// Since the beginning of the window's own day.
    private var windows: [(opens: Int64, closes: Int64)] = []
    /// Where each day's windows begin, Sunday first, and the end.
    private var begins: [Int] = [0]

    init(_ weekly: [[Window]]) {
        windows.reserveCapacity(16)
        begins.reserveCapacity(8)
        for day in weekly {
            for window in day where window.isValid {
                windows.append((Int64(window.opens) * 60, Int64(window.closes) * 60))
            }
            begins.append(windows.count)
        }
    }

    /// Adds the windows of days on all of which one offset holds.
    func lay(_ days: Range<Int>, offset: Int64, in open: inout Joiner) {
        let room = (days.count / 7 + 1) * windows.count
        windows.withUnsafeBufferPointer { windows in
            begins.withUnsafeBufferPointer { begins in
                open.write(room) { open in
                    var weekday = LocalDate(daysSince1970: days.lowerBound).weekday
                    var midnight = Int64(days.lowerBound) * 86_400 - offset
                    for _ in days {
                        for place in begins[weekday]..<begins[weekday &+ 1] {
                            open.add(midnight &+ windows[place].opens, midnight &+ windows[place].closes)
                        }
                        weekday = weekday == 6 ? 0 : weekday &+ 1
                        midnight &+= 86_400
                    }
                }
            }
        }
    }
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

    /// The first special date that is not before `day`. To be asked for ascending dates.
    mutating func next(from day: Int) -> Int {
        while place < entries.count, entries[place].day < day { place += 1 }
        return place < entries.count ? entries[place].day : Int.max
    }

    /// The windows that replace the weekly ones of the date last asked about, and the minute of it at which the last of
    /// its windows ends, past midnight included.
    func hours(on day: Int) -> (windows: [Window]?, latest: Int) {
        let own = place < entries.count && entries[place].day == day ? entries[place] : nil
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
    private let home: Zone
    private let trips: [Trip]
    /// The first day that must be looked at.
    private(set) var next: Int
    private var zone: Zone

    init(_ hours: Availability) {
        (home, trips, zone) = (hours.zone, hours.trips, hours.zone)
        next = hours.trips.isEmpty ? .max : .min
    }

    /// The zone, if it is another one than the day before.
    @inline(__always)
    mutating func change(on day: Int) -> Zone? { day < next ? nil : look(on: day) }

    /// The first trip that covers a date counts, until it ends or one before it in the list begins.
    private mutating func look(on day: Int) -> Zone? {
        var holds = home
        next = .max
        for trip in trips where trip.from <= trip.to && trip.to.daysSince1970 >= day {
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
