/// What a series leaves out, ends with, and puts in the place of its instances.
import Scheduling

/// How long an event is: days of the calendar, and elapsed seconds after them.
struct Length {
    private(set) var days: Int64 = 0
    private(set) var seconds: Int64 = 0

    init(_ event: EventComponent, in calendar: Zone) {
        self.init(event.start, event.length, in: calendar)
    }

    /// An end means the same elapsed time for every instance, a duration the same days (RFC 5545 §3.8.5.3).
    init(_ start: EventTime, _ length: EventComponent.Length, in calendar: Zone) {
        switch length {
        case .none: days = start.isDate ? 1 : 0
        case .lasting(let duration): (days, seconds) = (Int64(duration.days), Int64(duration.seconds))
        case .until(let end) where start.isDate && end.isDate: days = (end.wall - start.wall) / 86_400
        case .until(let end):
            seconds = end.instant(in: calendar) - start.instant(in: calendar)
            // In an hour that the clock skips an end can come before its start; its readings then tell the length.
            if seconds <= 0 { seconds = end.wall - start.wall }
        }
        if longest < 0 { (days, seconds) = (0, 0) }
    }

    /// Seconds from one reading to the other.
    var longest: Int64 { days * 86_400 + seconds }
}

/// The last instance a rule's UNTIL allows.
struct Last {
    /// Readings beyond it are later.
    private(set) var reading = Int64.max
    /// Instants beyond it are later; only where the two clocks differ.
    private(set) var instant = Int64.max

    init(of rule: RecurrenceRule, starting start: EventTime) {
        guard case .until(let time) = rule.end else { return }
        switch time {
        case .date(let date): reading = Int64(date.daysSince1970) * 86_400 + 86_399
        case .utc(let until) where !start.isDate: (reading, instant) = (until.seconds + 93_600, until.seconds)
        case .floating, .zoned, .utc: reading = time.wall
        }
    }
}

/// EXDATE.
struct Excluded {
    private var instants: Set<Int64> = []
    /// Days of the clock: of dates where the series has times.
    private var days: Set<Int64> = []

    init(_ master: EventComponent, in calendar: Zone) {
        for time in master.exceptions {
            if time.isDate, !master.start.isDate {
                days.insert(floorDivide(time.wall, 86_400))
            } else {
                instants.insert(time.instant(in: calendar).seconds)
            }
        }
    }

    func has(_ id: Int64, _ reading: Int64) -> Bool {
        instants.contains(id) || !days.isEmpty && days.contains(floorDivide(reading, 86_400))
    }
}

/// What stands in place of which instances.
struct Changes {
    /// From an instance on (RANGE=THISANDFUTURE).
    struct Onward {
        let from: Int64
        let component: Int
        let isCancelled: Bool
        let length: Length
        /// By the wall clock: what moves to an hour later stays there when the clock changes.
        let moved: Int64
    }

    /// Instances that have a component of their own.
    private var single: Set<Int64> = []
    /// Ascending.
    private var onward: [Onward] = []
    /// Seconds by which any of them moves an instance, at most; and the longest of them.
    private(set) var reach: Int64 = 0
    private(set) var longest: Int64 = 0

    /// A change moves instances by a year at most; beyond it, those it brings into the window are not found.
    private static let furthest: Int64 = 366 * 86_400

    init(_ components: [EventComponent], in calendar: Zone) {
        for (index, event) in components.enumerated() {
            guard let time = event.recurrenceID else { continue }
            let id = time.instant(in: calendar).seconds
            single.insert(id)
            guard event.isThisAndFuture else { continue }
            let change = Onward(
                from: id, component: index, isCancelled: event.status == .cancelled,
                length: Length(event, in: calendar), moved: event.start.wall - time.wall)
            onward.append(change)
            (reach, longest) = (max(reach, min(abs(change.moved), Self.furthest)), max(longest, change.length.longest))
        }
    }

    /// Whether an instance is not as the series itself says.
    func concern(_ id: Int64) -> Bool { single.contains(id) || onward.first.map { $0.from <= id } ?? false }

    /// What holds for an instance that has no component of its own; nil where it has.
    func onward(from id: Int64) -> Onward? { single.contains(id) ? nil : onward.last { $0.from <= id } }
}
