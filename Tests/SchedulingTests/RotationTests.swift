/// That a rotation is fair by its own measure, over ten thousand bookings, and says what decided.
import Testing

@testable import Scheduling

@Suite("A rotation")
struct RotationTests {
    private static let start = Instant(1_893_931_200)

    private func rotation(
        _ weights: [Int], _ strategy: Rotation.Strategy = .equalDistribution, lead: Int? = nil
    ) -> Rotation {
        Rotation(
            strategy: strategy,
            members: weights.enumerated().map { .init(host: "h\($0)", weight: $1, joined: Self.start) },
            maximumLead: lead)
    }

    private func given(_ counts: [Int]) -> [Rotation.Assignment] {
        counts.enumerated().flatMap { host, count in
            (0..<count).map { .init(host: "h\(host)", at: Self.start.adding(hours: $0 * 10 + host)) }
        }
    }

    private func chosen(_ rotation: Rotation, _ assignments: [Rotation.Assignment], free: Set<String>) -> String? {
        rotation.choose(among: free, standings: rotation.standings(after: assignments))?.host
    }

    @Test("gives the next booking to whoever is furthest behind their share")
    func shortfall() throws {
        let rotation = rotation([100, 50, 50])
        let standings = rotation.standings(after: given([4, 2, 1]))
        #expect(standings.map(\.shortfall) == [-500_000, -250_000, 750_000])
        #expect(standings.map(\.counted) == [4, 2, 1])
        let choice = try #require(rotation.choose(among: ["h0", "h1", "h2"], standings: standings))
        #expect(choice.host == "h2" && choice.ground == .shortfall && choice.eligible == ["h0", "h1", "h2"])
        #expect(choice.standings == standings)
        #expect(chosen(rotation, given([4, 2, 1]), free: ["h0", "h1"]) == "h1")
        #expect(rotation.choose(among: [], standings: standings) == nil)
        #expect(rotation.choose(among: ["stranger"], standings: standings) == nil)
    }

    @Test("asks the highest priority first, and lets the longest wait and then the position decide")
    func order() throws {
        var rotation = rotation([100, 100, 100], .maximizeAvailability)
        let all: Set = ["h0", "h1", "h2"]
        let none = rotation.standings(after: [])
        #expect(rotation.choose(among: all, standings: none)?.host == "h0")
        #expect(rotation.choose(among: all, standings: none)?.ground == .position)
        let some = rotation.standings(after: given([1, 2, 1]))
        #expect(rotation.choose(among: all, standings: some)?.host == "h0")
        #expect(rotation.choose(among: all, standings: some)?.ground == .leastRecent)
        #expect(rotation.choose(among: ["h1"], standings: some)?.ground == .onlyOne)
        rotation.members[1].priority = 3
        let ranked = rotation.standings(after: given([1, 2, 1]))
        #expect(rotation.choose(among: all, standings: ranked)?.host == "h1")
        #expect(rotation.choose(among: all, standings: ranked)?.ground == .priority)
        #expect(rotation.choose(among: ["h0", "h2"], standings: ranked)?.host == "h0")
    }

    @Test("knows of several bookings in one second which came later, in whatever order they are given")
    func oneSecond() {
        let rotation = rotation([100, 100], .maximizeAvailability)
        let made = [("h0", 1), ("h1", 2), ("h0", 3)].map {
            Rotation.Assignment(host: $0.0, at: Self.start, number: $0.1)
        }
        for order in [made, made.reversed()] {
            let standings = rotation.standings(after: order)
            #expect(standings.map(\.lastNumber) == [3, 2])
            #expect(rotation.choose(among: ["h0", "h1"], standings: standings)?.host == "h1")
        }
    }

    @Test("lets a pinned host go before all others, though ahead, but never one who is not free or not of it")
    func preferred() {
        let rotation = rotation([100, 100], lead: 1)
        let standings = rotation.standings(after: given([5, 0]))
        let pinned = rotation.choose(among: ["h0", "h1"], preferred: ("h0", .pinned), standings: standings)
        #expect(pinned?.host == "h0" && pinned?.ground == .pinned && pinned?.eligible == ["h1"])
        #expect(rotation.choose(among: ["h1"], preferred: ("h0", .kept), standings: standings)?.host == "h1")
        #expect(rotation.choose(among: ["h1", "x"], preferred: ("x", .pinned), standings: standings)?.host == "h1")
    }

    @Test("hides hosts who are too far ahead, and nobody when availability comes first")
    func lead() {
        let equal = rotation([100, 100], lead: 2)
        // Three of four: one ahead of the share of two.
        #expect(chosen(equal, given([3, 1]), free: ["h0"]) == "h0")
        #expect(chosen(equal, given([4, 0]), free: ["h0"]) == nil)
        #expect(chosen(rotation([100, 100], .maximizeAvailability, lead: 2), given([4, 0]), free: ["h0"]) == "h0")
    }

