/// The API's schedules and days away, for keys that see their own or everybody's.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ScheduleAPITests {
    private let body: JSON = [
        "name": "Nights", "timezone": "Asia/Kathmandu", "weekly": ["fri": [["22:00", "26:00"]]],
        "overrides": [["date": "2030-12-24", "windows": []], ["date": "2030-12-31", "windows": [["09:00", "24:00"]]]],
    ]

    @Test("a schedule is made once for its key, read, changed over its version and deleted", arguments: Engine.all)
    func life(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let made = await program.call("POST", "/api/v1/schedules", body, key: "k")
            #expect(made.status == 201 && made.json["overrides"] == body["overrides"])
            #expect(made.json["weekly"] == body["weekly"] && made.json["user"] == .string(stage.ada.text))
            let again = await program.call("POST", "/api/v1/schedules", body, key: "k")
            #expect(again.body == made.body && again[header: "Idempotency-Replayed"] == "true")
            let path = "/api/v1/schedules/\(made.json["id"]?.string ?? "")"
            #expect(await program.call("GET", path).json == made.json)
            let changed = await program.call("PATCH", path, ["name": "Days", "overrides": [], "version": 1])
            #expect(changed.status == 200 && changed.json["name"] == "Days" && changed.json["version"] == 2)
            #expect(changed.json["weekly"] == body["weekly"] && changed.json["overrides"] == [])
            let late = await program.call("PATCH", path, ["name": "Late", "version": 1])
            #expect(late.status == 409 && late.json["code"] == "conflict")
            #expect(await program.call("PATCH", path, ["nmae": "x"]).problemFields == ["nmae"])
            let list = await program.call("GET", "/api/v1/schedules?limit=1")
            #expect(list.json["data"]?.array?.count == 1 && list.json["nextCursor"]?.string != nil)
            #expect(await program.call("GET", "/api/v1/schedules?cursor=x").status == 422)
            #expect(await program.call("DELETE", path).status == 204)
            #expect(await program.call("GET", path).status == 404)
            let used = await program.call("DELETE", "/api/v1/schedules/\(stage.link.schedule)")
            #expect(used.status == 409 && used.json["code"] == "in_use")
        }
    }

    @Test("a member's key sees its own and makes none for others; an admin's does", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let theirs = "/api/v1/schedules/\(stage.link.schedule)"
            #expect(await bob.call("GET", theirs).status == 404)
            #expect(await bob.call("PATCH", theirs, ["name": "x"]).status == 404)
            #expect(await bob.call("DELETE", theirs).status == 404)
            let forAda: JSON = ["name": "a", "timezone": "UTC", "user": .string(stage.ada.text)]
            #expect(await bob.call("POST", "/api/v1/schedules", forAda).status == 403)
            let forBob: JSON = ["name": "a", "timezone": "UTC", "user": .string(stage.bob.text)]
            #expect(await ada.call("POST", "/api/v1/schedules", forBob).status == 201)
            let list = await bob.call("GET", "/api/v1/schedules")
            #expect(list.json["data"]?.array?.compactMap { $0["user"]?.string } == [stage.bob.text])
            let eve = try await stage.neighbour().user
            let forEve: JSON = ["name": "a", "timezone": "UTC", "user": .string(eve.text)]
            #expect(await ada.call("POST", "/api/v1/schedules", forEve).problemFields == ["user"])
            let reader = ada.asked(by: "eve")
            #expect(await reader.call("GET", "/api/v1/schedules").status == 200)
            #expect(await reader.call("POST", "/api/v1/schedules", body).status == 403)
        }
    }

    @Test("a key counts for its caller alone: another's same request with it makes another thing",
          arguments: Engine.all)
    func keys(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let away: JSON = ["kind": "out_of_office", "from": "2030-01-08", "to": "2030-01-08"]
            let link: JSON = ["title": "Talk", "durationMinutes": [30]]
            for (path, body) in [("schedules", body), ("time-off", away), ("links", link)] {
                let first = await ada.call("POST", "/api/v1/\(path)", body, key: "k")
                let other = await ada.asked(by: "bob").call("POST", "/api/v1/\(path)", body, key: "k")
                #expect(first.status == 201 && other.status == 201, "\(path)")
                #expect(other[header: "Idempotency-Replayed"] == nil, "\(path)")
                #expect(other.json["id"] != first.json["id"], "\(path)")
                let again = await ada.call("POST", "/api/v1/\(path)", body, key: "k")
                #expect(again.json == first.json && again[header: "Idempotency-Replayed"] == "true", "\(path)")
            }
        }
    }

    @Test("days away are entered once for their key, listed and taken back", arguments: Engine.all)
    func timeOff(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let bob = ada.asked(by: "bob")
            let office: JSON = [
                "kind": "out_of_office", "from": "2030-01-08", "to": "2030-01-08", "reason": "Ski",
                "redirectTo": .string(stage.bob.text),
            ]
            let made = await ada.call("POST", "/api/v1/time-off", office, key: "k")
            #expect(made.status == 201 && made.json["redirectTo"] == .string(stage.bob.text))
            #expect(await ada.call("POST", "/api/v1/time-off", office, key: "k").body == made.body)
            #expect(try await stage.free(day: 1).isEmpty)
            let trip: JSON = [
                "kind": "trip", "from": "2030-02-01", "to": "2030-02-02", "timezone": "Asia/Tokyo",
                "user": .string(stage.bob.text),
            ]
            #expect(await ada.call("POST", "/api/v1/time-off", trip).status == 201)
            #expect(await ada.call("GET", "/api/v1/time-off").json["data"]?.array?.count == 2)
            let own = await bob.call("GET", "/api/v1/time-off").json["data"]?.array
            #expect(own?.compactMap { $0["kind"]?.string } == ["trip"] && own?.first?["timezone"] == "Asia/Tokyo")
            let path = "/api/v1/time-off/\(made.json["id"]?.string ?? "")"
            #expect(await bob.call("DELETE", path).status == 404)
            #expect(await ada.call("DELETE", path).status == 204)
            #expect(await ada.call("DELETE", path).status == 404)
            #expect(try await !stage.free(day: 1).isEmpty)
            let forAda: JSON = ["kind": "out_of_office", "from": "2030-03-01", "to": "2030-03-01",
                                "user": .string(stage.ada.text)]
            #expect(await bob.call("POST", "/api/v1/time-off", forAda).status == 403)
            #expect(await ada.call("POST", "/api/v1/time-off", ["kind": "trip"]).status == 422)
            #expect(await ada.call("GET", "/api/v1/time-off?cursor=zzz").status == 422)
        }
    }
}
