/// Lines of calendar files: folding, escapes and what attackers put into names.
import Testing

import ICalendar

struct ContentLineTests {
    @Test("sixty é fold into lines of 74 and 59 octets")
    func foldingVector() {
        let folded = ContentLine("DESCRIPTION", text: String(repeating: "é", count: 60)).folded

        let lines = folded.utf8.split(separator: 0x0A).map { Array($0.dropLast()) }
        #expect(lines.map(\.count) == [74, 59])
        #expect(lines[1].first == 0x20)
        #expect(ContentLine.lines(of: folded).first?.text == String(repeating: "é", count: 60))
    }

    @Test("a line of exactly 75 octets is not folded, one of 76 is")
    func foldingBorder() {
        #expect(ContentLine("SUMMARY", text: String(repeating: "a", count: 67)).folded.utf8.count == 77)
        #expect(ContentLine("SUMMARY", text: String(repeating: "a", count: 68)).folded.utf8.count == 81)
    }

    @Test("folding splits neither a scalar nor a letter from its marks, at any length", arguments: 0..<90)
    func foldingKeepsCharacters(length: Int) {
        let text = String(repeating: "x", count: length) + "👩🏽‍🚀e\u{301}ü漢字" + String(repeating: "é", count: length)
        let folded = ContentLine("SUMMARY", text: text).folded

        for line in folded.split(separator: "\r\n") {
            #expect(line.utf8.count <= 75)
            #expect(!line.dropFirst().unicodeScalars.prefix(1).contains("\u{301}"))
        }
        #expect(folded.contains("👩🏽‍🚀") && ContentLine.lines(of: folded).first?.text == text)
    }

    @Test("a letter under two hundred marks still fits the line length")
    func zalgo() {
        let text = "e" + String(repeating: "\u{301}", count: 200)
        let folded = ContentLine("SUMMARY", text: text).folded

        #expect(folded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
        #expect(ContentLine.lines(of: folded).first?.text == text)
    }

    @Test("text is escaped and read back", arguments: [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"), ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
        ("comma,\u{301} mark", "comma\\,\u{301} mark"), ("nul\u{0}bell\u{7}", "nulbell"),
        ("sep\u{2028}next\u{85}last", "sep\\nnext\\nlast"), ("\\n", "\\\\n"), ("tab\tstays", "tab\tstays"),
    ])
    func escapes(text: String, expected: String) {
        #expect(ContentLine("SUMMARY", text: text).value == expected)
    }

    @Test("escaping is undone", arguments: ["a;b,c\\d", "one\ntwo", "\\n", "", "\\", "C:\\new,\\\\;", "^n ^' ^^"])
    func roundTrip(text: String) {
        let line = ContentLine("DESCRIPTION", [.init("ALTREP", text)], text: text)
        let read = ContentLine.lines(of: line.folded).first

        #expect(read?.text == text)
        #expect(read?[parameter: "ALTREP"] == text)
    }

    @Test("parameters are quoted where the grammar wants it, quotes and line breaks by RFC 6868")
    func parameters() {
        let value = { (name: String) in ContentLine("ATTENDEE", [.init("CN", name)], raw: "mailto:a@b.example").folded }

        #expect(value("Sam") == "ATTENDEE;CN=Sam:mailto:a@b.example\r\n")
        #expect(value("Sam Lee") == "ATTENDEE;CN=\"Sam Lee\":mailto:a@b.example\r\n")
        #expect(value("Sam \"the\" ^Lee") == "ATTENDEE;CN=\"Sam ^'the^' ^^Lee\":mailto:a@b.example\r\n")
        #expect(value("A:B;C,D") == "ATTENDEE;CN=\"A:B;C,D\":mailto:a@b.example\r\n")
        #expect(value("A\r\nATTENDEE:mailto:x@y").hasPrefix("ATTENDEE;CN=\"A^n"))
    }

    @Test("a raw value cannot begin a second line")
    func rawStaysOneLine() {
        let line = ContentLine("URL", raw: "https://a.example/\r\nATTENDEE:mailto:x@y.example\u{2028}z")
        #expect(line.folded == "URL:https://a.example/ATTENDEE:mailto:x@y.examplez\r\n")
    }

    @Test("lines of other programs are read: bare LF, tabs, empty lines, lower case, quoted lists, junk")
    func reading() {
        let text = "\r\nbegin:VEVENT\nSUM\n\tMARY;LANGUAGE=en:Hi\\, you\r\n\r\nnonsense\r\n"
            + "ATTENDEE;MEMBER=\"mailto:a@b\",\"mailto:c@d\";CN=Sam:mailto:s@e\r\nBROKEN;X:1\r\nEND:VEVENT"
        let lines = ContentLine.lines(of: text)

        #expect(lines.map(\.name) == ["BEGIN", "SUMMARY", "ATTENDEE", "END"])
        #expect(lines[1].text == "Hi, you")
        #expect(lines[2].parameters.first?.values == ["mailto:a@b", "mailto:c@d"])
        #expect(lines[2][parameter: "CN"] == "Sam")
        #expect(lines[2].value == "mailto:s@e")
    }
}
