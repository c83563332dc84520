/// How long a group of writes waits for those who were there a moment ago.
import Testing

@testable import Database

@Suite("The patience of a group of writes")
struct PatienceTests {
    @Test("is an eighth of a commit, by the shorter one of two, and 5 ms at most")
    func next() {
        var patience = Patience()
        #expect(patience.next == .zero)
        patience.renew(crowd: 9, commit: .milliseconds(8))
        // One commit alone may have hung.
        #expect(patience.next == .zero && patience.crowd == 9)
        patience.renew(crowd: 4, commit: .milliseconds(16))
        #expect(patience.next == .milliseconds(1) && patience.crowd == 4)
        patience.renew(crowd: 4, commit: .seconds(30))
        #expect(patience.next == .milliseconds(2))
        patience.renew(crowd: 4, commit: .seconds(30))
        #expect(patience.next == .milliseconds(5))
    }

    @Test("is used up by waiting for half a commit in all, and comes back with the next one")
    func spent() {
        var patience = Patience()
        for _ in 0..<2 { patience.renew(crowd: 2, commit: .milliseconds(16)) }
        for _ in 0..<3 { patience.spend(.milliseconds(2)) }
        #expect(patience.next == .milliseconds(2))
        patience.spend(.milliseconds(1))
        #expect(patience.next == .milliseconds(1))
        patience.spend(.milliseconds(9))
        #expect(patience.next == .zero)
        patience.renew(crowd: 2, commit: .milliseconds(16))
        #expect(patience.next == .milliseconds(2))
    }
}
