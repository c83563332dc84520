/// Questions as the fields of a form, each by its kind; one that hangs on an earlier answer says so.
import Capabilities
import Scheduling
import Web

struct QuestionFields {
    let questions: [Question]
    let filled: Filled
    /// Whether files can be sent along.
    let takesFiles: Bool

    init(_ questions: [Question], _ filled: Filled, takesFiles: Bool = false) {
        (self.questions, self.filled, self.takesFiles) = (questions, filled, takesFiles)
    }

    var html: HTML { HTML(questions.filter { takesFiles || $0.kind != .file }.map(asked)) }

    /// `asks.js` shows it once it is asked; without script it stands there with the words when it is.
    private func asked(_ question: Question) -> HTML {
        guard let condition = question.asked.onlyIf, questions.indices.contains(condition.question) else {
            return field(question)
        }
        let earlier = questions[condition.question]
        let answers = earlier.kind == .checkbox ? [] : condition.anyOf
        let label: HTML = "<bdi>\(earlier.label)</bdi>"
        let words = answers.dropFirst().reduce(answers.first ?? "") { plain("[either answer] \($0) or \($1)") }
        let when: HTML = answers.isEmpty ? say("Only if you answered “\(label)”:")
            : say("Only if the answer to “\(label)” is \("<bdi>\(words)</bdi>" as HTML):")
        return """
            <fieldset class="stack near" data-asked-after="\(Self.name(earlier))" \
            data-answers="\(Lines.text(answers))"><legend class="hint">\(when)</legend>\(field(question))</fieldset>
            """
    }

    static func name(_ question: Question) -> String { "answers.\(question.id)" }

    /// What stands there for the token of a file that was sent.
    static func fileName(_ question: Question) -> String { "answers.\(question.id).name" }

    /// One that was sent before stays until another is chosen.
    private func file(_ question: Question, hint: HTML, optional: String?) -> HTML {
        let (token, sent) = (filled[Self.name(question)], filled[Self.fileName(question)])
        let label = optional.map { "\(question.label) (\($0))" } ?? question.label
        let isThere = FileName(token) != nil
            && !sent.isEmpty && filled.error(Self.name(question)) != FileObjection.gone.message
        let words: HTML = isThere
            ? say("“\("<bdi>\(sent)</bdi>" as HTML)” is here. Choose another file to put it in its place.")
            : hint.isEmpty ? say("At most 25 MB: PDF, pictures, office documents or text.") : hint
        let kept: HTML = isThere
            ? Components.hidden(Self.name(question), token) + Components.hidden(Self.fileName(question), sent) : .empty
        let field = Components.file(
            Self.name(question), label, accept: FileKind.accepted, in: filled, hint: words,
            most: (AnswerFile.mostBytes, FileObjection.tooLong.message))
        return isThere ? "<div class=\"stack near\">\(kept)\(field)\(removal(question))</div>" : field
    }

    private func removal(_ question: Question) -> HTML {
        """
        <p class="line"><button class="button quiet" name="\(FormFiles.removal)" value="\(Self.name(question))" \
        aria-describedby="f-\(Self.name(question))-hint">\(say("Remove"))</button></p>
        """
    }

    private func field(_ question: Question) -> HTML {
        let (name, label) = (Self.name(question), question.label)
        let optional = question.required ? nil : plain("optional")
        let hint: HTML = question.asked.hint.isEmpty ? .empty : "<bdi>\(question.asked.hint)</bdi>"
        func line(_ typing: Components.Typing, autocomplete: String? = nil) -> HTML {
            Components.field(name, label, in: filled, typing: typing, hint: hint, optional: optional,
                             autocomplete: autocomplete)
        }
        return switch question.kind {
        case .text: line(.text)
        case .textarea: Components.textarea(name, label, in: filled, hint: hint, optional: optional)
        case .phone: line(.tel, autocomplete: "tel")
        case .email: line(.email)
        case .date: line(.date)
        case .number: line(.decimal)
        case .select:
            Components.select(name, label, [("", plain("Choose"))] + question.asked.options.map { ($0, $0) },
                              in: filled, hint: hint, optional: optional)
        case .checkbox:
            Components.checkbox(name, label, in: filled,
                                note: question.asked.hint.isEmpty ? nil : question.asked.hint)
        case .file: file(question, hint: hint, optional: optional)
        case .radio, .multiSelect: several(question, hint: hint, optional: optional)
        }
    }

    /// All answers to be seen, each with its own box; the field's id is that of the group.
    private func several(_ question: Question, hint: HTML, optional: String?) -> HTML {
        let name = Self.name(question)
        let isRadio = question.kind == .radio
        let choices = question.asked.options.enumerated().map { place, option -> HTML in
            let (field, value) = isRadio ? (name, option) : ("\(name).\(option)", "on")
            let isChosen = isRadio ? filled[name] == option : filled.isOn(field)
            return """
                <label class="choice"><input type="\(isRadio ? "radio" : "checkbox")" \
                id="f-\(name)-\(place)" name="\(field)" value="\(value)"\(if: isChosen, then: " checked")> \
                <span><bdi>\(option)</bdi></span></label>
                """
        }
        let mistake = filled.error(name)
        let described = (hint.isEmpty ? [] : ["f-\(name)-hint"]) + (mistake == nil ? [] : ["f-\(name)-error"])
        let describes: HTML = described.isEmpty ? .empty
            : " aria-describedby=\"\(described.joined(separator: " "))\""
        return """
            <fieldset class="field" id="f-\(name)" tabindex="-1"\(describes)><legend>\(question.label)\
            \(optional.map { " <span class=\"third\">\($0)</span>" })</legend>\
            \(if: !hint.isEmpty, then: "<span class=\"hint\" id=\"f-\(name)-hint\">\(hint)</span>")\
            \(HTML(choices))\(mistake.map { message in
                "<p class=\"field-error\" id=\"f-\(name)-error\">\(Components.icon(.warning))\(message)</p>"
            })</fieldset>
            """
    }
}
