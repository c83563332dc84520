/// Links for agents: `/book/<slug>.md` says in Markdown what can be booked by which calls, `/llms.txt` how in general.
import Database
import Scheduling
import Web

package struct LinkMarkdown: Sendable {
    let installation: Installation
    let codes: AccessCode

    package init(_ installation: Installation, codes: AccessCode) {
        self.installation = installation
        self.codes = codes
    }

    package static func routes(_ installation: Installation) -> [Route] {
        [Route(.get, "/llms.txt", .open) { _ in .text(general(installation)) }]
    }

    /// How many free times are listed.
    private static let times = 10

    /// The Markdown of a link, when that is what was asked for; nil for a page.
    func answer(_ request: Request) async throws -> Answer? {
        let asked = try request.parameter("slug")
        let accepted = (request.headers["accept"] ?? "").lowercased()
        let isNamed = asked.hasSuffix(".md")
        guard isNamed || accepted.contains("text/markdown") && !accepted.contains("text/html") else { return nil }
        let slug = isNamed ? String(asked.dropLast(3)) : asked
        let (link, scope) = try await OpenLink(installation).find(slug: slug)
        if !codes.opens(link, pass: request.query[Carried.passName]) {
            _ = try await codes.check(link, typed: request.headers["workestra-access-code"], from: request.remote)
        }
        let now = installation.world.now
        let (starts, zone) = try await installation.database.read(scope) { tx in
            let end = link.rules.window.horizon(now: now)
            let times = try OfferedTimes(
                link: link, from: now, to: end, now: now, zones: installation.world.zones, scope: scope, in: tx)
            return (times.question(from: now, to: end).slots().prefix(Self.times).map(\.start), times.zone)
        }
        let text = Self.text(link, starts: Array(starts), zone: zone, address: installation.address)
        return Answer(
            status: 200, headers: [("Content-Type", "text/markdown; charset=utf-8"), ("Vary", "Accept")],
            body: Array(text.utf8))
    }

    /// For programs, so in English whatever the visitor speaks.
    static func text(_ link: Link, starts: [Instant], zone: Zone, address: String) -> String {
        let (rules, slug) = (link.rules, link.rules.slug)
        let calls = "\(address)/api/v1/public/links/\(slug)"
        let times = starts.map { "- \($0.rfc3339(in: zone))" }
        let questions = link.questions.map { question in
            "- `\(question.id)` (\(question.spoken)): \(line(question.label))"
        }
        let places = rules.locations.enumerated().map { "- \($0.offset): \(line($0.element.openWords))" }
        let parts = [
            "# \(line(rules.title))",
            rules.description,
            """
            - With: \(link.hosts.map { line($0.name) }.joined(separator: ", "))
            - Length: \(rules.lengths.map(String.init).joined(separator: ", ")) minutes
            - Time zone of the host: \(zone.name)
            - Notice: \(rules.notice.value) \(rules.notice.unit.rawValue)(s)
            - Guests: at most \(rules.access.mostGuests)
            """,
            !rules.approval.isRequired ? "" : """
                A host decides about each booking, within \(rules.approval.hours) hours. Until then its `status` is \
                `pending_approval`, and nothing is agreed.
                """,
            rules.series.map(Self.repeats) ?? "",
            "## Places\n\n" + places.joined(separator: "\n"),
            choice(link.choosable),
            questions.isEmpty ? "" : "## Questions\n\n" + questions.joined(separator: "\n"),
            "## Next free times\n\n" + (times.isEmpty ? "None in the booking window." : times.joined(separator: "\n")),
            """
            ## Booking

            More times: `GET \(calls)/slots?from=YYYY-MM-DD&to=YYYY-MM-DD&timezone=Area/City`

            Book one, with the header `Content-Type: application/json` and an `Idempotency-Key` of your own:

                POST \(calls)/bookings
                {"start": "\(starts.first.map { $0.rfc3339(in: zone) } ?? "2026-12-01T09:00:00+01:00")", \
            "timezone": "\(zone.name)", "attendee": {"name": "…", "email": "…"}, "answers": {}, "source": "agent"}

            \(rules.door.verifiesEmail ? """
                First have a code mailed to the attendee, and ask them for it: `POST \(calls)/email-codes` with \
                `{"email": "…"}`. Send it along as `emailCode`.


                """ : "")\
            \(rules.door.botDefence == .proofOfWork ? """
                Without a proof of work it answers 422 with a `challenge`. Find a number for which the SHA-256 of \
                `SEED:NUMBER` begins with `bits` bits of zero, and send `VALUE:NUMBER` as `proof`.


                """ : "")\
            A taken time answers 409 with `alternatives`. The answer's `token` moves and cancels the booking.
            For people: \(address)/book/\(slug)
            """,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static func choice(_ hosts: [LinkHost]) -> String {
        guard !hosts.isEmpty else { return "" }
        let words = "Name one as `host` to see and book their times; without, whoever is free comes."
        let list = hosts.map { "- `\($0.id)`: \(line($0.name))" }
        return (["## Hosts to choose from", "", words, ""] + list).joined(separator: "\n")
    }

    private static func repeats(_ series: LinkSeries) -> String {
        let meetings = series.countIs == .fixed
            ? "One booking is \(series.count) meetings, \(series.rhythmWords)."
            : "One booking may be up to \(series.count) meetings, \(series.rhythmWords): send `recurrence.count`."
        return """
            \(meetings) `POST …/occurrences` with `start` and `recurrence` says which of them are free, and stores \
            nothing. One that is taken is left out, or put at another time, by `recurrence.exceptions`.
            """
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    static func general(_ installation: Installation) -> String {
        let address = installation.address
        return """
            # Workestra

            > A scheduling site. People and programs book meetings on pages named \(address)/book/SLUG; you need \
            the address of one, there is no list of them.

            - \(address)/book/SLUG.md describes one page in Markdown: length, rules, next free times, API calls.
            - GET \(address)/api/v1/public/links/SLUG/slots?from=YYYY-MM-DD&to=YYYY-MM-DD&timezone=Area/City lists \
            free times.
            - POST \(address)/api/v1/public/links/SLUG/bookings books one; send an Idempotency-Key.
            - The token in the answer moves and cancels: \(address)/api/v1/public/bookings/TOKEN.
            - \(address)/api/v1/openapi.json describes every call.

            Ask the person you act for before you book, move or cancel anything.

            """
    }
}

extension Question {
    /// For programs: how it is answered.
    fileprivate var spoken: String {
        let options = asked.options.isEmpty ? nil : "one of \(JSON.array(asked.options.map { .string($0) }).text)"
        let condition = asked.onlyIf.map { "only after question \($0.question + 1)" }
        let parts = [kind.rawValue, required ? "required" : "optional", options, condition]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}
