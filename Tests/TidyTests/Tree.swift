/// The files a rule looks at: the repository itself, or a few lines in memory for a rule's own test.
import Foundation

struct File: Sendable {
    /// From the root of the repository, such as `Sources/Web/HTML.swift`.
    let path: String
    let text: String

    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
    var name: String { String(path.split(separator: "/").last ?? "") }
    var stem: String { String(name.split(separator: ".").first ?? "") }
    var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
    var isSwift: Bool { path.hasSuffix(".swift") }

    /// The target the file belongs to: `Web` for `Sources/Web/HTML.swift`, nil outside `Sources`.
    var module: String? { part(after: "Sources") }
    /// The feature it belongs to: `Bookings` for `Sources/Features/Bookings/BookSlot.swift`.
    var feature: String? { module == "Features" && parts.count > 3 ? parts[2] : nil }

    var parts: [String] { path.split(separator: "/").map(String.init) }

    private func part(after first: String) -> String? {
        parts.count > 2 && parts[0] == first ? parts[1] : nil
    }
}

struct Tree: Sendable {
    let files: [File]
    /// The Swift files, read into code, comments and string literals once for all rules.
    let swift: [Source]

    init(_ files: [File]) {
        self.files = files.sorted { $0.path < $1.path }
        swift = self.files.filter { $0.isSwift && $0.name != "Package.swift" }.map(Source.init)
    }

    init(_ texts: [String: String]) {
        self.init(texts.map { File(path: $0.key, text: $0.value) })
    }

    var sources: [Source] { swift.filter { $0.file.path.hasPrefix("Sources/") } }
    var tests: [Source] { swift.filter { $0.file.path.hasPrefix("Tests/") } }

    func file(_ path: String) -> File? { files.first { $0.path == path } }
    func contains(_ path: String) -> Bool { file(path) != nil }

    /// The repository this test was compiled from.
    static let repository = Tree(readRepository())
}

private let ignored: Set<String> = [".git", ".venv", ".swiftpm", "data", "__pycache__", "node_modules"]
private let textual: Set<String> = [
    "swift", "md", "py", "sh", "css", "js", "txt", "json", "html", "h", "c", "ini", "modulemap", "svg", "yml",
]

private func readRepository() -> [File] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    var files: [File] = []
    collect(root, "", into: &files)
    precondition(files.contains { $0.path == "Package.swift" }, "the tests run from their own repository")
    return files
}

private func collect(_ folder: URL, _ prefix: String, into files: inout [File]) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where !ignored.contains(name) && !name.hasPrefix(".build") {
        let url = folder.appendingPathComponent(name)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
        if isFolder.boolValue {
            collect(url, prefix + name + "/", into: &files)
        } else if isText(prefix + name), let text = try? String(contentsOf: url, encoding: .utf8) {
            files.append(File(path: prefix + name, text: text))
        } else {
            files.append(File(path: prefix + name, text: ""))
        }
    }
}

private func isText(_ path: String) -> Bool {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return true }
    return textual.contains(String(path[path.index(after: dot)...])) || path.hasPrefix(".ci/")
}
