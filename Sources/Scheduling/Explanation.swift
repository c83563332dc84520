/// Everything that stands in the way of a slot, host by host.

/// One thing that alone keeps a slot from being had.
package struct Cause: Hashable, Sendable {
    package var reason: Reason
    package var origin: Origin

    /// What must change for the cause to be gone.
    package enum Origin: Hashable, Sendable {
        /// The link's notice.
        case notice
        /// The link's booking window.
        case window
        /// The range of the question.
        case range
        /// The host's working hours, trips and days off.
        case hours
        /// The link's grid.
        case grid
        /// What the host is barred by.
        case host
        /// A row of the host's or resource's busy time, by its place.
        case busy(Int)
        /// A limit of the rules, by its place.
        case limit(Int)
        /// The session that starts there.
        case session(Instant)
        /// More seats are asked for than there are.
        case seats
        /// The hours by the booker's clock.
        case bookerHours
        /// Another slot of that date, since only the first is offered.
        case slot(Instant)
        /// A pool with too few hosts.
        case pool(String)
        /// A need none of whose resources can be had.
        case need(String)
    }

    init(_ reason: Reason, _ origin: Origin) {
        self.reason = reason
        self.origin = origin
    }
}

/// Why a slot can or cannot start at an instant.
///
/// Each cause is enough to close the slot for whom it is named: with all causes of a host and all of ``forAll`` gone
/// the host can take it, and while one is left they cannot.
package struct Explanation: Hashable, Sendable {
    /// A host and what keeps them from the slot: nothing if they are free.
    package struct OfHost: Hashable, Sendable {
        package var id: String
        package var causes: [Cause]
    }

    /// A resource of a need and what keeps it from the slot.
    package struct OfResource: Hashable, Sendable {
        package var need: String
        package var id: String
        package var causes: [Cause]
    }

    package var start: Instant
    /// In the order of the question.
    package var hosts: [OfHost]
    /// Those of all needs, also of those that are not required.
    package var resources: [OfResource]
    /// What closes the slot whoever comes; a pool or a need is named here when its hosts or resources do not suffice.
    package var forAll: [Cause]
    /// The ids of the hosts who could take it.
    package var eligible: [String]
    /// The reason told to whoever asked for this slot; nil if it can be had.
    package var reason: Reason?
}

extension SlotQuestion {
    /// Everything that stands in the way of a slot that starts there.
    package func explanation(at start: Instant) -> Explanation {
        if let session = sessions.first(where: { $0.start == start }) { return explanation(of: session) }
        let length = Int64(rules.durationMinutes) * 60
        let search = Search(self, Span(start: start, end: start.adding(seconds: length)))
        let each = hosts.map { Explanation.OfHost(id: $0.id, causes: search.causes(of: $0, at: start)) }
        let resources = search.resources(at: start)
        var forAll = rangeCauses(start, start.adding(seconds: length))
        if hosts.isEmpty { forAll.append(Cause(.hostInactive, .host)) }
        forEachObstacleForAll(within: search.starts) { if $0.contains(start) { forAll.append($1) } }
        for need in self.resources where need.isRequired {
            let isMet = resources.contains { $0.need == need.id && $0.causes.isEmpty }
            if !isMet { forAll.append(Cause(.busyResource, .need(need.id))) }
        }
        var eligible = eligible(search, each, at: start, &forAll)
        if forAll.isEmpty, !eligible.isEmpty { forAll += pickingCauses(at: start, lasting: length) }
        if !forAll.isEmpty { eligible = [] }
        return Explanation(
            start: start, hosts: each, resources: resources, forAll: forAll, eligible: eligible,
            reason: eligible.isEmpty ? reason(each, forAll) : nil)
    }

    /// A session decides its start by itself.
    private func explanation(of session: SeatSession) -> Explanation {
        var forAll = rangeCauses(session.start, session.end) + joiningCauses(session)
        let start = Span(start: session.start, end: session.start.adding(seconds: 1))
        forEachObstacleOfBooker(within: start) { if $0.contains(session.start) { forAll.append($1) } }
        let length = session.end - session.start
        if forAll.isEmpty, picksDays { forAll += pickingCauses(at: session.start, lasting: length) }
        return Explanation(
            start: session.start, hosts: session.hosts.map { Explanation.OfHost(id: $0, causes: []) }, resources: [],
            forAll: forAll, eligible: forAll.isEmpty ? session.hosts : [], reason: forAll.first?.reason)
    }

