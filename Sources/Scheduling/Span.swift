/// Half-open stretches of time and the few things the engine does with lists of them.

/// The instants from `start` up to, not including, `end`.
struct Span: Hashable, Sendable {
    var start: Instant
    var end: Instant

    @inline(__always)
    func contains(_ instant: Instant) -> Bool { start <= instant && instant < end }

    /// All of time, far enough from the ends of the numbers to be added to.
    static let always = Span(start: Instant(-(1 << 50)), end: Instant(1 << 50))
}

/// Takes spans one by one and keeps them as ascending spans with gaps between them: overlapping and touching ones are
/// joined, empty ones are left out. Those that come in order cost a comparison or two; others are put in order at the
/// end.
struct Joiner {
    private var done: [Span] = []
    /// The span that may still grow; at first one that everything comes after.
    private var current = Span(start: Instant(.min), end: Instant(.min))
    private var isAscending = true

    init(capacity: Int = 0) {
        done.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func add(_ span: Span) {
        guard span.start < span.end else { return }
        if span.start > current.end {
            push()
            current = span
        } else if span.start >= current.start {
            if span.end > current.end { current.end = span.end }
        } else {
            isAscending = false
            push()
            current = span
        }
    }

    private mutating func push() {
        if current.start < current.end { done.append(current) }
    }

    /// All that was added.
    consuming func joined() -> [Span] {
        push()
        return isAscending ? done : done.sorted { $0.start < $1.start }.joined()
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
        var (mine, other) = (0, 0)
        while mine < count || other < others.count {
            if other == others.count || mine < count && self[mine].start <= others[other].start {
                joiner.add(self[mine])
                mine += 1
            } else {
                joiner.add(others[other])
                other += 1
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
