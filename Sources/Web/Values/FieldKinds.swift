/// The kinds of values a field can have, and what is said when it has another.

import Scheduling

extension Fields {
    /// A text with a length in characters. Control characters are refused, line breaks only unless `lines`.
    ///
    /// - Returns: the text without blanks at its ends, or "" if it is wrong or, with a lower bound of 0, missing.
    package mutating func text(_ name: String, _ length: ClosedRange<Int>, label: String? = nil,
                               lines: Bool = false) -> String {
        let label = label ?? name
        let text: String
        switch given(name) {
        case .nothing: text = ""
        case .text(let given): text = Fields.tidy(given)
        case .json:
            fail(name, "invalid", plain("\(label) must be a text."))
            return ""
        }
        // At the upper end code points, as both databases count: one letter can carry a thousand marks.
        if text.isEmpty && length.lowerBound > 0 {
            fail(name, "missing", plain("\(label) is missing."))
        } else if text.count < length.lowerBound {
            fail(name, "too_short", plain("\(label) is too short: at least \(length.lowerBound) characters."))
        } else if text.unicodeScalars.count > length.upperBound {
            fail(name, "too_long",
                 plain("\(label) has \(text.unicodeScalars.count) characters; there is room for \(length.upperBound)."))
        } else if text.unicodeScalars.contains(where: { Fields.isControl($0) && !(lines && $0 == "\n") }) {
            fail(name, "invalid", plain("\(label) holds a line break or a sign that cannot be shown."))
        } else {
            return text
        }
        return ""
    }

    /// A text, or nil where there is none.
    package mutating func optionalText(_ name: String, atMost length: Int, label: String? = nil,
                                       lines: Bool = false) -> String? {
        let text = text(name, 0...length, label: label, lines: lines)
        return text.isEmpty ? nil : text
    }

    /// A whole number.
    ///
    /// - Returns: the lower bound if it is missing or wrong.
    package mutating func integer(_ name: String, _ range: ClosedRange<Int>, label: String? = nil) -> Int {
        guard let number = optionalInteger(name, range, label: label) else {
            if !errors.contains(where: { $0.field.hasSuffix(name) }) {
                fail(name, "missing", plain("\(label ?? name) is missing."))
            }
            return range.lowerBound
        }
        return number
    }

    /// A whole number, or nil where the field is empty or wrong.
    package mutating func optionalInteger(_ name: String, _ range: ClosedRange<Int>, label: String? = nil) -> Int? {
        let number: Int?
        switch given(name) {
        case .nothing: return nil
        case .text(let text) where Fields.tidy(text).isEmpty: return nil
        case .text(let text): number = Int(Fields.tidy(text))
        case .json(let json): number = json.int
        }
        guard let number, range.contains(number) else {
            fail(name, number == nil ? "invalid" : "out_of_range", plain(
                "\(label ?? name) must be a whole number from \(range.lowerBound) to \(range.upperBound)."))
            return nil
        }
        return number
    }

    /// One of the words of an enumeration.
    ///
    /// - Returns: the fallback if it is wrong, or missing (which is a mistake unless `optional`).
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self, otherwise fallback: Choice, optional: Bool = false,
        label: String? = nil
    ) -> Choice where Choice.RawValue == String {
        let label = label ?? name
        switch given(name) {
        case .nothing where optional, .text("") where optional: return fallback
        case .nothing, .text(""): fail(name, "missing", plain("\(label) is missing. Choose one."))
        case .text(let text):
            if let choice = Choice(rawValue: text) { return choice }
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            fail(name, "invalid", plain("\(label) must be one of: \(words)."))
        case .json: fail(name, "invalid", plain("\(label) must be a text."))
        }
        return fallback
    }

    /// Yes or no: `true` and `false` in JSON; in a form a checkbox that came (`on`, `true`, `1`) or did not.
    package mutating func flag(_ name: String, otherwise fallback: Bool = false, label: String? = nil) -> Bool {
        switch given(name) {
        case .nothing: return fallback
        case .text(let text) where isForm: return ["on", "true", "1", "yes"].contains(text)
        case .json(.bool(let flag)): return flag
        case .text, .json:
            fail(name, "invalid", plain("\(label ?? name) must be true or false."))
            return fallback
        }
    }

    /// An instant in RFC 3339 with its offset.
    package mutating func instant(_ name: String, label: String? = nil) -> Instant? {
        parsed(name, label: label, Instant.init(rfc3339:),
               plain("\(label ?? name) must be a time such as 2026-12-01T09:00:00+01:00."))
    }

    /// A date, `YYYY-MM-DD`; nil with a mistake noted if it is missing or wrong.
    package mutating func date(_ name: String, label: String? = nil) -> LocalDate? {
        parsed(name, label: label, LocalDate.init, plain("\(label ?? name) must be a date such as 2026-12-31."))
    }

    /// An id of ours; nil with a mistake noted if it is missing or wrong.
    package mutating func id<Entity: SendableMetatype>(_ name: String, of: Entity.Type = Entity.self,
                                                       label: String? = nil) -> ID<Entity>? {
        parsed(name, label: label, ID<Entity>.init, plain("\(label ?? name) is not an id of this kind."))
    }

    /// Any text that `read` understands; nil with a mistake noted if it is missing or wrong.
    package mutating func parsed<Value>(_ name: String, label: String? = nil, _ read: (String) -> Value?,
                                        _ message: @autoclosure () -> String) -> Value? {
        switch given(name) {
        case .nothing, .text(""): fail(name, "missing", plain("\(label ?? name) is missing."))
        case .text(let text):
            if let value = read(Fields.tidy(text)) { return value }
            fail(name, "invalid", message())
        case .json: fail(name, "invalid", message())
        }
        return nil
    }

    /// Control characters, and the marks that change the direction of the text around them.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
