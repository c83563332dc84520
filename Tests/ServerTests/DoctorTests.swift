/// The doctor: a sound installation, and each thing that can be wrong with one.
import Database
import Fakes
import Features
import Foundation
import Logging
import Scheduling
import Testing

@testable import Server

struct DoctorTests {
    private func withPlace(
        _ engine: Engine = .sqlite, _ more: [String: String] = [:],
        _ body: (_ settings: Settings, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "doctor-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withDatabaseURL(engine, .fresh) { url in
            let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
            let settings = try Settings(environment: [
                "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones, "DATABASE_URL": url,
            ].merging(more) { $1 })
            try await body(settings, folder)
        }
    }

    private var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    private func makeDemo(_ settings: Settings) async throws {
        let app = try await App(settings, exclusive: false, logger: logger)
        _ = try await MakeDemo(app.installation, passwords: app.passwords)()
        await app.close()
    }

    private func report(_ settings: Settings) async -> [String] {
        await Doctor(settings, logger: logger).findings().map(\.line)
    }

    private func levels(_ settings: Settings) async -> [String: Finding.Level] {
        Dictionary(await Doctor(settings, logger: logger).findings().map { ($0.about, $0.level) }) { first, second in
            first == .fail ? first : second
        }
    }

    @Test("a sound installation has no failure, and what was not checked is said", arguments: Engine.all)
    func sound(on engine: Engine) async throws {
        try await withPlace(engine) { settings, _ in
            try await makeDemo(settings)
            let levels = await levels(settings)
            #expect(!levels.values.contains(.fail), "\(levels)")
            #expect(levels["key"] == .ok && levels["schema"] == .ok && levels["zones"] == .ok)
            #expect(levels["mail"] == .warn && levels["address"] == .warn)
            #expect((levels["clock"] == .ok) == (engine == .postgres))
            let lines = await report(settings)
            #expect(lines.contains { $0.hasPrefix("ok   key        opens what") }, "\(lines)")
        }
    }

    @Test("it makes nothing where nothing is")
    func empty() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "none-\(UUID().uuidString)").path
        let settings = try Settings(environment: ["WORKESTRA_DATA": folder])
        let levels = await levels(settings)
        #expect(levels["data"] == .fail && levels["key"] == .fail && levels["database"] == .fail)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("a key of another installation, or one that others can read, is a failure")
    func key() async throws {
        try await withPlace { settings, folder in
            try await makeDemo(settings)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder)/key")
            #expect(await levels(settings)["key"] == .fail)
            try FileManager.default.removeItem(atPath: "\(folder)/key")
            _ = try Keyring.load(file: "\(folder)/key", creating: true)
            #expect(await report(settings).contains { $0.hasPrefix("fail key        is not the one") })
        }
    }

    @Test("missing steps, given-up jobs and a restore that waits are told with what to do")
    func database() async throws {
        try await withPlace { settings, _ in
            try await makeDemo(settings)
            let app = try await App(settings, exclusive: false, logger: logger)
            let job = NewJob(
                kind: "mail", workspace: nil, subject: "x", version: 1, dedupeKey: "x", runAt: Instant(1))
            let id = app.installation.world.id(QueuedJob.self)
            _ = try await app.installation.database.writeUnscoped { tx in
                try tx.enqueue(job, now: Instant(1), id: id)
                try tx.run("UPDATE job SET state = 'dead', ended_at = 1")
                try tx.run("INSERT INTO installation (name, value) VALUES ('restored_at', '1')")
            }
            var lines = await report(settings)
            #expect(lines.contains { $0.hasPrefix("warn jobs") } && lines.contains { $0.contains("restore --confirm") })
            _ = try await app.installation.database.writeUnscoped { tx in
                try tx.run("DELETE FROM schema_migration WHERE number = 2")
            }
            lines = await report(settings)
            #expect(lines.contains { $0.hasPrefix("fail schema") && $0.contains("workestra migrate") })
            await app.close()
        }
    }

    @Test(
        "the address and the mail server",
        arguments: [
            (["WORKESTRA_URL": "https://meet.example.org", "WORKESTRA_TRUSTED_PROXIES": "10.0.0.1"], "address", "ok"),
            (["WORKESTRA_URL": "https://meet.example.org"], "address", "warn"),
            (["WORKESTRA_URL": "http://meet.example.org"], "address", "warn"),
            (["WORKESTRA_URL": "http://127.0.0.1:8080"], "address", "warn"),
            (["SMTP_URL": "smtp://127.0.0.1:1"], "mail", "fail"),
            (["SMTP_URL": "http://x"], "mail", "fail"),
            (["CLAMD_URL": "tcp://127.0.0.1:1"], "scanner", "fail"),
            (["CLAMD_URL": "/run/clamd.ctl"], "scanner", "fail"),
            (["DATABASE_URL": "postgres://127.0.0.1:1/none"], "database", "fail"),
            (["S3_BUCKET": "files"], "files", "fail"),
        ])
    func outside(more: [String: String], about: String, level: String) async throws {
        try await withPlace(.sqlite, ["WORKESTRA_ENV": "production"].merging(more) { $1 }) { settings, _ in
            #expect(await levels(settings)[about]?.rawValue == level)
        }
    }

    @Test("a bucket for files is tried, what is wrong with it told, and what was left in the folder counted")
    func bucket() async throws {
        let server = try S3Server()
        try await withPlace(.sqlite, server.settings()) { settings, folder in
            try await makeDemo(settings)
            var lines = await report(settings).filter { $0.contains("files") && !$0.contains("data ") }
            #expect(lines.count == 1 && lines.first?.hasPrefix("ok   files") == true, "\(lines)")
            #expect(try server.objects().isEmpty)

            try FileManager.default.createDirectory(atPath: "\(folder)/files", withIntermediateDirectories: true)
            for name in ["whole", "half.new"] {
                try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/files/\(name)"))
            }
            #expect(await report(settings).contains { $0.hasPrefix("warn files      1 lie in \(folder)/files") })
            try server.fail(["403 AccessDenied"])
            lines = await report(settings)
            #expect(lines.contains { $0.hasPrefix("fail files") && $0.contains("cannot write") }, "\(lines)")
            #expect(!lines.joined().contains(S3Server.secret))
        }
    }
}
