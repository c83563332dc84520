/// A session of seats: one start of a link that several attendees share. It owns its hosts and their time.
import Database
import Scheduling
import Web

package struct GroupSession: Identified, Hashable, Sendable {
    package static let idPrefix = "ssn"

    package var id: ID<GroupSession>
    package var link: ID<Link>
    /// iCalendar UID of the one event the hosts get.
    package var uid: String
    package var starts: Instant
    package var ends: Instant
    package var capacity: Int
    /// Of bookings alone; guests count.
    package var taken = 0
    /// iCalendar SEQUENCE of the hosts' event: rises with everything they are told.
    package var sequence = 0
    package var version = 1
    package var hosts: [LinkHost]
    /// Set when the last seat and the last hold were gone.
    package var closedAt: Instant?
    /// Visitors who keep a seat while they type, the living ones.
    package var holds: [SeatHold] = []

    package var seatsLeft: Int { max(0, capacity - taken - holds.count) }
    /// Whether anybody has or keeps a seat; nobody's session stands in nobody's way.
    var isWanted: Bool { taken > 0 || !holds.isEmpty }

    /// The same without the holds that some claims have: one's own, that of the booking to be moved.
    func without(_ claims: [String]) -> GroupSession {
        var session = self
        session.holds.removeAll { hold in
            claims.contains(hold.id.text) || (hold.booking.map { claims.contains($0.text) } ?? false)
        }
        return session
    }

    /// What the engine knows of it: a seat that is kept for somebody is taken.
    var seats: SeatSession {
        SeatSession(
            start: starts, end: ends, capacity: capacity, taken: taken + holds.count, hosts: hosts.map(\.id.text))
    }

    /// The exclusive rows that make its hosts and rooms busy; while only holds want it, they end with the last of them.
    func ledgerRows(
        link: Link, resources: [BookableResource], expires: Instant?, world: World, scope: Scope
    ) -> [LedgerRow] {
        let span = link.rules.taken(from: starts, to: ends)
        return (hosts.map(\.id.text) + resources.map(\.id.text)).map { subject in
            LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: subject, workspace: scope.workspace, kind: .session,
                ref: id.text, claim: id.text, starts: span.start, ends: span.end,
                gapBefore: Int64(link.rules.bufferBefore) * 60, gapAfter: Int64(link.rules.bufferAfter) * 60,
                expires: expires)
        }
    }
}

/// A visitor's hold of one seat.
package struct SeatHold: Hashable, Sendable {
    package var id: ID<Hold>
    package var booking: ID<Booking>?
    package var expires: Instant
}

extension Booking {
    /// How many seats it takes: the attendee and all who come along.
    package var seats: Int { 1 + guests.count }

    /// Whether its seats count: it came to something, or still may.
    var takesSeats: Bool { session != nil && BookingStatus.takingSeats.contains(state.status) }
}

extension BookingStatus {
    /// Who did not come had a seat all the same.
    static let takingSeats: [BookingStatus] = allCases.filter { ![.cancelled, .declined, .expired].contains($0) }
}
