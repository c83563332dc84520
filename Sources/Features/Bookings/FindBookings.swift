/// `/book/find`: mails an address its upcoming bookings; the answer is the same whether there are any.
import Capabilities
import Database
import Foundation
import Scheduling
import Web

package struct FindBookings: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/book/find", .open, page),
            Route(.post, "/book/find", .open, limit: .perMinute(5, bucket: "find bookings"), find),
        ]
    }

    private func page(_ request: Request) async throws -> Answer {
        .page(try await asked(from: request.query["from"]).html)
    }

    /// The page in the name of whoever's booking page it was reached from.
    private func asked(from slug: String?) async throws -> FindPage {
        guard let slug, let (link, scope) = try? await OpenLink(installation).find(slug: slug, evenClosed: true) else {
            return FindPage()
        }
        let name = try await installation.database.read(scope) { tx in
            try LinkStore.workspaceName(scope: scope, in: tx)
        }
        return FindPage(workspaceName: name, back: link.rules.slug)
    }

    private func find(_ request: Request) async throws -> Answer {
        let data = try request.form()
        var fields = Fields(form: data)
        let email = fields.email("email", label: plain("E-mail"))
        var page = try await asked(from: data["from"])
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let job = MailFoundBookings.job(email, language: Language.current, installation)
        let (id, now): (ID<QueuedJob>, Instant) = (installation.world.id(), installation.world.now)
        // The job is written for every address alike, so that nobody can tell who has bookings.
        try await LookUps(database: installation.database).enqueue(job, now: now, id: id)
        // Not a redirect: the address would have to stand in it. Sent twice, it is one mail.
        page.sentTo = email
        return .page(page.html)
    }
}

/// Asks for the address, and afterwards says that a mail is on its way if there is anything to tell.
package struct FindPage: Page {
    var workspaceName: WorkspaceName?
    /// The slug of the booking page it was reached from.
    var back: String?
    /// The address that was asked for, whether or not it has bookings.
    var sentTo: String?
    var filled = Filled.empty

    /// At the foot of a link's pages: the way here, and back again.
    static func foot(_ link: Link) -> [(String, Path)] {
        // Whoever came by an address of their own may not know the link's, and a hidden one stays unknown.
        guard link.servedAt != nil || link.rules.access.hidden else { return foot(slug: link.rules.slug) }
        return [(plain("Find your booking"), "/book/find")]
    }

    static func foot(slug: String) -> [(String, Path)] {
        [(plain("Find your booking"), ("/book/find" as Path).adding(query: [("from", slug)]))]
    }

    package var html: HTML {
        Layout.publicPage(
            title: plain("Find your bookings"), workspaceName: workspaceName ?? "Workestra",
            home: back.map { Path("/book/\($0)") }, shape: .slim, foot: ways, """
            <header class="stack near"><h1 class="display">\(say("Find your bookings"))</h1>\
            <p class="second">\(say("We mail you the links to your upcoming meetings."))</p></header>\
            \(sentTo.map { Components.banner(.notes, Self.sent($0), isMet: true) })\
            \(Components.form(action: "/book/find", """
                \(Components.mistakes(filled))\(back.map { Components.hidden("from", $0) })\
                \(Components.field("email", plain("E-mail"), in: filled, typing: .email,
                                   hint: say("The address you booked with."), autocomplete: "email"))\
                <p>\(Components.button(plain("Mail me my bookings"), .primary, icon: .mail))</p>
                """))
            """)
    }

    private var ways: [(String, Path)] {
        back.map { [(plain("Back to the booking page"), Path("/book/\($0)"))] } ?? []
    }

    private static func sent(_ email: String) -> HTML {
        let address: HTML = "<bdi>\(email)</bdi>"
        return say("""
            If upcoming meetings are booked with \(address), a mail with their links is on its way. Look into your \
            spam folder as well.
            """)
    }

    package static var example: FindPage { FindPage() }
}

/// Sends the mail that somebody asked for at `/book/find`.
package struct MailFoundBookings: Sendable {
    package static let kind = "find_bookings"

    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    private static let binding = "find_bookings"

    /// At most one for an address and hour. The address goes sealed: jobs tell nothing of people.
    static func job(_ email: String, language: Language, _ installation: Installation) -> NewJob {
        let now = installation.world.now
        let folded = email.lowercased()
        let mac = installation.keyring.mac(Array(folded.utf8), purpose: binding)
        let subject = Data(mac.prefix(16)).base64EncodedString()
        let sealed = installation.keyring.seal(Array(email.utf8), bound: binding)
        let payload: JSON = [
            "sealed": .string(Data(sealed).base64EncodedString()), "language": .string(language.tag),
        ]
        return NewJob(
            kind: kind, workspace: nil, subject: subject, version: 1, payload: payload.text,
            dedupeKey: "\(kind)|\(subject)|\(now.seconds / 3600)", ordering: "\(kind)|\(subject)", runAt: now,
            notAfter: now.adding(minutes: 60))
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let payload = try? JSON(reading: Array(job.payload.utf8)),
            let sealed = payload["sealed"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let bytes = try? installation.keyring.open(Array(sealed), bound: Self.binding)
        else { return .dead("unreadable payload") }
        let email = String(decoding: bytes, as: UTF8.self)
        let items = try await items(email)
        guard !items.isEmpty else { return .skipped("no bookings") }
        let language = installation.language(payload["language"]?.string)
        return try await JobOutcome.mailing(now: installation.world.now) {
            let message = try Language.$current.withValue(language) {
                try FoundBookingsMail.outgoing(
                    to: email, items, occasion: job.id.text, now: installation.world.now,
                    mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("found_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("found_mail.after_send")
            return .done
        }
    }

    private func items(_ email: String) async throws -> [FoundBookingsMail.Item] {
        let (now, zones) = (installation.world.now, installation.world.zones)
        let found = try await LookUps(database: installation.database).upcomingBookings(
            of: email, word: SearchWords.term(ofAddress: email), now: now)
        var items: [FoundBookingsMail.Item] = []
        for (workspace, id, isOwn) in found {
            let scope = Scope(workspace: workspace, actor: .system)
            let item = try await installation.database.read(scope) { tx -> FoundBookingsMail.Item? in
                guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                    let link = try LinkStore.find(booking.link, scope: scope, in: tx),
                    let token = try BookingTokenStore.current(
                        of: id, holder: isOwn ? .attendee : .booker, keyring: installation.keyring, scope: scope,
                        in: tx)
                else { return nil }
                let title = isOwn ? link.rules.title : plain("\(link.rules.title), for \(booking.attendee.name)")
                return .init(
                    title: booking.isWaiting ? plain("\(title) (the host has not answered yet)") : title,
                    host: booking.hosts.first?.name ?? "",
                    workspaceName: try LinkStore.workspaceName(scope: scope, in: tx), starts: booking.state.starts,
                    ends: booking.state.ends, zone: zones.zone(booking.attendee.zone) ?? .utc,
                    url: installation.url(Path("/booking/\(token)")))
            }
            if let item { items.append(item) }
        }
        return items
    }
}
