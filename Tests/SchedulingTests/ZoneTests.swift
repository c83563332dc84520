/// Conversions between instants and wall clocks at the places where they are hard.

import Testing

@testable import Scheduling

@Suite struct ZoneTests {
    @Test("A reading in a skipped hour is taken with the offset before the jump", arguments: [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T03:30:00-04:00"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29T03:00:00+02:00"),
        ("Africa/Cairo", "2026-04-24 00:00", "2026-04-24T01:00:00+03:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:45:00+11:00"),
        ("Antarctica/Troll", "2026-03-29 02:00", "2026-03-29T04:00:00+02:00"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-31T09:00:00+14:00"),
    ])
    func gap(name: String, text: String, meant: String) throws {
        #expect(try zone(name).instant(of: reading(text)) == instant(meant))
    }

    @Test("A reading that comes twice means its first pass", arguments: [
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),
        ("Europe/Berlin", "2026-10-25 02:59", "2026-10-25T02:59:00+02:00"),
        ("America/Havana", "2025-11-02 00:00", "2025-11-02T00:00:00-04:00"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T03:00:00+01:00"),
    ])
    func overlap(name: String, text: String, meant: String) throws {
        #expect(try zone(name).instant(of: reading(text)) == instant(meant))
    }

    @Test("A date begins where its midnight is, or where the clock jumps over it")
    func dates() throws {
        #expect(try zone("Africa/Cairo").instant(of: date("2026-04-24")) == instant("2026-04-23T22:00:00Z"))
        #expect(try zone("Europe/Berlin").instant(of: date("2026-06-01")) == instant("2026-05-31T22:00:00Z"))
    }

    @Test("24:00 is the next midnight")
    func midnight() throws {
        let berlin = try zone("Europe/Berlin")
        let end = LocalTime(date: try date("2026-03-29"), secondOfDay: 86_400)
        #expect(berlin.instant(of: end) == berlin.instant(of: try date("2026-03-30")))
        #expect(berlin.instant(of: end) - berlin.instant(of: try date("2026-03-29")) == 23 * 3_600)
    }

    @Test("Each instant gives its wall clock and abbreviation", arguments: [
        ("Europe/Berlin", "2026-03-29T00:59:59Z", "01:59:59", "CET"),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", "03:00:00", "CEST"),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "05:45:00", "+0545"),
        ("Europe/Dublin", "2026-01-01T00:00:00Z", "00:00:00", "GMT"),
        ("Europe/Berlin", "1850-01-01T00:00:00Z", "00:53:28", "LMT"),
        ("America/New_York", "2400-07-01T00:00:00Z", "20:00:00", "EDT"),
        ("America/New_York", "9999-07-01T00:00:00Z", "20:00:00", "EDT"),
    ])
    func local(name: String, text: String, clock: String, abbreviation: String) throws {
        let zone = try zone(name)
        let local = zone.local(at: try instant(text))
        let face = [local.hour, local.minute, local.second].map { ($0 < 10 ? "0" : "") + "\($0)" }
        #expect(face.joined(separator: ":") == clock)
        #expect(zone.abbreviation(at: try instant(text)) == abbreviation)
    }

    @Test("The years repeat after 400 of them")
    func cycle() throws {
        var random = Seeded(seed())
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza"] {
            let zone = try zone(name)
            for _ in 0..<500 {
                let late = Instant(Int64(random.number(5_000_000_000...30_000_000_000)))
                let later = late.adding(days: 146_097 * random.number(1...400))
                #expect(zone.offset(at: late) == zone.offset(at: later), "\(name) at \(late)")
                let there = zone.local(at: later)
                #expect(zone.local(at: zone.instant(of: there)) == there)
            }
        }
    }

    @Test("UTC needs no file")
    func utc() {
        #expect(Zone.utc.offset(at: Instant(0)) == 0)
        #expect(Zone.utc.instant(of: LocalTime(secondsSince1970: 12_345)) == Instant(12_345))
        #expect(Zone.utc.abbreviation(at: Instant(0)) == "UTC")
    }

    @Test("Zones are equal by name")
    func equality() throws {
        let table = ZoneTable(transitions: [], kinds: [ZoneKind(offset: 3_600, abbreviation: "X")], rule: nil)
        #expect(Zone(name: "UTC", table: table) == Zone.utc)
        #expect(try zone("Europe/Berlin") != zone("Europe/Paris"))
    }
}
