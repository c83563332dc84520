/// /dev/mail answers this machine only, and shows hostile mails without harm.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct MailboxRoutesTests {
    @Test("every address of it is for this machine, in development")
    func policies() async throws {
        try await withDatabase(.sqlite) { database in
            let world = World(clock: .standing(at: Instant(0)), entropy: .system, zones: MailSamples.zones)
            let routes = MailboxRoutes.routes(LocalMailbox(database: database, world: world))
            #expect(routes.map(\.path) == ["/dev/mail", "/dev/mail/:id", "/dev/mail/:id/html", "/dev/mail/:id/raw"])
            #expect(routes.allSatisfy { $0.policy == .loopback && $0.method == .get })
        }
    }

    @Test("the pages escape what is in the mail and link only to the web")
    func pages() {
        let mail = LocalMail(
            id: ID(milliseconds: 0, random: Array(repeating: 0, count: 10)), messageID: "<1@example.com>",
            recipient: "<b>@example.com", subject: "<script>x</script>",
            text: "See: https://a.example/b?c=d&e\nBad: https://a.example/\"onclick=x <i>\njavascript:alert(1)",
            html: "<script>x</script>", raw: [], createdAt: Instant(0))
        let page = MailPage(mail: mail).html.text, list = MailListPage(mails: [mail]).html.text

        #expect(!page.contains("<script>x") && !list.contains("<script>x") && !list.contains("<b>@"))
        #expect(page.contains("<a href=\"https://a.example/b?c=d&amp;e\">"))
        #expect(!page.contains("<i>") && !page.contains("\"onclick") && !page.contains("href=\"javascript"))
        #expect(page.contains("sandbox=\"allow-popups\""))
        #expect(MailListPage(mails: []).html.text.contains("No mail yet"))
    }
}
