/// Reads a form or a JSON body field by field and collects everything that is wrong with it.

import Scheduling

/// A reader that does not stop at the first mistake.
///
/// ```swift
/// var fields = try request.fields()
/// let title = fields.text("title", 1...200, label: plain("Title"))
/// let minutes = fields.integer("durationMinutes", 5...480, label: plain("Length"))
/// try fields.finish()            // throws Invalid with every mistake; below this line all values are good
/// ```
///
/// A field that is wrong gives a neutral value (empty text, the lower bound), so reading goes on. Names are dotted
/// where they are nested: `attendee.email` is a member of an object in JSON and a field of that very name in a form.
package struct Fields: Sendable {
    private let source: Source
    /// What stands before names in messages when reading an element of a list: `questions.0.`.
    private let prefix: String
    private var asked: Set<String> = []
    /// Every mistake found so far.
    package private(set) var errors: [FieldError] = []

    private enum Source: Sendable {
        case form(FormData)
        case json(JSON)
    }

    package init(form: FormData) {
        self.init(.form(form), prefix: "")
    }

    package init(json: JSON) {
        self.init(.json(json), prefix: "")
    }

    private init(_ source: Source, prefix: String) {
        self.source = source
        self.prefix = prefix
    }

    /// What was typed, by field, to fill the form again: all of it, also what was accepted.
    package var typed: [String: String] {
        guard case .form(let form) = source else { return [:] }
        return Dictionary(form.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// What was typed and what is wrong with it, for the form components.
    package var filled: Filled { Filled(values: typed, errors: errors) }

    /// Notes a mistake in a field.
    package mutating func fail(_ name: String, _ code: String, _ message: String) {
        errors.append(FieldError(field: prefix + name, code: code, message: message))
    }

    /// - Throws: ``Invalid`` if there was any mistake, or a member in the JSON that nobody asked for.
    package mutating func finish() throws(Invalid) {
        if case .json(let json) = source { refuseUnknown(json, under: "") }
        guard errors.isEmpty else { throw Invalid(errors) }
    }

    private mutating func refuseUnknown(_ json: JSON, under path: String) {
        guard let members = json.members else {
            if path.isEmpty { fail("", "invalid", plain("The body must be an object.")) }
            return
        }
        for (name, value) in members where !asked.contains(path + name) {
            if asked.contains(where: { $0.hasPrefix(path + name + ".") }), value.members != nil {
                refuseUnknown(value, under: path + name + ".")
            } else {
                fail(path + name, "unknown", plain("There is no field “\(path + name)”."))
            }
        }
    }
}

extension Fields {
    /// What came for a field.
    enum Given: Sendable {
        case nothing
        case text(String)
        case json(JSON)
    }

    /// The raw value; marks the name as known.
    mutating func given(_ name: String) -> Given {
        asked.insert(name)
        switch source {
        case .form(let form):
            return form[name].map { .text($0) } ?? .nothing
        case .json(let json):
            let value = name.split(separator: ".").reduce(json as JSON?) { $0?[String($1)] }
            switch value {
            case nil, .null?: return .nothing
            case .string(let text)?: return .text(text)
            case let value?: return .json(value)
            }
        }
    }

    /// Whether the body has the field at all; a patch changes only those.
    package mutating func has(_ name: String) -> Bool {
        asked.insert(name)
        return switch source {
        case .form(let form): form[name] != nil
        case .json(let json): name.split(separator: ".").reduce(json as JSON?) { $0?[String($1)] } != nil
        }
    }

    /// A member of a JSON body as it came, with everything in it; nil in a form.
    package mutating func json(_ name: String) -> JSON? {
        switch given(name) {
        case .json(let value): return value
        // A text where a list or an object belongs must reach whoever refuses it.
        case .text(let text) where !isForm: return .string(text)
        case .text, .nothing: return nil
        }
    }

    /// Whether the fields came as a form: there every value is a text, and a list has rows left empty.
    package var isForm: Bool {
        if case .form = source { true } else { false }
    }

    /// All values of a name: repeated fields of a form, or an array of texts in JSON. Blank ones are left out.
    ///
    /// - Parameters:
    ///   - count: how many are allowed.
    ///   - length: of each, in characters.
    package mutating func texts(_ name: String, _ count: ClosedRange<Int> = 0...50, length: Int = 200,
                                label: String? = nil) -> [String] {
        asked.insert(name)
        var values: [String] = []
        switch source {
        case .form(let form): values = form.all(name)
        case .json:
            let array: [JSON]
            switch given(name) {
            case .nothing: array = []
            case .json(.array(let elements)): array = elements
            case .text, .json: array = [nil]
            }
            values = array.compactMap(\.string)
            if values.count != array.count {
                fail(name, "invalid", plain("\(label ?? name) must be a list of texts."))
            }
        }
        values = values.map(Fields.tidy).filter { !$0.isEmpty }
        if values.count < count.lowerBound {
            fail(name, "missing", plain("\(label ?? name) is missing. Give at least \(count.lowerBound)."))
        } else if values.count > count.upperBound {
            fail(name, "too_many", plain("\(label ?? name): give at most \(count.upperBound)."))
        } else if values.contains(where: { $0.count > length }) {
            fail(name, "too_long", plain("\(label ?? name): at most \(length) characters each."))
        }
        return values
    }

    /// The elements of a list, each read by its own reader: `questions.0.label`, `questions.1.label` in a form, an
    /// array of objects in JSON. Mistakes are noted under the full name.
    package mutating func list<Element>(_ name: String, atMost limit: Int, label: String? = nil,
                                        _ read: (inout Fields) throws -> Element) rethrows -> [Element] {
        let sources = elements(name, label: label)
        guard sources.count <= limit else {
            fail(name, "too_many", plain("\(label ?? name): give at most \(limit)."))
            return []
        }
        return try sources.map { index, source in
            var element = Fields(source, prefix: "\(prefix)\(name).\(index).")
            let value = try read(&element)
            if case .json(let json) = source { element.refuseUnknown(json, under: "") }
            errors += element.errors
            return value
        }
    }

    private mutating func elements(_ name: String, label: String?) -> [(Int, Source)] {
        asked.insert(name)
        switch source {
        case .json:
            switch given(name) {
            case .nothing: return []
            case .json(.array(let elements)): return elements.enumerated().map { ($0.offset, .json($0.element)) }
            case .text, .json:
                fail(name, "invalid", plain("\(label ?? name) must be a list."))
                return []
            }
        case .form(let form):
            var byIndex: [Int: [(String, String)]] = [:]
            for field in form.fields where field.name.hasPrefix(name + ".") {
                let rest = field.name.dropFirst(name.count + 1).split(separator: ".", maxSplits: 1)
                guard rest.count == 2, let index = Int(rest[0]), index >= 0, String(index) == rest[0] else { continue }
                byIndex[index, default: []].append((String(rest[1]), field.value))
            }
            return byIndex.sorted { $0.key < $1.key }.map { ($0.key, .form(FormData($0.value))) }
        }
    }

    /// Line ends as `\n`, blanks at both ends dropped.
    static func tidy(_ text: String) -> String {
        let unified = text.utf8.contains(13) ? text.replacing("\r\n", with: "\n").replacing("\r", with: "\n") : text
        let start = unified.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
