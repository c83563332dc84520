/// Whether a link can be booked: the door's order, and the words for it.
import Scheduling
import Testing

@testable import Features

struct LinkStateTests {
    private func door(_ uses: Int = 0, _ change: (inout Link) -> Void) -> LinkState.Door {
        var link = Link.example
        change(&link)
        return LinkState(link, uses: uses, now: Instant(1_900_000_000)).door
    }

    @Test("a link is open until it is switched off, over, used up or deleted")
    func doors() {
        let now = Instant(1_900_000_000)
        #expect(door { _ in } == .open && door { $0.rules.active = false } == .off)
        #expect(door { $0.rules.access.expiresAt = now.adding(seconds: 1) } == .open)
        #expect(door { $0.rules.access.expiresAt = now } == .expired)
        #expect(door(2) { $0.rules.access.mostUses = 3 } == .open)
        #expect(door(3) { $0.rules.access.mostUses = 3 } == .usedUp)
        #expect(door { $0.deletedAt = now } == .off)
    }

    @Test("a code is met whatever its letters' case and the blanks around it, and by nothing else")
    func codes() {
        var access = LinkAccess()
        #expect(access.admits(nil) && access.admits("anything"))
        access.code = "Blue Döor"
        #expect(access.admits("blue döor") && access.admits("  BLUE DÖOR\n"))
        for wrong in [nil, "", " ", "blue", "blue  döor", "blue door"] { #expect(!access.admits(wrong)) }
    }
}
