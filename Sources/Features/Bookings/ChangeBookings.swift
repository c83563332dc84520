/// Upcoming bookings take over the new title and place of their link, when its host wants that, and people are told.
import Database
import Scheduling
import Web

package struct ChangeBookings: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Changes each upcoming booking that tells another title or place than the link does now; one transaction each,
    /// so that a long list holds nobody up. A second call finds nothing left to change and tells nobody twice.
    /// - Returns: how many were changed.
    package func callAsFunction(of link: ID<Link>, scope: Scope) async throws -> Int {
        let now = installation.world.now
        let upcoming = try await installation.database.read(scope) { tx in
            try LinkUseStore.snapshots(of: link, now: now, scope: scope, in: tx)
        }
        var changed = 0
        for booking in upcoming where try await change(booking.booking, scope: scope) {
            changed += 1
            CrashPoint.reach("changing.after_commit")
        }
        return changed
    }

    private func change(_ id: ID<Booking>, scope: Scope) async throws -> Bool {
        let (historyID, now): (ID<BookingHistory>, Instant) = (installation.world.id(), installation.world.now)
        return try await installation.database.write(scope) { tx in
            let (booking, link) = try BookingStore.locked(id, now: now, scope: scope, in: tx)
            let scope = scope.about(booking.hosts.map(\.id))
            guard let rules = try LinkUseStore.snapshot(of: id, scope: scope, in: tx),
                !LinkJSON(link).isTold(by: rules), let step = try? booking.state.applying(.changed, now: now)
            else { return false }
            var changed = booking
            changed.state = step.state
            changed.location = Self.location(of: booking, snapshot: rules, link: link)
            try BookingStore.save(changed, over: booking, local: booking.anchorLocal, now: now, scope: scope, in: tx)
            try BookingStore.replace(
                location: changed.location, rules: LinkJSON(link).snapshot, of: id, scope: scope, in: tx)
            try BookingSearchStore.index(changed, title: link.rules.title, scope: scope, in: tx)
            try BookingStore.record(
                "changed", of: id, state: changed.state, id: historyID, now: now, scope: scope, in: tx)
            try BookingJobs.tell(.changed, of: changed, world: installation.world, now: now, scope: scope, in: tx)
            CrashPoint.reach("changing.before_commit")
            return true
        }
    }

    /// The place that stands where the booking's stood. What an attendee named stays theirs while the link still asks
    /// for it.
    static func location(of booking: Booking, snapshot: String, link: Link) -> Location {
        let rules = link.rules
        let staysOfItsKind = rules.locations.contains { $0.kind == booking.location.kind }
        if booking.location.kind == .attendeeChoice, staysOfItsKind { return booking.location }
        let before = (try? JSON(reading: Array(snapshot.utf8)))?["locations"]?.array ?? []
        let place = before.firstIndex { old in
            old["kind"]?.string == booking.location.kind.rawValue && old["text"]?.string == booking.location.text
        }
        guard let place else {
            // Not one of the link's: perhaps a number somebody gave. A place of the same kind keeps it.
            return staysOfItsKind ? booking.location : rules.firstLocation
        }
        return rules.locations.indices.contains(place) ? rules.locations[place] : rules.firstLocation
    }
}

/// The button under a saved link: `POST /settings/booking-links/:id/bookings`.
package struct ChangeRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [Route(.post, "/settings/booking-links/:id/bookings", .signedIn(.manageLinks), change)]
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let link = try await ownLink(id.text, principal, installation)
        let count = try await ChangeBookings(installation)(of: id, scope: principal.scope(on: link))
        return .redirect(Path("/settings/booking-links/\(id)").adding(query: [("told", String(count))]))
    }
}
