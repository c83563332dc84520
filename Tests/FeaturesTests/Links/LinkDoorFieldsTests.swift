/// What a link asks of strangers: read, stored, told and drawn.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkDoorFieldsTests {
    @Test("what is saved is read again, and changing it counts the link's version up", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            #expect(!stage.link.rules.door.verifiesEmail)
            let link = try await stage.makeLink("proved") { $0.door.verifiesEmail = true }
            let program = try Visitor(stage, who: "ada")
            let told = await program.call("GET", "/api/v1/links/\(link.id)").json
            #expect(told["verifiesEmail"] == true)
            let open = await program.asked(by: nil).call("GET", "/api/v1/public/links/proved").json
            #expect(open["emailCodeRequired"] == true)
            let changed = await program.call("PATCH", "/api/v1/links/\(link.id)", ["verifiesEmail": false])
            #expect(changed.json["verifiesEmail"] == false)
            #expect(changed.json["version"]?.int == link.version + 1)
            let wrong = await program.call("PATCH", "/api/v1/links/\(link.id)", ["verifiesEmail": "maybe"])
            #expect(wrong.status == 422 && wrong.problemFields == ["verifiesEmail"])
            let scope = stage.scope
            let read = try await stage.database.read(scope) { tx in
                try LinkStore.find(link.id, scope: scope, in: tx)?.rules.door
            }
            #expect(read == LinkDoor())
        }
    }

    @Test("the editor shows it, opens its section for it, and an unticked box is no")
    func editor() async throws {
        try await Stage.on(.sqlite) { stage in
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/settings/booking-links/\(stage.link.id)")
            #expect(page.text.contains("name=\"verifiesEmail\"") && page.text.contains("id=\"proof\""))
            var filled = LinkFields.filled(stage.link, hasOwnHours: false, zone: .utc).values
            (filled["version"], filled["verifiesEmail"]) = (String(stage.link.version), "on")
            #expect(await ada.post("/settings/booking-links/\(stage.link.id)", filled).status == 303)
            let scope = stage.scope
            func door() async throws -> LinkDoor? {
                let id = stage.link.id
                return try await stage.database.read(scope) { tx in
                    try LinkStore.find(id, scope: scope, in: tx)?.rules.door
                }
            }
            #expect(try await door()?.verifiesEmail == true)
            let again = await ada.get("/settings/booking-links/\(stage.link.id)")
            (filled["version"], filled["verifiesEmail"]) = (again.field("version"), nil)
            #expect(await ada.post("/settings/booking-links/\(stage.link.id)", filled).status == 303)
            #expect(try await door()?.verifiesEmail == false)
        }
    }
}
