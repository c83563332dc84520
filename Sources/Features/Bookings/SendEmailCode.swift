/// Mails a code, as long as it opens something.
import Capabilities
import Database
import Scheduling
import Web

package struct SendEmailCode: Sendable {
    package static let kind = "email_code"

    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    /// Names the code by its id alone.
    static func job(_ code: EmailCode, now: Instant, scope: Scope) -> NewJob {
        NewJob(
            kind: kind, workspace: scope.workspace, subject: code.id.text, version: 1,
            dedupeKey: "\(kind)|\(code.id)", runAt: now, notAfter: code.expires)
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<EmailCode>(job.subject) else {
            return .dead("unreadable payload")
        }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let found = try await installation.database.read(scope) { tx in
            let found = try EmailCodeStore.find(id, scope: scope, in: tx)
            let link = try found.flatMap { try LinkStore.find($0.code.link, scope: scope, in: tx) }
            return (found, link, try LinkStore.workspaceName(scope: scope, in: tx))
        }
        guard let (code, email) = found.0, let link = found.1, now < code.expires else { return .skipped("over") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            let message = try Language.$current.withValue(installation.language(code.language)) {
                try EmailCodeMail.outgoing(
                    to: email, code: code.text(installation.keyring), title: link.rules.title,
                    workspaceName: found.2, minutes: EmailCode.minutes, occasion: id.text, now: now,
                    mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("code_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("code_mail.after_send")
            return .done
        }
    }
}
