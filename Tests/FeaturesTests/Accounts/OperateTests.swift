/// The operator's commands: people, keys and workspaces, and what they refuse in words.
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct OperateTests {
    @Test(
        "a person is added with a password shown once, a subject of their own, and the workspace's zone",
        arguments: Engine.all)
    func add(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let place = try await test.operate.addWorkspace(name: "Nordhavn", zone: "Europe/Oslo")
            test.wait(seconds: 1)
            let added = try await test.operate.addUser(
                email: "Tomasz@Example.COM", name: "Tomasz", role: .manager, workspace: nil)

            #expect(added.member.account.email == "Tomasz@example.com" && added.member.account.zone == "Europe/Oslo")
            #expect(added.member.workspace == place.id && added.member.role == .manager)
            #expect(added.password?.utf8.count == 16)
            let subject = added.member.account.id.text
            let versions = try await database.lookUp { tx in try tx.subjectVersions([subject]) }
            #expect(Array(versions.keys) == [subject])
            #expect(try await test.operate.workspaces().map(\.members) == [1])

            let scope = Scope(workspace: place.id, actor: .system)
            let log = try await database.read(scope) { try AuditStore.rows(AuditFilter(), scope: scope, in: $0) }
            #expect(log.map(\.action) == [.joined, .workspaceMade] && log.allSatisfy { $0.actor == "system" })
            #expect(log[0].target == subject && log[0].after == #"{"role":"manager"}"# && log[0].network.isEmpty)
        }
    }

    @Test(
        "a member of one workspace joins another with the account they have; nothing of it changes",
        arguments: Engine.all)
    func secondWorkspace(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let first = try await test.addPerson(workspace: "A")
            let before = try await LookUps(database: database).signIn(email: "ingrid@example.com")
            test.wait(seconds: 1)
            _ = try await test.operate.addWorkspace(name: "B")
            let added = try await test.operate.addUser(
                email: "INGRID@example.com", name: "Somebody else", role: .viewer, workspace: "B",
                password: "another one here")

            #expect(added.password == nil && added.member.account.id == first.account.id)
            #expect(added.member.account.name == "Ingrid Aasland")
            let after = try #require(try await LookUps(database: database).signIn(email: "ingrid@example.com"))
            #expect(after.passwordHash == before?.passwordHash && after.workspaces.count == 2)
            #expect(after.workspaces.first == first.workspace)
            await #expect(throws: AccountRefusal.alreadyMember("ingrid@example.com")) {
                try await test.operate.addUser(email: "ingrid@example.com", name: "x", role: .owner, workspace: "B")
            }
        }
    }

    @Test("what cannot be done is refused in words and leaves nothing behind", arguments: Engine.all)
    func refusals(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let operate = test.operate
            await #expect(throws: AccountRefusal.unknownWorkspace("")) {
                try await operate.addUser(email: "a@example.com", name: "A", role: .owner, workspace: nil)
            }
            try await test.addPerson(workspace: "A")
            test.wait(seconds: 1)
            _ = try await operate.addWorkspace(name: "B")
            await #expect(throws: AccountRefusal.whichWorkspace) {
                try await operate.addUser(email: "a@example.com", name: "A", role: .owner, workspace: nil)
            }
            await #expect(throws: AccountRefusal.badEmail("a@")) {
                try await operate.addUser(email: "a@", name: "A", role: .owner, workspace: "A")
            }
            await #expect(throws: AccountRefusal.badPassword(.tooShort)) {
                try await operate.addUser(
                    email: "a@example.com", name: "A", role: .owner, workspace: "A", password: "short")
            }
            await #expect(throws: AccountRefusal.unknownAccount("a@example.com")) {
                try await operate.addKey(email: "a@example.com", scopes: nil)
            }
            await #expect(throws: AccountRefusal.unknownAccount("ingrid@example.com")) {
                try await operate.addKey(email: "ingrid@example.com", scopes: nil, workspace: "B")
            }
            await #expect(throws: AccountRefusal.unknownScope("links")) {
                try await operate.addKey(email: "ingrid@example.com", scopes: ["links"])
            }
            #expect(try await operate.workspaces().map(\.members) == [1, 0])
        }
    }

    @Test("every refusal has words, a status and a code")
    func words() {
        let all: [AccountRefusal] = [
            .noMatch(triesLeft: 1), .paused(until: testStart), .tooManyAtOnce, .emailTaken("a"), .badEmail("a"),
            .badPassword(.common), .unknownAccount("a"), .unknownWorkspace("a"), .whichWorkspace, .alreadyMember("a"),
            .unknownScope("a"), .scopeBeyondRole("a"), .noScopes, .keyEnded,
            .workspaceHasBookings(name: "a", count: 3), .setupIsOver, .setupTokenWrong, .notEmpty,
            .tooManyWorkspaces,
        ]
        for refusal in all {
            #expect(refusal.message.hasSuffix(".") && refusal.message.count > 20)
            #expect((400...503).contains(refusal.status) && !refusal.code.isEmpty)
        }
        #expect(all[0].message.hasSuffix("One try is left before a pause of 15 minutes."))
    }

    @Test(
        "a workspace goes with all that is in it, its own people too; who is elsewhere as well stays",
        arguments: Engine.all)
    func delete(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson("only@example.com", workspace: "A")
            try await test.addPerson("both@example.com", workspace: "A")
            test.wait(seconds: 1)
            try await test.addPerson("both@example.com", role: .viewer, workspace: "B")
            let key = try await test.operate.addKey(email: "both@example.com", scopes: nil)
            let browser = Browser(try test.open())
            await browser.post("/sign-in", [("email", "both@example.com"), ("password", "three calm rivers")])

            #expect(try await test.operate.deleteWorkspace("A").name == "A")
            #expect(try await test.operate.workspaces().map(\.name) == ["B"])
            await #expect(browser.get("/calendar").status == 303)
            #expect(try await Program(site: test.open(), key: key.text).call("GET", "/api/v1/me").status == 401)
            #expect(try await LookUps(database: database).signIn(email: "only@example.com") == nil)
            #expect(try await LookUps(database: database).signIn(email: "both@example.com")?.workspaces.count == 1)
            await #expect(throws: AccountRefusal.unknownWorkspace("A")) { try await test.operate.deleteWorkspace("A") }
        }
    }

    @Test("a set-up token is made while there is no workspace; a new one ends the one before", arguments: Engine.all)
    func setupToken(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let lookUps = LookUps(database: database)
            let first = try #require(try await test.operate.setupToken())
            #expect(try await lookUps.setupToken(first))
            let second = try #require(try await test.operate.setupToken())
            #expect(try await !lookUps.setupToken(first))
            #expect(try await lookUps.setupToken(second))
            _ = try await test.operate.addWorkspace(name: "A")
            #expect(try await test.operate.setupToken() == nil)
        }
    }
}
