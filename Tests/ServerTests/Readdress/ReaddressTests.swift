/// The public address changes: texts follow, the old name leads on, and nothing else moves.
import Database
import Fakes
import Features
import Foundation
import Logging
import Scheduling
import Testing

@testable import Server
@testable import Web

@Suite("Moving to another address")
struct ReaddressTests {
    @Test("an address is replaced whole, never the beginning of another one", arguments: [
        ("https://a.example", "https://b.example"), ("https://a.example/book/x?y#z", "https://b.example/book/x?y#z"),
        ("see https://a.example.", "see https://b.example."), ("(https://a.example)", "(https://b.example)"),
        ("https://a.example, https://a.example/2", "https://b.example, https://b.example/2"),
        ("https://a.example: there", "https://b.example: there"),
        ("https://a.example.evil.example https://a.example/1", "https://a.example.evil.example https://b.example/1"),
        ("https://a.example.evil.example", nil), ("https://a.example:8443/", nil), ("https://a.examples", nil),
        ("https://a.example-x", nil), ("https://a.example@evil.example", nil), ("http://a.example", nil), ("", nil),
    ] as [(String, String?)])
    func words(text: String, moved: String?) {
        #expect(Move(from: "https://a.example", to: "https://b.example").moved(text) == moved)
    }

    @Test("what people wrote follows, once, and a trial changes nothing", arguments: Engine.all)
    func texts(on engine: Engine) async throws {
        try await withApp(engine) { app in
            let database = app.installation.database
            try await database.writeUnscoped { tx in
                try tx.run(
                    "UPDATE link SET redirect = 'https://a.example/thanks' WHERE id = (SELECT min(id) FROM link)")
                try tx.run("UPDATE account SET profile_text = 'Me: https://a.example/u/me.'")
                let long = "https://a.example/" + String(repeating: "x", count: 482)
                try tx.run("UPDATE link_location SET text = \(long) WHERE position = 0")
            }
            let move = Readdress(database, app.installation.world)
            let (old, new) = ("https://a.example", "https://longer.b.example")
            let trial = try await move(from: old, to: new, isTrial: true)
            #expect(try await app.formerHosts() == [])
            let done = try await move(from: old, to: new, isTrial: false)
            #expect(done == trial && done.changed[.redirect] == 1 && (done.changed[.profile] ?? 0) > 0)
            #expect(!done.tooLong.isEmpty && done.changed[.location] == nil)
            let redirect = try await database.lookUp { tx in
                try tx.one("SELECT redirect FROM link WHERE redirect IS NOT NULL") { try $0["redirect"] as String? }
            }
            #expect(redirect == "https://longer.b.example/thanks")
            #expect(try await app.formerHosts() == ["a.example"])
            let again = try await move(from: old, to: new, isTrial: false)
            #expect(again.changed.isEmpty)
            await #expect(throws: SettingsError.self) {
                try await move(from: old, to: "https://A.example", isTrial: false)
            }

            let words = done.report(isTrial: false, settings: app.settings)
            #expect(words.contains("1 × the page a link goes on to") && words.contains("Set WORKESTRA_URL to \(new)"))
            #expect(trial.report(isTrial: true, settings: app.settings).contains("Nothing was changed."))
        }
    }

    @Test("requests for the old name are sent on with their path; those for the new one and of balancers are answered")
    func sentOn() async throws {
        try await withApp(.sqlite) { app in
            let site = try app.site(formerHosts: ["a.example", "a.example:8443"])
            func location(_ target: String, host: String?, method: String = "GET") async -> String? {
                let headers: Headers = host.map { ["Host": $0] } ?? [:]
                let answer = await site.answer(RawRequest(method, target, headers: headers))
                return answer.status == 308 ? answer[header: "location"] : nil
            }
            let here = app.settings.url
            let month = "/book/intro?month=2030-01"
            #expect(await location(month, host: "a.example") == here + month)
            #expect(await location("/book/intro/", host: "A.EXAMPLE:8443") == here + "/book/intro")
            let move = "/book/reschedule/token"
            #expect(await location(move, host: "a.example", method: "POST") == here + move)
            #expect(await location("//evil.example/x", host: "a.example") == here + "//evil.example/x")
            #expect(await location("/book/intro", host: "b.example") == nil)
            #expect(await location("/book/intro", host: nil) == nil)
            #expect(await location("/livez", host: "a.example") == nil)
            #expect(await location("http://evil.example/", host: "a.example") == nil)
        }
    }

    @Test("the scheme's own port is no part of a host's name, and today's address is never a former one")
    func hosts() async throws {
        try await withApp(.sqlite) { app in
            let move = Readdress(app.installation.database, app.installation.world)
            for old in ["https://a.example:443", "http://b.example:80", "https://c.example:8443", app.settings.url] {
                _ = try await move(from: old, to: "https://new.example", isTrial: false)
            }
            #expect(try await app.formerHosts() == ["a.example", "b.example", "c.example:8443"])
        }
    }

    // MARK: An installation

    private func withApp(_ engine: Engine, _ body: (App) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "move-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withDatabaseURL(engine, .fresh) { url in
            let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
            let settings = try Settings(environment: [
                "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones, "DATABASE_URL": url,
            ])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let app = try await App(settings, exclusive: false, logger: logger)
            do {
                _ = try await MakeDemo(app.installation, passwords: app.passwords)()
                try await body(app)
            } catch {
                await app.close()
                throw error
            }
            await app.close()
        }
    }
}
