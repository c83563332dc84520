/// Rooms and devices of a workspace: made, changed and deleted by page and by program, and everything that is refused.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

extension Stage {
    @discardableResult
    func makeRoom(
        _ name: String, seats: Int? = nil, _ change: (inout BookableResource) -> Void = { _ in }
    ) async throws -> BookableResource {
        var room = BookableResource(id: world.id(), name: name, zone: "Europe/Berlin")
        room.seats = seats
        change(&room)
        return try await SaveResource(installation).create(room, scope: adas)
    }
}

@Suite("Resources")
struct ResourceTests {
    private static let api = "/api/v1/resources"
    private static let home = "/calendar/admin/resources"

    @Test("a program makes, reads, changes, lists and deletes them; a repeated key makes one", arguments: Engine.all)
    func life(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let body: JSON = [
                "name": "Fjord", "seats": 8, "place": "2nd floor", "hours": ["mon": [["09:00", "12:00"]]],
            ]
            let made = await ada.call("POST", Self.api, body, key: "one")
            let again = await ada.call("POST", Self.api, body, key: "one")
            #expect(made.status == 201 && made.body == again.body)
            let id = try #require(made.json["id"]?.string)
            #expect(made.json["kind"]?.string == "room" && made.json["timezone"]?.string == "Europe/Berlin")
            #expect(made.json["hours"]?["mon"]?[0]?[1]?.string == "12:00" && made.json["active"]?.bool == true)
            let changed = await ada.call(
                "PATCH", "\(Self.api)/\(id)", ["seats": nil, "hours": nil, "kind": "desk", "version": 1])
            #expect(changed.status == 200 && changed.json["version"]?.int == 2)
            #expect(changed.json["name"]?.string == "Fjord" && changed.json["kind"]?.string == "desk")
            #expect(changed.json["seats"]?.isNull == true && changed.json["hours"]?.isNull == true)
            let stale = await ada.call("PATCH", "\(Self.api)/\(id)", ["seats": 3, "version": 1])
            #expect(stale.status == 409)

            // Whoever makes links reads them; admins alone change them.
            let bob = ada.asked(by: "bob")
            let listed = await bob.call("GET", Self.api).json["data"]?.array ?? []
            #expect(listed.map { $0["id"]?.string } == [id])
            let forbidden = await bob.call("PATCH", "\(Self.api)/\(id)", ["seats": 3]).status
            #expect(forbidden == 403)
            let deleted = await ada.call("DELETE", "\(Self.api)/\(id)").status
            let gone = await ada.call("GET", "\(Self.api)/\(id)").status
            #expect(deleted == 204 && gone == 404)
            // Its name is free again.
            let anew = await ada.call("POST", Self.api, ["name": "Fjord"]).status
            #expect(anew == 201)
        }
    }

    @Test("a wrong body is refused by its field and nothing is made", arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            try await stage.makeRoom("Aula")
            let wrong: [(JSON, String)] = [
                ([:], "name"), (["name": ""], "name"), (["name": .string(String(repeating: "x", count: 121))], "name"),
                (["name": 5], "name"), (["name": "aula"], "name"), (["name": "x", "kind": "moon"], "kind"),
                (["name": "x", "seats": 0], "seats"), (["name": "x", "seats": 1001], "seats"),
                (["name": "x", "seats": "many"], "seats"), (["name": "x", "timezone": "Mars/Olympus"], "timezone"),
                (["name": "x", "place": .string(String(repeating: "x", count: 201))], "place"),
                (["name": "x", "hours": [:]], "hours"), (["name": "x", "hours": ["mon": [["9", "8"]]]], "hours"),
                (["name": "x", "active": "yes"], "active"), (["name": "x", "colour": "red"], "colour"),
            ]
            for (body, field) in wrong {
                let answer = await ada.call("POST", Self.api, body)
                #expect(answer.status == 422 && answer.json["errors"]?[0]?["field"]?.string == field, "\(body.text)")
            }
            let scope = stage.adas
            let all = try await stage.database.read(scope) { tx in try ResourceStore.all(scope: scope, in: tx) }
            #expect(all.map(\.name) == ["Aula"])
        }
    }

    @Test("an admin makes one on a page, with hours; what is wrong comes back as it was typed", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let empty = await ada.get(Self.home).text
            #expect(empty.contains("No rooms yet"))
            var form = [
                "name": "", "kind": "vehicle", "seats": "many", "place": "Yard", "timezone": "Europe/Oslo",
                "active": "on", "hoursFrom": "own", "mon_open": "on", "mon_1_from": "08:00", "mon_1_to": "07:00",
            ]
            let wrong = await ada.post(Self.home, form)
            #expect(wrong.status == 422)
            for typed in ["value=\"many\"", "value=\"Yard\"", "value=\"07:00\"", "value=\"vehicle\" selected"] {
                #expect(wrong.text.contains(typed), "\(typed)")
            }
            form.merge(["name": "Van", "seats": "3", "mon_1_to": "17:00"]) { $1 }
            let made = await ada.post(Self.home, form)
            #expect(made.status == 303 && made.location.hasSuffix("?done=made"))
            let page = await ada.get(made.location).text
            #expect(page.contains("value=\"Van\"") && page.contains("No upcoming booking has it."))
            let path = String(made.location.split(separator: "?")[0])
            form["active"] = nil
            form["version"] = "1"
            let saved = await ada.post(path, form)
            let stale = await ada.post(path, form)
            #expect(saved.status == 303 && stale.status == 409 && stale.text.contains("value=\"Van\""))
            let list = await ada.get(Self.home).text
            #expect(list.contains("Switched off") && list.contains("Vehicle"))
            let deleted = await ada.post(path + "/deletion", [:])
            let gone = await ada.get(path).status
            #expect(deleted.status == 303 && gone == 404)
            let bobs = await ada.asked(by: "bob").get(Self.home).status
            #expect(bobs == 403 || bobs == 404)
        }
    }

    @Test("ResourceStore tells no workspace of another's, and links name their own alone", arguments: Engine.all)
    func strangers(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let room = try await stage.makeRoom("Fjord")
            let other = try await stage.neighbour()
            let found = try await stage.database.read(other.scope) { tx in
                (try ResourceStore.find(room.id, scope: other.scope, in: tx),
                 try ResourceStore.all(scope: other.scope, in: tx).count)
            }
            #expect(found.0 == nil && found.1 == 0)
            let refused = await #expect(throws: Invalid.self) {
                var rules = Stage.rules
                (rules.slug, rules.needs) = ("elsewhere", [LinkNeed([room.id])])
                _ = try await SaveLink(stage.installation).create(
                    LinkWish(rules: rules), host: other.user, scope: other.scope)
            }
            #expect(refused?.fields.first?.field == "resources.0.oneOf")
        }
    }
}
