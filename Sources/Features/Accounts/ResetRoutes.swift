/// The addresses for a forgotten password: asking for a mail, and choosing a new one.
import Database
import Scheduling
import Web

package struct ResetRoutes: Sendable {
    let reset: ResetPassword

    package init(_ installation: Installation, passwords: Passwords) {
        reset = ResetPassword(installation, passwords: passwords)
    }

    package var routes: [Route] {
        [
            Route(.get, "/forgot-password", .open) { _ in .page(ForgotPage().html) },
            Route(.post, "/forgot-password", .open, limit: .perMinute(10, bucket: "forgot"), bodyLimit: 16_384, ask),
            Route(.get, "/reset-password/:token", .token, form),
            Route(.post, "/reset-password/:token", .token, limit: .perMinute(20, bucket: "reset"),
                  bodyLimit: 16_384, set),
        ]
    }

    private func ask(_ request: Request) async throws -> Answer {
        var fields = Fields(form: try request.form())
        let email = fields.email("email", label: plain("E-mail"))
        guard fields.errors.isEmpty else { return .page(ForgotPage(form: fields.filled).html, status: 422) }
        try await reset.ask(for: email)
        return .page(ForgotPage(form: fields.filled, asked: email).html)
    }

    private func form(_ request: Request) async throws -> Answer {
        let token = try request.parameter("token")
        do {
            let found = try await reset.find(token)
            return .page(NewPasswordPage(token: token, email: found.whom.email).html)
        } catch AccountRefusal.resetOver {
            return over
        }
    }

    private func set(_ request: Request) async throws -> Answer {
        let token = try request.parameter("token")
        let password = try request.form()["password"] ?? ""
        do {
            let session = try await reset(password, by: token, from: Origin(request))
            return session.map { .redirect("/calendar").signingIn($0) } ?? .redirect("/sign-in")
        } catch AccountRefusal.resetOver {
            return over
        } catch let refusal as AccountRefusal where !refusal.fields.isEmpty {
            let email = try await reset.find(token).whom.email
            let form = Filled(errors: refusal.fields)
            return .page(NewPasswordPage(token: token, email: email, form: form).html, status: 422)
        }
    }

    private var over: Answer { .page(ResetOverPage().html, status: AccountRefusal.resetOver.status) }
}
