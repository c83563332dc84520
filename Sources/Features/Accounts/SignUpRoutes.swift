/// The addresses at which a workspace is opened, as far as the installation lets people.
import Database
import Scheduling
import Web

package struct SignUpRoutes: Sendable {
    let installation: Installation
    let signUp: SignUp
    let mode: SignUpMode
    let authenticate: Authenticate

    package init(_ installation: Installation, passwords: Passwords, mode: SignUpMode) {
        self.installation = installation
        self.mode = mode
        signUp = SignUp(installation, passwords: passwords)
        authenticate = Authenticate(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/sign-up", .open, ask),
            Route(.post, "/sign-up", .open, limit: .perMinute(10, bucket: "sign-up"), bodyLimit: 16_384, prove),
            Route(.post, "/sign-up/further", .signedIn(nil), limit: .perMinute(10, bucket: "further"),
                  bodyLimit: 16_384, further),
            Route(.get, "/sign-up/:token", .token, form),
            Route(.post, "/sign-up/:token", .token, limit: .perMinute(20, bucket: "sign-up-token"),
                  bodyLimit: 16_384, found),
        ]
    }

    private func mayOpenFurther(_ principal: Principal) -> Bool {
        switch mode {
        case .closed: false
        case .invite: principal.may(.manageMembers)
        case .open: true
        }
    }

    private func ask(_ request: Request) async throws -> Answer {
        if let principal = try await authenticate(request), mayOpenFurther(principal) {
            return .page(FurtherWorkspacePage(principal: principal).html)
        }
        guard mode == .open else { return closed }
        return .page(SignUpPage().html)
    }

    private func prove(_ request: Request) async throws -> Answer {
        guard mode == .open else { return closed }
        var fields = Fields(form: try request.form())
        let email = fields.email("email", label: plain("E-mail"))
        guard fields.errors.isEmpty else { return .page(SignUpPage(form: fields.filled).html, status: 422) }
        try await signUp.ask(email)
        return .page(SignUpPage(form: fields.filled, asked: email).html)
    }

    private func form(_ request: Request) async throws -> Answer {
        guard mode == .open else { return closed }
        let token = try request.parameter("token")
        do {
            return .page(page(token, try await signUp.find(token), form: nil).html)
        } catch AccountRefusal.signUpOver {
            return over
        }
    }

    private func found(_ request: Request) async throws -> Answer {
        guard mode == .open else { return closed }
        let token = try request.parameter("token")
        var fields = Fields(form: try request.form())
        do {
            let pending = try await signUp.find(token)
            do {
                let wish = try wish(&fields, password: try request.form()["password"] ?? "")
                let session = try await signUp(wish, by: token, from: Origin(request))
                return .redirect("/setup/hours").signingIn(session)
            } catch let refusal as any Refusal where !refusal.fields.isEmpty {
                let filled = Filled(values: fields.typed, errors: refusal.fields)
                return .page(page(token, pending, form: filled).html, status: 422)
            }
        } catch AccountRefusal.signUpOver {
            return over
        }
    }

    private func wish(_ fields: inout Fields, password: String) throws -> NewWorkspace {
        let name = fields.text("name", 1...200, label: plain("Your name"))
        if let objection = Passwords.objection(to: password) { fields.fail("password", "invalid", objection.words) }
        let workspace = fields.text("workspace", 1...120, label: plain("Name of the workspace"))
        let zone = fields.text("timezone", 1...60, label: plain("Your time zone"))
        if !zone.isEmpty, installation.world.zones.zone(zone) == nil {
            fields.fail("timezone", "invalid", plain("“\(zone)” is not a time zone. Choose one from the list."))
        }
        try fields.finish()
        return NewWorkspace(name: name, password: password, zone: zone, workspace: workspace)
    }

    private func further(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard mayOpenFurther(principal) else { throw Common.forbidden }
        var fields = Fields(form: try request.form())
        let name = fields.text("workspace", 1...120, label: plain("Name of the workspace"))
        guard fields.errors.isEmpty else {
            return .page(FurtherWorkspacePage(principal: principal, form: fields.filled).html, status: 422)
        }
        do {
            let session = try await signUp.further(name, by: principal, from: Origin(request))
            return .redirect("/calendar").signingIn(session)
        } catch let refusal as AccountRefusal where !refusal.fields.isEmpty {
            let filled = Filled(values: fields.typed, errors: refusal.fields)
            return .page(FurtherWorkspacePage(principal: principal, form: filled).html, status: refusal.status)
        }
    }

    private func page(_ token: String, _ pending: FoundSignUp, form: Filled?) -> NewWorkspacePage {
        let names = installation.world.zones.names
        return NewWorkspacePage(
            token: token, email: pending.whom, zones: names.contains("UTC") ? names : names + ["UTC"],
            form: form ?? Filled(values: ["timezone": "UTC"]), isGuess: form == nil)
    }

    private var closed: Answer { .page(SignUpClosedPage(message: plain("""
        Nobody can sign up here. To join a workspace, ask one of its admins to invite you.
        """)).html, status: 404) }

    private var over: Answer {
        .page(SignUpClosedPage(message: AccountRefusal.signUpOver.message).html, status: 410)
    }
}
