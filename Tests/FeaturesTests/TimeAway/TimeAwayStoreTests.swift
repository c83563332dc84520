/// Days away in the database: one person is one subject, and no words leave their workspace.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct TimeAwayStoreTests {
    /// The stage's Monday, and days after it.
    private func day(_ number: Int) -> LocalDate { LocalDate(daysSince1970: 21_921 + number) }

    private func away(
        _ stage: Stage, _ from: Int, _ to: Int, user: ID<User>? = nil, zone: String? = nil, colleague: ID<User>? = nil
    ) -> TimeAway {
        var away = TimeAway(
            id: stage.world.id(), user: user ?? stage.ada, kind: zone == nil ? .outOfOffice : .trip, from: day(from),
            to: day(to))
        (away.zone, away.reason, away.colleague) = (zone, "private words", colleague)
        return away
    }

    private func insert(_ stage: Stage, _ rows: [TimeAway], scope: Scope? = nil) async throws {
        let scope = scope ?? stage.scope
        try await stage.database.write(scope) { tx in
            for row in rows { try TimeAwayStore.insert(row, scope: scope, now: monday, in: tx) }
        }
    }

    private func version(_ stage: Stage) async throws -> Int {
        let id = stage.ada
        return try await stage.database.lookUp { tx in
            try tx.one("SELECT version FROM subject WHERE id = \(id)") { try $0["version"] } ?? -1
        }
    }

    @Test("the first day of the stage is its Monday")
    func stageDay() { #expect(day(0).description == "2030-01-07") }

    @Test("rows are read back, listed by day and by age, and removed; each write counts the version up",
          arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let before = try await version(stage)
            let holiday = away(stage, 5, 9, colleague: stage.bob)
            let trip = away(stage, 1, 2, zone: "Asia/Tokyo")
            let over = away(stage, -9, -8)
            try await insert(stage, [holiday, trip, over])
            let (scope, ada, bob, first) = (stage.scope, stage.ada, stage.bob, day(0))
            try await stage.database.write(scope) { tx in
                #expect(try TimeAwayStore.find(holiday.id, scope: scope, in: tx) == holiday)
                #expect(try TimeAwayStore.ahead(of: ada, from: first, scope: scope, in: tx) == [trip, holiday])
                #expect(try TimeAwayStore.ahead(of: bob, from: first, scope: scope, in: tx).isEmpty)
                // Ids of one millisecond are in no order of their own.
                let newest = [holiday, trip, over].sorted { $0.id.text > $1.id.text }
                let list = try TimeAwayStore.list(of: nil, limit: 2, after: nil, scope: scope, in: tx)
                #expect(list == Array(newest.prefix(2)))
                let rest = try TimeAwayStore.list(of: [ada], limit: 9, after: newest[1].id, scope: scope, in: tx)
                #expect(rest == [newest[2]])
                #expect(try TimeAwayStore.delete(trip, scope: scope, in: tx))
                #expect(try !TimeAwayStore.delete(trip, scope: scope, in: tx))
            }
            #expect(try await version(stage) == before + 4)
        }
    }

    @Test("the engine gets the days of all workspaces; the other workspace's pages get no words", arguments: Engine.all)
    func acrossWorkspaces(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.neighbour()
            let (ada, now, place) = (stage.ada, stage.world.now, other.workspace)
            try await stage.database.writeUnscoped { tx in
                try AccountStore.addMember(ada, role: .member, workspace: place, now: now, in: tx)
            }
            let theirs = away(stage, 0, 1)
            try await insert(stage, [theirs], scope: other.scope)
            try await insert(stage, [away(stage, 3, 3, zone: "Asia/Tokyo")])
            let (scope, first, last) = (stage.scope, day(0), day(30))
            try await stage.database.write(scope) { tx in
                let all = try TimeAwayStore.away(of: [ada.text], from: first, through: last, in: tx)[ada.text]
                #expect(all?.spans.map(\.from) == [first] && all?.trips.map(\.zone) == ["Asia/Tokyo"])
                let elsewhere = try TimeAwayStore.elsewhere(of: ada, from: first, scope: scope, in: tx)
                #expect(elsewhere == [TimeElsewhere(kind: .outOfOffice, from: theirs.from, to: theirs.to)])
                #expect(try TimeAwayStore.find(theirs.id, scope: scope, in: tx) == nil)
                #expect(try !TimeAwayStore.delete(theirs, scope: scope, in: tx))
                #expect(try TimeAwayStore.list(of: nil, limit: 9, after: nil, scope: scope, in: tx).count == 1)
            }
            #expect(try await stage.free(day: 0).isEmpty)
            #expect(try await stage.free(day: 1).isEmpty)
            #expect(try await !stage.free(day: 2).isEmpty)
        }
    }

    @Test("a visitor is told the last day of what follows on, and who can help while they are here",
          arguments: Engine.all)
    func redirects(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await insert(stage, [
                away(stage, 1, 3, colleague: stage.bob), away(stage, 4, 6), away(stage, 9, 9),
                away(stage, 12, 12, zone: "UTC"),
            ])
            let (scope, ada, bob, days) = (stage.scope, stage.ada, stage.bob, (0...13).map(day))
            try await stage.database.write(scope) { tx in
                let told = try days.map { try TimeAwayStore.redirect(for: ada, at: $0, scope: scope, in: tx) }
                #expect(told.map { $0?.until } == [
                    nil, days[6], days[6], days[6], days[6], days[6], days[6], nil, nil, days[9], nil, nil, nil, nil,
                ])
                #expect(told[2]?.colleague == Redirect.Colleague(id: bob, name: "Bob Osei"))
                #expect(told[5] != nil && told[5]?.colleague == nil)
                try tx.run("DELETE FROM member WHERE workspace = \(scope.workspace) AND account = \(bob)")
                let gone = try TimeAwayStore.redirect(for: ada, at: days[2], scope: scope, in: tx)
                #expect(gone == Redirect(until: days[6]), "who has left helps nobody")
            }
        }
    }

    @Test("a choice of holidays is kept with its exceptions, replaced and ended", arguments: Engine.all)
    func holidays(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, ada, worked) = (stage.scope, stage.ada, day(3))
            let half = try MonthDay("12-24").wanted("day")
            let choice = HolidayChoice(country: "DE", region: "BY", worked: [worked], halfDays: [half])
            let (first, last) = (day(-400), day(400))
            try await stage.database.write(scope) { tx in
                #expect(try TimeAwayStore.holidays(of: ada, scope: scope, in: tx) == nil)
                try TimeAwayStore.set(choice, of: ada, scope: scope, in: tx)
                #expect(try TimeAwayStore.holidays(of: ada, scope: scope, in: tx) == choice)
                let all = try TimeAwayStore.away(of: [ada.text], from: first, through: last, in: tx)
                #expect(all[ada.text]?.holidays == [choice])
                try TimeAwayStore.set(HolidayChoice(country: "NO"), of: ada, scope: scope, in: tx)
                #expect(try TimeAwayStore.holidays(of: ada, scope: scope, in: tx) == HolidayChoice(country: "NO"))
                try TimeAwayStore.set(nil, of: ada, scope: scope, in: tx)
                #expect(try TimeAwayStore.holidays(of: ada, scope: scope, in: tx) == nil)
                #expect(try TimeAwayStore.away(of: [ada.text], from: first, through: last, in: tx).isEmpty)
            }
        }
    }

    @Test("days away close a link's times, a trip moves them, and the reason is the right one", arguments: Engine.all)
    func closes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await insert(stage, [away(stage, 1, 1), away(stage, 2, 2, zone: "Asia/Tokyo")])
            #expect(try await stage.free(day: 0).count == 16)
            #expect(try await stage.free(day: 1).isEmpty)
            // 9 to 17 in Tokyo is 1 to 9 in Berlin.
            #expect(try await stage.free(day: 2).first == stage.at(1, day: 2))
            let (scope, link, zones) = (stage.scope, stage.link, stage.zones)
            let start = stage.at(10, day: 1)
            let reason = try await stage.database.read(scope) { tx in
                try OfferedTimes(
                    link: link, from: start, to: start.adding(minutes: 30), now: monday, zones: zones, scope: scope,
                    in: tx).refusal(at: start)
            }
            #expect(reason == .outOfOffice)
            #expect(try await refusal { try await stage.book(start) }?.status == 422)
        }
    }
}
