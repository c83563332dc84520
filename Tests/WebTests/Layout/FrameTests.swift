/// Tests of pages in frames: whose frame it is, what is left out, what is told.

import Testing
@testable import Web

@Suite struct FrameTests {
    private static let ours = "https://meet.example"
    private let sites = ["https://a.example", "https://b.example"].compactMap { SiteOrigin($0) }

    private func frame(_ pairs: [(String, String)]) -> Frame? {
        Frame(Query(pairs), of: "intro", in: sites, ours: Self.ours)
    }

    @Test("a page is framed only where its address asks for it")
    func asks() {
        #expect(frame([]) == nil && frame([("embed", "yes")]) == nil && frame([("origin", "https://a.example")]) == nil)
        #expect(frame([("embed", "1")])?.site == nil)
        #expect(frame([("embed", "1"), ("theme", "dark")])?.theme == .dark)
        #expect(frame([("embed", "1"), ("theme", "\" onload=")])?.theme == nil)
    }

    @Test("it speaks to a site of the list, compared whole, and to nobody else", arguments: [
        ("https://a.example", true), ("https://b.example", true), ("https://meet.example", true), ("null", false),
        ("https://a.example.evil", false), ("https://evil.a.example", false), ("http://a.example", false),
        ("https://a.example:8443", false), ("*", false), ("", false), ("https://a.example/../", false),
    ])
    func speaks(origin: String, isHeard: Bool) {
        #expect((frame([("embed", "1"), ("origin", origin)])?.site == nil) == !isHeard)
    }

    @Test("the sites of the list are its ancestors; for our own preview we are, and nobody else")
    func ancestors() {
        #expect(Frame.ancestors(sites) == ["https://a.example", "https://b.example"])
        #expect(Frame.ancestors([]).isEmpty)
        Frame.$current.withValue(frame([("embed", "1"), ("origin", "https://b.example")])) {
            #expect(Frame.ancestors(sites) == ["https://a.example", "https://b.example"])
        }
        Frame.$current.withValue(frame([("embed", "1"), ("origin", Self.ours)])) {
            #expect(Frame.ancestors(sites) == ["'self'"])
        }
    }

    @Test("a framed page has no head and no foot of ours, and says what happened in its attributes")
    func draws() {
        let page = { Layout.publicPage(
            title: "T", workspaceName: "W", event: FrameEvent(.slotSelected, ["start": "\"><b>"]), "<p>x</p>").text }
        #expect(!page().contains("data-frame") && page().contains("public-foot"))
        Frame.$current.withValue(frame([("embed", "1"), ("origin", "https://a.example"), ("theme", "dark")])) {
            let html = page()
            #expect(!html.contains("public-foot") && !html.contains("public-head"))
            #expect(html.contains("<body class=\"public framed\">") && html.contains(" data-theme=\"dark\">"))
            #expect(html.contains("data-frame=\"intro\" data-frame-site=\"https://a.example\""))
            #expect(html.contains("data-frame-event=\"slot_selected\" data-frame-data=\"{&quot;start&quot;:"))
            #expect(!html.contains("<b>"))
        }
    }

    @Test("what is refused or breaks in a frame is said there, with its headers and its number; elsewhere by nobody's")
    func refuses() async {
        let sites = sites
        let fixture = SiteFixture(url: Self.ours, more: [Route(.get, "/framed/:what", .open) { request in
            let frame = Frame(request.query, of: "intro", in: sites, ours: Self.ours)
            return try await Frame.around(frame, in: sites) {
                switch request.parameters["what"] {
                case "busy": throw WorldIsBusy()
                case "taken": throw TakenRefusal()
                default: throw SecretError()
                }
            }
        }])
        for (what, status) in [("busy", 503), ("taken", 409), ("broken", 500)] {
            let answer = await fixture.get("/framed/\(what)?embed=1&origin=https://a.example")
            #expect(answer.status == status, "\(what)")
            let policy = answer[header: "content-security-policy"] ?? ""
            #expect(policy.hasSuffix("frame-ancestors https://a.example https://b.example"), "\(what): \(policy)")
            #expect(answer.text.contains("data-frame-event=\"error\"") && !answer.text.contains("public-foot"))
            #expect(status < 500 || answer.text.contains(answer[header: "x-request-id"] ?? "none"))
            let plain = await fixture.get("/framed/\(what)")
            #expect(plain.status == status && plain.text.contains("public-foot"))
            #expect(plain[header: "content-security-policy"]?.hasSuffix("frame-ancestors 'none'") == true)
        }
        let busy = await fixture.get("/framed/busy?embed=1")
        #expect(busy[header: "retry-after"] == "2")
    }

    @Test("a link stays in the frame where the site may show its page, and opens beside it elsewhere")
    func leads() {
        #expect(Frame.way(to: "/book/x", in: []).path.text == "/book/x")
        let query = [("embed", "1"), ("origin", "https://a.example"), ("utm_source", "shop"), ("email", "a@b.example")]
        Frame.$current.withValue(frame(query)) {
            let (path, target) = Frame.way(to: "/book/x", in: sites)
            #expect(target.isEmpty && path.text.contains("embed=1&origin=https%3A%2F%2Fa.example&utm_source=shop"))
            #expect(path.text.contains("email=a%40b.example"))
            let other = Frame.way(to: "/book/x", in: [])
            #expect(other.path.text == "/book/x" && other.target.text.contains("_blank"))
        }
    }
}
