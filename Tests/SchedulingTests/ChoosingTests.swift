/// A host whom the asker has chosen.

import Testing

@testable import Scheduling

@Suite struct ChoosingTests {
    private let midnight = Instant(20_605 * 86_400)

    private func host(_ id: String, _ pool: String? = nil, _ opens: Int = 540, busy: (Int, Int)? = nil) -> Host {
        let taken = busy.map {
            [Busy(starts: midnight.adding(minutes: $0.0), ends: midnight.adding(minutes: $0.1), kind: .calendar)]
        }
        var host = Host(id: id, availability: daily(.utc, (opens, 720)), busy: taken ?? [])
        host.pool = pool
        return host
    }

    private func question(_ mode: HostMode, _ hosts: [Host], pools: [Pool] = []) -> SlotQuestion {
        var rules = SlotRules(zone: .utc, mode: mode, durationMinutes: 60)
        rules.pools = pools
        return SlotQuestion(rules: rules, hosts: hosts, now: midnight, from: midnight, to: midnight.adding(days: 1))
    }

    @Test("Of hosts in turn the chosen one alone is asked, also when they are ahead of the others")
    func turns() {
        var hosts = [host("a", busy: (540, 600)), host("b", busy: (600, 660))]
        hosts[1].barred = [.overLead]
        let question = question(.oneOf, hosts)
        #expect(clocks(question.choosing("a").slots()) == ["10:00", "11:00"])
        #expect(clocks(question.choosing("b").slots()) == ["09:00", "11:00"])
        #expect(question.choosing("b").eligibleHosts(at: midnight.adding(minutes: 540)) == ["b"])
        #expect(question.choosing("c").slots().isEmpty)
    }

    @Test("Who is barred for another reason cannot be had by choice either")
    func barred() {
        var hosts = [host("a"), host("b")]
        hosts[0].barred = [.overLead, .hostInactive]
        #expect(question(.oneOf, hosts).choosing("a").slots().isEmpty)
    }

    @Test("Of a pool the chosen one comes, and one less of the others", arguments: [1, 2])
    func pools(take: Int) {
        let hosts = [
            host("chair"), host("a", "x", busy: (540, 600)), host("b", "x"), host("c", "x", busy: (660, 720)),
        ]
        let question = question(.pooled, hosts, pools: [Pool(id: "x", take: take)])
        let chosen = question.choosing("a")
        #expect(clocks(chosen.slots()) == ["10:00", "11:00"])
        let choices = chosen.poolChoices(at: midnight.adding(minutes: 600))
        #expect(choices?.fixed == ["chair", "a"])
        #expect(choices?.next(of: "x", beside: ["a"]) == (take == 1 ? [] : ["b", "c"]))
        // Nobody else is left for the second place.
        var alone = question
        alone.hosts.remove(at: 2)
        #expect(clocks(alone.choosing("a").slots()) == (take == 1 ? ["10:00", "11:00"] : ["10:00"]))
    }
}
