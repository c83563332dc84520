/// The addresses of profiles: one's own settings, the picture, and the page that strangers see.
import Capabilities
import Database
import Scheduling
import Web

package struct ProfileRoutes: Sendable {
    let installation: Installation
    let files: any FileStore

    package init(_ installation: Installation, files: any FileStore) {
        self.installation = installation
        self.files = files
    }

    package var routes: [Route] {
        // The picture, and room for the fields and heads around it.
        let room = Picture.mostBytes + 65_536
        return [
            Route(.get, "/settings/profile", .signedIn(nil), form),
            Route(.post, "/settings/profile", .signedIn(nil), save),
            Route(.post, "/settings/profile/picture", .signedIn(nil), bodyLimit: room * 4,
                  uploads: UploadLimits(parts: 5, fileBytes: Picture.mostBytes), upload),
            Route(.post, "/settings/profile/picture/removal", .signedIn(nil), removePicture),
            Route(.get, "/pictures/:name", .open, picture),
            Route(.get, "/u/:handle", .open, show),
        ]
    }

    // MARK: One's own

    private func form(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let profile = try await profile(of: principal)
        var page = page(principal, profile, profile.wish.filled)
        switch request.query["saved"] {
        case "picture": page.notice = Components.banner(.notes, say("Your picture is there."))
        case "no-picture": page.notice = Components.banner(.notes, say("Your picture is gone. Your initials stand in."))
        case .some: page.notice = Components.banner(.notes, say("Saved."))
        case nil: break
        }
        return .page(page.html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let profile = try await profile(of: principal)
        var fields = Fields(form: try request.form())
        let reading = ProfileReading(zones: installation.world.zones, languages: installation.languages)
        var wish = reading.read(&fields, over: profile.wish)
        reading.readNotices(&fields, into: &wish, isForm: true)
        var page = page(principal, profile, fields.filled)
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        do {
            let wish = wish
            _ = try await SaveProfile(installation)(principal.user, scope: principal.scope) { _ in wish }
            return .redirect(("/settings/profile" as Path).adding(query: [("saved", "yes")]))
        } catch let invalid as Invalid {
            page.filled.errors = invalid.fields
            return .page(page.html, status: 422)
        } catch let refusal as Common {
            page.notice = Components.banner(.fails, "\(refusal.message)")
            return .page(page.html, status: refusal.status)
        }
    }

    private func upload(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        do {
            let file = request.uploads.first { $0.field == "picture" }
            if file?.isTooLong ?? false { throw PictureObjection.tooLong }
            let picture = try Picture(reading: file?.bytes ?? [])
            try await SavePicture(installation, files: files)(picture, of: principal.user, scope: principal.scope)
            return .redirect(("/settings/profile" as Path).adding(query: [("saved", "picture")]))
        } catch let objection as PictureObjection {
            let profile = try await profile(of: principal)
            var filled = profile.wish.filled
            filled.errors = [FieldError(field: "picture", code: objection.code, message: objection.words)]
            return .page(page(principal, profile, filled).html, status: 422)
        }
    }

    private func removePicture(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        try await SavePicture(installation, files: files).remove(of: principal.user, scope: principal.scope)
        return .redirect(("/settings/profile" as Path).adding(query: [("saved", "no-picture")]))
    }

    private func page(_ principal: Principal, _ profile: Profile, _ filled: Filled) -> ProfileSettingsPage {
        ProfileSettingsPage(
            principal: principal, profile: profile, address: installation.address, filled: filled,
            zones: installation.world.zones.names, languages: installation.languages)
    }

    private func profile(of principal: Principal) async throws -> Profile {
        let found = try await installation.database.read(principal.scope) { tx in
            try ProfileStore.find(principal.user, in: tx)
        }
        guard let found else { throw Common.notFound }
        return found
    }

    // MARK: What strangers see

    /// A picture that somebody shows now. Its name cannot be guessed and a new picture has a new one, so it may be
    /// kept for ever.
    private func picture(_ request: Request) async throws -> Answer {
        guard let name = FileName(try request.parameter("name")),
              let kind = try await LookUps(database: installation.database).pictureKind(name.text)
                .flatMap(Picture.Kind.init)
        else { throw Common.notFound }
        do throws(ProviderError) {
            guard let bytes = try await files.get(name) else { throw ProviderError(.notFound, "no such picture") }
            return Answer(status: 200, headers: [
                ("Content-Type", kind.mediaType), ("Cache-Control", "public, max-age=31536000, immutable"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: bytes)
        } catch {
            if error.reason == .notFound { throw Common.notFound }
            throw Common.unavailable(retryAfter: 5)
        }
    }

    private func show(_ request: Request) async throws -> Answer {
        let asked = try request.parameter("handle")
        let handle = asked.lowercased()
        guard let found = try await PublicProfile.find(handle, installation) else {
            if let now = try await LookUps(database: installation.database).handle(formerly: handle) {
                return .redirect(Path("/u/\(now)").adding(query: request.query.pairs), status: 308)
            }
            if let leaver = try await Leaver.find(handle: handle, installation) {
                return .page(LeaverPage(leaver: leaver).html, status: LeaverPage.status)
            }
            throw ProfileRefusal.notFound
        }
        // Said aloud or written on a card, an address may begin with a capital.
        guard asked == handle else {
            return .redirect(Path("/u/\(handle)").adding(query: request.query.pairs), status: 308)
        }
        // It holds nothing but links: whoever may show one of them may show the page.
        let origins = found.links.flatMap(\.rules.look.origins)
        let frame = Frame(request.query, of: handle, in: origins, ours: installation.address)
        return Frame.$current.withValue(frame) {
            .page(PublicProfilePage(profile: found, address: installation.address).html)
                .framed(by: Frame.ancestors(origins))
        }
    }
}

/// What the product says no to about profiles.
package enum ProfileRefusal: Refusal {
    case notFound

    package var status: Int { 404 }
    package var code: String { "not_found" }
    package var message: String {
        plain("Nobody has a page at this address. Check it, or ask the person who sent it.")
    }
}
