/// The set-up: `/setup` with the console's token, then hours, first link, done.
import Database
import Scheduling
import Web

package struct SetupRoutes: Sendable {
    let installation: Installation
    let found: FoundWorkspace
    let authenticate: Authenticate

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        authenticate = Authenticate(installation)
        let signIn = SignIn(database: installation.database, world: installation.world, passwords: passwords)
        found = FoundWorkspace(database: installation.database, world: installation.world, signIn: signIn)
    }

    package var routes: [Route] {
        [
            Route(.get, "/setup", .token, owner),
            Route(.post, "/setup", .token, limit: .perMinute(20, bucket: "setup"), bodyLimit: 16_384, makeOwner),
            Route(.get, "/setup/hours", .signedIn(.manageSchedules), hours),
            Route(.post, "/setup/hours", .signedIn(.manageSchedules), saveHours),
            Route(.get, "/setup/link", .signedIn(.manageLinks), link),
            Route(.post, "/setup/link", .signedIn(.manageLinks), saveLink),
            Route(.get, "/setup/done", .signedIn(.manageLinks), done),
        ]
    }

    // MARK: 1. The owner

    private func owner(_ request: Request) async throws -> Answer {
        let lookUps = LookUps(database: installation.database)
        if try await lookUps.anyWorkspace() {
            // Whoever comes back to this screen with the browser's button goes on where they were.
            if try await authenticate(request) != nil { return .redirect("/setup/hours") }
            return .page(NoSetupPage(isOver: true).html)
        }
        let token = request.query["token"] ?? ""
        guard try await lookUps.setupToken(token) else {
            return .page(NoSetupPage(isOver: false).html, status: 403)
        }
        return .page(OwnerPage(token: token).html)
    }

    private func makeOwner(_ request: Request) async throws -> Answer {
        let form = try request.form()
        var fields = Fields(form: form)
        let founding = Self.founding(&fields, password: form["password"] ?? "")
        do {
            try fields.finish()
            let new = try await found(
                founding, token: form["token"] ?? "", userAgent: request.headers["user-agent"] ?? "")
            return .redirect("/setup/hours").setting(cookie: Authenticate.cookie(new))
        } catch AccountRefusal.setupIsOver {
            return .page(NoSetupPage(isOver: true).html, status: 403)
        } catch AccountRefusal.setupTokenWrong {
            return .page(NoSetupPage(isOver: false).html, status: 403)
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            let filled = Filled(values: fields.typed, errors: refusal.fields)
            return .page(OwnerPage(token: form["token"] ?? "", form: filled).html, status: 422)
        }
    }

    /// A password is taken as it was typed: blanks at its ends belong to it.
    private static func founding(_ fields: inout Fields, password: String) -> Founding {
        let name = fields.text("name", 1...200, label: plain("Your name"))
        let email = fields.email("email", label: plain("E-mail"))
        if let objection = Passwords.objection(to: password) {
            fields.fail("password", "invalid", objection.words)
        }
        let workspace = fields.text("workspace", 1...120, label: plain("Name of the workspace"))
        return Founding(name: name, email: email, password: password, workspaceName: workspace)
    }

    // MARK: 2. Hours

    private func hours(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let saved = try await FirstHours(installation: installation).saved(principal)
        let page = HoursPage(
            principal: principal, zones: zoneNames(with: saved?.zone),
            hours: WeeklyHours(saved?.weekly ?? Schedule.defaultWeekly), isGuess: saved == nil,
            form: Filled(values: ["timezone": saved?.zone ?? "UTC"]))
        return .page(page.html)
    }

    private func saveHours(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let form = try request.form()
        var fields = Fields(form: form)
        let zone = fields.text("timezone", 1...60, label: plain("Your time zone"))
        if !zone.isEmpty, installation.world.zones.zone(zone) == nil {
            fields.fail("timezone", "invalid", plain("“\(zone)” is not a time zone. Choose one from the list."))
        }
        var hours = WeeklyHours(form: form)
        let weekly = hours.weekly()
        for mistake in hours.errors { fields.fail(mistake.field, mistake.code, mistake.message) }
        if let weekly, weekly.allSatisfy(\.isEmpty) {
            fields.fail("mon_open", "missing", plain("Every day is closed. Open at least one, or nobody can book you."))
        }
        guard fields.errors.isEmpty, let weekly else {
            let page = HoursPage(
                principal: principal, zones: zoneNames(with: nil), hours: hours, isGuess: false, form: fields.filled)
            return .page(page.html, status: 422)
        }
        try await FirstHours(installation: installation).save(zone: zone, weekly: weekly, for: principal)
        return .redirect("/setup/link")
    }

    /// Every zone of the picker, UTC, and the one in use even if it is an old name.
    private func zoneNames(with current: String?) -> [String] {
        let names = installation.world.zones.names
        let further = ["UTC", current].compactMap(\.self).filter { !names.contains($0) }
        return names + Set(further).sorted()
    }

    // MARK: 3. The link

    private func link(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let saved = try await FirstLink(installation: installation).saved(principal)
        let title = saved?.rules.title ?? plain("30 minute meeting")
        let slug = saved?.rules.slug ?? Slug.proposed(from: principal.name, entropy: installation.world.entropy)
        let page = FirstLinkPage(principal: principal, base: base, form: Filled(values: [
            "title": title, "slug": slug, "durationMinutes": String(saved?.rules.duration ?? 30),
            "locations.0.text": saved?.rules.firstLocation.text ?? "",
        ]))
        return .page(page.html)
    }

    private func saveLink(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(form: try request.form())
        do {
            _ = try await FirstLink(installation: installation).save(&fields, for: principal)
            return .redirect("/setup/done")
        } catch let refusal as any Refusal where !refusal.fields.isEmpty {
            let filled = Filled(values: fields.typed, errors: refusal.fields)
            return .page(FirstLinkPage(principal: principal, base: base, form: filled).html, status: 422)
        }
    }

    private var base: String { installation.url("/book/") }

    // MARK: 4. Done

    private func done(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let link = try await FirstLink(installation: installation).saved(principal) else {
            return .redirect("/setup/link")
        }
        let page = SetupDonePage(principal: principal, link: link, url: installation.url(link.path))
        return .page(page.html)
    }
}
