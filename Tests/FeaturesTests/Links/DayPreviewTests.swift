/// One day as its host sees it: no holes, free times where the engine says so, and a reason for every other minute.
import Scheduling
import Testing
import Web

@testable import Features

struct DayPreviewTests {
    private func preview(
        date: String = "2030-01-07", now: Instant = monday.adding(days: -1), busy: [Busy] = [],
        _ change: (inout LinkRules) -> Void = { _ in }
    ) throws -> DayPreview {
        let berlin = try Stage.zones.zone("Europe/Berlin").wanted("zone")
        var link = Link.example
        link.rules = Stage.rules
        change(&link.rules)
        let availability = Availability(
            zone: berlin, weekly: Schedule.defaultWeekly, overrides: [:], trips: [])
        let host = Host(id: "ada", availability: availability, busy: busy)
        let question = SlotQuestion(rules: link.slotRules(zone: berlin), hosts: [host], now: now, from: now, to: now)
        return DayPreview(question, on: try LocalDate(date).wanted("date"), zone: berlin)
    }

    private func told(_ preview: DayPreview) -> [String] {
        preview.pieces.map { piece in
            let time = preview.zone.local(at: piece.starts).words(.twentyFour)
            return "\(time) \(piece.minutes) \(piece.kind.rawValue) \(piece.words)"
        }
    }

    private func at(_ hour: Int, _ minute: Int = 0) -> Instant { monday.adding(minutes: (hour - 8) * 60 + minute) }

    @Test("an empty day is closed, free in its hours, and closed again")
    func empty() throws {
        let day = try preview { $0.duration = 240 }
        #expect(told(day) == [
            "00:00 540 closed Closed", "09:00 240 free Free", "13:00 240 free Free", "17:00 420 closed Closed",
        ])
        #expect(day.times == 2)
    }

    @Test("a booking, the pause beside it and what is too short for a meeting are told apart")
    func booked() throws {
        let busy = [Busy(starts: at(10), ends: at(10, 30), kind: .booking)]
        let day = try preview(busy: busy) { ($0.duration, $0.step, $0.bufferAfter) = (60, 30, 15) }
        let told = told(day).filter { !$0.contains("free") && !$0.contains("closed") }
        #expect(told.contains("10:00 30 busy Booked"))
        #expect(told.contains { $0.hasPrefix("09:00") && $0.contains("rule") })
        #expect(day.pieces.filter { $0.kind == .free }.count == day.times)
    }

    @Test("what cannot be booked yet says so")
    func tooSoon() throws {
        let day = try preview(now: at(8)) { $0.notice = MinimumNotice(value: 2, unit: .hour) }
        #expect(told(day).contains("09:00 60 rule Too soon to be booked"))
        let far = try preview(now: at(8).adding(days: -40))
        #expect(far.times == 0 && far.pieces.allSatisfy { $0.kind == .closed })
    }

    @Test("starts that overlap are drawn one after the other, the last to its end")
    func overlapping() throws {
        let day = try preview { ($0.duration, $0.step) = (60, 240) }
        #expect(told(day)[1...3] == [
            "09:00 60 free Free", "10:00 180 rule No meeting starts here", "13:00 60 free Free",
        ])
        let tight = try preview { ($0.duration, $0.step) = (120, 60) }
        #expect(told(tight)[1] == "09:00 60 free Free" && tight.pieces.last { $0.kind == .free }?.minutes == 120)
    }

    @Test("the reasons are told in the language of who reads them")
    func language() throws {
        let day = try preview { $0.duration = 240 }
        let words = Language.$current.withValue(.pseudo) { day.pieces.map(\.words) }
        #expect(words.allSatisfy { $0.hasPrefix("⟦") } && !words.contains("Closed"))
    }

    @Test("the pieces fill the day without a hole, on days of 23 and 25 hours too", arguments: [
        ("2030-01-07", 24), ("2030-03-31", 23), ("2030-10-27", 25),
    ])
    func whole(date: String, hours: Int) throws {
        let day = try preview(date: date) { $0.window = .rollingDays(400) }
        #expect(day.pieces.map(\.minutes).reduce(0, +) == hours * 60)
        for (one, next) in zip(day.pieces, day.pieces.dropFirst()) {
            #expect(one.starts.adding(minutes: one.minutes) == next.starts)
        }
    }
}
