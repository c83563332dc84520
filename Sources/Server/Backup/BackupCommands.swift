/// `backup`, `restore` and `copy` on the command line.
import ArgumentParser
import Database
import Foundation
import Logging
import Scheduling

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Save everything into one file, while the server runs.",
        discussion: "The key is sealed with a passphrase, from WORKESTRA_PASSPHRASE or asked for.")

    @Argument(help: "The file to make.") var file: String

    mutating func run() async throws {
        let file = file
        let settings = try Command.settings()
        let elsewhere = try App.filesElsewhere(settings)
        let passphrase = try Passphrase.ask(settings, twice: true)
        let database = try await Command.open(settings.databaseURL, settings, exclusive: false)
        try await Command.closing(database) {
            let make = MakeBackup(
                database: database, dataFolder: settings.dataFolder, keyFile: settings.keyFile,
                clock: settings.clock, entropy: .system, filesElsewhere: elsewhere)
            let made = try await make(to: file, passphrase: passphrase)
            print("\(file): \(made.data.rows) rows of \(made.data.tables.count) tables, \(made.files.count) files.")
            if let elsewhere { print("The uploaded files are not in it: copy them from \(elsewhere) yourself.") }
        }
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an installation of a backup, in an empty place.",
        discussion: "It sends nothing until “workestra restore --confirm”.")

    @Argument(help: "The backup.") var file: String?
    @Flag(help: "This installation lives on: send mails again. What was due before is skipped.") var confirm = false

    mutating func run() async throws {
        let settings = try Command.settings()
        if confirm {
            guard file == nil else { throw ValidationError("Confirm without a file, once the restored one is right.") }
            return try await Self.confirm(settings)
        }
        guard let file else { throw ValidationError("Name the backup, or --confirm the one that was restored.") }
        let passphrase = try Passphrase.ask(settings, twice: false)
        let backup = try OpenedBackup(path: file, passphrase: passphrase)
        let elsewhere = try App.filesElsewhere(settings)
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let database = try await Command.open(settings.databaseURL, settings, exclusive: true)
        try await Command.closing(database) {
            let restore = RestoreBackup(
                database: database, dataFolder: settings.dataFolder, keyFile: settings.keyFile,
                now: settings.clock.now)
            try await restore(backup)
        }
        print("Restored \(backup.manifest.data.rows) rows as of \(backup.manifest.made).")
        if let told = Self.aboutFiles(backup.manifest, into: settings.filesFolder, elsewhere: elsewhere) { print(told) }
        print("Nothing is sent until you have looked at it and run “workestra restore --confirm”.")
    }

    /// What is left to do where the files were or will be in a bucket.
    static func aboutFiles(_ manifest: Manifest, into folder: String, elsewhere: String?) -> String? {
        switch (manifest.filesElsewhere, elsewhere) {
        case (let old?, let new?) where old == new:
            "The uploaded files were not in the backup: this installation uses those at \(new), where they were."
        case (let old?, let new?):
            "The uploaded files were not in the backup: copy them from \(old) to \(new)."
        case (let old?, nil):
            "The uploaded files were not in the backup: copy them from \(old) to \(folder), or set S3_BUCKET and the "
                + "other settings of that place."
        case (nil, let new?) where !manifest.files.isEmpty:
            "The uploaded files lie in \(folder): copy them to \(new) under their names."
        case (nil, _): nil
        }
    }

    private static func confirm(_ settings: Settings) async throws {
        let database = try await Command.open(settings.databaseURL, settings, exclusive: false)
        let now = settings.clock.now
        try await Command.closing(database) {
            guard let skipped = try await database.writeUnscoped({ try $0.confirmRestore(now: now) }) else {
                throw BackupError("nothing waits to be confirmed")
            }
            print("Mails go out again. \(skipped) that were due before were skipped.")
        }
    }
}

struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a database into an empty one, of either kind.",
        discussion: "Stop every server first. Afterwards set DATABASE_URL to the new one; the key file stays.")

    @Argument(help: "sqlite:PATH or postgres://…, as it is.") var from: String
    @Argument(help: "sqlite:PATH or postgres://…, empty.") var to: String

    mutating func run() async throws {
        let settings = try Command.settings()
        guard from != to else { throw ValidationError("A database cannot be copied onto itself.") }
        if from.hasPrefix("sqlite:"), !FileManager.default.fileExists(atPath: String(from.dropFirst(7))) {
            throw SettingsError("There is no database \(from).")
        }
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(settings.dataFolder)/copy-\(ProcessInfo.processInfo.processIdentifier).partial"
        // Exclusive: a server that writes meanwhile would write what is not copied.
        let source = try await Command.open(from, settings, exclusive: true)
        let to = to
        try await Command.closing(source) {
            let target = try await Command.open(to, settings, exclusive: true)
            try await Command.closing(target) {
                let facts = try await CopyDatabase(source: source, target: target)(through: draft)
                print("Copied \(facts.rows) rows of \(facts.tables.count) tables; both hold the same.")
            }
        }
        print("Set DATABASE_URL to the new database, and start no server on the old one again.")
    }
}

/// Where the words come from that open a backup's key.
enum Passphrase {
    static func ask(_ settings: Settings, twice: Bool) throws -> String {
        if let given = settings.values["WORKESTRA_PASSPHRASE"], !given.isEmpty { return given }
        guard isatty(0) == 1 else {
            throw SettingsError("A backup needs a passphrase: set WORKESTRA_PASSPHRASE or use a terminal.")
        }
        let first = try read("Passphrase: ")
        if twice, try read("Once more: ") != first { throw SettingsError("The two passphrases differ.") }
        return first
    }

    /// Reads a line that is not shown.
    private static func read(_ prompt: String) throws -> String {
        guard let text = getpass(prompt) else { throw SettingsError("There is no terminal to ask at.") }
        return String(cString: text)
    }
}

extension Command {
    /// A database alone, for commands that need no more.
    static func open(_ url: String, _ settings: Settings, exclusive: Bool) async throws -> Database {
        var options = DatabaseOptions()
        options.exclusive = exclusive
        options.isTest = settings.environment == .test
        options.logger = logger(settings)
        return try await Database.open(url, options)
    }

    static func closing(_ database: Database, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
