/// One row of a result, read by column name and type.

/// A row, valid for as long as you like: it holds its own values.
///
/// ```swift
/// try tx.all("SELECT id, ends FROM hold") { row in Hold(id: try row["id"], ends: try row["ends"]) }
/// ```
package struct Row {
    let columns: Columns
    let values: [Value]

    /// - Throws: ``DatabaseError/mismatch(_:)`` when there is no such column or it holds another type. NULL is read
    ///   by an optional type only.
    package subscript<T: SQLValue>(column: String) -> T {
        get throws {
            guard let index = columns.index(of: column) else {
                throw DatabaseError.mismatch("no column \(column) among \(columns.names.joined(separator: ", "))")
            }
            guard let value = T(sqlValue: values[index]) else {
                throw DatabaseError.mismatch("column \(column) does not hold \(T.self)")
            }
            return value
        }
    }
}

/// The columns of a result, shared by its rows.
final class Columns {
    let names: [String]
    private var next = 0

    init(_ names: [String]) {
        self.names = names
    }

    /// Columns are read in their order mostly, so the one behind the last is looked at first; else looking along a
    /// handful of them is quicker than hashing.
    func index(of name: String) -> Int? {
        if next < names.count, names[next] == name {
            next += 1
            return next - 1
        }
        guard let found = names.firstIndex(of: name) else { return nil }
        next = found + 1
        return found
    }
}
