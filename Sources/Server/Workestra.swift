/// The command line: every command of the program, each a few lines over a use case.
import ArgumentParser
import Database
import Features
import Foundation
import Logging
import Scheduling
import Synchronization
import Web

@main
struct Workestra: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workestra", abstract: "Scheduling for teams, on your own machine.",
        subcommands: [
            Serve.self, Worker.self, Migrate.self, Demo.self, UserCommand.self, KeyCommand.self, WorkspaceCommand.self,
            Backup.self, Restore.self, Copy.self, ReaddressCommand.self, DoctorCommand.self, Slots.self,
            ZonesCommand.self,
        ])

    /// Exit codes: 0 ok, 1 failed, 2 bad usage or bad input; one sentence on stderr.
    static func main() async {
        // Whatever is written, the database above all, is for the program's user alone, in whatever folder it lies.
        umask(0o077)
        HeapMemory.share()
        do {
            var command = try parseAsRoot()
            if var running = command as? any AsyncParsableCommand {
                try await running.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        let usage = exitCode(for: error)
        if usage == .success || usage == .validationFailure || error is CleanExit {
            let text = fullMessage(for: error)
            FileHandle(fileDescriptor: usage == .success ? 1 : 2).write(Data((text + "\n").utf8))
            Foundation.exit(usage == .success ? 0 : 2)
        }
        let isInput = error is ScenarioError || error is SettingsError
        FileHandle.standardError.write(Data("workestra: \(sentence(error))\n".utf8))
        Foundation.exit(isInput ? 2 : 1)
    }

    private static func sentence(_ error: any Error) -> String {
        (error as? any Refusal)?.message ?? "\(error)"
    }
}

/// What every command that opens the installation shares.
enum Command {
    static func settings(port: Int = 8080) throws -> Settings {
        try Settings(environment: ProcessInfo.processInfo.environment, port: port)
    }

    static func logger(_ settings: Settings) -> Logger {
        bootstrap(settings.logFormat)
        var logger = Logger(label: "workestra")
        logger.logLevel = settings.values["WORKESTRA_LOG"].flatMap(Logger.Level.init(rawValue:)) ?? .notice
        return logger
    }

    private static let isBootstrapped = Atomic(false)

    /// The logging system may be told only once, and `copy` opens two databases.
    private static func bootstrap(_ format: Settings.LogFormat) {
        guard !isBootstrapped.exchange(true, ordering: .relaxed) else { return }
        LoggingSystem.bootstrap { label -> any LogHandler in
            if format == .json { return JSONLog() }
            return StreamLogHandler.standardError(label: label)
        }
    }

    /// Opens the installation beside a running server, migrated, and closes it afterwards.
    static func withApp(_ body: (App) async throws -> Void) async throws {
        let settings = try settings()
        let app = try await App(settings, exclusive: false, logger: logger(settings))
        do {
            try await app.migrate()
            try await body(app)
        } catch {
            await app.close()
            throw error
        }
        await app.close()
    }
}
