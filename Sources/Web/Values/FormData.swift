/// The fields of a form or of an address's query, in the order they came.

/// What `application/x-www-form-urlencoded` carries (WHATWG URL §5.1), read strictly and bounded.
package struct FormData: Sendable, Hashable {
    /// Most fields that are read.
    package static let maximumFields = 500

    /// Names and values; a name may occur more than once.
    package let fields: [Field]

    /// One name and its value.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    /// - Throws: ``Common/malformed(_:)`` for more than 500 fields, a broken `%` escape, bytes that are not UTF-8, or
    ///   U+0000.
    package init(reading text: some StringProtocol) throws {
        var fields: [Field] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard fields.count < FormData.maximumFields,
                  let name = percentDecoded(parts[0], plusIsBlank: true),
                  let value = percentDecoded(parts.count > 1 ? parts[1] : "", plusIsBlank: true)
            else { throw Common.malformed(plain("The form cannot be read.")) }
            fields.append(Field(name: name, value: value))
        }
        self.fields = fields
    }

    /// The first value of that name.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// All values of that name.
    package func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    package var isEmpty: Bool { fields.isEmpty }

    /// The pairs, to build another address from.
    package var pairs: [(String, String)] { fields.map { ($0.name, $0.value) } }
}

/// The query of an address has the same grammar.
package typealias Query = FormData
