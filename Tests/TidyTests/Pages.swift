/// What the HTML literals may hold, so that escaping by interpolation is enough.
extension Rule {
    static let pages = [quotedAttributes, typedLinks, noInlineScript, noCodeFromValues]

    static let quotedAttributes = Rule(
        name: "Every attribute in an HTML literal is quoted",
        bad: [
            [page: literal(#"<a class=big>x</a>"#)],
            [page: literal(#"<p id=\(id)>x</p>"#)],
            [page: literal(#"<p id='x'>x</p>"#)],
        ],
        good: [page: literal(#"<p id=\"\(id)\" class=\"a=b\" hidden \(if: a, then: \"x\")>1 < 2, a=b</p>"#)]
    ) { tree in
        attributes(in: tree) { attribute in
            attribute.quoted || attribute.value.isEmpty ? nil : "\(attribute.name) needs double quotes"
        }
    }

    private static let linking: Set<String> = ["href", "src", "action", "formaction", "poster", "cite", "srcset"]

    static let typedLinks = Rule(
        name: "A link's address is one Path or WebURL, never text with a value in it",
        bad: [
            [page: literal(#"<a href=\"/book/\(slug)\">x</a>"#)],
            [page: literal(#"<form action=\"\(base)/x\"></form>"#)],
            [page: literal(#"<a href=\"mailto:\(mail)\">x</a>"#)],
        ],
        good: [
            page: literal(##"<a href=\"\(path)\" title=\"\(name)\">x</a><a href=\"#f-\(id)\"></a>"##),
            "Sources/Web/Components.swift": literal(#"<a href=\"/setup\">x</a>"#),
        ]
    ) { tree in
        attributes(in: tree) { attribute in
            guard linking.contains(attribute.name), attribute.value.contains("\u{1}") else { return nil }
            let whole = attribute.value.contains(pattern: "^(?:#[\\w-]*)?\u{1}[^\u{2}]*\u{2}$")
            return whole ? nil : "\(attribute.name) must be one Path or WebURL"
        }
    }

    static let noInlineScript = Rule(
        name: "Pages hold no inline script and no event handler",
        bad: [
            [page: literal(#"<script>alert(1)</script>"#)],
            [page: literal(#"<button onclick=\"go()\">x</button>"#)],
            [page: literal(#"<a href=\"javascript:go()\">x</a>"#)],
        ],
        good: [page: literal(#"<script type=\"module\" src=\"\(path)\"></script><p data-on=\"x\">only</p>"#)]
    ) { tree in
        let handlers = attributes(in: tree) { attribute in
            if attribute.name.contains(pattern: "^on[a-z]+$") { return "\(attribute.name) is an event handler" }
            return attribute.value.contains(pattern: "(?i)^\\s*javascript:") ? "javascript: is not an address" : nil
        }
        return handlers + literals(in: tree) {
            $0.contains(pattern: #"<script(?![^>]*\ssrc=)[^>]*>"#) ? "inline script" : nil
        }
    }

    /// A `Colour` can only spell `#` and six digits, so its `css` may stand in the style of a mail.
    static let noCodeFromValues = Rule(
        name: "No value is put into a script, a style or a style attribute",
        bad: [
            [page: literal(#"<p style=\"width: \(width)px\">x</p>"#)],
            [page: literal(#"<script src=\"/a.js\">\(code)</script>"#)],
            [page: literal(#"<style>\(css)</style>"#)],
            [page: literal(#"<style>p { color: \(ink.css); \(rest) }</style>"#)],
        ],
        good: [page: literal(
            #"<p style=\"width: 3px; color: \(ink.css)\">\(width)</p><script src=\"\(path)\"></script>"#
                + #"<style>p { color: \(brand.dark.css) }</style>"#)]
    ) { tree in
        let styles = attributes(in: tree, of: \.plainButColours) { attribute in
            attribute.name == "style" && attribute.value.contains("\u{1}") ? "a value in a style attribute" : nil
        }
        let inside = #"<(script|style)\b[^>]*>(?:(?!</\1)[\s\S])*\#u{1}"#
        return styles + literals(in: tree, of: \.plainButColours) {
            $0.contains(pattern: inside) ? "a value inside script or style" : nil
        }
    }

    private static let page = "Sources/Features/Links/LinkPages.swift"
    private static func literal(_ html: String) -> String { "/// A.\nlet html: HTML = \"\(html)\"\n" }

    private static func literals(
        in tree: Tree, of text: (Literal) -> String = \.plain, _ verdict: (String) -> String?
    ) -> [String] {
        tree.sources.flatMap { source in
            source.literals.filter(\.isHTML).compactMap { literal in
                verdict(text(literal)).map { source.at(line: literal.line, $0) }
            }
        }
    }

    private static func attributes(
        in tree: Tree, of text: (Literal) -> String = \.plain, _ verdict: (Attribute) -> String?
    ) -> [String] {
        tree.sources.flatMap { source in
            source.literals.filter(\.isHTML).flatMap { literal in
                htmlAttributes(text(literal)).compactMap { attribute in
                    verdict(attribute).map { source.at(line: literal.line + attribute.line, $0) }
                }
            }
        }
    }
}

struct Attribute {
    let name: String
    let value: String
    let quoted: Bool
    /// Lines below the literal's opening quote.
    let line: Int
}

extension Literal {
    /// As `plain`, with a colour in the place of each interpolation that ends with `.css`.
    var plainButColours: String {
        text.replacing("\u{1}[^\u{1}\u{2}]*\\.css\u{2}", with: "#000000")
            .replacing("\u{1}[^\u{1}\u{2}]*\u{2}", with: "\u{1}\u{2}")
    }

    var isHTML: Bool { plain.contains(pattern: #"<[a-z][a-z0-9-]*(?:\s[^<]*|/)?>|<[a-z][a-z0-9-]*\s+[a-z-]+="#) }
}

/// The attributes of every tag in a piece of HTML. Values in places of whole attributes are passed over.
func htmlAttributes(_ html: String) -> [Attribute] {
    let tag = #"<[a-z][a-z0-9-]*((?:\s+[^\s=>"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?|\s*/)*)\s*"#
    return html.matches(tag).flatMap { match -> [Attribute] in
        let start = html.lineNumber(match.offset) - 1
        return match.groups[0].matches(#"([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?"#).map { found in
            let value = found.groups[1]
            return Attribute(
                name: found.groups[0].lowercased(), value: value.replacing(#"^"|"$"#, with: ""),
                quoted: value.hasPrefix("\""), line: start + match.groups[0].lineNumber(found.offset) - 1
            )
        }
    }
}
