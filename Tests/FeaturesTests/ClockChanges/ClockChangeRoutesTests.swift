/// The report of changed clocks, as the people it concerns use it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ClockChangeRoutesTests {
    /// Three meetings of Ada's, and then Berlin keeps London's clock.
    private func changed(
        on engine: Engine, _ body: (Stage, Visitor, [ID<Booking>]) async throws -> Void
    ) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let folder = try ZoneFolder("2029a", berlinAs: "Berlin")
            let now = stage.with(folder)
            let ids = try await [now.book(stage.at(9)).id, now.book(stage.at(11)).id, now.book(stage.at(15)).id]
            let ada = try Visitor(now, who: "ada")
            #expect(await ada.get("/calendar/clock-changes").text.contains("at the time that was agreed"))
            #expect(await !ada.get("/calendar").text.contains("The rules of a time zone have changed"))
            try folder.replace("2029b", berlinAs: "London")
            now.zones.reload()
            _ = try await CompareClocks(now.installation)()
            try await body(now, ada, ids)
        }
    }

    @Test("it says what was agreed and what the clock shows, and the overview leads to it", arguments: Engine.all)
    func report(on engine: Engine) async throws {
        try await changed(on: engine) { stage, ada, ids in
            let page = await ada.get("/calendar/clock-changes")
            #expect(page.status == 200)
            #expect(page.text.contains("Agreed: Monday 7 January, 09:00 in Berlin."))
            #expect(page.text.contains("The clock there now shows 08:00 when it begins."))
            #expect(page.text.contains("Move to 09:00 and tell everybody") && page.text.contains("Leave it at 08:00"))
            #expect(await ada.get("/calendar").text.contains("href=\"/calendar/clock-changes\""))
            // Bob's meetings are none of them, and a viewer may look and not act.
            #expect(await ada.asked(by: "bob").get("/calendar/clock-changes").text.contains("Nothing to decide"))
            #expect(await ada.asked(by: "bob").post("/calendar/clock-changes/\(ids[0])/keep", [:]).status == 404)
            #expect(await ada.asked(by: "eve").post("/calendar/clock-changes/\(ids[0])/move", [:]).status == 403)
            #expect(await ada.asked(by: nil).get("/calendar/clock-changes").status == 303)
            #expect(await ada.post("/calendar/clock-changes/nonsense/move", [:]).status == 404)
        }
    }

    @Test("moving restores what was agreed and tells everybody once, however often it is pressed",
          arguments: Engine.all)
    func moving(on engine: Engine) async throws {
        try await changed(on: engine) { stage, ada, ids in
            for _ in 0..<2 {
                #expect(await ada.post("/calendar/clock-changes/\(ids[2])/move", [:]).status == 303)
            }
            let scope = stage.scope
            let booking = try await stage.database.read(scope) { tx in
                try BookingStore.find(ids[2], scope: scope, in: tx)
            }
            #expect(booking?.state.starts == stage.at(16) && booking?.anchorLocal == "2030-01-07T15:00")
            #expect(booking?.state.sequence == 1)
            #expect(await ada.get("/calendar/clock-changes").text.components("Agreed:") == 2)
        }
    }

    @Test("a time that is taken is refused in words, and nothing has moved", arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await changed(on: engine) { stage, ada, ids in
            // An hour later is where the second one begins once the first has been there.
            try await stage.book(stage.at(10))
            let refused = await ada.post("/calendar/clock-changes/\(ids[0])/move", [:])
            #expect(refused.status == 409 && refused.text.contains("role=\"alert\""))
            #expect(refused.text.contains("Agreed: Monday 7 January, 09:00 in Berlin."))
        }
    }

    @Test("leaving it takes what the clock shows for agreed, and tells nobody", arguments: Engine.all)
    func keeping(on engine: Engine) async throws {
        try await changed(on: engine) { stage, ada, ids in
            let jobs: SQL = "SELECT count(*) AS n FROM job"
            func count() async throws -> Int {
                try await stage.database.lookUp { tx in try tx.one(jobs) { try $0["n"] as Int } ?? -1 }
            }
            let before = try await count()
            for id in ids { #expect(await ada.post("/calendar/clock-changes/\(id)/keep", [:]).status == 303) }
            #expect(try await count() == before)
            #expect(await ada.get("/calendar/clock-changes").text.contains("Nothing to decide"))
            let scope = stage.scope
            let booking = try await stage.database.read(scope) { tx in
                try BookingStore.find(ids[0], scope: scope, in: tx)
            }
            #expect(booking?.state.starts == stage.at(9) && booking?.anchorLocal == "2030-01-07T08:00")
        }
    }
}

extension String {
    fileprivate func components(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
