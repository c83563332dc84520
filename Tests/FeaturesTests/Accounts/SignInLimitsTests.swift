/// The pause after six failures: whom it stops, whom not, and for how long.
import Features
import Scheduling
import Testing

struct SignInLimitsTests {
    private let limits = SignInLimits()

    private func fail(_ times: Int, _ email: String = "a@example.com", from remote: String = "192.0.2.7",
                      at now: Instant = testStart) throws -> Int {
        var left = 0
        for _ in 0..<times { left = try limits.begin(email, from: remote, now: now) }
        return left
    }

    @Test("six tries are counted down, then a pause of fifteen minutes says when it ends")
    func pause() throws {
        #expect(try fail(1) == 5)
        #expect(try fail(5) == 0)
        let end = testStart.adding(minutes: 15)
        #expect(throws: AccountRefusal.paused(until: end)) { try fail(1, at: testStart.adding(minutes: 14)) }
        #expect(AccountRefusal.paused(until: end).message.contains("until 09:15 UTC"))
        #expect(try fail(1, at: end) == 5)
    }

    @Test("the address in another case and the same network elsewhere meet the same pause")
    func sameAccountAndNetwork() throws {
        _ = try fail(6)
        #expect(throws: AccountRefusal.self) { try fail(1, "A@Example.COM", from: "192.0.2.200") }
    }

    @Test("another network and another address go on: nobody is locked out by a stranger")
    func others() throws {
        _ = try fail(6)
        #expect(try fail(1, from: "198.51.100.1") == 5)
        #expect(try fail(1, "b@example.com") == 5)
    }

    @Test("the right password forgets the failures, and so does a quarter of an hour")
    func forgotten() throws {
        _ = try fail(5)
        limits.succeeded("a@example.com", from: "192.0.2.9")
        #expect(try fail(1) == 5)
        _ = try fail(4)
        #expect(try fail(1, at: testStart.adding(minutes: 15)) == 5)
    }

    @Test("a network is a /24 or a /48", arguments: [
        ("192.0.2.7", "192.0.2"), ("::ffff:192.0.2.7", "192.0.2"), ("2001:db8:7:1::9", "2001:db8:7"),
        ("2001:db8::9", "2001:db8:0"), ("::1", "0:0:0"), ("unix", "unix"),
    ])
    func networks(remote: String, network: String) {
        #expect(SignInLimits.network(of: remote) == network)
    }
}
