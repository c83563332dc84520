/// Reads the questions of a link out of the editor's form or a body of the API.
import Scheduling
import Web

extension LinkReading {
    /// Nil when none came. In a form a row without words is no question, and conditions name rows.
    static func questions(_ fields: inout Fields, takesFiles: Bool = true) -> [QuestionWish]? {
        guard fields.has("questions") || fields.has("questions.0.label") else { return nil }
        let rows = fields.list("questions", atMost: mostQuestions, label: plain("Questions"), QuestionRow.init)
        let files = rows.indices.filter { rows[$0].wish.kind == .file && !rows[$0].wish.label.isEmpty }
        if let first = files.dropFirst(takesFiles ? Question.mostFiles : 0).first {
            let words = takesFiles ? plain("At most \(Question.mostFiles) questions ask for files.")
                : plain("Files can be asked for on booking pages alone. Choose another kind of answer.")
            fields.fail("questions.\(first).kind", "invalid", words)
        }
        var places: [Int: Int] = [:]
        for (place, row) in rows.enumerated().filter({ !$0.element.wish.label.isEmpty }).map(\.offset).enumerated() {
            places[row] = place
        }
        return rows.enumerated().compactMap { number, row in
            guard !row.wish.label.isEmpty else { return nil }
            var wish = row.wish
            guard let earlier = row.after else { return wish }
            guard earlier < number, let place = places[earlier] else {
                let words = plain("Choose an earlier question; this one is asked after it.")
                fields.fail("questions.\(number).onlyIf.question", "invalid", words)
                return wish
            }
            wish.onlyIf = .init(question: place, anyOf: row.anyOf)
            check(row, number, beside: rows[earlier].wish, &fields)
            return wish
        }
    }

    /// What the earlier question can never be answered with is no condition.
    private static func check(_ row: QuestionRow, _ number: Int, beside earlier: QuestionWish, _ fields: inout Fields) {
        guard earlier.kind.hasOptions, let stray = row.anyOf.first(where: { !earlier.options.contains($0) }) else {
            return
        }
        let words = plain("“\(stray)” is none of the answers to “\(earlier.label)”.")
        fields.fail("questions.\(number).onlyIf.anyOf", "invalid", words)
    }
}

/// One question as it came; whether its condition holds together is known once all have been read.
private struct QuestionRow {
    var wish: QuestionWish
    /// The row of the earlier question.
    var after: Int?
    var anyOf: [String] = []

    init(_ fields: inout Fields) {
        wish = QuestionWish(
            id: fields.has("id") ? fields.optionalText("id", atMost: 40).flatMap(ID<Question>.init) : nil,
            kind: fields.choice("kind", otherwise: Question.Kind.text, optional: true, label: plain("Kind")),
            label: fields.text("label", 0...300, label: plain("Question")), required: fields.flag("required"))
        wish.hint = fields.text("hint", 0...QuestionWish.longestHint, label: plain("Hint"))
        let options = fields.lines("options", atMost: QuestionWish.options.upperBound, label: plain("Answers"))
        guard !wish.label.isEmpty else { return }
        // Whoever looks at another kind for a moment finds the answers again until it is saved.
        if wish.kind.hasOptions {
            wish.options = options
            if options.isEmpty { fields.fail("options", "missing", plain("Give the answers to choose from.")) }
            if Lines.text(options).unicodeScalars.count > Question.longestAnswer {
                let words = plain("All answers together have room for \(Question.longestAnswer) characters.")
                fields.fail("options", "too_long", words)
            }
            if Set(options).count < options.count {
                fields.fail("options", "invalid", plain("One of the answers is there twice."))
            }
        }
        if fields.has("onlyIf"), !fields.isForm {
            guard let json = fields.json("onlyIf") else { return }
            fields.refuseOthers(than: ["question", "anyOf"], in: json, of: "onlyIf")
        }
        let place = fields.optionalInteger(
            "onlyIf.question", 1...LinkReading.mostQuestions, label: plain("The earlier question"))
        anyOf = fields.lines("onlyIf.anyOf", atMost: QuestionWish.mostAnswers, label: plain("Its answer"))
        after = place.map { $0 - 1 }
    }
}

extension Fields {
    /// Short texts: one to a line in a form, a list in JSON. Blank ones are left out.
    mutating func lines(_ name: String, atMost count: Int, label: String) -> [String] {
        guard isForm else {
            let texts = texts(name, 0...count, length: QuestionWish.longestOption, label: label)
            let signs = texts.map(\.unicodeScalars)
            if signs.contains(where: { $0.contains { $0.isControl || $0.turnsText } }) {
                fail(name, "invalid", plain("\(label) holds a line break or a sign that cannot be shown."))
            } else if signs.contains(where: { $0.count > QuestionWish.longestOption }) {
                fail(name, "too_long", plain("\(label): at most \(QuestionWish.longestOption) characters each."))
            }
            return texts
        }
        let room = count * (QuestionWish.longestOption + 1)
        let lines = text(name, 0...room, label: label, lines: true).split(separator: "\n").map { $0.trimmed }
        let texts = lines.filter { !$0.isEmpty }
        if texts.count > count {
            fail(name, "too_many", plain("\(label): give at most \(count)."))
        } else if texts.contains(where: { $0.unicodeScalars.count > QuestionWish.longestOption }) {
            fail(name, "too_long", plain("\(label): at most \(QuestionWish.longestOption) characters each."))
        }
        return texts
    }
}
