/// POSIX TZ strings as they stand at the end of zone files.

import Testing

@testable import Scheduling

@Suite struct ZoneRuleTests {
    @Test("Rules of the database are read")
    func reads() throws {
        let berlin = try #require(ZoneRule("CET-1CEST,M3.5.0,M10.5.0/3".utf8))
        #expect(berlin.standard == ZoneKind(offset: 3_600, abbreviation: "CET"))
        let summer = try #require(berlin.summer)
        #expect(summer.kind == ZoneKind(offset: 7_200, abbreviation: "CEST"))
        #expect(summer.begins == .init(day: .week(month: 3, week: 5, weekday: 0), seconds: 7_200))
        #expect(summer.ends.seconds == 10_800)

        let nuuk = try #require(ZoneRule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0".utf8)?.summer)
        #expect(nuuk.begins.seconds == -3_600)
        #expect(ZoneRule("<+0545>-5:45".utf8)?.standard == ZoneKind(offset: 20_700, abbreviation: "+0545"))
        #expect(ZoneRule("EST5".utf8)?.summer == nil)
    }

    @Test("Each form of a day is found in its year", arguments: [
        ("J59", 2_028, "2028-02-28"), ("J60", 2_028, "2028-03-01"), ("J60", 2_027, "2027-03-01"),
        ("59", 2_028, "2028-02-29"), ("59", 2_027, "2027-03-01"), ("0", 2_027, "2027-01-01"),
        ("M3.5.0", 2_026, "2026-03-29"), ("M2.5.0", 2_026, "2026-02-22"), ("M2.5.0", 2_032, "2032-02-29"),
        ("M11.1.0", 2_026, "2026-11-01"), ("M9.2.6", 2_026, "2026-09-12"), ("M5.5.5", 2_026, "2026-05-29"),
    ])
    func days(text: String, year: Int, expected: String) throws {
        let summer = try #require(ZoneRule("AAA0BBB,\(text)/0,J1".utf8)?.summer)
        #expect(LocalTime(secondsSince1970: summer.begins.wall(in: year)).date.description == expected)
    }

    @Test("A summer time that never ends is the only kind from the second year on")
    func perpetualSummer() throws {
        let rule = try #require(ZoneRule("XXX3EDT4,0/0,J365/23".utf8))
        let zone = Zone(name: "Test", table: ZoneTable(transitions: [], kinds: [rule.standard], rule: rule))
        for day in 400...1_500 {
            #expect(zone.offset(at: Instant(0).adding(days: day).adding(hours: day % 24)) == -14_400)
        }
    }

    @Test("Nonsense is refused", arguments: [
        "", "C", "CE1", "CET", "CET-25", "CET-1:60", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J365", "CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-1CEST,0/168,1", "<CET-1", "<>1", "<+1>1",
        "CET99999999999999999999", "CET-1CEST,99999999999999999999,1", "CET-1CEST,M3.5.0/999,M10.5.0",
    ])
    func refuses(text: String) {
        #expect(ZoneRule(text.utf8) == nil)
    }
}
