/// What the SQL literals may hold, where they stand, and who may ask without a scope.
extension Rule {
    static let statements = [namesWorkspace, onlyInStores, unscoped, bannedWords, migrationsInOrder]

    /// Tables whose rows of all workspaces must be seen: a person's time is one, whatever workspace booked it.
    private static let shared: Set<String> = ["ledger"]
    /// Look-ups by a secret's hash or an address, before any scope is known; setting up; the operator's commands; and
    /// the machinery of all workspaces.
    private static let withoutScope = [
        #"^Sources/Features/Accounts/LookUps\.swift$"#, #"^Sources/Features/Accounts/(?:Setup\w*|Operate)\.swift$"#,
        // Before anybody is signed in: who tries to, who forgot a password, who opens a workspace.
        #"^Sources/Features/Accounts/(?:SignIn|SignInLimits|ResetPassword|SignUp)\.swift$"#,
        #"^Sources/Features/Setup/FoundWorkspace\.swift$"#,
        // The development mailbox belongs to the installation.
        #"^Sources/Features/Messaging/LocalMail\w*\.swift$"#,
        // What comes in belongs to its source; only the source can tell whose it is.
        #"^Sources/Features/Webhooks/IncomingWebhook\.swift$"#,
        // A clock is everybody's.
        #"^Sources/Features/ClockChanges/CompareClocks\.swift$"#,
        #"^Sources/Database/"#, #"^Sources/Server/"#, "^Tests/",
    ]

    private static let migration = """
        /// One.
        let a: SQL = "CREATE TABLE booking (id TEXT, workspace TEXT NOT NULL)"
        let b: SQL = "CREATE TABLE account (id TEXT)"
        """

