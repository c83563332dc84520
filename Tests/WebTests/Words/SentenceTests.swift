/// Tests of sentences, catalogues, plurals and the pseudo language.

import Testing
@testable import Web

@Suite struct SentenceTests {
    static let german = Language(code: "de", name: "Deutsch", catalogue: Catalogue([
        "Pick a time with %1": "Bei %1 eine Zeit wählen",
        "%1 asks %2": "%2 wird von %1 gefragt",
        "%1|one:One time is free|other:%1 times are free": "%1|one:Eine Zeit ist frei|other:%1 Zeiten sind frei",
        "[short month] May": "Mai.",
    ]))

    @Test("a sentence is its own English, values are escaped")
    func saysEnglish() {
        #expect(say("Pick a time with \("<Ada>")").text == "Pick a time with &lt;Ada&gt;")
        #expect(plain("Pick a time with \("<Ada>")") == "Pick a time with <Ada>")
        #expect(say("Don’t & won't").text == "Don’t &amp; won&#39;t")
    }

    @Test("markup inside a sentence stays markup, and gives its words as plain text")
    func takesMarkup() {
        let link: HTML = "<a href=\"/x\">the \("<b>") page</a>"
        #expect(say("See \(link).").text == "See <a href=\"/x\">the &lt;b&gt; page</a>.")
        #expect(plain("See \(link).") == "See the <b> page.")
    }

    @Test("a translation may put the values elsewhere")
    func translates() {
        Language.$current.withValue(Self.german) {
            #expect(plain("Pick a time with \("Ada")") == "Bei Ada eine Zeit wählen")
            #expect(plain("\("Ada") asks \("Bo")") == "Bo wird von Ada gefragt")
            #expect(plain("Not in the catalogue, \("Ada")") == "Not in the catalogue, Ada")
        }
    }

    @Test("numbers choose the form of the sentence",
        arguments: [(0, "0 times are free"), (1, "One time is free"), (2, "2 times are free")])
    func choosesPlural(count: Int, expected: String) {
        #expect(plain("\(count)|one:One time is free|other:%1 times are free") == expected)
    }

    @Test("a translation has the plural forms of its language")
    func choosesTranslatedPlural() {
        Language.$current.withValue(Self.german) {
            #expect(plain("\(1)|one:One time is free|other:%1 times are free") == "Eine Zeit ist frei")
            #expect(plain("\(3)|one:One time is free|other:%1 times are free") == "3 Zeiten sind frei")
        }
    }

    @Test("plural categories follow CLDR", arguments: [
        ("en", 1, "one"), ("en", 0, "other"), ("fr", 0, "one"), ("fr", 2, "other"), ("pl", 1, "one"), ("pl", 3, "few"),
        ("pl", 12, "many"), ("pl", 22, "few"), ("ru", 21, "one"), ("ru", 11, "many"), ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 7, "few"), ("ar", 11, "many"), ("ar", 100, "other"), ("ja", 1, "other"), ("cs", 4, "few"),
        ("de-AT", 1, "one"),
    ])
    func knowsPlurals(code: String, number: Int, category: String) {
        #expect(Plurals(language: code).category(of: number) == category)
    }

    @Test("a mark tells two meanings of one word apart and is never shown")
    func knowsMarks() {
        #expect(plain("[short month] May") == "May")
        Language.$current.withValue(Self.german) {
            #expect(plain("[short month] May") == "Mai.")
            #expect(plain("May") == "May")
        }
    }

    @Test("per cent signs stay per cent signs")
    func keepsPerCent() {
        #expect(plain("91 % of all") == "91 % of all")
        #expect(plain("50%\(7) 8%") == "50%7 8%")
        #expect(plain("%9 has no value") == "%9 has no value")
    }

    @Test("the pseudo language disguises words, keeps values and shows its edges")
    func disguises() {
        Language.$current.withValue(.pseudo) {
            #expect(plain("Pick a time with \("Ada")") == "⟦Þïçķ å ţïɱé ŵïţĥ Ada⟧")
        }
        #expect(Language.pseudo.direction == .rightToLeft)
    }
}

@Suite struct CatalogueTests {
    @Test("a file is notes, sentences and translations")
    func reads() throws {
        let catalogue = try Catalogue(reading: ["# note\nPick a time\n= Zeit wählen\n\n%1 left\n= noch %1\n", "A\n= B"])
        #expect(catalogue["Pick a time"] == "Zeit wählen")
        #expect(catalogue["%1 left"] == "noch %1")
        #expect(catalogue["A"] == "B")
        #expect(catalogue.keys.count == 3)
    }

    @Test("mistakes have their line", arguments: [
        ("A\nB\n= b", 1), ("= b", 1), ("A\n= a\nA\n= a", 4), ("%1 left\n= noch %2", 2), ("A\n= a\nB", 3),
    ])
    func findsMistakes(file: String, line: Int) {
        #expect(throws: Catalogue.Mistake.self) { try Catalogue(reading: [file]) }
        do { _ = try Catalogue(reading: [file]) } catch { #expect(error.line == line) }
    }
}

@Suite struct LanguageTests {
    static let available = [Language.english, Language(code: "de", name: "Deutsch"),
                            Language(code: "pt-BR", name: "Português"), .pseudo]

    @Test("the reader's best language is chosen", arguments: [
        (nil, nil, "en"), ("de", nil, "de"), ("de-AT,en;q=0.9", nil, "de"), ("en;q=0.3, de;q=0.7", nil, "de"),
        ("fr, *;q=0.5", nil, "en"), ("pt", nil, "pt-BR"), ("de;q=0, en", nil, "en"), ("de", "en-XB", "en-XB"),
        ("en-GB", "nonsense", "en"), ("en-XB", nil, "en-XB"), (";;q=,,", nil, "en"), ("de;q=2", nil, "en"),
    ] as [(String?, String?, String)])
    func negotiates(header: String?, asked: String?, code: String) {
        #expect(Language.negotiate(acceptLanguage: header, asked: [asked], among: Self.available).code == code)
    }
}
