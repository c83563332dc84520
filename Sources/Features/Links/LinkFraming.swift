/// Which websites may show a link's pages: read, stored and told.
import Web

package enum LinkFraming {
    /// The name in forms, in the API and in what a template keeps.
    package static let field = "allowedOrigins"
    /// More sites than a link is put on; each is part of a header of every page.
    package static let most = 20

    /// What came; nil where nothing did, and what there is stays.
    package static func read(_ fields: inout Fields) -> [SiteOrigin]? {
        fields.has(field) ? fields.origins(field, atMost: most, label: plain("Websites")) : nil
    }

    /// The field of a form.
    package static func area(in filled: Filled) -> HTML {
        Components.textarea(
            field, plain("Websites that may show this page"), in: filled,
            hint: say("""
                Only the beginning of each address, one to a line, such as https://www.example.org. On every other \
                website visitors see a link to this page.
                """),
            optional: plain("none"))
    }
}

extension LinkLook {
    /// One to a line, as a form shows them and a row keeps them.
    var originText: String {
        get { origins.map(\.text).joined(separator: "\n") }
        set { origins = newValue.split(separator: "\n").compactMap { SiteOrigin(String($0)) } }
    }
}

extension LinkSections {
    var framing: HTML {
        let usual = filled[LinkFraming.field].isEmpty ? plain("shown on no website") : plain("shown on your websites")
        return fold("share", plain("Websites"), usual, [LinkFraming.field], LinkFraming.area(in: filled))
    }
}
