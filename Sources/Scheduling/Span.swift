/// Half-open stretches of time and the few things the engine does with lists of them.

/// The instants from `start` up to, not including, `end`.
package struct Span: Hashable, Sendable {
    package var start: Instant
    package var end: Instant

    /// Empty when `end` is not after `start`.
    @inline(__always)
    package init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }

    @inline(__always)
    func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }

    /// All of time, far enough from the ends of the numbers to be added to.
    static let always = Span(start: Instant(-(1 << 50)), end: Instant(1 << 50))
}

/// Takes spans one by one and keeps them as ascending spans with gaps between them: overlapping and touching ones are
/// joined, empty ones are left out. Those that come in order cost a comparison or two; others are put in order at the
/// end.
///
/// It writes to memory of its own: appending to an array asks each time whether the array is shared, and that was a
/// third of the work of the engine.
struct Joiner: ~Copyable {
    /// Where spans go; small, so that a loop over many keeps it in registers. Each span takes room for one.
    struct Writer {
        fileprivate var next: UnsafeMutablePointer<Span>
        /// The span that may still grow; at first an empty one that everything comes after.
        fileprivate var start = Int64.min
        fileprivate var end = Int64.min
        fileprivate var isAscending = true

        /// Adds a span that is not empty.
        @inline(__always)
        mutating func add(_ first: Int64, _ last: Int64) {
            if first > end {
                push()
                (start, end) = (first, last)
            } else if first >= start {
                if last > end { end = last }
            } else {
                isAscending = false
                push()
                (start, end) = (first, last)
            }
        }

        @inline(__always)
        fileprivate mutating func add(_ span: Span) { add(span.start.seconds, span.end.seconds) }

        @inline(__always)
        fileprivate mutating func push() {
            next.initialize(to: Span(start: Instant(start), end: Instant(end)))
            next += 1
        }
    }

    private var memory: ManagedBuffer<Void, Span>
    private var begin: UnsafeMutablePointer<Span>
    private var capacity: Int
    private var writer: Writer

    init(capacity: Int = 4) {
        // Two more: for the empty span at the beginning and the one that may still grow.
        self.capacity = max(capacity, 4) + 2
        (memory, begin) = Joiner.memory(self.capacity)
        writer = Writer(next: begin)
    }

    /// An object's tail: memory of a bare pointer takes the system four times as long to find.
    private static func memory(_ capacity: Int) -> (ManagedBuffer<Void, Span>, UnsafeMutablePointer<Span>) {
        let memory = ManagedBuffer<Void, Span>.create(minimumCapacity: capacity) { _ in () }
        return (memory, memory.withUnsafeMutablePointerToElements { $0 })
    }

    @inline(__always)
    mutating func add(_ span: Span) {
        guard span.start < span.end else { return }
        if writer.next - begin + 2 > capacity { reserve(1) }
        writer.add(span.start.seconds, span.end.seconds)
    }

    /// Adds through a copy of the writer.
    /// - Parameter room: how many spans there may be.
    @inline(__always)
    mutating func write(_ room: Int, _ body: (inout Writer) -> Void) {
        if writer.next - begin + room + 1 > capacity { reserve(room) }
        var copy = writer
        body(&copy)
        writer = copy
    }

    private mutating func reserve(_ more: Int) {
        let count = writer.next - begin
        capacity = max(2 * capacity, count + more + 2)
        let (larger, start) = Joiner.memory(capacity)
        start.moveInitialize(from: begin, count: count)
        (memory, begin, writer.next) = (larger, start, start + count)
    }

    /// All that was added.
    consuming func joined() -> [Span] {
        writer.push()
        let count = writer.next - begin - 1
        if count == 0 { return [] }
        let spans = withExtendedLifetime(memory) { [Span](UnsafeBufferPointer(start: begin + 1, count: count)) }
        return writer.isAscending ? spans : spans.sorted { $0.start < $1.start }.joined()
    }
}

extension [Span] {
    /// The same instants as ascending spans with gaps between them: overlapping and touching ones are joined, empty
    /// ones are gone.
    func joined() -> [Span] {
        var joiner = Joiner(capacity: count)
        for span in self { joiner.add(span) }
        return joiner.joined()
    }

    /// The instants that are in at least one of the lists; each as ``joined()`` leaves it.
    func union(_ others: [Span]) -> [Span] {
        if isEmpty { return others }
        if others.isEmpty { return self }
        var joiner = Joiner(capacity: count + others.count)
        withUnsafeBufferPointer { mine in
            others.withUnsafeBufferPointer { others in
                joiner.write(mine.count + others.count) { joiner in
                    var (one, other) = (0, 0)
                    while one < mine.count && other < others.count {
                        if mine[one].start <= others[other].start {
                            joiner.add(mine[one])
                            one &+= 1
                        } else {
                            joiner.add(others[other])
                            other &+= 1
                        }
                    }
                    for place in one..<mine.count { joiner.add(mine[place]) }
                    for place in other..<others.count { joiner.add(others[place]) }
                }
            }
        }
        return joiner.joined()
    }

    /// The instants of `range` that are in none of the spans; the list is as ``joined()`` leaves it.
    func complement(in range: Span) -> [Span] {
        var rest: [Span] = []
        var at = range.start
        for span in self where span.end > range.start && span.start < range.end {
            if at < span.start { rest.append(Span(start: at, end: span.start)) }
            at = Swift.max(at, span.end)
        }
        if at < range.end { rest.append(Span(start: at, end: range.end)) }
        return rest
    }

    /// The instants that are in both lists; each ascending with gaps, as ``joined()`` leaves them.
    func intersection(_ others: [Span]) -> [Span] {
        var common: [Span] = []
        common.reserveCapacity(Swift.min(count, others.count))
        var (mine, other) = (0, 0)
        while mine < count, other < others.count {
            let start = Swift.max(self[mine].start, others[other].start)
            let end = Swift.min(self[mine].end, others[other].end)
            if start < end { common.append(Span(start: start, end: end)) }
            if self[mine].end < others[other].end { mine += 1 } else { other += 1 }
        }
        return common
    }

    /// Where the first span that ends after `instant` stands; `count` if none does. The list is as ``joined()``
    /// leaves it.
    func firstPlace(endingAfter instant: Instant) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].end > instant { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The span an instant lies in.
    func span(at instant: Instant) -> Span? {
        let place = firstPlace(endingAfter: instant)
        return place < count && self[place].start <= instant ? self[place] : nil
    }
}
