/// Going through the readings of one zone in order, and zones that no file of the database tells.

/// Goes through the dates of a zone and looks its table up only where the offset may change: all readings well within
/// one stretch of constant offset are instants at that offset.
struct ZoneWalk {
    private let zone: Zone
    /// Seconds east of UTC on the clear days.
    private(set) var offset: Int64 = 0
    /// Days all of whose readings, and those of the next day, are of one stretch alone; none at first.
    private(set) var clear = 0..<0

    init(_ zone: Zone) {
        self.zone = zone
    }

    /// The first day from `day` on that is not clear: `day` itself where the offset may change.
    @inline(__always)
    mutating func endOfClearDays(from day: Int) -> Int {
        if !clear.contains(day) { look(at: day) }
        return clear.contains(day) ? clear.upperBound : day
    }

    private mutating func look(at day: Int) {
        let period = zone.period(at: Instant(Int64(day) * 86_400))
        offset = Int64(period.offset)
        var (from, until) = (-(1 << 40), 1 << 40)
        if let first = period.from { from = floorDivide(Int(first.seconds + margin(before: first)), 86_400) + 1 }
        if let end = period.until { until = floorDivide(Int(end.seconds + margin(after: end)), 86_400) - 1 }
        clear = from..<max(from, until)
    }

    /// How far beyond the beginning of a stretch readings may still be of the one before; where that is shorter than
    /// days, of one before that.
    private func margin(before instant: Instant) -> Int64 {
        let last = zone.period(at: instant.adding(seconds: -1))
        if let from = last.from, instant - from < 4 * 86_400 { return 2 * ZoneTable.largestOffset }
        return max(offset, Int64(last.offset))
    }

    private func margin(after instant: Instant) -> Int64 {
        let next = zone.period(at: instant)
        if let until = next.until, until - instant < 4 * 86_400 { return -2 * ZoneTable.largestOffset }
        return min(offset, Int64(next.offset))
    }

    /// Adds the instants of a day at which the clock reads within a window.
    func addSpans(of window: Window, on day: Int, to open: inout Joiner) {
        let midnight = Int64(day) * 86_400
        let (opens, closes) = (midnight + Int64(window.opens) * 60, midnight + Int64(window.closes) * 60)
        if clear.contains(day) {
            open.add(Span(start: Instant(opens - offset), end: Instant(closes - offset)))
        } else {
            zone.forEachSpan(reading: opens, closes) { open.add($0) }
        }
    }
}

/// Reads instants off a zone's wall clock by rule T (``Zone/instant(of:)``), and remembers where it need not look.
package struct WallClock {
    package let zone: Zone
    private var walk: ZoneWalk
    /// Readings well within one stretch of constant offset; those of some years, in the order they were asked for.
    private var clear: [(from: Int64, until: Int64, offset: Int64)] = []
    private var last = 0

    private static let mostRemembered = 64

    package init(_ zone: Zone) {
        self.zone = zone
        walk = ZoneWalk(zone)
    }

    /// - Parameter reading: in the form of ``LocalTime/secondsSince1970``.
    /// - Returns: UTC seconds since 1970.
    @inline(__always)
    package mutating func instant(of reading: Int64) -> Int64 {
        if last < clear.count, clear[last].from <= reading, reading < clear[last].until {
            return reading - clear[last].offset
        }
        return find(reading)
    }

    private mutating func find(_ reading: Int64) -> Int64 {
        if let place = clear.firstIndex(where: { $0.from <= reading && reading < $0.until }) {
            last = place
            return reading - clear[place].offset
        }
        let day = Int(floorDivide(reading, 86_400))
        guard walk.endOfClearDays(from: day) > day else {
            return zone.instant(of: LocalTime(secondsSince1970: reading)).seconds
        }
        if clear.count == Self.mostRemembered { clear.removeAll(keepingCapacity: true) }
        last = clear.count
        clear.append((Int64(walk.clear.lowerBound) * 86_400, Int64(walk.clear.upperBound) * 86_400, walk.offset))
        return reading - walk.offset
    }
}

extension Zone {
    /// A zone that no file tells: an offset, and at which instants it changes. For zones that calendar files define
    /// themselves (VTIMEZONE). After the last change its offset stays.
    ///
    /// - Parameters:
    ///   - name: of its own; it must not be one of the IANA database, since zones are equal when their names are.
    ///   - offset: seconds east of UTC before the first change, like all others within ±26 hours.
    ///   - changes: at most 32,000 of at most 255 offsets, strictly ascending, within ±34,000 years; nil for others.
    package convenience init?(name: String, offset: Int, changes: [(at: Instant, offset: Int)]) {
        var kinds = [ZoneKind(offset: offset, abbreviation: "")]
        var transitions: [ZoneTransition] = []
        for change in changes {
            guard abs(change.offset) <= ZoneTable.largestOffset, abs(change.at.seconds) < ZoneTable.largestInstant,
                  transitions.last.map({ $0.at < change.at.seconds }) ?? true
            else { return nil }
            let kind = ZoneKind(offset: change.offset, abbreviation: "")
            let place = kinds.firstIndex(of: kind) ?? kinds.endIndex
            if place == kinds.endIndex { kinds.append(kind) }
            transitions.append(ZoneTransition(at: change.at.seconds, kind: place))
        }
        guard abs(offset) <= ZoneTable.largestOffset, kinds.count <= 256, transitions.count <= 32_000
        else { return nil }
        self.init(name: name, table: ZoneTable(transitions: transitions, kinds: kinds, rule: nil))
    }
}
