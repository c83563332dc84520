/// The slot engine: which slots of a link are free, and why another one is not.

/// Somebody who can take a booking, with the busy time known of them.
package struct Host: Sendable {
    package var id: String
    package var availability: Availability
    /// In any order; ascending by start is answered fastest.
    package var busy: [Busy]
    /// With ``HostMode/pooled``, the id of the pool; nil for one who always attends.
    package var pool: String?
    /// What keeps them from every slot: inactive, a stale calendar, a place they cannot make, too far ahead of others.
    package var barred: [Reason] = []
    /// Their bookings that count against limits, of this link and others.
    package var meetings: [Meeting] = []

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
    /// With seats, how many are left; nil without.
    package var seatsLeft: Int?
    /// Whether it is next to a meeting of a host who could take it; only with ``SlotRules/marksBeside``.
    package var isBeside = false

    package init(start: Instant, end: Instant, eligible: Int, seatsLeft: Int? = nil) {
        self.start = start
        self.end = end
        self.eligible = eligible
        self.seatsLeft = seatsLeft
    }
}

/// A question about free time, complete in itself: no clock, no database, no viewer's zone.
///
/// ```swift
/// let question = SlotQuestion(rules: rules, hosts: [ada], now: world.now, from: monday, to: friday)
/// question.slots()                       // what can be booked
/// question.refusal(at: monday)           // nil, or why not
/// question.explanation(at: monday)       // everything that stands in the way, host by host
/// ```
/// All answers come from the same checks: ``slots()`` lists exactly the starts that ``refusal(at:)`` lets pass.
package struct SlotQuestion: Sendable {
    package var rules: SlotRules
    package var hosts: [Host]
    package var now: Instant
    /// Slots start at or after `from` and end at or before `to`.
    package var from: Instant
    package var to: Instant
    /// How many seats are asked for.
    package var party = 1
    /// The booker's zone, for ``SlotRules/bookerHours``; nil: the link's.
    package var bookerZone: Zone?
    /// The link's sessions of seats.
    package var sessions: [SeatSession] = []
    /// What is needed beside hosts.
    package var resources: [ResourceNeed] = []
    /// What counts against limits of the link, of its team and of the attendee.
    package var linkMeetings: [Meeting] = []
    package var teamMeetings: [Meeting] = []
    package var attendeeMeetings: [Meeting] = []

    package init(rules: SlotRules, hosts: [Host], now: Instant, from: Instant, to: Instant) {
        self.rules = rules
        self.hosts = hosts
        self.now = now
        self.from = from
        self.to = to
    }

    /// The free slots, ascending.
    package func slots() -> [Slot] {
        let range = Span(start: from, end: to)
        return picksDays ? slotsOfPickedDays(in: range) : offered(in: range)
    }

    /// The free slots for each of several lengths, as when the attendee may choose one. A step that is not set is each
    /// length's own.
    package func slots(lasting lengths: [Int]) -> [Int: [Slot]] {
        var answers: [Int: [Slot]] = [:]
        for minutes in lengths where answers[minutes] == nil {
            var question = self
            question.rules.durationMinutes = minutes
            answers[minutes] = question.slots()
        }
        return answers
    }

    /// Why a slot cannot start there; nil if it can. Of several hosts who could each take it, the one who is nearest
    /// to it is asked (``Reason/nearness``).
    package func refusal(at start: Instant) -> Reason? { explanation(at: start).reason }

    /// The ids of the hosts who could take that slot, in the order of ``hosts``; with ``HostMode/allOf`` all or none.
    package func eligibleHosts(at start: Instant) -> [String] { explanation(at: start).eligible }
}

extension SlotQuestion {
    /// The slots by every rule but those that pick whole days.
    func offered(in range: Span) -> [Slot] {
        guard !hosts.isEmpty, range.start < range.end else { return [] }
        let search = Search(self, range)
        guard search.starts.start < search.starts.end || !sessions.isEmpty else { return [] }
        var slots = ordinarySlots(search)
        if rules.marksBeside { search.markBeside(&slots) }
        return sessions.isEmpty ? slots : withSessions(slots, in: range)
    }

    private func ordinarySlots(_ search: Search) -> [Slot] {
        switch rules.mode {
        case .oneOf: slotsOfAny(search)
        case .single, .allOf:
            slots(of: hosts.count == 1 ? Crew(search, hosts[0]) : Crew(search, hosts), search, eligible: hosts.count)
        case .pooled: Pooling(search).slots()
        }
    }

    /// Slots a crew takes together. Rows are counted first: a list that grows would be copied several times.
    private func slots(of crew: Crew, _ search: Search, eligible: Int) -> [Slot] {
        let (length, step, seats) = (search.grid.duration, search.grid.step, seatsLeft)
        var total = 0
        let rows = [(first: Int64, count: Int)](unsafeUninitializedCapacity: crew.mostRows) { rows, used in
            crew.forEachRow { first, count in
                precondition(used < rows.count, "there are no more rows than counted")
                rows.initializeElement(at: used, to: (first.seconds, count))
                used &+= 1
                total &+= count
            }
        }
        // A list of none made in the way below writes to the empty list that all threads share.
        guard total > 0 else { return [] }
        return [Slot](unsafeUninitializedCapacity: total) { slots, place in
            for row in rows {
                var start = row.first
                for _ in 0..<row.count {
                    slots.initializeElement(at: place, to: Slot(
                        start: Instant(start), end: Instant(start &+ length), eligible: eligible, seatsLeft: seats))
                    start &+= step
                    place &+= 1
                }
            }
        }
    }

    /// Slots that any one host takes: all hosts' own, and a start of several counts them.
    private func slotsOfAny(_ search: Search) -> [Slot] {
        var tally = Tally(search.starts, step: search.grid.step)
        for place in hosts.indices {
            Crew(search, hosts[place]).forEachRow { tally.add($0, count: $1) }
        }
        let (length, seats, starts) = (search.grid.duration, seatsLeft, tally.countStarts())
        guard starts > 0 else { return [] }
        return [Slot](unsafeUninitializedCapacity: starts) { slots, count in
            tally.forEachStart { start, eligible in
                slots.initializeElement(at: count, to: Slot(
                    start: start, end: Instant(start.seconds &+ length), eligible: eligible, seatsLeft: seats))
                count &+= 1
            }
        }
    }

    /// What a start without a session has.
    var seatsLeft: Int? { rules.capacity > 1 ? rules.capacity : nil }

    /// The slots together with the sessions that can be joined. There is no ordinary slot where a session starts.
    private func withSessions(_ slots: [Slot], in range: Span) -> [Slot] {
        var closed = Joiner()
        forEachObstacleOfBooker(within: range) { span, _ in closed.add(span) }
        let closedForBooker = closed.joined()
        let joinable = sessions
            .filter { $0.start >= range.start && $0.end <= range.end && closedForBooker.span(at: $0.start) == nil }
            .filter { joiningCauses($0).isEmpty }
            .map { Slot(start: $0.start, end: $0.end, eligible: $0.hosts.count, seatsLeft: $0.seatsLeft) }
        return (slots + joinable).sorted { $0.start < $1.start }
    }
}
