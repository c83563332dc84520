/// Counting free hosts without touching every start.

import Testing

@testable import Scheduling

@Suite struct TallyTests {
    @Test("Rows of any grids count like a dictionary of starts")
    func counts() {
        var random = Seeded(seed())
        for _ in 0..<100 {
            let step = Int64(random.pick([7, 60, 900, 1_800]))
            let range = Span(start: Instant(1_000), end: Instant(1_000 + step * Int64(random.number(1...40))))
            var tally = Tally(range, step: step)
            var expected: [Instant: Int] = [:]
            for _ in 0..<random.number(0...300) {
                let first = range.start.adding(seconds: Int64(random.number(0...Int(range.end - range.start) - 1)))
                let most = Int((range.end - first - 1) / step) + 1
                let count = random.number(1...most)
                tally.add(first, count: count)
                for number in 0..<count { expected[first.adding(seconds: Int64(number) * step), default: 0] += 1 }
            }
            var starts: [Instant] = []
            tally.forEachStart { start, count in
                starts.append(start)
                #expect(expected[start] == count)
            }
            #expect(starts == expected.keys.sorted())
        }
    }
}
