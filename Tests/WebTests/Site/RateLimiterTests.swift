/// Tests of limits: evenly refilled, bounded, closed when full, and counted for the right client.

import Testing
@testable import Web

@Suite struct RateLimiterTests {
    let time = StillTime()

    private func limiter(capacity: Int = 100) -> RateLimiter {
        RateLimiter(capacity: capacity, milliseconds: { [time] in time.now })
    }

    @Test("a bucket holds a minute's worth and refills evenly")
    func refills() {
        let limiter = limiter()
        for left in (0..<10).reversed() { #expect(limiter.take("w", of: [1], perMinute: 10).remaining == left) }
        let refused = limiter.take("w", of: [1], perMinute: 10)
        #expect(refused == RateLimiter.Verdict(isAllowed: false, limit: 10, remaining: 0, reset: 60, retryAfter: 6))
        time.move(seconds: 6)
        #expect(limiter.take("w", of: [1], perMinute: 10).isAllowed)
        #expect(!limiter.take("w", of: [1], perMinute: 10).isAllowed)
        time.move(seconds: 60)
        #expect(limiter.take("w", of: [1], perMinute: 10).remaining == 9)
    }

    @Test("clients and buckets do not share")
    func separates() {
        let limiter = limiter()
        #expect(limiter.take("a", of: [1], perMinute: 1).isAllowed)
        #expect(!limiter.take("a", of: [1], perMinute: 1).isAllowed)
        #expect(limiter.take("a", of: [2], perMinute: 1).isAllowed)
        #expect(limiter.take("b", of: [1], perMinute: 1).isAllowed)
    }

    @Test("a full table refuses strangers, keeps those it knows, and recovers")
    func failsClosed() {
        let limiter = limiter(capacity: 100)
        for client in 0..<100 { #expect(limiter.take("w", of: [UInt8(client)], perMinute: 10).isAllowed) }
        #expect(!limiter.take("w", of: [200], perMinute: 10).isAllowed)
        #expect(limiter.take("w", of: [1], perMinute: 10).isAllowed)
        #expect(limiter.count == 100)
        time.move(seconds: 61)
        #expect(limiter.take("w", of: [200], perMinute: 10).isAllowed)
        #expect(limiter.count == 1)
    }

    @Test("a million clients stay within the bound")
    func isBounded() {
        let limiter = limiter(capacity: 1000)
        for client in 0..<1_000_000 {
            _ = limiter.take("w", of: [UInt8(client >> 16), UInt8(client >> 8 & 255), UInt8(client & 255)],
                perMinute: 10)
        }
        #expect(limiter.count <= 1000)
    }
}

@Suite struct LimitTests {
    @Test("anonymous writes are counted by address, with the numbers in the headers and 429 at the end")
    func limitsWrites() async {
        let fixture = SiteFixture(limits: Site.Limits(anonymousWrites: 2))
        let first = await fixture.post("/book/intro", "name=a", peer: "203.0.113.1")
        #expect(first.status == 201)
        #expect(first[header: "ratelimit-limit"] == "2")
        #expect(first[header: "ratelimit-remaining"] == "1")
        #expect(first[header: "ratelimit-reset"] == "30")
        #expect(await fixture.post("/book/intro", peer: "203.0.113.1").status == 201)
        let third = await fixture.post("/book/intro", peer: "203.0.113.1")
        #expect(third.status == 429)
        #expect(third[header: "retry-after"] == "30")
        #expect(third[header: "ratelimit-remaining"] == "0")
        #expect(await fixture.post("/book/intro", peer: "203.0.113.2").status == 201)
        #expect(await fixture.get("/book/intro", peer: "203.0.113.1").status == 200)
    }

    @Test("one household of version 6 is one client")
    func groupsNetworks() async {
        let fixture = SiteFixture(limits: Site.Limits(anonymousWrites: 1))
        #expect(await fixture.post("/book/intro", peer: "2001:db8:1:2::1").status == 201)
        #expect(await fixture.post("/book/intro", peer: "2001:db8:1:2:ffff::9").status == 429)
        #expect(await fixture.post("/book/intro", peer: "2001:db8:1:3::1").status == 201)
    }

    @Test("a forged X-Forwarded-For changes nothing, a trusted proxy's counts")
    func believesProxies() async {
        let fixture = SiteFixture(proxies: ["10.0.0.0/8", "::1"], limits: Site.Limits(anonymousWrites: 1))
        let send = { (peer: String, header: String) in
            await fixture.post("/book/intro", headers: [("X-Forwarded-For", header)], peer: peer).status
        }
        #expect(await send("203.0.113.1", "1.1.1.1") == 201)
        #expect(await send("203.0.113.1", "2.2.2.2") == 429)
        #expect(await send("10.0.0.1", "3.3.3.3") == 201)
        #expect(await send("10.0.0.2", "9.9.9.9, 3.3.3.3, 10.1.1.1") == 429)
        #expect(await send("10.0.0.2", "4.4.4.4") == 201)
    }

    @Test("a key has its own limits, reading and writing")
    func limitsKeys() async {
        let fixture = SiteFixture(limits: Site.Limits(key: 3, writes: 1))
        let headers: Headers = ["Authorization": "Bearer writer", "Content-Type": "application/json"]
        let write = { await fixture.site.answer(RawRequest("POST", "/api/v1/links", headers: headers,
            body: [0x7b, 0x7d])) }
        #expect(await write().status == 201)
        let refused = await write()
        #expect(refused.status == 429)
        #expect(refused.json?["code"] == "rate_limited")
        #expect(refused[header: "ratelimit-limit"] == "1")
        #expect(await fixture.get("/api/v1/links", headers: headers).status == 200)
        #expect(await fixture.get("/api/v1/links", headers: headers).status == 429)
        #expect(await fixture.get("/api/v1/links", headers: ["Authorization": "Bearer reader"]).status == 200)
    }
}

@Suite struct ClientAddressTests {
    @Test("the client is the last hop that no trusted proxy is", arguments: [
        ("203.0.113.1", ["1.1.1.1"], "203.0.113.1"), ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["9.9.9.9, 1.1.1.1"], "1.1.1.1"), ("10.0.0.1", ["9.9.9.9", "1.1.1.1, 10.9.9.9"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"), ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", [""], "10.0.0.1"),
    ])
    func findsClient(peer: String, hops: [String], client: String) {
        let headers = Headers(hops.map { ("X-Forwarded-For", $0) })
        #expect(ClientAddress.of(peer: peer, headers: headers, trusting: ["10.0.0.0/8"].compactMap(Network.init))
            == client)
    }

    @Test("networks are prefixes", arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.128/25", "192.0.2.200", true), ("192.0.2.1", "192.0.2.1", true),
        ("2001:db8::/33", "2001:db8:7fff::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false), ("0.0.0.0/0", "1.2.3.4", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
    ])
    func knowsNetworks(network: String, address: String, isIn: Bool) throws {
        #expect(try #require(Network(network)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test("nonsense is no network", arguments: ["", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::1/129",
        "10.0.0.0/8/8", "/8"])
    func refusesNetworks(text: String) {
        #expect(Network(text) == nil)
    }
}
