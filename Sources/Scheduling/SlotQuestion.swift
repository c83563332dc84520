/// The slot engine: which slots of a link are free, and why another one is not.

/// Somebody who can take a booking, with the busy time known of them.
package struct Host: Sendable {
    package var id: String
    package var availability: Availability
    /// In any order; ascending by start is answered fastest.
    package var busy: [Busy]

    package init(id: String, availability: Availability, busy: [Busy]) {
        self.id = id
        self.availability = availability
        self.busy = busy
    }
}

/// A time that can be booked.
package struct Slot: Hashable, Sendable {
    package var start: Instant
    package var end: Instant
    /// How many hosts could take it; with ``HostMode/allOf``, how many will be there.
    package var eligible: Int

    package init(start: Instant, end: Instant, eligible: Int) {
        self.start = start
        self.end = end
        self.eligible = eligible
    }
}

/// A question about free time, complete in itself: no clock, no database, no viewer's zone.
///
/// ```swift
/// let question = SlotQuestion(rules: rules, hosts: [ada], now: world.now, from: monday, to: friday)
/// question.slots()                       // what can be booked
/// question.refusal(at: monday)           // nil, or why not
/// ```
/// Both answers come from the same checks: ``slots()`` lists exactly the starts that ``refusal(at:)`` lets pass.
package struct SlotQuestion: Sendable {
    package var rules: SlotRules
    package var hosts: [Host]
    package var now: Instant
    /// Slots start at or after `from` and end at or before `to`.
    package var from: Instant
    package var to: Instant

    package init(rules: SlotRules, hosts: [Host], now: Instant, from: Instant, to: Instant) {
        self.rules = rules
        self.hosts = hosts
        self.now = now
        self.from = from
        self.to = to
    }

    /// The free slots, ascending.
    package func slots() -> [Slot] {
        var slots: [Slot] = []
        for crew in crews(for: Span(start: from, end: to)) {
            slots = merged(slots, crew.starts(), of: crew)
        }
        return slots
    }

    /// Why a slot cannot start there; nil if it can. Of several hosts who could each take it, the one who is nearest
    /// to it is asked (``Reason/nearness``).
    package func refusal(at start: Instant) -> Reason? {
        var nearest = Reason.hostInactive
        for crew in crews(for: slot(at: start)) {
            guard let reason = crew.refusal(at: start) else { return nil }
            if reason.nearness > nearest.nearness { nearest = reason }
        }
        return nearest
    }

    /// The ids of the hosts who could take that slot, in the order of ``hosts``; with ``HostMode/allOf`` all or none.
    package func eligibleHosts(at start: Instant) -> [String] {
        crews(for: slot(at: start)).filter { $0.refusal(at: start) == nil }.flatMap { $0.hosts.map(\.id) }
    }
}

extension SlotQuestion {
    private func slot(at start: Instant) -> Span {
        Span(start: start, end: start.adding(minutes: rules.durationMinutes))
    }

    /// Those who would take a slot together: one host each, or all at once. None without hosts.
    private func crews(for range: Span) -> [Crew] {
        guard !hosts.isEmpty, range.start < range.end else { return [] }
        switch rules.mode {
        case .oneOf: return hosts.map { Crew(self, [$0], range) }
        case .single, .allOf: return [Crew(self, hosts, range)]
        }
    }

    /// Two ascending lists as one; a start in both can be taken by the hosts of both.
    private func merged(_ slots: [Slot], _ starts: [Instant], of crew: Crew) -> [Slot] {
        var merged: [Slot] = []
        merged.reserveCapacity(slots.count + starts.count)
        var place = 0
        for start in starts {
            while place < slots.count, slots[place].start < start {
                merged.append(slots[place])
                place += 1
            }
            var eligible = crew.hosts.count
            if place < slots.count, slots[place].start == start {
                eligible += slots[place].eligible
                place += 1
            }
            merged.append(Slot(start: start, end: slot(at: start).end, eligible: eligible))
        }
        merged.append(contentsOf: slots[place...])
        return merged
    }
}
