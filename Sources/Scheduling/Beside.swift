/// Which slots are next to a meeting, so that a day fills without holes.

extension Search {
    /// Marks slots between which and a meeting of a host who could take them no other start of the grid would fit.
    /// Nothing is left out: who prefers such slots shows them first.
    func markBeside(_ slots: inout [Slot]) {
        let pooling = question.rules.mode == .pooled ? Pooling(self) : nil
        for (number, host) in question.hosts.enumerated() {
            let meetings = startsClosedByMeetings(of: host)
            guard !meetings.isEmpty else { continue }
            let crew = question.rules.mode == .oneOf ? Crew(self, host) : nil
            for place in slots.indices where !slots[place].isBeside && isBeside(slots[place].start, meetings) {
                let start = slots[place].start
                let isAble = crew.map { $0.isStart(start) } ?? pooling.map { $0.hosts(at: start).contains(number) }
                slots[place].isBeside = isAble ?? true
            }
        }
    }

    private func startsClosedByMeetings(of host: Host) -> [Span] {
        var closed = Joiner()
        forEachObstacle(of: host) { span, cause in
            switch cause.reason {
            case .busyBooking, .busyCalendar: closed.add(span)
            default: break
            }
        }
        return closed.joined()
    }

    private func isBeside(_ start: Instant, _ meetings: [Span]) -> Bool {
        let next = meetings.firstPlace(endingAfter: start)
        if next > 0, start - meetings[next - 1].end < grid.step { return true }
        return next < meetings.count && meetings[next].start - start <= grid.step
    }
}
