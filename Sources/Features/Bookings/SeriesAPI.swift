/// The API of series: the dates before booking, and the meetings of one that is booked.
import Database
import Scheduling
import Web

package struct SeriesAPI: Sendable {
    let installation: Installation
    private let codes: AccessCode

    package init(_ installation: Installation) {
        self.installation = installation
        codes = AccessCode(installation)
    }

    package var routes: [Route] {
        [
            Route(.post, "/api/v1/public/links/:slug/occurrences", .open, plan),
            Route(.get, "/api/v1/public/bookings/:token/series", .token, look),
            Route(.post, "/api/v1/public/bookings/:token/series/cancel", .token, cancel),
            Route(.post, "/api/v1/public/bookings/:token/series/reschedule", .token, move),
            Route(.get, "/api/v1/bookings/:id/series", .api(.bookingsRead), hostLook),
            Route(.post, "/api/v1/bookings/:id/series/cancellation", .api(.bookingsWrite), hostCancel),
            Route(.post, "/api/v1/bookings/:id/series/reschedule", .api(.bookingsWrite), hostMove),
        ]
    }

    private var zones: Zones { installation.world.zones }

    /// Stores nothing: what each meeting of a series would meet.
    private func plan(_ request: Request) async throws -> Answer {
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        _ = try await codes.check(link, typed: request.headers["workestra-access-code"], from: request.remote)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let minutes = PublicAPI.duration(&fields, link: link)
        let series = SeriesReading.read(&fields, link: link, start: start)
        let zone = BookingReading.timezone(&fields, otherwise: .utc, zones: zones)
        let hold = fields.optionalText("holdToken", atMost: 100)
        if fields.errors.isEmpty, series == nil {
            fields.fail("recurrence", "missing", plain("Say how many meetings: recurrence.count, from 2."))
        }
        try fields.finish()
        let attendee = Attendee(name: "", email: "", zone: zone, language: request.language.tag)
        var wish = BookingRequest(start: start, attendee: attendee)
        wish.holdToken = hold
        let plan = try await PlanSeries(installation)(
            wish, series?.wish ?? SeriesWish(count: 2), lasting: minutes ?? link.rules.duration, link: link.id,
            scope: scope)
        return .json(SeriesJSON.plan(plan))
    }

    // MARK: By token

    private func look(_ request: Request) async throws -> Answer {
        let held = try await HeldBooking.find(request, installation)
        return try await told(held.booking, seenBy: nil, scope: held.scope)
    }

    private func told(_ booking: Booking, seenBy hosts: Set<ID<User>>?, scope: Scope) async throws -> Answer {
        let members = try await installation.database.read(scope) { tx in
            try SeriesMembers(of: booking, seenBy: hosts, scope: scope, in: tx)
        }
        return .json(SeriesJSON.series(members.series, members.bookings, zones))
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let key = try request.idempotencyKey()
        let held = try await HeldBooking.find(request, installation)
        var fields = Fields(json: try request.json())
        let part = Self.part(&fields)
        let reason = BookingReading.reasonToCancel(&fields, link: held.link)
        try fields.finish()
        return try await CancelSeries(installation)(
            held.booking.id, part, reason: reason, key: key, scope: held.scope).answer
    }

    private func move(_ request: Request) async throws -> Answer {
        let (key, body) = (try request.idempotencyKey(), try request.json())
        let tokens = TokenAPI(installation)
        if let reply = try await tokens.replayed(request, key, route: "series-reschedule") { return reply.answer }
        let held = try await HeldBooking.find(request, installation)
        let ask = try MoveAsk(body)
        return try await MoveSeries(installation)(
            held.booking.id, ask.part, to: ask.start, reason: ask.reason, leavingTaken: ask.leaves, key: key,
            scope: held.scope).answer
    }

    // MARK: With a key

    private func hostLook(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation, toRead: true)
        let principal = try request.signedIn()
        let reads = principal.reads
        let members = try await installation.database.read(found.scope) { tx in
            try SeriesMembers(of: found.booking, scope: found.scope, in: tx)
        }
        let seen = members.bookings.filter { booking in
            booking.hosts.contains { reads?.contains($0.id) ?? true }
        }
        return .json(SeriesJSON.series(members.series, seen, zones))
    }

    private func hostCancel(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: try request.json())
        let part = Self.part(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await CancelSeries(installation, from: Origin(request))(
            found.booking.id, part, reason: reason, by: found.whose,
            key: try request.idempotencyKey(), scope: found.scope).answer
    }

    private func hostMove(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let ask = try MoveAsk(try request.json())
        let reply = try await MoveSeries(installation)(
            found.booking.id, ask.part, to: ask.start, reason: ask.reason, leavingTaken: ask.leaves,
            by: found.whose, key: try request.idempotencyKey(), scope: found.scope)
        return reply.withoutTokens.answer
    }

    /// `part`: which of the meetings.
    static func part(_ fields: inout Fields) -> SeriesPart {
        fields.choice("part", otherwise: SeriesPart.later, label: plain("Which meetings"))
    }

    private struct MoveAsk {
        let part: SeriesPart
        let start: Instant
        let reason: String
        let leaves: Bool

        init(_ body: JSON) throws {
            var fields = Fields(json: body)
            part = SeriesAPI.part(&fields)
            start = BookingReading.start(&fields)
            reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
            leaves = fields.flag("leaveTaken", label: plain("Leave those that are taken"))
            try fields.finish()
        }
    }
}

extension Reply {
    /// Tokens are the attendee's alone: a host's answer leaves them out.
    fileprivate var withoutTokens: Reply {
        guard let members = (try? JSON(reading: body))?.members else { return self }
        let told = members.map { name, value -> (String, JSON) in
            guard name == "occurrences", let all = value.array else { return (name, value) }
            return (name, .array(all.map { .object(($0.members ?? []).filter { $0.0 != "token" }) }))
        }
        return Reply(status: status, body: JSON.object(told).bytes, replayed: replayed)
    }
}
