/// When the events of a calendar take place within a window: instances, what is left out, what is put in their place.
import Scheduling

/// One time at which an event takes place.
package struct Occurrence: Hashable, Sendable {
    /// When it would begin had nobody moved it: which one of its series it is.
    package let id: Instant
    package let starts: Instant
    /// Not before `starts`; the same for an event that takes no time.
    package let ends: Instant
    /// Which of ``EventSeries/components`` says how it is.
    package let component: Int
}

/// ```swift
/// var expansion = Expansion(within: year, of: berlin, steps: 1_000_000)
/// for series in file.series { let times = expansion.occurrences(of: series) }
/// ```
/// All work is in proportion to the window, but for rules that count instances from long ago; and it is bounded.
package struct Expansion {
    /// When they are used up, what was found was found.
    package private(set) var steps: ExpansionSteps
    private let window: Span
    private let calendar: Zone
    /// Those that were asked last; calendars have few zones.
    private var clock: WallClock
    private var others: [Zone: WallClock] = [:]
    private var readings: [Int64] = []
    private var found: [Occurrence] = []

    /// - Parameters:
    ///   - window: at most some years.
    ///   - calendar: the zone of the calendar, for dates and for readings that name none.
    ///   - steps: for all series together; see ``ExpansionSteps``.
    package init(within window: Span, of calendar: Zone, steps: Int) {
        (self.window, self.calendar) = (window, calendar)
        self.steps = ExpansionSteps(steps)
        clock = WallClock(calendar)
    }

    /// The times that lie at least in part within the window, without those of cancelled events; in no order.
    package mutating func occurrences(of series: EventSeries) -> [Occurrence] {
        found.removeAll(keepingCapacity: true)
        let changes = series.components.count > 1 ? Changes(series.components, in: calendar) : nil
        if series.hasMaster, series.components[0].status != .cancelled { addInstances(of: series, changes) }
        for (index, event) in series.components.enumerated() where index > 0 || !series.hasMaster {
            guard event.status != .cancelled, let id = event.recurrenceID?.instant(in: calendar) else { continue }
            turn(to: event.start)
            add(event.start.wall, Length(event, in: calendar), as: id, component: index)
        }
        return found
    }
}

// MARK: The series itself

extension Expansion {
    private mutating func addInstances(of series: EventSeries, _ changes: Changes?) {
        let master = series.components[0], length = Length(master, in: calendar)
        let excluded = master.exceptions.isEmpty ? nil : Excluded(master, in: calendar)
        turn(to: master.start)
        guard excluded != nil || changes != nil || !master.extras.isEmpty || series.expansions.count > 1 else {
            return addPlain(master, series.expansions.first, length)
        }
        let reach = (changes?.reach ?? 0), longest = max(length.longest, changes?.longest ?? 0)
        var starts = [master.start.wall]
        for expansion in series.expansions {
            read(expansion, of: master, longest: longest, reach: reach)
            starts += readings
        }
        for start in starts { add(start, length, excluded, changes) }
        for extra in master.extras {
            turn(to: extra.start)
            let own = extra.length.map { Length(extra.start, $0, in: calendar) }
            add(extra.start.wall, own ?? length, excluded, changes)
        }
        var seen: Set<Instant> = []
        found.removeAll { !seen.insert($0.id).inserted }
    }

    /// One rule at most and nothing changed of it: what nearly all are.
    private mutating func addPlain(_ master: EventComponent, _ expansion: RuleExpansion?, _ length: Length) {
        add(master.start.wall, length, component: 0)
        guard let expansion else { return }
        read(expansion, of: master, longest: length.longest, reach: 0)
        for reading in readings { add(reading, length, component: 0) }
    }

    /// Fills `readings` with at least all that matter.
    private mutating func read(_ expansion: RuleExpansion, of master: EventComponent, longest: Int64, reach: Int64) {
        let last = Last(of: expansion.rule, starting: master.start)
        // Readings are at most 26 hours away from UTC.
        expansion.read(
            from: window.start.seconds - longest - reach - 93_600,
            through: min(window.end.seconds + reach + 93_600, last.reading), steps: &steps, into: &readings)
        while last.instant != .max, let reading = readings.last, clock.instant(of: reading) > last.instant {
            readings.removeLast()
        }
    }

    /// An instance of the series, unless it is left out or another component stands for it.
    private mutating func add(_ reading: Int64, _ length: Length, _ excluded: Excluded?, _ changes: Changes?) {
        let id = clock.instant(of: reading)
        if let excluded, excluded.has(id, reading) { return }
        guard let changes, changes.concern(id) else { return add(reading, length, component: 0) }
        guard let change = changes.onward(from: id), !change.isCancelled else { return }
        add(reading + change.moved, change.length, as: Instant(id), component: change.component)
    }

    /// Keeps a time that lies within the window.
    @inline(__always)
    private mutating func add(_ reading: Int64, _ length: Length, as id: Instant? = nil, component: Int) {
        let start = clock.instant(of: reading)
        let end = length.days == 0
            ? start + length.seconds : max(start, clock.instant(of: reading + length.days * 86_400) + length.seconds)
        guard start < window.end.seconds, end > window.start.seconds || start >= window.start.seconds else { return }
        found.append(Occurrence(
            id: id ?? Instant(start), starts: Instant(start), ends: Instant(end), component: component))
    }

    /// Takes the clock by which a time is told.
    private mutating func turn(to time: EventTime) {
        let zone = time.zone(in: calendar)
        guard zone !== clock.zone else { return }
        if others.count > 64 { others = [:] }
        others[clock.zone] = clock
        clock = others[zone] ?? WallClock(zone)
    }
}
