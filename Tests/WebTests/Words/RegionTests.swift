/// One language as different countries read it.
import Scheduling
import Testing

@testable import Web

@Suite struct RegionTests {
    private static let all = Language.all + [.pseudo]

    @Test("the clock, the week and the date are those of the reader's country", arguments: [
        ("en-US,en;q=0.9", "en-US", HourClock.twelve, 0, "Thursday, December 3, 2026"),
        ("en-GB,en;q=0.9", "en", .twentyFour, 1, "Thursday 3 December 2026"),
        ("en", "en", .twentyFour, 1, "Thursday 3 December 2026"),
        ("en-AU", "en-AU", .twelve, 1, "Thursday 3 December 2026"),
        ("en-CA, fr-CA", "en-CA", .twelve, 0, "Thursday, December 3, 2026"),
        ("es-MX,es;q=0.8,en-US;q=0.5", "es-MX", .twelve, 0, "jueves 3 de diciembre de 2026"),
        ("es-ES", "es", .twentyFour, 1, "jueves 3 de diciembre de 2026"),
        ("ar-EG", "ar-EG", .twelve, 6, nil), ("ar-AE", "ar-AE", .twelve, 1, nil),
        ("zh-Hant-TW", "zh-TW", .twelve, 0, nil),
    ] as [(String, String, HourClock, Int, String?)])
    func countries(header: String, tag: String, clock: HourClock, first: Int, date: String?) {
        let language = Language.negotiate(acceptLanguage: header, among: Self.all)
        #expect(language.tag == tag && language.clock == clock && language.firstWeekday == first)
        if let date {
            let said = Language.$current.withValue(language) { LocalDate("2026-12-03")?.dayWordsWithYear ?? "" }
            #expect(said.lowercased() == date.lowercased())
        }
    }

    @Test("a language that was chosen is read as in the country that the browser names for it")
    func chosen() {
        let american = Language.negotiate(acceptLanguage: "de-AT,en-US;q=0.5", asked: ["en"], among: Self.all)
        #expect(american.tag == "en-US")
        #expect(Language.negotiate(acceptLanguage: "en-US", asked: ["de"], among: Self.all).tag == "de")
        #expect(Language.negotiate(acceptLanguage: "de", asked: ["en-US"], among: Self.all).tag == "en-US")
    }

    @Test("what is no country changes nothing", arguments: [
        "en-", "en-1", "en-ÄÖ", "en-usa", "en-001", "en-x-us1", "en-ZZ", "en-JA",
    ])
    func nonsense(tag: String) {
        let language = Language.negotiate(acceptLanguage: tag, among: Self.all)
        #expect(language.tag == "en" && language.clock == .twentyFour)
    }

    @Test("days are said in the order of the country, in all lengths")
    func days() throws {
        let date = try #require(LocalDate("2026-12-03"))
        Language.$current.withValue(Language.english.spoken(in: "us")) {
            #expect(date.dayWords == "Thursday, December 3")
            #expect(date.dayOfMonthWords == "December 3")
            #expect(date.shortDayWords == "Thu, Dec 3")
            #expect(DateWords.week.first == 0 && HourClock.usual == .twelve)
        }
        #expect(HourClock.usual == .twentyFour)
    }

    @Test("read in another country than before, nothing of the first one stays")
    func again() throws {
        let date = try #require(LocalDate("2026-12-03"))
        let days = [("GB", "Thursday 3 December"), ("IN", "Thursday 3 December"), ("PH", "Thursday, December 3")]
        for (region, day) in days {
            let language = Language.english.spoken(in: "US").spoken(in: region)
            #expect(language.tag == "en-\(region)")
            Language.$current.withValue(language) { #expect(date.dayWords == day) }
        }
    }
}
