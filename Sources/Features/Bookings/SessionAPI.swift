/// The API's sessions of seats, for keys of the workspace: read, move, cancel.
import Database
import Scheduling
import Web

package struct SessionAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/sessions/:id", .api(.bookingsRead), read),
            Route(.post, "/api/v1/sessions/:id/cancellation", .api(.bookingsWrite), cancel),
            Route(.post, "/api/v1/sessions/:id/reschedule", .api(.bookingsWrite), move),
        ]
    }

    private func read(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation, toRead: true)
        return .json(SessionJSON(found.session, found.link, found.bookings, zones: installation.world.zones).json)
    }

    private func cancel(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        var fields = Fields(json: request.body.isEmpty ? [:] : try request.json())
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await ChangeSession(installation, from: Origin(request)).cancel(
            found.session.id, reason: reason, key: try request.idempotencyKey(), scope: found.scope).answer
    }

    private func move(_ request: Request) async throws -> Answer {
        let found = try await OwnSession.find(request, installation)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Reason"), lines: true)
        try fields.finish()
        return try await ChangeSession(installation, from: Origin(request)).move(
            found.session.id, to: start, reason: reason, key: try request.idempotencyKey(), scope: found.scope).answer
    }
}

/// A session that the signed-in person, or the key's, may see and act on.
package struct OwnSession: Sendable {
    package var session: GroupSession
    package var link: Link
    package var bookings: [Booking]
    package var scope: Scope

    /// The session of the path's `:id`; one of somebody else's is not found.
    /// - Parameter toRead: also one that the person may read and not change.
    package static func find(
        _ request: Request, _ installation: Installation, toRead: Bool = false
    ) async throws -> OwnSession {
        let principal = try request.signedIn()
        guard let id = ID<GroupSession>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, sees) = (principal.scope, toRead ? principal.reads : principal.acts)
        let now = installation.world.now
        let found = try await installation.database.read(scope) { tx -> OwnSession? in
            guard let session = try SeatStore.find(id, now: now, scope: scope, in: tx),
                session.hosts.contains(where: { sees?.contains($0.id) ?? true }),
                let link = try LinkStore.find(session.link, scope: scope, in: tx)
            else { return nil }
            let ids = try SeatStore.bookings(of: id, scope: scope, in: tx)
            return OwnSession(
                session: session, link: link, bookings: try BookingStore.all(ids, scope: scope, in: tx),
                scope: principal.scope(on: session.hosts.map(\.id)))
        }
        guard let found else { throw Common.notFound }
        return found
    }
}
