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
