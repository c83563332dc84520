/// Answers by the kinds of their questions: what is taken, what is refused beside its field, and what is not asked.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct AnswerReadingTests {
    private static func question(
        _ kind: Question.Kind, _ number: Int = 1, required: Bool = true, onlyIf: Question.Condition? = nil
    ) -> Question {
        var wish = QuestionWish(kind: kind, label: "Number \(number)", required: required)
        if kind.hasOptions { wish.options = ["One, east", "Two", "three"] }
        wish.onlyIf = onlyIf
        return wish.question(ID(milliseconds: Int64(number), random: [UInt8](repeating: 0, count: 10)))
    }

    private func read(_ json: JSON, _ questions: [Question]) -> (answers: [Answered], errors: [String]) {
        var fields = Fields(json: ["answers": json])
        var reading = AnswerReading(questions)
        reading.takesFiles = true
        let answers = reading.read(&fields)
        try? fields.finish()
        return (answers, fields.errors.map { "\($0.field.prefix(7)) \($0.code)" })
    }

    private func read(_ form: [(String, String)], _ questions: [Question]) -> (answers: [Answered], errors: [String]) {
        var fields = Fields(form: FormData(form))
        var reading = AnswerReading(questions)
        reading.takesFiles = true
        let answers = reading.read(&fields)
        return (answers, fields.errors.map { "\($0.field.prefix(7)) \($0.code)" })
    }

    @Test("what a program may answer, and how it is stored and told", arguments: [
        (.text, "A talk", "A talk", nil), (.textarea, "a\nb", "a\nb", nil), (.select, "Two", "Two", nil),
        (.radio, "One, east", "One, east", nil),
        (.multiSelect, ["three", "One, east"], "One, east\nthree", ["One, east", "three"]),
        (.checkbox, true, "yes", nil), (.phone, "+351 912-345 678", "+351912345678", "+351912345678"),
        (.email, "Ada@Example.com", "Ada@example.com", "Ada@example.com"), (.number, 12, "12", "12"),
        (.number, .double(-12.5), "-12.5", "-12.5"), (.number, "3,25", "3.25", "3.25"),
        (.date, "2027-02-28", "2027-02-28", nil),
    ] as [(Question.Kind, JSON, String, JSON?)])
    func taken(kind: Question.Kind, sent: JSON, stored: String, told: JSON?) {
        let question = Self.question(kind)
        let (answers, errors) = read(.object([(question.id.text, sent)]), [question])
        #expect(errors.isEmpty && answers.map(\.value) == [stored], "\(errors)")
        #expect(answers.first?.json == told ?? sent && answers.first?.kind == kind)
        // As it comes back from a form that was filled with it.
        let again = read(answers.flatMap(\.formValues), [question])
        #expect(again.answers == answers && again.errors.isEmpty)
    }

    @Test("what is refused, by kind", arguments: [
        (.text, 5, "invalid"), (.text, "", "missing"), (.text, "a\nb", "invalid"), (.select, "Four", "invalid"),
        (.select, "", "missing"), (.select, ["Two"], "invalid"), (.radio, "two", "invalid"),
        (.multiSelect, "Two", "invalid"), (.multiSelect, [], "missing"), (.multiSelect, ["Two", "Four"], "invalid"),
        (.multiSelect, [5], "invalid"), (.checkbox, false, "missing"), (.checkbox, "perhaps", "invalid"),
        (.phone, "call me", "invalid"), (.phone, "12345", "invalid"), (.phone, "", "missing"),
        (.email, "ada", "invalid"), (.email, "", "missing"), (.number, "twelve", "invalid"), (.number, "", "missing"),
        (.number, "1.2.3", "invalid"), (.number, "--1", "invalid"), (.number, "1e5", "invalid"),
        (.number, ".", "invalid"),
        (.number, "1-", "invalid"), (.number, .double(1e20), "invalid"), (.number, "1234567890123456", "invalid"),
        (.number, "1.1234567", "invalid"), (.number, true, "invalid"), (.date, "2027-02-31", "invalid"),
        (.date, "31.12.2027", "invalid"), (.date, "", "missing"), (.date, 20270101, "invalid"),
    ] as [(Question.Kind, JSON, String)])
    func refused(kind: Question.Kind, sent: JSON, code: String) {
        let question = Self.question(kind)
        let (answers, errors) = read(.object([(question.id.text, sent)]), [question])
        #expect(answers.isEmpty || kind == .multiSelect)
        #expect(errors == ["answers \(code)"], "\(errors)")
    }

    @Test("what need not be answered may be left out", arguments: Question.Kind.allCases)
    func optional(kind: Question.Kind) {
        let question = Self.question(kind, required: false)
        #expect(read([:] as JSON, [question]).answers.isEmpty && read([:] as JSON, [question]).errors.isEmpty)
        #expect(read([] as [(String, String)], [question]).errors.isEmpty)
        #expect(read([:] as JSON, [Self.question(kind)]).errors == ["answers missing"])
        #expect(read([] as [(String, String)], [Self.question(kind)]).errors == ["answers missing"])
    }

    @Test("a question is asked after the answers it names, and only then must be answered")
    func conditions() {
        let first = Self.question(.radio, 1, required: false)
        let second = Self.question(.text, 2, onlyIf: .init(question: 0, anyOf: ["Two", "three"]))
        let third = Self.question(.text, 3, onlyIf: .init(question: 1))
        let all = [first, second, third]
        func names(_ pairs: [(Question, String)]) -> [(String, String)] { pairs.map { ("answers.\($0.0.id)", $0.1) } }
        #expect(read([:] as JSON, all).errors.isEmpty)
        #expect(read(names([(first, "Two")]), all).errors == ["answers missing"], "the second is asked now")
        #expect(read(names([(first, "Two"), (second, "x")]), all).errors == ["answers missing"], "and now the third")
        let full = read(names([(first, "Two"), (second, "x"), (third, "y")]), all)
        #expect(full.answers.map(\.value) == ["Two", "x", "y"])
        // Without script it stands there all the same; what is typed is not taken.
        let stray = read(names([(first, "One, east"), (second, "x"), (third, "y")]), all)
        #expect(stray.answers.map(\.value) == ["One, east"] && stray.errors.isEmpty)
        let program = read(.object([(first.id.text, .string("One, east")), (second.id.text, .string("x"))]), all)
        #expect(program.errors == ["answers not_asked"])
        let box = Self.question(.checkbox, 1, required: false)
        let after = Self.question(.text, 2, onlyIf: .init(question: 0))
        #expect(read(names([(box, "on")]), [box, after]).errors == ["answers missing"])
        #expect(read(names([(after, "x")]), [box, after]).answers.isEmpty)
        let typed = Self.question(.text, 1, required: false)
        let afterTyped = Self.question(.text, 2, onlyIf: .init(question: 0, anyOf: ["YES"]))
        // Whatever the case of its letters.
        #expect(read(names([(typed, "yes")]), [typed, afterTyped]).errors == ["answers missing"])
    }

    @Test("an answer in an address fills the form, several between commas", arguments: [
        (.text, "hello", ["": "hello"]), (.multiSelect, "Two,three", [".Two": "on", ".three": "on"]),
        (.multiSelect, "One, east", [".One, east": "on"]), (.multiSelect, "Four", [:]), (.checkbox, "yes", ["": "on"]),
        (.checkbox, "no", [:]),
    ] as [(Question.Kind, String, [String: String])])
    func prefilled(kind: Question.Kind, text: String, values: [String: String]) {
        let question = Self.question(kind)
        let told = Dictionary(uniqueKeysWithValues: question.formValues(prefilled: text).map {
            (String($0.0.dropFirst("answers.\(question.id)".count)), $0.1)
        })
        #expect(told == values)
    }

    @Test("people read answers in words")
    func words() {
        #expect(Question.Kind.checkbox.words(of: "yes") == "Yes")
        #expect(Question.Kind.date.words(of: "2026-12-03") == "Thursday 3 December 2026")
        #expect(Question.Kind.date.words(of: "never") == "never" && Question.Kind.text.words(of: "x") == "x")
    }

    @Test("a booking keeps what kind of answer it got, and tells it by kind", arguments: Engine.all)
    func booked(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let asked: JSON = [
                ["kind": "multi_select", "label": "Which?", "options": ["One, east", "Two"]],
                ["kind": "checkbox", "label": "Read it"],
            ]
            let link = await program.call("PATCH", "/api/v1/links/\(stage.link.id)", ["questions": asked]).json
            let ids = (0..<2).compactMap { link["questions"]?[$0]?["id"]?.string }
            let body: JSON = [
                "start": .string(stage.at(10).rfc3339()), "timezone": "Europe/Lisbon",
                "attendee": ["name": "Ben", "email": "ben@example.com"],
                "answers": .object([(ids[0], .array(["Two", "One, east"])), (ids[1], .bool(true))]),
            ]
            let made = await program.asked(by: nil).call("POST", "/api/v1/public/links/intro/bookings", body)
            #expect(made.status == 201, "\(made.text)")
            let wanted: JSON = .object([(ids[0], .array(["One, east", "Two"])), (ids[1], .bool(true))])
            #expect(made.json["answers"] == wanted)
            let token = made.json["token"]?.string ?? ""
            let read = await program.asked(by: nil).call("GET", "/api/v1/public/bookings/\(token)")
            #expect(read.json["answers"] == wanted)
            let page = await program.asked(by: nil).call("GET", "/booking/\(token)").text
            #expect(page.contains("One, east\nTwo") && page.contains("Yes"))
        }
    }
}
