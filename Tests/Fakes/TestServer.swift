/// PostgreSQL databases for tests, cloned from a migrated template on the server that the environment names.
import Database
import Foundation

/// Hands out four databases at a time: each test opens pools, and a server takes a hundred connections.
actor TestServer {
    private static let shared = TestServer()
    private static let mostAtOnce = 4

    private var reusable: [String] = []
    private var inUse = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var made = 0
    private var template: Task<String, any Error>?

    nonisolated(nonsending) static func with<T>(
        _ kind: TestDatabaseKind, _ body: (String) async throws -> T
    ) async throws -> T {
        let name = try await shared.take(kind)
        do {
            let result = try await body(try url(of: name))
            await shared.give(name, kind)
            return result
        } catch {
            await shared.give(name, kind)
            throw error
        }
    }

    private func take(_ kind: TestDatabaseKind) async throws -> String {
        if inUse == Self.mostAtOnce {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            inUse += 1
        }
        do {
            if kind == .reused, let name = reusable.popLast() { return name }
            made += 1
            let name = Self.name("\(made)")
            let original = kind == .bare ? "template0" : try await migratedTemplate()
            try await Self.onServer { try await $0.create(name, copying: original) }
            return name
        } catch {
            leave()
            throw error
        }
    }

    private func give(_ name: String, _ kind: TestDatabaseKind) async {
        // Should emptying fail, the next test makes a new one instead.
        if kind == .reused, (try? await Self.empty(name)) != nil { reusable.append(name) }
        leave()
        // Dropping waits for a checkpoint, which need not keep other tests waiting.
        if kind != .reused { try? await Self.onServer { try await $0.drop(name) } }
    }

    private func leave() {
        if waiting.isEmpty { inUse -= 1 } else { waiting.removeFirst().resume() }
    }

    private func migratedTemplate() async throws -> String {
        let making = template ?? Task {
            let name = Self.name("template")
            try await Self.onServer { try await $0.create(name) }
            let database = try await Self.open(name)
            try await database.migrate()
            await database.close()
            return name
        }
        template = making
        return try await making.value
    }

    /// Deletes all rows but the schema's own; quicker than TRUNCATE, which makes new files to be synced. As a
    /// replica the session obeys no foreign keys and fires no triggers, such as the one that guards histories.
    private static func empty(_ name: String) async throws {
        let database = try await open(name)
        _ = try await database.writeUnscoped { tx in
            try tx.run("SET LOCAL session_replication_role = replica")
            try tx.run(
                """
                DO 'DECLARE t text; BEGIN
                    FOR t IN SELECT tablename FROM pg_tables
                        WHERE schemaname = current_schema() AND tablename <> ''schema_migration'' LOOP
                        EXECUTE format(''DELETE FROM %I'', t);
                    END LOOP;
                END'
                """)
        }
        await database.close()
    }

    private static func open(_ name: String) async throws -> Database {
        var options = DatabaseOptions()
        options.isTest = true
        return try await Database.open(try url(of: name), options)
    }

    private static func onServer(_ work: (PostgresServer) async throws -> Void) async throws {
        let server = PostgresServer(url: try url(of: "postgres"))
        do {
            try await work(server)
            await server.close()
        } catch {
            await server.close()
            throw error
        }
    }

    private static func name(_ suffix: String) -> String {
        "test_\(ProcessInfo.processInfo.processIdentifier)_\(suffix)"
    }

    private static func url(of name: String) throws -> String {
        let base = ProcessInfo.processInfo.environment["WORKESTRA_TEST_POSTGRES"] ?? ""
        guard !base.isEmpty, var parts = URLComponents(string: base) else {
            throw NoTestDatabase(
                description: """
                    There is no PostgreSQL to test on: run bin/test, set WORKESTRA_TEST_POSTGRES to a server's URL \
                    (postgres://postgres@127.0.0.1:5432), or set WORKESTRA_TEST_ENGINES=sqlite to leave it out.
                    """)
        }
        parts.path = "/\(name)"
        return parts.string ?? base
    }
}
