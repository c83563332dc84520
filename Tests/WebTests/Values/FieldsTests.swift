/// Tests of reading forms and bodies field by field.

import Scheduling
import Testing
import Web

@Suite struct FieldsTests {
    enum Kind: String, CaseIterable { case one, many }

    private func mistakes(in read: Fields) -> [FieldError] {
        var fields = read
        do {
            try fields.finish()
            return []
        } catch { return error.fields }
    }

    @Test("a form that is right gives its values")
    func readsForm() throws {
        var fields = Fields(form: FormData([
            ("title", "  Intro "), ("minutes", "30"), ("kind", "many"), ("on", "on"),
            ("start", "2026-12-03T10:30:00+01:00"), ("day", "2026-12-03"), ("guests", "a@b.org"), ("guests", ""),
            ("note", "a\r\nb"),
        ]))
        let title = fields.text("title", 1...10)
        let minutes = fields.integer("minutes", 5...60)
        let kind = fields.choice("kind", otherwise: Kind.one)
        let flags = [fields.flag("on"), fields.flag("off")]
        let start = fields.instant("start")
        let day = fields.date("day")
        let guests = fields.texts("guests")
        let note = fields.optionalText("note", atMost: 10, lines: true)
        let nothing = fields.optionalText("nothing", atMost: 10)
        try fields.finish()
        #expect(title == "Intro" && minutes == 30 && kind == .many && flags == [true, false])
        #expect(start?.rfc3339() == "2026-12-03T09:30:00Z")
        #expect(day?.description == "2026-12-03")
        #expect(guests == ["a@b.org"])
        #expect(note == "a\nb" && nothing == nil)
    }

    @Test("every mistake is found, and what was typed stays")
    func collectsMistakes() {
        var fields = Fields(form: FormData([("title", "far too long"), ("minutes", "x"), ("kind", "none")]))
        _ = fields.text("title", 1...5, label: "Title")
        _ = fields.integer("minutes", 5...60)
        _ = fields.choice("kind", otherwise: Kind.one)
        _ = fields.date("day")
        #expect(mistakes(in: fields).map(\.field) == ["title", "minutes", "kind", "day"])
        #expect(mistakes(in: fields).map(\.code) == ["too_long", "invalid", "invalid", "missing"])
        #expect(fields.filled["title"] == "far too long")
        #expect(fields.filled.error("title") == "Title has 12 characters; there is room for 5.")
    }

    @Test("a text is as long as the databases count it, whatever a reader sees of it")
    func countsCodePoints() {
        let marks = "e" + String(repeating: "\u{301}", count: 5)
        var fields = Fields(form: FormData([("fits", "e\u{301}e\u{301}"), ("marks", marks)]))
        #expect(fields.text("fits", 1...4) == "e\u{301}e\u{301}")
        _ = fields.text("marks", 1...5)
        #expect(mistakes(in: fields).map(\.code) == ["too_long"])
    }

    @Test("numbers outside of their range are refused", arguments: ["4", "61", "", "1e1", "99999999999999999999", "٣"])
    func boundsNumbers(text: String) {
        var fields = Fields(form: FormData([("n", text)]))
        let number = fields.integer("n", 5...60)
        #expect(number == 5)
        #expect(mistakes(in: fields).count == 1)
    }

    @Test("line breaks and hidden signs are refused in one-line texts",
        arguments: ["a\nb", "a\u{0}b", "a\u{202e}b", "a\u{2028}b", "a\u{7f}b"])
    func refusesControls(typed: String) {
        var fields = Fields(form: FormData([("t", typed)]))
        let text = fields.text("t", 1...10)
        #expect(text == "")
        #expect(mistakes(in: fields).map(\.code) == ["invalid"])
    }

    @Test("a name of one character per combining mark has a limit in bytes too")
    func boundsBytes() {
        var fields = Fields(form: FormData([("t", "a" + String(repeating: "\u{301}", count: 1000))]))
        _ = fields.text("t", 1...10)
        #expect(mistakes(in: fields).map(\.code) == ["too_long"])
    }

    @Test("nested members are read by dotted names, unknown ones are refused")
    func readsJSON() throws {
        let json: JSON = ["attendee": ["email": "ada@example.org", "nick": "x"], "start": "2026-12-03T10:30:00Z",
            "extra": 1,
                          "answers": ["a": ["deep": 1]]]
        var fields = Fields(json: json)
        let email = fields.text("attendee.email", 1...254)
        #expect(email == "ada@example.org")
        let start = fields.instant("start")
        #expect(start != nil)
        let answers = fields.json("answers")
        #expect(answers == ["a": ["deep": 1]])
        #expect(mistakes(in: fields).map(\.field).sorted() == ["attendee.nick", "extra"])
    }

    @Test("a value of another type is refused")
    func checksTypes() {
        var fields = Fields(json: ["t": 1, "n": "1x", "f": "true", "o": [], "d": 2, "l": "x", "half": .double(1.5)])
        _ = fields.text("t", 1...5)
        _ = fields.integer("n", 1...5)
        _ = fields.text("o", 0...5)
        _ = fields.date("d")
        _ = fields.texts("l")
        _ = fields.integer("half", 1...5)
        _ = fields.flag("f")
        #expect(mistakes(in: fields).map(\.field) == ["t", "n", "o", "d", "l", "half", "f"])
    }

    @Test("a body that is no object is refused")
    func wantsObject() {
        let fields = Fields(json: [1])
        #expect(mistakes(in: fields).map(\.code) == ["invalid"])
    }

    @Test("lists of objects have mistakes under their full names, in JSON and in forms")
    func readsLists() {
        var json = Fields(json: ["questions": [["label": "One"], ["label": "", "odd": 1]]])
        _ = json.list("questions", atMost: 3) { $0.text("label", 1...10) }
        #expect(mistakes(in: json).map(\.field) == ["questions.1.label", "questions.1.odd"])

        var form = Fields(form: FormData([("questions.0.label", "One"), ("questions.7.label", " ")]))
        let labels = form.list("questions", atMost: 3) { $0.text("label", 1...10) }
        #expect(labels == ["One", ""])
        #expect(mistakes(in: form).map(\.field) == ["questions.7.label"])

        var long = Fields(json: ["questions": [[], [], [], []]])
        let none = long.list("questions", atMost: 3) { $0.text("label", 1...10) }
        #expect(none.isEmpty)
        #expect(mistakes(in: long).map(\.code) == ["too_many"])
    }
}
