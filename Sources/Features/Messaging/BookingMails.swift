/// The mails about a booking: confirmed, moved, cancelled, corrected, and "here is your link", to all who take part.
import Capabilities
import ICalendar
import Scheduling
import Web

/// One mail in the recipient's language, before it has an envelope.
package struct Mail: Sendable {
    package var subject: String
    package var text: String
    package var html: String
    /// Nil when the mail changes nothing in a calendar.
    package var calendar: CalendarEvent?
}

package enum BookingMails {
    package enum Kind: String, CaseIterable, Sendable {
        case confirmed, moved, cancelled
        /// Another title or place; the time is as it was.
        case changed
        /// Another host takes it; the time is as it was.
        case handedOver
        /// Host and guests: the attendee's address is another one.
        case corrected
        /// The current link, for somebody who lost it or opened an old one.
        case link
        /// A host is asked for a time, and reminded that they are.
        case asked, reminder
        /// What became of that.
        case approved, declined, expired
        /// Another time is no longer asked for.
        case stays
    }

    /// What one of the two reads, in their language, zone and clock.
    package static func mail(_ kind: Kind, to party: BookingMailFacts.Party, _ facts: BookingMailFacts) -> Mail {
        Language.$current.withValue(facts.person(party).language) {
            let letter = BookingLetter(kind, to: party, facts)
            return Mail(
                subject: letter.subject, text: letter.text, html: letter.html.text,
                calendar: event(kind, to: party, facts, description: letter.calendarText))
        }
    }

    /// The same, ready to be sent.
    /// - Throws: `AddressProblem` when a stored address cannot be sent to.
    package static func outgoing(
        _ kind: Kind, to party: BookingMailFacts.Party, _ facts: BookingMailFacts
    ) throws(AddressProblem) -> OutgoingMail {
        let mail = mail(kind, to: party, facts)
        return try envelope(
            to: party, facts, subject: mail.subject, text: mail.text, html: mail.html, event: mail.calendar)
    }

    /// A letter of ours about a booking, ready to be sent.
    static func envelope(
        to party: BookingMailFacts.Party, _ facts: BookingMailFacts, subject: String, text: String, html: String,
        event: CalendarEvent?
    ) throws(AddressProblem) -> OutgoingMail {
        let reader = facts.person(party), other = facts.person(party.other)
        let ours = try EmailAddress.own(facts.mailFrom)
        let first = messageID(facts, facts.firstOccasion, reader, ours)
        let own = messageID(facts, facts.occasion, reader, ours)
        return OutgoingMail(
            from: Mailbox(cleaning: senderName(to: party, facts), address: ours),
            to: Mailbox(cleaning: reader.name, address: try EmailAddress(checking: reader.email)),
            // An answer reaches the other one, not us.
            replyTo: Mailbox(cleaning: other.name, address: try EmailAddress(checking: other.email)),
            subject: subject, text: text, html: html,
            invitation: event.map { .init(method: $0.method.rawValue, text: $0.text()) },
            messageID: own, inReplyTo: first == own ? nil : first, date: facts.now,
            headers: [.init("Content-Language", reader.language.tag)])
    }

    /// A name the attendee typed never stands in From: our mailbox must not speak with a stranger's name.
    private static func senderName(to party: BookingMailFacts.Party, _ facts: BookingMailFacts) -> String {
        guard party != .host else { return facts.workspaceName.text }
        return Language.$current.withValue(facts.person(party).language) {
            plain("[sender] \(facts.host.name) via \(facts.workspaceName.text)")
        }
    }

    /// The same for every attempt to send this mail, so that a mail sent twice is shown once.
    private static func messageID(
        _ facts: BookingMailFacts, _ occasion: String, _ reader: BookingMailFacts.Person,
        _ ours: EmailAddress
    ) -> String {
        let left = [facts.bookingID, occasion, reader.id].map { part in
            String(part.unicodeScalars.prefix(60).map { scalar -> Character in
                let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                return isWord ? Character(scalar) : "-"
            })
        }.joined(separator: ".")
        return "<\(left)@\(ours.wireDomain)>"
    }

    /// Each gets an invitation of their own, so the attendee's token never reaches the host's calendar.
    private static func event(
        _ kind: Kind, to party: BookingMailFacts.Party, _ facts: BookingMailFacts, description: String
    ) -> CalendarEvent? {
        guard kind != .link, !kind.isOfWish, facts.isInCalendars, facts.bookedFor == nil,
            let ours = try? EmailAddress.own(facts.mailFrom)
        else { return nil }
        // Those who do not learn who else comes have themselves in it.
        let isAlone = party == .guest && !facts.tellsGuests
        let people: [(BookingMailFacts.Person, isHost: Bool)] = [
            (isAlone ? facts.guest ?? facts.attendee : facts.attendee, false), (facts.host, true),
        ]
        let guests = party == .host || facts.tellsGuests ? facts.guests : []
        var attendees: [Participant] = [], seen: Set<String> = []
        for (person, isHost) in people {
            guard let address = EmailAddress(person.email) else { continue }
            guard seen.insert(address.folded).inserted else { continue }
            let (name, wire) = (Mailbox.cleaned(person.name), address.wire)
            attendees.append(isHost ? .host(name: name, address: wire) : .guest(name: name, address: wire))
        }
        for other in facts.hosts {
            guard let address = EmailAddress(other.email), seen.insert(address.folded).inserted else { continue }
            attendees.append(.host(name: Mailbox.cleaned(other.name), address: address.wire))
        }
        for address in guests.compactMap({ EmailAddress($0) }) where seen.insert(address.folded).inserted {
            attendees.append(.guest(name: address.wire, address: address.wire))
        }
        let url: String? = switch party {
        case .host: facts.addresses.host
        case .attendee: facts.addresses.view
        // The attendee's page is the attendee's alone.
        case .guest: nil
        }
        let place = ([facts.location] + facts.resources.map { Mailbox.cleaned($0.value, longest: 300) })
            .filter { !$0.isEmpty }.joined(separator: ", ")
        let names = "\(Mailbox.cleaned(facts.host.name)), \(Mailbox.cleaned(facts.attendee.name))"
        let summary = facts.calendarTitle ?? "\(Mailbox.cleaned(facts.title)): \(names)"
        return CalendarEvent(
            method: kind == .cancelled ? .cancel : .request, uid: facts.uid, sequence: facts.sequence, stamp: facts.now,
            starts: facts.starts, ends: facts.ends, summary: summary,
            description: description, location: kind == .cancelled ? "" : facts.locationURL ?? place,
            url: kind == .cancelled ? nil : url.flatMap(WebURL.init)?.text,
            conference: facts.locationURL.flatMap(WebURL.init)?.text,
            organizer: .init(name: Mailbox.cleaned(facts.host.name), address: ours.wire), attendees: attendees)
    }
}
