/// Rooms, desks, equipment and vehicles of a workspace: what they are, when they can be taken, and what is refused.
import Database
import Scheduling
import Web

package enum ResourceKind: String, CaseIterable, Sendable, SQLValue {
    case room, desk, equipment, vehicle

    package var words: String {
        switch self {
        case .room: plain("Room")
        case .desk: plain("Desk")
        case .equipment: plain("Equipment")
        case .vehicle: plain("Vehicle")
        }
    }
}

/// One thing that one booking at a time can take. Its id is a subject of the ledger, like an account's.
package struct BookableResource: Identified, Hashable, Sendable {
    package static let idPrefix = "res"
    /// Most of a workspace.
    package static let most = 500
    package static let seatCounts = 1...1000

    package var id: ID<BookableResource>
    package var name: String
    package var kind = ResourceKind.room
    /// How many people it is for; nil takes any number.
    package var seats: Int?
    /// Where it is, in words.
    package var place = ""
    /// The zone of its hours.
    package var zone: String
    /// Seven days of windows; nil is day and night.
    package var hours: [[Window]]?
    package var isActive = true
    package var version = 1
    /// Once it is deleted it is listed nowhere, and stands for the bookings it was in.
    package var deletedAt: Instant?

    package init(id: ID<BookableResource>, name: String, zone: String) {
        (self.id, self.name, self.zone) = (id, name, zone)
    }

    /// `Fjord, 2nd floor`.
    package var words: String { place.isEmpty ? name : plain("[resource and place] \(name), \(place)") }

    package var path: Path { Path("/calendar/admin/resources/\(id)") }

    /// What the engine asks of it; nil once it cannot be taken at all.
    /// - Parameter busy: in any order.
    package func scheduled(busy: [Busy], zones: Zones) -> Resource? {
        guard isActive, deletedAt == nil else { return nil }
        guard let hours else { return Resource(id: id.text, busy: busy) }
        guard let zone = zones.zone(zone) else { return nil }
        return Resource(id: id.text, hours: Availability(zone: zone, weekly: hours), busy: busy)
    }

    package func holds(_ people: Int) -> Bool { seats.map { people <= $0 } ?? true }
}

/// A booking that has a resource.
package struct ResourceBooking: Hashable, Sendable {
    package var id: ID<Booking>
    package var starts: Instant
    package var ends: Instant
    package var title: String
    package var attendee: String
}

package enum ResourceRefusal: Refusal, Hashable {
    /// So many upcoming bookings have it.
    case inUse(Int)
    case changedMeanwhile
    case tooMany

    package var status: Int { 409 }

    package var code: String {
        switch self {
        case .inUse: "in_use"
        case .changedMeanwhile, .tooMany: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .inUse(let count):
            plain("""
                \(count)|one:One upcoming booking has it. Move or cancel that first, or switch it off.|\
                other:%1 upcoming bookings have it. Move or cancel them first, or switch it off.
                """)
        case .changedMeanwhile:
            plain("Somebody else saved this a moment ago. Reload it, then make your change again.")
        case .tooMany: plain("A workspace has at most \(BookableResource.most) resources. Delete one first.")
        }
    }
}

extension BookableResource {
    package static var example: BookableResource {
        var resource = BookableResource(
            id: ID(milliseconds: 1, random: [UInt8](repeating: 1, count: 10)), name: "Fjord", zone: "Europe/Oslo")
        (resource.seats, resource.place) = (8, "2nd floor")
        return resource
    }
}
