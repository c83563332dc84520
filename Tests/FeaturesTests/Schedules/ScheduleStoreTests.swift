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
            try await stage.database.write(scope) { tx in try ScheduleStore.update(changed, scope: scope, in: tx) }
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
