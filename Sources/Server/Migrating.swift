/// Migrations with a net: a copy of the database beside it before the first step, and a trial on a copy.
import ArgumentParser
import Database
import Foundation
import Scheduling

extension App {
    /// Brings the database to this version. An SQLite file that has data is copied first.
    /// - Returns: the numbers of the steps that ran.
    @discardableResult
    func migrate() async throws -> [Int] {
        let database = installation.database
        guard try await !database.pendingMigrations().isEmpty else { return try await database.migrate() }
        if let schema = try await database.schemaNumber(), let file = Self.file(of: settings.databaseURL) {
            let copy = "\(file).before-step-\(schema + 1)"
            _ = try await database.copyFile(to: copy)
            logger.notice("the database was copied before its migration", metadata: ["file": "\(copy)"])
        }
        return try await database.migrate()
    }

    /// Takes the missing steps on a copy that is thrown away.
    /// - Returns: how long they took; nil on PostgreSQL.
    func tryMigrations() async throws -> Duration? {
        let copy = "\(settings.dataFolder)/migration-\(ProcessInfo.processInfo.processIdentifier).sqlite"
        defer {
            for end in ["", "-wal", "-shm", ".partial"] { try? FileManager.default.removeItem(atPath: copy + end) }
        }
        guard try await installation.database.copyFile(to: copy) else { return nil }
        var options = DatabaseOptions()
        options.logger = logger
        let database = try await Database.open("sqlite:\(copy)", options)
        let began = ContinuousClock.now
        do {
            try await database.migrate()
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return began.duration(to: .now)
    }

    private static func file(of url: String) -> String? {
        url.hasPrefix("sqlite:") ? String(url.dropFirst("sqlite:".count)) : nil
    }
}

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database to this version.")

    @Flag(help: "Change nothing: try the missing steps on a copy; exit 1 if there are any.") var check = false

    mutating func run() async throws {
        let settings = try Command.settings()
        let app = try await App(settings, exclusive: false, logger: Command.logger(settings))
        let isCheck = check
        var isPending = false
        try await Command.closing(app.installation.database) {
            let pending = try await app.installation.database.pendingMigrations()
            isPending = !pending.isEmpty
            let list = pending.map(String.init).joined(separator: ", ")
            guard isPending else { return print("The database is at this version.") }
            guard !isCheck else { return print("Pending: \(list)\n\(try await Self.trial(app))") }
            try await app.migrate()
            print("Applied: \(list)")
        }
        if check && isPending { throw ExitCode(1) }
    }

    private static func trial(_ app: App) async throws -> String {
        guard let took = try await app.tryMigrations() else {
            return "Not tried: copy the PostgreSQL database with its own tools, and migrate the copy."
        }
        return "Tried on a copy: all of them work, in \(took.formatted(.units(allowed: [.seconds, .milliseconds])))."
    }
}
