/// One mail with an invitation, and the names attackers use.
import Capabilities
import ICalendar
import Scheduling

enum Samples {
    static func event() -> CalendarEvent {
        CalendarEvent(
            uid: "bk-42@sched.example.org", sequence: 0, stamp: Instant(1_795_446_000),
            starts: Instant(1_795_510_800), ends: Instant(1_795_512_600), summary: "Intro call: Dana, Sam",
            organizer: .init(name: "Dana", address: "bookings@sched.example.org"),
            attendees: [.guest(name: "Sam", address: "sam@example.com")])
    }

    static func mail(to: String = "sam@example.com") -> OutgoingMail {
        OutgoingMail(
            from: mailbox("Dana via Nordhavn", "bookings@sched.example.org"), to: mailbox("Sam", to),
            replyTo: mailbox("Dana", "dana@example.com"),
            subject: "Confirmed: Product walkthrough, Thursday 3 December, 10:30",
            text: "Your meeting is confirmed.\n", html: "<p>Your meeting is confirmed.</p>\n",
            invitation: .init(method: "REQUEST", text: event().text()), messageID: "<bk_1.0@sched.example.org>",
            date: Instant(1_795_446_000))
    }

    private static func mailbox(_ name: String, _ address: String) -> Mailbox {
        guard let address = EmailAddress(address) else { preconditionFailure("a sample address is wrong") }
        return Mailbox(cleaning: name, address: address)
    }

    static let hostileNames = [
        "A\r\nBcc: x", "\"A\r\nBcc: x\"", "A\nBcc: evil@example.com", "Sam\" <evil@example.com>, \"x",
        "<script>alert(1)</script>",
        "\\", "\\\"", "a@b.example", "=?utf-8?q?evil?= <evil@example.com>", "=?utf-8?B?DQpCY2M6IHg=?=",
        "\u{202E}moc.elpmaxe",
        "Zoë Ünïcode, Jr.", "山田 太郎; 様", "👩🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈 Astronaut with a long name in many characters 漢字",
        "محمد (host)",
        String(repeating: "10 kB of \"name\" ", count: 640), String(repeating: "é", count: 5_000),
        "e" + String(repeating: "\u{301}", count: 5_000), "tab\tand\u{b}feed\u{c}", "A  B   C", "(comment) name",
    ]
}
