/// One question over one range, with what all its hosts share worked out once.

/// Where the answers come from: open time, and the starts that something closes with the cause of each. Listing joins
/// the closed stretches and explaining looks into them; there is no second place where a rule is applied.
final class Search {
    let question: SlotQuestion
    let reach: Reach
    let grid: Grid
    /// The starts in question: not before the range, and the slot ends within it.
    let starts: Span
    /// The starts closed whoever comes.
    let closedForAll: [Span]
    private let firstDate: LocalDate
    private let lastDate: LocalDate
    private let sessionsByHost: [String: [SeatSession]]

    /// - Parameter range: what slots lie within.
    init(_ question: SlotQuestion, _ range: Span) {
        reach = Reach(question.rules)
        grid = Grid(question.rules)
        starts = Span(start: range.start, end: range.end.adding(seconds: 1 - grid.duration))
        // Dates are counted in UTC with room for every offset. The first two dates laid may lack what earlier ones
        // spill into them, hence two more.
        firstDate = LocalTime(secondsSince1970: range.start.seconds).date.adding(days: -Grid.horizon - 4)
        lastDate = LocalTime(secondsSince1970: range.end.seconds).date.adding(days: 2)
        sessionsByHost = question.sessions.isEmpty ? [:] : question.sessions.reduce(into: [:]) { byHost, session in
            for host in session.hosts { byHost[host, default: []].append(session) }
        }
        closedForAll = question.closedForAll(reach, within: starts)
        // Last, so that it is moved here and not copied.
        self.question = question
    }

    /// When a host is open, right within the range and as far before it as the grid looks back.
    func openTime(of host: Host) -> [Span] {
        host.availability.openTime(from: firstDate, through: lastDate)
    }

    /// When all of them are open.
    func openTime(of hosts: [Host]) -> [Span] {
        guard let first = hosts.first else { return [] }
        var open = openTime(of: first)
        for host in hosts.dropFirst() where !open.isEmpty { open = open.intersection(openTime(of: host)) }
        return open
    }

    /// The starts that something of this host closes.
    func closedStarts(of host: Host) -> [Span] {
        var closed = Joiner(capacity: min(host.busy.count, 4_096) + 3)
        var end = Span(start: starts.end, end: starts.end)
        forEachBound(of: host) { span, cause in
            // What closes the end is added last, so that all comes in order.
            if cause.reason == .tooFar { end = span } else { closed.add(span) }
        }
        reach.addStarts(closedBy: host.busy, within: starts, to: &closed)
        closed.add(end)
        if !isOrdinary(host) { forEachRareObstacle(of: host) { span, _ in closed.add(span) } }
        return closed.joined()
    }

    /// Hands over all starts that something of a host closes, each with its cause: notice and booking window, what the
    /// host is barred by, busy time, sessions and the host's limits.
    func forEachObstacle(of host: Host, _ body: (Span, Cause) -> Void) {
        forEachBound(of: host, body)
        for (place, busy) in host.busy.enumerated() {
            body(reach.starts(closedBy: busy), Cause(Reason(busy: busy.kind), .busy(place)))
        }
        if !isOrdinary(host) { forEachRareObstacle(of: host, body) }
    }

    /// Hands over what notice and booking window close.
    private func forEachBound(of host: Host, _ body: (Span, Cause) -> Void) {
        let noticed = question.rules.notice.end(from: question.now, in: host.availability.zone)
        let bounds = question.rules.window.bounds(now: question.now, for: host.availability)
        body(Span(start: Span.always.start, end: noticed), Cause(.tooSoon, .notice))
        if let from = bounds.from { body(Span(start: Span.always.start, end: from), Cause(.tooSoon, .window)) }
        if let until = bounds.until { body(Span(start: until, end: Span.always.end), Cause(.tooFar, .window)) }
    }

    private func isOrdinary(_ host: Host) -> Bool {
        host.barred.isEmpty && question.rules.limits.isEmpty && sessionsByHost.isEmpty
    }

    private func forEachRareObstacle(of host: Host, _ body: (Span, Cause) -> Void) {
        for reason in host.barred { body(.always, Cause(reason, .host)) }
        for session in sessionsByHost[host.id] ?? [] {
            let busy = Busy(starts: session.start, ends: session.end, kind: .session)
            body(reach.starts(closedBy: busy), Cause(.busyBooking, .session(session.start)))
        }
        question.forEachLimit(of: .host, counting: host.meetings, in: host.availability.zone, body)
        question.forEachLimit(of: .linkHost, counting: host.meetings, in: host.availability.zone, body)
    }
}

