/// Booking for somebody else: who filled in the form, beside the attendee who comes.
import Capabilities
import Database
import Scheduling
import Web

/// Who booked in the attendee's place. They get the attendee's mails, and a token of their own with the same rights.
package struct BookedBy: Hashable, Sendable {
    package var name: String
    package var email: String

    package init(name: String, email: String) { (self.name, self.email) = (name, email) }

    var json: JSON { ["name": .string(name), "email": .string(email)] }

    /// What the attendee reads, as on the page and in the mail.
    var toAttendee: JSON { ["name": .string(name)] }
}

/// Whose a booking's token is.
package enum TokenHolder: String, Sendable, SQLValue {
    case attendee, booker
}

extension Booking {
    /// Whether those who come learn who else does. Whoever answered a poll told its host alone.
    package var tellsGuests: Bool { source != .poll }

    /// Those who have a token, as jobs and tokens call them.
    var holders: [TokenHolder] { bookedBy == nil ? [.attendee] : [.attendee, .booker] }

    /// Who hears of what becomes of it beside hosts and guests.
    func askers(of news: BookingNews) -> [String] {
        // That an address was mistyped concerns whoever it belongs to.
        news == .corrected ? ["attendee"] : holders.map(\.rawValue)
    }
}

extension BookingReading {
    /// `bookedBy.name` and `bookedBy.email`; nil where people book for themselves.
    static func bookedBy(_ fields: inout Fields, link: Link, attendee: String) -> BookedBy? {
        let names = ["bookedBy.name", "bookedBy.email"]
        let isGiven = names.contains { fields.optionalText($0, atMost: 5_000) != nil }
        guard isGiven else { return nil }
        let label = plain("Who you are")
        let name = fields.text("bookedBy.name", 1...BookingLimits.name, label: label)
        let email = fields.email("bookedBy.email", label: plain("Where mails reach you"))
        guard !fields.errors.contains(where: { names.contains($0.field) }) else { return nil }
        if EmailAddress(email)?.folded == EmailAddress(attendee)?.folded {
            fields.fail("bookedBy.email", "invalid", plain("""
                This is the attendee’s address, too. Empty both fields if you book for yourself.
                """))
        } else if link.rules.door.verifiesEmail {
            // Only the attendee's address is proved; mail must go to no other that a stranger has typed.
            fields.fail("bookedBy.email", "invalid", plain("""
                This link asks attendees to prove their address, so everybody books for themselves. Empty both fields.
                """))
        }
        return BookedBy(name: name, email: email)
    }
}

extension BookingReading {
    static func refuseSeriesForOthers(_ fields: inout Fields, _ series: SeriesWish?, _ booker: BookedBy?) {
        guard series != nil, booker != nil else { return }
        let words = plain("Several meetings at once are booked for oneself. Empty both fields, or book one meeting.")
        fields.fail("bookedBy.email", "invalid", words)
    }
}

extension BookingTokenStore {
    /// Gives each holder a new token; those they had end.
    /// - Parameter token: for `asker`, who is told it at once; the other one's is in their mail.
    static func give(
        _ token: NewToken, to asker: TokenHolder, of booking: Booking, isNew: Bool = false,
        _ installation: Installation, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        for holder in booking.holders {
            let own = holder == asker ? token
                : NewToken(world: installation.world, keyring: installation.keyring, workspace: scope.workspace)
            if isNew {
                try insert(own, as: holder, booking: booking.id, now: now, scope: scope, in: tx)
            } else {
                try rotate(own, as: holder, booking: booking.id, now: now, scope: scope, in: tx)
            }
        }
    }
}

extension TellableBooking {
    /// The attendee's mail as whoever booked for them reads it: with their own addresses, and nothing for calendars,
    /// in which the meeting is the attendee's.
    func mail(_ news: BookingNews, toBooker installation: Installation) throws -> OutgoingMail? {
        guard booking.bookedBy != nil, let host = booking.hosts.first else { return nil }
        return try BookingMails.outgoing(news.mail, to: .attendee, bookersFacts(news, host: host, installation))
    }

    /// What a mail to whoever booked says, with their own token.
    func bookersFacts(_ news: BookingNews, host: LinkHost, _ installation: Installation) -> BookingMailFacts {
        var own = self
        own.token = bookerToken
        var facts = own.facts(news, host: host, installation)
        guard let booker = booking.bookedBy else { return facts }
        (facts.bookedFor, facts.bookedBy) = (facts.attendee, nil)
        (facts.attendee.id, facts.attendee.name, facts.attendee.email) = ("booker", booker.name, booker.email)
        return facts
    }
}

extension DetailsPage {
    /// Two more fields, folded until somebody needs them.
    var elsewhere: HTML {
        guard !link.rules.door.verifiesEmail else { return .empty }
        let isOpen = ["bookedBy.name", "bookedBy.email"].contains { !filled[$0].isEmpty || filled.error($0) != nil }
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.user))\(say("I book for someone else"))</summary><div class="stack">\
            <p class="hint">\(say("""
                Name and e-mail above are those of whoever attends. You get the mails, too, and can move and cancel.
                """))</p><div class="two">\
            \(Components.field("bookedBy.name", plain("Who you are"), in: filled, optional: plain("optional")))\
            \(Components.field("bookedBy.email", plain("Where mails reach you"), in: filled, typing: .email,
                               optional: plain("optional")))</div></div></details>
            """
    }
}
