/// What dates are called: own words in one's own workspace, none from another, holidays by name, taken or not.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct DayMarksTests {
    private func day(_ number: Int) -> LocalDate { LocalDate(daysSince1970: 21_921 + number) }

    private func load(_ stage: Stage, scope: Scope? = nil) async throws -> DayMarks {
        let (scope, user, days) = (scope ?? stage.scope, stage.ada, day(0)...day(6))
        return try await stage.database.read(scope) { tx in
            try DayMarks.load(of: user, days, zones: stage.zones, scope: scope, in: tx)
        }
    }

    @Test("stretches mark the days asked for and no others; elsewhere only that one is away", arguments: Engine.all)
    func stretches(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var away = TimeAway(id: stage.world.id(), user: stage.ada, kind: .outOfOffice, from: day(-3), to: day(1))
            away.reason = "Parental leave"
            let (scope, now, row) = (stage.scope, stage.world.now, away)
            try await stage.database.write(scope) { try TimeAwayStore.insert(row, scope: scope, now: now, in: $0) }

            let own = try await load(stage)
            #expect((-3...3).map { own[day($0)].map(\.words) } == [
                [], [], [], ["Away: Parental leave"], ["Away: Parental leave"], [], [],
            ])
            #expect(own.offFrom(day(0)) == 0 && own.offFrom(day(2)) == nil && own.hasDaysOff)
            let other = try await load(stage, scope: try await stage.workplaceElsewhere())
            #expect(other[day(0)].map(\.words) == ["Away"] && other[day(2)].isEmpty)
        }
    }

    @Test("holidays have their names; those not taken close nothing; other workspaces' have no name",
          arguments: Engine.all)
    func holidays(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            // 6 January 2030 is a Sunday and Epiphany in Austria; the week begins a day later, so look from there.
            let (scope, user) = (stage.scope, stage.ada)
            func marks(_ choice: HolidayChoice, in place: Scope) async throws -> [DayMark] {
                try await stage.database.write(scope) { try TimeAwayStore.set(choice, of: user, scope: scope, in: $0) }
                return try await stage.database.read(place) { tx in
                    try DayMarks.load(
                        of: user, day(-1)...day(-1), zones: stage.zones, scope: place, in: tx)[day(-1)]
                }
            }
            let taken = try await marks(HolidayChoice(country: "AT"), in: scope)
            #expect(taken == [DayMark(words: "Heilige Drei Könige · Epiphany", offFrom: 0)])
            let worked = try await marks(HolidayChoice(country: "AT", worked: [day(-1)]), in: scope)
            #expect(worked == [DayMark(words: "Heilige Drei Könige · Epiphany, not taken", offFrom: nil)])
            let half = HolidayChoice(country: "DE", halfDays: [try MonthDay(month: 1, day: 6).wanted("day")])
            #expect(try await marks(half, in: scope) == [DayMark(words: "Afternoon off", offFrom: 720)])
            let elsewhere = try await stage.workplaceElsewhere()
            let foreign = try await marks(HolidayChoice(country: "AT"), in: elsewhere)
            #expect(foreign == [DayMark(words: "Holiday", offFrom: 0)])
        }
    }
}

extension Stage {
    /// Another workspace, of which Ada is a member too.
    fileprivate func workplaceElsewhere() async throws -> Scope {
        let (there, now, user) = (try await neighbour(), world.now, ada)
        try await database.write(there.scope) { tx in
            try AccountStore.addMember(user, role: .member, workspace: there.workspace, now: now, in: tx)
        }
        return there.scope
    }
}
