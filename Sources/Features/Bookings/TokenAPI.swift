/// The API for whoever holds a booking's token: look, slots, hold, move, cancel.
import Database
import Scheduling
import Web

package struct TokenAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/public/bookings/:token", .token, read),
            Route(.get, "/api/v1/public/bookings/:token/slots", .token, slots),
            Route(.post, "/api/v1/public/bookings/:token/holds", .token, hold),
            Route(.post, "/api/v1/public/bookings/:token/reschedule", .token, move),
            Route(.post, "/api/v1/public/bookings/:token/cancel", .token, cancel),
        ]
    }

    private func read(_ request: Request) async throws -> Answer {
        let held = try await HeldBooking.find(request, installation)
        return .json(held.json(zones: installation.world.zones))
    }

    private func slots(_ request: Request) async throws -> Answer {
        let held = try await HeldBooking.find(request, installation)
        let zones = installation.world.zones
        let (ask, now) = (try SlotsAsk(request.query, link: held.link, zones: zones), installation.world.now)
        return .json(try await installation.database.read(held.scope) { tx in
            try ask.body(held.link, moving: held.booking, now: now, zones: zones, scope: held.scope, in: tx)
        })
    }

    private func hold(_ request: Request) async throws -> Answer {
        let held = try await HeldBooking.find(request, installation)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        try fields.finish()
        if let refusal = held.moveRefusal(now: installation.world.now) { throw refusal }
        // The booking is the visitor: a second pick for the same move replaces the first.
        let kept = try await HoldSlot(installation)(
            start: start, visitor: held.booking.id.text, link: held.link.id, moving: held.booking, scope: held.scope)
        return .json(["holdToken": .string(kept.token), "expiresAt": .string(kept.hold.expires.rfc3339())], status: 201)
    }

    private func move(_ request: Request) async throws -> Answer {
        let (key, body) = (try request.idempotencyKey(), try request.json())
        if let reply = try await replayed(request, key, route: "reschedule") { return reply.answer }
        let held = try await HeldBooking.find(request, installation)
        var fields = Fields(json: body)
        let start = BookingReading.start(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        var move = MoveBooking(installation)
        move.asker = held.holder
        return try await move(
            held.booking.id, to: start, reason: reason, key: key, scope: held.scope).answer
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let key = try request.idempotencyKey()
        let held = try await HeldBooking.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        let reason = BookingReading.reasonToCancel(&fields, link: held.link)
        try fields.finish()
        var cancel = CancelBooking(installation)
        cancel.asker = held.holder
        return try await cancel(held.booking.id, reason: reason, key: key, scope: held.scope).answer
    }

    /// A move ends its own token; a repeated call with the same key must still get the first answer.
    func replayed(_ request: Request, _ key: RequestKey?, route: String) async throws -> Reply? {
        guard let key,
            let found = try await LookUps(database: installation.database)
                .bookingToken(try request.parameter("token")), found.retired
        else { return nil }
        let replies = ReplyStore(scope: found.booking.text, route: route, keyring: installation.keyring)
        let scope = Scope(workspace: found.workspace, actor: .attendee)
        return try await installation.database.read(scope) { tx in try replies.stored(key, in: tx) }
    }
}

/// A booking with the right that its token gives.
package struct HeldBooking: Sendable {
    package var booking: Booking
    package var link: Link
    package var history: [BookingRecord]
    package var token: String
    package var scope: Scope
    /// Whose token it is.
    package var holder = TokenHolder.attendee

    /// The booking of the path's `:token`.
    /// - Throws: `BookingRefusal.tokenUsed` when a move has ended it, `.unknownToken` otherwise.
    package static func find(_ request: Request, _ installation: Installation) async throws -> HeldBooking {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).bookingToken(token) else {
            throw BookingRefusal.unknownToken
        }
        guard !found.retired else { throw BookingRefusal.tokenUsed }
        let scope = Scope(workspace: found.workspace, actor: .attendee)
        let held = try await installation.database.read(scope) { tx -> HeldBooking? in
            guard let booking = try BookingStore.find(found.booking, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return nil }
            return HeldBooking(
                booking: booking, link: link,
                history: try BookingStore.history(of: booking.id, scope: scope, in: tx), token: token, scope: scope,
                holder: TokenHolder(rawValue: found.participant) ?? .attendee)
        }
        guard let held else { throw BookingRefusal.unknownToken }
        return held
    }

    func json(zones: Zones) -> JSON {
        BookingJSON(booking, link: link, history: history, zones: zones).told(to: holder).json(token: nil)
    }
}
