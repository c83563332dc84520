/// Multi-host links: the hosts who always attend, together with so many of each pool as it takes.

/// The rule is that of a collective link for every choice of hosts: their open time is intersected first, then one
/// grid is laid. A grid depends on the beginning of open time alone, and the common open time begins with whoever comes
/// last. So a start can be had if it is on the grid of somebody, and enough of each pool are there who do not come
/// later.
struct Pooling {
    /// A host of a pool, with those who always attend.
    private struct Member {
        /// Where in the question's hosts.
        var host: Int
        var pool: String
        var crew: Crew
    }

    /// A member who is open and free for a slot.
    private struct Presence {
        var member: Int
        var opens: Instant
    }

    private let search: Search
    fileprivate let fixed: [Int]
    /// Those who always attend; nil where there are none.
    private let attending: Crew?
    private let members: [Member]

    /// - Parameter ignoringObstacles: whether only hours and grid are looked at.
    init(_ search: Search, ignoringObstacles: Bool = false) {
        self.search = search
        let crew = { (hosts: [Host]) in
            ignoringObstacles ? Crew(search, openTimeOf: hosts) : Crew(search, hosts)
        }
        let question = search.question
        let fixed = question.hosts.indices.filter { question.hosts[$0].pool == nil }
        let ids = Set(question.rules.pools.map(\.id))
        let attending = fixed.isEmpty ? nil : crew(fixed.map { question.hosts[$0] })
        members = question.hosts.indices.compactMap { place in
            guard let pool = question.hosts[place].pool, ids.contains(pool) else { return nil }
            let alone = crew([question.hosts[place]])
            return Member(host: place, pool: pool, crew: attending.map { $0.together(with: alone) } ?? alone)
        }
        (self.fixed, self.attending) = (fixed, attending)
    }

    /// All slots.
    func slots() -> [Slot] {
        var starts: Set<Instant> = []
        for crew in crews {
            crew.forEachRow { first, count in
                for number in 0..<count { starts.insert(first.adding(seconds: Int64(number) * search.grid.step)) }
            }
        }
        let (length, seats) = (search.grid.duration, search.question.seatsLeft)
        return starts.sorted().compactMap { start in
            let eligible = hosts(at: start).count
            guard eligible > 0 else { return nil }
            return Slot(start: start, end: start.adding(seconds: length), eligible: eligible, seatsLeft: seats)
        }
    }

    /// Those whose grids are looked at: where no pool is to be filled, the fixed hosts alone.
    private var crews: [Crew] {
        search.question.rules.pools.isEmpty ? [attending].compactMap { $0 } : members.map(\.crew)
    }

    /// Where the hosts who can attend a slot stand in the question: the fixed ones and whoever can be taken from a
    /// pool. None where no choice of hosts can take it.
    func hosts(at start: Instant) -> [Int] {
        guard !search.question.rules.pools.isEmpty else {
            return attending?.isStart(start) == true ? fixed : []
        }
        let present = members.indices.compactMap { place in
            members[place].crew.opening(at: start).map { Presence(member: place, opens: $0.start) }
        }
        guard let enough = fullSince(present) else { return [] }
        let last = present.filter { $0.opens >= enough && members[$0.member].crew.isStart(start) }
        guard !last.isEmpty else { return [] }
        return (fixed + taken(of: present, beside: last)).sorted()
    }

    /// Since when enough of each pool are there; nil if they never are.
    private func fullSince(_ present: [Presence]) -> Instant? {
        var since = Span.always.start
        for pool in search.question.rules.pools {
            let opens = present.filter { members[$0.member].pool == pool.id }.map(\.opens).sorted()
            let take = max(pool.take, 1)
            guard opens.count >= take else { return nil }
            since = max(since, opens[take - 1])
        }
        return since
    }

    /// Whoever is taken by some choice: one who comes last, or does not come later than another who does, unless that
    /// other one already fills the pool of both.
    private func taken(of present: [Presence], beside last: [Presence]) -> [Int] {
        let single = Set(search.question.rules.pools.filter { $0.take <= 1 }.map(\.id))
        let latest = Dictionary(last.map { (members[$0.member].pool, $0.opens) }, uniquingKeysWith: max)
        let isLast = Set(last.map(\.member))
        return present.filter { one in
            let pool = members[one.member].pool
            return isLast.contains(one.member)
                || latest.contains { one.opens <= $0.value && ($0.key != pool || !single.contains(pool)) }
        }.map { members[$0.member].host }
    }
}

/// Who can be taken for one start of a multi-host link, one after the other: whoever takes them asks after each who can
/// be next, so that the pools can still be filled and the start stays on the common grid.
package struct PoolChoices: Sendable {
    fileprivate struct Candidate: Sendable {
        var host: String
        var pool: String
        /// Since when they and those who always attend are open together.
        var opens: Instant
        /// Whether the grid has the start where they come last.
        var mayBeLast: Bool
    }

    /// The ids of those who always attend.
    package let fixed: [String]
    fileprivate let pools: [Pool]
    fileprivate let candidates: [Candidate]

    /// The ids of those who can be taken from a pool beside those who are taken, in the order of the question; none
    /// once it is full.
    package func next(of pool: String, beside taken: Set<String>) -> [String] {
        candidates.filter { candidate in
            candidate.pool == pool && !taken.contains(candidate.host)
                && canBeFilled(beside: taken.union([candidate.host]))
        }.map(\.host)
    }

    /// Whether some choice of hosts holds all of these.
    private func canBeFilled(beside taken: Set<String>) -> Bool {
        let chosen = candidates.filter { taken.contains($0.host) }
        let earliest = chosen.map(\.opens).max() ?? Span.always.start
        return Set(candidates.filter(\.mayBeLast).map(\.opens)).contains { last in
            guard last >= earliest else { return false }
            let present = candidates.filter { $0.opens <= last }
            var hasRoom: Set<String> = []
            for pool in pools {
                let (all, own) = (present.count { $0.pool == pool.id }, chosen.count { $0.pool == pool.id })
                let take = max(pool.take, 1)
                guard all >= take, own <= take else { return false }
                if own < take { hasRoom.insert(pool.id) }
            }
            // Somebody must be there who comes just then.
            return present.contains { one in
                one.opens == last && (taken.contains(one.host) || hasRoom.contains(one.pool))
            }
        }
    }
}

extension SlotQuestion {
    /// Who can be taken for a slot that ``refusal(at:)`` lets pass; nil for links without pools.
    package func poolChoices(at start: Instant) -> PoolChoices? {
        guard rules.mode == .pooled else { return nil }
        let length = Int64(rules.durationMinutes) * 60
        return Pooling(Search(self, Span(start: start, end: start.adding(seconds: length)))).choices(at: start)
    }
}

extension Pooling {
    fileprivate func choices(at start: Instant) -> PoolChoices {
        let hosts = search.question.hosts
        return PoolChoices(
            fixed: fixed.map { hosts[$0].id }, pools: search.question.rules.pools,
            candidates: members.compactMap { member in
                member.crew.opening(at: start).map { opening in
                    PoolChoices.Candidate(
                        host: hosts[member.host].id, pool: member.pool, opens: opening.start,
                        mayBeLast: member.crew.isStart(start))
                }
            })
    }
}
