/// Tests of who may ask for what.

import Testing
@testable import Web

@Suite struct PolicyTests {
    let fixture = SiteFixture()

    @Test("nobody reaches a signed-in page without a session: reading leads to the sign-in page")
    func asksToSignIn() async {
        let answer = await fixture.get("/calendar?view=week")
        #expect(answer.status == 303)
        #expect(answer[header: "location"] == "/sign-in?next=%2Fcalendar%3Fview%3Dweek")
        #expect(await fixture.get("/calendar", headers: ["Cookie": "__Host-session=stranger"]).status == 303)
        #expect(await fixture.get("/calendar", headers: ["Authorization": "Bearer writer"]).status == 303)
        #expect(await fixture.post("/calendar/links").status == 401)
    }

    @Test("a session opens its pages, under both names of the cookie",
        arguments: ["__Host-session=ingrid", "a=b; __Host-session=ingrid"])
    func opens(cookie: String) async {
        let answer = await fixture.get("/calendar", headers: ["Cookie": cookie])
        #expect(answer.status == 200)
        #expect(answer.text.contains("Ingrid Aasland-Okonkwo"))
    }

    @Test("a right that was not granted is 403")
    func checksRights() async {
        #expect(await fixture.get("/calendar/admin", headers: ["Cookie": "__Host-session=ingrid"]).status == 403)
        #expect(await fixture.get("/calendar/admin", headers: ["Cookie": "__Host-session=owner"]).status == 200)
    }

    @Test("the API wants a key with the right; a session is none", arguments: [
        ("GET", "Bearer reader", 200), ("GET", "bearer  reader ", 200), ("GET", "Bearer wrong", 401),
        ("GET", "Basic reader", 401),
        ("GET", "", 401), ("POST", "Bearer reader", 403), ("POST", "Bearer writer", 201),
    ])
    func wantsKey(method: String, authorization: String, status: Int) async {
        let headers: Headers = ["Authorization": authorization, "Cookie": "__Host-session=owner",
            "Content-Type": "application/json"]
        let answer = await fixture.site.answer(RawRequest(method, "/api/v1/links", headers: headers,
            body: [0x7b, 0x7d]))
        #expect(answer.status == status)
        if status == 401 { #expect(answer[header: "www-authenticate"] == "Bearer") }
    }

    @Test("development pages answer this machine only, under its own name, without a proxy", arguments: [
        (true, "127.0.0.1", ["Host": "localhost:8080"], 200), (true, "::1", ["Host": "[::1]:8080"], 200),
        (true, "::ffff:127.0.0.1", [:], 200), (false, "127.0.0.1", [:], 404), (true, "192.0.2.1", [:], 404),
        (true, "127.0.0.1", ["Host": "evil.example"], 404), (true, "127.0.0.1", ["X-Forwarded-For": "127.0.0.1"], 404),
        (true, "127.0.0.1", ["Host": "book.example.org"], 200),
        (true, "127.0.0.1", ["Host": "localhost.evil.example"], 404),
    ] as [(Bool, String, [String: String], Int)])
    func guardsDevelopment(isDevelopment: Bool, peer: String, headers: [String: String], status: Int) async {
        let fixture = SiteFixture(isDevelopment: isDevelopment)
        let all = Headers(headers.map { ($0.key, $0.value) })
        #expect(await fixture.get("/dev/mail", headers: all, peer: peer).status == status)
    }

    @Test("every route has a policy, and only these are open")
    func listsOpenRoutes() {
        let open = fixture.site.routes.filter { $0.policy == .open && $0.path.hasPrefix("/calendar") }
        #expect(open.isEmpty)
        #expect(Set(fixture.site.routes.map(\.path)).isSuperset(of: ["/livez", "/readyz", "/assets/:file"]))
    }
}
