/// The address an invitation leads to: what it is, and saying yes.
import Database
import Scheduling
import Web

package struct InvitationRoutes: Sendable {
    let installation: Installation
    let accept: AcceptInvitation

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        let signIn = SignIn(database: installation.database, world: installation.world, passwords: passwords)
        accept = AcceptInvitation(installation, signIn: signIn)
    }

    package var routes: [Route] {
        [
            Route(.get, "/invitation/:token", .token, show),
            Route(.post, "/invitation/:token", .token, limit: .perMinute(20, bucket: "invitation"),
                  bodyLimit: 16_384, join),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        let token = try request.parameter("token")
        do {
            return .page(page(token, try await accept.find(token)).html)
        } catch let refusal as MemberRefusal {
            return over(refusal)
        }
    }

    private func join(_ request: Request) async throws -> Answer {
        let token = try request.parameter("token")
        do {
            let open = try await accept.find(token)
            let form = try request.form()
            do {
                let new = try await join(open, form, request)
                return .redirect("/calendar").signingIn(new)
            } catch let refusal as AccountRefusal where refusal.fields.isEmpty {
                var page = page(token, open)
                page.refusal = refusal.message
                return .page(page.html, status: refusal.status == 401 ? 422 : refusal.status)
            } catch let refusal as any Refusal where !refusal.fields.isEmpty {
                let typed = Dictionary(form.pairs) { first, _ in first }
                let again = try await accept.find(token)
                return .page(
                    page(token, again, form: Filled(values: typed, errors: refusal.fields)).html, status: 422)
            }
        } catch let refusal as MemberRefusal {
            return over(refusal)
        }
    }

    private func join(_ open: OpenInvitation, _ form: FormData, _ request: Request) async throws -> NewSession {
        let (password, origin) = (form["password"] ?? "", Origin(request))
        if open.hasAccount {
            return try await accept.asKnown(
                password: password, open, remote: request.remote, device: request.device, from: origin)
        }
        var fields = Fields(form: form)
        let name = fields.text("name", 1...200, label: plain("Your name"))
        if let objection = Passwords.objection(to: password) { fields.fail("password", "invalid", objection.words) }
        let zone = fields.text("timezone", 1...60, label: plain("Your time zone"))
        if !zone.isEmpty, installation.world.zones.zone(zone) == nil {
            fields.fail("timezone", "invalid", plain("“\(zone)” is not a time zone. Choose one from the list."))
        }
        try fields.finish()
        return try await accept.asNew(NewPerson(name: name, password: password, zone: zone), open, from: origin)
    }

    private func page(_ token: String, _ open: OpenInvitation, form: Filled? = nil) -> InvitationPage {
        InvitationPage(
            token: token, invitation: open.invitation, hasAccount: open.hasAccount,
            zones: installation.world.zones.names.contains("UTC")
                ? installation.world.zones.names : installation.world.zones.names + ["UTC"],
            form: form ?? Filled(values: ["timezone": "UTC"]), isGuess: form == nil)
    }

    private func over(_ refusal: MemberRefusal) -> Answer {
        .page(InvitationOverPage(message: refusal.message).html, status: refusal.status)
    }
}
