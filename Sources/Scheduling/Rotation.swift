/// Which host of a rotation gets a booking, and why: priority first, then the strategy.

/// The hosts who share the bookings of a link, and how they share them.
///
/// Pure: who was assigned what is given, who is chosen comes out, with the numbers it was judged by, so that an
/// assignment can be explained later and a whole period replayed under other weights.
package struct Rotation: Hashable, Sendable {
    /// How hosts of one priority share the bookings.
    package enum Strategy: String, CaseIterable, Sendable {
        /// Whoever has waited longest; nobody is spared, so most times can be offered.
        case maximizeAvailability = "maximize_availability"
        /// Whoever is furthest behind their share.
        case equalDistribution = "equal_distribution"
    }

    /// A host of the rotation, and since when they share in it.
    package struct Member: Hashable, Sendable {
        package let host: String
        /// Higher ones are asked first.
        package var priority: Int
        /// The share relative to the others', 0–1000.
        package var weight: Int
        /// What was booked before then is none of theirs.
        package var joined: Instant
        /// Times at which nothing could be assigned to them: leave, illness, time off the rotation.
        package var away: [Span]

        package init(host: String, priority: Int = 2, weight: Int = 100, joined: Instant, away: [Span] = []) {
            self.host = host
            self.priority = priority
            self.weight = weight
            self.joined = joined
            self.away = away
        }

        func isThere(_ at: Instant) -> Bool {
            joined <= at && !away.contains { $0.contains(at) }
        }
    }

    /// A booking that a host of the rotation was given.
    package struct Assignment: Hashable, Sendable {
        package let host: String
        package let at: Instant
        /// Whether it counts: confirmed or pending, and not credited back after a no-show or a cancellation.
        package let counts: Bool
        /// Tells which of several in one second came later.
        package let number: Int

        package init(host: String, at: Instant, counts: Bool = true, number: Int = 0) {
            self.host = host
            self.at = at
            self.counts = counts
            self.number = number
        }
    }

    package var strategy: Strategy
    /// In the order of their positions.
    package var members: [Member]
    /// Hosts so many bookings ahead of their share are not offered; only with ``Strategy/equalDistribution``.
    package var maximumLead: Int?

    package init(strategy: Strategy, members: [Member], maximumLead: Int? = nil) {
        self.strategy = strategy
        self.members = members
        self.maximumLead = maximumLead
    }
}

extension Rotation {
    /// How a host stands before a booking is assigned. Parts of bookings are in millionths: whole numbers, so that
    /// equal hosts are equal on every machine.
    package struct Standing: Hashable, Sendable {
        package static let whole: Int64 = 1_000_000

        package let host: String
        package let priority: Int
        package let weight: Int
        /// Bookings that count.
        package var counted = 0
        /// What is added to `counted` for the time they were not there, so that they do not catch up in a flood: of
        /// each booking made meanwhile, what their weight is to the weights of those who shared it. In millionths.
        package var calibration: Int64 = 0
        /// (All counted + all calibration) × weight share − (own counted + own calibration), in millionths; negative
        /// for a host who is ahead.
        package var shortfall: Int64 = 0
        /// When they were last assigned a booking, whatever became of it.
        package var last: Instant?
        /// The number of that assignment, for those of one second.
        package var lastNumber = 0

        fileprivate mutating func note(_ assignment: Assignment) {
            if let before = last, (before, lastNumber) > (assignment.at, assignment.number) { return }
            (last, lastNumber) = (assignment.at, assignment.number)
        }

        package init(host: String, priority: Int, weight: Int) {
            self.host = host
            self.priority = priority
            self.weight = weight
        }
    }

    /// How the members stand after these assignments, in the order of their positions.
    /// - Parameter assignments: those of the period that counts, in any order; of hosts who have left, too.
    package func standings(after assignments: [Assignment]) -> [Standing] {
        let none = members.map { Standing(host: $0.host, priority: $0.priority, weight: $0.weight) }
        return assignments.reduce(none) { after($1, $0) }
    }

