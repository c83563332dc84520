/// Runs a prepared statement of SQLite with our values, which are bound where they lie.
internal import GRDB
internal import GRDBSQLite

extension GRDB.Statement {
    /// GRDB prepares and keeps the statement. Its own binding and stepping copies each value twice and looks after
    /// observers, of which there are none; that took longer than SQLite's work.
    func run(
        _ values: [Value], on database: GRDB.Database, _ visit: (Row) throws -> Void = { _ in }
    ) throws {
        guard sqlite3_bind_parameter_count(sqliteStatement) == values.count else {
            throw DatabaseError.sql(code: "21", message: "\(values.count) values for another number of places")
        }
        let contents = Contents(values)
        defer {
            // What was bound is gone after this. The code is that of the step, which has been dealt with.
            sqlite3_reset(sqliteStatement)
            sqlite3_clear_bindings(sqliteStatement)
        }
        try contents.withPointers(values) { place, value, bytes in bind(value, bytes, at: place) } during: {
            guard try isAtRow(database) else { return }
            let columns = Columns(columnNames)
            repeat { try visit(row(columns)) } while try isAtRow(database)
        }
    }

    private func bind(_ value: Value, _ bytes: UnsafeRawBufferPointer, at place: Int32) {
        let length = Int32(bytes.count)
        switch value {
        case .null: sqlite3_bind_null(sqliteStatement, place)
        case .integer(let number): sqlite3_bind_int64(sqliteStatement, place, number)
        case .real(let number): sqlite3_bind_double(sqliteStatement, place, number)
        case .bool(let flag): sqlite3_bind_int64(sqliteStatement, place, flag ? 1 : 0)
        // nil: SQLite makes no copy, and lets the bytes be.
        case .text: sqlite3_bind_text(
            sqliteStatement, place, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length, nil)
        case .bytes: sqlite3_bind_blob(sqliteStatement, place, bytes.baseAddress, length, nil)
        }
    }

    private func isAtRow(_ database: GRDB.Database) throws -> Bool {
        switch sqlite3_step(sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = String(cString: sqlite3_errmsg(database.sqliteConnection))
            throw GRDB.DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    private func row(_ columns: Columns) -> Row {
        Row(columns: columns, values: (0..<sqlite3_column_count(sqliteStatement)).map(value))
    }

    private func value(_ column: Int32) -> Value {
        switch sqlite3_column_type(sqliteStatement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(sqliteStatement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(sqliteStatement, column))
        case SQLITE_NULL: return .null
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(sqliteStatement, column)
            return .bytes([UInt8](bytes(start, column)))
        default:
            let start = sqlite3_column_text(sqliteStatement, column)
            return .text(String(decoding: bytes(start.map(UnsafeRawPointer.init), column), as: UTF8.self))
        }
    }

    private func bytes(_ start: UnsafeRawPointer?, _ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(sqliteStatement, column)))
    }
}

/// The texts and bytes among some values in one piece of memory, a zero behind each: none is without an address, which
/// SQLite would take for NULL.
private struct Contents {
    private var bytes: [UInt8] = []

    init(_ values: [Value]) {
        for value in values {
            switch value {
            case .text(let text): bytes += text.utf8
            case .bytes(let raw): bytes += raw
            default: continue
            }
            bytes.append(0)
        }
    }

    /// Hands each value to `bind` with its place from 1 and its bytes, which stay where they are during `work`.
    func withPointers(
        _ values: [Value], _ bind: (Int32, Value, UnsafeRawBufferPointer) -> Void, during work: () throws -> Void
    ) rethrows {
        try bytes.withUnsafeBytes { all in
            var start = 0
            for (index, value) in values.enumerated() {
                let length = value.length
                bind(Int32(index) + 1, value, UnsafeRawBufferPointer(rebasing: all[start..<start + (length ?? 0)]))
                start += length.map { $0 + 1 } ?? 0
            }
            try work()
        }
    }
}

extension Value {
    /// Of texts and bytes.
    fileprivate var length: Int? {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        default: nil
        }
    }
}
