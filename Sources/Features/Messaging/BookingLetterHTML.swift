/// A letter about a booking as an HTML mail: tables and inline styles, because mail programs know little else.
import Web

extension BookingLetter {
    /// Light colours stand inline for programs that drop `<style>`; dark ones need it. Values are those of tokens.css.
    var html: HTML {
        """
        <!doctype html>
        <html lang="\(reader.language.code)" dir="\(reader.language.direction.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <title>\(subject)</title>
        \(Self.style)
        </head>
        <body>
        <div style="display: none; max-height: 0; overflow: hidden">\(preview)</div>
        <main>
        <table class="back" role="presentation" width="100%" style="background: #f6f8f8"><tr>\
        <td align="center" style="padding: 32px 0">
        <table class="sheet" role="presentation" width="600" style="width: 600px; background: #ffffff; \
        font-family: -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; border-radius: 12px">
        \(head)
        \(table)
        \(buttons)
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

    private var head: HTML {
        """
        <tr><td class="pad ink" style="padding: 32px 40px 0; font-size: 15px; line-height: 24px; font-weight: 600; \
        color: #11181a"><bdi>\(facts.workspaceName)</bdi></td></tr>
        <tr><td class="pad" style="padding: 32px 40px 0">
        <p class="ink2" style="margin: 0 0 8px; font-size: 15px; line-height: 24px; color: #455054">\(opening)</p>
        <h1 class="ink" style="margin: 0; font-size: 28px; line-height: 36px; font-weight: 600; \
        letter-spacing: -.02em; color: #11181a">\(day),<br>\(range)</h1>
        <p class="ink2" style="margin: 8px 0 0; font-size: 15px; line-height: 24px; color: #455054">\(zoneWords)</p>
        </td></tr>
        """
    }

    private var table: HTML {
        """
        <tr><td class="pad" style="padding: 24px 40px 0">
        <table role="presentation" width="100%" style="font-size: 15px; line-height: 24px; \
        border-bottom: 1px solid #e4e9ea" class="rule">
        \(each: rows, row)
        </table>
        </td></tr>
        """
    }

    private func row(_ row: Row) -> HTML {
        let value: HTML = if let url = row.url {
            "<a class=\"link\" href=\"\(url)\" style=\"color: #0b5f6a\">\(row.value)</a>"
        } else {
            "<bdi>\(lines(row.value))</bdi>"
        }
        return """
            <tr><td class="ink2 rule" width="110" valign="top" style="padding: 10px 0; \
            border-top: 1px solid #e4e9ea; color: #455054">\(row.label)</td>\
            <td class="rule" width="16" style="border-top: 1px solid #e4e9ea"></td>\
            <td class="ink rule" style="padding: 10px 0; border-top: 1px solid #e4e9ea; \
            color: #11181a">\(value)</td></tr>
            """
    }

    private var buttons: HTML {
        guard !actions.isEmpty else { return .empty }
        return """
            <tr><td class="pad" style="padding: 16px 40px 0">\(each: actions.enumerated(), button)</td></tr>
            """
    }

    private func button(_ place: (offset: Int, element: Action)) -> HTML {
        let action = place.element
        guard place.offset == 0 else {
            return """
                <a class="other" href="\(action.url)" style="display: inline-block; margin: 8px 0 0; \
                padding: 9px 17px; border: 1px solid #828e92; border-radius: 8px; color: #11181a; font-size: 15px; \
                line-height: 24px; text-decoration: none">\(action.label)</a>&nbsp;
                """
        }
        return """
            <a class="main" href="\(action.url)" style="display: inline-block; margin: 8px 0 0; padding: 10px 18px; \
            border-radius: 8px; background: #0b5f6a; color: #ffffff; font-size: 15px; line-height: 24px; \
            font-weight: 600; text-decoration: none">\(action.label)</a>&nbsp;
            """
    }

    private func lines(_ text: String) -> HTML {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return HTML(lines.enumerated().map { $0.offset == 0 ? "\($0.element)" : "<br>\($0.element)" })
    }

    private static let style: HTML = """
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
          .link { color: #6fc6d1 !important; }
          .rule { border-color: #282f32 !important; }
          .main { background: #6fc6d1 !important; color: #04191c !important; }
          .other { color: #edf1f1 !important; border-color: #717d82 !important; }
        }
        </style>
        """
}
