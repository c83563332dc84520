/// Working hours: the weekly windows in which a host can be booked, in the host's own zone, and the dates that differ.
import Scheduling
import Web

package struct Schedule: Identified, Hashable, Sendable {
    package static let idPrefix = "sch"
    /// Most dates that differ on one schedule.
    package static let mostOverrides = 200
    /// Most windows on one date.
    package static let mostWindows = 12

    package var id: ID<Schedule>
    package var name: String
    /// IANA name, known to our zone files when it was stored.
    package var zone: String
    /// Seven days, `[0]` is Sunday; each with its windows in rising order, none overlapping.
    package var weekly: [[Window]]
    /// Other windows for a date, in rising order; none closes it.
    package var overrides: [LocalDate: [Window]]
    /// Set when these hours belong to one link alone.
    package var link: ID<Link>?
    /// Counts the changes.
    package var version: Int

    package init(
        id: ID<Schedule>, name: String, zone: String, weekly: [[Window]], overrides: [LocalDate: [Window]] = [:],
        link: ID<Link>? = nil, version: Int = 1
    ) {
        self.id = id
        self.name = name
        self.zone = zone
        self.weekly = weekly
        self.overrides = overrides
        self.link = link
        self.version = version
    }

    /// Monday to Friday, 9 to 17: the product's default.
    package static let defaultWeekly: [[Window]] = (0..<7).map { day in
        (1...5).contains(day) ? [Window(opens: 540, closes: 1020)] : []
    }

    /// What the engine needs; nil when the zone has vanished from the zone files.
    package func availability(zones: Zones) -> Availability? {
        zones.zone(zone).map { Availability(zone: $0, weekly: weekly, overrides: overrides) }
    }
}

/// What the product says no to about schedules.
package enum ScheduleRefusal: Refusal, Hashable {
    /// Links still follow it: their titles.
    case inUse([String])
    /// The only one of its owner.
    case last
    case changedMeanwhile

    package var status: Int { 409 }
    package var code: String {
        switch self {
        case .inUse: "in_use"
        case .last: "last_schedule"
        case .changedMeanwhile: "conflict"
        }
    }
    package var message: String {
        switch self {
        case .inUse(let titles):
            plain("These links follow this schedule: \(titles.joined(separator: ", ")). Give them other hours first.")
        case .last: plain("This is the only schedule. Make another one first.")
        case .changedMeanwhile:
            plain("Somebody else saved this schedule a moment ago. Reload it, then make your change again.")
        }
    }
}
