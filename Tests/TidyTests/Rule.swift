/// One rule of the house style. A rule brings a bad and a good example, so none can exist that cannot fail.
import Testing

struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// Small trees (text by path) that each break the rule: the negative control.
    let bad: [[String: String]]
    /// Files that look alike and keep it.
    let good: [String: String]
    /// What is wrong, one sentence a place, beginning with `path:line:`.
    let findings: @Sendable (Tree) -> [String]

    var testDescription: String { name }

    static let all = sizes + names + modules + calls + pages + statements + documents + tests + assets
}

struct HouseStyle {
    @Test("The repository keeps every rule", arguments: Rule.all)
    func kept(rule: Rule) {
        let findings = rule.findings(.repository)
        #expect(findings.isEmpty, "\(rule.name):\n\(findings.joined(separator: "\n"))")
    }

    @Test("Every rule catches its bad example", arguments: Rule.all)
    func caught(rule: Rule) {
        for sample in rule.bad {
            #expect(!rule.findings(Tree(sample)).isEmpty, "\(rule.name) lets this pass:\n\(sample)")
        }
    }

    @Test("Every rule lets its good example pass", arguments: Rule.all)
    func passed(rule: Rule) {
        let findings = rule.findings(Tree(rule.good))
        #expect(findings.isEmpty, "\(rule.name) refuses its good example:\n\(findings.joined(separator: "\n"))")
    }

    @Test("Every rule has a name of its own and both examples")
    func complete() {
        #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
        #expect(Rule.all.allSatisfy { !$0.bad.isEmpty && !$0.good.isEmpty })
    }
}
