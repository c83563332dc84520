/// Migrations with a net: the copy beside the file, and the trial that changes nothing.
import Database
import Fakes
import Foundation
import Logging
import Testing

@testable import Server

struct MigratingTests {
    private func withApp(
        _ engine: Engine, at steps: Int, _ body: (_ app: App, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "migrate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withDatabaseURL(engine, .bare) { url in
            let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
            let settings = try Settings(environment: [
                "WORKESTRA_DATA": folder, "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones,
                "DATABASE_URL": engine == .sqlite ? "sqlite:\(folder)/w.sqlite" : url,
            ])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let app = try await App(settings, exclusive: false, logger: logger)
            try await app.installation.database.migrate(Array(Migration.all.prefix(steps)))
            try await body(app, folder)
            await app.close()
        }
    }

    private func files(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(["w.sqlite-wal", "w.sqlite-shm"])
    }

    @Test("an SQLite file with a schema is copied before its first step, and the copy is as it was")
    func copied() async throws {
        try await withApp(.sqlite, at: 1) { app, folder in
            #expect(try await app.migrate() == Array(Migration.all.dropFirst().map(\.number)))
            #expect(try files(folder) == ["key", "w.sqlite", "w.sqlite.before-step-2"])
            let copy = try await Database.open("sqlite:\(folder)/w.sqlite.before-step-2")
            #expect(try await copy.schemaNumber() == 1)
            #expect(try await copy.pendingMigrations() == Array(Migration.all.dropFirst().map(\.number)))
            await copy.close()
        }
    }

    @Test("an empty database, one at this version, and PostgreSQL are not copied", arguments: Engine.all)
    func notCopied(on engine: Engine) async throws {
        for steps in engine == .sqlite ? [0, Migration.all.count] : [1] {
            try await withApp(engine, at: steps) { app, folder in
                try await app.migrate()
                #expect(try await app.migrate() == [])
                #expect(try files(folder).allSatisfy { !$0.contains("before") })
            }
        }
    }

    @Test("a trial takes the steps on a copy and leaves everything as it was", arguments: Engine.all)
    func tried(on engine: Engine) async throws {
        try await withApp(engine, at: 1) { app, folder in
            let before = try files(folder)
            let took = try await app.tryMigrations()
            #expect((took != nil) == (engine == .sqlite))
            #expect(try await app.installation.database.schemaNumber() == 1)
            #expect(try files(folder) == before)
        }
    }
}
