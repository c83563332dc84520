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

    @Test("Without enough hosts for a pool, or with nobody, nothing is free")
    func missing() {
        #expect(question([Pool(id: "x")], [host("a", nil, 540, 780)]).slots().isEmpty)
        #expect(question([Pool(id: "x", take: 3)], [host("a", "x", 540, 780)]).slots().isEmpty)
        #expect(question([], [host("a", "gone", 540, 780)]).slots().isEmpty)
        #expect(question([], [host("a", "gone", 540, 780)]).refusal(at: midnight.adding(minutes: 540)) != nil)
    }
}
