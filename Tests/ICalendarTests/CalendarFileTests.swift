/// Whole files of other programs: names of zones, zones of their own, junk, and what strangers make up.
import Testing

@testable import ICalendar
@testable import Scheduling

@Suite struct CalendarFileTests {
    /// When its events begin, without the day.
    private func clocks(_ file: [UInt8], _ asked: Asked = Asked()) throws -> [String] {
        try times(file, asked).map { String($0.dropFirst(11).prefix(5)) }
    }

    @Test("zones are known by the names that programs give them", arguments: [
        ("Europe/Berlin", "09:00"), ("W. Europe Standard Time", "09:00"), ("Eastern Standard Time", "15:00"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "09:00"),
        ("/mozilla.org/20050126_1/America/New_York", "15:00"),
        ("/citadel.org/20190914_1/America/Argentina/Ushuaia", "14:00"), ("Asia/Calcutta", "05:30"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "09:00"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "15:00"), ("tzone://Microsoft/Utc", "11:00"), ("GMT", "11:00"),
        // Nobody knows it: the reading is of the calendar.
        ("Mars/Olympus Mons", "09:00"), ("Customized Time Zone", "09:00"), ("", "09:00"), ("../../etc/passwd", "09:00"),
    ])
    func zoneNames(name: String, expected: String) throws {
        let file = calendar("UID:a\r\nDTSTART;TZID=\"\(name)\":20260701T090000\r\nDURATION:PT1H")
        #expect(try clocks(file).first == expected)
    }

    @Test("an event whose zone nobody knows is known as broken")
    func unknownZone() {
        let event = "UID:a\r\nDTSTART;TZID=Mars:20260701T090000"
        #expect(CalendarFile(calendar(event), zones: zones).events.first?.isBroken == true)
    }

    private static let newYork = """
        BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:DAYLIGHT\r\nDTSTART:20070311T020000\r\nTZOFFSETFROM:-0500\r
        TZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r
        DTSTART:20071104T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r
        END:STANDARD\r\nEND:VTIMEZONE\r\n
        """

    @Test("a zone that the file defines is that of New York, to the hour its clock changes", arguments: [
        ("20260701T090000", "13:00"), ("20260101T090000", "14:00"), ("20260308T015959", "06:59"),
        ("20260308T030000", "07:00"), ("20261101T005959", "04:59"), ("20261101T010000", "05:00"),
        ("20261101T020000", "07:00"),
    ])
    func ownZone(start: String, expected: String) throws {
        let file = calendar("UID:a\r\nDTSTART;TZID=Ours:\(start)", zones: Self.newYork)
        #expect(try clocks(file, Asked(zone: "UTC")).first == expected)
    }

    @Test("the database is asked before the file, which may be older")
    func databaseFirst() throws {
        let old = Self.newYork.replacing("TZID:Ours", with: "TZID:Europe/Berlin")
        let file = calendar("UID:a\r\nDTSTART;TZID=Europe/Berlin:20260701T090000", zones: old)
        #expect(try clocks(file, Asked(zone: "UTC")).first == "07:00")
    }

    @Test("alarms and tasks within and beside events are not events, and give them nothing")
    func nested() throws {
        let file = CalendarFile(calendar("""
            UID:a\r\nDTSTART:20260601T090000Z\r\nBEGIN:VALARM\r\nUID:b\r\nDTSTART:20300101T000000Z\r\nSUMMARY:Ring\r
            END:VALARM\r\nSUMMARY:Talk
            """), zones: zones)
        #expect(file.events.map(\.uid) == ["a"] && file.events.map(\.summary) == ["Talk"])
        #expect(file.events[0].start == .utc(Instant(1_780_304_400)))
    }

    @Test("who is asked, what they said, and how the time is marked are read")
    func properties() throws {
        let file = CalendarFile(calendar("""
            UID:a\r\nDTSTART:20260601T090000Z\r\nSTATUS:tentative\r\nTRANSP:TRANSPARENT\r\nCLASS:PRIVATE\r
            X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\nSEQUENCE:3\r\nORGANIZER;CN=Dana:MAILTO:Dana@Example.com\r
            ATTENDEE;PARTSTAT=declined:mailto:sam@example.org\r\nATTENDEE;EMAIL=li@example.org:urn:uuid:1\r
            SUMMARY:Tea\\, and cake\r\nLOCATION:Pier 3
            """), zones: zones)
        let event = try #require(file.events.first)
        #expect(event.status == .tentative && event.isTransparent && event.isPrivate && event.sequence == 3)
        #expect(event.busyStatus == .outOfOffice && event.organizer == "dana@example.com")
        #expect(event.attendees == [
            .init(address: "sam@example.org", answer: "DECLINED"),
            .init(address: "li@example.org", answer: "NEEDS-ACTION"),
        ])
        #expect(event.summary == "Tea, and cake" && event.location == "Pier 3" && !event.isBroken)
    }

    @Test("what is no calendar is none, and an event without a start is counted")
    func noCalendars() {
        #expect(!CalendarFile(Array("<html>Sign in</html>".utf8), zones: zones).isCalendar)
        #expect(!CalendarFile([], zones: zones).isCalendar)
        let file = CalendarFile(calendar("UID:a\r\nSUMMARY:When?", "UID:b\r\nDTSTART:20261332T000000Z"), zones: zones)
        #expect(file.isCalendar && file.events.isEmpty && file.unreadable == 2)
    }

    @Test("a component that is never ended costs only itself")
    func unended() {
        let text = """
            BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260601T090000Z\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VEVENT
            BEGIN:VEVENT\nUID:b\nDTSTART:20260601T090000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:c\nEND:VCALENDAR\nEND:VEVENT
            """
        #expect(CalendarFile(Array(text.utf8), zones: zones).events.map(\.uid) == ["a", "b"])
    }

    @Test("ten thousand events are written and read back, and half of them broken on the way")
    func fuzz() throws {
        var random = SplitMix(state: 20_261_128)
        let letters = Array("aé漢👩🏽‍🚀,;:\\\"^\n\r\t nN=/-0Z\u{85}\u{2028}")
        for number in 0..<10_000 {
            let text = String((0..<Int.random(in: 0...60, using: &random)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &random)]
            })
            let start = Instant(Int64.random(in: 0...4_000_000_000, using: &random))
            let event = CalendarEvent(
                method: .request, uid: "u\(number)", sequence: number, stamp: start, starts: start,
                ends: start.adding(minutes: 30), summary: text, organizer: .init(name: text, address: "a@example.com"),
                attendees: [.guest(name: text, address: "b@example.com")])
            var bytes = Array(event.text().utf8)
            let whole = try #require(CalendarFile(bytes, zones: zones).events.first)
            #expect(whole.uid == "u\(number)" && whole.start == .utc(start) && whole.attendees.count == 1)
            #expect(whole.summary == ContentLine("SUMMARY", text: text).text)
            guard number % 2 == 0 else { continue }
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[max(0, place - 20)..<place], at: place)
                }
            }
            var expansion = Expansion(
                within: Span(start: Instant(0), end: Instant(5_000_000_000)), of: .utc, steps: 10_000)
            for series in CalendarFile(bytes, zones: zones).series { _ = expansion.occurrences(of: series) }
        }
    }
}

/// The same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
