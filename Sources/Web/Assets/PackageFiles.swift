/// What other websites and apps fetch from us: the script that shows our pages in theirs, and the same as packages.

/// `/embed.js` under an address that never changes, and `/packages/<name>-<version>.tgz`. Anybody's page may load them.
package struct PackageFiles: Sendable {
    /// Where they lie below `Public/`; `bin/packages` writes them.
    static let folder = "packages/"
    static let script = "embed.js"

    private struct Kept: Sendable {
        let file: Assets.File
        let tag: String
        /// In seconds: a package of one version stays as it is, the script follows this program.
        let freshFor: Int
    }

    private let files: [String: Kept]

    /// The files that are inside the program.
    package static let shared = PackageFiles(PublicFiles.all)

    init(_ sources: [PublicFiles.File]) {
        var files: [String: Kept] = [:]
        for source in sources where source.name.hasPrefix(Self.folder) {
            let name = Assets.last(source.name)
            files[name] = Kept(
                file: Assets.file(source.name, source.bytes), tag: "\"\(Assets.hash(source.bytes))\"",
                freshFor: name == Self.script ? 300 : 86_400)
        }
        self.files = files
    }

    /// The file of a package's newest version, such as `workestra-react-1.0.0.tgz` of `react`; nil where there is none.
    /// Older ones stay beside it: lock files name them.
    package func newest(_ name: String) -> String? {
        let ending = ".tgz"
        let versions = files.keys.compactMap { file -> (String, [Int])? in
            let start = "workestra-\(name)-"
            guard file.hasPrefix(start), file.hasSuffix(ending) else { return nil }
            let numbers = file.dropFirst(start.count).dropLast(ending.count).split(separator: ".").map { Int($0) }
            return numbers.contains(nil) ? nil : (file, numbers.compactMap(\.self))
        }
        return versions.max { $0.1.lexicographicallyPrecedes($1.1) }?.0
    }

    var routes: [Route] {
        [
            Route(.get, "/embed.js", .open, limit: .none) { try answer($0, Self.script) },
            Route(.get, "/packages/:file", .open, limit: .none) { request in
                let name = try request.parameter("file")
                guard name.hasSuffix(".tgz") else { throw Common.notFound }
                return try answer(request, name)
            },
        ]
    }

    private func answer(_ request: Request, _ name: String) throws -> Answer {
        guard let kept = files[name] else { throw Common.notFound }
        var answer = Answer(status: 200, headers: [
            ("Content-Type", kept.file.type), ("Cache-Control", "public, max-age=\(kept.freshFor)"),
            ("ETag", kept.tag), ("Vary", "Accept-Encoding"), ("Access-Control-Allow-Origin", "*"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
        ], body: kept.file.bytes)
        if Self.has(kept.tag, request.headers["if-none-match"]) {
            (answer.status, answer.body) = (304, [])
            return answer
        }
        guard let compressed = kept.file.compressed, Assets.takesGzip(request.headers["accept-encoding"]) else {
            return answer
        }
        var smaller = answer.header("Content-Encoding", "gzip")
        smaller.body = compressed
        return smaller
    }

    /// RFC 9110 §13.1.2; a proxy that compresses makes the tag a weak one.
    private static func has(_ tag: String, _ header: String?) -> Bool {
        (header ?? "").split(separator: ",").map(\.trimmed).contains { one in
            one == "*" || one == tag || one == "W/\(tag)"
        }
    }
}
