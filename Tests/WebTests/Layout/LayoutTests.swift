/// Tests of the frames of pages.

import Testing
@testable import Web

@Suite struct LayoutTests {
    @Test("a public page has language, title, skip link, one main, and the icons it uses")
    func framesPublicPages() {
        let html = Layout.publicPage(title: "Intro <1>", workspaceName: "Nord & Havn", home: "/", "<p>x</p>").text
        #expect(html.hasPrefix("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">"))
        #expect(html.contains("<title>Intro &lt;1&gt; · Nord &amp; Havn</title>"))
        #expect(html.contains("<a class=\"skip\" href=\"#main\">Skip to content</a>"))
        #expect(html.split(separator: "<main").count == 2)
        #expect(html.contains("<symbol id=\"i-mark\""))
        #expect(html.contains("<link rel=\"stylesheet\" href=\"/assets/base."))
        #expect(!html.contains("<script>") && !html.contains(" style=") && !html.contains(" onclick"))
    }

    @Test("in a right-to-left language the page says so, and no word of the frame is left untranslated")
    func turnsAround() {
        Language.$current.withValue(.pseudo) {
            let html = Layout.app(title: "T", tab: .bookings, .person(), "<p></p>").text
            #expect(html.contains("<html lang=\"en-XB\" dir=\"rtl\">"))
            for word in [
                "Overview", "Bookings", "Links", "API keys", "Sign out", "Skip to", "Close menu", "Workspace",
            ] {
                #expect(!html.contains(word), "\(word)")
            }
        }
    }

    @Test("the sidebar marks where one is and holds the way out with its token")
    func framesApp() {
        let html = Layout.app(title: "Links", tab: .links, .person(), "<p>x</p>").text
        #expect(html.contains("<a href=\"/calendar/event-types\" aria-current=\"page\">"))
        #expect(html.split(separator: "aria-current=\"page\"").count == 2)
        let token = "<input type=\"hidden\" name=\"csrf\" value=\"csrf-token\">"
        #expect(html.contains("<form method=\"post\" action=\"/sign-out\">\(token)"))
    }

    @Test("each entry of the sidebar has an icon of its own, and leaving is a word")
    func tellsEntriesApart() {
        #expect(Set(Layout.Tab.allCases.map(\.icon)).count == Layout.Tab.allCases.count)
        let html = Layout.app(title: "Profile", tab: .profile, .person(), "").text
        #expect(html.contains("<a href=\"/settings/profile\" aria-current=\"page\">"))
        #expect(html.contains("<use href=\"#i-door\"/></svg>Sign out</button>"))
    }

    @Test("the languages of a page are offered when there are two")
    func offersLanguages() {
        func page(_ languages: [(Language, Path)]) -> String {
            Language.$choices.withValue(languages) { Layout.publicPage(title: "x", workspaceName: "y", "").text }
        }
        #expect(!page([]).contains("<details") && !page([(.english, "/")]).contains("<details"))
        let two = page([(.english, "/"), (.pseudo, "/?lang=en-XB")])
        #expect(two.contains("<li><a href=\"/?lang=en-XB\" lang=\"en-XB\" dir=\"rtl\">Pseudo</a></li>"))
    }
}
