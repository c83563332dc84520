/// Working hours: the weekly windows in which a host can be booked, in the host's own zone.
import Scheduling

package struct Schedule: Identified, Hashable, Sendable {
    package static let idPrefix = "sch"

    package var id: ID<Schedule>
    package var name: String
    /// IANA name, known to our zone files when it was stored.
    package var zone: String
    /// Seven days, `[0]` is Sunday; each with its windows in rising order, none overlapping.
    package var weekly: [[Window]]
    /// Set when these hours belong to one link alone.
    package var link: ID<Link>?

    package init(id: ID<Schedule>, name: String, zone: String, weekly: [[Window]], link: ID<Link>? = nil) {
        self.id = id
        self.name = name
        self.zone = zone
        self.weekly = weekly
        self.link = link
    }

    /// Monday to Friday, 9 to 17: the product's default.
    package static let defaultWeekly: [[Window]] = (0..<7).map { day in
        (1...5).contains(day) ? [Window(opens: 540, closes: 1020)] : []
    }

    /// What the engine needs; nil when the zone has vanished from the zone files.
    package func availability(zones: Zones) -> Availability? {
        zones.zone(zone).map { Availability(zone: $0, weekly: weekly, overrides: [:], trips: []) }
    }
}
