/// All offset changes of one zone in one sorted table, with an index that makes a look-up a few steps.

/// One kind of local time: an offset with its name.
struct ZoneKind: Hashable, Sendable {
    /// Seconds east of UTC.
    var offset: Int
    var abbreviation: String

    static let utc = ZoneKind(offset: 0, abbreviation: "UTC")
}

/// A change of the kind of local time.
struct ZoneTransition: Hashable, Sendable {
    /// UTC seconds since 1970 from which `kind` holds.
    var at: Int64
    /// Index into the zone's kinds.
    var kind: Int
}

/// The offset changes of a zone from the beginning to the end of time.
///
/// The rule of a TZif footer goes on for ever, but the Gregorian calendar repeats itself every 400 years, week days
/// included. So the rule is written out for one such cycle when the file is read, and later instants are moved back
/// by whole cycles: one way to look up for every year. A class, so that looking up counts no references of its arrays.
final class ZoneTable: Sendable {
    /// No offset is larger in either direction: RFC 9636 §3.2 allows −24:59:59…25:59:59.
    static let largestOffset: Int64 = 93_600
    /// Transitions lie within ±34 842 years, so that sums of instants and offsets cannot overflow.
    static let largestInstant: Int64 = 1 << 40

    let kinds: [ZoneKind]
    /// When each period begins; the first entry is `Int64.min`, before any transition.
    private let starts: [Int64]
    /// The kind of each period, and its offset, beside `starts`.
    private let kindOfPeriod: [UInt16]
    private let offsets: [Int32]
    /// For each stretch of 2^`bucketBits` seconds (97 days) after the first transition: the period it begins in.
    private let index: [UInt16]
    /// Where instants start to be moved back by whole cycles; `Int64.max` for a zone without a yearly rule.
    private let repeatsFrom: Int64

    private static let bucketBits: Int64 = 23
    /// 400 Gregorian years: 146 097 days, exactly 20 871 weeks.
    private static let cycle: Int64 = 146_097 * 86_400

    /// - Parameters:
    ///   - transitions: strictly ascending, within ±`largestInstant`.
    ///   - kinds: at least one; the first holds before the first transition. At most 256.
    ///   - rule: what goes on after the last transition; nil: the last kind stays.
    init(transitions: [ZoneTransition], kinds: [ZoneKind], rule: ZoneRule?) {
        var kinds = kinds
        var transitions = transitions
        repeatsFrom = rule?.extend(&transitions, kinds: &kinds) ?? .max
        self.kinds = kinds
        starts = [.min] + transitions.map(\.at)
        kindOfPeriod = [0] + transitions.map { UInt16($0.kind) }
        offsets = kindOfPeriod.map { Int32(kinds[Int($0)].offset) }
        index = ZoneTable.index(starts)
    }

    /// The period an instant lies in: its kind, offset, first second and first second after it (`Int64.min` and
    /// `.max` at the ends).
    func period(at seconds: Int64) -> (kind: Int, offset: Int, from: Int64, until: Int64) {
        var moved: Int64 = 0
        if seconds >= repeatsFrom {
            moved = ((seconds - repeatsFrom) / ZoneTable.cycle + 1) * ZoneTable.cycle
        }
        let found = place(of: seconds - moved)
        let from = starts[found] == .min ? .min : starts[found] + moved
        let until = found + 1 < starts.count ? starts[found + 1] + moved : .max
        return (Int(kindOfPeriod[found]), Int(offsets[found]), from, until)
    }

    private func place(of seconds: Int64) -> Int {
        guard starts.count > 1, seconds >= starts[1] else { return 0 }
        let bucket = min(Int((seconds - starts[1]) >> ZoneTable.bucketBits), index.count - 1)
        var place = Int(index[bucket])
        while place + 1 < starts.count, starts[place + 1] <= seconds { place += 1 }
        return place
    }

    private static func index(_ starts: [Int64]) -> [UInt16] {
        guard starts.count > 1, let last = starts.last else { return [] }
        var index: [UInt16] = []
        var place = 1
        for bucket in 0...(last - starts[1]) >> bucketBits {
            let begin = starts[1] + bucket << bucketBits
            while place + 1 < starts.count, starts[place + 1] <= begin { place += 1 }
            index.append(UInt16(place))
        }
        return index
    }
}

extension ZoneRule {
    /// Writes the rule out for a little more than one cycle after the last transition, adding its kinds where needed.
    /// - Returns: the instant from which on the table repeats; nil for a rule that never changes the clock.
    fileprivate func extend(_ transitions: inout [ZoneTransition], kinds: inout [ZoneKind]) -> Int64? {
        let standardKind = kinds.place(of: standard)
        guard let summer else {
            // Files agree with their footer; one without transitions may leave everything to it.
            if transitions.isEmpty { kinds[0] = standard }
            return nil
        }
        let summerKind = kinds.place(of: summer.kind)
        let last = transitions.last?.at ?? .min
        let firstYear = transitions.last.map { LocalTime(secondsSince1970: $0.at).date.year } ?? 1970
        for year in firstYear...firstYear + 401 {
            let summerBegins = summer.begins.wall(in: year) - Int64(standard.offset)
            let summerEnds = summer.ends.wall(in: year) - Int64(summer.kind.offset)
            var changes = [ZoneTransition(at: summerBegins, kind: summerKind),
                           ZoneTransition(at: summerEnds, kind: standardKind)]
            if summerEnds < summerBegins { changes.swapAt(0, 1) }
            for change in changes where change.at > last {
                transitions.add(change)
            }
        }
        return Int64(LocalDate.days(year: firstYear + 401, month: 1, day: 1)) * 86_400
    }
}

extension [ZoneTransition] {
    /// Appends a change; one at or before the end replaces what it overtakes, as in a summer time that never ends.
    fileprivate mutating func add(_ change: ZoneTransition) {
        while let last, last.at >= change.at { removeLast() }
        append(change)
    }
}

extension [ZoneKind] {
    /// Where `kind` stands, appended if it is new.
    fileprivate mutating func place(of kind: ZoneKind) -> Int {
        if let place = firstIndex(of: kind) { return place }
        append(kind)
        return count - 1
    }
}
