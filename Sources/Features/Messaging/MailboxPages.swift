/// The pages of /dev/mail. For developers of this machine, so their words are not translated.
import Scheduling
import Web

/// Every mail kept, newest first.
struct MailListPage: Page {
    let mails: [LocalMail]

    var html: HTML {
        Layout.publicPage(title: "Mail", workspaceName: "Workestra", home: "/", shape: .broad, foot: [], """
            <header class="stack near"><h1 class="display">Mail</h1>\
            <p class="second">No mail server is set (SMTP_URL), so the newest 200 mails are kept here.</p></header>\
            \(mails.isEmpty ? nothing : table)
            """)
    }

    private var nothing: HTML {
        Components.empty("No mail yet", "Book a meeting on one of the booking pages; its mails appear here.")
    }

    private var table: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="Mail"><table class="table">\
        <thead><tr><th scope="col">To</th><th scope="col">Subject</th>\
        <th scope="col">Sent (UTC)</th></tr></thead><tbody>\(each: mails, { mail in """
            <tr><td>\(mail.recipient)</td><td><a href="\(Path("/dev/mail/\(mail.id)"))">\(mail.subject)</a></td>\
            <td class="when">\(mail.createdAt.description)</td></tr>
            """ })</tbody></table></div>
        """
    }

    static var example: MailListPage { MailListPage(mails: [MailPage.example.mail]) }
}

/// One mail: its text, its HTML in a frame that can do nothing, and the file.
struct MailPage: Page {
    let mail: LocalMail

    var html: HTML {
        Layout.publicPage(
            title: mail.subject, workspaceName: "Workestra", home: "/dev/mail", shape: .broad, foot: [], """
            <header class="stack near"><h1>\(mail.subject)</h1>\
            <p class="second">To \(mail.recipient), \(mail.createdAt.description). \
            <a href="\(Path("/dev/mail/\(mail.id)/raw"))">Download the message</a></p></header>\
            <h2>HTML</h2>\
            <iframe class="mail" title="The mail as HTML" sandbox="allow-popups" width="100%" height="760" \
            src="\(Path("/dev/mail/\(mail.id)/html"))"></iframe>\
            <h2>Text</h2><pre class="mail">\(each: lines, { "\($0)\n" })</pre>
            """)
    }

    /// The text with its addresses as links: they lead to the pages, the frame cannot.
    private var lines: [HTML] {
        mail.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            guard let start = line.firstRange(of: "http")?.lowerBound, let url = WebURL(String(line[start...])) else {
                return "\(line)"
            }
            return "\(line[..<start])<a href=\"\(url)\">\(url.text)</a>"
        }
    }

    static var example: MailPage {
        MailPage(mail: LocalMail(
            id: ID(milliseconds: 0, random: Array(repeating: 0, count: 10)), messageID: "<1@example.com>",
            recipient: "sam@example.com", subject: "Confirmed: Product walkthrough, Thursday 3 December, 10:30",
            text: "Your meeting is confirmed.\n", html: "<p>Your meeting is confirmed.</p>", raw: [],
            createdAt: Instant(1_796_293_800)))
    }
}
