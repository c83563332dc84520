/// The store of sessions and keys: what belongs to one workspace stays in it, and what is over goes.
import Database
import Fakes
import Features
import Scheduling
import Testing

struct SessionStoreTests {
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
            try await database.write(own) { tx in try new.insert(from: .console, scope: own, in: tx) }

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

    @Test("pruning removes the sessions whose time is over and no other", arguments: Engine.all)
    func pruning(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let member = try await test.addPerson()
            let signIn = SignIn(database: database, world: test.installation.world, passwords: test.passwords)
            let scope = Scope(workspace: member.workspace, actor: .system)
            var sessions: [NewSession] = []
            for _ in 0..<2 {
                let new = signIn.newSession(account: member.account.id, workspace: member.workspace)
                try await database.write(scope) { tx in try new.insert(from: .console, scope: scope, in: tx) }
                sessions.append(new)
                test.wait(seconds: 60)
            }
            let end = sessions[0].session.expiresAt
            try await database.writeUnscoped { tx in try AccountStore.pruneSessions(now: end, in: tx) }
            #expect(try await LookUps(database: database).session(sessions[0].token) == nil)
            #expect(try await LookUps(database: database).session(sessions[1].token) != nil)
        }
    }
}
