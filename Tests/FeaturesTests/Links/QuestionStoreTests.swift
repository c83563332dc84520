/// The questions of a link (`QuestionStore`): read from a form and a body, stored, told, and asked again as they were.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct QuestionStoreTests {
    private static let all: JSON = [
        ["kind": "radio", "label": "Been here before?", "required": true, "options": ["Yes", "No"]],
        [
            "kind": "multi_select", "label": "Which wards?", "options": ["One, east", "Two", "Three"],
            "hint": "As many as you like.", "onlyIf": ["question": 1, "anyOf": ["Yes"]],
        ],
        ["kind": "date", "label": "Last visit", "onlyIf": ["question": 2, "anyOf": []]],
        ["kind": "checkbox", "label": "I have read it", "required": true],
    ]

    @Test("what is saved is told again in the same words, and can be sent back as it came", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let program = try Visitor(stage, who: "ada")
            let path = "/api/v1/links/\(stage.link.id)"
            let saved = await program.call("PATCH", path, ["questions": Self.all])
            #expect(saved.status == 200, "\(saved.text)")
            let told = await program.call("GET", path).json["questions"]
            for (index, sent) in (Self.all.array ?? []).enumerated() {
                for (name, value) in sent.members ?? [] { #expect(told?[index]?[name] == value, "\(index) \(name)") }
                #expect(told?[index]?["id"]?.string?.hasPrefix("qst_") == true)
            }
            #expect(told?[3]?["onlyIf"] == nil && told?[3]?["options"] == nil && told?[3]?["hint"] == "")
            let again = await program.call("PATCH", path, ["questions": told ?? .null])
            #expect(again.status == 200 && again.json["questions"] == told, "ids and all: \(again.text)")
            let open = await program.asked(by: nil).call("GET", "/api/v1/public/links/intro").json["questions"]
            #expect(open == told)
            let copied = await program.call("GET", "/book/intro.md").text
            #expect(copied.contains("one of [\"Yes\",\"No\"]") && copied.contains("only after question 1"))
        }
    }

    @Test("what cannot be asked is refused beside its field", arguments: [
        (["kind": "select", "label": "x"], "questions.1.options missing"),
        (["kind": "select", "label": "x", "options": ["a", "a"]], "questions.1.options invalid"),
        (["kind": "radio", "label": "x", "options": ["a\nb"]], "questions.1.options invalid"),
        (["kind": "radio", "label": "x", "options": "a"], "questions.1.options invalid"),
        (["kind": "select", "label": "x", "options": .array((0...50).map { JSON($0.description) })],
         "questions.1.options too_many"),
        (["kind": "select", "label": "x", "options": [.string(String(repeating: "x", count: 121))]],
         "questions.1.options too_long"),
        // Fifty long ones, ticked all, would be no answer the database has room for.
        (["kind": "multi_select", "label": "x", "options": .array((0..<50).map { number in
            .string(String(repeating: "x", count: 110) + String(number))
        })], "questions.1.options too_long"),
        (["kind": "select", "label": "x", "options": [.string(String(repeating: "e\u{301}", count: 61))]],
         "questions.1.options too_long"),
        (["kind": "select", "label": "x", "options": ["a\u{202e}b"]], "questions.1.options invalid"),
        (["kind": "text", "label": "x", "hint": .string(String(repeating: "x", count: 301))],
         "questions.1.hint too_long"),
        (["kind": "text", "label": "x", "hint": "a\nb"], "questions.1.hint invalid"),
        (["label": "x", "onlyIf": ["question": 0]], "questions.1.onlyIf.question out_of_range"),
        (["label": "x", "onlyIf": ["question": 21]], "questions.1.onlyIf.question out_of_range"),
        (["label": "x", "onlyIf": ["question": 2]], "questions.1.onlyIf.question invalid"),
        (["label": "x", "onlyIf": ["question": 9]], "questions.1.onlyIf.question invalid"),
        (["label": "x", "onlyIf": ["question": 1, "anyOf": ["Perhaps"]]], "questions.1.onlyIf.anyOf invalid"),
        (["label": "x", "onlyIf": ["question": 1, "none": true]], "questions.1.onlyIf.none unknown"),
        (["label": "x", "onlyIf": "1"], "questions.1.onlyIf invalid"),
        (["label": "x", "kind": "file_of_sorts"], "questions.1.kind invalid"),
    ] as [(JSON, String)])
    func refused(second: JSON, mistake: String) {
        let first: JSON = ["kind": "radio", "label": "First?", "options": ["Yes", "No"]]
        let told = Self.errors(["questions": [first, second]])
        #expect(told.contains(mistake), "\(told)")
        #expect(Self.errors(["questions": [first, ["label": "x", "onlyIf": ["question": 1, "anyOf": ["No"]]]]]).isEmpty)
    }

    @Test("a row left empty is no question, and conditions follow the rows they name")
    func rows() {
        let form = FormData([
            ("questions.0.label", ""), ("questions.0.kind", "text"),
            ("questions.1.label", "Been here?"), ("questions.1.kind", "radio"),
            ("questions.1.options", "Yes\r\n\r\nNo "),
            ("questions.2.label", "When?"), ("questions.2.kind", "date"), ("questions.2.onlyIf.question", "2"),
            ("questions.2.onlyIf.anyOf", "Yes\n"), ("questions.3.label", ""), ("questions.3.options", "left over"),
            ("questions.4.label", "More?"), ("questions.4.onlyIf.question", "1"),
        ])
        var fields = Fields(form: form)
        let questions = LinkReading.questions(&fields) ?? []
        #expect(questions.map(\.label) == ["Been here?", "When?", "More?"])
        #expect(questions[0].options == ["Yes", "No"])
        #expect(questions[1].onlyIf == .init(question: 0, anyOf: ["Yes"]))
        #expect(fields.errors.map { "\($0.field) \($0.code)" } == ["questions.4.onlyIf.question invalid"])
    }

    @Test("the editor shows what is stored")
    func editor() {
        var asked = QuestionWish(kind: .multiSelect, label: "Which?", required: true)
        (asked.options, asked.hint) = (["One, east", "Two"], "Choose")
        asked.onlyIf = .init(question: 0, anyOf: ["Yes"])
        let id = ID<Question>(milliseconds: 3, random: [UInt8](repeating: 0, count: 10))
        var fields = Fields(form: FormData(
            [("questions.0.label", "First"), ("questions.0.kind", "text")]
                + QuestionSection.values(asked.question(id), at: 1).map { ($0.key, $0.value) }))
        var again = LinkReading.questions(&fields)?.last
        #expect(again?.id == id)
        again?.id = nil
        #expect(again == asked && fields.errors.isEmpty)
    }

    private static func errors(_ json: JSON) -> [String] {
        var fields = Fields(json: .object([("title", "Intro")] + (json.members ?? [])))
        _ = try? LinkReading.read(&fields, over: nil, entropy: .seeded(1))
        try? fields.finish()
        return fields.errors.map { "\($0.field) \($0.code)" }
    }
}
