/// What follows from a booking after its transaction: one mail to each person, planned in that transaction.
import Database
import Scheduling
import Web

/// What a mail about a booking tells.
package enum BookingNews: String, CaseIterable, Sendable {
    case booked, moved, cancelled
    /// The attendee asks its host for a time; at half time the host is reminded.
    case asked, reminder
    /// What became of that.
    case approved, declined, expired
    /// The attendee asks for another time no longer.
    case stays
    /// Another title or place at the same time.
    case changed
    /// Another host takes it; time and place stay.
    case reassigned
    /// The attendee's address was mistyped and is another one now.
    case corrected
    /// The current link, asked for by whoever opened an old one.
    case link
}

extension BookingNews {
    /// Guests hear of what is confirmed, and of nothing before.
    fileprivate var concernsGuests: Bool {
        switch self {
        case .booked, .moved, .cancelled, .changed, .reassigned, .approved, .link: true
        case .asked, .reminder, .declined, .expired, .stays, .corrected: false
        }
    }
}

extension Booking {
    /// What was only asked for, and never confirmed, was told to no guest: it has no sequence in their calendars.
    var isKnownToGuests: Bool { state.status != .cancelled || state.sequence > 0 }
}

extension WebhookEvent {
    /// Tells every webhook that listens: the booking as the API tells it, without the attendee's token.
    func publish(_ told: BookingJSON, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        try publish(
            told.booking.id.text, version: told.booking.state.version, data: told.json(token: nil), world: world,
            now: now, scope: scope, in: tx)
    }
}

package enum BookingJobs {
    package static let kind = "booking_mail"

    /// Plans the mails of one change; the key makes a second planning of the same mail a no-op.
    static func tell(
        _ news: BookingNews, of booking: Booking, hostsAlone: Bool = false, world: World, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws {
        // Nothing has changed for guests when the attendee's address was mistyped.
        let isTold = news.concernsGuests && booking.isKnownToGuests
        let guests = isTold ? booking.guests.indices.map { "guest.\($0)" } : []
        let former = news == .corrected ? ["former"] : []
        if let session = booking.session, booking.isTold(withItsSession: news) {
            try SessionJobs.tell(session, of: booking, world: world, now: now, scope: scope, in: tx)
        }
        let hosts = booking.toldHosts(of: news)
        for recipient in hostsAlone ? hosts : booking.askers(of: news) + hosts + guests + former {
            // A wrong address may be refused for hours; the right one must not wait for it.
            let line = news == .corrected ? "\(recipient)|\(booking.state.version)" : recipient
            try tell(news, recipient, line, of: booking, world: world, now: now, scope: scope, in: tx)
        }
    }

    /// Plans the mail to one recipient.
    /// - Parameters:
    ///   - line: mails of one line are sent one after another; nil = the recipient's.
    ///   - sealed: an address that no row has any more.
    static func tell(
        _ news: BookingNews, _ recipient: String, _ line: String? = nil, of booking: Booking, sealed: String? = nil,
        world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let job = NewJob(
            kind: kind, workspace: scope.workspace, subject: booking.id.text, version: booking.state.version,
            payload: payload(news, recipient: recipient, sealed: sealed),
            dedupeKey: "\(kind)|\(booking.id)|\(booking.state.version)|\(recipient)",
            ordering: "\(booking.id)|\(line ?? recipient)", runAt: now, notAfter: booking.state.ends)
        try tx.enqueue(job, now: now, id: world.id())
    }

    /// Mails the current link to the attendee, and to who booked for them, at most once an hour.
    static func remind(of booking: Booking, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard booking.state.status == .confirmed || booking.isWaiting else { return }
        for recipient in booking.askers(of: .link) {
            let line = recipient == "attendee" ? "link" : "link|\(recipient)"
            let job = NewJob(
                kind: kind, workspace: scope.workspace, subject: booking.id.text, version: booking.state.version,
                payload: payload(.link, recipient: recipient),
                dedupeKey: "\(kind)|\(booking.id)|\(line)|\(now.seconds / 3600)",
                ordering: "\(booking.id)|\(recipient)", runAt: now, notAfter: booking.state.ends)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }

    static func payload(_ news: BookingNews, recipient: String, sealed: String? = nil) -> String {
        JSON(present: [
            ("news", .string(news.rawValue)), ("recipient", .string(recipient)),
            ("sealed", sealed.map { .string($0) }),
        ]).text
    }
}
