/// What follows from a booking after its transaction: one mail to each person, planned in that transaction.
import Capabilities
import Database
import Scheduling
import Web

/// What a mail about a booking tells.
package enum BookingNews: String, CaseIterable, Sendable {
    case booked, moved, cancelled
    /// The current link, asked for by whoever opened an old one.
    case link
}

package enum BookingJobs {
    package static let kind = "booking_mail"

    /// Plans the mails of one change; the key makes a second planning of the same mail a no-op.
    static func tell(
        _ news: BookingNews, of booking: Booking, world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        for recipient in ["attendee"] + booking.hosts.map(\.id.text) {
            let job = NewJob(
                kind: kind, workspace: scope.workspace, subject: booking.id.text, version: booking.state.version,
                payload: payload(news, recipient: recipient),
                dedupeKey: "\(kind)|\(booking.id)|\(booking.state.version)|\(recipient)",
                ordering: "\(booking.id)|\(recipient)", runAt: now, notAfter: booking.state.ends)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }

    /// Mails the attendee the current link, at most once an hour.
    static func remind(of booking: Booking, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard booking.state.status == .confirmed else { return }
        let job = NewJob(
            kind: kind, workspace: scope.workspace, subject: booking.id.text, version: booking.state.version,
            payload: payload(.link, recipient: "attendee"),
            dedupeKey: "\(kind)|\(booking.id)|link|\(now.seconds / 3600)", ordering: "\(booking.id)|attendee",
            runAt: now, notAfter: booking.state.ends)
        try tx.enqueue(job, now: now, id: world.id())
    }

    private static func payload(_ news: BookingNews, recipient: String) -> String {
        let json: JSON = ["news": .string(news.rawValue), "recipient": .string(recipient)]
        return json.text
    }
}

/// Sends one planned mail: reads the booking again, and says nothing about what is no longer so.
package struct SendBookingMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Booking>(job.subject),
            let payload = try? JSON(reading: Array(job.payload.utf8)),
            let news = payload["news"]?.string.flatMap(BookingNews.init(rawValue:)),
            let recipient = payload["recipient"]?.string
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        guard let facts = try await facts(id, news: news, scope: scope) else { return .dead("no such booking") }
        guard facts.booking.state.version == job.version else {
            return .skipped(facts.booking.state.status == .cancelled ? "cancelled" : "moved")
        }
        guard let message = facts.mail(news, to: recipient, installation: installation) else {
            return .skipped("no recipient")
        }
        CrashPoint.reach("mail.before_send")
        do {
            _ = try await mail.send(message)
        } catch {
            return error.outcome(now: installation.world.now)
        }
        CrashPoint.reach("mail.after_send")
        return .done
    }

    private func facts(_ id: ID<Booking>, news: BookingNews, scope: Scope) async throws -> TellableBooking? {
        try await installation.database.read(scope) { tx in
            guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return nil }
            return TellableBooking(
                booking: booking, link: link, history: try BookingStore.history(of: id, scope: scope, in: tx),
                token: try BookingTokenStore.current(of: id, keyring: installation.keyring, scope: scope, in: tx),
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx))
        }
    }
}

/// A booking with all that a mail about it says.
struct TellableBooking: Sendable {
    var booking: Booking
    var link: Link
    var history: [BookingRecord]
    var token: String?
    var workspaceName: String
}

extension ProviderError {
    /// What a refused or failed call means for the job that made it.
    func outcome(now: Instant) -> JobOutcome {
        .retry("\(self)", after: nil)
    }
}
