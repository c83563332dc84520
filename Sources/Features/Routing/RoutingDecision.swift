/// Which routes of a form some answers take, and why the others do not: pure, without clock or database.
import Scheduling
import Web

/// The answers to a form by question; of several chosen ones each.
package struct FormAnswers: Sendable {
    private let values: [ID<Question>: [String]]

    package init(_ answers: [Answered]) {
        values = Dictionary(answers.map { answer in
            (answer.question, answer.kind == .multiSelect ? Lines.list(answer.value) : [answer.value])
        }, uniquingKeysWith: { first, _ in first })
    }

    subscript(question: ID<Question>) -> [String] { values[question] ?? [] }
}

extension FormRoute {
    /// Whether it takes somebody with these answers.
    package func takes(_ answers: FormAnswers) -> Bool {
        guard !groups.isEmpty else { return true }
        return join == .all ? groups.allSatisfy { $0.holds(answers) } : groups.contains { $0.holds(answers) }
    }
}

extension RouteGroup {
    package func holds(_ answers: FormAnswers) -> Bool {
        join == .all ? conditions.allSatisfy { $0.holds(answers) } : conditions.contains { $0.holds(answers) }
    }
}

extension RouteCondition {
    /// Words are compared whatever the case of their letters, numbers and dates by what they are.
    package func holds(_ answers: FormAnswers) -> Bool {
        let given = answers[question].map(Self.folded)
        let wanted = values.map(Self.folded)
        return switch comparison {
        case .equals: Self.isOnly(given, wanted)
        case .notEquals: !Self.isOnly(given, wanted)
        case .contains: Self.contains(given, wanted)
        case .notContains: !Self.contains(given, wanted)
        case .isIn: given.contains { one in wanted.contains { Self.same(one, $0) } }
        case .greater: compared(given) { $0 > $1 }
        case .less: compared(given) { $0 < $1 }
        case .isEmpty: given.isEmpty
        }
    }

    private static func folded(_ text: String) -> String { text.trimmed.lowercased() }

    private static func isOnly(_ given: [String], _ wanted: [String]) -> Bool {
        guard given.count == 1, let one = given.first, let other = wanted.first else { return false }
        return same(one, other)
    }

    /// `10` and `10.0` are one number.
    private static func same(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let a = Double(one), let b = Double(other.replacing(",", with: ".")) else { return false }
        return a == b
    }

    /// A chosen answer among several, or a piece of what was typed.
    private static func contains(_ given: [String], _ wanted: [String]) -> Bool {
        guard let piece = wanted.first, !piece.isEmpty else { return false }
        return given.contains { $0.contains(piece) }
    }

    /// What is neither two numbers nor two dates cannot be compared.
    private func compared(_ given: [String], by isBefore: (Double, Double) -> Bool) -> Bool {
        guard let one = given.first, let other = values.first.map(Self.folded) else { return false }
        if let a = LocalDate(one), let b = LocalDate(other) {
            return isBefore(Double(a.daysSince1970), Double(b.daysSince1970))
        }
        guard let a = Double(one), let b = Double(other.replacing(",", with: ".")) else { return false }
        return isBefore(a, b)
    }
}
