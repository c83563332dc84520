/// The API's webhooks: one life from the first call to the last, and bodies that are refused.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct WebhookAPITests {
    private static let home = "/api/v1/webhooks"
    private static let body: JSON = ["url": "https://hooks.example.org/x", "events": ["booking.created"]]

    @Test("a program makes, reads, changes, rotates and deletes webhooks; a repeated key makes one",
          arguments: Engine.all)
    func life(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let made = await ada.call("POST", Self.home, Self.body, key: "one")
            let again = await ada.call("POST", Self.home, Self.body, key: "one")
            #expect(made.status == 201 && made.body == again.body)
            let id = try #require(made.json["id"]?.string)
            let secret = try #require(made.json["secret"]?.string)
            #expect(WebhookSecret(secret) != nil && made.json["active"]?.bool == true)
            let read = await ada.call("GET", "\(Self.home)/\(id)").json
            #expect(read["secret"] == nil && read["events"]?[0]?.string == "booking.created")

            let changed = await ada.call("PATCH", "\(Self.home)/\(id)", ["description": "CRM", "active": false]).json
            #expect(changed["url"]?.string == "https://hooks.example.org/x" && changed["active"]?.bool == false)
            #expect(changed["description"]?.string == "CRM" && changed["events"]?.array?.count == 1)
            await #expect(ada.call("POST", "\(Self.home)/\(id)/test").status == 409)
            let rotated = await ada.call("POST", "\(Self.home)/\(id)/rotation").json["secret"]?.string
            #expect(rotated != nil && rotated != secret)

            _ = await ada.call("POST", Self.home, Self.body)
            let first = await ada.call("GET", "\(Self.home)?limit=1").json
            let cursor = try #require(first["nextCursor"]?.string)
            let second = await ada.call("GET", "\(Self.home)?limit=1&cursor=\(cursor)").json
            let both = [first, second].map { $0["data"]?[0]?["id"]?.string }
            #expect(both.contains(id) && Set(both).count == 2 && second["nextCursor"]?.isNull == true)
            await #expect(ada.call("DELETE", "\(Self.home)/\(id)").status == 204)
            await #expect(ada.call("DELETE", "\(Self.home)/\(id)").status == 404)
        }
    }

    @Test("a wrong body is refused by its field and nothing is made", arguments: Engine.all)
    func refused(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let http = FakeHTTP()
            http.refuse("localhost", .privateHost)
            let ada = try Visitor(stage, who: "ada", http: http)
            let wrong: [(JSON, String)] = [
                (["events": ["booking.created"]], "url"), (["url": 7, "events": ["booking.created"]], "url"),
                (["url": "https://localhost/", "events": ["booking.created"]], "url"),
                (["url": "https://a.example/"], "events"), (["url": "https://a.example/", "events": []], "events"),
                (["url": "https://a.example/", "events": "booking.created"], "events"),
                (["url": "https://a.example/", "events": [1]], "events"),
                (["url": "https://a.example/", "events": ["x"]], "events"),
                (["url": "https://a.example/", "events": ["booking.created"], "active": "yes"], "active"),
                (["url": "https://a.example/", "events": ["booking.created"], "secret": "whsec_"], "secret"),
            ]
            for (body, field) in wrong {
                let answer = await ada.call("POST", Self.home, body)
                #expect(answer.status == 422 && answer.json["errors"]?[0]?["field"]?.string == field, "\(body.text)")
            }
            await #expect(ada.call("GET", Self.home).json["data"]?.array?.isEmpty == true)
            await #expect(ada.call("GET", "\(Self.home)?cursor=x").status == 422)
            await #expect(try Visitor(stage, who: "bob").call("POST", Self.home, Self.body).status == 403)
            await #expect(try Visitor(stage, who: "bob").call("GET", Self.home).status == 403)
        }
    }

    @Test("twenty are a workspace's fill", arguments: Engine.all)
    func full(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            for _ in 0..<20 { await #expect(ada.call("POST", Self.home, Self.body).status == 201) }
            let answer = await ada.call("POST", Self.home, Self.body)
            #expect(answer.status == 409 && answer.text.contains("at most 20"))
        }
    }

    @Test("deliveries are read with every attempt, and sent again", arguments: Engine.all)
    func deliveries(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let ada = try Visitor(hooks.stage, who: "ada", http: hooks.http)
            hooks.http.answer(HTTPReply(status: 404, body: Array("no".utf8)))
            let path = "\(Self.home)/\(hooks.webhook.id)"
            let asked = await ada.call("POST", "\(path)/test")
            #expect(asked.status == 202 && asked.json["state"]?.string == "waiting")
            let id = try #require(asked.json["id"]?.string)
            try await hooks.work()
            #expect(await ada.call("GET", "\(path)/deliveries").json["data"]?[0]?["id"]?.string == id)
            let one = await ada.call("GET", "\(path)/deliveries/\(id)").json
            #expect(one["state"]?.string == "failed" && one["test"]?.bool == true && one["body"]?.string != nil)
            #expect(one["attemptList"]?[0]?["status"]?.int == 404 && one["attemptList"]?[0]?["reply"]?.string == "no")
            await #expect(ada.call("POST", "\(path)/deliveries/\(id)/resend").status == 202)
            try await hooks.work()
            #expect(await ada.call("GET", "\(path)/deliveries/\(id)").json["state"]?.string == "accepted")
            await #expect(ada.call("GET", "\(path)/deliveries?cursor=x").status == 422)
        }
    }
}
