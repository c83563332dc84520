/// Instants and their RFC 3339 text.

import Testing

@testable import Scheduling

@Suite struct InstantTests {
    @Test("An instant is written in UTC with Z")
    func utc() {
        #expect(Instant(0).rfc3339() == "1970-01-01T00:00:00Z")
        #expect(Instant(1_773_010_800).description == "2026-03-08T23:00:00Z")
        #expect(Instant(-1).description == "1969-12-31T23:59:59Z")
        #expect(Instant(253_402_300_799).description == "9999-12-31T23:59:59Z")
        #expect(Instant(-62_135_596_800).description == "0001-01-01T00:00:00Z")
    }

    @Test("An instant is written with the offset of a zone at that instant", arguments: [
        ("Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01T14:00:00+02:00"),
        ("America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30"),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T05:45:00+05:45"),
        ("UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
    ])
    func inZone(name: String, utc: String, text: String) throws {
        #expect(try instant(utc).rfc3339(in: zone(name)) == text)
        #expect(try instant(text) == instant(utc))
    }

    @Test("An offset with seconds is cut to minutes and the text still names the same instant")
    func historicOffset() throws {
        let then = try instant("1850-01-01T00:00:00Z")
        let berlin = try zone("Europe/Berlin")
        #expect(berlin.offset(at: then) == 3_208)
        #expect(then.rfc3339(in: berlin) == "1850-01-01T00:53:00+00:53")
        #expect(try instant(then.rfc3339(in: berlin)) == then)
    }

    @Test("RFC 3339 text is read", arguments: [
        ("1996-12-19T16:39:57-08:00", 851_042_397), ("1990-12-31T23:59:60Z", 662_688_000),
        ("1985-04-12t23:20:50.52z", 482_196_050), ("1937-01-01T12:00:27.87+00:20", -1_041_337_173),
        ("2024-02-29T00:00:00-00:00", 1_709_164_800),
    ])
    func reads(text: String, seconds: Int64) {
        #expect(Instant(rfc3339: text) == Instant(seconds))
    }

    @Test("Anything else is refused", arguments: [
        "", "2026", "2026-03-08", "2026-03-08T07:00:00", "2026-03-08 07:00:00Z", "2026-03-08T07:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00ZZ",
        "+026-01-01T00:00:00Z", "2026-01-01T00:00:00−01:00", "٢٠٢٦-01-01T00:00:00Z", "2026-1-1T00:00:00Z",
    ])
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("Writing and reading give the instant back")
    func roundTrip() throws {
        var random = Seeded(seed())
        let names = ["UTC", "Pacific/Apia", "Europe/Dublin", "Asia/Kathmandu"]
        for _ in 0..<2_000 {
            let instant = Instant(Int64(random.number(-62_135_596_800...253_402_200_000)))
            #expect(Instant(rfc3339: instant.rfc3339()) == instant)
            #expect(Instant(rfc3339: instant.rfc3339(in: try zone(random.pick(names)))) == instant)
        }
    }

    @Test("Adding counts elapsed time")
    func adding() throws {
        let start = try instant("2026-03-08T00:00:00-05:00")
        #expect(start.adding(days: 1) == (try instant("2026-03-09T01:00:00-04:00")))
        #expect(start.adding(hours: 1).adding(minutes: -60) == start)
        #expect(start.adding(seconds: 5) - start == 5)
        #expect(start < start.adding(seconds: 1))
    }
}
