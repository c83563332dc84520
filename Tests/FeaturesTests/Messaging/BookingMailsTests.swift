/// Mails about a booking as a mail program reads them: words, times, invitations, and nothing for attackers.
import Capabilities
import Fakes
import Scheduling
import Testing
import Web

import Features

struct BookingMailsTests {
    @Test("the confirmation says when, in both zones, with whom, where, and what can be done")
    func confirmation() {
        let mail = BookingMails.mail(.confirmed, to: .attendee, MailSamples.facts())

        #expect(mail.subject == "Confirmed: Product walkthrough, Thursday 3 December, 10:30")
        #expect(mail.text == """
        Your meeting is confirmed.

        Thursday 3 December 2026, 10:30–11:00
        Lisbon time. For Ingrid Aasland-Okonkwo in Oslo it is 11:30.

        What: Product walkthrough
        With: Ingrid Aasland-Okonkwo
        Where: https://meet.example/kqv
        What shall we look at?: Night-time air quality.
        Wards 3 & 4.

        Join the call: https://meet.example/kqv
        See the booking: https://meet.nordhavn.example/booked/SECRET
        Move it: https://meet.nordhavn.example/book/reschedule/SECRET
        Cancel it: https://meet.nordhavn.example/book/cancel/SECRET

        The attached file puts the meeting into your calendar. Answer this mail to reach Ingrid Aasland-Okonkwo.

        -- \("")
        Nordhavn Instruments. You get this mail because you booked a meeting.

        """)
        #expect(mail.html.contains("Thursday 3 December 2026<br>10:30–11:00"))
        #expect(mail.html.contains("Night-time air quality.<br>Wards 3 &amp; 4."))
    }

    @Test("the confirmation says to its attendee, and to nobody else, what the host tells all who have booked")
    func words() {
        var facts = MailSamples.facts()
        facts.words = "Bring a <plan>.\nPark behind the house."
        let mail = BookingMails.mail(.confirmed, to: .attendee, facts)
        #expect(mail.text.contains("\n\nBring a <plan>.\nPark behind the house.\n\nJoin the call"))
        #expect(mail.html.contains("Bring a &lt;plan&gt;.<br>Park behind"))
        for (kind, party) in [(.confirmed, .host), (.cancelled, .attendee), (.moved, .attendee)]
            as [(BookingMails.Kind, BookingMailFacts.Party)] {
            #expect(!BookingMails.mail(kind, to: party, facts).text.contains("Park"))
        }
    }

    @Test("the host reads their own time and who comes, and gets none of the attendee's links")
    func hosts() throws {
        for kind in BookingMails.Kind.allCases {
            let mail = BookingMails.mail(kind, to: .host, MailSamples.moved())
            let all = mail.text + mail.html + (mail.calendar?.text() ?? "")
            #expect(!all.contains("SECRET"))
            #expect(mail.text.contains("12:30–13:00\nOslo time. For Sam Lee in Lisbon it is 11:30."))
        }
        let booked = BookingMails.mail(.confirmed, to: .host, MailSamples.facts())
        #expect(booked.subject == "Booked: Product walkthrough with Sam Lee, Thursday 3 December, 11:30")
        #expect(booked.text.contains("With: Sam Lee, sam@example.org"))
    }

    @Test("mails have the colour of the workspace, and the petrol without one")
    func colours() {
        var facts = MailSamples.facts()
        let petrol = BookingMails.mail(.confirmed, to: .attendee, facts).html
        #expect(petrol.contains("background: #0b5f6a; color: #ffffff"))
        let brand = Brand(stored: "#ffb3c1")
        facts.workspaceName = WorkspaceName("Nordhavn Instruments", brand: brand)
        let html = BookingMails.mail(.confirmed, to: .attendee, facts).html
        #expect(html.contains("background: \(brand.light.css); color: \(brand.onLight.css)"))
        #expect(html.contains(".main { background: #ffb3c1 !important; color: \(brand.onDark.css) !important; }"))
        #expect(!html.contains("#0b5f6a") && !html.contains("#6fc6d1"))
    }

    @Test("a move names the old time and the reason, a cancellation who did it")
    func changes() {
        let moved = BookingMails.mail(.moved, to: .host, MailSamples.moved())
        #expect(moved.subject == "Moved: Product walkthrough, now Thursday 3 December, 12:30")
        #expect(moved.text.hasPrefix("Sam Lee moved your meeting.\n"))
        #expect(moved.text.contains("Before: Thursday 3 December, 11:30\n"))
        #expect(moved.text.contains("Reason: The train is late"))

        let cancelled = BookingMails.mail(.cancelled, to: .attendee, MailSamples.cancelled())
        #expect(cancelled.subject
            == "Cancelled: Product walkthrough with Ingrid Aasland-Okonkwo, Thursday 3 December, 11:30")
        #expect(cancelled.text.hasPrefix("Ingrid Aasland-Okonkwo cancelled your meeting.\n"))
        #expect(cancelled.text.contains("Reason: Ill, sorry") && cancelled.text.contains("Book another time: "))
        #expect(!cancelled.text.contains("SECRET") && !cancelled.text.contains("kqv"))
        let host = BookingMails.mail(.cancelled, to: .host, MailSamples.cancelled())
        #expect(host.text.hasPrefix("Your meeting is cancelled."))
        #expect(host.subject.hasPrefix("Cancelled: Product walkthrough with Sam Lee, "))
    }

    @Test("each reader's zone, day, year and clock are their own")
    func zones() {
        var facts = MailSamples.facts()
        facts.attendee.zone = MailSamples.zone("America/New_York")
        facts.attendee.clock = .twelve
        facts.host.zone = MailSamples.zone("Asia/Tokyo")
        facts.starts = Instant(1_796_274_000)
        facts.ends = facts.starts.adding(minutes: 30)
        let text = BookingMails.mail(.confirmed, to: .attendee, facts).text
        #expect(text.contains("Thursday 3 December 2026, 12:00–12:30\u{a0}AM\nNew York time. For Ingrid"))
        #expect(text.contains("in Tokyo it is 2:00\u{a0}PM."))

        facts.attendee.zone = MailSamples.zone("America/Los_Angeles")
        #expect(BookingMails.mail(.confirmed, to: .attendee, facts).text.contains(
            "Wednesday 2 December 2026, 9:00–9:30\u{a0}PM\nLos Angeles time. For Ingrid Aasland-Okonkwo in Tokyo it is "
                + "Thursday 3 December, 2:00\u{a0}PM."))

        facts.host.zone = facts.attendee.zone
        facts.starts = facts.starts.adding(days: 365)
        facts.ends = facts.ends.adding(days: 365)
        let later = BookingMails.mail(.confirmed, to: .attendee, facts)
        #expect(later.text.contains("Thursday 2 December 2027, 9:00–9:30\u{a0}PM\nLos Angeles time.\n"))
    }

    @Test("booked, moved and cancelled are one meeting to a calendar: same UID, rising SEQUENCE", arguments: [
        BookingMailFacts.Party.attendee, .host,
    ])
    func calendar(party: BookingMailFacts.Party) throws {
        let mails = try [
            BookingMails.outgoing(.confirmed, to: party, MailSamples.facts()),
            BookingMails.outgoing(.moved, to: party, MailSamples.moved()),
            BookingMails.outgoing(.cancelled, to: party, MailSamples.cancelled()),
            BookingMails.outgoing(.link, to: party, MailSamples.moved()),
        ]
        let facts = try MailOracle.read(mails.map { try MIMEMessage($0).bytes })

        let events = facts.compactMap(\.event)
        #expect(events.map { $0.string("method") } == ["REQUEST", "REQUEST", "CANCEL"])
        #expect(events.map { $0.number("sequence") } == [0, 1, 2])
        #expect(Set(events.compactMap { $0.string("uid") }) == ["bk_06f4-x@meet.nordhavn.example"])
        #expect(events.map { $0.number("starts") } == [1_796_293_800, 1_796_297_400, 1_796_297_400])
        #expect(events.map { $0.string("organizer") } == Array(repeating: "bookings@meet.nordhavn.example", count: 3))
        #expect(events[0].attendees.map { $0.string("address") } == ["sam@example.org", "ingrid@nordhavn.example"])
        #expect(events[0].attendees.map { $0.string("partstat") } == ["NEEDS-ACTION", "ACCEPTED"])
        #expect(facts[3].event == nil)
        #expect(facts[0].string("reply_to") == (party == .host ? "sam@example.org" : "ingrid@nordhavn.example"))
    }

    @Test("the Message-ID is the same on every attempt, and later mails answer the first")
    func messageIDs() throws {
        var again = MailSamples.facts()
        again.now = again.now.adding(hours: 5)
        let first = try BookingMails.outgoing(.confirmed, to: .attendee, MailSamples.facts())
        let moved = try BookingMails.outgoing(.moved, to: .attendee, MailSamples.moved())

        #expect(first.messageID == "<bk-06f4.1.attendee@meet.nordhavn.example>" && first.inReplyTo == nil)
        #expect(try BookingMails.outgoing(.confirmed, to: .attendee, again).messageID == first.messageID)
        #expect(moved.inReplyTo == first.messageID && moved.messageID != first.messageID)
        #expect(try BookingMails.outgoing(.confirmed, to: .host, again).messageID != first.messageID)
    }

    @Test("no name, title or answer changes a header, the page or the calendar")
    func attackers() throws {
        let hostile = [
            "\"A\r\nBcc: x\"", "A\nBcc: evil@example.com", "Sam\" <evil@example.com>", "<script>alert(1)</script>",
            "=?utf-8?B?DQpCY2M6IHg=?=", "\u{202E}moc.elpmaxe", "\" onmouseover=\"x",
            "\"\u{301} onmouseover=alert(1) x=",
            String(repeating: "10 kB \"of\" name ", count: 640), "END:VCALENDAR\r\nBEGIN:VEVENT",
        ]
        var mails: [OutgoingMail] = []
        for text in hostile {
            var facts = MailSamples.facts()
            (facts.attendee.name, facts.host.name, facts.title) = (text, text, text)
            (facts.reason, facts.location) = (text, text)
            facts.workspaceName = WorkspaceName(text)
            facts.answers = [.init(label: text, value: text)]
            facts.locationURL = "javascript:alert(1)//" + text
            for party in [BookingMailFacts.Party.attendee, .host] {
                mails.append(try BookingMails.outgoing(.confirmed, to: party, facts))
            }
        }
        for facts in try MailOracle.read(try mails.map { try MIMEMessage($0).bytes }) {
            #expect(facts.strings("headers") == [
                "from", "to", "reply-to", "subject", "message-id", "date", "auto-submitted",
                "x-auto-response-suppress",
                "content-language", "mime-version", "content-type",
            ])
            #expect(facts.string("sender") == "bookings@meet.nordhavn.example")
            #expect(facts.event?.attendees.count == 2)
            #expect(facts.strings("links").allSatisfy { $0.hasPrefix("https://meet.nordhavn.example/") })
        }
    }

    @Test("From carries the host's name or the workspace's, never the attendee's")
    func senders() throws {
        #expect(try BookingMails.outgoing(.confirmed, to: .attendee, MailSamples.facts()).from.name
            == "Ingrid Aasland-Okonkwo via Nordhavn Instruments")
        let toHost = try BookingMails.outgoing(.confirmed, to: .host, MailSamples.facts())
        #expect(toHost.from.name == "Nordhavn Instruments")
    }

    @Test("a mail speaks the reader's language and runs in its direction")
    func languages() throws {
        var facts = MailSamples.facts()
        facts.attendee.language = .pseudo
        let mail = BookingMails.mail(.confirmed, to: .attendee, facts)

        #expect(mail.html.contains("<html lang=\"en-XB\" dir=\"rtl\">"))
        #expect(mail.text.hasPrefix("⟦") && mail.subject.contains("Product walkthrough"))
        #expect(BookingMails.mail(.confirmed, to: .host, facts).text.hasPrefix("Sam Lee booked"))
        _ = try MailOracle.read([try MIMEMessage(BookingMails.outgoing(.confirmed, to: .attendee, facts)).bytes])
    }

    @Test("a host who books themself is invited once")
    func ownBooking() throws {
        var facts = MailSamples.facts()
        facts.host.email = "Sam@Example.org"
        let mail = try BookingMails.outgoing(.confirmed, to: .host, facts)
        #expect(try MailOracle.read([try MIMEMessage(mail).bytes])[0].event?.attendees.count == 1)
    }

    @Test("an address nobody can be reached at is told, not sent to")
    func badAddress() {
        var facts = MailSamples.facts()
        facts.attendee.email = "sam@example"
        #expect(throws: AddressProblem.noEnding) { try BookingMails.outgoing(.confirmed, to: .attendee, facts) }
    }
}
