/// Tests of forged forms: what a page of somebody else can send, and what comes of it.

import Testing
@testable import Web

@Suite struct CSRFTests {
    let fixture = SiteFixture()
    let cookie = ("Cookie", "__Host-session=ingrid")

    @Test("a signed-in form needs its token and, where the browser says it, our origin", arguments: [
        ("csrf=csrf-token", ["Origin": "https://book.example.org"], 303),
        ("csrf=csrf-token", ["Sec-Fetch-Site": "same-origin", "Origin": "null"], 303),
        ("csrf=csrf-token", ["Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"], 303),
        ("csrf=csrf-token", [:], 303),
        ("", ["Origin": "https://book.example.org"], 403),
        ("csrf=", ["Origin": "https://book.example.org"], 403),
        ("csrf=csrf-tokem", ["Origin": "https://book.example.org"], 403),
        ("csrf=csrf-token-longer", ["Sec-Fetch-Site": "same-origin"], 403),
        ("csrf=csrf-token", ["Origin": "https://evil.example"], 403),
        ("csrf=csrf-token", ["Origin": "https://book.example.org.evil.example"], 403),
        ("csrf=csrf-token", ["Origin": "https://sub.book.example.org"], 403),
        ("csrf=csrf-token", ["Origin": "http://book.example.org"], 403),
        ("csrf=csrf-token", ["Origin": "null"], 403),
        ("csrf=csrf-token", ["Sec-Fetch-Site": "cross-site", "Origin": "https://book.example.org"], 403),
        ("csrf=csrf-token", ["Sec-Fetch-Site": "same-site"], 403),
        ("csrf=csrf-token", ["Sec-Fetch-Site": "none"], 403),
    ] as [(String, [String: String], Int)])
    func guardsSignedIn(form: String, headers: [String: String], status: Int) async {
        let answer = await fixture.post("/calendar/links", form, headers: [cookie] + headers.map { ($0.key, $0.value) })
        #expect(answer.status == status)
    }

    @Test("a script sends the token in a header; JSON as text/plain has none")
    func takesHeader() async {
        let send = { (headers: [(String, String)]) in
            await fixture.site.answer(RawRequest("POST", "/calendar/links", headers: Headers(headers + [cookie]),
                                                 body: Array(#"{"csrf":"csrf-token"}"#.utf8))).status
        }
        #expect(await send([("X-CSRF-Token", "csrf-token"), ("Content-Type", "application/json")]) == 303)
        #expect(await send([("Content-Type", "application/json")]) == 403)
        #expect(await send([("Content-Type", "text/plain")]) == 403)
    }

    @Test("an empty token never fits, not even an empty one")
    func refusesEmptyToken() {
        #expect(!CSRF.fits("", ""))
        #expect(!CSRF.fits(nil, ""))
        #expect(CSRF.fits("a", "a"))
    }

    @Test("a public form of somebody else is refused (login CSRF), a browser that says nothing is not")
    func guardsPublic() async {
        #expect(await fixture.post("/sign-in", headers: [("Origin", "https://evil.example")]).status == 403)
        #expect(await fixture.post("/sign-in", headers: [("Origin", "null")]).status == 403)
        #expect(await fixture.post("/sign-in", headers: [("Sec-Fetch-Site", "cross-site")]).status == 403)
        #expect(await fixture.post("/sign-in", headers: [("Origin", "https://book.example.org")]).status == 303)
        #expect(await fixture.post("/sign-in").status == 303)
    }

    @Test("a token in the path is right enough: its page sends a null origin")
    func trustsToken() async {
        #expect(await fixture.post("/book/cancel/abc", headers: [("Origin", "null")]).status == 200)
    }

    @Test("the public API takes calls from any page, without cookies")
    func opensAPI() async {
        let answer = await fixture.site.answer(RawRequest("POST", "/api/v1/public/holds", headers: [
            "Content-Type": "application/json", "Origin": "https://customer.example", "Sec-Fetch-Site": "cross-site",
        ], body: [0x7b, 0x7d]))
        #expect(answer.status == 201)
        #expect(answer[header: "access-control-allow-credentials"] == nil)
    }

    @Test("the token of a session depends on its secret and on the key")
    func derivesToken() {
        let key = [UInt8](repeating: 1, count: 32)
        let token = CSRF.token(session: "a", key: key)
        #expect(token.count == 43)
        #expect(token == CSRF.token(session: "a", key: key))
        #expect(token != CSRF.token(session: "b", key: key))
        #expect(token != CSRF.token(session: "a", key: [UInt8](repeating: 2, count: 32)))
    }

    @Test("base64url is RFC 4648 without padding",
        arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")])
    func encodes(text: String, encoded: String) {
        #expect(base64URL(Array(text.utf8)) == encoded)
        #expect(base64URL([0xfb, 0xff]) == "-_8")
    }
}
