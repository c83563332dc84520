/// Webhooks that come in, from a source made up for these tests: what is genuine is kept once, nothing else at all.
import Database
import Foundation
import Logging
import Scheduling
import Testing
import Web

@testable import Features

struct ReceivedStoreTests {
    private static let secret = WebhookSecret.new(.seeded(5))
    private static let source = IncomingWebhook.standard(source: "test", kind: "test_received", secret: secret)
    private static let body = Array("{\"paid\":true}".utf8)

    private func site(_ stage: Stage) throws -> Site {
        let installation = stage.installation
        let route = Route(.post, "/hooks/test", .open) { try await Self.source.receive($0, installation) }
        return Site(
            settings: Site.Settings(publicURL: try WebURL(installation.address).wanted("address")), routes: [route],
            logger: .silent)
    }

    private func send(
        _ site: Site, id: String = "evt_1", at: Instant = monday, body: [UInt8] = body, signature: String? = nil,
        signed: Bool = true
    ) async -> Int {
        let own = Self.secret.signature(id: id, at: at, body: body)
        var headers = [("Content-Type", "application/json")]
        if signed {
            headers += [
                ("webhook-id", id), ("webhook-timestamp", String(at.seconds)), ("webhook-signature", signature ?? own),
            ]
        }
        return await site.answer(RawRequest("POST", "/hooks/test", headers: Headers(headers), body: body)).status
    }

    private func rows(_ stage: Stage) async throws -> [Int] {
        try await stage.database.lookUp { tx in
            [
                try tx.one("SELECT count(*) AS n FROM webhook_received") { try $0["n"] as Int } ?? -1,
                try tx.one("SELECT count(*) AS n FROM job WHERE kind = 'test_received'") { try $0["n"] as Int } ?? -1,
            ]
        }
    }

    @Test("a genuine event is kept as it came and becomes one job, however often it comes", arguments: Engine.all)
    func genuine(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let site = try site(stage)
            await #expect(send(site) == 204)
            await #expect(send(site) == 204)
            // A replay of the same event under a fresh signature is the same event.
            await #expect(send(site, at: monday.adding(seconds: 20)) == 204)
            #expect(try await rows(stage) == [1, 1])
            let body = try await stage.database.lookUp { tx in
                try ReceivedStore.body(of: "evt_1", from: "test", in: tx)
            }
            #expect(body == Self.body)
            await #expect(send(site, id: "evt_2") == 204)
            #expect(try await rows(stage) == [2, 2])
        }
    }

    @Test("unsigned, wrongly signed, altered, too old or too long: nothing is kept", arguments: Engine.all)
    func refused(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let site = try site(stage)
            let good = Self.secret.signature(id: "evt_1", at: monday, body: Self.body)
            let strange = WebhookSecret.new(.seeded(6)).signature(id: "evt_1", at: monday, body: Self.body)
            await #expect(send(site, signed: false) == 400)
            await #expect(send(site, signature: "") == 400)
            await #expect(send(site, signature: strange) == 400)
            await #expect(send(site, body: Array("{\"paid\":tRue}".utf8), signature: good) == 400)
            await #expect(send(site, id: "evt_9", signature: good) == 400)
            await #expect(send(site, at: monday.adding(seconds: -301)) == 400)
            await #expect(send(site, at: monday.adding(seconds: 301)) == 400)
            await #expect(send(site, id: String(repeating: "x", count: 256)) == 400)
            await #expect(send(site, body: Array(repeating: 0x20, count: 2_000_000)) == 413)
            #expect(try await rows(stage) == [0, 0])
            await #expect(send(site, at: monday.adding(seconds: -299)) == 204)
        }
    }

    @Test("what came is forgotten after thirty days", arguments: Engine.all)
    func pruned(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            await #expect(try send(site(stage)) == 204)
            for (days, left) in [(30, 1), (31, 0)] {
                let now = monday.adding(days: days)
                try await stage.database.writeUnscoped { tx in try ReceivedStore.prune(now: now, in: tx) }
                #expect(try await rows(stage)[0] == left)
            }
        }
    }
}
