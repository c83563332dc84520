/// What saving a link would change, in words: nothing, some times, or many.
import Scheduling
import Testing
import Web

@testable import Features

struct LinkChangeTests {
    private func html(from old: [Int], to new: [Int]) -> String {
        let start = { (hour: Int) in monday.adding(minutes: hour * 60) }
        return LinkChange(from: old.map(start), to: new.map(start), zone: .utc).html.text
    }

    @Test("times that appear and vanish are counted, and the first of them named")
    func told() {
        #expect(html(from: [1, 2], to: [2, 1]).contains("no time appears or vanishes"))
        let moved = html(from: [1, 2], to: [2, 3])
        #expect(moved.contains("One time appears:</b> Mon 7 Jan, 10:00"))
        #expect(moved.contains("One time vanishes:</b> Mon 7 Jan, 08:00") && !moved.contains("…"))
        let many = html(from: [], to: Array(0..<9))
        #expect(many.contains("9 times appear:") && many.contains("11:00 …") && !many.contains("12:00"))
        #expect(!many.contains("vanish"))
    }
}
