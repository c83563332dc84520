/// Days on which a person is not there, or keeps another zone's clock: out of office, trips and holidays.
import Database
import Scheduling
import Web

/// A stretch of dates somebody entered.
package struct TimeAway: Identified, Hashable, Sendable {
    package static let idPrefix = "awy"
    /// Most stretches of one person that are not over.
    package static let mostAhead = 100
    /// Longest stretch, in dates.
    package static let longest = 731
    /// Longest reason, in characters.
    package static let longestReason = 200

    package enum Kind: String, CaseIterable, Sendable, SQLValue {
        case outOfOffice = "out_of_office"
        /// At work, by another zone's clock.
        case trip
    }

    package var id: ID<TimeAway>
    package var user: ID<User>
    package var kind: Kind
    package var from: LocalDate
    /// The last date, included.
    package var to: LocalDate
    /// The zone of a trip.
    package var zone: String?
    /// Words for the person's own eyes and their workspace's; "" for none.
    package var reason = ""
    /// Who can be asked meanwhile.
    package var colleague: ID<User>?

    package init(id: ID<TimeAway>, user: ID<User>, kind: Kind, from: LocalDate, to: LocalDate) {
        self.id = id
        self.user = user
        self.kind = kind
        self.from = from
        self.to = to
    }
}

/// Dates entered in another workspace of the same person: that they are away, and nothing else.
package struct TimeElsewhere: Hashable, Sendable {
    package var kind: TimeAway.Kind
    package var from: LocalDate
    package var to: LocalDate
    package var zone: String?
}

/// What a visitor is told about a host who is away.
package struct Redirect: Hashable, Sendable {
    /// The last day away.
    package var until: LocalDate
    /// Who can help; nil when nobody was named, or that person has left.
    package var colleague: Colleague?

    package struct Colleague: Hashable, Sendable {
        package var id: ID<User>
        package var name: String
    }
}

/// Which public holidays a person keeps.
package struct HolidayChoice: Hashable, Sendable {
    /// ISO 3166, such as `DE`.
    package var country: String
    /// A region of the country; "" for none.
    package var region: String
    /// Holidays on which the person works all the same.
    package var worked: Set<LocalDate>
    /// Days off from noon, every year.
    package var halfDays: Set<MonthDay>

    package init(country: String, region: String = "", worked: Set<LocalDate> = [], halfDays: Set<MonthDay> = []) {
        self.country = country
        self.region = region
        self.worked = worked
        self.halfDays = halfDays
    }
}

/// A day of every year.
package struct MonthDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let month: Int
    package let day: Int

    /// Nil unless there is such a day, in leap years at least.
    package init?(month: Int, day: Int) {
        guard LocalDate(year: 2_024, month: month, day: day) != nil else { return nil }
        (self.month, self.day) = (month, day)
    }

    /// Reads `12-24`.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) }),
            let month = Int(parts[0]), let day = Int(parts[1])
        else { return nil }
        self.init(month: month, day: day)
    }

    /// `12-24`.
    package var description: String {
        "\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    /// The day in a year; nil for 29 February in most.
    package func date(in year: Int) -> LocalDate? { LocalDate(year: year, month: month, day: day) }

    package static func < (a: MonthDay, b: MonthDay) -> Bool { (a.month, a.day) < (b.month, b.day) }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

/// What the engine needs of one person: all workspaces' dates together.
package struct Away: Sendable {
    package var trips: [(from: LocalDate, to: LocalDate, zone: String)] = []
    package var spans: [(from: LocalDate, to: LocalDate)] = []
    package var holidays: [HolidayChoice] = []

    /// The person's trips and days off from `first` to `last`, put over their working hours.
    package func over(
        _ availability: Availability, from first: LocalDate, through last: LocalDate, zones: Zones
    ) -> Availability {
        var availability = availability
        availability.trips = trips.compactMap { trip in
            zones.zone(trip.zone).map { Trip(from: trip.from, to: trip.to, zone: $0) }
        }
        for choice in holidays {
            for (date, off) in choice.daysOff(from: first, through: last) {
                // A whole day of one workspace's choice goes before the half day of another's.
                availability.daysOff[date] = availability.daysOff[date].map { $0.from < off.from ? $0 : off } ?? off
            }
        }
        for span in spans {
            for day in max(span.from, first).daysSince1970..<max(min(span.to, last), first).daysSince1970 + 1
            where span.from <= last && first <= span.to {
                availability.daysOff[LocalDate(daysSince1970: day)] = DayOff(.outOfOffice)
            }
        }
        return availability
    }
}

extension HolidayChoice {
    /// The dates that are off, wholly or from noon.
    package func daysOff(
        from first: LocalDate, through last: LocalDate, calendar: HolidayCalendar = .shared
    ) -> [LocalDate: DayOff] {
        var off: [LocalDate: DayOff] = [:]
        for holiday in calendar.holidays(country: country, region: region, from: first, through: last)
        where !worked.contains(holiday.date) {
            off[holiday.date] = DayOff(.holiday)
        }
        for year in first.year...max(first.year, last.year) {
            for date in halfDays.compactMap({ $0.date(in: year) }) where first <= date && date <= last {
                off[date] = DayOff(.holiday, from: DayOff.noon)
            }
        }
        return off
    }
}
