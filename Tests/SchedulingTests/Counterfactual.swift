/// A question without some of the causes that close a slot, to see whether they are the causes.

@testable import Scheduling

/// One cause with whom it is named for.
struct NamedCause: Hashable {
    enum Bearer: Hashable { case all, host(Int), resource(need: Int, number: Int) }

    var bearer: Bearer
    var cause: Cause

    /// Whether taking this cause away would take the other one away too: rules of the link are one for all hosts, and
    /// hours are taken away together with the grid.
    func isGone(onlyWith other: NamedCause) -> Bool {
        switch other.cause.origin {
        case .notice, .window, .range, .limit, .session, .bookerHours: cause.origin == other.cause.origin
        case .grid: cause.origin == .grid || cause.origin == .hours
        default: false
        }
    }
}

extension Explanation {
    /// Every cause, except that a pool or a need is closed: that follows from others.
    var namedCauses: [NamedCause] {
        var named: [NamedCause] = []
        for cause in forAll {
            switch cause.origin {
            case .pool, .need: continue
            default: named.append(NamedCause(bearer: .all, cause: cause))
            }
        }
        for (place, host) in hosts.enumerated() {
            named += host.causes.map { NamedCause(bearer: .host(place), cause: $0) }
        }
        var numbers: [String: Int] = [:]
        var needs: [String] = []
        for resource in resources {
            if !needs.contains(resource.need) { needs.append(resource.need) }
            let need = needs.firstIndex(of: resource.need) ?? 0
            let number = numbers[resource.need, default: 0]
            numbers[resource.need] = number + 1
            named += resource.causes.map {
                NamedCause(bearer: .resource(need: need, number: number), cause: $0)
            }
        }
        return named
    }
}

extension SlotQuestion {
    /// This question with those causes gone and everything else as it is.
    func without(_ causes: some Sequence<NamedCause>, at start: Instant) -> SlotQuestion {
        var changed = self
        var busyRows: [NamedCause.Bearer: Set<Int>] = [:]
        for named in causes {
            switch named.cause.origin {
            case .notice: changed.rules.notice = .minutes(-50_000_000)
            case .window: changed.rules.window = .unlimited
            case .range:
                changed.from = min(changed.from, start)
                changed.to = max(changed.to, start.adding(minutes: rules.durationMinutes))
            case .grid: changed.openEveryMinute(nil)
            case .hours: changed.removeHours(named.bearer)
            case .host: changed.removeBars(named)
            case .busy(let place): busyRows[named.bearer, default: []].insert(place)
            case .limit(let place): changed.rules.limits[place] = Limit(rules.limits[place].scope, per: .day)
            case .session(let begin): changed.removeSession(begin, at: start)
            case .seats: changed.removeSeats(named.bearer)
            case .bookerHours: changed.rules.bookerHours = nil
            case .slot: changed.rules.firstOfDay = false
            case .pool, .need: break
            }
        }
        for (bearer, rows) in busyRows { changed.removeBusy(rows, of: bearer) }
        return changed
    }

    private mutating func openEveryMinute(_ host: Int?) {
        (rules.stepMinutes, rules.offsetMinutes, rules.alignMinutes) = (1, 0, 0)
        guard let host else { return }
        hosts[host].availability = daily(hosts[host].availability.zone, (0, 1_440))
    }

    private mutating func removeHours(_ bearer: NamedCause.Bearer) {
        switch bearer {
        case .host(let place): openEveryMinute(place)
        case .resource(let need, let number): resources[need].resources[number].hours = nil
        case .all: break
        }
    }

    private mutating func removeBars(_ named: NamedCause) {
        guard case .host(let place) = named.bearer else { return }
        hosts[place].barred.removeAll { $0 == named.cause.reason }
    }

    /// A session at that very start becomes one that can be joined; another one goes.
    private mutating func removeSession(_ begin: Instant, at start: Instant) {
        guard begin == start else { return sessions.removeAll { $0.start == begin } }
        for place in sessions.indices where sessions[place].start == begin {
            sessions[place].capacity += 1_000
            sessions[place].end = begin.adding(minutes: rules.durationMinutes)
        }
    }

    private mutating func removeSeats(_ bearer: NamedCause.Bearer) {
        switch bearer {
        case .resource(let need, let number): resources[need].resources[number].seats = .max
        default: rules.capacity = max(rules.capacity, party)
        }
    }

    private mutating func removeBusy(_ rows: Set<Int>, of bearer: NamedCause.Bearer) {
        let keep = { (busy: [Busy]) in busy.indices.filter { !rows.contains($0) }.map { busy[$0] } }
        switch bearer {
        case .host(let place): hosts[place].busy = keep(hosts[place].busy)
        case .resource(let need, let number):
            resources[need].resources[number].busy = keep(resources[need].resources[number].busy)
        case .all: break
        }
    }
}
