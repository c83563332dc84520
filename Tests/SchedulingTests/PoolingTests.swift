/// Multi-host links: fixed hosts and pools.

import Testing

@testable import Scheduling

@Suite struct PoolingTests {
    private let midnight = Instant(20_605 * 86_400)

    private func host(_ id: String, _ pool: String?, _ opens: Int, _ closes: Int, busy: (Int, Int)? = nil) -> Host {
        let taken = busy.map {
            [Busy(starts: midnight.adding(minutes: $0.0), ends: midnight.adding(minutes: $0.1), kind: .calendar)]
        }
        var host = Host(id: id, availability: daily(.utc, (opens, closes)), busy: taken ?? [])
        host.pool = pool
        return host
    }

    private func question(_ pools: [Pool], _ hosts: [Host], minutes: Int = 60) -> SlotQuestion {
        var rules = SlotRules(zone: .utc, mode: .pooled, durationMinutes: minutes)
        rules.pools = pools
        return SlotQuestion(rules: rules, hosts: hosts, now: midnight, from: midnight, to: midnight.adding(days: 1))
    }

    @Test("The fixed hosts always, and so many of each pool")
    func pools() {
        let hosts = [
            host("chair", nil, 540, 780), host("a", "x", 540, 720, busy: (600, 660)), host("b", "x", 600, 780),
            host("c", "y", 540, 780, busy: (720, 780)),
        ]
        let question = question([Pool(id: "x"), Pool(id: "y")], hosts)
        #expect(clocks(question.slots()) == ["09:00", "10:00", "11:00"])
        #expect(question.slots().map(\.eligible) == [3, 3, 4])
        #expect(question.eligibleHosts(at: midnight.adding(minutes: 600)) == ["chair", "b", "c"])
        var both = question
        both.rules.pools[0].take = 2
        #expect(clocks(both.slots()) == ["11:00"])
        #expect(both.refusal(at: midnight.adding(minutes: 600)) == .poolEmpty)
    }

    @Test("One pool of which one is taken is round-robin, fixed hosts alone are collective", arguments: [0, 20, 40])
    func special(opens: Int) {
        let hosts = [host("a", "x", 540, 720), host("b", "x", 540 + opens, 780, busy: (640, 650))]
        let pooled = question([Pool(id: "x")], hosts)
        var other = pooled
        other.rules.mode = .oneOf
        #expect(pooled.slots() == other.slots() && !pooled.slots().isEmpty)
        var fixed = pooled
        for place in fixed.hosts.indices { fixed.hosts[place].pool = nil }
        fixed.rules.pools = []
        other.rules.mode = .allOf
        #expect(fixed.slots() == other.slots() && !fixed.slots().isEmpty)
    }

    @Test("The grid begins with whoever comes last")
    func grid() {
        let hosts = [host("a", "x", 540, 780), host("b", "x", 550, 780), host("c", "x", 565, 780)]
        #expect(clocks(question([Pool(id: "x", take: 3)], hosts).slots()) == ["09:25", "10:25", "11:25"])
        let two = question([Pool(id: "x", take: 2)], hosts).slots()
        #expect(clocks(two) == ["09:10", "09:25", "10:10", "10:25", "11:10", "11:25"])
        #expect(two.map(\.eligible) == [2, 3, 2, 3, 2, 3])
    }

