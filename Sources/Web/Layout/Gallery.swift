/// Every page with its example data, for a look during development.

/// `/dev/gallery` lists the pages; `/dev/gallery/BookingPage?lang=en-XB` shows one in a language.
package enum Gallery {
    /// - Parameter pages: the types of all pages, in the order they are listed.
    package static func routes(_ pages: [any Page.Type]) -> [Route] {
        let named = pages.map { (String(describing: $0), $0) }
        return [
            Route(.get, "/dev/gallery", .loopback) { _ in .page(index(named.map(\.0))) },
            Route(.get, "/dev/gallery/:page", .loopback) { request in
                let name = try request.parameter("page")
                guard let page = named.first(where: { $0.0 == name })?.1 else { throw Common.notFound }
                return .page(page.example.html)
            },
        ]
    }

    private static func index(_ names: [String]) -> HTML {
        Layout.publicPage(title: "Gallery", workspaceName: "Workestra", home: "/dev/gallery", foot: [], """
            <h1>Gallery</h1><ul class="rows" role="list">\(each: names, { name in
                let page: Path = "/dev/gallery/\(name)"
                let mirrored = page.adding(query: [("lang", Language.pseudo.code)])
                return """
                    <li class="row"><p><a class="row-link" href="\(page)">\(name)</a> \
                    <a class="third" href="\(mirrored)" aria-label="\(name), right to left">\
                    \(Language.pseudo.code)</a></p></li>
                    """
            })</ul>
            """)
    }
}
