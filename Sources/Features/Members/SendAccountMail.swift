/// Sends a planned mail about an account: reads what it is about again, and says nothing about what is over.
import Capabilities
import Database
import Scheduling
import Web

package struct SendAccountMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let payload = try? JSON(reading: Array(job.payload.utf8)),
              let news = payload["news"]?.string.flatMap(AccountJobs.News.init(rawValue:))
        else { return .dead("unreadable payload") }
        let message: OutgoingMail
        do {
            guard let found = try await letter(news, job) else { return .skipped("over") }
            let id = "\(news.rawValue).\(job.subject).\(job.version)"
            message = try found.letter.outgoing(
                to: found.email, name: found.name, from: installation.mailFrom, id: id,
                date: installation.world.now)
        } catch let problem as AddressProblem {
            return .dead("address: \(problem)")
        }
        do throws(ProviderError) {
            CrashPoint.reach("account_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("account_mail.after_send")
            return .done
        } catch {
            return error.outcome(now: installation.world.now)
        }
    }

    private struct Addressed: Sendable {
        let letter: AccountLetter
        let email: String
        var name = ""
    }

    private func letter(_ news: AccountJobs.News, _ job: Job) async throws -> Addressed? {
        switch news {
        case .invitation: try await invitation(job)
        case .passwordReset: try await reset(job)
        case .passwordChanged: try await changed(job)
        case .signUp: try await signUp(job)
        case .signUpKnown: try await known(job)
        case .webhookOff: try await webhookOff(job)
        }
    }

    private func webhookOff(_ job: Job) async throws -> Addressed? {
        let ids = job.subject.split(separator: "|").map(String.init)
        guard let workspace = job.workspace, ids.count == 2, let id = ID<Webhook>(ids[0]), let user = ID<User>(ids[1])
        else { return nil }
        let scope = Scope(workspace: workspace, actor: .system)
        let found = try await installation.database.read(scope) { tx in
            (try WebhookStore.find(id, scope: scope, in: tx),
             try AccountStore.member(user, workspace: workspace, in: tx))
        }
        guard let webhook = found.0, let owner = found.1, !webhook.isActive else { return nil }
        let letter = AccountLetter.webhookOff(
            workspace: owner.workspaceName, host: webhook.host, isGone: webhook.offReason == .gone,
            url: installation.url(webhook.path))
        return Addressed(letter: letter, email: owner.account.email, name: owner.account.name)
    }

    private func signUp(_ job: Job) async throws -> Addressed? {
        guard let id = ID<PendingSignUp>(job.subject),
              let found = try await LookUps(database: installation.database).signUp(id),
              let token = found.token(installation)
        else { return nil }
        let letter = AccountLetter.signUp(url: installation.url(Path("/sign-up/\(token)")))
        return Addressed(letter: letter, email: found.whom)
    }

    private func known(_ job: Job) async throws -> Addressed? {
        guard let id = ID<User>(job.subject),
              let account = try await LookUps(database: installation.database).account(id)
        else { return nil }
        let letter = AccountLetter.signUpKnown(url: installation.url("/sign-in"))
        return Addressed(letter: letter, email: account.email, name: account.name)
    }

    private func reset(_ job: Job) async throws -> Addressed? {
        guard let id = ID<PasswordReset>(job.subject),
              let found = try await LookUps(database: installation.database).reset(id),
              let token = found.token(installation)
        else { return nil }
        let letter = AccountLetter.passwordReset(url: installation.url(Path("/reset-password/\(token)")))
        return Addressed(letter: letter, email: found.whom.email, name: found.whom.name)
    }

    private func changed(_ job: Job) async throws -> Addressed? {
        guard let id = ID<User>(job.subject),
              let account = try await LookUps(database: installation.database).account(id)
        else { return nil }
        let letter = AccountLetter.passwordChanged(url: installation.url("/forgot-password"))
        return Addressed(letter: letter, email: account.email, name: account.name)
    }

    private func invitation(_ job: Job) async throws -> Addressed? {
        guard let workspace = job.workspace, let id = ID<Invitation>(job.subject) else { return nil }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let found = try await installation.database.read(scope) { tx in
            try InvitationStore.find(id, scope: scope, in: tx)
        }
        guard let found, found.isOpen(at: now), found.sent == job.version,
              let token = MailedToken.open(
                found.sealedToken, bound: Invitation.binding(id), installation.keyring)
        else { return nil }
        let letter = AccountLetter.invitation(
            workspace: found.workspaceName, inviter: found.inviterName, role: found.role.words,
            days: Invitation.days, url: installation.url(Path("/invitation/\(token)")))
        return Addressed(letter: letter, email: found.email)
    }
}
