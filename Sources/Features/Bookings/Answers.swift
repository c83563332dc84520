/// Answers to questions: as they are stored, read by people and programs, and put into a form again.
import Capabilities
import Scheduling
import Web

/// An answer with the question's words as they were when it was given.
package struct Answered: Hashable, Sendable {
    package var question: ID<Question>
    package var label: String
    /// As it is stored: several chosen answers one to a line, a date as `2026-12-31`, a ticked box as `yes`.
    package var value: String
    package var kind = Question.Kind.text

    package init(question: ID<Question>, label: String, value: String, kind: Question.Kind = .text) {
        (self.question, self.label, self.value, self.kind) = (question, label, value, kind)
    }

    /// For people, in the reader's language.
    package var words: String { kind.words(of: value) }

    package var json: JSON {
        switch kind {
        case .multiSelect: .array(Lines.list(value).map { .string($0) })
        case .checkbox: .bool(true)
        case .text, .textarea, .select, .radio, .phone, .email, .number, .date, .file: .string(value)
        }
    }

    /// As the fields of a form.
    package var formValues: [(String, String)] { kind.formValues(of: value, to: question) }
}

extension Question.Kind {
    static let yes = "yes"

    /// A stored answer as people read it.
    func words(of value: String) -> String { BookingMailFacts.Answer(label: "", value: value, form: form).words }

    /// How mails and pages say it.
    var form: BookingMailFacts.Answer.Form {
        switch self {
        case .checkbox: .yes
        case .date: .date
        case .text, .textarea, .select, .radio, .multiSelect, .phone, .email, .number, .file: .words
        }
    }

    func formValues(of value: String, to question: ID<Question>) -> [(String, String)] {
        let name = "answers.\(question)"
        return switch self {
        case .multiSelect: Lines.list(value).map { ("\(name).\($0)", "on") }
        case .checkbox: [(name, "on")]
        // The file is that booking's.
        case .file: []
        case .text, .textarea, .select, .radio, .phone, .email, .number, .date: [(name, value)]
        }
    }
}

extension Question {
    /// What stands in the form where an address brings an answer along; of several answers one to a line or between
    /// commas.
    func formValues(prefilled text: String) -> [(String, String)] {
        switch kind {
        case .multiSelect:
            let wanted = Set(text.split { $0 == "\n" || $0 == "," }.map(\.trimmed)).union([text])
            return kind.formValues(of: Lines.text(asked.options.filter(wanted.contains)), to: id)
        case .checkbox:
            return ["yes", "true", "on", "1"].contains(text.lowercased()) ? [("answers.\(id)", "on")] : []
        case .file: return []
        case .text, .textarea, .select, .radio, .phone, .email, .number, .date:
            return [("answers.\(id)", text)]
        }
    }
}

/// Reads the answers to a list of questions, from a form or a body: one set of rules and messages for both.
struct AnswerReading {
    let questions: [Question]
    /// Before the id of the question.
    var prefix = "answers."
    /// Whether files are asked for: not where nobody could send one.
    var takesFiles = false
    private var given: [Int: [String]] = [:]

    init(_ questions: [Question]) { self.questions = questions }

    mutating func read(_ fields: inout Fields) -> [Answered] {
        var answers: [Answered] = []
        for (place, question) in questions.enumerated() {
            let name = prefix + question.id.text
            if question.kind == .file, !takesFiles {
                if fields.has(name), !fields.isForm {
                    fields.fail(name, "not_asked", plain("“\(question.label)” is not asked here."))
                }
                continue
            }
            guard isAsked(question) else {
                // In a form it stands there for whoever has no script; a program knows what it sends.
                if fields.has(name), !fields.isForm {
                    fields.fail(name, "not_asked", plain("“\(question.label)” is asked only after another answer."))
                }
                continue
            }
            let value = Self.value(of: question, name, &fields)
            guard !value.isEmpty else { continue }
            given[place] = question.kind == .multiSelect ? Lines.list(value) : [value]
            answers.append(Answered(question: question.id, label: question.label, value: value, kind: question.kind))
        }
        return answers
    }

    private func isAsked(_ question: Question) -> Bool {
        guard let condition = question.asked.onlyIf else { return true }
        guard let answers = given[condition.question] else { return false }
        let wanted = Set(condition.anyOf.map { $0.lowercased() })
        // A ticked box is answered; it has no other answer.
        return wanted.isEmpty || questions[condition.question].kind == .checkbox
            || answers.contains { wanted.contains($0.lowercased()) }
    }

