/// Takes mail when no mail server is set: it is kept in the database and shown at /dev/mail in development.
import Capabilities
import Database
import Scheduling

package struct LocalMailbox: MailProvider {
    private let database: Database
    private let world: World
    private let kept: Int

    /// - Parameter kept: how many mails stay; older ones are dropped.
    package init(database: Database, world: World, kept: Int = 200) {
        self.database = database
        self.world = world
        self.kept = kept
    }

    /// Builds the message as the mail server would get it, so that a mail that cannot be sent fails here as well.
    package func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt {
        let message: MIMEMessage
        do {
            message = try MIMEMessage(mail)
        } catch {
            throw ProviderError(.unsendable, "The mail cannot be built: \(error).")
        }
        let local = LocalMail(
            id: world.id(), messageID: mail.messageID, recipient: mail.to.address.text, subject: mail.subject,
            text: mail.text, html: mail.html, raw: message.bytes, createdAt: world.now)
        do {
            try await database.writeUnscoped { tx in try LocalMailStore.add(local, keeping: kept, in: tx) }
        } catch {
            throw ProviderError(.unavailable, "The mail could not be kept: \(error)")
        }
        return Receipt(note: local.id.text)
    }

    /// Newest first.
    func mails() async throws -> [LocalMail] {
        try await database.lookUp { tx in try LocalMailStore.all(in: tx) }
    }

    func mail(_ id: ID<LocalMail>) async throws -> LocalMail? {
        try await database.lookUp { tx in try LocalMailStore.find(id, in: tx) }
    }
}
