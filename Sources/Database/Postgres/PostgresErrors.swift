/// Translates SQLSTATE codes (PostgreSQL manual, appendix A) into the closed set of `DatabaseError`.
import CLibPQ

extension DatabaseError {
    init(_ result: PostgresResult) {
        let code = result.diagnosis(PostgresField.code)
        let message = result.diagnosis(PostgresField.message)
        self = switch code {
        case "23P01": .overlap
        case "23505": .unique(constraint: Self.uniqueName(result))
        case "23503", "23001": .foreignKey
        case "23514": .check(result.diagnosis(PostgresField.constraint))
        case "23502": .check("NOT NULL \(result.diagnosis(PostgresField.column))")
        case "P0001": .check(message)
        case "55P03": .busy
        case "25006": .readOnly
        case "53100": .full
        case "57014": .unavailable("a statement took too long")
        case _ where ["08", "53", "57", "58", "XX"].contains(code.prefix(2)) || code.isEmpty:
            .unavailable(message.isEmpty ? "the connection was lost" : message)
        default: .sql(code: code, message: message)
        }
    }

    /// Whether the same transaction, begun anew, may well succeed: serialization failure, deadlock, or a plan that
    /// was made before a migration.
    var mayPassNextTime: Bool {
        if case .sql(let code, _) = self { ["40001", "40P01", "0A000"].contains(code) } else { false }
    }

    /// "Key (workspace, id)=(…) already exists." → "link(workspace, id)"; for an index over an expression its name.
    /// The parentheses are the same in every language of the server.
    private static func uniqueName(_ result: PostgresResult) -> String {
        let detail = result.diagnosis(PostgresField.detail)
        guard let opening = detail.firstIndex(of: "("), let closing = detail.firstIndex(of: ")"), opening < closing,
              case let columns = detail[detail.index(after: opening)..<closing], !columns.contains("(")
        else { return result.diagnosis(PostgresField.constraint) }
        return "\(result.diagnosis(PostgresField.table))(\(columns))"
    }
}

/// Fields of an error report: `PG_DIAG_…` of postgres_ext.h, which are C characters.
private enum PostgresField {
    static let code = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
    static let detail = Int32(UInt8(ascii: "D"))
    static let table = Int32(UInt8(ascii: "t"))
    static let column = Int32(UInt8(ascii: "c"))
    static let constraint = Int32(UInt8(ascii: "n"))
}
