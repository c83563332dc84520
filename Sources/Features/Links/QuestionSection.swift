/// The questions of a link as rows of its editor: what is asked, how it is answered, and after which answers.
import Web

struct QuestionSection {
    let filled: Filled
    var hint: HTML
    /// Whether files can be asked for.
    let takesFiles: Bool

    init(
        _ filled: Filled, hint: HTML = say("Asked when somebody books. Leave a row empty to drop it."),
        takesFiles: Bool = true
    ) {
        (self.filled, self.hint, self.takesFiles) = (filled, hint, takesFiles)
    }

    /// The questions there are, and two empty rows for more.
    var html: HTML {
        let rows = min(filled.rows("questions", "label") + 2, LinkReading.mostQuestions)
        return """
            <p class="hint">\(hint)</p>\
            \(each: 0..<rows, row)
            """
    }

    private func row(_ index: Int) -> HTML {
        let (name, number) = ("questions.\(index)", index + 1)
        let kinds = Question.Kind.allCases.filter { takesFiles || $0 != .file }.map { ($0.rawValue, $0.words) }
        return """
            <div class="stack near asks"><div class="two">\(Components.hidden("\(name).id", filled["\(name).id"]))\
            \(Components.field("\(name).label", plain("Question \(number)"), in: filled, optional: plain("optional")))\
            \(Components.select("\(name).kind", plain("Answer to question \(number)"), kinds, in: filled))\
            \(Components.checkbox("\(name).required", plain("Question \(number) must be answered"), in: filled))\
            </div><div class="for-options">\
            \(Components.textarea("\(name).options", plain("Answers to choose from, question \(number)"), in: filled,
                                  hint: say("One to a line.")))</div>\(more(index))</div>
            """
    }

    private func more(_ index: Int) -> HTML {
        let (name, number) = ("questions.\(index)", index + 1)
        let fields = ["hint", "onlyIf.question", "onlyIf.anyOf"].map { "\(name).\($0)" }
        let isOpen = fields.contains { !filled[$0].isEmpty || filled.error($0) != nil }
        let earlier = [("", plain("In any case"))] + (0..<index).map { place in
            let label = filled["questions.\(place).label"]
            return (String(place + 1), label.isEmpty ? plain("Question \(place + 1)") : "\(place + 1): \(label)")
        }
        let condition: HTML = index == 0 ? .empty : """
            <div class="two">\
            \(Components.select(fields[1], plain("Ask question \(number) after an answer to"), earlier, in: filled))\
            \(Components.textarea(fields[2], plain("Only if it was"), in: filled,
                                  hint: say("One answer to a line; empty for any answer."), optional: ""))</div>
            """
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.sliders))\
            \(index == 0 ? say("Hint") : say("Hint and condition"))</summary>\
            \(Components.field(fields[0], plain("Words below question \(number)"), in: filled, optional: ""))\
            \(condition)</details>
            """
    }

    static func values(_ question: Question, at index: Int) -> [String: String] {
        let (name, asked) = ("questions.\(index)", question.asked)
        var values = [
            "\(name).id": question.id.text, "\(name).label": asked.label, "\(name).kind": asked.kind.rawValue,
            "\(name).hint": asked.hint, "\(name).options": Lines.text(asked.options),
        ]
        if asked.required { values["\(name).required"] = "on" }
        if let condition = asked.onlyIf {
            values["\(name).onlyIf.question"] = String(condition.question + 1)
            values["\(name).onlyIf.anyOf"] = Lines.text(condition.anyOf)
        }
        return values
    }
}
