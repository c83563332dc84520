/// Tests of the way of a request: routes, paths, policies, refusals, headers.

import Testing
@testable import Web

@Suite struct SiteTests {
    let fixture = SiteFixture()

    @Test("an address that nobody made is not found, as a page or as a problem")
    func refusesUnknown() async {
        let page = await fixture.get("/nothing")
        #expect(page.status == 404)
        #expect(page.text.contains("<h1 class=\"display\">Nothing here</h1>"))
        let problem = await fixture.get("/api/v1/nothing")
        #expect(problem.status == 404)
        #expect(problem[header: "content-type"] == "application/problem+json")
        #expect(problem.json?["code"] == "not_found")
    }

    @Test("a written segment goes before a value")
    func prefersWords() async {
        #expect(await fixture.get("/book/cancel/abc").text == "<p>cancel</p>")
        #expect(await fixture.get("/book/intro").text == "<p>intro </p>")
        #expect(await fixture.get("/book/cancel").text == "<p>cancel </p>")
    }

    @Test("values of the path and of the query are decoded, and escaped in the page")
    func decodes() async {
        #expect(await fixture.get("/book/%3Cb%3E?q=1+2%26").text == "<p>&lt;b&gt; 1 2&amp;</p>")
    }

    @Test("tricks with the path lead nowhere", arguments: [
        "//book/intro", "/book//intro", "/book/../calendar", "/book/%2e%2e/calendar", "/book/%2E%2e", "/./book/intro",
        "/book/a%2fb",
        "/book/a%5cb", "/book/a\\b", "/book/%00", "/book/%0d%0aX:%20y", "/book/%", "/book/%c0%ae", "", "book/intro",
        "*", "http://x/book/intro",
        "/book/%7f",
    ])
    func refusesTricks(target: String) async {
        #expect(await fixture.get(target).status == 404)
    }

    @Test("a slash at the end is one too many: reading is sent on, writing is refused")
    func foldsEndSlash() async {
        let answer = await fixture.get("/book/intro/?q=1")
        #expect(answer.status == 308)
        #expect(answer[header: "location"] == "/book/intro?q=1")
        #expect(await fixture.get("/nothing/").status == 404)
        #expect(await fixture.post("/book/intro/").status == 404)
    }

    @Test("a query that cannot be read is refused", arguments: ["?a=%", "?a=%ff", "?a=%00"])
    func refusesQuery(query: String) async {
        #expect(await fixture.get("/book/intro" + query).status == 400)
    }

