/// Those who would take one slot together, reduced to when they are open and which starts are closed.

/// One or more hosts that must all be free.
struct Crew {
    private let grid: Grid
    private let starts: Span
    /// When all are open.
    private let open: [Span]
    /// The starts something closes for one of them.
    private let closed: [Span]

    init(_ search: Search, _ host: Host) {
        self.init(search, open: search.openTime(of: host), closed: search.closedStarts(of: host))
    }

    init(_ search: Search, _ hosts: [Host]) {
        self.init(search, open: search.openTime(of: hosts), closed: Crew.union(of: hosts[...], search))
    }

    /// A crew that nothing but hours and grid keeps from a slot.
    init(_ search: Search, openTimeOf hosts: [Host]) {
        self.init(search.grid, search.starts, open: search.openTime(of: hosts), closed: [])
    }

    private init(_ search: Search, open: [Span], closed: [Span]) {
        let closed = closed.union(search.closedForAll)
        var starts = search.starts
        // Notice and booking window mostly close one end; what lies there need not be walked.
        if let first = closed.first, first.start <= starts.start { starts.start = max(starts.start, first.end) }
        if let last = closed.last, last.end >= starts.end { starts.end = min(starts.end, last.start) }
        self.init(search.grid, starts, open: open, closed: closed)
    }

    /// Both crews as one.
    func together(with other: Crew) -> Crew {
        Crew(grid, Span(start: max(starts.start, other.starts.start), end: min(starts.end, other.starts.end)),
             open: open.intersection(other.open), closed: closed.union(other.closed))
    }

    private init(_ grid: Grid, _ starts: Span, open: [Span], closed: [Span]) {
        (self.grid, self.starts, self.open, self.closed) = (grid, starts, open, closed)
    }

    /// Half and half, so that many lists are not gone through once for each.
    private static func union(of hosts: ArraySlice<Host>, _ search: Search) -> [Span] {
        guard let first = hosts.first else { return [] }
        if hosts.count == 1 { return search.closedStarts(of: first) }
        let middle = hosts.startIndex + hosts.count / 2
        return union(of: hosts[..<middle], search).union(union(of: hosts[middle...], search))
    }

    /// A number of rows that is not exceeded: each begins with open time, behind a closed stretch, or, where open time
    /// goes on for weeks, at a midnight. No date is shorter than 20 hours, except those that are not there at all.
    var mostRows: Int { open.count + closed.count + Int(max(0, starts.end - starts.start) / 72_000) + 2 }

    /// Hands over the free starts in order, as rows of equal steps: the first and how many.
    @inline(__always)
    func forEachRow(_ body: (_ first: Instant, _ count: Int) -> Void) {
        guard starts.start < starts.end else { return }
        var place = closed.firstPlace(endingAfter: starts.start)
        let (grid, starts) = (grid, starts)
        closed.withUnsafeBufferPointer { closed in
            for number in open.firstPlace(endingAfter: starts.start)..<open.count {
                let span = open[number]
                if span.start >= starts.end { break }
                grid.forEachStretch(of: span, within: starts) { origin, stretch in
                    Crew.forEachRow(of: stretch, from: origin, grid, closed, &place, body)
                }
            }
        }
    }

    /// The free rows of a stretch. `place` is the first closed stretch that may matter; it only moves forward.
    @inline(__always)
    private static func forEachRow(
        of stretch: Span, from origin: Instant, _ grid: Grid, _ closed: UnsafeBufferPointer<Span>, _ place: inout Int,
        _ body: (Instant, Int) -> Void
    ) {
        var at = max(origin, stretch.start)
        while at < stretch.end {
            while place < closed.count, closed[place].end <= at { place &+= 1 }
            guard place < closed.count, closed[place].start < stretch.end else {
                return grid.forRow(from: origin, Span(start: at, end: stretch.end), body)
            }
            if closed[place].start > at { grid.forRow(from: origin, Span(start: at, end: closed[place].start), body) }
            at = closed[place].end
        }
    }

    /// The open time around a slot that nothing closes, on the grid or not.
    func opening(at start: Instant) -> Span? {
        guard starts.contains(start), closed.span(at: start) == nil, let span = open.span(at: start),
            start.adding(seconds: grid.duration) <= span.end
        else { return nil }
        return span
    }

    /// Whether nothing closes a slot there and the grid has that start.
    func isStart(_ start: Instant) -> Bool { opening(at: start).map { grid.contains(start, in: $0) } ?? false }
}
