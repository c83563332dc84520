/// Whether a link's host decides: read out of forms and bodies, stored, told, and shown again.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkApprovalTests {
    @Test("it is stored with the link and counts its version up", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            #expect(stage.link.rules.approval == LinkApproval())
            let link = try await stage.makeLink("ask") { ($0.approval.isRequired, $0.approval.hours) = (true, 168) }
            #expect(link.rules.approval.isRequired && link.rules.approval.hours == 168)
            let changed = try await SaveLink(stage.installation).update(link.id, version: 1, scope: stage.adas) {
                var wish = LinkWish(rules: $0.rules)
                wish.rules.approval = LinkApproval()
                return wish
            }
            #expect(changed.version == 2 && changed.rules.approval == LinkApproval())
            let copy = try await stage.makeLink("other") { $0.approval.hours = 1 }
            #expect(copy.rules.approval.hours == 1 && !copy.rules.approval.isRequired)
        }
    }

    @Test("a body sets it, leaves it, and takes it back")
    func bodies() throws {
        let asked = try LinkRules.read(["title": "A", "requiresApproval": true, "approvalHours": 5])
        #expect(asked.approval.isRequired && asked.approval.hours == 5)
        #expect(try LinkRules.read(["title": "B"], over: asked).approval == asked.approval)
        #expect(try LinkRules.read(["approvalHours": nil], over: asked).approval.hours == 48)
        #expect(try !LinkRules.read(["requiresApproval": false], over: asked).approval.isRequired)
        #expect(try LinkRules.read(["title": "A"]).approval == LinkApproval())
        let bad: [JSON] = [
            ["title": "A", "approvalHours": 0], ["title": "A", "approvalHours": 169],
            ["title": "A", "approvalHours": "five"], ["title": "A", "requiresApproval": "perhaps"],
            ["title": "A", "approvalHours": "1.5"],
        ]
        for body in bad { #expect(throws: Invalid.self, "\(body.text)") { try LinkRules.read(body) } }
    }

    @Test("the form shows it, an unticked box takes it back, and a mistake keeps what was typed",
          arguments: Engine.all)
    func form(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("ask") { ($0.approval.isRequired, $0.approval.hours) = (true, 7) }
            let visitor = try Visitor(stage, who: "ada")
            let path = "/settings/booking-links/\(link.id)"
            let page = await visitor.get(path)
            #expect(page.field("approvalHours") == "7")
            #expect(page.text.contains("id=\"f-requiresApproval\" name=\"requiresApproval\" value=\"on\" checked"))
            var form = LinkFields.filled(link, hasOwnHours: false, zone: .utc).values
            form["approvalHours"] = "700"
            let refused = await visitor.post(path, form)
            #expect(refused.status == 422 && refused.field("approvalHours") == "700")
            #expect(refused.text.contains("f-approvalHours-error"))
            form["approvalHours"] = ""
            form["requiresApproval"] = nil
            #expect(await visitor.post(path, form).status == 303)
            #expect(await visitor.get(path).field("approvalHours") == "48")
            #expect(await !visitor.get(path).text.contains("name=\"requiresApproval\" value=\"on\" checked"))
        }
    }

    @Test("the API tells it to everybody who may book", arguments: Engine.all)
    func told(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("ask") { $0.approval.isRequired = true }
            let visitor = try Visitor(stage, who: "ada")
            let full = await visitor.get("/api/v1/links/\(link.id)").json
            #expect(full["requiresApproval"] == true && full["approvalHours"] == 48)
            #expect(await visitor.get("/api/v1/public/links/ask").json["requiresApproval"] == true)
            #expect(await visitor.get("/api/v1/public/links/intro").json["requiresApproval"] == false)
        }
    }

    @Test("a wish dies after the host's hours, and never after the start")
    func deadline() {
        var approval = LinkApproval()
        approval.hours = 2
        let now = Instant(1_000_000)
        #expect(approval.deadline(from: now, before: now.adding(hours: 9)) == now.adding(hours: 2))
        #expect(approval.deadline(from: now, before: now.adding(hours: 1)) == now.adding(hours: 1))
    }
}

extension LinkRules {
    /// What a body makes of a link's rules.
    /// - Throws: what is wrong with it.
    static func read(_ json: JSON, over base: LinkRules? = nil) throws -> LinkRules {
        var fields = Fields(json: json)
        let wish = try LinkReading.read(&fields, over: base, entropy: .seeded(1))
        try fields.finish()
        return wish.rules
    }
}
