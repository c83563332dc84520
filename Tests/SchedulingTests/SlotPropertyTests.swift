/// What must hold of every answer, tried on random questions.

import Testing

@testable import Scheduling

@Suite struct SlotPropertyTests {
    @Test("The engine answers like a program that looks at every minute")
    func minuteByMinute() throws {
        try forEachQuestion(20) { question, _ in
            let slots = question.slots()
            let expected = MinuteByMinute(question).slots()
            #expect(slots.map(\.start) == expected.keys.sorted())
            #expect(slots.map(\.eligible) == expected.keys.sorted().map { expected[$0] })
        }
    }

    @Test("Slots ascend, last as long as they should and lie in the range")
    func form() throws {
        try forEachQuestion(300) { question, _ in
            let slots = question.slots()
            #expect(slots.map(\.start) == Set(slots.map(\.start)).sorted())
            for slot in slots {
                #expect(slot.end - slot.start == Int64(question.rules.durationMinutes) * 60)
                #expect(slot.seatsLeft ?? question.party >= question.party)
                #expect(question.from <= slot.start && slot.end <= question.to)
            }
        }
    }

    @Test("Listing and refusing agree at every slot, every five minutes and beside them")
    func agreement() throws {
        try forEachQuestion(30) { question, random in
            var random = random
            let slots = Dictionary(uniqueKeysWithValues: question.slots().map { ($0.start, $0.eligible) })
            let shift = random.number(0...4) * 60
            var asked = Set(slots.keys.flatMap { [$0, $0.adding(seconds: 1), $0.adding(seconds: -1)] })
            for minutes in stride(from: -30, to: Int((question.to - question.from) / 60) + 30, by: 5) {
                asked.insert(question.from.adding(minutes: minutes).adding(seconds: Int64(shift)))
            }
            for start in asked {
                let reason = question.refusal(at: start)
                #expect((reason == nil) == (slots[start] != nil), "\(start): \(reason?.rawValue ?? "free")")
                #expect(question.eligibleHosts(at: start).count == slots[start] ?? 0, "\(start)")
            }
        }
    }

    @Test("The range asked does not change whether a time is free")
    func narrowRange() throws {
        try forEachQuestion(200) { question, _ in
            for slot in question.slots() {
                var narrow = question
                (narrow.from, narrow.to) = (slot.start, slot.end)
                #expect(narrow.slots() == [slot])
                #expect(narrow.refusal(at: slot.start) == nil)
            }
        }
    }

    /// Where days are picked by their slots, a later slot or day may take the place of one that is gone.
    @Test("More busy time never adds a slot")
    func monotonic() throws {
        try forEachQuestion(300) { question, random in
            guard !question.picksDays else { return }
            var maker = QuestionMaker(random: random)
            var busier = question
            for _ in 0..<3 {
                let host = maker.random.number(0...busier.hosts.count - 1)
                busier.hosts[host].busy.append(maker.busy(question.from))
            }
            let before = Dictionary(uniqueKeysWithValues: question.slots().map { ($0.start, $0.eligible) })
            for slot in busier.slots() {
                #expect(slot.eligible <= before[slot.start] ?? 0, "\(slot.start)")
            }
        }
    }

    @Test("The order of busy time does not matter")
    func order() throws {
        try forEachQuestion(200) { question, random in
            var random = random
            var shuffled = question
            for host in shuffled.hosts.indices { shuffled.hosts[host].busy.shuffle(using: &random) }
            #expect(shuffled.slots() == question.slots())
        }
    }

    /// A viewer's zone is no part of a question; it only decides where a page cuts its days. So the days of any viewer
    /// must add up to the same slots: those that lie within one day, and with overlapping cuts all of them.
    @Test("The days of any viewer add up to the whole range")
    func union() throws {
        try forEachQuestion(100) { question, random in
            var random = random
            let viewer = try zone(random.pick(["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Europe/Berlin"]))
            var starts: Set<Instant> = []
            var date = viewer.local(at: question.from).date
            while viewer.instant(of: date) < question.to {
                var day = question
                day.from = max(question.from, viewer.instant(of: date))
                // A slot belongs to the day it starts on, so the day is asked with room for its last one.
                let end = viewer.instant(of: date.adding(days: 1))
                day.to = min(question.to, end.adding(minutes: question.rules.durationMinutes))
                starts.formUnion(day.slots().map(\.start).filter { $0 < end })
                date = date.adding(days: 1)
            }
            #expect(starts.sorted() == question.slots().map(\.start), "\(viewer.name)")
        }
    }

    /// Runs `body` on random questions; the printed seed repeats them.
    private func forEachQuestion(
        _ count: Int, _ test: String = #function, _ body: (SlotQuestion, Seeded) throws -> Void
    ) throws {
        let seed = seed(test)
        var maker = QuestionMaker(random: Seeded(seed))
        var slots = 0
        for _ in 1...scenarios(count) {
            let question = try maker.question()
            slots += question.slots().count
            try body(question, maker.random)
        }
        #expect(slots * 10 > count, "questions without slots prove nothing")
    }
}
