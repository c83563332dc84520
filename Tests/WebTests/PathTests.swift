/// Tests of addresses: values cannot leave their segment, URLs of strangers cannot run scripts.

import Testing
import Web

@Suite struct PathTests {
    @Test("a value is one segment, whatever is in it", arguments: [
        ("intro", "/book/intro"), ("a/b", "/book/a%2Fb"), ("?x=1#y", "/book/%3Fx%3D1%23y"),
        ("\"><script>", "/book/%22%3E%3Cscript%3E"), ("ü", "/book/%C3%BC"),
        ("a\r\nSet-Cookie: x", "/book/a%0D%0ASet-Cookie%3A%20x"),
        ("javascript:alert(1)", "/book/javascript%3Aalert%281%29"),
    ])
    func encodesValues(value: String, expected: String) {
        #expect(("/book/\(value)" as Path).text == expected)
    }

    @Test("an empty value cannot make the address of another server")
    func foldsSlashes() {
        let path: Path = "/\("")/\("evil.example")"
        #expect(path.text == "/evil.example")
    }

    @Test("a query is added to what is there, before the fragment")
    func addsQuery() {
        let path: Path = "/book/intro?lang=de#times"
        #expect(path.adding(query: [("month", "2026-12"), ("a b", "&")]).text
            == "/book/intro?lang=de&month=2026-12&a%20b=%26#times")
        #expect(("/x" as Path).adding(query: []).text == "/x")
        #expect(("/x#a" as Path).fragment("b c").text == "/x#b%20c")
    }

    @Test("addresses elsewhere have one of five schemes and a host", arguments: [
        "https://example.org", "http://localhost:8080/a?b=c#d", "mailto:ada@example.org", "tel:+4712345678",
        "webcal://example.org/feed.ics", "https://example.org/%C3%BC",
    ])
    func takesWebURL(text: String) {
        #expect(WebURL(text)?.text == text)
    }

    @Test("anything else is refused", arguments: [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//example.org", "/path", "",
        "https://", "https:///x", "https://user@evil.example", "https://exa mple.org", "https://example.org/\n",
        "https://example.org/\"", "https://example.org/<", "ftp://example.org", " https://example.org",
        "file:///etc/passwd",
        "https://exämple.org", "https:example.org", "mailto:",
    ])
    func refusesOthers(text: String) {
        #expect(WebURL(text) == nil)
    }

    @Test("the origin is scheme, host and port", arguments: [
        ("https://Book.Example.org/a", "https://book.example.org"), ("http://localhost:8080", "http://localhost:8080"),
    ])
    func findsOrigin(text: String, origin: String) {
        #expect(WebURL(text)?.origin == origin)
    }
}
