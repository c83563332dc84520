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
            let language = try await language(of: found.reader)
            message = try Language.$current.withValue(language) {
                try found.letter().outgoing(
                    to: found.email, name: found.name, from: installation.mailFrom, id: id,
                    date: installation.world.now)
            }
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
        /// Written once it is known in which language.
        let letter: @Sendable () -> AccountLetter
        let email: String
        var name = ""
        /// Nil for somebody who has no account yet.
        var reader: ID<User>?

        init(letter: @autoclosure @escaping @Sendable () -> AccountLetter, email: String) {
            (self.letter, self.email) = (letter, email)
        }

        init(letter: @autoclosure @escaping @Sendable () -> AccountLetter, to account: Account) {
            (self.letter, email, name, reader) = (letter, account.email, account.name, account.id)
        }
    }

    /// What the reader wished for in their profile; whoever has none yet is written to in English.
    private func language(of reader: ID<User>?) async throws -> Language {
        guard let reader else { return .english }
        return installation.language(try await LookUps(database: installation.database).language(of: reader))
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
        return Addressed(
            letter: .webhookOff(
                workspace: owner.workspaceName, host: webhook.host, isGone: webhook.offReason == .gone,
                url: installation.url(webhook.path)),
            to: owner.account)
    }

    private func signUp(_ job: Job) async throws -> Addressed? {
        guard let id = ID<PendingSignUp>(job.subject),
              let found = try await LookUps(database: installation.database).signUp(id),
              let token = found.token(installation)
        else { return nil }
        return Addressed(letter: .signUp(url: installation.url(Path("/sign-up/\(token)"))), email: found.whom)
    }

    private func known(_ job: Job) async throws -> Addressed? {
        guard let id = ID<User>(job.subject),
              let account = try await LookUps(database: installation.database).account(id)
        else { return nil }
        return Addressed(letter: .signUpKnown(url: installation.url("/sign-in")), to: account)
    }

    private func reset(_ job: Job) async throws -> Addressed? {
        guard let id = ID<PasswordReset>(job.subject),
              let found = try await LookUps(database: installation.database).reset(id),
              let token = found.token(installation)
        else { return nil }
        return Addressed(
            letter: .passwordReset(url: installation.url(Path("/reset-password/\(token)"))), to: found.whom)
    }

    private func changed(_ job: Job) async throws -> Addressed? {
        guard let id = ID<User>(job.subject),
              let account = try await LookUps(database: installation.database).account(id)
        else { return nil }
        return Addressed(letter: .passwordChanged(url: installation.url("/forgot-password")), to: account)
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
        return Addressed(
            letter: .invitation(
                workspace: found.workspaceName, inviter: found.inviterName, role: found.role.words,
                days: Invitation.days, url: installation.url(Path("/invitation/\(token)"))),
            email: found.email)
    }
}
