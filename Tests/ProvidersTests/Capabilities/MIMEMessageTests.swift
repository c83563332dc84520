/// The bytes of mails, read back by Python's email and icalendar: tree, headers, and attackers who get nowhere.
import Foundation
import Scheduling
import Testing

import Capabilities
import Fakes
import ICalendar

struct MIMEMessageTests {
    @Test("the tree and every header are what mail programs expect")
    func tree() throws {
        let facts = try MailOracle.read([try MIMEMessage(Samples.mail()).bytes])[0]

        #expect(facts.string("sender") == "bookings@sched.example.org")
        #expect(facts.string("sender_name") == "Dana via Nordhavn")
        #expect(facts.string("reply_to") == "dana@example.com")
        #expect(facts.string("subject") == "Confirmed: Product walkthrough, Thursday 3 December, 10:30")
        #expect(facts.string("message_id") == "<bk_1.0@sched.example.org>")
        #expect(facts.number("date") == 1_795_446_000)
        #expect(facts.event?.string("method") == "REQUEST")
        #expect(facts.event?.string("summary") == "Intro call: Dana, Sam")
        #expect(facts.event?.number("sequence") == 0)
    }

    @Test("equal mails have equal bytes, another Message-ID another boundary")
    func deterministic() throws {
        var other = Samples.mail()
        #expect(try MIMEMessage(other) == MIMEMessage(Samples.mail()))
        other.messageID = "<bk_1.1@sched.example.org>"
        #expect(try MIMEMessage(other).bytes.count != 0 && MIMEMessage(other) != MIMEMessage(Samples.mail()))
    }

    @Test("without the attachment and without an invitation the tree is smaller")
    func smallerTrees() throws {
        var mail = Samples.mail()
        mail.invitation = .init(method: "REQUEST", text: Samples.event().text(), attached: false)
        var plain = Samples.mail()
        plain.invitation = nil
        let facts = try MailOracle.read([try MIMEMessage(mail).bytes, try MIMEMessage(plain).bytes])

        #expect(facts[0].event != nil && facts[1].event == nil)
        #expect(!String(decoding: try MIMEMessage(plain).bytes, as: UTF8.self).contains("text/calendar"))
    }

