/// A day that a host cannot make: what becomes of each meeting, what could not be done, and that it happens once.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Out today")
struct OutTodayTests {
    private let path = "/calendar/out-today"

    private func fields(_ page: Answer, _ deeds: [ID<Booking>: (String, String)]) -> [String: String] {
        var form = ["form": page.field("form") ?? "", "day": page.field("day") ?? "", "closes": "on"]
        for (id, (deed, message)) in deeds {
            (form["deed.\(id)"], form["message.\(id)"]) = (deed, message)
        }
        return form
    }

    @Test("given, asked, cancelled and kept in one go; the day is closed; sent twice it happens once",
          arguments: Engine.all)
    func day(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            var given = try await stage.book(stage.at(9), on: turns).id
            if try await stage.find(given).hosts[0].id != stage.ada {
                given = try await stage.book(stage.at(9), on: turns).id
            }
            let (asked, cancelled, kept) = (
                try await stage.book(stage.at(11)).id, try await stage.book(stage.at(12)).id,
                try await stage.book(stage.at(13)).id)
            let later = try await stage.book(stage.at(10, day: 1)).id
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get(path)
            #expect(page.text.contains("4 meetings are still to come"))
            #expect(page.text.contains("Give it to the one who is free"))
            #expect(!page.text.contains(later.text))
            let rows = try await stage.rows()
            _ = await ada.get("\(path)?day=2030-01-08")
            #expect(try await stage.rows() == rows)

            let form = fields(page, [
                given: ("give", "Ill."), asked: ("ask", "Ill."), cancelled: ("cancel", "Ill."), kept: ("keep", ""),
            ])
            let pairs = form.map { ($0.key, $0.value) }
                + [given, asked, cancelled, kept].map { ("booking", $0.text) }
            let done = await ada.post(path, pairs: pairs)
            #expect(done.status == 200 && done.text.contains("The day is closed"))
            for words in ["Given to another host", "Asked for another time", "Cancelled. A mail", "Kept."] {
                #expect(done.text.contains(words), "\(words)")
            }
            #expect(try await stage.find(given).hosts.map(\.id) == [stage.bob])
            #expect(try await stage.find(asked).question(now: stage.world.now)?.message == "Ill.")
            #expect(try await stage.find(cancelled).state.status == .cancelled)
            #expect(try await stage.find(kept).state.version == 1)
            #expect(try await stage.free(stage.link).isEmpty)
            let after = try await stage.rows()
            let again = await ada.post(path, pairs: pairs)
            #expect(again.status == 200 && again.text.contains("2 more had changed before."))
            #expect(try await stage.rows() == after)
        }
    }

    @Test("one that cannot be done keeps no other, and the page says why", arguments: Engine.all)
    func partly(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(stage.ada), HostWish(stage.bob)])
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(9), on: bobs)
            let given = try await stage.book(stage.at(9), on: turns).id
            let cancelled = try await stage.book(stage.at(12)).id
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get(path)
            #expect(page.text.contains("no other host is free"))
            let form = fields(page, [given: ("give", ""), cancelled: ("cancel", "")])
            let done = await ada.post(path, pairs: form.map { ($0.key, $0.value) }
                + [("booking", given.text), ("booking", cancelled.text)])
            #expect(done.status == 200 && done.text.contains("One meeting could not be dealt with"))
            #expect(done.text.contains("Not done: No other host is free"))
            #expect(try await stage.find(given).hosts.map(\.id) == [stage.ada])
            #expect(try await stage.find(cancelled).state.status == .cancelled)
        }
    }

    @Test("what is wrong comes back with what was typed; meetings of others are out of reach")
    func bad() async throws {
        try await Stage.on(.sqlite) { stage in
            let own = try await stage.book(stage.at(12)).id
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            let others = try await stage.book(stage.at(14), on: bobs).id
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get(path)
            #expect(!page.text.contains(others.text))
            let long = String(repeating: "x", count: 1001)
            for (deed, message) in [("cancel", long), ("cancel", "a\u{7}b"), ("vanish", "Sorry")] {
                let form = fields(page, [own: (deed, message)]).merging(["booking": own.text]) { $1 }
                let answer = await ada.post(path, form)
                #expect(answer.status == 422 && answer.text.contains(message), "\(deed)")
            }
            let form = fields(page, [others: ("cancel", "")]).merging(["booking": others.text]) { $1 }
            #expect(await ada.post(path, form).status == 200)
            #expect(try await stage.find(others).state.status == .confirmed)
            #expect(await ada.asked(by: "eve").get(path).status == 403)
            #expect(await ada.get("\(path)?day=1999-01-01").text.contains("I’m out today"))
            #expect(await ada.get("\(path)?day=x").status == 200)
        }
    }

    @Test("by the API: what is there, what becomes of each, and that asking again does nothing more",
          arguments: Engine.all)
    func api(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let path = "/api/v1/out-today"
            let (asked, cancelled) = (try await stage.book(stage.at(11)).id, try await stage.book(stage.at(12)).id)
            let ada = try Visitor(stage, who: "ada")
            let day = await ada.call("GET", path)
            #expect(day.status == 200 && day.json["day"]?.string == "2030-01-07", "\(day.text)")
            #expect(day.json["meetings"]?.array?.compactMap { $0["bookingId"]?.string } == [asked.text, cancelled.text])
            let deeds = day.json["meetings"]?.array?.first?["deeds"]?.array?.compactMap(\.string)
            #expect(deeds == ["ask", "cancel", "keep"])
            let body: JSON = ["closes": true, "meetings": [
                ["bookingId": .string(asked.text), "deed": "ask", "message": "Ill."],
                ["bookingId": .string(cancelled.text), "deed": "cancel", "message": "Ill."],
            ]]
            let done = await ada.call("POST", path, body, key: "one")
            #expect(done.status == 200 && done.json["meetings"]?.array?.allSatisfy { $0["done"]?.bool == true } == true)
            #expect(try await stage.find(asked).question(now: stage.world.now)?.message == "Ill.")
            #expect(try await stage.find(cancelled).state.status == .cancelled)
            #expect(try await stage.free().isEmpty)
            let rows = try await stage.rows()
            let again = await ada.call("POST", path, body, key: "one")
            #expect(again.json["meetings"]?.array?.compactMap { $0["done"]?.bool } == [true, true], "\(again.text)")
            #expect(again[header: "Idempotency-Replayed"] == "true" && again.body == done.body)
            #expect(await ada.call("POST", path, ["closes": false], key: "one").status == 422, "another request")
            #expect(try await stage.rows() == rows)
            for bad: JSON in [
                ["day": "2029-01-01"], ["day": "x"], ["meetings": [["bookingId": "x", "deed": "ask"]]],
                ["meetings": [["bookingId": .string(asked.text), "deed": "vanish"]]], ["more": 1],
            ] {
                #expect(await ada.call("POST", path, bad).status == 422, "\(bad)")
            }
            #expect(await ada.call("GET", "\(path)?day=2029-01-01").status == 422)
            // Closing a day takes hours away: a key for bookings alone may not.
            let few = ada.asked(by: "booker")
            #expect(await few.call("POST", path, body).status == 403)
            #expect(await few.call("POST", path, ["meetings": []]).status == 403, "it closes unless told not to")
            #expect(await few.call("POST", path, ["closes": false]).status == 200)
            // Bob has nothing to do that day, and another's meetings are none of his.
            let bob = await ada.asked(by: "bob").call("POST", path, body)
            #expect(bob.json["meetings"]?.array?.compactMap { $0["done"]?.bool } == [false, false])
            #expect(try await stage.find(asked).state.status == .confirmed)
        }
    }
}
