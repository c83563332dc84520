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

    func gap(_ one: Int64, _ other: Int64) -> Int64 {
        switch self {
        case .larger: max(one, other)
        case .sum: one + other
        }
    }
}

extension SlotRules {
    /// The stretch a bare slot must not meet: the busy time, widened on each side by the gap that must stay free.
    func blocked(by busy: Busy) -> Span {
        Span(start: busy.starts.adding(seconds: -gapRule.gap(busy.gapBefore, Int64(bufferAfterMinutes) * 60)),
             end: busy.ends.adding(seconds: gapRule.gap(busy.gapAfter, Int64(bufferBeforeMinutes) * 60)))
    }

    /// The stretches in which busy time stands against slots within `range`, joined.
    func blocks(_ hosts: [Host], within range: Span) -> [Span] {
        var blocks: [Span] = []
        for host in hosts {
            for busy in host.busy where busy.starts < busy.ends {
                let block = blocked(by: busy)
                if block.start < range.end, block.end > range.start { blocks.append(block) }
            }
        }
        return blocks.joined()
    }

    /// Why `slot` cannot be had because of this host's busy time; nil if it can. A real meeting of intervals is
    /// reported before a gap that is too small.
    func busyReason(for slot: Span, _ host: Host) -> Reason? {
        let inTheWay = host.busy.filter {
            let block = blocked(by: $0)
            return $0.starts < $0.ends && block.start < slot.end && block.end > slot.start
        }
        if let meeting = inTheWay.first(where: { $0.starts < slot.end && $0.ends > slot.start }) {
            return Reason(busy: meeting.kind)
        }
        return inTheWay.isEmpty ? nil : .buffer
    }
}
