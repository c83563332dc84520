/// How a link repeats: read, stored, told and drawn, and what does not go together with it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkSeriesStoreTests {
    private static let weekly: JSON = ["everyWeeks": 2, "count": 8, "countIs": "fixed", "host": "rotate"]

    @Test("what is saved is read again, changed in part, and taken away", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)"
            #expect(await program.call("GET", path).json["recurring"] == .null)
            #expect(await program.call("PATCH", path, ["recurring": Self.weekly]).status == 200)
            #expect(await program.call("GET", path).json["recurring"] == Self.weekly)
            let open = await program.asked(by: nil).call("GET", "/api/v1/public/links/intro").json
            #expect(open["recurring"] == ["everyWeeks": 2, "count": 8, "countIs": "fixed"])

            let changed = await program.call("PATCH", path, ["recurring": ["count": 12]])
            #expect(changed.json["recurring"]?["count"] == 12 && changed.json["recurring"]?["everyWeeks"] == 2)
            #expect(changed.json["version"]?.int == stage.link.version + 2)
            #expect(await program.call("PATCH", path, ["title": "Other"]).json["recurring"]?["count"] == 12)
            #expect(await program.call("PATCH", path, ["recurring": .null]).json["recurring"] == .null)
            let scope = stage.scope
            let read = try await stage.database.read(scope) { tx in
                try LinkStore.find(stage.link.id, scope: scope, in: tx)?.rules.series
            }
            #expect(read == nil)
        }
    }

    @Test("numbers beyond the bounds, unknown names and what is no object are refused, each beside its field",
          arguments: [
              (["everyWeeks": 0], "recurring.everyWeeks"), (["everyWeeks": 13], "recurring.everyWeeks"),
              (["everyWeeks": "two"], "recurring.everyWeeks"), (["everyWeeks": 1, "count": 1], "recurring.count"),
              (["everyWeeks": 1, "count": 53], "recurring.count"), (["everyWeeks": 12, "count": 10], "recurring.count"),
              (["everyWeeks": 1, "countIs": "some"], "recurring.countIs"),
              (["everyWeeks": 1, "host": "any"], "recurring.host"), (["everyWeeks": 1, "weeks": 2], "recurring.weeks"),
              (["count": 3], "recurring.everyWeeks"), ("weekly", "recurring"),
          ] as [(JSON, String)])
    func refused(body: JSON, field: String) async throws {
        try await Stage.on(.sqlite) { stage in
            let program = try Visitor(stage, who: "ada")
            let told = await program.call("PATCH", "/api/v1/links/\(stage.link.id)", ["recurring": body])
            #expect(told.status == 422 && told.problemFields.contains(field), "\(told.text)")
        }
    }

    @Test("a link whose host decides about each booking takes no series, whichever is asked for first")
    func approval() async throws {
        try await Stage.on(.sqlite) { stage in
            let program = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)"
            let both = await program.call("PATCH", path, ["requiresApproval": true, "recurring": Self.weekly])
            #expect(both.status == 422 && both.problemFields == ["recurring.everyWeeks"])
            #expect(await program.call("PATCH", path, ["recurring": Self.weekly]).status == 200)
            let later = await program.call("PATCH", path, ["requiresApproval": true])
            #expect(later.status == 422 && later.problemFields == ["recurring.everyWeeks"])
        }
    }

    @Test("the editor shows it, keeps it, opens its section for it, and an emptied choice ends it")
    func editor() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(stage.link.id)"
            let page = await ada.get(path)
            #expect(page.text.contains("name=\"recurring.everyWeeks\"") && page.text.contains("id=\"repeats\""))
            var filled = LinkFields.filled(stage.link, hasOwnHours: false, zone: .utc).values
            (filled["version"], filled["recurring.everyWeeks"]) = (String(stage.link.version), "1")
            filled["recurring.count"] = "sixty"
            let wrong = await ada.post(path, filled)
            #expect(wrong.status == 422 && wrong.field("recurring.count") == "sixty")
            filled["recurring.count"] = "6"
            #expect(await ada.post(path, filled).status == 303)
            let scope = stage.scope
            func series() async throws -> LinkSeries? {
                try await stage.database.read(scope) { tx in
                    try LinkStore.find(stage.link.id, scope: scope, in: tx)?.rules.series
                }
            }
            #expect(try await series()?.count == 6)
            filled["version"] = await ada.get(path).field("version")
            filled["recurring.everyWeeks"] = ""
            #expect(await ada.post(path, filled).status == 303)
            #expect(try await series() == nil)
        }
    }

    @Test("how far ahead a link is open is a question about the first meeting; a window of dates is one about all")
    func window() {
        var link = Link.example
        link.rules.window = .bookableDays(5)
        link.rules.series = LinkSeries()
        #expect(link.inSeries.rules.window != .bookableDays(5))
        let days = LinkWindow.range(from: LocalDate(daysSince1970: 1), to: LocalDate(daysSince1970: 9))
        link.rules.window = days
        #expect(link.inSeries.rules.window == days)
    }
}
