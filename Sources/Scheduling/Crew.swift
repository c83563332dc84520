/// The hosts who would take one slot together: their common open time, their bounds and what stands in the way.

/// One or more hosts that must all be free. All checks of a slot are here.
struct Crew {
    let hosts: [Host]
    private let rules: SlotRules
    private let grid: Grid
    /// When all are open.
    private let open: [Span]
    /// When somebody is busy, with the gaps to keep.
    private let blocks: [Span]
    /// The earliest and the latest start, as far as notice, booking window and the asked range go.
    private let first: Instant
    private let last: Instant

    /// - Parameters:
    ///   - hosts: at least one.
    ///   - range: the stretch the coming questions are about; slots beyond it may be answered wrongly.
    init(_ question: SlotQuestion, _ hosts: [Host], _ range: Span) {
        self.hosts = hosts
        rules = question.rules
        grid = Grid(rules)
        blocks = rules.blocks(hosts, within: range)
        open = Crew.commonOpenTime(hosts, range)
        var first = question.from
        var last = question.to.adding(minutes: -rules.durationMinutes)
        for zone in hosts.map(\.availability.zone) {
            let bounds = rules.window.bounds(now: question.now, in: zone)
            first = max(first, rules.notice.end(from: question.now, in: zone), bounds.from ?? first)
            last = min(last, bounds.until?.adding(seconds: -1) ?? last)
        }
        (self.first, self.last) = (first, last)
    }

    /// The starts of all free slots, ascending.
    func starts() -> [Instant] {
        var starts: [Instant] = []
        var place = 0
        for span in open where span.end > first && span.start <= last {
            grid.forEachStart(in: span, from: first, through: last) { start in
                if isFree(start, &place) { starts.append(start) }
            }
        }
        return starts
    }

    /// Why no slot can start there; nil if one can.
    func refusal(at start: Instant) -> Reason? {
        if start < first { return .tooSoon }
        if start > last { return .tooFar }
        guard let span = open.span(at: start) else { return closedReason(at: start) }
        if span.end < start.adding(minutes: rules.durationMinutes) {
            if let reason = hosts.lazy.compactMap({ $0.availability.dayOff(ending: span.end) }).first { return reason }
            return span.end - span.start < Int64(rules.durationMinutes) * 60 ? .windowTooShort : .outsideHours
        }
        guard grid.contains(start, in: span) else { return .notOnGrid }
        var place = blocks.firstPlace(endingAfter: start)
        return isFree(start, &place) ? nil : busyReason(at: start)
    }

    /// Whether no block meets the slot. `place` is where to begin looking; it only moves forward, so asking with
    /// ascending starts passes over the blocks once.
    private func isFree(_ start: Instant, _ place: inout Int) -> Bool {
        while place < blocks.count, blocks[place].end <= start { place += 1 }
        return place == blocks.count || blocks[place].start >= start.adding(minutes: rules.durationMinutes)
    }

    private func closedReason(at start: Instant) -> Reason {
        let closed = hosts.first { Crew.commonOpenTime([$0], Span(start: start, end: start)).span(at: start) == nil }
        return closed?.availability.closedReason(at: start) ?? .outsideHours
    }

    private func busyReason(at start: Instant) -> Reason {
        let slot = Span(start: start, end: start.adding(minutes: rules.durationMinutes))
        return hosts.lazy.compactMap { rules.busyReason(for: slot, $0) }.first ?? .buffer
    }

    /// The time all hosts are open, right within `range` and as far before it as the grid looks back.
    ///
    /// Dates are counted in UTC with room for every offset. The first two dates laid may lack what earlier ones spill
    /// into them, hence two more.
    private static func commonOpenTime(_ hosts: [Host], _ range: Span) -> [Span] {
        let first = LocalTime(secondsSince1970: range.start.seconds).date.adding(days: -Grid.horizon - 4)
        let last = LocalTime(secondsSince1970: range.end.seconds).date.adding(days: 2)
        let each = hosts.lazy.map { $0.availability.openTime(from: first, through: last) }
        return each.dropFirst().reduce(each.first ?? []) { $0.intersection($1) }
    }
}
