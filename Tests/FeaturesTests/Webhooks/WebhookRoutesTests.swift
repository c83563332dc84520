/// The pages of webhooks: made, changed, tested, looked into, rotated, deleted; and everything that is refused.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct WebhookRoutesTests {
    private static let home = "/settings/webhooks"

    @Test("an admin makes one, sees its secret once, changes it and deletes it", arguments: Engine.all)
    func life(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            await #expect(ada.get(Self.home).text.contains("No webhooks yet"))
            let form = ["url": "https://hooks.example.org/x", "description": "CRM", "events": "booking.created"]
            let made = await ada.post(Self.home, form)
            let secret = try #require(made.text.firstMatch(of: /whsec_[A-Za-z0-9+\/=]+/)).output
            #expect(made.status == 201 && WebhookSecret(String(secret)) != nil)
            let list = await ada.get(Self.home).text
            #expect(list.contains("hooks.example.org") && !list.contains("whsec_"))
            let path = "/settings/webhooks/" + String(try #require(list.firstMatch(of: /whk_[0-9a-v]+/)).output)
            let page = await ada.get(path).text
            #expect(page.contains("Switched on") && !page.contains("whsec_") && page.contains("Nothing was sent"))

            var changed = form
            changed["url"] = "https://other.example.org/"
            let saved = await ada.post(path, changed)
            #expect(saved.status == 303 && saved.location == path + "?done=saved")
            // A box that did not come is not ticked.
            await #expect(ada.get(path).text.contains("<span class=\"state expired\">Off</span>"))
            await #expect(ada.post(path + "/test", [:]).status == 409)
            changed["active"] = "on"
            await #expect(ada.post(path, changed).status == 303)

            let rotated = await ada.post(path + "/rotation", [:])
            #expect(rotated.status == 201 && rotated.text.contains("whsec_") && !rotated.text.contains(secret))
            await #expect(ada.post(path + "/deletion", [:]).location == Self.home + "?done=deleted")
            await #expect(ada.get(path).status == 404)
        }
    }

    @Test("what is wrong goes back beside its field with everything that was typed", arguments: Engine.all)
    func mistakes(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let http = FakeHTTP()
            http.refuse("10.0.0.1", .privateHost)
            http.refuse("nowhere.example.org", .unknownHost)
            let ada = try Visitor(stage, who: "ada", http: http)
            let good = ["url": "https://a.example.org/", "description": "Mine", "events": "booking.cancelled"]
            let wrong: [(String, String)] = [
                ("url", ""), ("url", "hello"), ("url", "ftp://a.example.org/"), ("url", "https://u:p@a.example.org/"),
                ("url", "https://a.example.org/\u{7}"), ("url", "https://10.0.0.1/"),
                ("url", "https://nowhere.example.org"),
                ("url", "https://a.example.org/" + String(repeating: "x", count: 2_000)),
                ("description", String(repeating: "x", count: 201)), ("description", "a\u{202e}b"),
                ("events", ""), ("events", "booking.eaten"),
            ]
            for (field, value) in wrong {
                var form = good
                form[field] = value
                let answer = await ada.post(Self.home, form)
                #expect(answer.status == 422, "\(field) \(value)")
                #expect(answer.text.contains("href=\"#f-\(field)\""), "\(field) \(value)")
                if field != "description" { #expect(answer.text.contains("value=\"Mine\"")) }
                if field != "events" {
                    #expect(answer.text.contains("value=\"booking.cancelled\" checked"), "\(field) \(value)")
                }
            }
            #expect(http.calls.isEmpty)
            await #expect(ada.get(Self.home).text.contains("No webhooks yet"))
            // The same on the page of one that is there.
            await #expect(ada.post(Self.home, good).status == 201)
            let id = try #require(await ada.get(Self.home).text.firstMatch(of: /whk_[0-9a-v]+/)).output
            let answer = await ada.post("\(Self.home)/\(id)", good.merging(["url": "https://10.0.0.1/"]) { $1 })
            #expect(answer.status == 422 && answer.text.contains("not on the public internet"))
            #expect(answer.text.contains("value=\"https://10.0.0.1/\""))
        }
    }

    @Test("the log shows every attempt and its answer as text, and sends again", arguments: Engine.all)
    func log(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let ada = try Visitor(hooks.stage, who: "ada", http: hooks.http)
            hooks.http.answer(HTTPReply(status: 500, body: Array("<script>alert(1)</script>".utf8)))
            await #expect(ada.post("\(Self.home)/\(hooks.webhook.id)/test", [:]).status == 303)
            hooks.stage.clock.move(minutes: 1)
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            let delivery = try #require(try await hooks.deliveries().last)
            let page = await ada.get("\(Self.home)/\(hooks.webhook.id)").text
            #expect(page.contains("A meeting was booked") && page.contains("Accepted") && page.contains("Failed"))
            let path = "\(Self.home)/\(hooks.webhook.id)/deliveries/\(delivery.id)"
            let one = await ada.get(path).text
            #expect(one.contains("Answered 500") && !one.contains("<script>alert"))
            #expect(one.contains("&lt;script&gt;alert(1)"))
            #expect(one.contains(delivery.id.text) && one.contains("Sample attendee"))
            await #expect(ada.post(path + "/resend", [:]).location == path)
            try await hooks.work()
            let again = await ada.get(path).text
            #expect(again.contains("Answered 200") && again.contains("Answered 500"))
            #expect(hooks.http.calls.count == 3)
        }
    }

    @Test("members come in nowhere, and an id of elsewhere is one that never was", arguments: Engine.all)
    func strangers(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let (bob, ada) = (try Visitor(hooks.stage, who: "bob"), try Visitor(hooks.stage, who: "ada"))
            let id = hooks.webhook.id
            for path in [Self.home, "\(Self.home)/new", "\(Self.home)/\(id)", "/settings/outside-hosts"] {
                await #expect(bob.get(path).status == 403, "\(path)")
            }
            for path in [Self.home, "\(Self.home)/\(id)", "\(Self.home)/\(id)/test", "\(Self.home)/\(id)/deletion"] {
                await #expect(bob.post(path, [:]).status == 403, "\(path)")
            }
            for bad in ["x", "whk_0000000005o010000000000000", "bk_0000000005o010000000000000"] {
                await #expect(ada.get("\(Self.home)/\(bad)").status == 404, "\(bad)")
                await #expect(ada.post("\(Self.home)/\(bad)/rotation", [:]).status == 404, "\(bad)")
                await #expect(ada.get("\(Self.home)/\(id)/deliveries/\(bad)").status == 404, "\(bad)")
                await #expect(ada.post("\(Self.home)/\(id)/deliveries/\(bad)/resend", [:]).status == 404, "\(bad)")
            }
        }
    }

    @Test("every outside host is listed with its reason and the last contact", arguments: Engine.all)
    func hosts(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let ada = try Visitor(hooks.stage, who: "ada", http: hooks.http)
            let before = await ada.call("GET", "/api/v1/outside-hosts").json["data"]
            #expect(before?[0]?["host"]?.string == "mail.example" && before?[0]?["kind"]?.string == "mail")
            #expect(before?[1]?["host"]?.string == "hooks.example.org" && before?[1]?["lastContact"]?.isNull == true)
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            let after = await ada.call("GET", "/api/v1/outside-hosts").json["data"]
            #expect(after?[1]?["lastContact"]?.string == "2030-01-07T07:00:00Z")
            let page = await ada.get("/settings/outside-hosts").text
            #expect(page.contains("mail.example") && page.contains("hooks.example.org") && page.contains("Never"))
        }
    }
}
