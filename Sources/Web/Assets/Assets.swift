/// Style sheets, scripts and pictures under addresses that name their content.

import Crypto

/// What is served under `/assets/`. An address changes when its content does, so browsers keep it for ever.
package struct Assets: Sendable {
    /// One file with a compressed copy where that is smaller.
    struct File: Sendable {
        let type: String
        let bytes: [UInt8]
        let compressed: [UInt8]?
    }

    /// The style sheet of every page: all of `Public/css` joined, but what is in its folder `app`.
    package let stylesheet: Path
    /// What the pages of the app need beside it: `Public/css/app`. Bookers never load it.
    package let appStylesheet: Path
    /// The entry of the scripts; its modules import each other by relative paths, so all share one folder.
    package let script: Path
    /// The mark, for the tab of the browser.
    package let icon: Path
    private let files: [String: File]

    /// The files that are inside the program.
    package static let shared = Assets(PublicFiles.all)

    init(_ sources: [PublicFiles.File]) {
        let css = sources.filter { $0.name.hasSuffix(".css") }
        let shared = css.filter { !$0.name.hasPrefix("css/app/") }.flatMap { Assets.slim($0.bytes) }
        let app = css.filter { $0.name.hasPrefix("css/app/") }.flatMap { Assets.slim($0.bytes) }
        let sources = sources.filter { !$0.name.hasPrefix(PackageFiles.folder) }
        let others = sources.filter { $0.name.hasSuffix(".js") || $0.name.hasSuffix(".svg") }
        let sheet = "base.\(Assets.hash(shared)).css", appSheet = "app.\(Assets.hash(app)).css"
        let folder = Assets.hash(others.flatMap { Array($0.name.utf8) + $0.bytes })
        var files = [sheet: Assets.file(sheet, shared), appSheet: Assets.file(appSheet, app)]
        for source in others {
            files["\(folder)/\(Assets.last(source.name))"] = Assets.file(source.name, source.bytes)
        }
        self.files = files
        stylesheet = "/assets/\(sheet)"
        appStylesheet = "/assets/\(appSheet)"
        script = "/assets/\(folder)/app.js"
        icon = "/assets/\(folder)/mark.svg"
    }

    /// The routes of the files; every other address under `/assets/` is not found.
    var routes: [Route] {
        [Route(.get, "/assets/:file", .open, limit: .none) { try answer($0, try $0.parameter("file")) },
         Route(.get, "/assets/:folder/:file", .open, limit: .none) {
             try answer($0, "\(try $0.parameter("folder"))/\(try $0.parameter("file"))")
         }]
    }

    private func answer(_ request: Request, _ name: String) throws -> Answer {
        guard let file = files[name] ?? Brand.sheet(named: name).map({ Assets.file(name, $0) }) else {
            throw Common.notFound
        }
        let answer = Answer(status: 200, headers: [
            ("Content-Type", file.type), ("Cache-Control", "public, max-age=31536000, immutable"),
            ("Vary", "Accept-Encoding"),
        ], body: file.bytes)
        guard let compressed = file.compressed, Assets.takesGzip(request.headers["accept-encoding"]) else {
            return answer
        }
        var smaller = answer.header("Content-Encoding", "gzip")
        smaller.body = compressed
        return smaller
    }

    /// Whether `Accept-Encoding` names gzip with a weight above zero.
    static func takesGzip(_ header: String?) -> Bool {
        (header ?? "").split(separator: ",").contains { part in
            let words = part.split(separator: ";").map(\.trimmed)
            guard words.first?.lowercased() == "gzip" else { return false }
            return !words.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains { ("1"..."9").contains($0) } }
        }
    }

    static func file(_ name: String, _ bytes: [UInt8]) -> File {
        let compressed = gzip(bytes)
        return File(type: type(name), bytes: bytes,
                    compressed: compressed.flatMap { $0.count < bytes.count ? $0 : nil })
    }

    private static func type(_ name: String) -> String {
        if name.hasSuffix(".css") { return "text/css; charset=utf-8" }
        if name.hasSuffix(".js") { return "text/javascript; charset=utf-8" }
        if name.hasSuffix(".tgz") { return "application/gzip" }
        return "image/svg+xml"
    }

    /// A style sheet without its comments and indents, which are for us. No text in quotes of ours has either.
    static func slim(_ css: [UInt8]) -> [UInt8] {
        var slim: [UInt8] = [], rest = css[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "/"), rest.starts(with: "/*".utf8),
                let end = rest.firstRange(of: Array("*/".utf8)) {
                rest = rest[end.upperBound...]
            } else {
                let isIndent = byte == UInt8(ascii: " ") && (slim.last ?? UInt8(ascii: "\n")) == UInt8(ascii: "\n")
                let isEmpty = byte == UInt8(ascii: "\n") && (slim.last ?? byte) == byte
                if !isIndent, !isEmpty { slim.append(byte) }
                rest = rest.dropFirst()
            }
        }
        return slim
    }

    static func last(_ name: String) -> String {
        name.split(separator: "/").last.map(String.init) ?? name
    }

    /// The first 16 hexadecimal digits of the SHA-256.
    static func hash(_ bytes: [UInt8]) -> String {
        let digits = SHA256.hash(data: bytes).prefix(8).flatMap { [hexDigits[Int($0 >> 4)], hexDigits[Int($0 & 15)]] }
        return String(decoding: digits, as: UTF8.self).lowercased()
    }
}