    /// Why a session cannot be joined by anybody, range and picking of days left out.
    func joiningCauses(_ session: SeatSession) -> [Cause] {
        var causes: [Cause] = []
        let length = Int64(rules.durationMinutes) * 60
        if session.end - session.start != length || session.seatsLeft < party {
            causes.append(Cause(.full, .session(session.start)))
        }
        for host in hosts where session.hosts.contains(host.id) {
            let bounds = rules.window.bounds(now: now, for: host.availability)
            let earliest = rules.notice.end(from: now, in: host.availability.zone)
            if session.start < earliest { causes.append(Cause(.tooSoon, .notice)) }
            if let from = bounds.from, session.start < from { causes.append(Cause(.tooSoon, .window)) }
            if let until = bounds.until, session.start >= until { causes.append(Cause(.tooFar, .window)) }
        }
        return causes.unique()
    }

    private func rangeCauses(_ start: Instant, _ end: Instant) -> [Cause] {
        if start < from { return [Cause(.tooSoon, .range)] }
        return end > to ? [Cause(.tooFar, .range)] : []
    }

    /// Who could take the slot as far as hosts decide. Appends what no single host is the cause of.
    private func eligible(
        _ search: Search, _ each: [Explanation.OfHost], at start: Instant, _ forAll: inout [Cause]
    ) -> [String] {
        switch rules.mode {
        case .oneOf: return each.filter(\.causes.isEmpty).map(\.id)
        case .single, .allOf:
            guard !each.isEmpty, each.allSatisfy({ $0.causes.isPlaced }) else { return [] }
            let isStart = search.isStart(start, of: hosts)
            if !isStart { forAll.append(Cause(.notOnGrid, .grid)) }
            return isStart && each.allSatisfy(\.causes.isEmpty) ? each.map(\.id) : []
        case .pooled: return eligibleOfPools(search, each, at: start, &forAll)
        }
    }

    private func eligibleOfPools(
        _ search: Search, _ each: [Explanation.OfHost], at start: Instant, _ forAll: inout [Cause]
    ) -> [String] {
        let ids = Set(rules.pools.map(\.id))
        let asked = hosts.indices.filter { place in hosts[place].pool.map(ids.contains) ?? true }
        guard !asked.isEmpty || !ids.isEmpty else {
            forAll.append(Cause(.hostInactive, .host))
            return []
        }
        let members = Dictionary(grouping: asked, by: { hosts[$0].pool })
        var isShort = false
        for pool in rules.pools {
            let free = (members[pool.id] ?? []).count { each[$0].causes.isEmpty }
            isShort = isShort || (members[pool.id] ?? []).count < max(pool.take, 1)
            if free < max(pool.take, 1) { forAll.append(Cause(.poolEmpty, .pool(pool.id))) }
        }
        // Whether the grid is to blame is judged as if everybody were free: it is if even then nobody's fits.
        let isPlaced = asked.allSatisfy { each[$0].causes.isPlaced }
        if isPlaced, !isShort, Pooling(search, ignoringObstacles: true).hosts(at: start).isEmpty {
            forAll.append(Cause(.notOnGrid, .grid))
        }
        guard forAll.isEmpty, (members[nil] ?? []).allSatisfy({ each[$0].causes.isEmpty }) else { return [] }
        let able = Pooling(search).hosts(at: start)
        // Those who are free have other grids than this start: the ones it would suit are missing.
        if able.isEmpty {
            for pool in rules.pools where (members[pool.id] ?? []).contains(where: { !each[$0].causes.isEmpty }) {
                forAll.append(Cause(.poolEmpty, .pool(pool.id)))
            }
        }
        return able.map { hosts[$0].id }
    }

