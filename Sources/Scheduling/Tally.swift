/// Counts for each start how many hosts are free, without touching every start of every host.

/// Hosts whose grids agree share a lane of cells one step apart. A row of free starts adds one where it begins and
/// takes one away behind its end, so the count at a cell is the sum of the changes up to it.
struct Tally: ~Copyable {
    private let base: Instant
    private let step: Int64
    /// How many cells a lane has.
    private let length: Int
    /// Where in its step each lane's cells lie.
    private var lanes: [Int64] = []
    /// All lanes, one after the other, in memory of their own for the reason of ``Joiner``.
    private var changes: UnsafeMutablePointer<Int32>
    /// The first cell of the lane used last, and where in a step it lies: the next row is mostly of it too.
    private var lane = 0
    private var rest: Int64 = -1
    /// The starts of rows beyond ``mostLanes``.
    private var others: [Instant] = []

    /// Grids that agree on nothing, with steps of hours and offsets of minutes, must not take memory without bound.
    private static let mostLanes = 64

    init(_ starts: Span, step: Int64) {
        base = starts.start
        self.step = step
        length = starts.start < starts.end ? Int((starts.end - starts.start) / step) + 2 : 0
        changes = .allocate(capacity: 0)
    }

    deinit { changes.deallocate() }

    @inline(__always)
    mutating func add(_ first: Instant, count: Int) {
        let seconds = first.seconds &- base.seconds
        let (cell, rest) = seconds.quotientAndRemainder(dividingBy: step)
        if rest != self.rest, !choose(rest) { return addOthers(first, count) }
        let changed = changes + (lane &+ Int(cell))
        changed[0] &+= 1
        changed[count] &-= 1
    }

    /// Goes to the lane of a rest; false where there are too many lanes already.
    private mutating func choose(_ rest: Int64) -> Bool {
        if let found = lanes.firstIndex(of: rest) {
            (lane, self.rest) = (found * length, rest)
            return true
        }
        guard lanes.count < Tally.mostLanes else { return false }
        let more = UnsafeMutablePointer<Int32>.allocate(capacity: (lanes.count + 1) * length)
        more.moveInitialize(from: changes, count: lanes.count * length)
        changes.deallocate()
        changes = more
        (lane, self.rest) = (lanes.count * length, rest)
        (changes + lane).initialize(repeating: 0, count: length)
        lanes.append(rest)
        return true
    }

    private mutating func addOthers(_ first: Instant, _ count: Int) {
        for number in 0..<count { others.append(first.adding(seconds: Int64(number) * step)) }
    }

    /// How many starts somebody is free at.
    func countStarts() -> Int {
        var starts = 0
        forEachStart { _, _ in starts += 1 }
        return starts
    }

    /// Hands over the starts that somebody is free at, in order, with how many are.
    func forEachStart(_ body: (Instant, Int) -> Void) {
        guard others.isEmpty else { return forEachSortedStart(body) }
        forEachCell(body)
    }

    @inline(__always)
    private func forEachCell(_ body: (Instant, Int) -> Void) {
        if lanes.count == 1 { return forEachCellOfOnlyLane(body) }
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

    @inline(__always)
    private func forEachCellOfOnlyLane(_ body: (Instant, Int) -> Void) {
        var count: Int32 = 0
        var start = base.adding(seconds: lanes[0])
        for cell in 0..<length {
            count &+= changes[cell]
            if count > 0 { body(start, Int(count)) }
            start = Instant(start.seconds &+ step)
        }
    }

    private func forEachSortedStart(_ body: (Instant, Int) -> Void) {
        var counts: [Instant: Int] = [:]
        for start in others { counts[start, default: 0] += 1 }
        forEachCell { start, count in counts[start, default: 0] += count }
        for start in counts.keys.sorted() { body(start, counts[start] ?? 0) }
    }
}
