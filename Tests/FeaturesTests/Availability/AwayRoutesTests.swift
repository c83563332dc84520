/// The page of trips, out of office and holidays.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct AwayRoutesTests {
    private let path = "/calendar/schedules/away"

    private func form(_ change: [String: String] = [:]) -> [String: String] {
        [
            "kind": "out_of_office", "from": "2030-01-08", "to": "2030-01-09", "reason": "Dentist", "redirectTo": "",
            "timezone": "Europe/Berlin",
        ].merging(change) { $1 }
    }

    @Test("days out of office close the links, and the bookings on them are listed and stay", arguments: Engine.all)
    func outOfOffice(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let hit = try await stage.book(stage.at(10, day: 1))
            try await stage.book(stage.at(10, day: 3))
            let added = await ada.post(path, form(["redirectTo": stage.bob.text]))
            #expect(added.status == 303)
            let page = await ada.get(added.location)
            #expect(page.text.contains("One booking falls on these days")
                && page.text.contains("They stay as they are.") && !page.text.contains("\\(say")
                && page.text.contains("/calendar/bookings/\(hit.id)"))
            #expect(page.text.contains("Bob Osei can help") && page.text.contains("Dentist"))
            #expect(try await stage.free(day: 1).isEmpty)
            #expect(try await !stage.free(day: 3).isEmpty)
            #expect(try await stage.find(hit.id).state.status == .confirmed)
            #expect(!(await ada.get("/book/intro").text.contains("Dentist")))

            let id = added.location.components(separatedBy: "saved=").last ?? ""
            #expect(await ada.asked(by: "bob").post("\(path)/\(id)/deletion", [:]).status == 404)
            #expect(await ada.post("\(path)/\(id)/deletion", [:]).status == 303)
            #expect(try await stage.free(day: 1).count == 15)
            #expect(await ada.post("\(path)/\(id)/deletion", [:]).status == 404)
        }
    }

    @Test("one day away is named as one, and what was done has the focus", arguments: Engine.all)
    func oneDay(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let added = await ada.post(path, form(["to": "2030-01-08"]))
            let page = await ada.get(added.location).text
            #expect(page.contains("You are next away on 8 January."))
            #expect(page.contains("tabindex=\"-1\" autofocus") && page.contains("Tuesday 8 January 2030 is saved."))
            let id = added.location.components(separatedBy: "saved=").last ?? ""
            let removed = await ada.post("\(path)/\(id)/deletion", [:])
            #expect(await ada.get(removed.location).text.contains("Removed."))
        }
    }

    @Test("a trip moves the hours into its zone, and two trips never meet", arguments: Engine.all)
    func trip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let added = await ada.post(path, form(["kind": "trip", "timezone": "Asia/Tokyo", "redirectTo": "junk"]))
            #expect(added.status == 303)
            #expect(await ada.get(added.location).text.contains("Your hours count in Asia/Tokyo"))
            #expect(try await stage.free(day: 1).first == stage.at(1, day: 1))
            let second = await ada.post(path, form(["kind": "trip", "timezone": "UTC", "from": "2030-01-09"]))
            #expect(second.status == 422 && second.text.contains("meet another trip"))
            #expect(second.field("reason") == "Dentist" && second.field("from") == "2030-01-09")
        }
    }

    @Test("mistakes come back beside their fields", arguments: Engine.all)
    func mistakes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let eve = try await stage.neighbour().user
            let wrong: [([String: String], String)] = [
                (["from": ""], "from"), (["to": "2030-01-01"], "to"),
                (["reason": String(repeating: "a", count: 201)], "reason"),
                (["redirectTo": stage.ada.text], "redirectTo"), (["redirectTo": eve.text], "redirectTo"),
                (["redirectTo": "nobody"], "redirectTo"), (["kind": "trip", "timezone": "Mars/Base"], "timezone"),
                (["reason": "a\u{1}b"], "reason"),
            ]
            for (change, field) in wrong {
                let answer = await ada.post(path, form(change))
                #expect(answer.status == 422 && answer.text.contains("id=\"f-\(field)-error\""), "\(change)")
                #expect(answer.field("from") == form(change)["from"])
            }
            #expect(await ada.post(path, form(["kind": "sick"])).status == 422)
            #expect(!(await ada.get(path).text.contains("Days ahead")))
        }
    }

    @Test("who has left or is switched off is neither offered nor taken as the one who can help",
          arguments: Engine.all, [MemberState.off, .left])
    func gone(on engine: Engine, state: MemberState) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let offer = "<option value=\"\(stage.bob)\""
            #expect(await ada.get(path).text.contains(offer))
            let (workspace, bob) = (stage.workspace, stage.bob)
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE member SET state = \(state) WHERE workspace = \(workspace) AND account = \(bob)")
            }
            #expect(!(await ada.get(path).text.contains(offer)))
            let refused = await ada.post(path, form(["redirectTo": bob.text]))
            #expect(refused.status == 422 && refused.text.contains("id=\"f-redirectTo-error\""))
            let body: JSON = [
                "kind": "out_of_office", "from": "2030-01-08", "to": "2030-01-08", "redirectTo": .string(bob.text),
            ]
            #expect(await ada.call("POST", "/api/v1/time-off", body).problemFields == ["redirectTo"])
        }
    }

    @Test("what somebody entered elsewhere is shown without its words", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.neighbour()
            let (ada, now, place) = (stage.ada, stage.world.now, other.workspace)
            var row = TimeAway(
                id: stage.world.id(), user: ada, kind: .outOfOffice, from: LocalDate(daysSince1970: 21_922),
                to: LocalDate(daysSince1970: 21_922))
            row.reason = "Interview"
            let away = row
            try await stage.database.writeUnscoped { tx in
                try AccountStore.addMember(ada, role: .member, workspace: place, now: now, in: tx)
            }
            try await stage.database.write(other.scope) { tx in
                try TimeAwayStore.insert(away, scope: other.scope, now: now, in: tx)
            }
            let visitor = try Visitor(stage, who: "ada")
            let page = await visitor.get(path)
            #expect(page.text.contains("entered in another workspace") && !page.text.contains("Interview"))
            #expect(await visitor.post("\(path)/\(away.id)/deletion", [:]).status == 404)
            #expect(await visitor.asked(by: "eve").get(path).status == 403)
        }
    }
}
