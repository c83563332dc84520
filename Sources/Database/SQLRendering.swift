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
        var rendered = RenderedSQL()
        try render(into: &rendered, for: engine)
        return rendered
    }

    private func render(into rendered: inout RenderedSQL, for engine: Engine) throws(DatabaseError) {
        for piece in pieces {
            switch piece {
            case .text(let text):
                rendered.text += text.description
            case .word(let word):
                rendered.text += word.text(for: engine)
            case .name(let name):
                guard name.utf8.allSatisfy({ $0 != 0 && $0 != UInt8(ascii: "\"") }) else {
                    throw DatabaseError.sql(code: "42602", message: "not a name of ours: \(name)")
                }
                rendered.text += "\"\(name)\""
            case .only(let only, let sql):
                if only == engine { try sql.render(into: &rendered, for: engine) }
            case .value(let value):
                if case .text(let text) = value, text.utf8.contains(0) {
                    throw DatabaseError.sql(code: "22021", message: "a text for the database must not hold U+0000")
                }
                rendered.values.append(value)
                // SQLite numbers `$n` by first appearance, not by n; a bare `?` in order cannot be misread.
                rendered.text += engine == .sqlite ? "?" : "$\(rendered.values.count)"
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
