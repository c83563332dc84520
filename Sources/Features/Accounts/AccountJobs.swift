/// The mails that follow from a change to accounts, planned in the change's own transaction.
import Database
import Scheduling
import Web

package enum AccountJobs {
    package static let kind = "account_mail"

    /// What a mail about an account tells; the job's subject is the id of what is named.
    package enum News: String, CaseIterable, Sendable {
        case invitation
        case passwordReset = "password_reset"
        /// The subject is the account.
        case passwordChanged = "password_changed"
        case signUp = "sign_up"
        /// The subject is the account.
        case signUpKnown = "sign_up_known"
        /// The subject is the webhook and the account, with a bar between.
        case webhookOff = "webhook_off"
    }

    /// - Parameters:
    ///   - version: which of several mails about one subject; a second planning of the same is a no-op.
    ///   - job: made before the transaction, which may run twice.
    package static func plan(
        _ news: News, subject: String, version: Int = 1, workspace: ID<Workspace>? = nil, now: Instant,
        notAfter: Instant? = nil, job: ID<QueuedJob>, in tx: Transaction
    ) throws {
        let payload: JSON = ["news": .string(news.rawValue)]
        let new = NewJob(
            kind: kind, workspace: workspace, subject: subject, version: version, payload: payload.text,
            dedupeKey: "\(kind)|\(news.rawValue)|\(subject)|\(version)", runAt: now, notAfter: notAfter)
        try tx.enqueue(new, now: now, id: job)
    }
}
