/// The frame around every HTML mail of ours: tables and inline styles, because mail programs know little else.
import Web

/// Made inside the reader's language (`Language.current`).
struct MailShell {
    let title: String
    /// The line mail programs show beside the subject.
    let preview: String
    let language: Language
    /// Whose mail it is, at the top: the workspace.
    let sender: WorkspaceName
    let note: String
    let foot: String

    /// Light colours stand inline for programs that drop `<style>`; dark ones need it. Values are those of tokens.css.
    ///
    /// - Parameter rows: rows of the one table.
    func html(_ rows: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="\(language.tag)" dir="\(language.direction.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>\(title)</title>
        \(style)
        </head>
        <body>
        <div style="display: none; max-height: 0; overflow: hidden">\(preview)</div>
        <main>
        <table class="back" role="presentation" width="100%" style="background: #f6f8f8"><tr>\
        <td align="center" style="padding: 32px 0">
        <table class="sheet" role="presentation" width="600" style="width: 600px; background: #ffffff; \
        font-family: -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; border-radius: 12px">
        <tr><td class="pad ink" style="padding: 32px 40px 0; font-size: 15px; line-height: 24px; font-weight: 600; \
        color: #11181a"><bdi>\(sender.text)</bdi></td></tr>
        \(rows)
        <tr><td class="pad ink2" style="padding: 24px 40px 32px; font-size: 15px; line-height: 24px; color: #455054">\
        \(note)</td></tr>
        </table>
        <table class="foot" role="presentation" width="600" style="width: 600px"><tr>\
        <td class="pad ink2" style="padding: 16px 40px; font-family: -apple-system, 'Segoe UI', Roboto, Arial, \
        sans-serif; font-size: 13px; line-height: 20px; color: #455054">\(foot)</td></tr></table>
        </td></tr></table>
        </main>
        </body>
        </html>

        """
    }

    /// A link that looks like a button; the main one is filled.
    static func button(_ label: String, to url: WebURL, in brand: Brand, isMain: Bool) -> HTML {
        guard isMain else {
            return """
                <a class="other" href="\(url)" style="display: inline-block; margin: 12px 8px 0 0; \
                padding: 9px 17px; border: 1px solid #828e92; border-radius: 8px; color: #11181a; font-size: 15px; \
                line-height: 24px; text-decoration: none">\(label)</a>
                """
        }
        return """
            <a class="main" href="\(url)" style="display: inline-block; margin: 12px 8px 0 0; padding: 10px 18px; \
            border-radius: 8px; background: \(brand.light.css); color: \(brand.onLight.css); font-size: 15px; \
            line-height: 24px; font-weight: 600; text-decoration: none">\(label)</a>
            """
    }

    private var style: HTML {
        """
        <style>
        body { margin: 0; padding: 0; background: #f6f8f8; }
        table { border-collapse: collapse; }
        @media (max-width: 620px) {
          .sheet, .foot { width: 100% !important; }
          .pad { padding-left: 20px !important; padding-right: 20px !important; }
        }
        @media (prefers-color-scheme: dark) {
          body, .back { background: #0e1112 !important; }
          .sheet { background: #14181a !important; }
          .ink { color: #edf1f1 !important; }
          .ink2 { color: #b6c0c3 !important; }
          .link { color: \(sender.brand.dark.css) !important; }
          .rule { border-color: #282f32 !important; }
          .main { background: \(sender.brand.dark.css) !important; color: \(sender.brand.onDark.css) !important; }
          .other { color: #edf1f1 !important; border-color: #717d82 !important; }
        }
        </style>
        """
    }
}
