/// A short mail that is about no single meeting of the reader: some sentences, some links, and why it was sent.
import Capabilities
import Web

/// Made inside the reader's language (`Language.current`).
struct NoteLetter {
    struct Entry {
        let label: String
        /// A line below it.
        let note: String
        let url: WebURL
    }

    let subject: String
    /// Paragraphs.
    let words: [String]
    var links: [Entry] = []
    let foot: String
    /// In whose colours.
    var brand = Brand.standard

    var text: String {
        let list = links.map { "\($0.label)\n\($0.note)\n\($0.url.text)" }
        return (words + list + ["-- \n\(foot)"]).joined(separator: "\n\n") + "\n"
    }

    /// Light colours stand inline for programs that drop `<style>`; dark ones need it.
    var html: HTML {
        let language = Language.current
        return """
            <!doctype html>
            <html lang="\(language.tag)" dir="\(language.direction.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(subject)</title>
            \(style)
            </head>
            <body>
            <main>
            <table class="sheet" role="presentation" align="center" width="600" style="width: 600px; \
            background: #ffffff; font-family: -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; font-size: 15px; \
            line-height: 24px; color: #11181a"><tr><td class="pad" style="padding: 32px 40px">
            <h1 class="ink" style="margin: 0 0 16px; font-size: 22px; line-height: 30px">\(subject)</h1>
            \(each: words, { "<p class=\"ink\" style=\"margin: 0 0 16px\">\($0)</p>\n" })\
            \(each: links, item)\
            <p class="ink2" style="margin: 24px 0 0; font-size: 13px; line-height: 20px; color: #455054">\(foot)</p>
            </td></tr></table>
            </main>
            </body>
            </html>

            """
    }

    private func item(_ link: Entry) -> HTML {
        """
        <p class="ink" style="margin: 0 0 16px"><a class="link" href="\(link.url)" style="color: \(brand.light.css); \
        font-weight: 600"><bdi>\(link.label)</bdi></a><br><span class="ink2" style="color: #455054">\(link.note)</span>\
        </p>

        """
    }

    private var style: HTML {
        """
        <style>
        body { margin: 0; padding: 16px 0; background: #f6f8f8; }
        @media (max-width: 620px) {
          .sheet { width: 100% !important; }
          .pad { padding: 20px !important; }
        }
        @media (prefers-color-scheme: dark) {
          body { background: #0e1112 !important; }
          .sheet { background: #14181a !important; }
          .ink { color: #edf1f1 !important; }
          .ink2 { color: #b6c0c3 !important; }
          .link { color: \(brand.dark.css) !important; }
        }
        </style>
        """
    }
}
