/// A session of seats as the API tells it to its hosts.
import Scheduling
import Web

struct SessionJSON: Sendable {
    let session: GroupSession
    let link: Link
    let bookings: [Booking]
    let zones: Zones

    init(_ session: GroupSession, _ link: Link, _ bookings: [Booking], zones: Zones) {
        (self.session, self.link, self.bookings, self.zones) = (session, link, bookings, zones)
    }

    var json: JSON {
        [
            "id": .string(session.id.text), "uid": .string(session.uid),
            "start": .string(session.starts.rfc3339()), "end": .string(session.ends.rfc3339()),
            "open": .bool(session.closedAt == nil), "capacity": .int(Int64(session.capacity)),
            "seatsTaken": .int(Int64(session.taken)), "seatsLeft": .int(Int64(session.seatsLeft)),
            "link": ["slug": .string(link.rules.slug), "title": .string(link.rules.title)],
            "hosts": .array(session.hosts.map { ["name": .string($0.name)] }),
            "bookings": .array(bookings.map { BookingJSON($0, link: link, zones: zones).json(token: nil) }),
        ]
    }
}
