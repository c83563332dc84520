/// An effect: something outside that was told of a booking, with the other side's word that it took it.
import Database
import Scheduling

package struct Effect: Sendable, Equatable {
    package enum Kind: String, CaseIterable, SQLValue {
        case mail, webhook
    }

    package let kind: Kind
    /// The id of what it tells of.
    package let subject: String
    package let version: Int
    /// What happened, in the words of the kind: `moved`, `booking.rescheduled`.
    package let news: String
    /// `attendee`, `guest.0`, the id of a host or of an endpoint.
    package let recipient: String
    /// What the other side knows it by, on every attempt: the Message-ID, the webhook-id.
    package let key: String
    /// The other side's answer: for people, not for logic.
    package let note: String
    package let acceptedAt: Instant

    package init(
        _ kind: Kind, of subject: String, version: Int, news: String, to recipient: String, key: String, note: String,
        acceptedAt: Instant
    ) {
        (self.kind, self.subject, self.version, self.news) = (kind, subject, version, news)
        (self.recipient, self.key, self.acceptedAt) = (recipient, key, acceptedAt)
        // Somebody else's words: neither what a database refuses nor more than a line of them.
        self.note = String(String.UnicodeScalarView(note.unicodeScalars.prefix(500).map { $0.value < 0x20 ? " " : $0 }))
    }
}
