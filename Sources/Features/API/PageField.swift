/// Reads the address of a page out of a form or a body: one rule wherever hosts lead people elsewhere.
import Web

extension Fields {
    /// The address of anybody's page on the web, written in full; nil where there is none, or it is wrong.
    package mutating func page(_ name: String, label: String) -> WebURL? {
        guard let text = optionalText(name, atMost: 2000, label: label) else { return nil }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        if let url = WebURL(text), scheme == "https" || scheme == "http" { return url }
        let message = plain("This is no address of a page. Write it in full, such as https://example.com/thanks.")
        fail(name, "invalid", message)
        return nil
    }
}
