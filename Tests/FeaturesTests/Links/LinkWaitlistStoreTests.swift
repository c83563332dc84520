/// Whether people can wait for a link: read out of forms and bodies, stored, told, and what it cannot go with.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkWaitlistStoreTests {
    @Test("it is stored with the link and counts its version up", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            #expect(stage.link.rules.waitlist == LinkWaitlist())
            let link = try await stage.makeLink("wait") { ($0.waitlist.isOn, $0.waitlist.minutes) = (true, 1440) }
            #expect(link.rules.waitlist.isOn && link.rules.waitlist.minutes == 1440)
            let changed = try await SaveLink(stage.installation).update(link.id, version: 1, scope: stage.adas) {
                var wish = LinkWish(rules: $0.rules)
                wish.rules.waitlist = LinkWaitlist()
                return wish
            }
            #expect(changed.version == 2 && changed.rules.waitlist == LinkWaitlist())
        }
    }

    @Test("a body sets it, leaves it, and takes it back; what is wrong is said")
    func bodies() throws {
        let on = try LinkRules.read(["title": "A", "waitlist": true, "waitlistHoldMinutes": 15])
        #expect(on.waitlist.isOn && on.waitlist.minutes == 15)
        #expect(try LinkRules.read(["title": "B"], over: on).waitlist == on.waitlist)
        #expect(try LinkRules.read(["waitlistHoldMinutes": nil], over: on).waitlist.minutes == 60)
        #expect(try !LinkRules.read(["waitlist": false], over: on).waitlist.isOn)
        #expect(try LinkRules.read(["title": "A"]).waitlist == LinkWaitlist())
        let bad: [JSON] = [
            ["title": "A", "waitlistHoldMinutes": 14], ["title": "A", "waitlistHoldMinutes": 1441],
            ["title": "A", "waitlistHoldMinutes": "long"], ["title": "A", "waitlist": "perhaps"],
            ["title": "A", "waitlist": true, "recurring": ["everyWeeks": 1]],
            ["title": "A", "waitlist": true, "kind": "instant"],
        ]
        for body in bad { #expect(throws: Invalid.self, "\(body.text)") { try LinkRules.read(body) } }
        #expect(throws: Invalid.self) { try LinkRules.read(["recurring": ["everyWeeks": 1]], over: on) }
    }

    @Test("the editor shows it, sends it and opens its section; the API tells it in full and to strangers")
    func told() async throws {
        try await Stage.on(.sqlite) { stage in
            let link = try await stage.makeLink("wait") { ($0.waitlist.isOn, $0.waitlist.minutes) = (true, 30) }
            let ada = try Visitor(stage, who: "ada")
            let editor = await ada.get("/settings/booking-links/\(link.id)").text
            #expect(editor.contains("name=\"waitlistHoldMinutes\"") && editor.contains("value=\"30\""))
            #expect(editor.contains("/settings/booking-links/\(link.id)/waitlist"))
            let json = await ada.call("GET", "/api/v1/links/\(link.id)").json
            #expect(json["waitlist"]?.bool == true && json["waitlistHoldMinutes"]?.int == 30)
            let open = await ada.asked(by: nil).call("GET", "/api/v1/public/links/wait").json
            #expect(open["waitlist"]?.bool == true && open["waitlistHoldMinutes"] == nil)
        }
    }
}
