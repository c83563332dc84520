/// Lists of half-open stretches of time.

import Testing

@testable import Scheduling

@Suite struct SpanTests {
    private func spans(_ pairs: (Int64, Int64)...) -> [Span] {
        pairs.map { Span(start: Instant($0.0), end: Instant($0.1)) }
    }

    @Test("Overlapping, touching, nested and unsorted spans join; empty ones vanish")
    func joined() {
        #expect(spans((5, 7), (1, 3), (3, 4), (10, 10), (12, 11), (6, 6), (5, 6)).joined() == spans((1, 4), (5, 7)))
        #expect(spans((1, 9), (2, 3), (8, 10)).joined() == spans((1, 10)))
        #expect([Span]().joined().isEmpty)
    }

    @Test("The intersection holds what is in both; touching is not meeting")
    func intersection() {
        #expect(spans((0, 5), (6, 9)).intersection(spans((4, 7), (9, 12))) == spans((4, 5), (6, 7)))
        #expect(spans((0, 5)).intersection(spans((5, 6))).isEmpty)
        #expect(spans((0, 5)).intersection([]).isEmpty)
    }

    @Test("A span includes its start and not its end")
    func halfOpen() {
        let list = spans((0, 5), (7, 9))
        #expect(list.span(at: Instant(-1)) == nil)
        #expect(list.span(at: Instant(0)) == list[0])
        #expect(list.span(at: Instant(4)) == list[0])
        #expect(list.span(at: Instant(5)) == nil)
        #expect(list.span(at: Instant(8)) == list[1])
        #expect(list.span(at: Instant(9)) == nil)
    }

    @Test("Union, complement and joining agree with sets of seconds, in whatever order spans come")
    func sets() {
        var random = Seeded(seed())
        let range = Span(start: Instant(0), end: Instant(60))
        for _ in 0..<300 {
            let lists = (0..<2).map { _ in
                (0..<random.number(0...8)).map { _ in
                    let start = random.number(-5...62)
                    return Span(start: Instant(Int64(start)), end: Instant(Int64(start + random.number(-2...9))))
                }
            }
            let (one, other) = (lists[0].joined(), lists[1].joined())
            let seconds = { (spans: [Span]) in
                Set((-9...80).filter { second in spans.contains { $0.contains(Instant(Int64(second))) } })
            }
            #expect(seconds(one) == seconds(lists[0]) && one == one.joined())
            for (span, next) in zip(one, one.dropFirst()) { #expect(span.end < next.start) }
            #expect(seconds(one.union(other)) == seconds(one).union(seconds(other)))
            #expect(one.union(other) == (lists[0] + lists[1]).joined())
            #expect(seconds(one.intersection(other)) == seconds(one).intersection(seconds(other)))
            #expect(seconds(one.complement(in: range)) == Set(0..<60).subtracting(seconds(one)))
        }
    }
}
