/// What a letter about a booking puts into the frame of our mails: day and time, the facts, the ways on.
import Web

extension BookingLetter {
    var html: HTML {
        MailShell(
            title: subject, preview: preview, language: reader.language, sender: facts.workspaceName, note: note,
            foot: foot
        ).html("\(head)\n\(table)\n\(hostWords)\(buttons)")
    }

    private var brand: Brand { facts.workspaceName.brand }

    private var hostWords: HTML {
        guard !words.isEmpty else { return .empty }
        return """
            <tr><td class="pad ink" style="padding: 16px 40px 0; font-size: 15px; line-height: 24px; \
            color: #11181a"><bdi>\(lines(words))</bdi></td></tr>

            """
    }

    private var head: HTML {
        """
        <tr><td class="pad" style="padding: 32px 40px 0">
        <p class="ink2" style="margin: 0 0 8px; font-size: 15px; line-height: 24px; color: #455054">\(opening)</p>
        <h1 class="ink" style="margin: 0; font-size: 28px; line-height: 36px; font-weight: 600; \
        letter-spacing: -.02em; color: #11181a">\(day)<br>\(range)</h1>
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
            "<a class=\"link\" href=\"\(url)\" style=\"color: \(brand.light.css)\">\(row.value)</a>"
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
        return MailShell.button(action.label, to: action.url, in: brand, isMain: place.offset == 0)
    }

    private func lines(_ text: String) -> HTML {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return HTML(lines.enumerated().map { $0.offset == 0 ? "\($0.element)" : "<br>\($0.element)" })
    }
}
