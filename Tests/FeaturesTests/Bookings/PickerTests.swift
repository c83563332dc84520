/// The month and its times: opens where something is free, counts what can be booked, in the viewer's own zone.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct PickerTests {
    private func picker(_ stage: Stage, _ query: String = "", on link: Link? = nil, moving: Booking? = nil) async throws
        -> Picker {
        let ask = PickerAsk(try FormData(reading: query), zones: stage.zones, now: stage.world.now)
        let (link, scope, installation) = (link ?? stage.link, stage.scope, stage.installation)
        return try await stage.database.read(scope) { tx in
            try Picker.load(link, ask, moving: moving, installation: installation, scope: scope, in: tx)
        }
    }

    private func date(_ text: String) -> LocalDate? { LocalDate(text) }

    @Test("it opens at the first month that has a free day, on that day", arguments: Engine.all)
    func opens(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let now = try await picker(stage)
            #expect(now.month == date("2030-01-01") && now.day == date("2030-01-07") && now.today == date("2030-01-07"))
            #expect(now.times.first == stage.at(9) && now.times.count == 16 && now.previousMonth == nil)

            let later = try await stage.makeLink("later") {
                $0.window = .range(from: LocalDate(daysSince1970: 21_974), to: LocalDate(daysSince1970: 21_980))
            }
            let opened = try await picker(stage, on: later)
            #expect(opened.month == date("2030-03-01") && opened.day == date("2030-03-01"))
            #expect(opened.previousMonth == date("2030-02-01"))
        }
    }

    @Test("in the last week of a month five weeks are shown, on into the next; before, the month",
          arguments: Engine.all)
    func lastWeek(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            stage.clock.move(minutes: 17 * 1440)
            let before = try await picker(stage)
            #expect(before.today == date("2030-01-24") && before.opening == nil)
            #expect(before.free.keys.max() == date("2030-01-31"))
            stage.clock.move(minutes: 1440)
            let late = try await picker(stage)
            #expect(late.opening == date("2030-01-25") && late.month == date("2030-01-01"))
            // Five weeks from Monday 21 January.
            #expect(late.shown.last == date("2030-02-24") && late.free.keys.max() == date("2030-02-22"))
            #expect(late.day == date("2030-01-25") && late.nextMonth == date("2030-02-01"))
            // Whose language begins the week on Saturday, sees five weeks from there, whichever thread reads them.
            let other = try await Language.$current.withValue(.pseudo) { try await picker(stage) }
            #expect(other.shown.last == date("2030-02-22"))
            let next = try await picker(stage, "day=2030-02-05")
            #expect(next.opening == nil && next.month == date("2030-02-01") && next.previousMonth != nil)
        }
    }

    @Test("the number of each day is the number of its slots", arguments: Engine.all)
    func counts(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10, day: 1))
            let picker = try await picker(stage)
            for (day, count) in picker.free {
                let offset = day.daysSince1970 - (date("2030-01-07")?.daysSince1970 ?? 0)
                #expect(try await stage.free(day: offset).count == count, "\(day)")
            }
            #expect(picker.free[try date("2030-01-08").wanted("date")] == 15)
            #expect(picker.free[try date("2030-01-12").wanted("date")] == nil)
        }
    }

    @Test("days are those of the viewer's zone, and every time is there in every zone", arguments: Engine.all)
    func zones(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let berlin = try await picker(stage)
            // 16:30 in Berlin is 4:30 on the next day in Auckland.
            let auckland = try await picker(stage, "timezone=Pacific/Auckland&day=2030-01-08")
            #expect(auckland.times.first == stage.at(12) && auckland.times.contains(stage.at(16, 30)))
            #expect(auckland.zone.name == "Pacific/Auckland" && auckland.hostZone.name == "Europe/Berlin")
            let honolulu = try await picker(stage, "timezone=Pacific/Honolulu")
            #expect(honolulu.today == date("2030-01-06") && honolulu.day == date("2030-01-06"))
            #expect(berlin.free.values.reduce(0, +) > 0)
        }
    }

    @Test("a month without a free day names the next one that has", arguments: Engine.all)
    func nextFree(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("march") {
                $0.window = .range(from: LocalDate(daysSince1970: 21_974), to: LocalDate(daysSince1970: 21_980))
            }
            let january = try await picker(stage, "month=2030-01", on: link)
            #expect(january.free.isEmpty && january.day == nil && january.times.isEmpty)
            #expect(january.nextFree == date("2030-03-01") && !january.hasNothing)
            let never = try await stage.makeLink("never", hours: [[Window]](repeating: [], count: 7))
            #expect(try await picker(stage, on: never).hasNothing)
        }
    }

    @Test("months go on until nothing can be booked any more", arguments: Engine.all)
    func horizon(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            #expect(try await picker(stage, "month=2030-01").nextMonth == date("2030-02-01"))
            #expect(try await picker(stage, "month=2030-02").nextMonth == nil)
            let year = try await stage.makeLink("year") { $0.window = .rollingDays(365) }
            #expect(try await picker(stage, "month=2030-12", on: year).nextMonth == date("2031-01-01"))
            #expect(try await picker(stage, "month=2031-01", on: year).nextMonth == nil)
        }
    }

    @Test("an address that asks for nonsense gets the first free month", arguments: Engine.all)
    func nonsense(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let usual = try await picker(stage)
            for query in [
                "month=2030-13", "month=x", "day=2030-02-30", "start=x", "start=99999999999999999999",
                "timezone=Mars/X",
                "timezone=../../etc/passwd", "clock=13", "day=1969-01-01&month=", "start=1893999600",
            ] {
                let asked = try await picker(stage, query)
                #expect(asked.chosen == nil && asked.zone.name == "Europe/Berlin", "\(query)")
                guard !query.hasPrefix("day=1969") else { continue }
                #expect(asked.month == usual.month && asked.day == usual.day, "\(query)")
            }
            let chosen = try await picker(stage, "start=\(stage.at(10).seconds)&day=2030-01-07")
            #expect(chosen.chosen == stage.at(10))
        }
    }

    @Test("moving shows its own time to nobody, but lets times over it", arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("steps") { $0.step = 15 }
            let booked = try await stage.book(stage.at(10), on: link)
            let booking = try await stage.find(booked.id)
            let times = try await picker(stage, on: link, moving: booking).times
            #expect(!times.contains(stage.at(10)) && times.contains(stage.at(10, 15))
                && times.contains(stage.at(9, 45)))
            #expect(try await !picker(stage, on: link).times.contains(stage.at(10, 15)))
        }
    }
}