    /// The same one assignment later.
    ///
    /// A host's shortfall is what they were entitled to, less what they had: of each booking that counts, all who were
    /// there are entitled to their part. That is the formula of ``Standing/shortfall`` in another order, for what an
    /// absent host gains by a larger total, their calibration takes.
    package func after(_ assignment: Assignment, _ standings: [Standing]) -> [Standing] {
        var standings = standings
        let there = members.map { $0.isThere(assignment.at) }
        let weight = zip(members, there).reduce(into: Int64(0)) { $0 += $1.1 ? Int64($1.0.weight) : 0 }
        for place in standings.indices {
            let isTheirs = members[place].host == assignment.host
            if isTheirs { standings[place].note(assignment) }
            guard assignment.counts else { continue }
            if isTheirs {
                standings[place].counted += 1
                standings[place].shortfall -= Standing.whole
            }
            guard weight > 0 else { continue }
            let part = Int64(members[place].weight) * Standing.whole / weight
            if there[place] { standings[place].shortfall += part } else { standings[place].calibration += part }
        }
        return standings
    }

    /// Whether a host is so far ahead that they are not offered until the others have caught up.
    package func isTooFarAhead(_ standing: Standing) -> Bool {
        guard strategy == .equalDistribution, let lead = maximumLead else { return false }
        return -standing.shortfall >= Int64(lead) * Standing.whole
    }
}

extension Rotation {
    /// What decided between the hosts who could take the booking.
    package enum Ground: String, CaseIterable, Sendable {
        /// A routing rule, the attendee's owner or a single-use link named the host.
        case pinned
        /// The attendee chose the host.
        case chosen
        /// The host answered a call before anybody else did.
        case accepted
        /// A move keeps the host.
        case kept
        /// Nobody else was free.
        case onlyOne = "only_one"
        case priority
        case shortfall
        case leastRecent = "least_recent"
        case position
    }

    /// Who gets the booking, with all it was decided by.
    package struct Choice: Hashable, Sendable {
        package let host: String
        package let ground: Ground
        /// What all members were judged by, in the order of their positions.
        package let standings: [Standing]
        /// Who could have taken it.
        package let eligible: [String]
    }

    /// The host who gets the booking, or nil when nobody may take it.
    /// - Parameters:
    ///   - free: who is active, there, free and under their limits.
    ///   - preferred: who shall have it if free, and why: one of the first four grounds. They may be ahead.
    package func choose(
        among free: Set<String>, preferred: (host: String, ground: Ground)? = nil, standings: [Standing]
    ) -> Choice? {
        let open = standings.filter { free.contains($0.host) && !isTooFarAhead($0) }
        let eligible = open.map(\.host)
        if let preferred, free.contains(preferred.host), members.contains(where: { $0.host == preferred.host }) {
            return Choice(host: preferred.host, ground: preferred.ground, standings: standings, eligible: eligible)
        }
        var (left, ground) = (open, open.count == 1 ? Ground.onlyOne : Ground.position)
        for (reason, isBetter) in orders where left.count > 1 {
            let best = left.dropFirst().reduce(left[0]) { best, next in isBetter(next, best) ? next : best }
            let kept = left.filter { !isBetter(best, $0) }
            if kept.count < left.count { ground = reason }
            left = kept
        }
        return left.first.map {
            Choice(host: $0.host, ground: ground, standings: standings, eligible: eligible)
        }
    }

    /// The criteria in their order; what they leave equal the position decides.
    private var orders: [(Ground, (Standing, Standing) -> Bool)] {
        let recency: (Standing, Standing) -> Bool = { a, b in
            guard let other = b.last else { return false }
            return a.last.map { ($0, a.lastNumber) < (other, b.lastNumber) } ?? true
        }
        var orders: [(Ground, (Standing, Standing) -> Bool)] = [(.priority, { $0.priority > $1.priority })]
        if strategy == .equalDistribution { orders.append((.shortfall, { $0.shortfall > $1.shortfall })) }
        return orders + [(.leastRecent, recency)]
    }
}
