/// What tests of the fields of links have in common: a body is read, and its link or its mistakes come back.
import Scheduling
import Web

@testable import Features

protocol ReadsLinks {}

extension ReadsLinks {
    func read(_ json: JSON, over base: LinkRules? = nil) -> (rules: LinkRules?, errors: [String]) {
        var fields = Fields(json: json)
        let wish = try? LinkReading.read(&fields, over: base, entropy: .seeded(1))
        try? fields.finish()
        return (wish?.rules, fields.errors.map { "\($0.field) \($0.code)" })
    }

    func errors(_ name: String, _ value: JSON) -> [String] {
        read(.object([("title", "Intro"), (name, value)])).errors
    }

    func rules(_ name: String, _ value: JSON) -> LinkRules? {
        read(.object([("title", "Intro"), (name, value)])).rules
    }
}
