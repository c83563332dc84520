/// Calls and operators that have no place in the product, each with what to use instead.
extension Rule {
    static let calls = [crashes, forceUnwrap, ambientWorld, printing, environment, emptyCatch, leftovers]

    static let crashes = Rule(
        name: "No try!, as! or fatalError in Sources",
        bad: [
            ["Sources/Web/A.swift": "/// A.\nlet a = try! parse()\n"],
            ["Sources/Web/A.swift": "/// A.\nlet a = b as! C\n"],
            ["Sources/Web/A.swift": "/// A.\nfunc a() -> Never { fatalError(\"x\") }\n"],
        ],
        good: ["Sources/Web/A.swift": "/// A.\n// never try! here\nlet a = \"try! as! fatalError(\"\n"]
    ) { tree in
        tree.sources.flatMap {
            $0.findings(#"\btry!|\bas!|\bfatalError\b"#, "throw a failure, or state the bug with precondition")
        }
    }

    static let forceUnwrap = Rule(
        name: "No forced unwrapping in Sources",
        bad: [
            ["Sources/Web/A.swift": "/// A.\nlet a = list.first!\n"],
            ["Sources/Web/A.swift": "/// A.\nlet a = \"\\(table[key]!)\"\n"],
            ["Sources/Web/A.swift": "/// A.\nvar a: Int!\n"],
        ],
        good: ["Sources/Web/A.swift": "/// A.\nlet a = b != c && !d\nlet e = \"Hi there!\"\n"]
    ) { tree in
        tree.sources.flatMap {
            $0.findings(#"(?<!\btry)(?<!\bas)(?<=[\w\)\]\}])!(?!=)"#, "use guard, ?? or a precondition with a sentence")
        }
    }

    /// Time, chance and place come from `World`; these reach around it.
    private static let ambient = [
        #"\bDate\(\)"#, #"\bDate\.now\b"#, #"\bDate\(timeIntervalSinceNow"#, #"\bTimeZone\b"#, #"\bCalendar\s*[(.]"#,
        #"\b(?:ISO8601)?DateFormatter\b"#, #"\bLocale\.current\b"#, #"\bUUID\(\)"#, #"\.random\(in:"#,
        #"\bSystemRandomNumberGenerator\b"#, #"\bDispatchQueue\.main\b"#, #"\bThread\.sleep\b"#,
        #"(?<![.\w])(?:time\((?:nil|&)|gettimeofday\(|localtime|gmtime|mktime\()"#,
    ].joined(separator: "|")

    private static let makers: Set<String> = [
        // Where the real clock and the real source of chance are made into values.
        "Sources/Scheduling/Clock.swift", "Sources/Scheduling/Entropy.swift",
        // The pause between two tries at a deadlock; it changes no result.
        "Sources/Database/Postgres/PostgresStore.swift",
    ]

    static let ambientWorld = Rule(
        name: "Time, chance and zones come from World, never from the system directly",
        bad: [
            ["Sources/Web/A.swift": "/// A.\nlet now = Date()\n"],
            ["Sources/Web/A.swift": "/// A.\nlet zone = TimeZone.current\n"],
            ["Sources/Web/A.swift": "/// A.\nlet n = Int.random(in: 0..<4)\n"],
            ["Sources/Web/A.swift": "/// A.\nlet calendar = Calendar(identifier: .gregorian)\n"],
        ],
        good: ["Sources/Web/A.swift": "/// A.\nlet now = world.now\nlet day = LocalDate()\nlet all = Calendars()\n"]
    ) { tree in
        tree.sources.filter { !makers.contains($0.file.path) }
            .flatMap { $0.findings(ambient, "reaches around World") }
    }

    static let printing = Rule(
        name: "Only Server prints",
        bad: [["Sources/Web/A.swift": "/// A.\nfunc a() { print(\"x\") }\n"]],
        good: [
            "Sources/Server/A.swift": "/// A.\nfunc a() { print(\"x\") }\n",
            "Sources/Web/A.swift": "/// A.\nfunc a() { tape.print(\"x\"); blueprint(1) }\n",
        ]
    ) { tree in
        let printing = #"(?<![.\w])(?:print|debugPrint|dump|NSLog)\("#
        return tree.sources.filter { $0.file.module != "Server" }
            .flatMap { $0.findings(printing, "log through the logger, or return it") }
    }

    /// The crash points are read once at start, before any setting.
    private static let environmentReaders: Set<String> = ["Sources/Database/CrashPoint.swift"]

    static let environment = Rule(
        name: "Only Server reads the environment",
        bad: [["Sources/Web/A.swift": "/// A.\nlet home = ProcessInfo.processInfo.environment[\"HOME\"]\n"]],
        good: ["Sources/Server/Settings.swift": "/// A.\nlet all = ProcessInfo.processInfo.environment\n"]
    ) { tree in
        tree.sources.filter { $0.file.module != "Server" && !environmentReaders.contains($0.file.path) }
            .flatMap { $0.findings(#"\.environment\b(?=\[|\s*$)|\bgetenv\("#, "settings are values handed in") }
    }

    static let emptyCatch = Rule(
        name: "Nothing is caught and dropped",
        bad: [
            ["Sources/Web/A.swift": "/// A.\nfunc a() { do { try b() } catch {\n// why\n} }\n"],
            ["Sources/Web/A.swift": "/// A.\nfunc a() { do { try b() } catch Refused.now { } }\n"],
        ],
        good: [
            "Sources/Web/A.swift": "/// A.\nfunc a() { do { try b() } catch { throw Refused.now } }\n",
            "Sources/Web/B.swift": "/// A.\nfunc a() { do { try b() } catch Refused.twice {\n// Pressed twice.\n} }\n",
        ]
    ) { tree in
        tree.sources.flatMap { source in
            let bytes = Array(source.file.text.utf8)
            return source.code.matches(#"\bcatch\b([^{}\n]*)\{\s*\}"#).filter { match in
                let text = String(decoding: bytes[match.offset..<(match.offset + match.length)], as: UTF8.self)
                // One expected error may need no answer; a comment says why.
                return match.groups[0].allSatisfy { $0 == " " } || !text.contains("//")
            }.map { source.at($0.offset, "answer it, translate it, or record it in a row") }
        }
    }

    private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].joined(separator: "|")

    static let leftovers = Rule(
        name: "No notes to oneself are left in the code",
        bad: [["Sources/Web/A.swift": "/// A.\n// TO" + "DO: later\n"]],
        good: ["Sources/Web/A.swift": "/// A.\n// A todo list is a feature.\n"]
    ) { tree in
        tree.files.filter(\.isProgram).flatMap { file in
            file.text.matches("\\b(?:\(marks))\\b").map {
                "\(file.path):\(file.text.lineNumber($0.offset)): do it, or file it"
            }
        }
    }
}
