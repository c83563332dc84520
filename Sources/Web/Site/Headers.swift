/// The header fields of a request.

/// Names and values in the order they came; names are compared without regard to case.
package struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    package let fields: [(String, String)]

    package init(_ fields: [(String, String)] = []) {
        self.fields = fields
    }

    package init(dictionaryLiteral fields: (String, String)...) {
        self.fields = fields
    }

    /// The first value of that name.
    package subscript(name: String) -> String? {
        fields.first { Headers.same($0.0, name) }?.1
    }

    /// All values of that name.
    package func all(_ name: String) -> [String] {
        fields.filter { Headers.same($0.0, name) }.map(\.1)
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.lowercased() == b.lowercased()
    }
}
