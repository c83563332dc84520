/// Tests of headers by policy, and of cookies.

import Testing
@testable import Web

@Suite struct SecurityHeadersTests {
    let fixture = SiteFixture()
    static let owner: Headers = ["Cookie": "__Host-session=owner"]

    @Test("every page forbids inline scripts and frames",
        arguments: ["/", "/nothing", "/broken", "/book/cancel/abc", "/calendar"])
    func forbidsScripts(path: String) async throws {
        let answer = await fixture.get(path, headers: Self.owner)
        let policy = try #require(answer[header: "content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; "))
        #expect(policy.contains("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(answer[header: "x-content-type-options"] == "nosniff")
        #expect(answer[header: "permissions-policy"]?.contains("camera=(), microphone=(), geolocation=()") == true)
    }

    @Test("a page that says so is framed by those sites and no other; one that shows frames shows ours alone")
    func framesPages() async {
        let routes = [
            Route(.get, "/framed", .open) { _ in
                .page("<p></p>").framed(by: ["https://a.example", "https://b.example:8443"])
            },
            Route(.get, "/shows", .open) { _ in Answer.page("<p></p>").showingFrames() },
        ]
        let fixture = SiteFixture(more: routes)
        let framed = await fixture.get("/framed")[header: "content-security-policy"] ?? ""
        #expect(framed.hasSuffix("frame-ancestors https://a.example https://b.example:8443"))
        #expect(!framed.contains("frame-src"))
        let shows = await fixture.get("/shows")[header: "content-security-policy"] ?? ""
        #expect(shows.contains("frame-src 'self'; ") && shows.hasSuffix("frame-ancestors 'none'"))
    }

    @Test("an answer that is no page may load nothing")
    func forbidsAll() async {
        #expect(await fixture.get("/api/v1/public/slots")[header: "content-security-policy"]
            == "default-src 'none'; frame-ancestors 'none'")
    }

    @Test("what is private is never stored", arguments: [
        ("/", "no-cache"), ("/book/cancel/abc", "no-store"), ("/calendar", "no-store"), ("/calendar/admin", "no-store"),
        ("/nothing", "no-cache"), ("/api/v1/public/slots", "no-cache"), ("/api/v1/links", "no-store"),
    ])
    func forbidsStoring(path: String, control: String) async {
        let answer = await fixture.get(path, headers: Self.owner)
        #expect(answer.all("cache-control") == [control])
    }

    @Test("the address of a token page is told to nobody")
    func hidesReferrer() async {
        #expect(await fixture.get("/book/cancel/abc")[header: "referrer-policy"] == "no-referrer")
        #expect(await fixture.get("/book/cancel/abc")[header: "x-robots-tag"] == "noindex")
        #expect(await fixture.get("/")[header: "referrer-policy"] == "same-origin")
    }

    @Test("no page of another site takes in what is ours, but for a public picture")
    func staysOut() async {
        let pictures = [("/open.png", Policy.open), ("/private.png", .signedIn(nil)), ("/token.png", .token)].map {
            path, policy in
            Route(.get, path, policy) { _ in Answer(status: 200, headers: [("Content-Type", "image/png")], body: [1]) }
        }
        let fixture = SiteFixture(more: pictures)
        for (path, rule) in [
            ("/", "same-origin"), ("/calendar", "same-origin"), ("/nothing", "same-origin"),
            ("/api/v1/public/slots", "same-origin"), ("/private.png", "same-origin"), ("/token.png", "same-origin"),
            ("/open.png", "cross-origin"),
        ] {
            let answer = await fixture.get(path, headers: Self.owner)
            #expect(answer.all("cross-origin-resource-policy") == [rule], "\(path)")
        }
    }

    @Test("a style of a page's own has a nonce")
    func allowsNonce() async {
        let route = Route(.get, "/styled", .open) { _ in .page("<style nonce=\"abc\"></style>", nonce: "abc") }
        let answer = await SiteFixture(more: [route]).get("/styled")
        #expect(answer[header: "content-security-policy"]?.contains("style-src 'self' 'nonce-abc';") ?? false)
    }

    @Test("cookies are __Host- and Secure on https, plain on http, never readable by scripts")
    func setsCookies() async {
        let secure = await fixture.post("/sign-in")
        #expect(secure.all("set-cookie") == ["__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60"])
        #expect(secure[header: "strict-transport-security"] != nil)
        let plain = await SiteFixture(url: "http://localhost:8080").post("/sign-in")
        #expect(plain.all("set-cookie") == ["session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"])
        #expect(plain[header: "strict-transport-security"] == nil)
    }

    @Test("on https a cookie that another host or a page without https may have planted is nothing")
    func refusesPlanted() async {
        let planted = ["session=owner", "__Secure-session=owner", "__host-session=owner", "__Host-=owner"]
        for cookie in planted {
            #expect(await fixture.get("/calendar", headers: ["Cookie": cookie]).status == 303, "\(cookie)")
        }
        let both: Headers = ["Cookie": "session=stranger; __Host-session=owner; __Host-session=stranger"]
        #expect(await fixture.get("/calendar", headers: both).status == 200)
        let plain = SiteFixture(url: "http://localhost:8080")
        #expect(await plain.get("/calendar", headers: ["Cookie": "session=owner"]).status == 200)
        #expect(await plain.get("/calendar", headers: ["Cookie": "__Host-session=owner"]).status == 303)
    }

    @Test("public pages set no cookie")
    func setsNone() async {
        for path in ["/", "/book/intro", "/book/cancel/abc",
            "/nothing"] { #expect(await fixture.get(path).all("set-cookie").isEmpty) }
    }

    @Test("a value cannot begin another header")
    func keepsLines() {
        #expect(Answer.empty().header("X", "a\r\nSet-Cookie: b")[header: "x"] == "a  Set-Cookie: b")
    }

    @Test("a file's name cannot end its header")
    func namesFiles() {
        let answer = Answer.file([1], type: "text/calendar", name: "a\"\r\nX: y/ü.ics")
        #expect(answer[header: "content-disposition"]
            == "attachment; filename=\"a___X: y__.ics\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%2F%C3%BC.ics")
    }
}
