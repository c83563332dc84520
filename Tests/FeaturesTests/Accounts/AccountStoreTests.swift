/// The store of people, sessions and keys: what belongs to one workspace stays in it.
import Database
import Fakes
import Features
import Scheduling
import Testing

struct AccountStoreTests {
    @Test("an address has one account, however it is written", arguments: Engine.all)
    func oneAccount(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let world = test.installation.world
            func add(_ email: String) async throws {
                let account = Account(id: world.id(), email: email, name: "A", zone: "UTC")
                try await database.writeUnscoped { tx in
                    try AccountStore.insert(account, passwordHash: nil, now: testStart, in: tx)
                }
            }
            try await add("Éva@Example.com")
            await #expect(throws: AccountRefusal.emailTaken("éva@EXAMPLE.com")) { try await add("éva@EXAMPLE.com") }
            try await add("eva@example.com")
            let found = try await database.lookUp { tx in try AccountStore.account(email: " ÉVA@example.com ", in: tx) }
            #expect(found?.email == "Éva@Example.com" && found?.clock == .twentyFour)
        }
    }

    @Test("members, sessions and keys of one workspace are not touched in the name of another", arguments: Engine.all)
    func scopes(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let a = try await test.addPerson("a@example.com", workspace: "A")
            let b = try await test.addPerson("b@example.com", workspace: "B")
            let key = try await test.operate.addKey(email: "a@example.com", scopes: nil)
            let signIn = SignIn(database: database, world: test.installation.world, passwords: test.passwords)
            let new = signIn.newSession(account: a.account.id, workspace: a.workspace)
            let own = Scope(workspace: a.workspace, actor: .system)
            let other = Scope(workspace: b.workspace, actor: .system)
            try await database.write(own) { tx in try new.insert(userAgent: "", scope: own, in: tx) }

            try await database.write(other) { tx in
                try AccountStore.end(new.session.id, scope: other, in: tx)
                try AccountStore.endAll(of: a.account.id, scope: other, in: tx)
                try AccountStore.seen(new.session.id, at: testStart.adding(days: 9), scope: other, in: tx)
                let revoked = try AccountStore.revokeKey(key.key.id, owner: nil, now: testStart, scope: other, in: tx)
                #expect(!revoked)
                #expect(try AccountStore.keys(owner: nil, scope: other, in: tx).isEmpty)
                #expect(try AccountStore.member(a.account.id, workspace: b.workspace, in: tx) == nil)
                #expect(try AccountStore.members(of: b.workspace, in: tx) == [b])
            }
            let found = try #require(try await LookUps(database: database).session(new.token))
            #expect(found.session.seenAt == testStart && found.member == a)
            #expect(try await LookUps(database: database).key(key.text) != nil)

            try await database.write(own) { tx in try AccountStore.endAll(of: a.account.id, scope: own, in: tx) }
            #expect(try await LookUps(database: database).session(new.token) == nil)
        }
    }

    @Test("unknown secrets and names lead nowhere", arguments: Engine.all)
    func unknown(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let lookUps = LookUps(database: database)
            try await #expect(lookUps.link(slug: "none") == nil)
            try await #expect(lookUps.bookingToken("none") == nil)
            try await #expect(lookUps.hold("none") == nil)
            try await #expect(lookUps.session("none") == nil)
            try await #expect(lookUps.key("none") == nil)
            try await #expect(lookUps.signIn(email: "none") == nil)
            try await #expect(!lookUps.setupToken("none"))
            try await #expect(!lookUps.anyWorkspace())
        }
    }
}
