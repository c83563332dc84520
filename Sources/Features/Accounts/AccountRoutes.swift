/// Signing in and out, and where the bare address leads.
import Database
import Scheduling
import Web

package struct AccountRoutes: Sendable {
    let installation: Installation
    let signIn: SignIn
    let authenticate: Authenticate

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        signIn = SignIn(database: installation.database, world: installation.world, passwords: passwords)
        authenticate = Authenticate(installation)
    }

    package var routes: [Route] {
        [
            Route(.get, "/", .open, home),
            Route(.get, "/sign-in", .open, form),
            Route(.post, "/sign-in", .open, limit: .perMinute(20, bucket: "sign-in"), bodyLimit: 16_384, enter),
            Route(.post, "/sign-out", .signedIn(nil), leave),
        ]
    }

    /// The app for whoever is signed in, the set-up while nobody can be, else the sign-in page.
    private func home(_ request: Request) async throws -> Answer {
        if try await authenticate(request) != nil { return .redirect("/calendar") }
        let isSetUp = try await LookUps(database: installation.database).anyWorkspace()
        return .redirect(isSetUp ? "/sign-in" : "/setup")
    }

    private func form(_ request: Request) async throws -> Answer {
        let next = NextAddress(request.query["next"])
        if try await authenticate(request) != nil { return next.answer }
        return .page(SignInPage(next: next.text).html).header("Cache-Control", "no-store")
    }

    private func enter(_ request: Request) async throws -> Answer {
        let form = try request.form()
        let (email, password) = (form["email"] ?? "", form["password"] ?? "")
        let next = NextAddress(form["next"])
        do {
            let new = try await signIn(
                email: email, password: password, remote: request.remote,
                userAgent: request.headers["user-agent"] ?? "", device: request.device)
            return next.answer.signingIn(new)
        } catch let refusal as AccountRefusal {
            let page = SignInPage(email: email, next: next.text, refusal: refusal.message)
            // 401 asks for a challenge a browser would put its own dialog before; the page is the challenge here.
            var answer = Answer.page(page.html, status: refusal.status == 401 ? 422 : refusal.status)
            for (name, value) in refusal.headers { answer = answer.header(name, value) }
            return answer.header("Cache-Control", "no-store")
        }
    }

    private func leave(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        if let id = principal.sessionID.flatMap(ID<Session>.init) {
            try await signIn.out(id, scope: principal.scope)
        }
        return .redirect("/sign-in").setting(cookie: .removing(Authenticate.cookieName))
    }
}

/// Where to go after signing in. Only an address on this server: anything else is dropped, for it may be a trap.
package struct NextAddress: Sendable, Equatable {
    /// Empty when none was given or it was not ours.
    package let text: String

    package init(_ given: String?) {
        let text = given ?? ""
        let second = text.dropFirst().first
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
        let isOurs = text.hasPrefix("/") && second != "/" && isPlain && text.utf8.count <= 2_000
        self.text = isOurs && !text.hasPrefix("/sign-in") && !text.hasPrefix("/sign-out") ? text : ""
    }

    /// 303 to it, or to the app.
    var answer: Answer {
        text.isEmpty ? .redirect("/calendar") : Answer(status: 303, headers: [("Location", text)])
    }
}