    /// What can be taken next, in turn, beside those who are taken.
    @Test("Who can be next leaves room for the others and keeps the start on the common grid", arguments: [
        // Both of the pool suit 9:00; whoever is taken fills it.
        Next("x1", at: 540, [("a", "x", 540), ("b", "x", 540)], "", "a b"),
        Next("x1", at: 540, [("a", "x", 540), ("b", "x", 540)], "a", ""),
        // 9:10 is on b's grid alone: a may come only with b.
        Next("x1", at: 550, [("a", "x", 540), ("b", "x", 550)], "", "b"),
        Next("x2", at: 550, [("a", "x", 540), ("b", "x", 550), ("c", "x", 540)], "", "a b c"),
        Next("x2", at: 550, [("a", "x", 540), ("b", "x", 550), ("c", "x", 540)], "a", "b"),
        Next("x2", at: 550, [("a", "x", 540), ("b", "x", 550), ("c", "x", 540)], "b", "a c"),
        // At 9:40, on a's grid of half hours no more: c of the other pool must come last.
        Next("x1 y1", at: 560, [("a", "x", 540), ("b", "x", 565), ("c", "y", 560), ("d", "y", 540)], "", "a"),
        Next("x1 y1", at: 560, [("a", "x", 540), ("b", "x", 565), ("c", "y", 560), ("d", "y", 540)], "c", "a"),
        // With d taken nobody is left who begins at 9:20.
        Next("x1 y1", at: 560, [("a", "x", 540), ("b", "x", 565), ("c", "y", 560), ("d", "y", 540)], "d", ""),
        // Too few for the second pool: nobody can be taken for the first.
        Next("x1 y2", at: 540, [("a", "x", 540), ("c", "y", 540)], "", ""),
    ])
    func next(_ row: Next) throws {
        let hosts = row.hosts.map { host($0.0, $0.1, $0.2, 780) }
        let pools = row.pools.split(separator: " ").map { Pool(id: String($0.prefix(1)), take: Int($0.suffix(1)) ?? 0) }
        let choices = try #require(question(pools, hosts).poolChoices(at: midnight.adding(minutes: row.at)))
        let taken = Set(row.taken.split(separator: " ").map(String.init))
        #expect(choices.next(of: "x", beside: taken) == row.next.split(separator: " ").map(String.init))
    }

    struct Next: Sendable {
        let pools: String
        let at: Int
        let hosts: [(String, String, Int)]
        let taken: String
        let next: String

        init(_ pools: String, at: Int, _ hosts: [(String, String, Int)], _ taken: String, _ next: String) {
            (self.pools, self.at, self.hosts, self.taken, self.next) = (pools, at, hosts, taken, next)
        }
    }

    @Test("Whoever is eligible can be taken by some choice, and each choice that is completed has the start",
          arguments: 0..<60)
    func complete(seed: Int) throws {
        var number = UInt64(seed) &* 2_654_435_761 &+ 17
        let chance = { (range: Int) -> Int in
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((number >> 33) % UInt64(range))
        }
        let hosts = (0..<6).map { place in
            host("h\(place)", [nil, "x", "x", "y", "x", "y"][place], 540 + 5 * chance(5), 780,
                 busy: chance(3) == 0 ? (600, 630) : nil)
        }
        let question = question([Pool(id: "x", take: 1 + chance(2)), Pool(id: "y")], hosts, minutes: 30)
        for minute in stride(from: 540, to: 760, by: 5) {
            let start = midnight.adding(minutes: minute)
            let choices = try #require(question.poolChoices(at: start))
            let eligible = Set(question.eligibleHosts(at: start))
            let first = Set(["x", "y"].flatMap { choices.next(of: $0, beside: []) })
            let isFixedFree = eligible.contains("h0")
            #expect(isFixedFree ? first == eligible.subtracting(["h0"]) : first.isEmpty, "\(minute)")
            for one in first {
                var taken: Set<String> = [one]
                for pool in ["y", "x"] {
                    while let next = choices.next(of: pool, beside: taken).last { taken.insert(next) }
                }
                var together = question
                together.hosts = hosts.filter { taken.contains($0.id) || $0.pool == nil }
                together.rules.mode = .allOf
                #expect(together.refusal(at: start) == nil, "\(minute) \(taken.sorted())")
                #expect(taken.count == question.rules.pools.reduce(0) { $0 + $1.take })
            }
        }
    }

    @Test("Without enough hosts for a pool, or with nobody, nothing is free")
    func missing() {
        #expect(question([Pool(id: "x")], [host("a", nil, 540, 780)]).slots().isEmpty)
        #expect(question([Pool(id: "x", take: 3)], [host("a", "x", 540, 780)]).slots().isEmpty)
        #expect(question([], [host("a", "gone", 540, 780)]).slots().isEmpty)
        #expect(question([], [host("a", "gone", 540, 780)]).refusal(at: midnight.adding(minutes: 540)) != nil)
    }
}
