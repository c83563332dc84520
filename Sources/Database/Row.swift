/// One row of a result, read by column name and type.

/// A row, valid for as long as you like: it holds its own values.
///
/// ```swift
/// try tx.all("SELECT id, ends FROM hold") { row in Hold(id: try row["id"], ends: try row["ends"]) }
/// ```
package struct Row {
    let columns: [String]
    let values: [Value]

    /// - Throws: ``DatabaseError/mismatch(_:)`` when there is no such column or it holds another type. NULL is read
    ///   by an optional type only.
    package subscript<T: SQLValue>(column: String) -> T {
        get throws {
            // A handful of columns: looking along them is quicker than hashing.
            guard let index = columns.firstIndex(of: column) else {
                throw DatabaseError.mismatch("no column \(column) among \(columns.joined(separator: ", "))")
            }
            guard let value = T(sqlValue: values[index]) else {
                throw DatabaseError.mismatch("column \(column) does not hold \(T.self)")
            }
            return value
        }
    }
}
