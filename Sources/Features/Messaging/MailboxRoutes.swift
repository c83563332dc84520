/// /dev/mail: the mails of a development server, to be read without a mail program.
import Scheduling
import Web

package enum MailboxRoutes {
    package static func routes(_ mailbox: LocalMailbox) -> [Route] {
        [
            Route(.get, "/dev/mail", .loopback) { _ in
                .page(MailListPage(mails: try await mailbox.mails()).html)
            },
            Route(.get, "/dev/mail/:id", .loopback) { request in
                .page(MailPage(mail: try await mail(request, in: mailbox)).html)
                    .header("Content-Security-Policy", framePolicy)
            },
            Route(.get, "/dev/mail/:id/html", .loopback) { request in
                body(try await mail(request, in: mailbox))
            },
            Route(.get, "/dev/mail/:id/raw", .loopback) { request in
                let mail = try await mail(request, in: mailbox)
                return .file(mail.raw, type: "message/rfc822", name: "\(mail.id).eml")
            },
        ]
    }

    /// As everywhere, and one frame of our own.
    private static let framePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    private static func mail(_ request: Request, in mailbox: LocalMailbox) async throws -> LocalMail {
        guard let id = ID<LocalMail>(try request.parameter("id")), let mail = try await mailbox.mail(id) else {
            throw Common.notFound
        }
        return mail
    }

    /// The HTML as it came, where it can do nothing: no script, no form, no request to anywhere.
    private static func body(_ mail: LocalMail) -> Answer {
        Answer(status: 200, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(mail.html.utf8))
            .header(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'; "
                    + "base-uri 'none'; form-action 'none'")
    }
}
