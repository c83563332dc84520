/// The wiring: a program of one folder that answers, keeps its key, and says in words what it lacks.
import Database
import Fakes
import Features
import Foundation
import Logging
import Scheduling
import Testing
import Web

@testable import Server

struct AppTests {
    private func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(component: "app-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private func settings(_ folder: String, _ more: [String: String] = [:]) throws -> Settings {
        let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
        return try Settings(environment: [
            "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones,
        ].merging(more) { $1 })
    }

    private func open(_ settings: Settings) async throws -> App {
        try await App(settings, exclusive: false, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("a fresh folder becomes an installation that answers, ready once it is migrated")
    func starts() async throws {
        try await withFolder { folder in
            let app = try await open(try settings(folder))
            let site = try app.site()
            func status(_ target: String) async -> Int { await site.answer(RawRequest("GET", target)).status }
            #expect(await status("/readyz") == 503)
            #expect(await status("/livez") == 200)
            _ = try await app.installation.database.migrate()
            // A write that waits for half a second behind other tests is "not ready", so it may be asked again.
            var ready = await status("/readyz")
            for _ in 0..<100 where ready != 200 {
                try await Task.sleep(for: .milliseconds(100))
                ready = await status("/readyz")
            }
            #expect(ready == 200)
            #expect(await status("/book/nobody") == 404)
            #expect(await status("/api/v1/links") == 401)
            #expect(await status("/calendar") == 303)
            #expect(await site.answer(RawRequest("GET", "/"))[header: "Location"] == "/setup")
            await app.close()
        }
    }

    @Test("what it keeps is for its owner alone, and the key is the same at the next start")
    func keeps() async throws {
        try await withFolder { folder in
            let first = try await open(try settings(folder))
            let sealed = first.installation.keyring.seal([1, 2, 3], bound: "here")
            await first.close()
            func mode(_ path: String) throws -> Int {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
            }
            #expect(try mode(folder) == 0o700 && mode("\(folder)/key") == 0o600)
            let second = try await open(try settings(folder))
            #expect(try second.installation.keyring.open(sealed, bound: "here") == [1, 2, 3])
            await second.close()
        }
    }

    @Test("two servers do not share one SQLite file, a command beside a server does")
    func exclusive() async throws {
        try await withFolder { folder in
            let settings = try settings(folder)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = try await App(settings, exclusive: true, logger: logger)
            await #expect(throws: DatabaseError.self) { _ = try await App(settings, exclusive: true, logger: logger) }
            let command = try await App(settings, exclusive: false, logger: logger)
            await command.close()
            await server.close()
        }
    }

    @Test("settings that fit nothing are said in one sentence")
    func wrong() async throws {
        try await withFolder { folder in
            await #expect(throws: SettingsError.self) { _ = try await open(try settings(folder,
                ["SMTP_URL": "http://x"])) }
            let network = SettingsError("WORKESTRA_EGRESS_ALLOW: “10.0.0.0/40” is no network such as 10.1.0.0/16.")
            await #expect(throws: network) {
                _ = try await open(try settings(folder, ["WORKESTRA_EGRESS_ALLOW": "10.1.0.0/16, 10.0.0.0/40"]))
            }
            let app = try await open(try settings(folder, ["WORKESTRA_TRUSTED_PROXIES": "somewhere"]))
            let mistake = SettingsError("WORKESTRA_TRUSTED_PROXIES: “somewhere” is no address or network.")
            #expect(throws: mistake) { try app.site() }
            await app.close()
            await #expect(throws: DatabaseError.self) {
                _ = try await open(try settings(folder, ["DATABASE_URL": "oracle://x"]))
            }
        }
    }

    @Test("/dev/mail is there in development and test, and nowhere in production")
    func developmentOnly() async throws {
        for (environment, found) in [("production", false), ("development", true), ("test", true)] {
            try await withFolder { folder in
                let app = try await open(try settings(folder, ["WORKESTRA_ENV": environment]))
                #expect(app.routes.contains { $0.path.hasPrefix("/dev/") } == found, "\(environment)")
                await app.close()
            }
        }
    }

    @Test("the pseudo language is spoken in development and test, and nowhere in production")
    func languages() async throws {
        for (environment, spoken) in [("production", "en"), ("development", "en-XB"), ("test", "en-XB")] {
            try await withFolder { folder in
                let app = try await open(try settings(folder, ["WORKESTRA_ENV": environment]))
                #expect(app.installation.language("en-XB").code == spoken, "\(environment)")
                #expect(app.installation.language("tlh").code == "en" && app.installation.language(nil).code == "en")
                await app.close()
            }
        }
    }

    @Test("every kind of job that is planned has somebody who does it")
    func work() async throws {
        try await withFolder { folder in
            let app = try await open(try settings(folder))
            let kinds = [
                AccountJobs.kind, ApprovalJobs.expiry, ApprovalJobs.reminder, BookingJobs.kind, SessionJobs.kind,
                MailFoundBookings.kind, ProposalJobs.kind, RemoveFile.kind, SendEmailCode.kind,
                SendRingMessage.kind, SeriesJobs.kind, WaitlistJobs.mail, WaitlistJobs.look, KeptOfferJobs.lapse,
                LinkOfferStore.look, SendSingleUseMail.kind, OneOffJobs.lapse,
                PollJobs.mail, PollJobs.close,
            ]
            #expect(Set(app.work.keys) == Set(kinds))
            await app.close()
        }
    }

    @Test("who was stopped while their request ran is told what the next request would be told")
    func stopped() {
        #expect(App.translate(AssistantStopped())?.status == 404)
        #expect(App.translate(DatabaseError.busy)?.status == 503 && App.translate(CancellationError()) == nil)
    }
}
