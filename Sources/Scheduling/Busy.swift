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

    @inline(__always)
    func gap(_ one: Int64, _ other: Int64) -> Int64 {
        switch self {
        case .larger: max(one, other)
        case .sum: one + other
        }
    }
}

/// How far busy time reaches over the starts around it, in seconds: by the length of the slot, the travel and the gaps.
struct Reach {
    private let duration: Int64
    private let before: Int64
    private let after: Int64
    private let travelBefore: Int64
    private let travelAfter: Int64
    private let rule: GapRule

    init(_ rules: SlotRules) {
        duration = Int64(rules.durationMinutes) * 60
        before = Int64(rules.bufferBeforeMinutes) * 60
        after = Int64(rules.bufferAfterMinutes) * 60
        travelBefore = Int64(rules.travelBeforeMinutes) * 60
        travelAfter = Int64(rules.travelAfterMinutes) * 60
        rule = rules.gapRule
    }

    /// The starts at which a slot would meet busy time or come too close to it.
    @inline(__always)
    func starts(closedBy busy: Busy) -> Span {
        guard busy.starts < busy.ends else { return Span(start: busy.starts, end: busy.starts) }
        return Span(
            start: busy.starts.adding(seconds: 1 - duration - travelAfter - rule.gap(busy.gapBefore, after)),
            end: busy.ends.adding(seconds: travelBefore + rule.gap(busy.gapAfter, before)))
    }

    /// Whether a slot that busy time closes meets the time itself, not only the gaps and travel around it.
    func meets(_ busy: Busy, from start: Instant) -> Bool {
        busy.starts < start.adding(seconds: duration) && busy.ends > start
    }
}
