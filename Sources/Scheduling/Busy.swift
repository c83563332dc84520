/// What makes a host busy, and how far it reaches with the gaps both sides ask for (rule C).

/// The kinds of rows in the busy ledger. The raw values are stored.
package enum BusyKind: String, CaseIterable, Sendable {
    /// Own time of this product: bookings and what may become one.
    case booking, hold, pending, session, placeholder
    /// An event of a connected calendar.
    case calendar
    /// Time claimed by the other modules.
    case timeOff = "time_off"
    case dispatch, focus, allocation, review, resource
}

/// An interval in which a host cannot be booked.
package struct Busy: Hashable, Sendable {
    package var starts: Instant
    /// An interval that ends where or before it starts blocks nothing.
    package var ends: Instant
    package var kind: BusyKind
    /// Seconds an own booking asks to be free before it; 0 for foreign time.
    package var gapBefore: Int64
    /// Seconds an own booking asks to be free after it; 0 for foreign time.
    package var gapAfter: Int64

    package init(starts: Instant, ends: Instant, kind: BusyKind, gapBefore: Int64 = 0, gapAfter: Int64 = 0) {
        self.starts = starts
        self.ends = ends
        self.kind = kind
        self.gapBefore = gapBefore
        self.gapAfter = gapAfter
    }
}

/// How the gaps of two own bookings that follow each other combine: 15 after one and 10 before the next are 15 or 25.
package enum GapRule: String, CaseIterable, Sendable {
    case larger, sum
}

/// How far busy time reaches over the starts around it, in seconds: by the length of the slot, the travel and the gaps.
struct Reach {
    private let duration: Int64
    /// From the last start before busy time to it, and from its end to the first start after it, gaps left out.
    private let early: Int64
    private let late: Int64
    /// The gaps the link asks for. Between own bookings the gap is the larger of both sides' or their sum; that is the
    /// larger of the link's, and the other's with `added` to it.
    private let before: (least: Int64, added: Int64)
    private let after: (least: Int64, added: Int64)

    init(_ rules: SlotRules) {
        let gaps = (before: Int64(rules.bufferBeforeMinutes) * 60, after: Int64(rules.bufferAfterMinutes) * 60)
        duration = Int64(rules.durationMinutes) * 60
        early = duration + Int64(rules.travelAfterMinutes) * 60 - 1
        late = Int64(rules.travelBeforeMinutes) * 60
        before = (gaps.before, rules.gapRule == .sum ? gaps.before : 0)
        after = (gaps.after, rules.gapRule == .sum ? gaps.after : 0)
    }

    /// The starts at which a slot would meet busy time or come too close to it.
    @inline(__always)
    func starts(closedBy busy: Busy) -> Span {
        // Instants are of four-digit years and gaps are minutes, so nothing overflows.
        let start = busy.starts.seconds &- early &- max(busy.gapBefore &+ after.added, after.least)
        let end = busy.ends.seconds &+ late &+ max(busy.gapAfter &+ before.added, before.least)
        return Span(start: Instant(busy.starts < busy.ends ? start : end), end: Instant(end))
    }

    /// Adds what many rows close, as far as it matters for `starts`. This loop is most of the work where hosts are
    /// busy, and most rows are foreign time without gaps of its own.
    func addStarts(closedBy busy: [Busy], within starts: Span, to closed: inout Joiner) {
        let (from, until) = (starts.start.seconds, starts.end.seconds)
        let (early, late) = (early + after.least, late + before.least)
        busy.withUnsafeBufferPointer { rows in
            closed.write(rows.count) { closed in
                for row in rows where row.starts < row.ends {
                    var (start, end) = (row.starts.seconds &- early, row.ends.seconds &+ late)
                    if row.gapBefore | row.gapAfter != 0 {
                        let span = self.starts(closedBy: row)
                        (start, end) = (span.start.seconds, span.end.seconds)
                    }
                    if end <= from { continue }
                    if start < until { closed.add(start, end) }
                }
            }
        }
    }

    /// Whether a slot that busy time closes meets the time itself, not only the gaps and travel around it.
    func meets(_ busy: Busy, from start: Instant) -> Bool {
        busy.starts < start.adding(seconds: duration) && busy.ends > start
    }
}
