/// The mailbox of an installation without a mail server.
import Capabilities
import Database
import Fakes
import Scheduling
import Synchronization
import Testing

@testable import Features

struct LocalMailboxTests {
    @Test("it keeps the newest mails, as they would have been sent", arguments: Engine.all)
    func keeps(on engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let mailbox = LocalMailbox(database: database, world: world(), kept: 5)
            var mail = try BookingMails.outgoing(.confirmed, to: .attendee, MailSamples.facts())
            for number in 1...8 {
                mail.messageID = "<\(number)@example.org>"
                _ = try await mailbox.send(mail)
            }

            let kept = try await database.lookUp { tx in try LocalMailStore.all(in: tx) }
            #expect(kept.map(\.messageID) == (4...8).reversed().map { "<\($0)@example.org>" })
            let newest = try #require(kept.first { $0.messageID == mail.messageID })
            #expect(try await mailbox.mail(newest.id)?.raw == MIMEMessage(mail).bytes)
            #expect(newest.recipient == "sam@example.org" && newest.subject == mail.subject)
            _ = try MailOracle.read([newest.raw])
        }
    }

    @Test("a mail that cannot be sent is not kept")
    func refuses() async throws {
        try await withDatabase(.sqlite) { database in
            let mailbox = LocalMailbox(database: database, world: world())
            var mail = try BookingMails.outgoing(.confirmed, to: .attendee, MailSamples.facts())
            mail.subject = "A\r\nBcc: x"
            let hostile = mail
            await #expect(throws: ProviderError.self) { try await mailbox.send(hostile) }
            #expect(try await mailbox.mails().isEmpty)
        }
    }

    private static let milliseconds = Atomic<Int64>(1_795_446_000_000)

    private func world() -> World {
        // A millisecond later at each look: ids are in the order they were made.
        let clock = Clock { Self.milliseconds.add(1, ordering: .relaxed).newValue }
        return World(clock: clock, entropy: .system, zones: MailSamples.zones)
    }
}
