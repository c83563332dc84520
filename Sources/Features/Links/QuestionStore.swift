/// Every SQL statement on the questions of links.
import Database
import Scheduling
import Web

enum QuestionStore {
    static func insert(of link: Link, scope: Scope, in tx: Transaction) throws {
        for (position, question) in link.questions.enumerated() {
            let asked = question.asked
            try tx.run("""
                INSERT INTO question (id, workspace, link, position, kind, label, required, hint, options,
                    only_if_position, only_if_answers)
                VALUES (\(question.id), \(scope.workspace), \(link.id), \(position), \(asked.kind), \(asked.label),
                    \(asked.required), \(asked.hint), \(Lines.text(asked.options)), \(asked.onlyIf?.question),
                    \(Lines.text(asked.onlyIf?.anyOf ?? [])))
                """)
        }
    }

    static func replace(of link: Link, scope: Scope, in tx: Transaction) throws {
        try tx.run("DELETE FROM question WHERE workspace = \(scope.workspace) AND link = \(link.id)")
        try insert(of: link, scope: scope, in: tx)
    }

    /// Those of several links, in their order.
    static func all(of links: [ID<Link>], scope: Scope, in tx: Transaction) throws -> [ID<Link>: [Question]] {
        let rows = try tx.all("""
            SELECT link, id, kind, label, required, hint, options, only_if_position, only_if_answers FROM question
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, position
            """) { row in (try row["link"] as ID<Link>, try question(from: row)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    private static func question(from row: Row) throws -> Question {
        var asked = QuestionWish(kind: try row["kind"], label: try row["label"], required: try row["required"])
        asked.hint = try row["hint"]
        asked.options = Lines.list(try row["options"])
        if let position = try row["only_if_position"] as Int? {
            asked.onlyIf = .init(question: position, anyOf: Lines.list(try row["only_if_answers"]))
        }
        return Question(id: try row["id"], asked: asked)
    }
}

/// Texts without line breaks in one column, one to a line.
enum Lines {
    static func text(_ list: [String]) -> String { list.joined(separator: "\n") }

    static func list(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
