/// A mail to somebody about their account or their place here: a heading, a few sentences, at most one way on.
import Capabilities
import Scheduling
import Web

/// Made inside the reader's language (`Language.current`).
package struct AccountLetter: Sendable {
    package var subject: String
    /// The name at the top and in From: the workspace, or the product.
    var sender: String
    var heading: String
    var sentences: [String]
    var action: (label: String, url: String)?
    /// What to do when the mail is none of one's business.
    var note: String
    var foot: String

    package var text: String {
        let link = action.map { "\($0.label): \($0.url)" } ?? ""
        let parts = [heading] + sentences + [link, note, "-- \n\(foot)"]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    package var html: HTML {
        let button: HTML = if let action, let url = WebURL(action.url) {
            """
            <tr><td class="pad" style="padding: 16px 40px 0">\
            \(MailShell.button(action.label, to: url, in: .standard, isMain: true))\
            </td></tr>
            """
        } else {
            .empty
        }
        return MailShell(
            title: subject, preview: sentences.first ?? heading, language: Language.current,
            sender: WorkspaceName(sender), note: note, foot: foot
        ).html("""
            <tr><td class="pad" style="padding: 32px 40px 0">
            <h1 class="ink" style="margin: 0; font-size: 28px; line-height: 36px; font-weight: 600; \
            letter-spacing: -.02em; color: #11181a">\(heading)</h1>
            \(each: sentences, { sentence in """
                <p class="ink2" style="margin: 8px 0 0; font-size: 15px; line-height: 24px; color: #455054">\
                \(sentence)</p>
                """ })
            </td></tr>
            \(button)
            """)
    }

    /// The mail, ready to be sent.
    ///
    /// - Parameters:
    ///   - name: of the reader; empty when it is not known yet.
    ///   - id: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    package func outgoing(
        to email: String, name: String, from ours: String, id: String, date: Instant
    ) throws(AddressProblem) -> OutgoingMail {
        let from = try EmailAddress.own(ours)
        let address = try EmailAddress(checking: email)
        return OutgoingMail(
            from: Mailbox(cleaning: sender, address: from), to: Mailbox(cleaning: name, address: address),
            subject: subject, text: text, html: html.text, messageID: "<\(id)@\(from.wireDomain)>", date: date,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}
