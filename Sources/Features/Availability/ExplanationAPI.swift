/// The API's answer to “why is this time not offered”: of one instant, or of every start of a day.
import Database
import Scheduling
import Web

package struct ExplanationAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] { [Route(.get, "/api/v1/links/:id/explanation", .api(.linksRead), explain)] }

    private func explain(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let link = try await ownLink(try request.parameter("id"), principal, installation)
        var fields = Fields(form: request.query)
        let minutes = PublicAPI.duration(&fields, link: link) ?? link.rules.duration
        let (asksDay, asksTime) = (fields.has("date"), fields.has("at"))
        let at = asksTime ? fields.instant("at", label: plain("Time")) : nil
        let date = asksDay ? fields.date("date", label: plain("Date")) : nil
        if asksDay, asksTime { fields.fail("at", "invalid", plain("Ask about a time (at) or about a date, not both.")) }
        for year in [at.map { Zone.utc.local(at: $0).date.year }, date?.year].compactMap(\.self)
        where !(1971...2199).contains(year) {
            fields.fail(asksDay ? "date" : "at", "out_of_range", plain("Ask about the years 1971 to 2199."))
        }
        try fields.finish()
        let (explain, scope) = (ExplainDay(installation), principal.scope)
        if let at {
            let told = try await explain(link, at: at, minutes: minutes, reads: principal.reads, scope: scope)
            return .json(Self.json(told, in: nil))
        }
        let day = try await explain(
            link, on: date, minutes: minutes, reads: principal.reads, scope: scope)
        return .json([
            "date": .string(day.date.description), "timezone": .string(day.zone.name),
            "durationMinutes": .int(Int64(minutes)), "starts": .array(day.starts.map { Self.json($0, in: day.zone) }),
        ])
    }

    private static func json(_ told: ExplainedStart, in zone: Zone?) -> JSON {
        JSON(present: [
            ("start", .string(text(told.start, in: zone))), ("free", .bool(told.reason == nil)),
            ("reason", (told.reason?.rawValue).map { .string($0) }),
            ("hosts", .array(told.hosts.map { host in
                [
                    "host": .string(host.host), "free": .bool(host.causes.isEmpty),
                    "reasons": .array(host.causes.map { json($0, in: zone) }),
                ]
            })),
            ("reasons", .array(told.forAll.map { json($0, in: zone) })),
        ])
    }

    private static func text(_ instant: Instant, in zone: Zone?) -> String {
        zone.map { instant.rfc3339(in: $0) } ?? instant.rfc3339()
    }

    private static func json(_ cause: ExplainedCause, in zone: Zone?) -> JSON {
        JSON(present: [
            ("code", .string(cause.reason.rawValue)), ("pool", cause.pool.map { .string($0) }),
            ("start", cause.span.map { .string(text($0.start, in: zone)) }),
            ("end", cause.span.map { .string(text($0.end, in: zone)) }),
            ("title", cause.title.map { .string($0) }), ("booking", (cause.booking?.text).map { .string($0) }),
        ])
    }
}

/// The link of that id, when this person may see it.
/// - Throws: `Common.notFound` for one of elsewhere, of other hosts, or a deleted one.
func ownLink(_ text: String, _ principal: Principal, _ installation: Installation) async throws -> Link {
    let scope = principal.scope
    guard let id = ID<Link>(text),
        let link = try await installation.database.read(scope, { try LinkStore.find(id, scope: scope, in: $0) }),
        link.deletedAt == nil, principal.acts(on: link)
    else { throw Common.notFound }
    return link
}
