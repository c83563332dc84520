/// What the documents promise: paths that exist, dependencies that are listed, nothing of one machine.
extension Rule {
    static let documents = [
        tourNamesFiles, linksExist, providerReadme, licences, settings, nothingLocal, habits,
    ]

    static let tourNamesFiles = Rule(
        name: "docs/tour.md exists and names existing files",
        bad: [
            ["docs/tour.md": "First `Sources/Web/Gone.swift`.\n"],
            ["docs/tour.md": "First `Gone.swift` in `Sources/Web/`.\n"],
            ["README.md": "No tour.\n"],
        ],
        good: [
            "docs/tour.md": "First `Sources/Web/A.swift`, then `A.swift` and `POST /x`.\n",
            "Sources/Web/A.swift": "/// A.\n",
        ]
    ) { tree in
        guard let tour = tree.file("docs/tour.md") else { return ["docs/tour.md:1: there is no tour"] }
        let names = Set(tree.files.map(\.name))
        return tour.text.matches(#"`([\w/.]+\.(?:swift|py|css|js|md|sh))`"#).compactMap { match in
            let path = match.groups[0]
            if path.contains("/") ? tree.contains(path) : names.contains(path) { return nil }
            return "docs/tour.md:\(tour.text.lineNumber(match.offset)): \(path) does not exist"
        }
    }

    static let linksExist = Rule(
        name: "A document's links to files lead somewhere",
        bad: [["docs/a.md": "See [b](b.md).\n"], ["README.md": "![A picture](docs/x.png)\n"]],
        good: ["docs/a.md": "[b](../README.md#top) [c](https://example.com/x)\n", "README.md": "Hello.\n"]
    ) { tree in
        tree.files.filter { $0.path.hasSuffix(".md") }.flatMap { file in
            file.text.matches(#"\]\(([^)\s]+)\)"#).compactMap { match in
                let target = match.groups[0].replacing("#.*$", with: "")
                if target.isEmpty || target.contains(pattern: "^[a-z]+:") { return nil }
                let path = resolve(file.folder, target)
                if tree.contains(path) || tree.files.contains(where: { $0.path.hasPrefix(path + "/") }) { return nil }
                return "\(file.path):\(file.text.lineNumber(match.offset)): \(target) does not exist"
            }
        }
    }

    private static func resolve(_ folder: String, _ target: String) -> String {
        var parts = folder.split(separator: "/")
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    static let providerReadme = Rule(
        name: "Every provider folder has a README of at most 20 lines",
        bad: [
            ["Sources/Providers/SMTP/SMTPMail.swift": "/// A.\n"],
            ["Sources/Providers/SMTP/README.md": String(repeating: "a\n", count: 21)],
        ],
        good: ["Sources/Providers/SMTP/SMTPMail.swift": "/// A.\n", "Sources/Providers/SMTP/README.md": "Mail.\n"]
    ) { tree in
        let inside = tree.files.filter { $0.path.hasPrefix("Sources/Providers/") && $0.parts.count > 3 }
        return Set(inside.map { $0.parts[2] }).sorted().compactMap { provider in
            let path = "Sources/Providers/\(provider)/README.md"
            guard let readme = tree.file(path) else { return "\(path):1: missing" }
            return readme.lines.count - 1 > 20 ? "\(path):21: more than 20 lines" : nil
        }
    }

    private static let chess = ".package(url: \"x/swift-chess\", from: \"1.0.0\")\n"

    static let licences = Rule(
        name: "docs/licences.md lists every direct dependency",
        bad: [["Package.swift": chess, "docs/licences.md": "None.\n"]],
        good: ["Package.swift": chess, "docs/licences.md": "swift-chess\n"]
    ) { tree in
        let listed = tree.file("docs/licences.md")?.text ?? ""
        return (tree.file("Package.swift")?.text ?? "").matches(#"\.package\(url: "[^"]*/([^"/]+)""#)
            .map { $0.groups[0] }.filter { !listed.contains($0) }
            .map { "docs/licences.md:1: \($0) is not listed" }
    }

    static let settings = Rule(
        name: "docs/hosting.md explains every setting",
        bad: [
            [
                "Sources/Server/Settings.swift": "/// A.\nlet a = values[\"WORKESTRA_NEW\"]\n",
                "docs/hosting.md": "None.\n",
            ],
            [
                "Sources/Providers/S3/S3Settings.swift": "/// A.\nlet a = [\"S3_NEW\"]\n",
                "docs/hosting.md": "None.\n",
            ],
        ],
        good: [
            "Sources/Server/Settings.swift": "/// A.\nlet a = values[\"WORKESTRA_NEW\"]\n",
            "docs/hosting.md": "`WORKESTRA_NEW`\n",
        ]
    ) { tree in
        let explained = tree.file("docs/hosting.md")?.text ?? ""
        let names = tree.sources.filter { $0.file.stem.hasSuffix("Settings") }.flatMap(\.literals)
            .map(\.text).filter { $0.contains(pattern: "^[A-Z][A-Z0-9]*_[A-Z_]*[A-Z]$") }
        let internals: Set<String> = ["WORKESTRA_BIN"]
        return Set(names).subtracting(internals).sorted().filter { !explained.contains("`\($0)`") }
            .map { "docs/hosting.md:1: \($0) is not explained" }
    }

    /// Written in pieces, so that this file does not hold what it looks for.
    private static let local = [
        #"(?<![\w.])/wo"# + "rk/", "/tm" + "p/(?:plan|pkg)", "/op" + "t/swift", "/ro" + #"ot/\."#,
        "py" + #"pi\.org"#, "python" + #"hosted\.org"#, "deb" + #"ian\.org"#, "npm" + #"js\.(?:org|com)"#,
        "crates" + #"\.io"#, #"(?i)\bissue"# + #" #?\d"#, #"\bissues"# + #"/\d"#,
    ].joined(separator: "|")

    static let nothingLocal = Rule(
        name: "Nothing names one machine's folders, a package registry's host or a numbered task",
        bad: [
            ["docs/a.md": "Look in /wo" + "rk/main.\n"],
            ["bin/a": "curl https://py" + "pi.org/x\n"],
            ["Sources/Web/A.swift": "/// A.\n// See issue" + " 12.\n"],
        ],
        good: ["docs/a.md": "Look in home/wo" + "rk/main on PyPI for this issue.\n"]
    ) { tree in
        tree.files.flatMap { file in
            file.text.matches(local).map { "\(file.path):\(file.text.lineNumber($0.offset)): \($0.text)" }
        }
    }

    private static let required = [
        "README.md", "STYLE.md", "CHANGELOG.md", "SECURITY.md", "docs/words.md", "docs/hosting.md", "docs/licences.md",
        ".ci/run", "bin/run", "bin/test", "bin/setup",
    ]

    static let habits = Rule(
        name: "The documents and commands every reader looks for exist",
        bad: [["README.md": "Hello.\n"]],
        good: Dictionary(uniqueKeysWithValues: required.map { ($0, "Hello.\n") })
    ) { tree in
        required.filter { !tree.contains($0) }.map { "\($0):1: missing" }
    }
}
