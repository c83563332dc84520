/// The arrows between modules and the borders between features.
extension Rule {
    static let modules = [arrows, outside, onlyTheWiring, borders]

    /// What each module may import of ours. `Server` wires everything.
    private static let allowed: [String: Set<String>] = [
        "Scheduling": [],
        "ICalendar": ["Scheduling"],
        "Capabilities": ["Scheduling"],
        "Database": ["Scheduling", "CLibPQ"],
        "Web": ["Scheduling", "CPublic"],
        "Providers": ["Capabilities", "ICalendar", "Scheduling", "CCurl"],
        "Features": ["Scheduling", "ICalendar", "Capabilities", "Database", "Web", "CSodium"],
    ]
    private static let ours = Set(allowed.keys).union(["Server", "CLibPQ", "CSodium", "CCurl", "CPublic"])

    static let arrows = Rule(
        name: "A module imports only what the table of arrows allows",
        bad: [
            ["Sources/Scheduling/A.swift": "/// A.\nimport Web\n"],
            ["Sources/Features/Links/A.swift": "/// A.\nimport Providers\n"],
            ["Sources/Capabilities/A.swift": "/// A.\npackage import Database\n"],
        ],
        good: ["Sources/Features/Links/A.swift": "/// A.\nimport Database\nimport Foundation\n"]
    ) { tree in
        tree.sources.flatMap { source -> [String] in
            guard let module = source.file.module, let allowed = allowed[module] else { return [] }
            return imports(source).filter { ours.contains($0.groups[0]) && !allowed.contains($0.groups[0]) }
                .map { source.at($0.offset, "\(module) must not import \($0.groups[0])") }
        }
    }

    /// Which modules may name an outside package; what is not listed may be imported anywhere.
    private static let confined: [(package: String, modules: Set<String>)] = [
        ("Hummingbird\\w*|HTTPTypes", ["Web", "Server"]),
        ("NIO\\w*", ["Web", "Server", "Providers"]),
        ("GRDB", ["Database"]),
        ("AsyncHTTPClient", ["Providers"]),
        ("ArgumentParser", ["Server"]),
    ]

    static let outside = Rule(
        name: "Only Web knows the HTTP server, only Database the database drivers",
        bad: [
            ["Sources/Features/Links/A.swift": "/// A.\nimport Hummingbird\n"],
            ["Sources/Web/A.swift": "/// A.\nimport GRDB\n"],
        ],
        good: ["Sources/Web/A.swift": "/// A.\nimport NIOCore\n", "Sources/Database/A.swift": "/// A.\nimport GRDB\n"]
    ) { tree in
        tree.sources.flatMap { source in
            imports(source).filter { found in
                confined.filter { !$0.modules.contains(source.file.module ?? "") }
                    .contains { found.groups[0].contains(pattern: "^(\($0.package))$") }
            }.map { source.at($0.offset, "\(source.file.module ?? "") must not import \($0.groups[0])") }
        }
    }

    static let onlyTheWiring = Rule(
        name: "Only the wiring in Server/App names a provider",
        bad: [["Sources/Server/ServeCommand.swift": "/// A.\nimport Providers\n"]],
        good: ["Sources/Server/App.swift": "/// A.\nimport Providers\n"]
    ) { tree in
        tree.sources.filter { $0.file.module == "Server" && !$0.file.stem.hasPrefix("App") }.flatMap { source in
            imports(source).filter { $0.groups[0] == "Providers" }
                .map { source.at($0.offset, "providers are named in Server/App.swift alone") }
        }
    }

