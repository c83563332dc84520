/// The audit log's rows: written with their transaction, kept from everybody else's workspace, never changed.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct AuditStoreTests {
    private let origin = Origin(remote: "2001:db8:7:1::9", userAgent: String(repeating: "é", count: 300))

    @Test("rows come newest first, page by page, by action and by person", arguments: Engine.all)
    func reads(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let world = test.installation.world
            let ada = try await test.addPerson(), bo = try await test.addPerson("bo@example.com", role: .admin)
            func record(_ action: AuditAction, by member: Member) async throws -> ID<AuditEntry> {
                test.wait(seconds: 1)
                let entry = AuditEntry(
                    action, of: "x", named: "A thing", before: ["a": 1], after: nil, from: origin, world)
                let scope = Scope(workspace: member.workspace, actor: .user(member.account.id))
                try await database.write(scope) { tx in try AuditStore.record(entry, scope: scope, in: tx) }
                return entry.id
            }
            let first = try await record(.keyMade, by: ada), second = try await record(.keyRevoked, by: bo)
            let third = try await record(.keyMade, by: bo)

            let scope = Scope(workspace: ada.workspace, actor: .system)
            func ids(_ filter: AuditFilter) async throws -> [ID<AuditEntry>] {
                try await database.read(scope) { tx in
                    try AuditStore.rows(filter, scope: scope, in: tx).filter { $0.actor != "system" }.map(\.id)
                }
            }
            #expect(try await ids(AuditFilter()) == [third, second, first])
            #expect(try await ids(AuditFilter(action: .keyMade)) == [third, first])
            #expect(try await ids(AuditFilter(person: bo.account.id)) == [third, second])
            #expect(try await ids(AuditFilter(after: third, limit: 1)) == [second])
            let rows = try await test.log(of: ada.workspace)
            #expect(rows[0].before == #"{"a":1}"# && rows[0].after == nil && rows[0].network == "2001:db8:7::/48")
            #expect(rows[0].userAgent.count == 200 && rows[2].personName == "Ingrid Aasland")

            // Another workspace sees nothing of it.
            let other = try await test.operate.addWorkspace(name: "Elsewhere")
            #expect(try await test.log(of: other.id).isEmpty)
        }
    }

    @Test("no row is changed or deleted while its workspace stands; with the workspace it goes", arguments: Engine.all)
    func appendOnly(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            let scope = Scope(workspace: member.workspace, actor: .system)
            let entry = AuditEntry(.exported, from: .console, test.installation.world)
            try await database.write(scope) { tx in try AuditStore.record(entry, scope: scope, in: tx) }
            await #expect(throws: DatabaseError.self) {
                try await database.write(scope) { tx in try tx.run("UPDATE audit SET action = 'joined'") }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.write(scope) { tx in try tx.run("DELETE FROM audit") }
            }
            #expect(try await test.log(of: member.workspace).count == 1)
            _ = try await test.operate.deleteWorkspace("Nordhavn")
            #expect(try await test.log(of: member.workspace).isEmpty)
        }
    }

    @Test("a browser is told in words", arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604",
         "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.0", "A program"), ("", ""),
    ])
    func browsers(agent: String, words: String) {
        #expect(Browsers.words(agent) == words)
    }
}
