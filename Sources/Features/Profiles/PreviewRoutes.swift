/// The pictures that other programs show for our addresses: `/og/book/<slug>.png` and `/og/u/<handle>.png`.
import Database
import Scheduling
import Web

package struct PreviewRoutes: Sendable {
    let installation: Installation
    private let drawn = DrawnPreviews()

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/og/book/:file", .open, limit: .perMinute(120, bucket: "previews"), ofLink),
            Route(.get, "/og/u/:file", .open, limit: .perMinute(120, bucket: "previews"), ofProfile),
        ]
    }

    /// A link that can be booked; behind an access code it is drawn without a word.
    private func ofLink(_ request: Request) async throws -> Answer {
        let slug = try name(request)
        guard let found = try await LookUps(database: installation.database).link(slug: slug) else {
            throw LinkRefusal.notFound
        }
        let scope = Scope(workspace: found.workspace, actor: .visitor)
        let preview = try await installation.database.read(scope) { tx -> PreviewPicture? in
            guard let link = try LinkStore.find(found.link, scope: scope, in: tx), link.rules.active else { return nil }
            let workspaceName = try LinkStore.workspaceName(scope: scope, in: tx)
            // One address is one picture, whoever asks: it speaks the language of the product.
            return Language.$current.withValue(.english) { link.preview(workspaceName: workspaceName) }
        }
        guard let preview else { throw LinkRefusal.notFound }
        return try await answer(preview, request)
    }

    private func ofProfile(_ request: Request) async throws -> Answer {
        guard let profile = try await PublicProfile.find(try name(request), installation) else {
            throw ProfileRefusal.notFound
        }
        let firstLine = profile.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let preview = PreviewPicture(
            title: profile.name, subtitle: firstLine, head: profile.workspaceName.text, minutes: 30,
            accent: profile.workspaceName.brand.light)
        return try await answer(preview, request)
    }

    private func answer(_ preview: PreviewPicture, _ request: Request) async throws -> Answer {
        let tag = preview.tag
        let kept = [("ETag", tag), ("Cache-Control", "public, max-age=3600")]
        if request.headers["if-none-match"] == tag { return Answer(status: 304, headers: kept) }
        guard let bytes = await drawn.png(preview) else { throw Common.unexpected }
        return Answer(status: 200, headers: [("Content-Type", "image/png")] + kept, body: bytes)
    }

    /// What stands before `.png`.
    private func name(_ request: Request) throws -> String {
        let file = try request.parameter("file")
        guard file.hasSuffix(".png") else { throw Common.notFound }
        return String(file.dropLast(4))
    }
}

/// Draws one picture at a time and keeps the last few: a page that many people share is drawn once.
actor DrawnPreviews {
    private static let most = 64
    private var pictures: [PreviewPicture: [UInt8]] = [:]
    private var order: [PreviewPicture] = []

    func png(_ preview: PreviewPicture) -> [UInt8]? {
        if let known = pictures[preview] { return known }
        guard let bytes = preview.png() else { return nil }
        pictures[preview] = bytes
        order.append(preview)
        if order.count > Self.most { pictures[order.removeFirst()] = nil }
        return bytes
    }
}

extension PreviewPicture {
    /// Changes with everything that is drawn, and with the way it is drawn.
    fileprivate var tag: String {
        let way = "1"
        let hash = sha256(Array("\(way)|\(self)".utf8)).prefix(12)
        return "\"" + hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }
}

extension Link {
    fileprivate func preview(workspaceName: WorkspaceName) -> PreviewPicture {
        let accent = rules.look.colour.flatMap { Colour($0) } ?? workspaceName.brand.light
        guard rules.access.code == nil else {
            return PreviewPicture(title: "", subtitle: "", head: "", minutes: rules.duration, accent: accent)
        }
        let who = hosts.map(\.name).joined(separator: ", ")
        return PreviewPicture(
            title: rules.title, subtitle: "\(DateWords.duration(minutes: rules.duration)) · \(who)",
            head: workspaceName.text, minutes: rules.duration, accent: accent)
    }
}
