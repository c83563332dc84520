/// How long files, functions and lines may be, and how a file begins.
extension Rule {
    static let sizes = [longFile, longFunction, longLine, firstSentence, package]

    static let longFile = Rule(
        name: "A file has at most 400 lines",
        bad: [["Sources/Web/Long.swift": "/// Long.\n" + String(repeating: "let a = 1\n", count: 400)]],
        good: ["Sources/Web/Long.swift": "/// Long.\n" + String(repeating: "let a = 1\n", count: 399)]
    ) { tree in
        tree.files.filter { $0.isProgram && $0.lines.count - 1 > 400 }
            .map { "\($0.path):401: \($0.lines.count - 1) lines" }
    }

    static let longFunction = Rule(
        name: "A function has at most 60 lines",
        bad: [["Sources/Web/Long.swift": longBody(60)], ["Tests/WebTests/LongTests.swift": longBody(70)]],
        good: ["Sources/Web/Long.swift": longBody(58) + "protocol P { func a()\nfunc b() }\n"]
    ) { tree in
        tree.swift.flatMap { source in
            source.functions.filter { $0.length > 60 }
                .map { source.at(line: $0.line, "\($0.name) has \($0.length) lines") }
        }
    }

    static let longLine = Rule(
        name: "A line has at most 120 characters",
        bad: [["Sources/Web/Wide.swift": "/// Wide.\nlet a = " + String(repeating: "1", count: 113)]],
        good: ["Sources/Web/Wide.swift": "/// Wide.\nlet a = " + String(repeating: "1", count: 112)]
    ) { tree in
        tree.files.filter(\.isProgram).flatMap { file in
            file.lines.enumerated().filter { $0.element.count > 120 }
                .map { "\(file.path):\($0.offset + 1): \($0.element.count) characters" }
        }
    }

    static let firstSentence = Rule(
        name: "A Swift file begins with one /// sentence that says what it is for",
        bad: [
            ["Sources/Web/A.swift": "import Foundation\n"],
            ["Sources/Web/B.swift": "/// No full stop\nimport Foundation\n"],
        ],
        good: ["Sources/Web/A.swift": "/// What it is for, over\n/// two lines.\nimport Foundation\n"]
    ) { tree in
        tree.swift.compactMap { source in
            let comment = source.file.lines.prefix { $0.hasPrefix("///") }
            guard let last = comment.last, let first = comment.first, first.count > 8 else {
                return source.at(line: 1, "no /// sentence on the first line")
            }
            return last.hasSuffix(".") ? nil : source.at(line: comment.count, "a sentence ends with a full stop")
        }
    }

    static let package = Rule(
        name: "Package.swift stays below 150 lines and 15 dependencies",
        bad: [["Package.swift": String(repeating: "// a line\n", count: 150)]],
        good: ["Package.swift": String(repeating: ".package(url: \"x\", from: \"1.0.0\"),\n", count: 14)]
    ) { tree in
        guard let manifest = tree.file("Package.swift") else { return [] }
        let dependencies = manifest.text.matches(#"\.package\(url:"#).count
        return (manifest.lines.count - 1 >= 150 ? ["Package.swift:150: \(manifest.lines.count - 1) lines"] : [])
            + (dependencies > 14 ? ["Package.swift:1: \(dependencies) direct dependencies"] : [])
    }

    private static func longBody(_ lines: Int) -> String {
        "/// Long.\nfunc long(of value: Int = { 1 }()) {\n" + String(repeating: "    work()\n", count: lines) + "}\n"
    }
}

extension File {
    /// Written by us and read by others: programs and styles, not data and prose, nor what a compiler wrote.
    var isProgram: Bool {
        guard !path.hasPrefix("Public/packages/") else { return false }
        let kinds = [".swift", ".py", ".sh", ".css", ".js", ".ts", ".h", ".c"]
        return kinds.contains { path.hasSuffix($0) } || path.hasPrefix("bin/") || path == ".ci/run"
    }
}
