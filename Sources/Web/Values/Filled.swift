/// A form that somebody has filled in: the values and what is wrong with them.

/// What the form components draw from: the text in each field and the sentence beside it.
///
/// ```swift
/// Filled(values: ["title": link.title])                                   // a form to edit something
/// Filled(values: fields.typed, errors: invalid.fields)                    // the same form, sent back
/// ```
package struct Filled: Sendable, Hashable {
    package var values: [String: String]
    package var errors: [FieldError]

    package init(values: [String: String] = [:], errors: [FieldError] = []) {
        self.values = values
        self.errors = errors
    }

    /// An empty form.
    package static let empty = Filled()

    /// What stands in a field.
    package subscript(name: String) -> String { values[name] ?? "" }

    /// Whether a checkbox of that name is set.
    package func isOn(_ name: String) -> Bool {
        ["on", "true", "1", "yes"].contains(self[name])
    }

    /// The first mistake in a field.
    package func error(_ name: String) -> String? {
        errors.first { $0.field == name }?.message
    }
}
