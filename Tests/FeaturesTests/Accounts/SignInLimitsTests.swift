/// The pause after six failures: whom it stops, whom not, and for how long, in the tables of `SignInTryStore`.
import Database
import Fakes
import Features
import Scheduling
import Testing

struct SignInLimitsTests {
    private func fail(_ limits: SignInLimits, _ times: Int, _ email: String = "a@example.com",
                      from remote: String = "192.0.2.7", at now: Instant = testStart) async throws -> Int {
        var left = 0
        let name = SignInLimits.name(email: email, remote: remote)
        for _ in 0..<times { left = try await limits.begin(name, now: now) }
        return left
    }

    @Test("six tries are counted down, then a pause of fifteen minutes says when it ends", arguments: Engine.all)
    func pause(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let limits = SignInLimits(database)
            let first = try await fail(limits, 1), sixth = try await fail(limits, 5)
            #expect(first == 5 && sixth == 0)
            let end = testStart.adding(minutes: 15)
            await #expect(throws: AccountRefusal.paused(until: end)) {
                try await fail(limits, 1, at: testStart.adding(minutes: 14))
            }
            #expect(AccountRefusal.paused(until: end).message.contains("until 09:15 UTC"))
            #expect(try await fail(limits, 1, at: end) == 5)
        }
    }

    @Test("tries at once are counted one by one, and another process counts on", arguments: Engine.all)
    func together(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let name = SignInLimits.name(email: "a@example.com", remote: "192.0.2.7")
            let passed = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        (try? await SignInLimits(database).begin(name, now: testStart)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(passed == 6)
        }
    }

    @Test("the address in another case and the same network elsewhere meet the same pause; others go on")
    func others() async throws {
        try await withDatabase(.sqlite) { database in
            let limits = SignInLimits(database)
            _ = try await fail(limits, 6)
            await #expect(throws: AccountRefusal.self) {
                try await fail(limits, 1, "A@Example.COM", from: "192.0.2.200")
            }
            #expect(try await fail(limits, 1, from: "198.51.100.1") == 5)
            #expect(try await fail(limits, 1, "b@example.com") == 5)
        }
    }

    @Test("a quarter of an hour without a try forgets the failures, and housekeeping the rows", arguments: Engine.all)
    func forgotten(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let limits = SignInLimits(database)
            _ = try await fail(limits, 4)
            #expect(try await fail(limits, 1, at: testStart.adding(minutes: 15)) == 5)
            try await database.writeUnscoped { tx in
                try SignInTryStore.prune(now: testStart.adding(days: 2), in: tx)
            }
            let rows = try await database.lookUp { tx in
                try tx.all("SELECT name FROM sign_in_try") { try $0["name"] as String }
            }
            #expect(rows.isEmpty)
        }
    }

    @Test("a network is a /24 or a /48", arguments: [
        ("192.0.2.7", "192.0.2"), ("::ffff:192.0.2.7", "192.0.2"), ("2001:db8:7:1::9", "2001:db8:7"),
        ("2001:db8::9", "2001:db8:0"), ("::1", "0:0:0"), ("unix", "unix"),
    ])
    func networks(remote: String, network: String) {
        #expect(SignInLimits.network(of: remote) == network)
    }
}