    @Test("neither floods nor forgets a host who was away or joined later")
    func calibration() {
        var rotation = rotation([100, 100, 50])
        let day: (Int) -> Instant = { Self.start.adding(hours: 24 * $0) }
        rotation.members[1].away = [.init(start: day(10), end: day(20))]
        rotation.members[2].joined = day(30)
        // One booking a day; the one who is there alone gets all of them.
        let before = (0..<10).map { Rotation.Assignment(host: "h\($0 % 2)", at: day($0)) }
        let meanwhile = (10..<20).map { Rotation.Assignment(host: "h0", at: day($0)) }
        let standings = rotation.standings(after: before + meanwhile)
        #expect(standings.map(\.shortfall) == [0, 0, 0])
        // Of each of the ten, all that one host who shares it is worth; of the twenty, the half of a half or all.
        let ofThird: Int64 = 2_500_000 + 5_000_000
        #expect(standings.map(\.calibration) == [0, 10_000_000, ofThird])
        #expect(standings.map(\.counted) == [15, 5, 0])
    }

    @Test("counts nothing that was credited back, but remembers whose turn it was")
    func credits() {
        let rotation = rotation([100, 100])
        let noShows = (0..<3).map { Rotation.Assignment(host: "h0", at: Self.start.adding(hours: $0), counts: false) }
        let standings = rotation.standings(after: noShows)
        #expect(standings.map(\.counted) == [0, 0] && standings.map(\.shortfall) == [0, 0])
        #expect(standings[0].last == Self.start.adding(hours: 2))
        #expect(chosen(rotation, noShows, free: ["h0", "h1"]) == "h1")
    }

    @Test("shares 10,000 bookings of hosts who are always free to within one of their weighted share")
    func fairness() {
        var dice = Seeded(seed())
        var rotation = rotation((0..<7).map { _ in dice.number(20...200) })
        var assignments: [Rotation.Assignment] = []
        let free = Set(rotation.members.map(\.host))
        var standings = rotation.standings(after: [])
        for number in 0..<10_000 {
            let at = Self.start.adding(minutes: number)
            guard let host = rotation.choose(among: free, standings: standings)?.host else { break }
            assignments.append(.init(host: host, at: at))
            standings = rotation.after(assignments[number], standings)
        }
        #expect(assignments.count == 10_000)
        // The running sum is the one of all at once.
        #expect(rotation.standings(after: assignments) == standings)
        let weights = rotation.members.map(\.weight).reduce(0, +)
        for (member, standing) in zip(rotation.members, standings) {
            let share = Double(10_000 * member.weight) / Double(weights)
            #expect(abs(Double(standing.counted) - share) <= 1, "\(member.host): \(standing.counted) of \(share)")
        }
        // Under other weights the same bookings are not fair.
        rotation.members[0].weight *= 2
        #expect(rotation.standings(after: assignments)[0].shortfall > 100 * Rotation.Standing.whole)
    }

    @Test("keeps within two of what each was entitled to, with leave, joins, cancellations and busy hours")
    func fairnessOfLife() {
        var dice = Seeded(seed())
        var rotation = rotation((0..<8).map { _ in dice.number(50...150) })
        let length = 10_000
        for place in rotation.members.indices {
            if place > 5 { rotation.members[place].joined = Self.start.adding(minutes: dice.number(0...length / 2)) }
            let from = dice.number(0...length - 1_000)
            rotation.members[place].away = [.init(
                start: Self.start.adding(minutes: from), end: Self.start.adding(minutes: from + dice.number(10...900)))]
        }
        var assignments: [Rotation.Assignment] = []
        var standings = rotation.standings(after: [])
        for number in 0..<length {
            let at = Self.start.adding(minutes: number)
            var free = Set(rotation.members.filter { $0.isThere(at) }.map(\.host))
            // Now and then one of them has something else to do.
            if dice.chance(20), free.count > 2 { free.remove(dice.pick(free.sorted())) }
            guard let host = rotation.choose(among: free, standings: standings)?.host else { continue }
            let made = Rotation.Assignment(host: host, at: at, counts: !dice.chance(10))
            assignments.append(made)
            standings = rotation.after(made, standings)
        }
        #expect(assignments.count > 9_900)
        // What hindsight gives: of every booking that counted, each who was there their part.
        for (place, member) in rotation.members.enumerated() {
            let entitled = assignments.filter { $0.counts && member.isThere($0.at) }.reduce(0.0) { sum, assignment in
                let there = rotation.members.filter { $0.isThere(assignment.at) }.map(\.weight).reduce(0, +)
                return sum + Double(member.weight) / Double(there)
            }
            let counted = Double(standings[place].counted)
            #expect(abs(counted - entitled) <= 2, "\(member.host): \(counted) of \(entitled)")
        }
    }
}
