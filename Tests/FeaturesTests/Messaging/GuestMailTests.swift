/// What guests read: who invited them, when and where, and nothing that belongs to the two of the meeting.
import Capabilities
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct GuestMailTests {
    private func facts(_ facts: BookingMailFacts = MailSamples.facts()) -> BookingMailFacts {
        var facts = facts
        facts.guests = ["mo@x.example", "al@x.example", "INGRID@nordhavn.example"]
        facts.guest = .init(id: "guest-0", name: "", email: "mo@x.example", zone: MailSamples.zone("Europe/Lisbon"))
        return facts
    }

    @Test("a guest's mail names who invited them, and holds no token, no answer, no reason and no address of the page",
          arguments: BookingMails.Kind.allCases)
    func guest(_ kind: BookingMails.Kind) throws {
        var facts = facts(kind == .cancelled ? MailSamples.cancelled() : MailSamples.moved())
        facts.phone = "+351912345678"
        let mail = try BookingMails.outgoing(kind, to: .guest, facts)
        #expect(mail.to.address.text == "mo@x.example")
        for part in [mail.text, mail.html] {
            #expect(part.contains("Sam Lee") && part.contains("Product walkthrough"))
            for secret in ["SECRET", "air quality", "train", "Ill,", "+351", "/bookings/", "al@x.example"] {
                #expect(!part.contains(secret), "\(kind) tells \(secret)")
            }
        }
        let invitation = mail.invitation?.text ?? ""
        #expect(!invitation.contains("SECRET"))
        #expect(mail.messageID.contains("guest-0"))
    }

    @Test("all who take part stand in every invitation once, the host as chair", arguments: [
        BookingMailFacts.Party.attendee, .host, .guest,
    ])
    func attendees(_ party: BookingMailFacts.Party) throws {
        let event = try BookingMails.mail(.confirmed, to: party, facts()).calendar.wanted("event")
        #expect(event.attendees.map(\.address) == [
            "sam@example.org", "ingrid@nordhavn.example", "mo@x.example", "al@x.example",
        ])
        #expect(event.attendees[1].role == .chair)
    }

    @Test("attendee and host read who comes along, and the host the number to call")
    func others() {
        var facts = facts()
        facts.phone = "+351912345678"
        let (attendee, host) = (
            BookingMails.mail(.confirmed, to: .attendee, facts), BookingMails.mail(.confirmed, to: .host, facts))
        #expect(attendee.text.contains("mo@x.example") && host.text.contains("al@x.example"))
        #expect(host.text.contains("Phone: +351912345678"))
    }

    @Test("a guest's mail reads back as it was built, in each kind", arguments: BookingMails.Kind.allCases)
    func readable(_ kind: BookingMails.Kind) throws {
        _ = try MailOracle.read([try MIMEMessage(BookingMails.outgoing(kind, to: .guest, facts())).bytes])
    }

    @Test("the host's own title stands in calendars, with its variables filled in once")
    func title() throws {
        var booking = Booking.example
        booking.attendee.name = "Eve {{attendee.email}}"
        let text = EventTitle.text(
            "{{ attendee.name }} & {{host.name}}: {{nothing}}{{link.title}} {{", booking, link: .example,
            host: .example)
        #expect(text == "Eve {{attendee.email}} & Ingrid Aasland-Okonkwo: Product walkthrough {{")
        #expect(EventTitle.text("{{nothing}}", booking, link: .example, host: .example) == "Product walkthrough")
        var facts = facts()
        facts.calendarTitle = text
        #expect(BookingMails.mail(.confirmed, to: .host, facts).calendar?.summary == text)
    }
}