    /// The one reason that is told: first the range, then what keeps the hosts, then what holds for all.
    private func reason(_ each: [Explanation.OfHost], _ forAll: [Cause]) -> Reason {
        if let range = forAll.first(where: { $0.origin == .range }) { return range.reason }
        let ofHosts: Reason?
        switch rules.mode {
        case .single, .allOf:
            ofHosts = (each.flatMap(\.causes) + forAll.filter { $0.origin == .grid }).first()
        case .oneOf:
            let reasons = each.map { $0.causes.first() }
            // The first of the nearest: later ones must be nearer to be told.
            ofHosts = reasons.contains(nil) ? nil : reasons.compactMap { $0 }.nearest()
        case .pooled:
            let attending = zip(hosts, each).filter { $0.0.pool == nil }.flatMap(\.1.causes).first()
            ofHosts = attending ?? unofferedReason(each)
        }
        return ofHosts ?? forAll.first() ?? .hostInactive
    }
}

extension SlotQuestion {
    /// At times at which nobody of the pools is offered at all, why not; else the missing pool is to be told.
    private func unofferedReason(_ each: [Explanation.OfHost]) -> Reason? {
        let reasons = each.map { $0.causes.first() }
        guard !reasons.isEmpty, reasons.allSatisfy({ $0 != nil && ($0?.rank ?? 9) <= Reason.outsideHours.rank }) else {
            return nil
        }
        return reasons.compactMap { $0 }.nearest()
    }
}

extension Search {
    /// All that keeps one host from a slot. Where several must come the grid is not theirs alone and left out.
    func causes(of host: Host, at start: Instant) -> [Cause] {
        var causes = placeCauses(of: host, at: start)
        let slotReach = reach
        forEachObstacle(of: host) { span, cause in
            guard span.contains(start) else { return }
            var cause = cause
            if case .busy(let place) = cause.origin, !slotReach.meets(host.busy[place], from: start) {
                cause.reason = .buffer
            }
            causes.append(cause)
        }
        return causes
    }

    private func placeCauses(of host: Host, at start: Instant) -> [Cause] {
        let open = openTime(of: host)
        guard let span = open.span(at: start) else {
            return [Cause(host.availability.closedReason(at: start), .hours)]
        }
        if span.end < start.adding(seconds: grid.duration) {
            let off = host.availability.dayOff(ending: span.end)
            return [Cause(off ?? (span.end - span.start < grid.duration ? .windowTooShort : .outsideHours), .hours)]
        }
        let isAlone = question.rules.mode == .oneOf
        return isAlone && !grid.contains(start, in: span) ? [Cause(.notOnGrid, .grid)] : []
    }

    /// Whether the common grid of hosts who are all open has that start.
    func isStart(_ start: Instant, of hosts: [Host]) -> Bool {
        openTime(of: hosts).span(at: start).map { grid.contains(start, in: $0) } ?? false
    }

    /// What keeps each resource from a slot.
    func resources(at start: Instant) -> [Explanation.OfResource] {
        question.resources.flatMap { need in
            need.resources.map { resource in
                var causes: [Cause] = []
                question.forEachObstacle(of: resource, reach, within: starts) {
                    if $0.contains(start) { causes.append($1) }
                }
                return Explanation.OfResource(need: need.id, id: resource.id, causes: causes.unique())
            }
        }
    }
}

extension [Cause] {
    /// Whether hours and grid let the host come.
    fileprivate var isPlaced: Bool { allSatisfy { $0.origin != .hours } }

    /// Without repetitions; the first of each stays.
    fileprivate func unique() -> [Cause] {
        var seen: Set<Cause> = []
        return filter { seen.insert($0).inserted }
    }

    /// The reason of the cause that is to be told first.
    fileprivate func first() -> Reason? {
        self.min { $0.reason.rank < $1.reason.rank }?.reason
    }
}

extension [Reason] {
    /// The first of those that are nearest to being free.
    fileprivate func nearest() -> Reason? {
        reduce(nil) { best, reason in
            guard let best else { return reason }
            return reason.nearness > best.nearness ? reason : best
        }
    }
}