    static let namesWorkspace = Rule(
        name: "Each statement on a tenant's table names the workspace",
        bad: [
            [first: migration, store: statement("SELECT id FROM booking WHERE id = \\(id)")],
            [first: migration, store: statement("UPDATE booking SET status = 'x' WHERE id = \\(id)")],
            [first: migration, store: statement("SELECT 1 FROM account a JOIN booking b ON a.id = b.account")],
        ],
        good: [
            first: migration,
            store: statement("SELECT id FROM booking WHERE workspace = \\(scope.workspace)")
                + "let b: SQL = \"SELECT id FROM account\"\nlet c: SQL = \"INSERT INTO ledger (id)\"\n"
                + "// Addresses are unique, so this looks across workspaces.\n"
                + "let d: SQL = \"SELECT id FROM booking WHERE uid = \\(uid)\"\n",
        ]
    ) { tree in
        let tables = tenantTables(tree).subtracting(shared)
        return tree.sources.filter { $0.file.module == "Features" && !mayAskUnscoped($0) }.flatMap { source in
            source.literals.filter { $0.isStatement && !$0.text.contains(pattern: #"\bworkspace\b"#) }
                .filter { !source.comment(above: $0.line).contains("across workspaces") }
                .compactMap { literal in
                    let named = literal.tables.intersection(tables).sorted().joined(separator: ", ")
                    return named.isEmpty ? nil : source.at(line: literal.line, "\(named) without workspace")
                }
        }
    }

    static let onlyInStores = Rule(
        name: "In a feature, SQL stands only in …Store.swift and LookUps.swift",
        bad: [["Sources/Features/Links/LinkRoutes.swift": statement("SELECT id FROM link WHERE workspace = 1")]],
        good: [
            store: statement("SELECT id FROM link WHERE workspace = 1"),
            "Sources/Features/Links/LinkPages.swift": "/// A.\nlet label = \"Select a time from the list\"\n",
        ]
    ) { tree in
        tree.sources.filter { $0.file.feature != nil && !$0.file.stem.hasSuffix("Store") && $0.file.stem != "LookUps" }
            .flatMap { source in
                source.literals.filter(\.isStatement).map { source.at(line: $0.line, "SQL belongs into the store") }
            }
    }

    static let unscoped = Rule(
        name: "Only the listed files ask the database without a scope",
        bad: [["Sources/Features/Links/LinkStore.swift": "/// A.\nlet a = try await db.lookUp { $0 }\n"]],
        good: [
            "Sources/Features/Accounts/LookUps.swift": "/// A.\nlet a = try await db.lookUp { $0 }\n",
            "Sources/Features/Accounts/SetupStore.swift": "/// A.\nlet a = try await db.writeUnscoped { $0 }\n",
        ]
    ) { tree in
        tree.sources.filter { !mayAskUnscoped($0) }.flatMap {
            $0.findings(#"\.(?:lookUp|writeUnscoped)\b\s*[({]"#, "take the scope from Accounts/LookUps.swift")
        }
    }

    static let bannedWords = Rule(
        name: "No DEFERRABLE and no RAISE(ROLLBACK): either would fail a whole group of writes",
        bad: [
            [store: statement("CREATE TABLE a (b TEXT REFERENCES c DEFERRABLE)")],
            [store: statement("SELECT RAISE ( rollback, 'x')")],
        ],
        good: [store: statement("SELECT RAISE(ABORT, 'x')")]
    ) { tree in
        tree.sources.flatMap { source in
            source.literals.filter { $0.text.contains(pattern: #"(?i)\bDEFERRABLE\b|\bRAISE\s*\(\s*ROLLBACK\b"#) }
                .map { source.at(line: $0.line, "ends the transaction of every waiting write") }
        }
    }

    static let migrationsInOrder = Rule(
        name: "Migrations are numbered from 1 without gaps, each in a file of its number",
        bad: [
            ["Sources/Database/Migrations/Migration0002.swift": "/// A.\nlet m = Migration(number: 2, name: \"x\")\n"],
            [first: "/// A.\nlet m = Migration(number: 2, name: \"x\")\n"],
        ],
        good: [
            first: "/// A.\nlet m = Migration(\n    number: 1, name: \"x\")\n",
            "Sources/Database/Migrations/Migration0002.swift": "/// A.\nlet m = Migration(number: 2, name: \"x\")\n",
            "Sources/Database/Migrations/Migration.swift": "/// A.\nstruct Migration { let number: Int }\n",
        ]
    ) { tree in
        let files = tree.sources.filter { $0.file.stem.contains(pattern: #"^Migration\d{4}$"#) }
        return files.enumerated().compactMap { index, source in
            let number = Int(source.file.stem.suffix(4)) ?? 0
            let says = source.code.matches(#"\bnumber:\s*(\d+)"#).first.flatMap { Int($0.groups[0]) }
            if number != index + 1 { return source.at(line: 1, "migration \(index + 1) is missing") }
            return says == number ? nil : source.at(line: 1, "the file says number \(says ?? 0)")
        }
    }

    private static let first = "Sources/Database/Migrations/Migration0001.swift"
    private static let store = "Sources/Features/Links/LinkStore.swift"
    private static func statement(_ sql: String) -> String { "/// A.\nlet a: SQL = \"\(sql)\"\n" }

    private static func mayAskUnscoped(_ source: Source) -> Bool {
        withoutScope.contains { source.file.path.contains(pattern: $0) }
    }

    /// The tables that the migrations give a mandatory `workspace`.
    private static func tenantTables(_ tree: Tree) -> Set<String> {
        let migrations = tree.sources.filter { $0.file.path.hasPrefix("Sources/Database/Migrations/") }
        return Set(migrations.flatMap(\.literals).flatMap { literal in
            literal.text.matches(#"CREATE TABLE (\w+)\s*\([\s\S]*?\bworkspace TEXT NOT NULL"#).map { $0.groups[0] }
        })
    }
}

extension Source {
    /// The comment lines just above a line (the statement's own line may begin one line earlier).
    func comment(above line: Int) -> String {
        file.lines[max(0, line - 4)..<max(0, line - 1)].filter { $0.contains("//") }.joined(separator: "\n")
    }
}

extension Literal {
    /// A whole statement in capitals, as ours are written; a sentence of the product never begins so.
    var isStatement: Bool { text.contains(pattern: #"^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s"#) }

    var tables: Set<String> {
        Set(text.matches(#"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)"#).map { $0.groups[0] })
    }
}
