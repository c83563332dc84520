/// The commands that do one thing and end.
import ArgumentParser
import Database
import Features
import Foundation
import Scheduling

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Fill an empty database with a demo workspace.")

    @Flag(help: "Print the logins as JSON.") var json = false

    mutating func run() async throws {
        let asJSON = json
        try await Command.withApp { app in
            let demo = try await MakeDemo(app.installation, passwords: app.passwords)()
            print(asJSON ? demo.json.text : demo.words)
        }
    }
}

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People.", subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a person; prints a password once.")

        @Option(help: "E-mail address.") var email: String
        @Option(help: "Name.") var name: String
        @Option(help: "owner, admin, manager, member or viewer.") var role: String = "member"
        @Option(help: "Id or name of the workspace, if there is more than one.") var workspace: String?

        mutating func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw ValidationError("A role is one of: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            let (email, name, workspace) = (email, name, workspace)
            try await Command.withApp { app in
                let added = try await Operate(app).addUser(email: email, name: name, role: role, workspace: workspace)
                print("\(added.member.account.email) is \(role.rawValue) of \(added.member.workspaceName).")
                if let password = added.password { print("Password, shown once: \(password)") }
            }
        }
    }
}

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "key", abstract: "API keys.", subcommands: [Add.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key for a person; prints it once.")

        @Option(help: "E-mail address of the person.") var user: String
        @Option(help: "Scopes with commas between; all that the role allows without.") var scopes: String?

        mutating func run() async throws {
            let (user, scopes) = (user, scopes?.split(separator: ",").map(String.init))
            try await Command.withApp { app in
                print(try await Operate(app).addKey(email: user, scopes: scopes).text)
            }
        }
    }
}

struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace", abstract: "Workspaces.", subcommands: [Add.self, List.self, Delete.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a workspace.")

        @Argument(help: "Its name.") var name: String
        @Option(help: "Its time zone.") var zone = "UTC"

        mutating func run() async throws {
            let (name, zone) = (name, zone)
            try await Command.withApp { app in
                let made = try await Operate(app).addWorkspace(name: name, zone: zone)
                print("\(made.id) \(made.name)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List workspaces.")

        mutating func run() async throws {
            try await Command.withApp { app in
                for workspace in try await Operate(app).workspaces() { print("\(workspace.id) \(workspace.name)") }
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a workspace and everything in it.")

        @Argument(help: "Its id or name.") var workspace: String

        mutating func run() async throws {
            let name = workspace
            try await Command.withApp { app in
                let gone = try await Operate(app).deleteWorkspace(name)
                print("Deleted \(gone.name).")
            }
        }
    }
}

extension Operate {
    init(_ app: App) {
        self.init(database: app.installation.database, world: app.installation.world, passwords: app.passwords)
    }
}

struct Slots: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer scenarios with the slot engine alone.")

    @Argument(help: "Files with a scenario or an array of them.") var files: [String]
    @Option(help: "Run the engine this often and add the median time.") var bench: Int?

    mutating func run() throws {
        let settings = try Command.settings()
        let zones = Zones.standard(environment: settings.values, dataFolder: settings.dataFolder)
        try ScenarioCommand.run(files: files, bench: bench, zones: zones) { print($0) }
    }
}

struct ZonesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zones", abstract: "Which zone data are used, and how they differ from the system's.")

    mutating func run() throws {
        let settings = try Command.settings()
        let zones = Zones.standard(environment: settings.values, dataFolder: settings.dataFolder)
        print("\(zones.directory): \(zones.version ?? "version unknown"), \(zones.names.count) zones")
        let system = Zones(directory: "/usr/share/zoneinfo")
        guard system.directory != zones.directory else { return }
        let now = settings.clock.now
        for name in zones.names {
            guard let ours = zones.zone(name), let theirs = system.zone(name) else { continue }
            // Two years ahead in weeks: enough to meet every rule that differs in what people book.
            let weeks = (0..<104).map { now.adding(days: $0 * 7) }
            let differs = weeks.first { ours.offset(at: $0) != theirs.offset(at: $0) }
            if let differs { print("\(name) differs from the system's from \(differs.rfc3339()) on") }
        }
    }
}