    private static func value(of question: Question, _ name: String, _ fields: inout Fields) -> String {
        let (label, least) = (question.quoted, question.required ? 1 : 0)
        switch question.kind {
        case .text, .textarea:
            return fields.text(name, least...Question.longestAnswer, label: label, lines: question.kind == .textarea)
        case .select, .radio: return chosen(question, name, &fields)
        case .multiSelect: return several(question, name, &fields)
        case .checkbox:
            let isTicked = fields.flag(name, label: label)
            if question.required, !isTicked, fields.error(name) == nil {
                fields.fail(name, "missing", plain("Tick the box \(label)."))
            }
            return isTicked ? Question.Kind.yes : ""
        case .phone: return fields.phone(name, isRequired: question.required, label: label) ?? ""
        case .email:
            let typed = fields.text(name, least...254, label: label)
            return typed.isEmpty ? "" : fields.email(name, label: label)
        case .number: return number(question, name, &fields)
        case .date: return date(question, name, &fields)
        case .file: return file(question, name, &fields)
        }
    }

    /// The token of a file that was sent before; whose it is, is looked up when it is booked.
    private static func file(_ question: Question, _ name: String, _ fields: inout Fields) -> String {
        let token = fields.optionalText(name, atMost: 300) ?? ""
        if token.isEmpty {
            if question.required { fields.fail(name, "missing", plain("\(question.quoted): choose a file.")) }
            return ""
        }
        guard FileName(token) != nil else {
            fields.fail(name, "invalid", FileObjection.gone.message)
            return ""
        }
        return token
    }

    private static func chosen(_ question: Question, _ name: String, _ fields: inout Fields) -> String {
        let typed = fields.text(
            name, (question.required ? 1 : 0)...QuestionWish.longestOption, label: question.quoted)
        guard !typed.isEmpty, !question.asked.options.contains(typed) else { return typed }
        fields.fail(name, "invalid", plain("“\(typed)” is none of the answers. Choose one of the list."))
        return ""
    }

    private static func several(_ question: Question, _ name: String, _ fields: inout Fields) -> String {
        let options = question.asked.options
        var chosen: [String]
        if fields.isForm {
            chosen = options.filter { fields.flag("\(name).\($0)", label: question.quoted) }
        } else {
            chosen = fields.texts(
                name, 0...options.count, length: QuestionWish.longestOption, label: question.quoted)
            if let stray = chosen.first(where: { !options.contains($0) }) {
                fields.fail(name, "invalid", plain("“\(stray)” is none of the answers. Choose out of the list."))
            }
            chosen = options.filter(chosen.contains)
        }
        if question.required, chosen.isEmpty, fields.error(name) == nil {
            fields.fail(name, "missing", plain("\(question.quoted): choose at least one answer."))
        }
        return Lines.text(chosen)
    }

    /// A decimal number of at most fifteen digits before the point and six behind it, as typed but for the point.
    private static func number(_ question: Question, _ name: String, _ fields: inout Fields) -> String {
        var typed: String
        switch fields.json(name) {
        case .int(let number)?: typed = String(number)
        case .double(let number)?: typed = String(number)
        default: typed = fields.text(name, (question.required ? 1 : 0)...24, label: question.quoted)
        }
        guard !typed.isEmpty else { return "" }
        if !typed.contains(".") { typed = typed.replacing(",", with: ".") }
        let parts = typed.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let areDigits = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count <= 2, areDigits, typed.utf8.count - parts.map(\.utf8.count).reduce(0, +) <= parts.count,
            parts[0].utf8.count <= 15, parts.count == 1 || parts[1].utf8.count <= 6
        else {
            fields.fail(name, "invalid", plain("\(question.quoted) must be a number, such as 12 or 12.5."))
            return ""
        }
        return typed
    }

    private static func date(_ question: Question, _ name: String, _ fields: inout Fields) -> String {
        let typed = fields.text(name, (question.required ? 1 : 0)...10, label: question.quoted)
        guard !typed.isEmpty else { return "" }
        return fields.date(name, label: question.quoted)?.description ?? ""
    }
}

extension Question {
    /// As messages name it, since its words may be a sentence of their own.
    fileprivate var quoted: String { plain("[question] “\(label)”") }
}

extension Fields {
    /// The first mistake noted for a field.
    fileprivate func error(_ name: String) -> FieldError? { errors.first { $0.field == name } }

    /// A phone number as people write it, told as digits with the plus it came with; nil where none came.
    mutating func phone(_ name: String, isRequired: Bool = false, label: String) -> String? {
        let text = text(name, (isRequired ? 1 : 0)...40, label: label)
        guard !text.isEmpty else { return nil }
        let digits = text.filter(\.isNumber)
        let rest = text.filter { !$0.isNumber && !" +-()./".contains($0) }
        guard BookingReading.phoneDigits.contains(digits.count), rest.isEmpty, digits.utf8.count == digits.count else {
            fail(name, "invalid", plain("This is no phone number. Write it like +351 912 345 678."))
            return nil
        }
        return (text.hasPrefix("+") ? "+" : "") + digits
    }
}
