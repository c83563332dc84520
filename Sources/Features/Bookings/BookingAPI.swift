/// The API's bookings for keys of the workspace: list, read, move, cancel.
import Database
import Scheduling
import Web

package struct BookingAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/bookings", .api(.bookingsRead), list),
            Route(.get, "/api/v1/bookings/:id", .api(.bookingsRead), read),
            Route(.post, "/api/v1/bookings/:id/reschedule", .api(.bookingsWrite), move),
            Route(.post, "/api/v1/bookings/:id/cancellation", .api(.bookingsWrite), cancel),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        var filter = try filter(request.query, principal: principal)
        filter.limit = page.limit + 1
        if let cursor = page.cursor { filter.after = try BookingCursor.read(cursor) }
        let scope = principal.scope
        let zones = installation.world.zones
        let wanted = filter
        let rows = try await installation.database.read(scope) { tx in
            try BookingStore.list(wanted, scope: scope, in: tx).compactMap { booking -> (Booking, JSON)? in
                guard let link = try LinkStore.find(booking.link, scope: scope, in: tx) else { return nil }
                let history = try BookingStore.history(of: booking.id, scope: scope, in: tx)
                return (booking, BookingJSON(booking, link: link, history: history, zones: zones).json(token: nil))
            }
        }
        return page.answer(rows, each: { $0.1 }, cursor: { BookingCursor.write($0.0) })
    }

    private func filter(_ query: Query, principal: Principal) throws -> BookingFilter {
        var fields = Fields(form: query)
        var filter = BookingFilter()
        if fields.has("status") {
            filter.statuses = [fields.choice("status", otherwise: BookingStatus.confirmed)]
        }
        if fields.has("from") { filter.from = fields.instant("from") }
        if fields.has("to") { filter.to = fields.instant("to") }
        if fields.has("link") { filter.link = fields.id("link") }
        filter.host = fields.has("host") ? fields.id("host") : nil
        try fields.finish()
        // Whoever reads only some people's must not learn of the others.
        if let readable = principal.reads {
            guard filter.host.map(readable.contains) ?? true else { throw Common.forbidden }
            filter.readable = readable
        }
        return filter
    }

    private func read(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation, toRead: true)
        return .json(BookingJSON(
            found.booking, link: found.link, history: found.history, zones: installation.world.zones).json(token: nil))
    }

    private func move(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        let reply = try await MoveBooking(installation)(
            found.booking.id, to: start, reason: reason, key: try request.idempotencyKey(), scope: found.scope)
        return reply.withoutToken.answer
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await CancelBooking(installation)(
            found.booking.id, reason: reason, key: try request.idempotencyKey(), scope: found.scope).answer
    }
}

extension Reply {
    /// The attendee's token is theirs alone: a host's answer leaves it out.
    var withoutToken: Reply {
        guard let members = (try? JSON(reading: body))?.members else { return self }
        return Reply(status: status, body: JSON.object(members.filter { $0.0 != "token" }).bytes, replayed: replayed)
    }
}

/// A booking that the signed-in person, or the key's, may see and act on.
package struct OwnBooking: Sendable {
    package var booking: Booking
    package var link: Link
    package var history: [BookingRecord]
    package var scope: Scope

    /// The booking of the path's `:id`; one of somebody else's is not found.
    ///
    /// - Parameter toRead: also one that the person may read and not change.
    package static func find(
        _ request: Request, _ installation: Installation, toRead: Bool = false
    ) async throws -> OwnBooking {
        let principal = try request.signedIn()
        guard let id = ID<Booking>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, sees) = (principal.scope, toRead ? principal.reads : principal.sees.map { [$0] })
        let found = try await installation.database.read(scope) { tx -> OwnBooking? in
            guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                booking.hosts.contains(where: { sees?.contains($0.id) ?? true }),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return nil }
            return OwnBooking(
                booking: booking, link: link, history: try BookingStore.history(of: id, scope: scope, in: tx),
                scope: scope)
        }
        guard let found else { throw Common.notFound }
        return found
    }
}

/// A place in a list of bookings: start and id of the last row.
enum BookingCursor {
    static func write(_ booking: Booking) -> String { "\(booking.state.starts.seconds)-\(booking.id)" }

    static func read(_ text: String) throws -> (starts: Instant, id: ID<Booking>) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]), let starts = Instant(bounded: seconds),
            let id = ID<Booking>(String(parts[1]))
        else { throw PageAsk.unknownCursor }
        return (starts, id)
    }
}
