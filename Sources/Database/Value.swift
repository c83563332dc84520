/// The values that travel between Swift and the two databases, and the types that can be stored.
import Scheduling

/// One value of a column or a parameter. SQLite has no booleans: it answers `.integer(0)` or `.integer(1)`, and
/// `Bool` decodes both.
package enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case bool(Bool)
    case text(String)
    case bytes([UInt8])
}

/// A type that can be bound in a ``SQL`` literal and read from a ``Row``.
///
/// An enum whose raw value is a `String` only has to say so: `enum State: String, SQLValue { … }`.
package protocol SQLValue: Sendable {
    var sqlValue: Value { get }

    /// Nil when the stored value is not one of this type; the row then throws ``DatabaseError/mismatch(_:)``.
    init?(sqlValue: Value)
}

extension String: SQLValue {
    package var sqlValue: Value { .text(self) }

    package init?(sqlValue: Value) {
        guard case .text(let text) = sqlValue else { return nil }
        self = text
    }
}

extension Int64: SQLValue {
    package var sqlValue: Value { .integer(self) }

    package init?(sqlValue: Value) {
        guard case .integer(let number) = sqlValue else { return nil }
        self = number
    }
}

extension Int: SQLValue {
    package var sqlValue: Value { .integer(Int64(self)) }

    package init?(sqlValue: Value) {
        guard case .integer(let number) = sqlValue else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: SQLValue {
    package var sqlValue: Value { .bool(self) }

    package init?(sqlValue: Value) {
        switch sqlValue {
        case .bool(let flag): self = flag
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: SQLValue {
    package var sqlValue: Value { .real(self) }

    /// A whole number is accepted: an aggregate may answer one on either engine.
    package init?(sqlValue: Value) {
        switch sqlValue {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
}

extension [UInt8]: SQLValue {
    package var sqlValue: Value { .bytes(self) }

    package init?(sqlValue: Value) {
        guard case .bytes(let bytes) = sqlValue else { return nil }
        self = bytes
    }
}

/// NULL is nil, and nothing else is.
extension Optional: SQLValue where Wrapped: SQLValue {
    package var sqlValue: Value { self?.sqlValue ?? .null }

    package init?(sqlValue: Value) {
        if sqlValue == .null {
            self = .none
        } else if let wrapped = Wrapped(sqlValue: sqlValue) {
            self = wrapped
        } else {
            return nil
        }
    }
}

extension SQLValue where Self: RawRepresentable, RawValue == String {
    package var sqlValue: Value { .text(rawValue) }

    package init?(sqlValue: Value) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(rawValue: text)
    }
}

/// Seconds since 1970 in UTC.
extension Instant: SQLValue {
    package var sqlValue: Value { .integer(seconds) }

    package init?(sqlValue: Value) {
        guard case .integer(let seconds) = sqlValue else { return nil }
        self.init(seconds)
    }
}

/// The text with its type prefix.
extension ID: SQLValue {
    package var sqlValue: Value { .text(text) }

    package init?(sqlValue: Value) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}

/// `YYYY-MM-DD`, which sorts as text.
extension LocalDate: SQLValue {
    package var sqlValue: Value { .text(description) }

    package init?(sqlValue: Value) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}

extension BusyKind: SQLValue {}