    /// Which other features a feature may name. A new feature adds a row; a new arrow is a decision.
    /// `ID<Booking>` is free for all: the tag of an id says nothing of the feature's insides.
    private static let mayUse: [String: Set<String>] = [
        "API": [],
        "Accounts": ["API"],
        // A team's page shows the pictures of its people.
        // Whoever leaves keeps nobody's time by a poll.
        "Members": ["API", "Accounts", "Links", "Messaging", "Bookings", "Webhooks", "Profiles", "Polls"],
        "Schedules": ["API", "Accounts"],
        "TimeAway": ["API", "Accounts"],
        // Rooms, desks, equipment and vehicles, with hours of their own.
        "Resources": ["API", "Accounts", "Schedules"],
        "Links": ["API", "Accounts", "Schedules", "Resources"],
        "Messaging": [],
        // What others outside have accepted; every feature that tells them something writes here.
        "Effects": [],
        "Webhooks": ["API", "Accounts", "Effects"],
        "Profiles": ["API", "Accounts", "Links"],
        // A host's mails follow the choices of their profile.
        "Bookings": [
            "API", "Accounts", "Schedules", "TimeAway", "Links", "Messaging", "Profiles", "Effects", "Webhooks",
            "Resources",
        ],
        // A form leads to links and people, and knows the bookings that come of it.
        "Routing": ["API", "Accounts", "Links", "Bookings", "Profiles", "Webhooks"],
        // The pages on which a host says when they can be booked: they show what a change does to links and bookings.
        "Availability": ["API", "Accounts", "Schedules", "TimeAway", "Links", "Bookings"],
        // Whatever of a host's can be shown on another website.
        "Embed": ["Accounts", "Links", "Routing"],
        // A host's own day is shown where they pick times of it.
        "Sheets": ["API", "Accounts", "Schedules", "Links", "Bookings"],
        "OneOffs": ["API", "Accounts", "Schedules", "Links", "Bookings", "Availability"],
        // A poll's times are picked like a one-off's; it mails, becomes a booking, and webhooks hear of that.
        "Polls": ["API", "Accounts", "Schedules", "Links", "Bookings", "Availability", "Messaging", "Webhooks"],
        // The document of the API names what the features take and answer.
        "OpenAPI": [
            "Accounts", "Members", "Schedules", "TimeAway", "Links", "Bookings", "Profiles", "Webhooks", "Resources",
            "Routing", "Polls",
        ],
        "Setup": ["Accounts", "Schedules", "Links", "Bookings"],
        "ClockChanges": ["Accounts", "Bookings"],
        "Dashboard": ["Accounts", "Schedules", "Links", "Bookings", "ClockChanges"],
    ]

    static let borders = Rule(
        name: "A feature names only the features its row in the border table allows",
        bad: [
            [
                "Sources/Features/Accounts/A.swift": "/// A.\nlet store: LinkStore\n",
                "Sources/Features/Links/LinkStore.swift": "/// A.\nstruct LinkStore {}\n",
            ],
            ["Sources/Features/Chess/A.swift": "/// A.\nstruct Board {}\n"],
        ],
        good: [
            "Sources/Features/Links/LinkStore.swift": "/// A.\nstruct LinkStore {}\nlet a: AccountStore\n",
            "Sources/Features/Accounts/AccountStore.swift": "/// A.\nstruct AccountStore {}\n",
            "Sources/Features/Bookings/Booking.swift": "/// A.\nlet link: LinkStore\nstruct Booking {}\n",
            "Sources/Features/Accounts/LookUps.swift": "/// A.\nlet id: ID<Booking>\n",
        ]
    ) { tree in
        let owners = featureTypes(tree)
        let features = Set(tree.sources.compactMap(\.file.feature))
        let strangers = features.filter { mayUse[$0] == nil }.sorted().map {
            "Sources/Features/\($0):1: no row in the border table of Tests/TidyTests/Modules.swift"
        }
        return strangers + tree.sources.flatMap { crossings($0, owners) }
    }

    private static func imports(_ source: Source) -> [Match] {
        let prefix = #"(?m)^\s*(?:@\w+(?:\([^)]*\))?\s+|package\s+|internal\s+)*"#
        return source.code.matches(prefix + #"import\s+(?:struct\s+|func\s+)?(\w+)"#)
    }

    /// The features that declare each top-level type that other files can see.
    private static func featureTypes(_ tree: Tree) -> [String: Set<String>] {
        var owners: [String: Set<String>] = [:]
        for source in tree.sources {
            guard let feature = source.file.feature else { continue }
            let pattern = #"(?m)^(?:package |final |@\w+ |indirect )*"#
                + #"(?:struct|class|enum|actor|protocol|typealias) (\w+)"#
            for match in source.code.matches(pattern) { owners[match.groups[0], default: []].insert(feature) }
        }
        return owners
    }

    private static func crossings(_ source: Source, _ owners: [String: Set<String>]) -> [String] {
        guard let feature = source.file.feature, let allowed = mayUse[feature] else { return [] }
        return source.code.matches(#"(?<![.\w])(?<!ID<)[A-Z]\w+"#).compactMap { match in
            guard let owner = owners[match.text], owner.count == 1, let other = owner.first else { return nil }
            guard other != feature, !allowed.contains(other) else { return nil }
            return source.at(match.offset, "\(feature) must not name \(match.text) of \(other)")
        }
    }
}
