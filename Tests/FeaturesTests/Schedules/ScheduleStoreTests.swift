/// Schedules in the database: windows kept in order, private ones kept apart, other workspaces kept out.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct ScheduleStoreTests {
    private func make(
        _ stage: Stage, _ name: String, _ weekly: [[Window]] = Schedule.defaultWeekly, link: ID<Link>? = nil,
        days: Int = 1
    ) async throws -> Schedule {
        let schedule = Schedule(id: stage.world.id(), name: name, zone: "Asia/Kathmandu", weekly: weekly, link: link)
        let (scope, ada) = (stage.scope, stage.ada)
        try await stage.database.write(scope) { tx in
            try ScheduleStore.insert(schedule, account: ada, scope: scope, now: monday.adding(days: days), in: tx)
        }
        return schedule
    }

    private func find(_ stage: Stage, _ id: ID<Schedule>, scope: Scope? = nil) async throws -> Schedule? {
        let scope = scope ?? stage.scope
        return try await stage.database.read(scope) { tx in try ScheduleStore.find(id, scope: scope, in: tx) }
    }

    @Test("windows are read back as they were written, past midnight too", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let weekly = (0..<7).map { day in
                day == 0 ? [] : [Window(opens: 0, closes: 60 * day), Window(opens: 1_439, closes: 2_880)]
            }
            let schedule = try await make(stage, "Odd", weekly)
            #expect(try await find(stage, schedule.id) == schedule)
            #expect(schedule.availability(zones: stage.zones)?.zone.name == "Asia/Kathmandu")
            var lost = schedule
            lost.zone = "Gone/Away"
            #expect(lost.availability(zones: stage.zones) == nil)
        }
    }

    @Test("an update replaces name, zone and all windows", arguments: Engine.all)
    func updates(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var schedule = try await make(stage, "Before")
            schedule.name = "After"
            schedule.zone = "UTC"
            schedule.weekly = (0..<7).map { $0 == 6 ? [Window(opens: 600, closes: 660)] : [] }
            let (changed, scope) = (schedule, stage.scope)
            try await stage.database.write(scope) { tx in _ = try ScheduleStore.update(changed, scope: scope, in: tx) }
            schedule.version = 2
            #expect(try await find(stage, schedule.id) == schedule)
            try await stage.database.write(scope) { tx in try ScheduleStore.delete(changed.id, scope: scope, in: tx) }
            #expect(try await find(stage, schedule.id) == nil)
        }
    }

    @Test("a person's schedules come oldest first, without those of single links", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let late = try await make(stage, "Late", days: 3)
            let early = try await make(stage, "Early", days: 2)
            let own = try await make(stage, "Own", link: stage.link.id, days: -1)
            let (scope, ada, bob, link) = (stage.scope, stage.ada, stage.bob, stage.link)
            try await stage.database.read(scope) { tx in
                let all = try ScheduleStore.all(of: ada, scope: scope, in: tx).map(\.id)
                #expect(all == [link.schedule, early.id, late.id])
                #expect(try ScheduleStore.all(of: bob, scope: scope, in: tx).isEmpty)
                #expect(try ScheduleStore.own(of: link.id, scope: scope, in: tx) == own)
            }
        }
    }

    @Test("dates that differ are kept with their windows, closed ones too", arguments: Engine.all)
    func overrides(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var schedule = try await make(stage, "Differs")
            let day = LocalDate(daysSince1970: 22_000)
            schedule.overrides = [
                day: [], day.adding(days: 1): [Window(opens: 540, closes: 600), Window(opens: 1_320, closes: 1_560)],
            ]
            let (changed, scope) = (schedule, stage.scope)
            try await stage.database.write(scope) { tx in
                let first = try ScheduleStore.update(changed, version: 1, scope: scope, in: tx)
                let second = try ScheduleStore.update(changed, version: 1, scope: scope, in: tx)
                #expect(first && !second, "somebody was faster")
            }
            #expect(try await find(stage, schedule.id)?.overrides == schedule.overrides)
            let availability = try await find(stage, schedule.id)?.availability(zones: stage.zones)
            #expect(availability?.overrides == schedule.overrides)
            schedule.overrides[day] = nil
            let fewer = schedule
            try await stage.database.write(scope) { tx in _ = try ScheduleStore.update(fewer, scope: scope, in: tx) }
            #expect(try await find(stage, schedule.id)?.overrides.count == 1)
        }
    }

    @Test("a change counts up the version of everybody who works by it", arguments: Engine.all)
    func touches(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let scope = stage.scope
            let before = try await versions(stage)
            let stored = try await find(stage, stage.link.schedule).wanted("schedule")
            try await stage.database.write(scope) { tx in _ = try ScheduleStore.update(stored, scope: scope, in: tx) }
            let after = try await versions(stage)
            let counted = (before[stage.ada.text] ?? 0) + 1
            #expect(after[stage.ada.text] == counted)
            #expect(after[stage.bob.text] == before[stage.bob.text])
        }
    }

    private func versions(_ stage: Stage) async throws -> [String: Int] {
        try await stage.database.lookUp { tx in
            let rows = try tx.all("SELECT id, version FROM subject") { row in
                (try row["id"] as String, try row["version"] as Int)
            }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }

    @Test("the preferred schedule comes first, and there is only one", arguments: Engine.all)
    func prefers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (early, late) = (try await make(stage, "Early", days: 2), try await make(stage, "Late", days: 3))
            let (scope, ada, bob) = (stage.scope, stage.ada, stage.bob)
            try await stage.database.write(scope) { tx in
                try ScheduleStore.prefer(late.id, of: ada, scope: scope, in: tx)
                #expect(try ScheduleStore.all(of: ada, scope: scope, in: tx).first?.id == late.id)
                try ScheduleStore.prefer(early.id, of: ada, scope: scope, in: tx)
                try ScheduleStore.prefer(late.id, of: bob, scope: scope, in: tx)
                #expect(try ScheduleStore.all(of: ada, scope: scope, in: tx).first?.id == early.id)
                let list = try ScheduleStore.list(of: nil, limit: 2, after: nil, scope: scope, in: tx)
                #expect(list.map(\.owner) == [ada, ada] && list.first?.ownerName == "Ada Lindqvist")
                let next = try ScheduleStore.list(
                    of: [ada], limit: 9, after: list.last?.schedule.id, scope: scope, in: tx)
                #expect(next.count == 1)
            }
        }
    }

    @Test("another workspace neither reads nor changes nor deletes it", arguments: Engine.all)
    func scoped(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let schedule = try await make(stage, "Ours")
            let scope = try await stage.neighbour().scope
            var stolen = schedule
            stolen.name = "Theirs"
            stolen.weekly = [[Window]](repeating: [], count: 7)
            let (changed, ada, link) = (stolen, stage.ada, stage.link.id)
            try await stage.database.write(scope) { tx in
                #expect(try ScheduleStore.find(changed.id, scope: scope, in: tx) == nil)
                #expect(try ScheduleStore.all(of: ada, scope: scope, in: tx).isEmpty)
                #expect(try ScheduleStore.own(of: link, scope: scope, in: tx) == nil)
                try ScheduleStore.update(changed, scope: scope, in: tx)
                try ScheduleStore.delete(changed.id, scope: scope, in: tx)
            }
            #expect(try await find(stage, schedule.id) == schedule)
        }
    }
}
