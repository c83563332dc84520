/// Backups: there and back on both engines, and each thing that must be refused.
import Database
import Fakes
import Features
import Foundation
import Logging
import Scheduling
import Testing

@testable import Server

/// One at a time: each holds two databases, of which the tests hand out four at once.
@Suite("A backup", .serialized)
struct BackupTests {
    private static let passphrase = "three calm rivers"

    /// A demo installation with an uploaded file, its backup, and room for another one.
    private func withBackup(
        _ engine: Engine, _ body: (_ app: App, _ folder: String, _ file: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "backup-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withDatabaseURL(engine, .fresh) { url in
            let zones = ProcessInfo.processInfo.environment["WORKESTRA_ZONEINFO"] ?? "/usr/share/zoneinfo"
            let settings = try Settings(environment: [
                "WORKESTRA_DATA": "\(folder)/old", "WORKESTRA_ENV": "test", "WORKESTRA_ZONEINFO": zones,
                "DATABASE_URL": url,
            ])
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let app = try await App(settings, exclusive: false, logger: logger)
            _ = try await MakeDemo(app.installation, passwords: app.passwords)()
            try FileManager.default.createDirectory(
                atPath: "\(folder)/old/files/a", withIntermediateDirectories: true)
            try Data("a picture".utf8).write(to: URL(fileURLWithPath: "\(folder)/old/files/a/logo.png"))
            // An upload on its way is nobody's yet.
            try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder)/old/files/a/half.new"))
            let file = "\(folder)/saved.tar"
            _ = try await make(app)(to: file, passphrase: Self.passphrase)
            try await body(app, folder, file)
            await app.close()
        }
    }

    private func make(_ app: App) -> MakeBackup {
        MakeBackup(
            database: app.installation.database, dataFolder: app.settings.dataFolder, keyFile: app.settings.keyFile,
            clock: app.installation.world.clock, entropy: app.installation.world.entropy)
    }

    private func restore(_ database: Database, _ folder: String) -> RestoreBackup {
        RestoreBackup(database: database, dataFolder: "\(folder)/new", keyFile: "\(folder)/new/key", now: Instant(9))
    }

    private func withTarget(_ engine: Engine, _ body: (Database) async throws -> Void) async throws {
        try await withDatabaseURL(engine, .bare) { url in
            var options = DatabaseOptions()
            options.isTest = true
            let database = try await Database.open(url, options)
            try await body(database)
            await database.close()
        }
    }

    @Test("comes back with every row, file and key, in either engine, and waits to be confirmed", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await withBackup(engine) { app, folder, file in
            let backup = try OpenedBackup(path: file, passphrase: Self.passphrase)
            let before = try await app.installation.database.unload { _ in }
            #expect(backup.manifest.data == before && before.rows > 50)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)

            for other in Engine.all {
                try await withTarget(other) { target in
                    try await restore(target, "\(folder)/\(other.rawValue)")(backup)
                    let after = try await target.unload { _ in }
                    #expect(after.tables.filter { $0.name != "installation" }
                        == before.tables.filter { $0.name != "installation" })
                    #expect(try await target.lookUp { try $0.restoredAt() } == Instant(9))
                }
                let new = "\(folder)/\(other.rawValue)/new"
                #expect(FileManager.default.contents(atPath: "\(new)/files/a/logo.png") == Data("a picture".utf8))
                #expect(!FileManager.default.fileExists(atPath: "\(new)/files/a/half.new"), "nobody's yet")
                let sealed = app.installation.keyring.seal([4, 2], bound: "here")
                #expect(try Keyring.load(file: "\(new)/key", creating: false).open(sealed, bound: "here") == [4, 2])
            }
        }
    }

    @Test("is opened by its passphrase only, and only as it was made")
    func sealed() async throws {
        try await withBackup(.sqlite) { _, folder, file in
            for wrong in ["", "three calm river", "Three calm rivers"] {
                #expect(throws: BackupError.self) { _ = try OpenedBackup(path: file, passphrase: wrong) }
            }
            // Any byte of any member: the hash of a table or file, the manifest, or the key notices.
            let whole = try #require(FileManager.default.contents(atPath: file))
            for member in try TarReader(path: file).members where member.size > 0 {
                var changed = whole
                changed[Int(member.offset) + member.size / 2] ^= 1
                let path = "\(folder)/changed.tar"
                try changed.write(to: URL(fileURLWithPath: path))
                #expect(throws: BackupError.self, "\(member.name)") {
                    _ = try OpenedBackup(path: path, passphrase: Self.passphrase)
                }
            }
            // Nothing in the file shows the key.
            let key = try #require(FileManager.default.contents(atPath: "\(folder)/old/key"))
            #expect(whole.firstRange(of: key.dropLast()) == nil)
        }
    }

    @Test("is not made over a file, nor with a short passphrase, and leaves nothing half done")
    func refused() async throws {
        try await withBackup(.sqlite) { app, folder, file in
            await #expect(throws: SettingsError.self) {
                _ = try await make(app)(to: file, passphrase: Self.passphrase)
            }
            await #expect(throws: SettingsError.self) {
                _ = try await make(app)(to: "\(folder)/other.tar", passphrase: "short")
            }
            let long = "\(folder)/old/files/\(String(repeating: "x", count: 120))"
            try Data([1]).write(to: URL(fileURLWithPath: long))
            await #expect(throws: BackupError.self) {
                _ = try await make(app)(to: "\(folder)/other.tar", passphrase: Self.passphrase)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["old", "saved.tar"])
        }
    }

    @Test("packs no files that are in a bucket, and says where they are")
    func elsewhere() async throws {
        try await withBackup(.sqlite) { app, folder, file in
            let place = "https://files.s3.example.org/"
            var make = make(app)
            make.filesElsewhere = place
            _ = try await make(to: "\(folder)/other.tar", passphrase: Self.passphrase)
            let other = try OpenedBackup(path: "\(folder)/other.tar", passphrase: Self.passphrase)
            #expect(other.manifest.files.isEmpty && other.manifest.filesElsewhere == place)
            let packed = try OpenedBackup(path: file, passphrase: Self.passphrase).manifest

            let told = { Restore.aboutFiles($0, into: "/d/files", elsewhere: $1) }
            #expect(told(packed, nil) == nil)
            #expect(told(packed, place)?.contains("lie in /d/files: copy them to \(place)") == true)
            #expect(told(other.manifest, nil)?.contains("copy them from \(place) to /d/files") == true)
            #expect(told(other.manifest, place)?.contains("uses those at \(place)") == true)
            #expect(told(other.manifest, "http://x/")?.contains("from \(place) to http://x/") == true)
        }
    }

    @Test("goes into no place that holds rows, files or another key")
    func occupied() async throws {
        try await withBackup(.sqlite) { app, folder, file in
            let backup = try OpenedBackup(path: file, passphrase: Self.passphrase)
            await #expect(throws: DatabaseError.self) { try await restore(app.installation.database, folder)(backup) }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/new"))

            try FileManager.default.createDirectory(atPath: "\(folder)/new/files", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/new/files/theirs"))
            try await withTarget(.sqlite) { target in
                await #expect(throws: BackupError.self) { try await restore(target, folder)(backup) }
                try FileManager.default.removeItem(atPath: "\(folder)/new/files")
                try Data("another key".utf8).write(to: URL(fileURLWithPath: "\(folder)/new/key"))
                await #expect(throws: BackupError.self) { try await restore(target, folder)(backup) }
                try FileManager.default.removeItem(atPath: "\(folder)/new/key")
                try await restore(target, folder)(backup)
            }
        }
    }

    @Test("a copy holds the same on the other engine, and is refused where something is", arguments: Engine.all)
    func copy(on engine: Engine) async throws {
        try await withBackup(engine) { app, folder, _ in
            let source = app.installation.database
            for other in Engine.all {
                try await withTarget(other) { target in
                    let copy = CopyDatabase(source: source, target: target)
                    let facts = try await copy(through: "\(folder)/draft")
                    #expect(try await target.unload { _ in } == facts)
                    await #expect(throws: DatabaseError.self) { _ = try await copy(through: "\(folder)/draft") }
                    #expect(!FileManager.default.fileExists(atPath: "\(folder)/draft"))
                }
            }
        }
    }
}
