/// Creates and drops whole databases on a PostgreSQL server, for tests and restore drills.

/// A server by the URL of any of its databases.
package struct PostgresServer: Sendable {
    private let connection: PostgresConnection

    package init(url: String) {
        connection = PostgresConnection(url: url)
    }

    /// Creates a database that sorts as SQLite does, empty or as a copy of another one that nobody is connected to.
    /// - Parameter name: of lower-case letters, digits and underscores.
    package func create(_ name: String, copying template: String = "template0") async throws {
        let (name, template) = (try quoted(name), try quoted(template))
        try await connect {
            try $0.command("CREATE DATABASE \(name) TEMPLATE \(template) ENCODING 'UTF8' LC_COLLATE 'C'")
        }
    }

    /// Drops a database if it is there, throwing out whoever is connected.
    package func drop(_ name: String) async throws {
        let name = try quoted(name)
        try await connect { try $0.command("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
    }

    /// Ends the connection; the next call would make a new one.
    package func close() async {
        try? await connection.perform { $0.disconnect() }
    }

    private func connect(_ work: @escaping @Sendable (PostgresConnection) throws -> Void) async throws {
        try await connection.perform { connection in
            if !connection.isAlive { try connection.connect() }
            try connection.command("SET statement_timeout = 0")
            try work(connection)
        }
    }

    private func quoted(_ name: String) throws(DatabaseError) -> String {
        let allowed = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard allowed, !name.isEmpty else { throw DatabaseError.sql(code: "42602", message: "not a name: \(name)") }
        return "\"\(name)\""
    }
}
