/// How a `SQL` literal becomes one engine's text and its parameters.

/// A statement as an engine takes it.
struct RenderedSQL {
    var text = ""
    var values: [Value] = []
}

extension SQL {
    /// - Throws: ``DatabaseError/sql(code:message:)`` with PostgreSQL's code 22021 when a text holds U+0000, which
    ///   PostgreSQL refuses and C strings cut off. The edge should have refused it with better words.
    func rendered(for engine: Engine) throws(DatabaseError) -> RenderedSQL {
        var (text, values): ([UInt8], [Value]) = ([], [])
        text.reserveCapacity(48 * pieces.count)
        values.reserveCapacity(pieces.count / 2 + 1)
        try render(into: &text, &values, for: engine)
        return RenderedSQL(text: String(decoding: text, as: UTF8.self), values: values)
    }

    private func render(
        into rendered: inout [UInt8], _ values: inout [Value], for engine: Engine
    ) throws(DatabaseError) {
        for piece in pieces {
            switch piece {
            case .text(let text):
                text.withUTF8Buffer { rendered += $0 }
            case .word(let word):
                rendered += word.text(for: engine).utf8
            case .name(let name):
                guard name.utf8.allSatisfy({ $0 != 0 && $0 != UInt8(ascii: "\"") }) else {
                    throw DatabaseError.sql(code: "42602", message: "not a name of ours: \(name)")
                }
                rendered += "\"\(name)\"".utf8
            case .only(let only, let sql):
                if only == engine { try sql.render(into: &rendered, &values, for: engine) }
            case .value(let value):
                if case .text(let text) = value, text.utf8.contains(0) {
                    throw DatabaseError.sql(code: "22021", message: "a text for the database must not hold U+0000")
                }
                values.append(value)
                // SQLite numbers `$n` by first appearance, not by n; a bare `?` in order cannot be misread.
                rendered += engine == .sqlite ? "?".utf8 : "$\(values.count)".utf8
            }
        }
    }
}

extension SQL.Word {
    func text(for engine: Engine) -> String {
        let onSQLite = engine == .sqlite
        return switch self {
        case .int: onSQLite ? "INTEGER" : "BIGINT"
        case .bytes: onSQLite ? "BLOB" : "BYTEA"
        case .strict: onSQLite ? " STRICT" : ""
        case .bool(let column):
            onSQLite ? "\(column) INTEGER NOT NULL CHECK (\(column) IN (0, 1))" : "\(column) BOOLEAN NOT NULL"
        case .forUpdate: onSQLite ? "" : " FOR NO KEY UPDATE"
        case .skipLocked: onSQLite ? "" : " FOR NO KEY UPDATE SKIP LOCKED"
        }
    }
}
