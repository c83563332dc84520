/// What a link asks whoever books: the kinds of questions, their answers to choose from, and when one is asked.
import Database
import Scheduling
import Web

package struct Question: Identified, Hashable, Sendable {
    package static let idPrefix = "qst"
    /// Longest answer, in characters.
    package static let longestAnswer = 5000
    /// How many questions of a link ask for files.
    package static let mostFiles = 3

    package var id: ID<Question>
    package var asked: QuestionWish

    package var kind: Kind { asked.kind }
    package var label: String { asked.label }
    package var required: Bool { asked.required }

    package enum Kind: String, CaseIterable, Sendable, SQLValue {
        case text, textarea, select, radio
        case multiSelect = "multi_select"
        case checkbox, phone, email, number, date, file

        /// Whether its answers are chosen out of the question's options.
        package var hasOptions: Bool { [.select, .radio, .multiSelect].contains(self) }

        package var words: String {
            switch self {
            case .text: plain("One line")
            case .textarea: plain("Several lines")
            case .select: plain("One of a list")
            case .radio: plain("One of a few, all seen")
            case .multiSelect: plain("Any of several")
            case .checkbox: plain("A box to tick")
            case .phone: plain("Phone number")
            case .email: plain("E-mail address")
            case .number: plain("Number")
            case .date: plain("Date")
            case .file: plain("File")
            }
        }
    }

    /// When a question is asked: only after an earlier one got one of these answers.
    package struct Condition: Hashable, Sendable {
        /// The place of the earlier question, 0 for the first.
        package var question: Int
        /// Without any, whatever was answered will do; a ticked box is answered.
        package var anyOf: [String]

        package init(question: Int, anyOf: [String] = []) {
            (self.question, self.anyOf) = (question, anyOf)
        }
    }
}

/// A question before it has an id, and all of it but its id: what two links can have in common.
package struct QuestionWish: Hashable, Sendable {
    package static let options = 1...50
    /// In characters.
    package static let longestOption = 120
    package static let longestHint = 300
    /// Answers that a condition names.
    package static let mostAnswers = 20

    /// The question it is about, where there is one already.
    package var id: ID<Question>?
    package var kind: Question.Kind
    package var label: String
    package var required: Bool
    /// A sentence between the question and its field; "" for none.
    package var hint = ""
    package var options: [String] = []
    package var onlyIf: Question.Condition?

    package init(id: ID<Question>? = nil, kind: Question.Kind, label: String, required: Bool) {
        (self.id, self.kind, self.label, self.required) = (id, kind, label, required)
    }

    func question(_ id: ID<Question>) -> Question {
        var asked = self
        asked.id = nil
        return Question(id: id, asked: asked)
    }
}

extension Question {
    package init(id: ID<Question>, kind: Kind, label: String, required: Bool) {
        self.init(id: id, asked: QuestionWish(kind: kind, label: label, required: required))
    }
}

extension Sequence<Question> {
    /// As programs read them; the names are those of the bodies that change a link.
    package var json: JSON { .array(map(\.json)) }
}

extension Question {
    fileprivate var json: JSON {
        JSON(present: [
            ("id", .string(id.text)), ("kind", .string(kind.rawValue)), ("label", .string(label)),
            ("required", .bool(required)), ("hint", .string(asked.hint)),
            ("options", kind.hasOptions ? .array(asked.options.map { .string($0) }) : nil),
            ("onlyIf", asked.onlyIf.map { condition in
                [
                    "question": .int(Int64(condition.question + 1)),
                    "anyOf": .array(condition.anyOf.map { .string($0) }),
                ]
            }),
        ])
    }
}
