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
            Route(.post, "/api/v1/bookings/:id/no-show", .api(.bookingsWrite), noShow),
            Route(.post, "/api/v1/bookings/:id/approval", .api(.bookingsWrite), decide),
            Route(.get, "/api/v1/busy", .api(.bookingsRead), busy),
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
            let found = try BookingListStore.list(wanted, scope: scope, in: tx)
            let histories = try BookingStore.history(of: found.map(\.id), scope: scope, in: tx)
            let links = try LinkStore.find(Set(found.map(\.link)), scope: scope, in: tx)
            return found.compactMap { booking -> (Booking, JSON)? in
                guard let link = links[booking.link] else { return nil }
                let history = histories[booking.id] ?? []
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
        let search = fields.text("q", 0...HostListAsk.longestSearch)
        filter.terms = SearchWords.terms(search).map(SearchTerm.init(prefix:))
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
        return try await CancelBooking(installation, from: Origin(request))(
            found.booking.id, reason: reason, key: try request.idempotencyKey(), scope: found.scope).answer
    }

    private func noShow(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        try fields.finish()
        return try await MarkNoShow(installation)(
            found.booking.id, key: try request.idempotencyKey(), scope: found.scope).answer
    }

    private func decide(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(json: try request.json())
        if !fields.has("approved") { fields.fail("approved", "missing", plain("Say true or false.")) }
        let approves = fields.flag("approved")
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await DecideApproval(installation, from: Origin(request))(
            found.booking.id, approves ? .approved : .declined(reason), key: try request.idempotencyKey(),
            scope: found.scope).answer
    }

    /// When a person of the workspace is busy, without what with: spans that touch are one.
    private func busy(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(form: request.query)
        let host: ID<User>? = fields.has("host") ? fields.id("host") : principal.user
        let (from, to) = (fields.instant("from"), fields.instant("to"))
        if let from, let to, to <= from || to - from > Self.longestBusy {
            fields.fail("to", "out_of_range", plain("to is after from, and at most 92 days later."))
        }
        try fields.finish()
        guard let host, let from, let to else { throw Common.notFound }
        guard principal.reads?.contains(host) ?? true else { throw Common.forbidden }
        let (scope, now) = (principal.scope, installation.world.now)
        let rows = try await installation.database.read(scope) { tx -> [LedgerRow]? in
            guard try AccountStore.member(host, workspace: scope.workspace, in: tx) != nil else { return nil }
            return try tx.ledger(of: [host.text], from: from, to: to, now: now)
        }
        guard let rows else { throw Common.notFound }
        var busy: [(starts: Instant, ends: Instant)] = []
        for row in rows {
            if let last = busy.last, row.starts <= last.ends {
                busy[busy.count - 1].ends = max(last.ends, row.ends)
            } else {
                busy.append((row.starts, row.ends))
            }
        }
        return .json(["host": .string(host.text), "busy": .array(busy.map { span in
            ["start": .string(span.starts.rfc3339()), "end": .string(span.ends.rfc3339())]
        })])
    }

    private static let longestBusy: Int64 = 92 * 86_400
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
    /// Of whom further bookings change with it, where a change is about several: of the person in whose place it is
    /// done, as if they had done it; nil for everybody's.
    package var whose: Set<ID<User>>?

    /// The booking of the path's `:id`; one of somebody else's is not found.
    ///
    /// - Parameter toRead: also one that the person may read and not change.
    package static func find(
        _ request: Request, _ installation: Installation, toRead: Bool = false
    ) async throws -> OwnBooking {
        let principal = try request.signedIn()
        guard let id = ID<Booking>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, sees) = (principal.scope, toRead ? principal.reads : principal.acts)
        let found = try await installation.database.read(scope) { tx -> OwnBooking? in
            guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                booking.hosts.contains(where: { sees?.contains($0.id) ?? true }),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return nil }
            return OwnBooking(
                booking: booking, link: link, history: try BookingStore.history(of: id, scope: scope, in: tx),
                scope: principal.scope(on: booking.hosts.map(\.id)), whose: principal.acts.map { _ in
                    Set([principal.owner(among: booking.hosts.map(\.id))].compactMap(\.self))
                })
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
