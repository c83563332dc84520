/// What things are called: no empty suffixes, file names in a feature, sentences for tests, documented interfaces.
extension Rule {
    static let names = [emptySuffix, fileName, flatFeature, accessLevel, documented, reasonForUnchecked]

    private static let emptySuffixes = "Manager|Helper|Util|Utility|Utilities|Service|Handler|Base|Impl|Info"

    static let emptySuffix = Rule(
        name: "No type or file is called …Manager, …Helper, …Util, …Service, …Handler, …Base, …Impl or …Info",
        bad: [
            ["Sources/Web/A.swift": "/// A.\nstruct BookingManager {}\n"],
            ["Sources/Web/LinkHelpers.swift": "/// A.\n"],
        ],
        good: ["Sources/Web/A.swift": "/// A.\nstruct JobRunner: Service {}\nenum Informal { case database }\n"]
    ) { tree in
        let types = tree.swift.flatMap { source in
            source.code.matches(#"\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)"#)
                .filter { $0.groups[0].contains(pattern: "(\(emptySuffixes))s?$") }
                .map { source.at($0.offset, "\($0.groups[0]) says nothing with its suffix") }
        }
        let files = tree.swift.filter { $0.file.stem.contains(pattern: "(\(emptySuffixes))s?$") }
        return types + files.map { $0.at(line: 1, "the file's name says nothing with its suffix") }
    }

    static let fileName = Rule(
        name: "A Swift file's name is a noun or a verb in UpperCamelCase, and a test file ends in Tests",
        bad: [
            ["Sources/Web/htmlPage.swift": "/// A.\n"],
            ["Tests/WebTests/HTML.swift": "/// A.\n@Test(\"Text is escaped\") func a() {}\n"],
        ],
        good: [
            "Sources/Web/HTML.swift": "/// A.\n", "Sources/Server/main.swift": "/// A.\n",
            "Tests/WebTests/HTMLTests.swift": "/// A.\n@Test(\"Text is escaped\") func a() {}\n",
            "Tests/WebTests/Sample.swift": "/// A.\nlet sample = 1\n",
        ]
    ) { tree in
        let named = tree.swift.filter { $0.file.name != "main.swift" }
        let camel = named.filter { !$0.file.stem.contains(pattern: "^[A-Z][A-Za-z0-9]*$") }
            .map { $0.at(line: 1, "not UpperCamelCase") }
        let tests = tree.tests.filter { source in
            !source.file.path.hasPrefix("Tests/TidyTests") && !source.file.stem.hasSuffix("Tests")
                && source.code.contains(pattern: #"@Test\b"#)
        }
        return camel + tests.map { $0.at(line: 1, "holds tests, so its name ends in Tests") }
    }

    static let flatFeature = Rule(
        name: "A feature is one flat folder of Swift files (texts lie in Texts/)",
        bad: [["Sources/Features/Links/Models/Link.swift": "/// A.\n"]],
        good: ["Sources/Features/Links/Link.swift": "/// A.\n", "Sources/Features/Links/Texts/de.txt": ""]
    ) { tree in
        tree.sources.filter { $0.file.feature != nil && $0.file.parts.count > 4 }
            .map { $0.at(line: 1, "lies in a folder inside a feature") }
    }

    static let accessLevel = Rule(
        name: "Between our targets the access level is package, never public or open",
        bad: [["Sources/Web/A.swift": "/// A.\npublic struct A {}\n"]],
        good: ["Sources/Web/A.swift": "/// A public page.\npackage struct A { let open = 1 }\n"]
    ) { tree in
        let wide = #"\b(?:public|open)\s+(?:struct|class|enum|func|var|let|init|static|protocol|actor|extension)\b"#
        return tree.sources.flatMap { $0.findings(wide, "package is the widest access level") }
    }

    static let documented = Rule(
        name: "Every package type and function of Scheduling, Database and Web is documented",
        bad: [["Sources/Web/A.swift": "/// A.\nimport Foundation\n\npackage func escape(_ text: String) {}\n"]],
        good: [
            "Sources/Web/A.swift": """
            /// A.
            import Foundation

            /// Escapes.
            @inlinable
            package func escape() {}
            /// One.
            package struct A {
                package static func == (a: A, b: A) -> Bool { true }
            }

            """,
        ]
    ) { tree in
        tree.sources.filter { ["Scheduling", "Database", "Web"].contains($0.file.module) }.flatMap(undocumented)
    }

    private static func undocumented(_ source: Source) -> [String] {
        let lines = source.file.lines
        let pattern = #"^\s*(?:@\w+\S* )*package (?:static |final |mutating |nonisolated |indirect )*"#
            + #"(?:struct|class|enum|protocol|actor|func) (\w+)"#
        let wellKnown = ["hash", "encode", "run", "appendLiteral", "appendInterpolation", "StringInterpolation"]
        return source.codeLines.enumerated().compactMap { number, line in
            guard let match = String(line).matches(pattern).first else { return nil }
            if wellKnown.contains(match.groups[0]) { return nil }
            var above = number - 1
            while above >= 0, lines[above].contains(pattern: #"^\s*@"#) { above -= 1 }
            if above >= 0, lines[above].contains(pattern: #"^\s*///|\*/\s*$"#) { return nil }
            return source.at(line: number + 1, "\(match.groups[0]) has no documentation")
        }
    }

    static let reasonForUnchecked = Rule(
        name: "An unchecked Sendable or unsafe global has its reason in a comment",
        bad: [["Sources/Web/A.swift": "/// A.\nimport Foundation\n\nfinal class A: @unchecked Sendable {}\n"]],
        good: ["Sources/Web/A.swift": "/// A.\n\n// One thread only.\nfinal class A: @unchecked Sendable {}\n"]
    ) { tree in
        tree.sources.flatMap { source in
            source.codeLines.enumerated().compactMap { number, line in
                guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else { return nil }
                let near = source.file.lines[max(1, number - 3)...max(1, number)].joined(separator: "\n")
                return near.contains("//") ? nil : source.at(line: number + 1, "no reason given")
            }
        }
    }
}
extension Substring {
    func contains(pattern: String) -> Bool { String(self).contains(pattern: pattern) }
}
