/// The language of an answer: chosen in the address, remembered, offered where visitors read.
import Logging
import Testing

@testable import Web

@Suite struct SpokenLanguagesTests {
    private let site: Site

    init() throws {
        let url = try #require(WebURL("http://book.example.org"))
        let page: @Sendable (Request) async throws -> Answer = { _ in
            .page(Layout.publicPage(title: "x", workspaceName: "y", "<p>\(Language.current.code)</p>"))
        }
        site = Site(
            settings: Site.Settings(publicURL: url, languages: Language.all + [.pseudo]),
            routes: [
                Route(.get, "/book/:slug", .open, page), Route(.post, "/book/:slug", .open, page),
                Route(.get, "/calendar", .open, page), Route(.get, "/api/v1/public/links/:slug", .open, page),
            ], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func ask(_ target: String, method: String = "GET", _ headers: (String, String)...) async -> Answer {
        await site.answer(RawRequest(
            method: method, target: target,
            headers: Headers([("Host", "book.example.org"), ("Accept-Language", "it")] + headers), peer: "127.0.0.1"
        ) { _, _ in })
    }

    private func language(_ answer: Answer) -> String? {
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.split(separator: "<p>").last.map { String($0.prefix { $0 != "<" }) }
    }

    @Test("what is chosen in the address is spoken there and on the pages after it")
    func remembers() async {
        let plain = await ask("/book/intro")
        #expect(language(plain) == "it" && plain[header: "set-cookie"] == nil)
        let chosen = await ask("/book/intro?lang=ja&day=2030-01-07&chosen=1")
        #expect(language(chosen) == "ja")
        #expect(chosen[header: "set-cookie"]
            == "language=ja; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000")
        let later = await ask("/book/intro", ("Cookie", "language=ja"))
        #expect(language(later) == "ja" && later[header: "set-cookie"] == nil)
        #expect(language(await ask("/book/intro", method: "POST", ("Cookie", "language=ja"))) == "ja")
        #expect(language(await ask("/book/intro?lang=fr", ("Cookie", "language=ja"))) == "fr")
        for wrong in ["xx", "", "%22%3E", "de-AT", "en-XB", "de&embed=1"] {
            #expect(await ask("/book/intro?lang=\(wrong)")[header: "set-cookie"] == nil, "\(wrong)")
            #expect(await ask("/book/intro?chosen=1&lang=\(wrong)")[header: "set-cookie"] == nil, "\(wrong)")
        }
        #expect(language(await ask("/book/intro", ("Cookie", "language=<b>"))) == "it")
    }

    @Test("what an address says counts until the browser is closed, and no choice is lost by it")
    func visits() async {
        let named = await ask("/book/intro?lang=ja")
        #expect(named[header: "set-cookie"] == "visit-language=ja; Path=/; HttpOnly; SameSite=Lax")
        let both = ("Cookie", "language=fr; visit-language=ja")
        let later = await ask("/book/intro", both)
        #expect(language(later) == "ja" && later[header: "set-cookie"] == nil)
        #expect(language(await ask("/book/intro", method: "POST", both)) == "ja")
        let other = await ask("/book/intro?lang=de", both)
        #expect(language(other) == "de" && other[header: "set-cookie"]?.hasPrefix("visit-language=de;") == true)
        #expect(await ask("/book/intro?lang=fr", ("Cookie", "language=fr"))[header: "set-cookie"] == nil)
        // Whoever chooses is done with what the address said.
        let chosen = await ask("/book/intro?lang=de&chosen=1", both)
        let set = chosen.headers.filter { $0.0 == "Set-Cookie" }.map { $0.1.prefix { $0 != ";" } }
        #expect(set == ["language=de", "visit-language="], "\(set)")
    }

    @Test("every language but the disguise is offered with the rest of the address; to hosts and programs none")
    func offers() async {
        let text = String(decoding: await ask("/book/intro?lang=de&day=2030-01-07&q=%22&chosen=1").body, as: UTF8.self)
        #expect(text.contains("href=\"?day=2030-01-07&amp;q=%22&amp;lang=fr&amp;chosen=1\" lang=\"fr\""))
        #expect(text.contains("dir=\"rtl\">\u{5e2}\u{5d1}\u{5e8}\u{5d9}\u{5ea}</a>"), "\(text)")
        #expect(text.matches(of: /<li><a href="\?/).count == Language.all.count - 1 && !text.contains("en-XB"))
        for target in ["/calendar?lang=de&chosen=1", "/api/v1/public/links/x?lang=de&chosen=1"] {
            let answer = await ask(target)
            #expect(answer[header: "set-cookie"] == nil, "\(target)")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("class=\"menu"), "\(target)")
        }
        let pressed = await ask("/book/intro?lang=de", method: "POST")
        #expect(!String(decoding: pressed.body, as: UTF8.self).contains("class=\"menu"))
    }
}
