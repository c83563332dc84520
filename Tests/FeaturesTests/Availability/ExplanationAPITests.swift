/// Why a time is not offered, as programs read it: of one instant and of all starts of a day.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ExplanationAPITests {
    private func path(_ stage: Stage, _ query: String, of link: Link? = nil) -> String {
        "/api/v1/links/\((link ?? stage.link).id)/explanation?\(query)"
    }

    @Test("a free time is free, and a taken one names what takes it", arguments: Engine.all)
    func oneTime(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10))
            let ada = try Visitor(stage, who: "ada")
            let free = await ada.call("GET", path(stage, "at=2030-01-07T08:00:00Z"))
            #expect(free.status == 200 && free.json["free"] == true && free.json["reason"] == nil)
            #expect(free.json["hosts"]?[0]?["host"]?.string == stage.ada.text)
            let taken = await ada.call("GET", path(stage, "at=2030-01-07T10:00:00%2B01:00")).json
            #expect(taken["free"] == false && taken["reason"] == "busy_booking")
            let reason = taken["hosts"]?[0]?["reasons"]?[0]
            #expect(reason?["code"] == "busy_booking" && reason?["start"] == "2030-01-07T09:00:00Z")
            #expect(reason?["end"] == "2030-01-07T09:30:00Z" && reason?["title"] == "Introduction, Yuko Hasegawa")
            #expect(reason?["booking"]?.string == booked.id.text)
            let closed = await ada.call("GET", path(stage, "at=2030-01-12T09:00:00Z")).json
            #expect(closed["hosts"]?[0]?["reasons"]?[0]?["code"] == "outside_hours")
        }
    }

    @Test("every start of a day is told, and exactly those are free that are listed", arguments: Engine.all)
    func day(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("limited") {
                $0.rhythm.limits = [Limit(.link, per: .day, count: 1)]
                ($0.rhythm.otherLengths, $0.notice) = ([60], MinimumNotice(value: 2, unit: .hour))
            }
            try await stage.book(stage.at(12))
            let ada = try Visitor(stage, who: "ada")
            func day(_ query: String) async -> JSON { await ada.call("GET", path(stage, query, of: link)).json }
            func codes(_ json: JSON) -> [String] {
                (json["starts"]?.array ?? []).map { $0["reason"]?.string ?? "free" }
            }
            let monday = await day("date=2030-01-07")
            #expect(monday["timezone"] == "Europe/Berlin" && monday["durationMinutes"] == 30)
            #expect(codes(monday) == ["too_soon", "too_soon"] + Array(repeating: "free", count: 4) + ["busy_booking"]
                + Array(repeating: "free", count: 9))
            let free = (monday["starts"]?.array ?? []).filter { $0["free"] == true }.compactMap { $0["start"]?.string }
            #expect(free.compactMap(Instant.init(rfc3339:)) == (try await stage.free(link)))
            #expect(codes(await day("date=2030-01-07&duration=60")).count == 8)
            try await stage.book(stage.at(14), on: link)
            #expect(Set(codes(await day("date=2030-01-07"))) == ["too_soon", "busy_booking", "limit_link"])
            #expect(codes(await day("date=2030-01-12")).isEmpty)
            #expect(await day("")["date"] == "2030-01-07")
        }
    }

    @Test("days off keep their starts, with the reason", arguments: Engine.all)
    func dayOff(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let away: JSON = ["kind": "out_of_office", "from": "2030-01-08", "to": "2030-01-08", "reason": "Fair"]
            #expect(await ada.call("POST", "/api/v1/time-off", away).status == 201)
            let told = await ada.call("GET", path(stage, "date=2030-01-08")).json
            #expect(told["starts"]?.array?.count == 16)
            #expect(told["starts"]?[0]?["hosts"]?[0]?["reasons"]?[0]?["code"] == "out_of_office")
        }
    }

    @Test("what nobody may read has no title, and links of others are not found", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            try await stage.book(stage.at(10))
            let bob = try Visitor(stage, who: "bob")
            #expect(await bob.call("GET", path(stage, "date=2030-01-07")).status == 404)
            #expect(await bob.call("GET", "/api/v1/links/lnk_x/explanation?date=2030-01-07").status == 404)
            #expect(await bob.asked(by: nil).call("GET", path(stage, "date=2030-01-07")).status == 401)
            let elsewhere = try await stage.neighbour()
            let row = LedgerRow(
                id: "led_x", subject: stage.ada.text, workspace: elsewhere.workspace, kind: .booking, ref: "bk_x",
                claim: "bk_x", starts: stage.at(9), ends: stage.at(9, 30))
            try await stage.database.write(elsewhere.scope) { tx in try tx.add([row]) }
            let told = await (try Visitor(stage, who: "ada")).call("GET", path(stage, "at=2030-01-07T08:00:00Z")).json
            let reason = told["hosts"]?[0]?["reasons"]?[0]
            #expect(reason?["code"] == "busy_booking" && reason?["title"] == nil && reason?["booking"] == nil)
        }
    }

    @Test("a question that cannot be answered is refused by field", arguments: [
        ("at=noon", ["at"]), ("date=2030-02-30", ["date"]),
        ("date=2030-01-07&at=2030-01-07T08:00:00Z", ["at"]), ("at=2030-01-07T08:00:00Z&duration=45", ["duration"]),
        ("date=9999-12-31", ["date"]), ("date=0001-01-01", ["date"]),
        ("at=9999-12-31T23:59:59Z", ["at"]), ("date=2030-01-07&duration=x", ["duration"]),
    ])
    func wrong(query: String, fields: [String]) async throws {
        try await Stage.on(.sqlite) { stage in
            let answer = await (try Visitor(stage, who: "ada")).call("GET", path(stage, query))
            #expect(answer.status == 422 && answer.problemFields == fields, "\(query)")
        }
    }
}
