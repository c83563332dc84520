/// Translates SQLite's result codes (https://sqlite.org/rescode.html) into the closed set of `DatabaseError`.
internal import GRDB

/// Runs `work` with GRDB's errors translated and all others passed through.
func translatingErrors<T>(_ work: () throws -> T) throws -> T {
    do {
        return try work()
    } catch let error as GRDB.DatabaseError {
        throw DatabaseError(error)
    }
}

extension DatabaseError {
    init(_ error: GRDB.DatabaseError) {
        let message = error.message ?? "no message"
        self = switch error.resultCode {
        case .SQLITE_CONSTRAINT: Self.constraint(error.extendedResultCode, message)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_READONLY: .readOnly
        case .SQLITE_FULL: .full
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_PROTOCOL,
             .SQLITE_INTERRUPT: .unavailable(message)
        default: .sql(code: "\(error.extendedResultCode.rawValue)", message: message)
        }
    }

    private static func constraint(_ code: ResultCode, _ message: String) -> DatabaseError {
        switch code {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: .unique(constraint: uniqueName(message))
        case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey
        case .SQLITE_CONSTRAINT_TRIGGER: message == "ledger_overlap" ? .overlap : .check(message)
        default: .check(message)
        }
    }

    /// "UNIQUE constraint failed: link.workspace, link.id" → "link(workspace, id)"; an index's name stays a name.
    private static func uniqueName(_ message: String) -> String {
        let detail = message.split(separator: ": ", maxSplits: 1).last ?? ""
        if detail.hasPrefix("index '") { return String(detail.dropFirst("index '".count).dropLast()) }
        let columns = detail.split(separator: ", ").map { $0.split(separator: ".", maxSplits: 1) }
        guard let table = columns.first?.first else { return message }
        return "\(table)(\(columns.compactMap(\.last).joined(separator: ", ")))"
    }
}