extension SlotQuestion {
    /// The zone whose dates count for the link as a whole: the host's where there is one, else the link's.
    package var dayZone: Zone {
        rules.mode == .single ? hosts.first?.availability.zone ?? rules.zone : rules.zone
    }

    /// The starts that something closes for all hosts: limits, the booker's hours, seats, sessions and resources.
    func closedForAll(_ reach: Reach, within starts: Span) -> [Span] {
        if isClosedForNobody { return [] }
        var closed = Joiner()
        forEachObstacleForAll(within: starts) { span, _ in closed.add(span) }
        for need in resources where need.isRequired {
            for span in closedStarts(of: need, reach, within: starts) { closed.add(span) }
        }
        return closed.joined()
    }

    private var isClosedForNobody: Bool {
        rules.limits.isEmpty && party <= rules.capacity && sessions.isEmpty && rules.bookerHours == nil
            && resources.isEmpty
    }

    /// Hands over what closes starts whoever comes, resources left out.
    func forEachObstacleForAll(within starts: Span, _ body: (Span, Cause) -> Void) {
        forEachLimit(of: .link, counting: linkMeetings, in: dayZone, body)
        forEachLimit(of: .team, counting: teamMeetings, in: dayZone, body)
        if party > rules.capacity { body(.always, Cause(.full, .seats)) }
        for session in sessions {
            body(Span(start: session.start, end: session.start.adding(seconds: 1)),
                 Cause(.full, .session(session.start)))
        }
        forEachObstacleOfBooker(within: starts, body)
    }

    /// Hands over what closes starts for this attendee, also where a session could be joined.
    func forEachObstacleOfBooker(within starts: Span, _ body: (Span, Cause) -> Void) {
        forEachLimit(of: .attendee, counting: attendeeMeetings, in: dayZone, body)
        guard let weekly = rules.bookerHours, weekly.count == 7 else { return }
        let hours = Availability(zone: bookerZone ?? rules.zone, weekly: weekly)
        let cause = Cause(.outsideBookerHours, .bookerHours)
        for span in closedStarts(outside: hours, within: starts) { body(span, cause) }
    }

    /// The starts from which a slot would not lie wholly within some hours.
    func closedStarts(outside hours: Availability, within starts: Span) -> [Span] {
        guard starts.start < starts.end else { return [] }
        let first = LocalTime(secondsSince1970: starts.start.seconds).date.adding(days: -4)
        let last = LocalTime(secondsSince1970: starts.end.seconds).date.adding(days: 3 + rules.durationMinutes / 1_440)
        let length = Int64(rules.durationMinutes) * 60
        return hours.openTime(from: first, through: last)
            .map { Span(start: $0.start, end: $0.end.adding(seconds: 1 - length)) }
            .filter { $0.start < $0.end }
            .complement(in: starts)
    }

    /// Hands over the starts closed by the limits of a scope.
    func forEachLimit(
        of scope: LimitScope, counting meetings: [Meeting], in zone: Zone, _ body: (Span, Cause) -> Void
    ) {
        for (place, limit) in rules.limits.enumerated() where limit.scope == scope {
            limit.forEachClosedPeriod(
                counting: meetings, adding: rules.durationMinutes, in: zone, weekStart: rules.weekStart, now: now
            ) { body($0, Cause(limit.scope.reason, .limit(place))) }
        }
    }

    /// The starts at which none of the resources of a need is free.
    func closedStarts(of need: ResourceNeed, _ reach: Reach, within starts: Span) -> [Span] {
        var closed = [starts]
        for resource in need.resources {
            var own = Joiner()
            forEachObstacle(of: resource, reach, within: starts) { span, _ in own.add(span) }
            closed = closed.intersection(own.joined())
        }
        return closed
    }

    /// Hands over the starts at which a resource cannot be had, with the cause.
    func forEachObstacle(of resource: Resource, _ reach: Reach, within starts: Span, _ body: (Span, Cause) -> Void) {
        if party > resource.seats { body(.always, Cause(.full, .seats)) }
        if let hours = resource.hours {
            for span in closedStarts(outside: hours, within: starts) { body(span, Cause(.busyResource, .hours)) }
        }
        for (place, busy) in resource.busy.enumerated() {
            body(reach.starts(closedBy: busy), Cause(.busyResource, .busy(place)))
        }
    }
}