    @Test("HEAD is GET without a body")
    func answersHead() async {
        let get = await fixture.get("/book/intro")
        let head = await fixture.site.answer(RawRequest("HEAD", "/book/intro"))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head[header: "content-length"] == String(get.body.count))
        #expect(head[header: "content-type"] == get[header: "content-type"])
    }

    @Test("a method that an address does not have is 405 with those it has",
        arguments: ["DELETE", "OPTIONS", "TRACE", "get", "BREW"])
    func refusesMethods(method: String) async {
        let answer = await fixture.site.answer(RawRequest(method, "/book/intro"))
        #expect(answer.status == 405)
        #expect(answer[header: "allow"] == "GET, HEAD, POST")
        #expect(await fixture.site.answer(RawRequest("HEAD", "/sign-in")).status == 405)
    }

    @Test("every answer has a request id of its own")
    func numbersRequests() async {
        let (a, b) = (await fixture.get("/"), await fixture.get("/nothing"))
        #expect(a[header: "x-request-id"]?.hasPrefix("req_") ?? false)
        #expect(a[header: "x-request-id"] != b[header: "x-request-id"])
    }

    @Test("a refusal is a problem under /api, with its members, and a page elsewhere")
    func rendersRefusals() async throws {
        let problem = await fixture.get("/api/v1/taken")
        let json = try #require(problem.json)
        #expect(json == [
            "type": "about:blank", "title": "Conflict", "status": 409, "detail": "Somebody took 10:30 a moment ago.",
            "code": "slot_taken", "requestId": .string(problem[header: "x-request-id"] ?? ""),
            "alternatives": ["2026-12-03T11:00:00Z"],
        ])
        let page = await fixture.get("/taken")
        #expect(page.status == 409)
        #expect(page.text.contains("Somebody took 10:30 a moment ago."))
        let asked = await fixture.get("/taken", headers: ["Accept": "application/json"])
        #expect(asked.json?["code"] == "slot_taken")
    }

    @Test("a refusal of fields lists them")
    func listsFields() async {
        let problem = await fixture.get("/api/v1/invalid")
        #expect(problem.status == 422)
        #expect(problem.json?["errors"] == [["field": "attendee.email", "code": "invalid", "message": "Not complete."]])
    }

    @Test("an error nobody knows is 500 without details, and is logged", arguments: ["/api/v1/broken", "/broken"])
    func hidesErrors(path: String) async {
        let fixture = SiteFixture()
        let answer = await fixture.get(path)
        #expect(answer.status == 500)
        #expect(!answer.text.contains("hunter2") && !answer.text.contains("SecretError"))
        #expect(answer.text.contains(answer[header: "x-request-id"] ?? "missing"))
        #expect(fixture.lines.all.contains { $0.0 == "unexpected error" && $0.1["error"] == "SecretError" })
    }

    @Test("a failure of the world is what the program says it is")
    func translates() async {
        let answer = await fixture.get("/busy")
        #expect(answer.status == 503)
        #expect(answer[header: "retry-after"] == "2")
    }

    @Test("the log names the pattern, never the path, the query, the address or a person")
    func logsNothingPersonal() async {
        let fixture = SiteFixture()
        _ = await fixture.get("/book/cancel/secret-token?email=ada@example.org", peer: "203.0.113.9")
        _ = await fixture.get("/calendar?x=secret", headers: ["Cookie": "__Host-session=ingrid"], peer: "203.0.113.9")
        _ = await fixture.get("/secret-page")
        let text = fixture.lines.all.map { "\($0.0) \($0.1)" }.joined(separator: "\n")
        #expect(fixture.lines.all.map { $0.1["route"] } == ["/book/cancel/:token", "/calendar", "none"])
        for word in ["secret", "ada@", "203.0", "Ingrid", "ingrid"] { #expect(!text.contains(word)) }
    }

    @Test("the reader's language is the one asked for, else the browser's")
    func choosesLanguage() async {
        #expect(await fixture.get("/language").text == "en Monday")
        #expect(await fixture.get("/language?lang=en-XB").text.hasPrefix("en-XB ⟦"))
        #expect(await fixture.get("/language", headers: ["Accept-Language": "en-XB"]).text.hasPrefix("en-XB ⟦"))
        #expect(Language.current == .english)
    }

    @Test("a body over its route's limit is 413")
    func boundsBodies() async {
        let long = "\"" + String(repeating: "a", count: 200) + "\""
        let answer = await fixture.site.answer(RawRequest("POST", "/api/v1/public/holds",
            headers: ["Content-Type": "application/json"],
                                                          body: Array(long.utf8)))
        #expect(answer.status == 413)
        #expect(answer.json?["code"] == "payload_too_large")
        let announced = await fixture.site.answer(RawRequest("POST", "/api/v1/public/holds",
            headers: ["Content-Length": "200"]))
        #expect(announced.status == 413)
    }

    @Test("a body of another kind is 415, one that cannot be read 400")
    func checksBodies() async {
        let text = await fixture.site.answer(RawRequest("POST", "/api/v1/public/holds",
            headers: ["Content-Type": "text/plain"], body: [0x7b, 0x7d]))
        #expect(text.status == 415)
        let broken = await fixture.site.answer(RawRequest("POST", "/api/v1/public/holds",
            headers: ["Content-Type": "application/json"], body: [0x7b]))
        #expect(broken.status == 400)
        #expect(broken.json?["code"] == "malformed")
    }

    @Test("of more requests than can be worked on at once some are sent away, and never a probe")
    func sendsAway() async throws {
        let (entered, continuation) = AsyncStream.makeStream(of: CheckedContinuation<Void, Never>.self)
        var limits = Site.Limits()
        limits.atOnce = 2
        let slow = Route(.get, "/slow", .open) { _ in
            await withCheckedContinuation { _ = continuation.yield($0) }
            return .text("done")
        }
        let fixture = SiteFixture(limits: limits, more: [slow])
        async let first = fixture.get("/slow")
        async let second = fixture.get("/slow")
        var waiting = entered.makeAsyncIterator()
        let held = [await waiting.next(), await waiting.next()].compactMap { $0 }
        let third = await fixture.get("/book/intro")
        #expect(third.status == 503 && third.all("Retry-After") == ["1"])
        #expect(await fixture.get("/api/v1/public/slots").json?["status"] == 503)
        #expect(await fixture.get("/livez").status == 200)
        #expect(await fixture.get("/nowhere").status == 404)
        held.forEach { $0.resume() }
        #expect(await [first.status, second.status] == [200, 200])
        #expect(await fixture.get("/book/intro").status == 200)
    }

    @Test("the probes: alive always, ready until told to stop")
    func answersProbes() async {
        let fixture = SiteFixture()
        #expect(await fixture.get("/livez").status == 200)
        #expect(await fixture.get("/readyz").status == 200)
        fixture.site.stop()
        #expect(await fixture.get("/livez").status == 200)
        #expect(await fixture.get("/readyz").status == 503)
    }

    @Test("not ready is said with the reason")
    func saysWhyNot() async {
        let site = Site(settings: fixture.site.settings, routes: [], ready: { "database is gone" },
            logger: fixture.lines.logger)
        let answer = await site.answer(RawRequest("GET", "/readyz"))
        #expect(answer.status == 503)
        #expect(answer.text == "database is gone\n")
    }
}
