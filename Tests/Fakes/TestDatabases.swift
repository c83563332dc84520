/// Real databases for tests, on both engines: migrated, empty, and one's own for as long as the test runs.
import Database
import Foundation

extension Engine {
    /// The engines to test on, for `@Test(arguments: Engine.all)`: both, or those `WORKESTRA_TEST_ENGINES` names.
    package static let all: [Engine] = {
        guard let names = ProcessInfo.processInfo.environment["WORKESTRA_TEST_ENGINES"] else { return allCases }
        return names.split(separator: ",").compactMap { Engine(rawValue: String($0)) }
    }()
}

/// Why there is no database to test on, as a sentence.
package struct NoTestDatabase: Error, CustomStringConvertible {
    package let description: String
}

/// Opens a migrated, empty database as production does and closes it after `body`.
///
/// ```swift
/// @Test("a poll closes once", arguments: Engine.all)
/// func closes(on engine: Engine) async throws {
///     try await withDatabase(engine) { db in … }
/// }
/// ```
nonisolated(nonsending) package func withDatabase<T>(
    _ engine: Engine, _ body: (Database) async throws -> T
) async throws -> T {
    try await withDatabaseURL(engine, .reused) { url in try await with(url, body) }
}

/// The same for a test that changes the schema, which nobody else may see.
nonisolated(nonsending) package func withOwnDatabase<T>(
    _ engine: Engine, _ body: (Database) async throws -> T
) async throws -> T {
    try await withDatabaseURL(engine, .fresh) { url in try await with(url, body) }
}

/// How much of a database a test needs.
package enum TestDatabaseKind: Sendable {
    /// Migrated and empty; on PostgreSQL one of four that are emptied between tests.
    case reused
    /// Migrated and empty, gone afterwards.
    case fresh
    /// Without a single table.
    case bare
}

/// Hands out the URL, for tests that open the database themselves or more than once.
nonisolated(nonsending) package func withDatabaseURL<T>(
    _ engine: Engine, _ kind: TestDatabaseKind,
    _ body: (String) async throws -> T
) async throws -> T {
    switch engine {
    case .sqlite: try await TestFiles.with(kind, body)
    case .postgres: try await TestServer.with(kind, body)
    }
}

private nonisolated(nonsending) func with<T>(
    _ url: String, _ body: (Database) async throws -> T
) async throws -> T {
    var options = DatabaseOptions()
    options.isTest = true
    let database = try await Database.open(url, options)
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}

/// SQLite: each test gets a copy of a migrated file, in a folder of its own.
private enum TestFiles {
    nonisolated(nonsending) static func with<T>(
        _ kind: TestDatabaseKind, _ body: (String) async throws -> T
    ) async throws -> T {
        let own = folder.appending(component: UUID().uuidString)
        let file = own.appending(component: "test.db")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: own) }
        if kind != .bare { try FileManager.default.copyItem(at: try await template.value, to: file) }
        return try await body("sqlite:\(file.path)")
    }

    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: TestFiles.place) }
        return place
    }()

    private static let place = FileManager.default.temporaryDirectory
        .appending(component: "workestra-tests-\(ProcessInfo.processInfo.processIdentifier)")

    private static let template = Task<URL, any Error> {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(component: "template.db")
        let database = try await Database.open("sqlite:\(file.path)")
        try await database.migrate()
        // Closing moves all of the write-ahead log into the file, so the file alone can be copied.
        await database.close()
        return file
    }
}
