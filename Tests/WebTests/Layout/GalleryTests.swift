/// Tests of the gallery of pages.

import Testing
@testable import Web

@Suite struct GalleryTests {
    private struct SamplePage: Page {
        var html: HTML { Layout.publicPage(title: "Sample", workspaceName: "W", "<p>\(say("A sample"))</p>") }
        static var example: SamplePage { SamplePage() }
    }

    @Test("each page is shown in any language, on this machine in development only")
    func showsPages() async {
        let fixture = SiteFixture(isDevelopment: true, more: Gallery.routes([SamplePage.self]))
        let index = await fixture.get("/dev/gallery")
        #expect(index.text.contains("<a class=\"row-link\" href=\"/dev/gallery/SamplePage\">SamplePage</a>"))
        #expect(await fixture.get("/dev/gallery/SamplePage").text.contains("<p>A sample</p>"))
        #expect(await fixture.get("/dev/gallery/SamplePage?lang=en-XB").text.contains("dir=\"rtl\""))
        #expect(await fixture.get("/dev/gallery/Nothing").status == 404)
        #expect(await SiteFixture(more: Gallery.routes([SamplePage.self])).get("/dev/gallery").status == 404)
    }
}
