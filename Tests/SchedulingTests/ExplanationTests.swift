/// Everything that stands in the way is named, and nothing else.

import Testing

@testable import Scheduling

@Suite struct ExplanationTests {
    private let nine = Instant(20_605 * 86_400 + 9 * 3_600)     // 2026-06-01T09:00:00Z, a Monday

    private func question(_ mode: HostMode = .single, _ hosts: Host...) -> SlotQuestion {
        let alone = Host(id: "a", availability: daily(.utc, (540, 720)), busy: [])
        return SlotQuestion(
            rules: SlotRules(zone: .utc, mode: mode, durationMinutes: 60), hosts: hosts.isEmpty ? [alone] : hosts,
            now: nine.adding(hours: -9), from: nine.adding(hours: -9), to: nine.adding(hours: 15))
    }

    @Test("All causes are named, each with what it comes from; the reason is the one to be told first")
    func causes() {
        var question = question()
        question.hosts[0].busy = [
            Busy(starts: nine.adding(minutes: 30), ends: nine.adding(minutes: 40), kind: .calendar),
            Busy(starts: nine.adding(minutes: 70), ends: nine.adding(minutes: 90), kind: .booking, gapBefore: 900),
        ]
        question.hosts[0].barred = [.calendarStale]
        question.rules.limits = [Limit(.link, per: .day, count: 0)]
        question.rules.notice = .minutes(24 * 60)
        let explanation = question.explanation(at: nine)
        #expect(explanation.hosts == [Explanation.OfHost(id: "a", causes: [
            Cause(.tooSoon, .notice), Cause(.busyCalendar, .busy(0)), Cause(.buffer, .busy(1)),
            Cause(.calendarStale, .host),
        ])])
        #expect(explanation.forAll == [Cause(.limitLink, .limit(0))])
        #expect(explanation.reason == .tooSoon && explanation.eligible.isEmpty)
    }

    @Test("A free slot has no causes and names who could take it")
    func free() {
        let explanation = question().explanation(at: nine)
        #expect(explanation.namedCauses.isEmpty && explanation.reason == nil && explanation.eligible == ["a"])
    }

    @Test("A missing pool is named")
    func pools() {
        var hosts = ["a", "b", "c"].map { Host(id: $0, availability: daily(.utc, (540, 720)), busy: []) }
        for place in [1, 2] { hosts[place].pool = "doctors" }
        var question = question(.pooled, hosts[0], hosts[1], hosts[2])
        question.rules.pools = [Pool(id: "doctors", take: 2)]
        #expect(question.explanation(at: nine).eligible == ["a", "b", "c"])
        question.hosts[2].busy = [Busy(starts: nine, ends: nine.adding(minutes: 5), kind: .calendar)]
        let explanation = question.explanation(at: nine)
        #expect(explanation.forAll == [Cause(.poolEmpty, .pool("doctors"))] && explanation.reason == .poolEmpty)
        #expect(explanation.hosts[2].causes == [Cause(.busyCalendar, .busy(0))])
        question.rules.pools[0].take = 1
        #expect(question.explanation(at: nine).eligible == ["a", "b"])
        // At night nobody is offered at all, which says more than that the pool is missing.
        #expect(question.refusal(at: nine.adding(hours: -3)) == .outsideHours)
    }

    @Test("A needed resource is named with what takes it")
    func resources() {
        var question = question()
        let taken = Busy(starts: nine, ends: nine.adding(minutes: 30), kind: .booking)
        question.resources = [ResourceNeed(id: "room", resources: [
            Resource(id: "small", seats: 1), Resource(id: "large", busy: [taken]),
        ])]
        #expect(question.refusal(at: nine) == nil)
        question.party = 2
        question.rules.capacity = 2
        let explanation = question.explanation(at: nine)
        #expect(explanation.reason == .busyResource && explanation.forAll == [Cause(.busyResource, .need("room"))])
        #expect(explanation.resources.map(\.causes)
                == [[Cause(.full, .seats)], [Cause(.busyResource, .busy(0))]])
        #expect(clocks(question.slots()) == ["10:00", "11:00"])
        question.resources[0].isRequired = false
        #expect(question.refusal(at: nine) == nil)
    }

    @Test("Only the first slot of a day: the others name it")
    func firstOfDay() {
        var question = question()
        question.rules.firstOfDay = true
        #expect(clocks(question.slots()) == ["09:00"])
        let explanation = question.explanation(at: nine.adding(hours: 2))
        #expect(explanation.forAll == [Cause(.notFirstOfDay, .slot(nine))])
        #expect(explanation.reason == .notFirstOfDay)
        question.from = nine.adding(hours: 1)
        #expect(question.slots().isEmpty)
    }

    /// The negative control of the next test: a cause that is not one would be found out.
    @Test("Taking away what is no cause frees nothing")
    func control() {
        var question = question()
        question.hosts[0].busy = [Busy(starts: nine, ends: nine.adding(minutes: 5), kind: .calendar)]
        let wrong = NamedCause(bearer: .host(0), cause: Cause(.tooSoon, .notice))
        #expect(question.without([wrong], at: nine).refusal(at: nine) == .busyCalendar)
        let right = NamedCause(bearer: .host(0), cause: Cause(.busyCalendar, .busy(0)))
        #expect(question.without([right], at: nine).refusal(at: nine) == nil)
    }

    @Test("Without exactly the causes named the slot is free, and with any one left it is not")
    func counterfactual() throws {
        let seed = seed()
        var maker = QuestionMaker(random: Seeded(seed))
        var closed = 0
        for _ in 0..<scenarios(150) {
            var question = try maker.question()
            // These bounds move with the hours that are taken away.
            if case .rollingBusinessDays(let days) = question.rules.window {
                question.rules.window = .rollingDays(days)
            }
            if case .bookableDays = question.rules.window { question.rules.window = .unlimited }
            question.rules.firstOfDay = false
            // Too few are there at all, which no cause taken away makes good.
            if question.rules.mode == .pooled, isShort(question) { continue }
            for _ in 0..<12 {
                let start = question.from.adding(minutes: maker.random.number(-10...1_000) * 5)
                let causes = question.explanation(at: start).namedCauses
                guard question.refusal(at: start) != nil else { continue }
                closed += 1
                #expect(question.without(causes, at: start).refusal(at: start) == nil, "\(start) \(causes)")
                for one in causes where isEnough(one, question) {
                    let others = causes.filter { $0 != one && !$0.isGone(onlyWith: one) }
                    let eligible = question.without(others, at: start).explanation(at: start).eligible
                    #expect(!keepsFrom(eligible, one, question), "\(start) \(one) of \(causes)")
                }
            }
        }
        #expect(closed > 500)
    }

    private func isShort(_ question: SlotQuestion) -> Bool {
        question.rules.pools.isEmpty || question.rules.pools.contains { pool in
            question.hosts.count { $0.pool == pool.id } < pool.take
        }
    }

    /// Whether a cause alone closes: one of a host who may be replaced closes for them, one of a resource that may be
    /// replaced for nobody.
    private func isEnough(_ named: NamedCause, _ question: SlotQuestion) -> Bool {
        if case .resource(let need, _) = named.bearer {
            return question.resources[need].isRequired && question.resources[need].resources.count == 1
        }
        if case .host(let place) = named.bearer, let pool = question.hosts[place].pool, question.rules.mode == .pooled {
            return question.rules.pools.contains { $0.id == pool }
        }
        return true
    }

    /// Whether a cause that is left does not keep its bearer from the slot.
    private func keepsFrom(_ eligible: [String], _ named: NamedCause, _ question: SlotQuestion) -> Bool {
        if case .host(let place) = named.bearer, question.rules.mode == .oneOf || question.rules.mode == .pooled,
            question.rules.mode == .oneOf || question.hosts[place].pool != nil {
            return eligible.contains(question.hosts[place].id)
        }
        return !eligible.isEmpty
    }

    @Test("Listing and explaining agree on every start of every host's grid")
    func gridPoints() throws {
        let seed = seed()
        var maker = QuestionMaker(random: Seeded(seed))
        var points = 0
        for _ in 0..<scenarios(60) {
            let question = try maker.question()
            let slots = Dictionary(uniqueKeysWithValues: question.slots().map { ($0.start, $0.eligible) })
            for start in gridPoints(of: question) {
                points += 1
                let explanation = question.explanation(at: start)
                #expect((slots[start] != nil) == (explanation.reason == nil), "\(start)")
                #expect(slots[start] ?? 0 == explanation.eligible.count, "\(start)")
                #expect(explanation.reason == nil || !explanation.namedCauses.isEmpty
                        || !explanation.forAll.isEmpty || question.hosts.isEmpty, "\(start) is closed without a cause")
            }
        }
        #expect(points > 2_000)
    }

    @Test("Every reason of the closed set occurs")
    func everyReason() throws {
        var maker = QuestionMaker(random: Seeded(seed()))
        var missing = Set(Reason.allCases)
        for _ in 0..<5_000 where !missing.isEmpty {
            let question = try maker.question()
            for _ in 0..<12 {
                let start = question.from.adding(minutes: maker.random.number(-10...1_000) * 5)
                let explanation = question.explanation(at: start)
                missing.subtract(explanation.forAll.map(\.reason))
                missing.subtract(explanation.hosts.flatMap(\.causes).map(\.reason))
            }
        }
        #expect(missing.isEmpty)
    }

    /// What each host's grid would have without anything in the way, and all hosts' together.
    private func gridPoints(of question: SlotQuestion) -> Set<Instant> {
        var bare = SlotQuestion(
            rules: question.rules,
            hosts: question.hosts.map { Host(id: $0.id, availability: $0.availability, busy: []) },
            now: question.now, from: question.from, to: question.to)
        (bare.rules.notice, bare.rules.window, bare.rules.limits) = (.minutes(-50_000_000), .unlimited, [])
        (bare.rules.bookerHours, bare.rules.firstOfDay) = (nil, false)
        bare.rules.mode = .oneOf
        var starts = Set(bare.slots().map(\.start))
        bare.rules.mode = .allOf
        starts.formUnion(bare.slots().map(\.start))
        return starts.union(question.sessions.map(\.start))
    }
}
