/// Calendar files: exactly the properties an invitation, a cancellation and a plain file need.
import Scheduling
import Testing

import ICalendar

struct CalendarEventTests {
    @Test("an invitation is this text, byte for byte")
    func request() {
        #expect(event().text() == """
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Workestra//Workestra//EN
        CALSCALE:GREGORIAN
        METHOD:REQUEST
        BEGIN:VEVENT
        UID:bk-42@sched.example.org
        SEQUENCE:0
        DTSTAMP:20261123T150000Z
        DTSTART:20261124T090000Z
        DTEND:20261124T093000Z
        SUMMARY:Intro call: Dana\\, Sam
        DESCRIPTION:Move it: https://sched.example.org/m\\nSee you
        LOCATION:Strandgata 12\\; Oslo
        URL:https://sched.example.org/m
        CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example/abc
        ORGANIZER;CN=Dana:mailto:bookings@sched.example.org
        ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
         TRUE;CN="Sam Lee":mailto:sam@example.com
        ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=CHAIR;PARTSTAT=ACCEPTED;RSVP=FALSE;CN=Dana:
         mailto:dana@example.com
        STATUS:CONFIRMED
        TRANSP:OPAQUE
        CLASS:PUBLIC
        X-MICROSOFT-CDO-BUSYSTATUS:BUSY
        X-MICROSOFT-DISALLOW-COUNTER:TRUE
        END:VEVENT
        END:VCALENDAR

        """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
    }

    @Test("a cancellation says so twice and no longer where to join")
    func cancel() {
        let text = event(method: .cancel).text()

        #expect(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"))
        #expect(text.contains("ATTENDEE") && !text.contains("CONFERENCE") && !text.contains("TRANSP"))
    }

    @Test("a plain file invites nobody")
    func publish() {
        let text = event(method: .publish).text()

        #expect(text.contains("METHOD:PUBLISH\r\n") && text.contains("ORGANIZER") && !text.contains("ATTENDEE"))
    }

    @Test("no text a person types adds a line", arguments: [
        "A\r\nATTENDEE:mailto:evil@example.com", "A\nBEGIN:VALARM", "\"A\r\nBcc: x\"", "a\rEND:VEVENT",
        "x\u{2028}UID:1",
        "<script>", "\u{202E}evil", String(repeating: "long \"name\", ", count: 800),
    ])
    func attackers(name: String) {
        var hostile = event()
        hostile.summary = name
        hostile.description = name
        hostile.location = name
        hostile.url = "https://a.example/" + name
        hostile.conference = name
        hostile.organizer = .init(name: name, address: "bookings@sched.example.org")
        hostile.attendees = [.guest(name: name, address: "sam@example.com")]

        let lines = ContentLine.lines(of: hostile.text()).map(\.name)
        #expect(lines == [
            "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART",
            "DTEND",
            "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CONFERENCE", "ORGANIZER", "ATTENDEE", "STATUS", "TRANSP",
            "CLASS", "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-DISALLOW-COUNTER", "END", "END",
        ])
        #expect(hostile.text().split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
    }

    @Test("times are UTC, before 1970 too")
    func times() {
        #expect(Instant(0).basicUTC == "19700101T000000Z")
        #expect(Instant(-1).basicUTC == "19691231T235959Z")
        #expect(Instant(1_796_121_000).basicUTC == "20261201T103000Z")
    }

    private func event(method: CalendarEvent.Method = .request) -> CalendarEvent {
        CalendarEvent(
            method: method, uid: "bk-42@sched.example.org", sequence: 0, stamp: Instant(1_795_446_000),
            starts: Instant(1_795_510_800), ends: Instant(1_795_512_600), summary: "Intro call: Dana, Sam",
            description: "Move it: https://sched.example.org/m\nSee you", location: "Strandgata 12; Oslo",
            url: "https://sched.example.org/m", conference: "https://meet.example/abc",
            organizer: .init(name: "Dana", address: "bookings@sched.example.org"),
            attendees: [
                .guest(name: "Sam Lee", address: "sam@example.com"), .host(name: "Dana", address: "dana@example.com"),
            ])
    }
}
