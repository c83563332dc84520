/// Half-open stretches of time and the few things the engine does with lists of them.

/// The instants from `start` up to, not including, `end`.
struct Span: Hashable, Sendable {
    var start: Instant
    var end: Instant
}

extension [Span] {
    /// The same instants as ascending spans with gaps between them: overlapping and touching ones are joined, empty
    /// ones are gone.
    func joined() -> [Span] {
        var joined: [Span] = []
        joined.reserveCapacity(count)
        for span in inOrder() where span.start < span.end {
            if let last = joined.last, span.start <= last.end {
                joined[joined.count - 1].end = Swift.max(last.end, span.end)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    /// Ascending by start. Stored time mostly is already, and looking is cheaper than sorting.
    private func inOrder() -> [Span] {
        for place in indices.dropFirst() where self[place].start < self[place - 1].start {
            return sorted { $0.start < $1.start }
        }
        return self
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
