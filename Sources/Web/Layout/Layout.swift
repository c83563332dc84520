/// The frames around every page: head, skip link, sidebar or public head, foot, icons.

/// The three frames: public pages, the app, and a page that says what went wrong.
package enum Layout {
    /// The measure and grid of a public page.
    package enum Shape: String, Sendable {
        /// What, month and times side by side: 71 rem.
        case book
        /// A text: 40 rem.
        case column = "column stack far"
        /// A form of one column: 24 rem.
        case slim = "column slim stack far"
        /// A table: 60 rem.
        case broad = "column broad stack far"
    }

    /// A page that anybody may see.
    ///
    /// - Parameters:
    ///   - workspaceName: whose page it is, at the top and in the title, and in which colours.
    ///   - home: where that name leads; nowhere if nil.
    ///   - skip: the id and the words of the skip link, if not the whole content.
    ///   - zone: the zone the page was written in, if the script may ask for the browser's own; see `zone.js`.
    ///   - head: more for `<head>`: the one `<style nonce>` a page may have.
    ///   - foot: links such as “Privacy”; without a word the way to one’s booking.
    ///   - event: what a page in a frame tells the site around it.
    package static func publicPage(
        title: String, workspaceName: WorkspaceName, home: Path? = nil, shape: Shape = .column,
        skip: (id: String, label: String)? = nil, zone: String? = nil,
        head: HTML = .empty, foot: [(String, Path)]? = nil, event: FrameEvent? = nil, _ content: HTML
    ) -> HTML {
        let name = workspaceName.text
        let full = title == name ? title : "\(title) · \(name)"
        let head: HTML = "\(sheet(of: workspaceName.brand))\(head)"
        // The site around a frame has a head and a foot of its own.
        if let frame = Frame.current {
            return document(title: full, style: "public framed", head: head, """
                <main class="\(shape.rawValue)" id="main"\(Components.attribute("data-zone", zone))\
                \(frame.attributes(event))>\(content)</main>
                """)
        }
        let mark: HTML = "\(Components.icon(.mark))<bdi>\(name)</bdi>"
        // Written out: `??` between two literals inside an interpolation would be a String, and escaped.
        let brand: HTML = if let home {
            "<a class=\"brand\" href=\"\(home)\">\(mark)</a>"
        } else {
            "<span class=\"brand line\">\(mark)</span>"
        }
        return document(title: full, style: "public", head: head, """
            \(skipLink(skip?.id ?? "main", skip?.label ?? plain("Skip to content")))
            <header class="public-head">\
            \(brand)\
            \(languageMenu)</header>
            <main class="\(shape.rawValue)" id="main"\(Components.attribute("data-zone", zone))>\(content)</main>
            <footer class="public-foot">\(each: foot ?? ways, { "<a href=\"\($0.1)\">\($0.0)</a>" })\
            <span class="end third">\(say("Scheduling by Workestra"))</span></footer>
            """)
    }

    /// After the shared style sheet, whose colours it replaces.
    private static func sheet(of brand: Brand) -> HTML {
        guard let path = brand.stylesheet else { return .empty }
        return "<link rel=\"stylesheet\" href=\"\(path)\">"
    }

    /// At the foot of every public page: whoever lost a mail finds their booking from anywhere.
    private static var ways: [(String, Path)] { [(plain("Find your booking"), "/book/find")] }

    /// A page of the app with its sidebar.
    ///
    /// - Parameters:
    ///   - tab: the entry of the sidebar the page belongs to.
    package static func app(title: String, tab: Tab?, _ principal: Principal, head: HTML = .empty,
                            _ content: HTML) -> HTML {
        document(title: "\(title) · \(principal.workspaceName)", style: "app", head: head, """
            \(skipLink("main", plain("Skip to content")))
            <header class="bar">\(Components.iconLink(plain("Open menu"), to: "#nav", .menu))\
            <b><bdi>\(principal.workspaceName)</bdi></b></header>
            \(sidebar(tab, principal))
            <main class="page" id="main">\(if: principal.isTest, then: testMode)\(content)</main>
            """)
    }

    private static var testMode: HTML {
        Components.banner(.warns, say("This workspace is in test mode: no mail leaves it."))
    }

    /// A calm page for a refusal: what is so, and what to do.
    ///
    /// - Parameter requestID: the number somebody can ask us about; shown for 5xx.
    package static func refusal(_ refusal: any Refusal, requestID: String) -> HTML {
        publicPage(
            title: refusalTitle(refusal), workspaceName: "Workestra", home: "/", shape: .column,
            event: .error(refusal.code), """
            <header class="stack near"><h1 class="display">\(refusalTitle(refusal))</h1>\
            <p class="second lead">\(refusal.message)</p></header>\
            \(if: !refusal.fields.isEmpty, then: """
                <ul class="mistakes">\(each: refusal.fields, { "<li>\($0.message)</li>" })</ul>
                """)\
            \(if: refusal.status >= 500, then: "<p class=\"number\">\(requestID)</p>")
            """)
    }

    private static func refusalTitle(_ refusal: any Refusal) -> String {
        switch refusal.status {
        case 401: plain("Sign in first")
        case 403: plain("Not yours to open")
        case 404: plain("Nothing here")
        case 409: plain("That has changed meanwhile")
        case 410: plain("This link is over")
        case 413: plain("Too much at once")
        case 429: plain("One moment")
        case 503: plain("Back in a moment")
        case 500...: plain("That did not work")
        default: plain("That cannot be done")
        }
    }

    /// The document around a body, with the icons it uses.
    private static func document(title: String, style: String, head: HTML, _ body: HTML) -> HTML {
        let language = Language.current
        return """
            <!doctype html>
            <html lang="\(language.tag)" dir="\(language.direction.rawValue)"\
            \(Components.attribute("data-theme", Frame.current?.theme?.rawValue))>
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="\(Assets.shared.stylesheet)">
            \(if: style == "app", then: "<link rel=\"stylesheet\" href=\"\(Assets.shared.appStylesheet)\">")\
            <link rel="icon" href="\(Assets.shared.icon)" type="image/svg+xml">
            <script type="module" src="\(Assets.shared.script)"></script>
            \(head)</head>
            <body class="\(style)">
            \(body)
            \(Icon.sprite(for: body))
            </body>
            </html>

            """
    }

    private static func skipLink(_ id: String, _ label: String) -> HTML {
        "<a class=\"skip\" href=\"\(Path("").fragment(id))\">\(label)</a>"
    }

    /// This page in each language there is; no menu where nobody chooses.
    private static var languageMenu: HTML {
        let (languages, current) = (Language.choices, Language.current)
        guard languages.count > 1 else { return .empty }
        return """
            <details class="menu end"><summary class="button quiet" aria-label="\(plain("Language: \(current.name)"))">\
            \(Components.icon(.globe))\(current.name)</summary>\
            <ul role="list">\(each: languages.filter { $0.0 != current }, { language, path in """
                <li><a href="\(path)" lang="\(language.code)" dir="\(language.direction.rawValue)">\
                \(language.name)</a></li>
                """ })</ul></details>
            """
    }
}
