/// The `{{variables}}` that texts of a host's own may hold: a closed list, and what is said about any other.
import Scheduling
import Web

package enum TemplateWords {
    package static let all = [
        "link.title", "link.url", "host.name", "host.email", "hosts", "attendee.name", "attendee.first_name",
        "attendee.email", "start.date", "start.time", "end.time", "timezone", "duration", "location", "join_url",
        "reschedule_url", "cancel_url", "reconfirm_url", "pay_url", "amount", "refund_policy", "reason", "company",
        "rebook_url",
    ]

    /// What is wrong with the template, in words; nil when every variable is known.
    package static func mistake(in template: String) -> String? {
        var rest = template[...]
        while let opening = rest.firstRange(of: "{{") {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: "}}") else {
                return plain("A variable is not closed. Write it as {{attendee.name}}.")
            }
            let name = trimmed(rest[..<closing.lowerBound])
            if !isKnown(name) {
                return plain("There is no variable {{\(name)}}. Did you mean {{\(nearest(to: name))}}?")
            }
            rest = rest[closing.upperBound...]
        }
        return nil
    }

    /// `answer.<id>` stands for the answer to one question.
    private static func isKnown(_ name: String) -> Bool {
        if all.contains(name) { return true }
        guard name.hasPrefix("answer.") else { return false }
        return ID<Question>(String(name.dropFirst("answer.".count))) != nil
    }

    /// The known name that takes the fewest changes of a letter.
    static func nearest(to name: String) -> String {
        let short = String(name.prefix(40)).lowercased()
        return all.min { distance(short, $0) < distance(short, $1) } ?? "attendee.name"
    }

    /// Levenshtein's distance.
    private static func distance(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one.utf8), Array(other.utf8))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = diagonal + (letter == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
