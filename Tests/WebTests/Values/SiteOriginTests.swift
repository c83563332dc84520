/// Tests of origins: what browsers would send is taken, and nothing that could widen or end a policy.

import Testing
@testable import Web

@Suite struct SiteOriginTests {
    @Test("an origin is kept as browsers write it", arguments: [
        ("https://www.example.org", "https://www.example.org"), ("https://www.example.org/", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG", "https://www.example.org"), ("https://a.example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"), ("http://localhost", "http://localhost"),
        ("http://localhost:80", "http://localhost"), ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://shop.localhost:1", "http://shop.localhost:1"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"), ("https://10.0.0.1", "https://10.0.0.1"),
    ])
    func keeps(typed: String, origin: String) {
        #expect(SiteOrigin(typed)?.text == origin)
    }

    @Test("what is no origin of a website is none", arguments: [
        "", "*", "null", "'self'", "https://*", "https://*.example", "https://a.example/page", "https://a.example//",
        "https://a.example?x", "https://a.example#x", "https://user@a.example", "http://a.example", "ftp://a.example",
        "https://a.example:0", "https://a.example:65536", "https://a.example:+1", "https://a.example:08", "https://",
        "https://a.example;script-src *", "https://a.example https://b.example", "https://a..example",
        "https://-a.example", "https://a-.example", "https://bücher.example", "https://a_b.example", "file:///a",
        "javascript:alert(1)", "https://[::2]", "http://[::1]:3000", "http://localhost.evil.example",
        "https://a.example.", "data:,x",
        "https://" + String(repeating: "a", count: 64) + ".example",
        "https://" + String(repeating: "a.", count: 100) + "example",
    ])
    func refuses(typed: String) {
        #expect(SiteOrigin(typed) == nil)
    }

    @Test("of a whole address that was pasted the beginning is named, one mistake beside the field")
    func names() {
        var fields = Fields(form: FormData([("o", "https://a.example\n\nhttps://b.example/contact?x=1")]))
        #expect(fields.origins("o", atMost: 2, label: "Websites").isEmpty)
        #expect(fields.errors.map(\.code) == ["invalid"])
        #expect(fields.errors.first?.message.contains("Write https://b.example.") == true)
        var rest = Fields(form: FormData([("o", " https://a.example \r\nhttps://b.example")]))
        let read = rest.origins("o", atMost: 2, label: "Websites").map(\.text)
        #expect(read == ["https://a.example", "https://b.example"])
        var many = Fields(form: FormData([("o", "https://a.example\nhttps://b.example")]))
        #expect(many.origins("o", atMost: 1, label: "Websites").isEmpty && many.errors.map(\.code) == ["too_many"])
    }
}
