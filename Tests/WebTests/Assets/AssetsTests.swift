/// Tests of style sheets and scripts inside the program.

import Testing
@testable import Web

@Suite struct AssetsTests {
    let fixture = SiteFixture()

    @Test("what only the app needs is a sheet of its own, which bookers never load")
    func separatesTheApp() async {
        let assets = Assets([
            PublicFiles.File(name: "css/a.css", bytes: [1]), PublicFiles.File(name: "css/app/b.css", bytes: [2]),
        ])
        let changed = Assets([
            PublicFiles.File(name: "css/a.css", bytes: [1]), PublicFiles.File(name: "css/app/b.css", bytes: [3]),
        ])
        #expect(assets.stylesheet == changed.stylesheet && assets.appStylesheet != changed.appStylesheet)
        #expect(await fixture.get(Assets.shared.appStylesheet.text).status == 200)
        let app = Layout.app(title: "A", tab: nil, .person(), "").text
        let open = Layout.publicPage(title: "A", workspaceName: "B", "").text
        #expect(app.contains(Assets.shared.appStylesheet.text) && app.contains(Assets.shared.stylesheet.text))
        #expect(!open.contains(Assets.shared.appStylesheet.text) && open.contains(Assets.shared.stylesheet.text))
    }

    @Test("the style sheet is all sheets in order, kept for ever, compressed for those who take it")
    func servesStyles() async {
        let path = Assets.shared.stylesheet.text
        #expect(path.wholeMatch(of: /\/assets\/base\.[0-9a-f]{16}\.css/) != nil)
        let plain = await fixture.get(path)
        #expect(plain.status == 200)
        #expect(plain[header: "content-type"] == "text/css; charset=utf-8")
        #expect(plain[header: "cache-control"] == "public, max-age=31536000, immutable")
        #expect(plain.text.contains("--brand-light") && plain.text.contains(".picker"))
        let small = await fixture.get(path, headers: ["Accept-Encoding": "br, gzip;q=0.5"])
        #expect(small[header: "content-encoding"] == "gzip")
        #expect(small.body.starts(with: [0x1f, 0x8b]))
        #expect(small.body.count * 3 < plain.body.count)
        #expect(await fixture.get(path, headers: ["Accept-Encoding": "gzip;q=0"])[header: "content-encoding"] == nil)
    }

    @Test("scripts share one folder, so that they find each other")
    func servesScripts() async {
        let folder = Assets.shared.script.text.dropLast("app.js".count)
        for name in ["app.js", "zone.js", "clock.js", "once.js", "copy.js", "menu.js", "hold.js", "times.js"] {
            let answer = await fixture.get(folder + name)
            #expect(answer.status == 200, "\(name)")
            #expect(answer[header: "content-type"] == "text/javascript; charset=utf-8")
        }
    }

    @Test("a style sheet comes without its comments and indents")
    func slim() {
        let css = "/* Why. */\n:root {\n  --ink: #111; /* dark */\n\n}\na::before { content: \"*\"; }\n/* end */"
        let slim = String(decoding: Assets.slim(Array(css.utf8)), as: UTF8.self)
        #expect(slim == ":root {\n--ink: #111; \n}\na::before { content: \"*\"; }\n")
        let all = PublicFiles.all.filter { $0.name.hasSuffix(".css") }
        for file in all {
            let text = String(decoding: Assets.slim(file.bytes), as: UTF8.self)
            #expect(!text.contains("/*") && text.contains { $0 == "}" }, "\(file.name)")
            let braces = file.bytes.count { $0 == UInt8(ascii: "{") }
            #expect(text.utf8.count { $0 == UInt8(ascii: "{") } <= braces, "\(file.name)")
        }
    }

    @Test("nothing else is there", arguments: ["/assets/app.css", "/assets/../Package.swift", "/assets/0/app.js",
        "/assets"])
    func servesNothingElse(path: String) async {
        #expect(await fixture.get(path).status == 404)
    }

    @Test("an address changes with the content")
    func namesContent() {
        let one = Assets([PublicFiles.File(name: "css/a.css", bytes: [1])])
        let two = Assets([PublicFiles.File(name: "css/a.css", bytes: [2])])
        #expect(one.stylesheet != two.stylesheet)
    }
}
