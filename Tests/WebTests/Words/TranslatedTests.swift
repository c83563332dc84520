/// The languages inside the program: each with a catalogue, dates in its own order, and spoken to visitors alone.
import Scheduling
import Testing

@testable import Web

struct TranslatedTests {
    @Test("twelve languages, each under its own code and name")
    func all() {
        #expect(Language.all.map(\.code) == [
            "en", "de", "es", "fr", "it", "nl", "pl", "pt", "ja", "zh", "ar", "he",
        ])
        #expect(Set(Language.all.map(\.name)).count == 12)
        for language in Language.translated { #expect(language.catalogue.keys.count > 800, "\(language.code)") }
    }

    @Test("a day stands in the order and with the names of each language", arguments: [
        ("de", "Donnerstag, 3. Dezember"), ("fr", "jeudi 3 décembre"), ("pl", "czwartek, 3 grudnia"),
        ("ja", "12月3日"), ("zh", "12月3日"),
    ])
    func days(code: String, words: String) throws {
        let language = try #require(Language.all.first { $0.code == code })
        let day = try #require(LocalDate("2026-12-03"))
        Language.$current.withValue(language) {
            #expect(day.dayWords.lowercased().contains(words.lowercased()), "\(day.dayWords)")
        }
    }

    @Test("visitors are spoken to in all of them, hosts and programs with a key in what is whole", arguments: [
        ("/book/intro", true), ("/booking/x", true), ("/form/x", true), ("/u/ada", true), ("/team/x", true),
        ("/single-use/x", true), ("/one-off/x", true), ("/poll/x", true), ("/sheet/x", true),
        ("/api/v1/public/links/x", true), ("/calendar", false), ("/settings/profile", false), ("/sign-in", false),
        ("/api/v1/links", false), ("/", false), ("/bookings", false),
    ])
    func spoken(path: String, isAll: Bool) {
        let spoken = Language.spoken(at: path, of: Language.all + [.pseudo]).map(\.code)
        #expect(spoken == (isAll ? Language.all.map(\.code) + ["en-XB"] : ["en", "en-XB"]))
    }
}
