/// `serve` and `worker`: the two that stay.
import ArgumentParser
import Database
import Features
import Foundation
import Logging
import Scheduling
import ServiceLifecycle
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer requests and do what follows from them.")

    @Option(help: "The port to listen on.") var port = 8080
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Flag(help: "Leave jobs to “workestra worker” processes.") var noWorker = false

    mutating func run() async throws {
        let settings = try Command.settings(port: port)
        let app = try await App(settings, exclusive: true, logger: Command.logger(settings))
        try await app.migrate()
        try await app.indexOlderBookings()
        let site = try app.site(formerHosts: try await app.formerHosts())
        let drain: Duration = settings.environment == .production ? .seconds(2) : .zero
        let greeting = Greeting(app)
        let server = site.server(
            host: host, port: port, drain: drain, mostConnections: Descriptors.raised().forConnections
        ) { port in await greeting.say(port: port) }
        app.disk.makeReserve()
        var services: [any Service] = []
        if let metrics = try app.metricsServer(host: host) { services.append(metrics) }
        if app.installation.database.engine == .postgres { services.append(app.calls) }
        if !noWorker {
            services += [app.runner, app.webhookRunner]
            services.append(Housekeeping(app))
            services.append(Resealing(app))
        }
        // The last one stops first: nobody asks any more while the jobs at work come to their end.
        services.append(server)
        try await Lifecycle.run(services, app)
    }
}

struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Do jobs only; any number of these on PostgreSQL.")

    mutating func run() async throws {
        let settings = try Command.settings()
        guard !settings.databaseURL.hasPrefix("sqlite:") else {
            throw SettingsError(
                "SQLite has one process: “workestra serve” does its jobs too. A worker needs PostgreSQL.")
        }
        let app = try await App(settings, exclusive: false, logger: Command.logger(settings))
        var services: [any Service] = [
            app.calls, app.runner, app.webhookRunner, Housekeeping(app), Resealing(app),
        ]
        if let metrics = try app.metricsServer(host: "127.0.0.1") { services.append(metrics) }
        try await Lifecycle.run(services, app)
    }
}

enum Lifecycle {
    /// Runs the services until SIGTERM or SIGINT, then ends them in order and closes the database.
    static func run(_ services: [any Service], _ app: App) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: app.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(45)
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            await app.close()
            throw error
        }
        await app.close()
    }
}

/// What is said on the console once the program answers.
private struct Greeting: Sendable {
    let app: App

    init(_ app: App) { self.app = app }

    func say(port: Int) async {
        let settings = app.settings
        var lines = ["Workestra answers at \(settings.url)"]
        let operate = Operate(
            database: app.installation.database, world: app.installation.world, passwords: app.passwords)
        do {
            if let token = try await operate.setupToken() {
                lines.append("Set it up, once, at \(settings.url)/setup?token=\(token)")
            } else {
                lines.append("Sign in at \(settings.url)/sign-in")
            }
        } catch {
            lines.append("The set-up address could not be made: \(error)")
        }
        if let restored = try? await app.installation.database.lookUp({ try $0.restoredAt() }) {
            lines.append(
                "Restored from a backup (\(restored.rfc3339())): no mail goes out until “workestra restore --confirm”.")
        }
        if settings.smtpURL == nil {
            lines.append(settings.environment == .production
                ? "No SMTP_URL is set: nobody gets a mail. docs/hosting.md says how to set one."
                : "Mails are kept here, to be read at \(settings.url)/dev/mail")
        }
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