    @Test("no name, however written, adds a header or changes an address")
    func attackers() throws {
        let mails = Samples.hostileNames.map { name in
            var mail = Samples.mail(), event = Samples.event()
            mail.from = Mailbox(cleaning: name, address: mail.from.address)
            mail.to = Mailbox(cleaning: name, address: mail.to.address)
            mail.replyTo = mail.to
            mail.subject = Mailbox.cleaned("Confirmed: " + name)
            event.summary = name
            event.attendees = [.guest(name: name, address: "sam@example.com")]
            mail.invitation = .init(method: "REQUEST", text: event.text())
            return mail
        }
        let read = try MailOracle.read(try mails.map { try MIMEMessage($0).bytes })

        for (name, (mail, facts)) in zip(Samples.hostileNames, zip(mails, read)) {
            #expect(facts.strings("headers") == [
                "from", "to", "reply-to", "subject", "message-id", "date", "auto-submitted",
                "x-auto-response-suppress",
                "mime-version", "content-type",
            ])
            #expect(facts.string("sender") == "bookings@sched.example.org" && facts.string("to") == "sam@example.com")
            #expect(facts.string("to_name") == Mailbox.cleaned(name))
            #expect(facts.string("subject") == mail.subject)
            #expect(facts.event?.string("summary") == name.withLineFeeds)
        }
    }

    @Test("text survives whatever is in it")
    func bodies() throws {
        let texts = [
            "plain", "trailing space \nand tab\t\n", ".\r\n.hidden\r\n..two\n.", "=20 = == =\n", "From here\n",
            "漢字 👩🏽‍🚀 é\n", String(repeating: "long line without any space", count: 100),
            String(repeating: "é", count: 1_000), "a\rb\n\rc", "--=_a\n--=_m--\n", "\u{0}\u{7f}", " ",
        ].map { $0 + "." }
        let mails = texts.map { text in
            var mail = Samples.mail()
            (mail.text, mail.html) = (text, "<p>\(text)</p>")
            return mail
        }
        let read = try MailOracle.read(try mails.map { try MIMEMessage($0).bytes })

        #expect(read.map { $0.string("text")?.withLineFeeds } == texts.map(\.withLineFeeds))
    }

    @Test("a header that could break the message is refused")
    func refusals() throws {
        func defect(_ change: (inout OutgoingMail) -> Void) -> MailDefect? {
            var mail = Samples.mail()
            change(&mail)
            do { _ = try MIMEMessage(mail) } catch { return error }
            return nil
        }

        #expect(defect { $0.subject = "Hi\r\nBcc: x@example.com" } == .header("Subject"))
        #expect(defect { $0.subject = "Hi\nthere" } == .header("Subject"))
        #expect(defect { $0.subject = "Hi\u{2028}there" } == .header("Subject"))
        #expect(defect { $0.messageID = "<a@b>\r\nBcc: x" } == .messageID)
        #expect(defect { $0.messageID = "a@b" } == .messageID)
        #expect(defect { $0.messageID = "<ab>" } == .messageID)
        #expect(defect { $0.inReplyTo = "<a b@c>" } == .messageID)
        #expect(defect { $0.headers = [.init("X-A", "b\r\nBcc: x")] } == .header("X-A"))
        #expect(defect { $0.headers = [.init("Bcc", "x@example.com")] } == .header("Bcc"))
        #expect(defect { $0.headers = [.init("X-A: b\r\nBcc", "x")] } == .header("X-A: b\r\nBcc"))
        #expect(defect { $0.headers = [.init("X-A", "é")] } == .header("X-A"))
        #expect(defect { $0.invitation = .init(method: "CANCEL", text: Samples.event().text()) } == .method)
        #expect(defect { $0.invitation = .init(method: "REQUEST;x=1", text: Samples.event().text()) } == .method)
        #expect(defect { $0.headers = [.init("List-Unsubscribe", "<https://a.example/u/1>")] } == nil)
    }

    @Test("dates are RFC 5322, in UTC", arguments: [
        (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
        (1_796_293_800, "Thu, 3 Dec 2026 10:30:00 +0000"), (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 +0000"),
    ])
    func dates(seconds: Int64, expected: String) throws {
        var mail = Samples.mail()
        mail.date = Instant(seconds)
        #expect(String(decoding: try MIMEMessage(mail).bytes, as: UTF8.self).contains("\r\nDate: \(expected)\r\n"))
    }
}

struct MailOracleTests {
    @Test("the oracle sees what is wrong", arguments: [
        ("method=REQUEST", "method=CANCEL"), ("text/calendar", "text/plain"),
        ("\r\nSubject:", "\r\nBcc: a@b.example\r\nSubject:"),
        ("Message-ID: <", "Message-ID: "), ("Auto-Submitted: auto-generated\r\n", ""), ("MIME-Version: 1.0\r\n", ""),
        ("\r\nTo: ", "\r\n.To: "), ("boundary=\"=_m", "boundary=\"=_x"),
        ("name=\"invite.ics\"\r\n", "name=\"invite.ics\"\r"),
        ("bookings@sched", "other@sched"), ("Date: ", "Date: soon "),
    ])
    func negativeControl(old: String, new: String) throws {
        let good = String(decoding: try MIMEMessage(Samples.mail()).bytes, as: UTF8.self)
        let bad = good.replacingOccurrences(of: old, with: new, options: [], range: good.range(of: old))

        #expect(bad != good)
        #expect(throws: MailOracle.Complaint.self) { try MailOracle.read([Array(bad.utf8)]) }
    }

    @Test("the oracle sees a sequence that does not rise")
    func order() throws {
        func bytes(_ sequence: Int, _ starts: Int64) throws -> [UInt8] {
            var event = Samples.event(), mail = Samples.mail()
            event.sequence = sequence
            event.starts = Instant(starts)
            event.ends = Instant(starts + 1_800)
            mail.invitation = .init(method: "REQUEST", text: event.text())
            return try MIMEMessage(mail).bytes
        }

        _ = try MailOracle.read([try bytes(0, 1_795_510_800), try bytes(1, 1_795_514_400)])
        #expect(throws: MailOracle.Complaint.self) {
            try MailOracle.read([try bytes(1, 1_795_510_800), try bytes(0, 1_795_510_800)])
        }
        #expect(throws: MailOracle.Complaint.self) {
            try MailOracle.read([try bytes(1, 1_795_510_800), try bytes(1, 1_795_514_400)])
        }
    }
}

extension String {
    /// Every line break as one LF.
    fileprivate var withLineFeeds: String {
        let single = replacingOccurrences(of: "\r\n", with: "\n")
        return String(String.UnicodeScalarView(single.unicodeScalars.map {
            $0 == "\r" || $0 == "\u{b}" || $0 == "\u{c}" ? "\n" : $0
        }))
    }
}
