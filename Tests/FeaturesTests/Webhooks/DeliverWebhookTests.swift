/// One delivery from the booking to the answer: what is sent, when it is tried again, and when it is over.
import Capabilities
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Database
@testable import Features

struct DeliverWebhookTests {
    @Test("what happens to a booking is told once each, signed, with the booking as it was then", arguments: Engine.all)
    func told(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let stage = hooks.stage
            let booked = try await stage.book(stage.at(10))
            // Ids are in order to the millisecond, and the clock of a stage stands.
            stage.clock.move(minutes: 1)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.scope)
            try await hooks.work()
            _ = try await CancelBooking(stage.installation)(booked.id, reason: "Ill.", scope: stage.scope)
            try await hooks.work()
            let second = try await stage.book(stage.at(12))
            stage.clock.move(to: stage.at(12, 40))
            _ = try await MarkNoShow(stage.installation)(second.id, scope: hooks.scope)
            _ = try await MarkNoShow(stage.installation)(second.id, scope: hooks.scope)
            try await hooks.work()

            let calls = hooks.http.calls.map(Received.init)
            #expect(calls.map { $0.json["type"]?.string } == [
                "booking.created", "booking.rescheduled", "booking.cancelled", "booking.created", "booking.no_show",
            ])
            #expect(calls.map { $0.json["data"]?["version"]?.int } == [1, 2, 3, 1, 2])
            // The move was sent after it was made; the creation still says when it was created for.
            #expect(calls[0].json["data"]?["start"]?.string != calls[1].json["data"]?["start"]?.string)
            #expect(calls[2].json["data"]?["reason"]?.string == "Ill.")
            #expect(calls.allSatisfy { $0.json["data"]?["token"] == nil && $0.json["data"]?["attendee"] != nil })
            #expect(Set(calls.map { $0["webhook-id"] }).count == 5)
            #expect(calls[4].isSigned(with: hooks.secret, now: stage.clock.now))
            #expect(calls[0]["Content-Type"] == "application/json" && calls[0]["User-Agent"] == "Workestra")
            #expect(calls.allSatisfy { $0.call.address.text == "https://hooks.example.org/a?key=b" })
            let states = try await hooks.deliveries().map(\.state)
            #expect(states == Array(repeating: .accepted, count: 5))
        }
    }

    @Test("a failed attempt is made again on the schedule, under the same id, and every answer is kept",
          arguments: Engine.all)
    func retried(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let stage = hooks.stage
            hooks.http.answer(
                HTTPReply(status: 500, body: Array("<busy>".utf8)), HTTPReply(status: 301),
                HTTPReply(status: 429, headers: [HTTPHeader("Retry-After", "3000")]))
            try await stage.book(stage.at(10))
            try await hooks.work()
            var delivery = try #require(try await hooks.deliveries().first)
            #expect(delivery.state == .waiting && delivery.attempts == 1)
            for (wanted, before) in [(300, 5), (3_000, 300)] {
                stage.clock.move(to: try #require(delivery.nextAt).adding(seconds: -1))
                try await hooks.work()
                #expect(hooks.http.calls.count == delivery.attempts, "too early, after \(before)")
                stage.clock.move(to: try #require(delivery.nextAt))
                let now = stage.clock.now
                try await hooks.work()
                delivery = try #require(try await hooks.deliveries().first)
                let pause = try Double(#require(delivery.nextAt) - now)
                #expect(pause >= Double(wanted) * 0.9 - 1 && pause <= Double(wanted) * 1.1)
            }
            #expect(try await hooks.now().failingSince == monday)
            stage.clock.move(to: try #require(delivery.nextAt))
            try await hooks.work()
            delivery = try #require(try await hooks.deliveries().first)
            #expect(delivery.state == .accepted && delivery.attempts == 4 && delivery.nextAt == nil)
            #expect(try await hooks.now().failingSince == nil)
            let attempts = try await hooks.attempts(delivery)
            #expect(attempts.map(\.status) == [500, 301, 429, 200] && attempts.map(\.number) == [1, 2, 3, 4])
            #expect(attempts[0].reply == "<busy>" && attempts[1].problem == "Redirects are not followed.")
            #expect(Set(hooks.http.calls.map { Received(call: $0)["webhook-id"] }).count == 1)
        }
    }

    @Test("after the tenth failure it is over", arguments: Engine.all)
    func over(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            hooks.http.failAlways(ProviderError(.unavailable, "The server was not reached."))
            try await hooks.stage.book(hooks.stage.at(10))
            for _ in 0..<12 {
                try await hooks.work()
                if let next = try await hooks.deliveries().first?.nextAt { hooks.stage.clock.move(to: next) }
            }
            let delivery = try #require(try await hooks.deliveries().first)
            #expect(delivery.state == .failed && delivery.attempts == 10 && hooks.http.calls.count == 10)
            let attempts = try await hooks.attempts(delivery)
            #expect(attempts.allSatisfy { $0.status == nil && $0.problem == "The server was not reached." })
            #expect(try await hooks.now().isActive)
        }
    }

    @Test("one that is gone is switched off at once, one that only fails after five days, and its owners are told",
          arguments: Engine.all)
    func switchedOff(engine: Engine) async throws {
        for (status, days, reason) in [(410, 0, WebhookOffReason.gone), (500, 5, .failing)] {
            try await WebhookStage.on(engine) { hooks in
                let stage = hooks.stage
                hooks.http.answerAlways(HTTPReply(status: status))
                try await stage.book(stage.at(10, day: 8))
                try await stage.book(stage.at(11, day: 8))
                try await hooks.work()
                if days > 0 {
                    stage.clock.move(to: monday.adding(days: days).adding(seconds: -60))
                    try await stage.book(stage.at(12, day: 8))
                    try await hooks.work()
                    #expect(try await hooks.now().isActive)
                    stage.clock.move(to: monday.adding(days: days))
                    try await stage.book(stage.at(13, day: 8))
                    try await hooks.work()
                }
                let webhook = try await hooks.now()
                #expect(!webhook.isActive && webhook.offReason == reason)
                let calls = hooks.http.calls.count
                stage.clock.move(minutes: 60)
                try await stage.book(stage.at(14, day: 8))
                try await hooks.work()
                #expect(hooks.http.calls.count == calls)
                #expect(try await hooks.deliveries().allSatisfy { $0.state != .waiting })
                #expect(try await hooks.audit().contains { $0.action == .webhookSwitchedOff })
                let mail = try await self.mail(hooks)
                #expect(mail.count == 1 && mail[0].to.address.text == "ada@nordhavn.example")
                #expect(mail[0].subject == "The webhook to hooks.example.org is off")
                #expect(mail[0].text.contains("http://meet.example/settings/webhooks/\(webhook.id)"))
            }
        }
    }

    private func mail(_ hooks: WebhookStage) async throws -> [OutgoingMail] {
        let provider = FakeMail()
        let send = SendAccountMail(hooks.installation, mail: provider)
        let runner = JobRunner(
            database: hooks.stage.database, work: [AccountJobs.kind: { try await send($0) }],
            world: hooks.stage.world, logger: .silent)
        try await runner.drain()
        return provider.sent
    }

    @Test("for a day after a rotation both secrets sign, then only the new one", arguments: Engine.all)
    func rotation(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let stage = hooks.stage
            let (_, secret) = try await hooks.save.rotate(hooks.webhook.id, scope: hooks.scope, from: .console)
            #expect(secret != hooks.secret)
            try await stage.book(stage.at(10, day: 4))
            try await hooks.work()
            stage.clock.move(minutes: 24 * 60)
            try await stage.book(stage.at(11, day: 4))
            try await hooks.work()
            let (first, second) = (Received(call: hooks.http.calls[0]), Received(call: hooks.http.calls[1]))
            #expect(first["webhook-signature"].split(separator: " ").count == 2)
            #expect(first.isSigned(with: secret, now: monday) && first.isSigned(with: hooks.secret, now: monday))
            let now = stage.clock.now
            #expect(second.isSigned(with: secret, now: now) && !second.isSigned(with: hooks.secret, now: now))
        }
    }

    @Test("in test mode deliveries are recorded and nothing leaves", arguments: Engine.all)
    func testMode(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let workspace = hooks.stage.workspace
            _ = try await hooks.stage.database.writeUnscoped { tx in
                try tx.run("UPDATE workspace SET test_mode = 1 WHERE id = \(workspace)")
            }
            try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            #expect(try await hooks.deliveries().map(\.state) == [.recorded])
            #expect(hooks.http.calls.isEmpty)
        }
    }

    @Test("a job that runs twice makes one attempt, and one whose webhook was deleted makes none",
          arguments: Engine.all)
    func twice(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            try await hooks.stage.book(hooks.stage.at(10))
            let delivery = try #require(try await hooks.deliveries().first)
            let job = Job(
                id: hooks.stage.world.id(), kind: DeliverWebhook.kind, workspace: hooks.stage.workspace,
                subject: delivery.id.text, version: 1, payload: "{}", attempt: 1, maxAttempts: 12, notAfter: nil,
                leaseToken: "x")
            let deliver = DeliverWebhook(hooks.installation, sender: hooks.http)
            #expect(try await deliver(job) == .done)
            #expect(try await deliver(job) == .skipped("over"))
            try await hooks.save.delete(hooks.webhook.id, scope: hooks.scope, from: .console)
            #expect(try await deliver(job) == .skipped("over"))
            #expect(hooks.http.calls.count == 1)
            #expect(try await hooks.deliveries().isEmpty)
        }
    }

    @Test("an accepted delivery is an effect of the booking; a test is none", arguments: Engine.all)
    func effects(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            let booked = try await hooks.stage.book(hooks.stage.at(10))
            try await hooks.work()
            hooks.stage.clock.move(minutes: 1)
            _ = try await SendAgain(hooks.installation).test(hooks.webhook.id, scope: hooks.scope)
            try await hooks.work()
            let scope = hooks.scope
            let effects = try await hooks.stage.database.read(scope) { tx in
                try EffectStore.all(of: booked.id.text, scope: scope, in: tx)
            }
            let delivery = try #require(try await hooks.deliveries().last)
            #expect(effects == [
                Effect(
                    .webhook, of: booked.id.text, version: 1, news: "booking.created", to: hooks.webhook.id.text,
                    key: delivery.id.text, note: "hooks.example.org 200", acceptedAt: monday),
            ])
            #expect(hooks.http.calls.count == 2)
            #expect(Received(call: hooks.http.calls[1]).json["test"]?.bool == true)
        }
    }

    @Test("a booking that fails tells nobody", arguments: Engine.all)
    func nothing(engine: Engine) async throws {
        try await WebhookStage.on(engine) { hooks in
            try await hooks.stage.book(hooks.stage.at(10))
            _ = try await refusal { try await hooks.stage.book(hooks.stage.at(10)) }
            #expect(try await hooks.deliveries().count == 1)
        }
    }
}
