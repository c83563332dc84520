/// What we ask of a mail server, and the mail we hand to it.
import Scheduling

package protocol MailProvider: Sendable {
    /// Hands one mail to the server; returns when the server has taken responsibility for it.
    /// Sending the same mail again may deliver it again; its Message-ID stays the same.
    func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt
}

/// One mail to one recipient.
package struct OutgoingMail: Hashable, Sendable {
    package var from: Mailbox
    package var to: Mailbox
    package var replyTo: Mailbox?
    /// One line; line breaks are refused when the message is built.
    package var subject: String
    package var text: String
    package var html: String
    package var invitation: Invitation?
    /// `<…@…>`. Derive it from what the mail is about, so that a mail sent twice is one mail to most programs.
    package var messageID: String
    /// The Message-ID of the first mail about the same thing, for threads.
    package var inReplyTo: String?
    package var date: Instant
    /// Further headers, such as List-Unsubscribe. Not those that this type writes itself.
    package var headers: [Header] = []

    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A calendar object with the method its METHOD property says (RFC 6047 wants both equal).
    package struct Invitation: Hashable, Sendable {
        package let method: String
        package let text: String
        /// Also as invite.ics, for programs that only look at attachments. A few show the meeting twice then.
        package let attached: Bool

        package init(method: String, text: String, attached: Bool = true) {
            self.method = method
            self.text = text
            self.attached = attached
        }
    }

    package init(
        from: Mailbox, to: Mailbox, replyTo: Mailbox? = nil, subject: String, text: String, html: String,
        invitation: Invitation? = nil, messageID: String, inReplyTo: String? = nil, date: Instant,
        headers: [Header] = []
    ) {
        (self.from, self.to, self.replyTo) = (from, to, replyTo)
        (self.subject, self.text, self.html) = (subject, text, html)
        (self.invitation, self.messageID, self.inReplyTo) = (invitation, messageID, inReplyTo)
        (self.date, self.headers) = (date, headers)
    }
}

/// That a provider took the mail.
package struct Receipt: Hashable, Sendable {
    /// What the provider calls it (for SMTP the last reply, often with a queue id); for the history, not for logic.
    package let note: String

    package init(note: String) { self.note = note }
}

/// Why a mail may not be sent: something in it would change its meaning on the way.
package enum MailDefect: Error, Hashable, Sendable {
    /// A name with line breaks, control characters or direction marks, or a very long one.
    case name
    /// A header with a line break, a control character or a name that is taken.
    case header(String)
    case messageID
    /// The METHOD of the calendar object and the method of the mail differ.
    case method
}
