/// Where tests stand and how they are called.
extension Rule {
    static let tests = [mirrored, storesAreTested, sentences]

    static let mirrored = Rule(
        name: "A test file stands at the path of what it tests",
        bad: [
            ["Tests/WebTests/Chess/BoardTests.swift": "/// A.\n", "Sources/Web/HTML.swift": "/// A.\n"],
            ["Tests/ChessTests/BoardTests.swift": "/// A.\n", "Sources/Web/HTML.swift": "/// A.\n"],
        ],
        good: [
            "Tests/FeaturesTests/Links/LinkTests.swift": "/// A.\n", "Sources/Features/Links/Link.swift": "/// A.\n",
            "Tests/ProvidersTests/Features/Links/LinkTests.swift": "/// A.\n",
            "Tests/Fakes/Mailbox.swift": "/// A.\n", "Tests/SimulationTests/A.swift": "/// A.\n",
        ]
    ) { tree in
        let folders = Set(tree.sources.map(\.file.folder))
        let free: Set<String> = ["TidyTests", "SimulationTests", "Fakes"]
        return tree.tests.compactMap { test in
            guard test.file.parts.count > 2, !free.contains(test.file.parts[1]) else { return nil }
            // A module without a test target of its own is tested in another's, in a folder of its name.
            let mirrors = ["Sources/$1", "Sources"].map { test.file.folder.replacing("^Tests/(\\w+)Tests", with: $0) }
            let stands = folders.contains { folder in
                mirrors.contains { $0 != "Sources" && (folder == $0 || folder.hasPrefix($0 + "/")) }
            }
            return stands ? nil : test.at(line: 1, "there is no \(mirrors[0])")
        }
    }

    static let storesAreTested = Rule(
        name: "Every store of a feature is named by a test at the mirrored path",
        bad: [["Sources/Features/Links/LinkStore.swift": "/// A.\n"]],
        good: [
            "Sources/Features/Links/LinkStore.swift": "/// A.\n",
            "Tests/FeaturesTests/Links/LinkStoreTests.swift": "/// A.\n",
        ]
    ) { tree in
        tree.sources.filter { $0.file.feature != nil && $0.file.stem.hasSuffix("Store") }.compactMap { store in
            let folder = "Tests/FeaturesTests/\(store.file.feature ?? "")"
            let tested = tree.tests.filter { $0.file.folder == folder }.contains {
                $0.file.stem == store.file.stem + "Tests" || $0.code.contains(store.file.stem)
            }
            return tested ? nil : store.at(line: 1, "no test in \(folder) names \(store.file.stem)")
        }
    }

    static let sentences = Rule(
        name: "A test's name is a sentence",
        bad: [
            ["Tests/WebTests/ATests.swift": "/// A.\n@Test func escapes() {}\n"],
            ["Tests/WebTests/ATests.swift": "/// A.\n@Test(arguments: [1]) func escapes(n: Int) {}\n"],
            ["Tests/WebTests/ATests.swift": "/// A.\n@Test(\"escapes\") func escapes() {}\n"],
        ],
        good: ["Tests/WebTests/ATests.swift": "/// A.\n@Test(\n    \"Text is escaped\", arguments: [1]) func a() {}\n"]
    ) { tree in
        tree.tests.flatMap { source in
            source.code.matches(#"@Test\b(\s*\(\s*"[^"\n]*")?"#).compactMap { match in
                let line = source.code.lineNumber(match.offset)
                let closing = line + match.text.count { $0 == "\n" }
                let name = source.literals.first { $0.line == closing }?.text ?? ""
                return match.groups[0].isEmpty || !name.contains(" ")
                    ? source.at(line: line, "say in a sentence what holds") : nil
            }
        }
    }
}
