/// Counts for each start how many hosts are free, without touching every start of every host.

/// Hosts whose grids agree share a lane of cells one step apart. A row of free starts adds one where it begins and
/// takes one away behind its end, so the count at a cell is the sum of the changes up to it.
struct Tally {
    private let base: Instant
    private let step: Int64
    /// How many cells a lane has.
    private let length: Int
    /// Where in its step each lane's cells lie.
    private var lanes: [Int64] = []
    /// All lanes, one after the other.
    private var changes: [Int32] = []
    /// The lane used last: the next row is mostly of it too.
    private var lane = 0
    /// The starts of rows beyond ``mostLanes``.
    private var others: [Instant] = []

    /// Grids that agree on nothing, with steps of hours and offsets of minutes, must not take memory without bound.
    private static let mostLanes = 64

    init(_ starts: Span, step: Int64) {
        base = starts.start
        self.step = step
        length = starts.start < starts.end ? Int((starts.end - starts.start) / step) + 2 : 0
    }

    @inline(__always)
    mutating func add(_ first: Instant, count: Int) {
        let cell = Int((first - base) / step)
        let rest = first - base - Int64(cell) * step
        if lane >= lanes.count || lanes[lane] != rest { choose(rest) }
        if lane == Tally.mostLanes { return addOthers(first, count) }
        changes[lane * length + cell] += 1
        changes[lane * length + cell + count] -= 1
    }

    private mutating func choose(_ rest: Int64) {
        if let found = lanes.firstIndex(of: rest) {
            lane = found
        } else if lanes.count < Tally.mostLanes {
            lane = lanes.count
            lanes.append(rest)
            changes.append(contentsOf: repeatElement(0, count: length))
        } else {
            lane = Tally.mostLanes
        }
    }

    private mutating func addOthers(_ first: Instant, _ count: Int) {
        for number in 0..<count { others.append(first.adding(seconds: Int64(number) * step)) }
    }

    /// Hands over the starts that somebody is free at, in order, with how many are.
    func forEachStart(_ body: (Instant, Int) -> Void) {
        guard others.isEmpty else { return forEachSortedStart(body) }
        forEachCell(body)
    }

    @inline(__always)
    private func forEachCell(_ body: (Instant, Int) -> Void) {
        let order = lanes.indices.sorted { lanes[$0] < lanes[$1] }
        var counts = [Int32](repeating: 0, count: lanes.count)
        var start = base
        for cell in 0..<length {
            for lane in order {
                counts[lane] += changes[lane * length + cell]
                if counts[lane] > 0 { body(start.adding(seconds: lanes[lane]), Int(counts[lane])) }
            }
            start = start.adding(seconds: step)
        }
    }

    private func forEachSortedStart(_ body: (Instant, Int) -> Void) {
        var counts: [Instant: Int] = [:]
        for start in others { counts[start, default: 0] += 1 }
        forEachCell { start, count in counts[start, default: 0] += count }
        for start in counts.keys.sorted() { body(start, counts[start] ?? 0) }
    }
}
