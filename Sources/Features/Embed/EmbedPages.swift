/// “Share and embed”: how a page of ours gets onto somebody's website, ready to be copied, and how it looks there.
import Web

/// `/settings/booking-links/<id>/embed` and `/settings/routing-forms/<id>/embed`.
package struct EmbedPage: Page {
    let principal: Principal
    let tab: Layout.Tab
    let name: String
    /// The page that is shown elsewhere.
    let path: Path
    /// Where its websites are named.
    let settings: Path
    let origins: [SiteOrigin]
    let snippets: EmbedSnippets

    package var html: HTML {
        let title = plain("Share and embed")
        let above = tab == .forms ? (plain("Routing forms"), "/calendar/routing-forms" as Path)
            : (plain("Links"), "/calendar/event-types" as Path)
        return Layout.app(title: "\(title) · \(name)", tab: tab, principal, head: Self.script, """
            \(Components.crumbs([above, (name, settings)], title))\
            \(Components.pageHead(title, say("Send the address, or show the page on a website of yours.")))\
            \(sites)\(ways)\(policy)\(preview)
            """)
    }

    private static let script: HTML = "<script src=\"/embed.js\" defer></script>\n"

    /// Which websites may show it, or that none may.
    private var sites: HTML {
        let place = settings.fragment(tab == .forms ? "f-\(LinkFraming.field)" : "share")
        let change = Components.link(plain("Name your websites"), to: place)
        guard !origins.isEmpty else {
            return Components.banner(
                .notes, say("No website may show this page yet. Until you name yours, visitors see a link to it."),
                actions: change)
        }
        return """
            <section class="stack near" aria-labelledby="sites"><h2 class="lead" id="sites">\
            \(say("Websites that may show it"))</h2><ul>\(each: origins, { origin in
                "<li><bdi dir=\"ltr\">\(origin.text)</bdi></li>"
            })</ul><p>\(change)</p></section>
            """
    }

    private var ways: HTML {
        HTML([
            way("link", plain("Link"), say("For mails, signatures and chats."), snippets.plain),
            way("inline", plain("In the page"), say("The times stand in your page, as tall as they are."),
                snippets.inline),
            way("popup", plain("Pop-up"), say("A link of yours opens the times above your page."), snippets.popUp),
            way("button", plain("Floating button"), say("A button stays in the corner of every page."),
                snippets.button),
            way("react", plain("React"), say("Typed components; others for Angular and React Native lie beside them."),
                snippets.install(["core", "embed", "react"].compactMap(PackageFiles.shared.newest)) + "\n\n"
                    + snippets.react),
        ])
    }

    private func way(_ id: String, _ title: String, _ words: HTML, _ text: String) -> HTML {
        """
        <section class="stack near" aria-labelledby="\(id)"><h2 class="lead" id="\(id)">\(title)</h2>\
        <p class="second">\(words)</p>\
        <pre class="code snippet" tabindex="0" role="group" aria-labelledby="\(id)"><code>\(text)</code></pre>\
        <p>\(Components.copyButton(text, label: plain("Copy"), of: title))</p></section>
        """
    }

    private var policy: HTML {
        way("policy", plain("For sites with a strict policy"),
            say("""
                Add these words to the policy your site sends, beside those it has. Nothing else is needed: no inline \
                style, no inline script.
                """),
            snippets.policy)
    }

    /// The page itself, so what is booked here is booked.
    private var preview: HTML {
        """
        <section class="stack near" aria-labelledby="preview"><h2 class="lead" id="preview">\(say("Preview"))</h2>\
        <p class="second">\(say("This is the real page: a time you book here is booked."))</p>\
        <workestra-booking page="\(String(path.text.dropFirst()))"><a href="\(path)">\(name)</a></workestra-booking>\
        </section>
        """
    }

    package static var example: EmbedPage {
        EmbedPage(
            principal: .example, tab: .links, name: "Intro call", path: "/book/intro",
            settings: "/settings/booking-links/lnk_example", origins: SiteOrigin("https://www.example.org").map { [$0] }
                ?? [],
            snippets: EmbedSnippets(address: "https://meet.example", path: "/book/intro", label: "Intro call"))
    }
}
