/// What a booking is found by: case, accents, width and scripts without blanks.
import Scheduling
import Testing

@testable import Features

struct SearchWordsTests {
    @Test("what is typed without accents, in any case or width, is the same word", arguments: [
        ("Yūko", "yuko"), ("YUKO", "yuko"), ("ｙｕｋｏ", "yuko"), ("Müller", "muller"), ("MÜLLER", "muller"),
        ("İstanbul", "istanbul"), ("ISTANBUL", "istanbul"), ("ıstanbul", "istanbul"), ("Łódź", "lodz"),
        ("Straße", "strasse"), ("STRASSE", "strasse"), ("Ærø", "aero"), ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"), ("Nguyễn", "nguyen"), ("e\u{301}t\u{e9}", "ete"), ("ﬁn", "fin"), ("أحمد", "احمد"),
    ])
    func folds(text: String, word: String) {
        #expect(SearchWords.folded(text) == word)
    }

    @Test("words end at blanks and signs, and a run of Chinese or Japanese is found by each of its ends")
    func words() {
        #expect(SearchWords.words("Dr. O'Brien-Müller, jr.") == ["dr", "o", "brien", "muller", "jr"])
        #expect(SearchWords.words("長谷川 優子") == ["長谷川", "谷川", "川", "優子", "子"])
        #expect(SearchWords.words("y.hasegawa@kpuh.example") == ["y", "hasegawa", "kpuh", "example"])
        #expect(SearchWords.words(" \u{200b}…—🦊") == [])
        #expect(SearchWords.words(String(repeating: "x", count: 500)) == [String(repeating: "x", count: 64)])
    }

    @Test("a search is a few terms, none twice, whatever is typed")
    func terms() {
        #expect(SearchWords.terms("  Yūko  yuko KPUH ") == ["yuko", "kpuh"])
        #expect(SearchWords.terms("a b c d e f g h").count == SearchWords.mostTerms)
        #expect(SearchWords.terms("%_'; DROP TABLE booking; --") == ["drop", "table", "booking"])
        #expect(SearchWords.terms("\u{0}\u{10ffff}") == [])
    }

    @Test("a booking is found by its people, its link and how its answers begin, and by no more than 80 words")
    func booking() {
        var booking = Booking.example
        booking.guests = ["guest@else.example"]
        booking.answers[0].value = "Wards " + (0..<500).map { "w\($0)" }.joined(separator: " ")
        let words = booking.searchWords(title: "Energy audit")
        #expect(words.isSuperset(of: [
            "優子", "yuko", "hasegawa", "=at:y.hasegawa@kpuh.example", "kpuh", "=at:guest@else.example", "guest", "else",
            "energy", "wards", "w0", "=source:page",
        ]))
        #expect(words.count <= SearchWords.mostWords && !words.contains("w499"))
    }
}
