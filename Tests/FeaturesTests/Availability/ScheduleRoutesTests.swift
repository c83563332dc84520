/// The pages on which hosts make, look at, change and delete schedules.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ScheduleRoutesTests {
    /// What a browser sends for the stage's week as it stands.
    private func form(_ change: [String: String] = [:], without: Set<String> = []) -> [String: String] {
        var form = ["name": "Office", "timezone": "Europe/Berlin", "then": "save"]
        for day in ["mon", "tue", "wed", "thu", "fri"] {
            form["\(day)_open"] = "on"
            form["\(day)_1_from"] = "09:00"
            form["\(day)_1_to"] = "17:00"
        }
        return form.merging(change) { $1 }.filter { !without.contains($0.key) }
    }

    private func stored(_ stage: Stage) async throws -> [Schedule] {
        let (scope, ada) = (stage.scope, stage.ada)
        return try await stage.database.read(scope) { tx in try ScheduleStore.all(of: ada, scope: scope, in: tx) }
    }

    @Test("a schedule is made on the page, listed, preferred and deleted", arguments: Engine.all)
    func life(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/schedules").text.contains("Followed by Introduction"))
            #expect(await ada.get("/calendar/schedules/new").status == 200)
            let made = await ada.post("/calendar/schedules", form(["name": "Nights"]))
            #expect(made.status == 303 && made.location.hasSuffix("?saved=new"))
            #expect(await ada.get(made.location).text.contains("No link follows it"))
            let id = try await stored(stage).first { $0.name == "Nights" }.wanted("schedule").id
            #expect(await ada.post("/calendar/schedules/\(id)/default", [:]).status == 303)
            #expect(try await stored(stage).map(\.id) == [id, stage.link.schedule])
            #expect(await ada.post("/calendar/schedules/\(id)/deletion", [:]).status == 303)
            #expect(try await stored(stage).map(\.id) == [stage.link.schedule])
        }
    }

    @Test("a schedule that a link follows stays, and the page says which", arguments: Engine.all)
    func inUse(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let refused = await ada.post("/calendar/schedules/\(stage.link.schedule)/deletion", [:])
            #expect(refused.status == 409 && refused.text.contains("follow this schedule: Introduction"))
            #expect(try await stored(stage).count == 1)
        }
    }

    @Test("looking first tells what appears and vanishes, saves nothing, and saving does just that",
          arguments: Engine.all)
    func looksFirst(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            let change = [
                "mon_1_to": "18:00", "fri_1_from": "10:00", "overrides.0.date": "2030-01-08", "overrides.0.times": "",
            ]
            // Today is a Monday: five Mondays with two slots more, four Fridays and a Tuesday with fewer.
            let looked = await ada.post(path, form(change.merging(["then": "look"]) { $1 }))
            #expect(looked.status == 200 && looked.text.contains("Nothing is saved yet"))
            #expect(looked.text.contains("10 times appear") && looked.text.contains("Mon 7 Jan, 17:00"))
            #expect(looked.text.contains("24 times vanish") && looked.text.contains("Tue 8 Jan, 09:00"))
            #expect(looked.text.contains(
                "In the days that can be booked, up to 60 ahead, 24 times vanish and 10 times appear."))
            #expect(looked.field("mon_1_to") == "18:00" && looked.field("overrides.0.date") == "2030-01-08")
            #expect(try await stage.free(day: 1).count == 16)

            let saved = await ada.post(path, form(change))
            #expect(saved.status == 303 && saved.location.hasSuffix("?saved=yes"))
            #expect(try await stage.free(day: 0).count == 18)
            #expect(try await stage.free(day: 1).isEmpty)
            let same = await ada.post(path, form(change.merging(["then": "look"]) { $1 }))
            #expect(same.text.contains("no time of any link changes"))
        }
    }

    @Test("looking first names the meetings that lie outside the new hours, and only those", arguments: Engine.all)
    func namesMeetings(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            let late = try await stage.book(stage.at(16)) { $0.attendee.name = "Late <i>" }
            let closed = try await stage.book(stage.at(10, day: 1)) { $0.attendee.name = "Closed" }
            let stays = try await stage.book(stage.at(10)) { $0.attendee.name = "Stays" }
            let looked = await ada.post(path, form([
                "mon_1_to": "16:00", "overrides.0.date": "2030-01-08", "overrides.0.times": "", "then": "look",
            ])).text
            #expect(looked.contains("2 bookings lie outside the new hours. They stay as they are:"))
            for (booked, isNamed) in [(late, true), (closed, true), (stays, false)] {
                #expect(looked.contains("/calendar/bookings/\(booked.id)\"") == isNamed)
            }
            #expect(looked.contains("Late &lt;i&gt;") && !looked.contains("Stays"))
            #expect(try await stage.find(late.id).state.status == .confirmed)
        }
    }

    @Test("mistakes come back beside their fields with every word that was typed", arguments: Engine.all)
    func mistakes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let typed = form([
                "name": "", "timezone": "Mars/Base", "tue_1_from": "19:00", "overrides.0.date": "2030-02-31",
                "overrides.0.times": "10:00-11:00", "overrides.1.date": "2030-03-01", "overrides.1.times": "late",
            ])
            for path in ["/calendar/schedules", "/calendar/schedules/\(stage.link.schedule)"] {
                let answer = await ada.post(path, typed)
                #expect(answer.status == 422)
                for name in ["tue_1_from", "overrides.0.date", "overrides.0.times", "overrides.1.times"] {
                    #expect(answer.field(name) == typed[name], "\(name)")
                }
                for name in ["name", "timezone", "tue_1_to", "overrides.0.date", "overrides.1.times"] {
                    #expect(answer.text.contains("id=\"f-\(name)-error\""), "\(name)")
                }
            }
            #expect(try await stored(stage).count == 1)
        }
    }

    @Test("Monday is copied to the working days before anything is saved", arguments: Engine.all)
    func copies(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            let typed = form(["mon_1_from": "22:00", "mon_1_to": "02:00", "mon_1_next": "on", "then": "copy"],
                             without: ["wed_open"])
            let copied = await ada.post(path, typed)
            #expect(copied.status == 200 && copied.text.contains("not saved yet"))
            #expect(copied.field("wed_1_from") == "22:00" && copied.field("fri_1_to") == "02:00")
            #expect(copied.field("sat_1_from") == "09:00" || copied.field("sat_1_from") == "")
            #expect(try await stored(stage).first?.weekly == Schedule.defaultWeekly)
            let saved = await ada.post(path, form(["mon_1_from": "22:00", "mon_1_to": "02:00", "mon_1_next": "on"]))
            #expect(saved.status == 303)
            #expect(try await stored(stage).first?.weekly[1] == [Window(opens: 1_320, closes: 1_560)])
            #expect(await ada.get(path).field("mon_1_to") == "02:00")
        }
    }

    @Test("two tabs: the second is told, keeps what was typed, and loses nothing", arguments: Engine.all)
    func conflict(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            #expect(await ada.get(path).field("version") == "1")
            #expect(await ada.post(path, form(["name": "First", "version": "1"])).status == 303)
            let second = await ada.post(path, form(["name": "Second", "version": "1"]))
            #expect(second.status == 409 && second.field("name") == "Second"
                && second.text.contains("Somebody else saved this schedule"))
            #expect(try await stored(stage).first?.name == "First")
        }
    }

    @Test("dates that are over are not on the page and stay stored; ticked ones go", arguments: Engine.all)
    func overrides(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            let (past, soon) = ("2030-01-03", "2030-01-17")
            _ = await ada.post(path, form(["overrides.0.date": past, "overrides.1.date": soon]))
            let page = await ada.get(path)
            #expect(page.field("overrides.0.date") == soon && !page.text.contains(past))
            _ = await ada.post(path, form(["overrides.0.date": soon, "overrides.0.remove": "on"]))
            #expect(try await stored(stage).first?.overrides.keys.map(\.description) == [past])
        }
    }

    @Test("members see their own schedules, admins all, viewers none", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let path = "/calendar/schedules/\(stage.link.schedule)"
            #expect(await bob.get(path).status == 404)
            for action in ["", "/default", "/deletion"] {
                #expect(await bob.post(path + action, form()).status == 404, "\(action)")
            }
            #expect(await bob.get("/calendar/schedules").text.contains("No schedules yet"))
            let made = await bob.post("/calendar/schedules", form(["name": "Bob’s"]))
            #expect(await ada.get(made.location).text.contains("Bob Osei’s schedule"))
            #expect(await ada.get("/calendar/schedules").text.contains("Bob’s"))
            #expect(await ada.asked(by: "eve").get("/calendar/schedules").status == 403)
            #expect(await ada.asked(by: nil).get("/calendar/schedules").location.hasPrefix("/sign-in"))
            for id in ["x", stage.workspace.text, stage.world.id(Schedule.self).text] {
                #expect(await ada.get("/calendar/schedules/\(id)").status == 404, "\(id)")
            }
            let own = try await stage.makeLink("own", hours: Schedule.defaultWeekly)
            #expect(await ada.get("/calendar/schedules/\(own.schedule)").status == 404, "a link's own hours")
        }
    }
}
