/// Hands mail to an SMTP server, one recipient at a time, over one connection that stays open between mails.
import Capabilities
import Dispatch
import Synchronization

/// libcurl blocks its thread, so it gets one of its own: the threads of Swift's tasks are never held up.
/// Mails wait for each other; a server that does not answer costs each at most `SMTPSettings.totalSeconds`.
package final class SMTPMail: MailProvider {
    private let queue = DispatchQueue(label: "workestra.smtp")
    /// Only touched on `queue`: the lock is never waited for, it is what lets the compiler see that.
    private let connection: Mutex<SMTPConnection>

    package init(_ settings: SMTPSettings) {
        connection = Mutex(SMTPConnection(settings))
    }

    /// Not cancelled half-way: a mail that was begun is ended, within the time-out.
    package func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt {
        let message: MIMEMessage
        do {
            message = try MIMEMessage(mail)
        } catch {
            throw ProviderError(.unsendable, "The mail cannot be built: \(error).")
        }
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: self.connection.withLock { connection in
                    connection.deliver(message.bytes, from: mail.from.address, to: mail.to.address)
                })
            }
        }
        return try outcome.get()
    }
}
