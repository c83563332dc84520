/// The SQL literal: text that only the program's author can write, with every value bound as a parameter.
import Scheduling

/// A statement, or a piece of one, for both engines.
///
/// ```swift
/// let open: SQL = "state = \(State.open)"
/// try tx.all("SELECT id FROM poll WHERE workspace = \(scope.workspace) AND \(open)\(.forUpdate)") { … }
/// ```
///
/// - A value is bound: rendered as `?` (SQLite) or `$1`, `$2`, … (PostgreSQL) in order of appearance.
/// - Another `SQL` is spliced, and its parameters are renumbered.
/// - `FROM \(table: ids)` is a table of one column, `value`.
/// - `IN \(list: ids)` expands to as many parameters; an empty list never matches (and neither does `NOT IN` one).
/// - A ``Word`` is what the engines spell differently: `\(.int)`, `\(.forUpdate)`, …
///
/// The literal's text is a `StaticString`, so no text made at run time can become SQL: there is no such function.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    enum Piece: Sendable {
        case text(StaticString)
        case value(Value)
        case word(Word)
        case only(Engine, SQL)
        case name(String)
    }

    var pieces: [Piece]

    package static let empty: SQL = ""

    package init(stringLiteral text: StaticString) {
        pieces = [.text(text)]
    }

    package init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ text: StaticString) {
            if text.utf8CodeUnitCount > 0 { pieces.append(.text(text)) }
        }

        /// A value, bound.
        package mutating func appendInterpolation(_ value: some SQLValue) {
            pieces.append(.value(value.sqlValue))
        }

        /// A value or NULL, bound. Without this overload the compiler warns of an optional in a text.
        package mutating func appendInterpolation<Wrapped: SQLValue>(_ value: Wrapped?) {
            pieces.append(.value(value.sqlValue))
        }

        /// A piece of SQL, spliced.
        package mutating func appendInterpolation(_ sql: SQL) {
            pieces += sql.pieces
        }

        package mutating func appendInterpolation(_ word: Word) {
            pieces.append(.word(word))
        }

        /// A value of whatever type, bound. Only for this module.
        mutating func appendInterpolation(bound value: Value) {
            pieces.append(.value(value))
        }

        /// A table or column by the name the database's own catalogue gave it, in quotes. Only for this module.
        mutating func appendInterpolation(name: String) {
            pieces.append(.name(name))
        }

        /// A list in parentheses, for `IN`. Nothing is equal to NULL, so the empty list never matches.
        ///
        /// The last value is repeated until the length is a round one: every text is prepared once and kept, so lists
        /// of any length must make few texts.
        package mutating func appendInterpolation<Values: Sequence>(list: Values) where Values.Element: SQLValue {
            // Not by key path: here, where the type is not known, each call would build one at run time.
            var values = list.map { $0.sqlValue }
            guard let last = values.last else { return pieces.append(.text("(NULL)")) }
            values += Array(repeating: last, count: Self.roundLength(values.count) - values.count)
            appendInterpolation(tuple: values)
        }

        /// Ids as a table with the one column `value`, for more of them than `IN` should have; one text whatever their
        /// number. Ids are letters, digits and `_`, so they need no quoting.
        package mutating func appendInterpolation<Entity>(table ids: [ID<Entity>]) {
            let json = "[\(ids.map { "\"\($0.text)\"" }.joined(separator: ","))]"
            let words = ids.map { $0.text }.joined(separator: " ")
            pieces += [
                .only(.sqlite, "json_each(\(json))"),
                .only(.postgres, "unnest(string_to_array(\(words), ' ')) AS ids(value)"),
            ]
        }

        /// A row value: the values in parentheses, as many as there are. Only for this module.
        mutating func appendInterpolation(tuple values: [Value]) {
            for (index, value) in values.enumerated() {
                pieces += [.text(index == 0 ? "(" : ", "), .value(value)]
            }
            pieces.append(.text(")"))
        }

        /// The next power of two, beyond 256 the next multiple of 256; both engines take some 32,000 values.
        private static func roundLength(_ length: Int) -> Int {
            guard length <= 256 else { return (length + 255) / 256 * 256 }
            var round = 1
            while round < length { round *= 2 }
            return round
        }
    }

    /// SQL for one engine and nothing for the other; for migrations and the few statements that cannot be shared.
    package static func only(_ engine: Engine, _ sql: SQL) -> SQL {
        var only = SQL.empty
        only.pieces = [.only(engine, sql)]
        return only
    }

    /// What the two engines spell differently.
    package enum Word: Sendable {
        /// A 64-bit whole number: `INTEGER`, `BIGINT`.
        case int
        /// `BLOB`, `BYTEA`.
        case bytes
        /// After a table's closing parenthesis: ` STRICT` on SQLite, which otherwise stores text in number columns.
        case strict
        /// The definition of a column that holds true or false, never NULL.
        case bool(StaticString)
        /// ` FOR NO KEY UPDATE` on PostgreSQL, which unlike `FOR UPDATE` lets foreign keys point at the locked row.
        /// Nothing on SQLite, whose one writer holds everything already.
        case forUpdate
        /// ` FOR NO KEY UPDATE SKIP LOCKED`, to pick rows nobody else works on.
        case skipLocked
    }
}

extension Sequence<SQL> {
    /// The pieces one after the other: rows of `VALUES`, conditions.
    package func joined(by separator: SQL = ", ") -> SQL {
        var joined = SQL.empty
        for (index, sql) in enumerated() {
            if index > 0 { joined.pieces += separator.pieces }
            joined.pieces += sql.pieces
        }
        return joined
    }
}
